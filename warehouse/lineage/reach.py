"""From rows of a model to the rows of its parents that they are made of, by the model's own SQL."""

from __future__ import annotations

import re
from collections import defaultdict
from operator import itemgetter
from typing import Any

import psycopg
from psycopg import sql
from sqlglot import exp, parse_one
from sqlglot.optimizer.scope import Scope, build_scope

from warehouse.lineage.rows import Rows
from warehouse.lineage.selection import DIALECT, Read, plain_outputs, reads, select_of, selects
from warehouse.lineage.workings import Relation

MOST_ROWS = 20_000  # where more take part, they are not told one by one and not followed
MOST_VALUES = 1_000  # of one column, in a condition that PostgreSQL can carry down
MOST_TOGETHER = 2_000  # rows of a join that are asked for with all it joins at once
# Conditions on many columns have the planner expect one row, and join thousands one by one.
PLANS = "set jit = off; set enable_nestloop = off"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")  # JSON writes a moment in another way than text does
WANTED, INNER = "these_rows_are_wanted", exp.TableAlias(this=exp.to_identifier("read_there"))


class Model:
    """A model's SQL, taken apart."""

    def __init__(self, relation: Relation, query: str) -> None:
        self.relation = relation
        self.query = parse_one(query, dialect=DIALECT)
        for cte in self.query.find_all(exp.CTE):
            cte.set("materialized", False)
        scope = build_scope(self.query)
        if scope is None:
            raise ValueError(f"{relation.full_name} is no query")
        self.scope = scope

    @property
    def columns(self) -> list[str]:
        """The names of its outputs."""
        return [each.alias_or_name for each in select_of(selects(self.scope)[0]).selects]

    @property
    def parents(self) -> set[Relation]:
        """Every relation that the model reads."""
        tables = self.query.find_all(exp.Table)
        return {Relation(each.db, each.name) for each in tables if each.db and isinstance(each.this, exp.Identifier)}


def aggregates(connection: psycopg.Connection) -> frozenset[str]:
    """The names of all aggregate functions."""
    names = connection.execute("select distinct proname from pg_proc where prokind = 'a'")
    return frozenset(name for (name,) in names)


