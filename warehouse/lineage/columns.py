"""Which columns of which relations go into each column of a model, and how: by the model's own SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from warehouse.lineage.model import Model
from warehouse.lineage.selection import selects
from warehouse.lineage.workings import Relation

COPIED, COMPUTED, FILTERED, JOINED, GROUPED = "copied", "computed", "filtered", "joined", "grouped"
KINDS = (COPIED, COMPUTED, FILTERED, JOINED, GROUPED)
OF_VALUES = (COPIED, COMPUTED)  # the others decide which rows there are
ROWS = "*"  # the origin of what counts rows
STATED = "(stated)"  # the origin of a constant: the model itself


class Origin(NamedTuple):
    """A column, and what becomes of it."""

    relation: Relation
    column: str
    kind: str


Origins = frozenset[Origin]
NOTHING: Origins = frozenset()


def then(upper: str, lower: str) -> str:
    """The kind of two steps: what only decides about rows never becomes a value."""
    if upper not in OF_VALUES:
        return upper
    return lower if lower not in OF_VALUES or upper == COPIED else upper


class Lineage:
    """The columns that stand behind each column of a model, down to relations that no SQL of ours makes."""

    def __init__(self, models: Mapping[Relation, Model]) -> None:
        self.models = models
        self.own: dict[Relation, dict[str, Origins]] = {}
        self.known: dict[tuple[Relation, str], dict[Origin, tuple[Relation, ...]]] = {}

    def origins(self, relation: Relation, column: str) -> dict[Origin, tuple[Relation, ...]]:
        """Each origin of a column, with the models on a way there."""
        if (relation, column) not in self.known:
            if relation not in self.own:
                self.own[relation] = ModelColumns(self.models[relation]).all()
                self.own[relation][ROWS] = ModelColumns(self.models[relation]).rows()
            found: dict[Origin, tuple[Relation, ...]] = {}
            for above in sorted(self.own[relation].get(column, NOTHING)):
                if above.relation not in self.models or above.column == STATED:
                    found.setdefault(above, ())
                    continue
                for origin, path in self.origins(above.relation, above.column).items():
                    found.setdefault(origin._replace(kind=then(above.kind, origin.kind)), (above.relation, *path))
            self.known[relation, column] = found
        return self.known[relation, column]


class ModelColumns:
    """The columns of one model, each with its origins among the columns of the model's parents."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.scopes = {id(scope.expression): scope for scope in model.scope.traverse()}
        self.known: dict[int, dict[str, Origins]] = {}

    def all(self) -> dict[str, Origins]:
        """Every output column of the model."""
        return self._of(self.model.scope)

    def rows(self) -> Origins:
        """The relations whose rows its rows are."""
        return self._rows(self.model.scope)

    def _rows(self, scope: Scope) -> Origins:
        found: set[Origin] = set()
        for select in selects(scope):
            for _, source in select.selected_sources.values():
                if isinstance(source, Scope):
                    found |= self._rows(source)
                elif source.db:
                    found.add(Origin(Relation(source.db, source.name), ROWS, COMPUTED))
        return frozenset(found)

    def _of(self, scope: Scope) -> dict[str, Origins]:
        if id(scope) not in self.known:
            self.known[id(scope)] = {}  # what a recursive query reads of itself adds nothing
            branches = [self._of_select(branch) for branch in selects(scope)]
            names = list(branches[0])
            columns: dict[str, Origins] = dict.fromkeys(names, NOTHING)
            for branch in branches:
                for name, origins in zip(names, branch.values(), strict=False):
                    columns[name] |= origins
            self.known[id(scope)] = columns
        return self.known[id(scope)]

    def _of_select(self, scope: Scope) -> dict[str, Origins]:
        select = scope.expression
        if not isinstance(select, exp.Select):
            return {}
        about_rows = self._about_rows(select)
        values = {each.alias_or_name: each.unalias() for each in select.selects}
        return {
            name: (self._value(value) or self._without_columns(scope, value)) | about_rows
            for name, value in values.items()
        }

    def _without_columns(self, scope: Scope, value: exp.Expr) -> Origins:
        """A count of rows, or a constant."""
        if value.find(exp.Star, exp.Window):
            return self._rows(scope)
        return frozenset({Origin(self.model.relation, STATED, COPIED)})

    def _about_rows(self, select: exp.Select) -> Origins:
        found: set[Origin] = set()
        for part, kind in (("where", FILTERED), ("having", FILTERED), ("group", GROUPED), ("distinct", GROUPED)):
            found |= self._used(select.args.get(part), kind)
        for join in select.find_all(exp.Join):  # PostgreSQL puts one within the other
            if join.parent_select is select:
                found |= self._used(join.args.get("on"), JOINED)
        return frozenset(found)

    def _value(self, value: exp.Expr) -> Origins:
        bare = value
        while isinstance(bare, exp.Cast | exp.Paren):
            bare = bare.this
        if isinstance(bare, exp.Column):
            return self._column(bare)
        found: set[Origin] = set()
        for window in value.find_all(exp.Window):
            for each in window.args.get("partition_by") or []:
                found |= self._used(each, GROUPED)
        return frozenset(found) | self._used(value, COMPUTED)

    def _used(self, expression: exp.Expr | None, kind: str) -> Origins:
        """Every column within an expression, subqueries included."""
        if expression is None:
            return NOTHING
        columns = (self._column(column) for column in expression.find_all(exp.Column))
        return frozenset(Origin(*each[:2], then(kind, each.kind)) for origins in columns for each in origins)

    def _column(self, column: exp.Column) -> Origins:
        for scope in self._from_within(column):
            for alias, (_, source) in scope.selected_sources.items():  # not each query of its WITH
                if column.table and alias != column.table:
                    continue
                if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier) and source.db:
                    if column.table or len(scope.selected_sources) == 1:
                        return frozenset({Origin(Relation(source.db, source.name), column.name, COPIED)})
                elif isinstance(source, Scope):
                    inner = self._of(source)
                    if column.name in inner:
                        return inner[column.name]
                    if source.is_udtf or not isinstance(source.expression, exp.Query):
                        return self._used(source.expression, COMPUTED)
        return NOTHING

    def _from_within(self, column: exp.Column) -> Iterator[Scope]:
        """The SELECT that a column stands in, then those around it."""
        select = column.parent_select
        scope = self.scopes.get(id(select)) if select else None
        while scope is not None:
            yield scope
            scope = scope.parent