class Reach:
    """Finds the parents' rows of a model over one connection."""

    def __init__(
        self, connection: psycopg.Connection, model: Model, aggregates: frozenset[str], most: int = MOST_ROWS
    ) -> None:
        self.connection = connection
        self.model = model
        self.aggregates = aggregates
        self.most = most
        self.found: defaultdict[Relation, Rows] = defaultdict(Rows)

    def parents_of(self, rows: Rows) -> dict[Relation, Rows]:
        """The rows of each parent that these rows of the model are made of."""
        self._visit(self.model.scope, rows)
        return dict(self.found)

    def _visit(self, scope: Scope, wanted: Rows) -> None:
        branches = selects(scope)
        names = [each.alias_or_name for each in select_of(branches[0]).selects]
        for branch in branches:
            own = dict(zip(names, (each.alias_or_name for each in select_of(branch).selects), strict=True))
            self._visit_select(branch, wanted.called(own))

    def _visit_select(self, scope: Scope, wanted: Rows) -> None:
        if not wanted:
            return
        known: dict[Read, Rows] = {}
        for read in (found := reads(scope)):
            if not wanted.texts:
                known[read] = Rows(is_cut=True)
            elif passed := self._passed_on(scope, read, wanted):
                known[read] = passed
        own = [read for read in found if read not in known and not read.inner]
        if len(own) > 1 and len(wanted.texts) <= MOST_TOGETHER:
            known |= self._asked_together(scope, own, wanted)
        for read in found:
            rows = known[read] if read in known else self._asked_for(scope, read, wanted)
            rows.is_cut = rows.is_cut or wanted.is_cut
            if isinstance(read.source, Scope):
                self._visit(read.source, rows)
            else:
                relation = Relation(read.source.db, read.source.name)
                self.found[relation] = self.found[relation].with_more(rows.texts, is_cut=rows.is_cut)

    def _passed_on(self, scope: Scope, read: Read, wanted: Rows) -> Rows | None:
        """Without asking: where the SELECT takes columns of one source as they are, and every row of it."""
        select = select_of(scope)
        is_bare = not any(select.args.get(each) for each in ("where", "group", "distinct", "limit"))
        if not is_bare or len(scope.selected_sources) > 1 or read.inner or not isinstance(read.source, Scope):
            return None
        plain = plain_outputs(select, self.aggregates)
        if len(plain) < len(select.selects) or not all(isinstance(each, exp.Column) for each in plain.values()):
            return None
        return wanted.called({name: each.name for name, each in plain.items()})

    def _asked_together(self, scope: Scope, own: list[Read], wanted: Rows) -> dict[Read, Rows]:
        """What a SELECT joins, in one question; empty where the answer would be long."""
        rows = [f"{_row(read)} as it_{at}" for at, read in enumerate(own)]
        asked = _without_outputs(select_of(scope)).select(*rows, dialect=DIALECT).where(exp.column(WANTED))
        answer = self._answer(asked, self._conditions(scope, wanted), min(MOST_TOGETHER, self.most))
        if answer is None:
            return {}
        found = {read: Rows().with_more(filter(None, map(itemgetter(at), answer))) for at, read in enumerate(own)}
        return {read: rows.without_blanks() for read, rows in found.items()}

    def _asked_for(self, scope: Scope, read: Read, wanted: Rows) -> Rows:
        asked = _without_outputs(select_of(scope))
        row = _row(read)
        if read.inner:
            inner = _without_outputs(read.inner).select(f"{row} as it", dialect=DIALECT)
            asked.append("joins", exp.Join(kind="cross", this=exp.Lateral(this=inner.subquery(), alias=INNER.copy())))
            row = f"{INNER.name}.it"
        asked = asked.select(f"{row} as it", dialect=DIALECT).where(exp.column(WANTED))
        if len(scope.selected_sources) > 1 or read.inner:
            asked = asked.distinct()  # a row may meet many of another source
        answer = self._answer(asked, [*self._conditions(scope, wanted), f"not ({row} is null)"], self.most)
        return Rows(is_cut=True) if answer is None else Rows().with_more(each for (each,) in answer)

    def _answer(self, asked: exp.Select, conditions: list[str], most: int) -> list[tuple[Any, ...]] | None:
        """What is found; None where it is more than `most` rows."""
        query = asked.limit(most + 1).sql(DIALECT).replace(WANTED, " and ".join(conditions) or "true")
        columns = ", ".join(f"to_jsonb(found.{_quoted(each.alias)})::text" for each in asked.selects)
        rows = self.connection.execute(f"{self._ctes()} select {columns} from ({query}) as found".encode()).fetchall()
        return rows if len(rows) <= most else None

    def _ctes(self) -> str:
        with_ = self.model.query.args.get("with_")
        return with_.sql(DIALECT) if with_ else ""

    def _conditions(self, scope: Scope, wanted: Rows) -> list[str]:
        plain = plain_outputs(select_of(scope), self.aggregates)
        known = {name: each.sql(DIALECT) for name, each in plain.items() if name in wanted.columns}
        if not known:
            return []
        listed = [_is_one_of(text, wanted.values(name)) for name, text in known.items()]
        values = [f"w -> {_literal(wanted.columns[name])}" for name in known]
        together = (
            f"jsonb_build_array({', '.join(known.values())}) in (select jsonb_build_array({', '.join(values)}) "
            f"from jsonb_array_elements({_literal(wanted.as_json)}::jsonb) as w)"
        )
        return [*(each for each in listed if each), together]


def _row(read: Read) -> str:
    """The whole row of what is read: a bare alias may be the name of a column too, and `alias.*` is its columns."""
    return f"coalesce({_quoted(read.alias)}.*)"


def _quoted(name: str) -> str:
    return str(exp.to_identifier(name, quoted=True).sql(DIALECT))


def _literal(text: str) -> str:
    return sql.Literal(text).as_string()


def _without_outputs(select: exp.Select) -> exp.Select:
    bare = exp.Select()
    for part in ("from_", "joins", "laterals", "where"):
        value = select.args.get(part)
        if value:
            bare.set(part, [each.copy() for each in value] if isinstance(value, list) else value.copy())
    return bare


def _is_one_of(text: str, values: list[Any]) -> str | None:
    """A condition that PostgreSQL can carry down to where the column comes from; None where it is better not to."""
    known = {value for value in values if isinstance(value, str | int)}
    if len(known) > MOST_VALUES or any(isinstance(value, float | dict | list) for value in values):
        return None
    if any(MOMENT.match(value) for value in known if isinstance(value, str)):
        return None
    told = sorted({str(each).lower() if isinstance(each, bool) else str(each) for each in known})
    is_listed = f"({text})::text = any({sql.Literal(told).as_string()}::text[])"
    return f"({is_listed} or ({text}) is null)" if None in values else is_listed
