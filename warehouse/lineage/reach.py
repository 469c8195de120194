"""From rows of a model to the rows of its parents that they are made of, by the model's own SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

import psycopg
from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from warehouse.lineage.model import Model
from warehouse.lineage.questions import WANTED, are, quoted, row_of, whole_rows, without_outputs
from warehouse.lineage.rows import Rows
from warehouse.lineage.selection import (
    DIALECT,
    EVERYTHING,
    Needed,
    Read,
    alternative_groups,
    extremes,
    hidden_partitions,
    needed_of,
    not_made_of_others,
    only_unites,
    own_outputs,
    plain_outputs,
    reads,
    select_of,
    selects,
    tells,
    text_of,
)
from warehouse.lineage.workings import Relation

MOST_ROWS = 20_000  # where more take part, they are not told one by one and not followed
MOST_TOGETHER = MOST_ROWS  # rows of a join that are asked for with all it joins at once
# Conditions on many columns have the planner expect one row, and join thousands one by one.
PLANS = "set jit = off; set enable_nestloop = off"
Names = tuple[tuple[str, str], ...] | None
PREFERRED = "these_rows_come_first"
INNER = exp.TableAlias(this=exp.to_identifier("read_there"))


class Reach:
    """Finds the parents' rows of a model over one connection."""

    def __init__(
        self,
        connection: psycopg.Connection,
        model: Model,
        aggregates: frozenset[str],
        all_columns: Mapping[Relation, set[str]],
        most: int = MOST_ROWS,
    ) -> None:
        self.connection = connection
        self.model = model
        self.aggregates = aggregates
        self.all_columns = all_columns
        self.most = most
        self.found: defaultdict[Relation, Rows] = defaultdict(Rows)
        self.columns: dict[Relation, Needed] = {}
        self.needed: dict[int, Needed] = {}  # of the SELECT that is looked at
        self.conditions: dict[int, list[str]] = {}  # what is wanted of it
        self.waiting: dict[int, dict[Names, tuple[Scope, Rows, Needed]]] = {}
        self.visited: defaultdict[tuple[int, Names], set[str]] = defaultdict(set)

    def parents_of(self, rows: Rows, needed: Needed = EVERYTHING) -> dict[Relation, tuple[Rows, Needed]]:
        """The rows of each parent that these rows of the model are made of, and which of their columns take part.

        `needed` are the model's columns that are asked about.
        """
        order = {id(scope): at for at, scope in enumerate(reversed([*self.model.scope.traverse()]))}
        self._want(self.model.scope, rows, needed)
        while self.waiting:  # each SELECT when all that read it have said what they want of it
            first = min(self.waiting, key=lambda scope: order.get(scope, 0))
            for scope, wanted, columns in self.waiting.pop(first).values():
                self._visit(scope, wanted, columns)
        return {relation: (found, self.columns[relation]) for relation, found in self.found.items()}

    def _want(self, scope: Scope, rows: Rows, needed: Needed) -> None:
        """Rows of a SELECT are wanted, some of which may have been visited: one WITH RECURSIVE reads itself."""
        key = None if rows.names is None else tuple(sorted(rows.names.items()))
        old = self.visited[id(scope), key]
        new = Rows([text for text in rows.texts if text not in old], rows.names, rows.is_cut)
        self.visited[id(scope), key] |= set(new.texts)
        if new.texts or not old:
            waiting = self.waiting.setdefault(id(scope), {})
            _, before, columns = waiting.get(key, (scope, Rows(names=rows.names), frozenset()))
            waiting[key] = (scope, before.with_more(new.texts, is_cut=new.is_cut), both(columns, needed))

    def _visit(self, scope: Scope, wanted: Rows, needed: Needed) -> None:
        branches = selects(scope)
        if len(branches) > 1 and not all(isinstance(each, exp.Union) for each in _set_operations(scope.expression)):
            needed = EVERYTHING
        names = [each.alias_or_name for each in select_of(branches[0]).selects]
        for branch in branches:
            own = dict(zip(names, (each.alias_or_name for each in select_of(branch).selects), strict=True))
            self._visit_select(
                branch,
                wanted.called(own, maybe=len(branches) > 1),
                needed and frozenset(own[name] for name in needed if name in own),
            )

    def _visit_select(self, scope: Scope, wanted: Rows, needed: Needed) -> None:
        if not wanted:
            return
        self.needed[id(scope)] = needed
        self.conditions.pop(id(scope), None)
        if wanted.names is None and (relation := self._rows_of(scope, wanted)):
            self._take(relation, wanted, needed)
            return
        known: dict[Read, Rows] = {}
        for read in (found := reads(scope, needed)):
            if not wanted.texts:
                known[read] = Rows(is_cut=True)
            elif passed := self._passed_on(scope, read, wanted):
                known[read] = passed
        own = [read for read in found if read not in known and not read.inner]
        if own and only_unites(select_of(scope), self.aggregates):
            known |= self._one_of_each(scope, own, wanted)
        elif len(own) > 1 and len(wanted.texts) <= MOST_TOGETHER:
            known |= self._asked_together(scope, own, wanted)
        having_most = self._having_extremes(scope, [read for read in found if not read.inner], wanted)
        for read in found:
            rows = known[read] if read in known else self._asked_for(scope, read, wanted)
            if read in having_most:
                rows = rows.and_those(having_most[read])
            rows.is_cut = rows.is_cut or wanted.is_cut
            columns = needed_of(read, select_of(scope), needed)
            if isinstance(read.source, Scope):
                self._want(read.source, rows, columns)
            else:
                self._take(Relation(read.source.db, read.source.name), rows, columns)

    def _take(self, relation: Relation, rows: Rows, columns: Needed) -> None:
        self.columns[relation] = both(self.columns.get(relation, frozenset()), columns)
        self.found[relation] = self.found[relation].and_those(rows)

    def _rows_of(self, scope: Scope, wanted: Rows) -> Relation | None:
        """The relation whose rows these are, as they are: of `select * from ...`, which may leave some out."""
        sources = [source for _, source in scope.selected_sources.values()]
        if len(sources) != 1 or not isinstance(sources[0], exp.Table) or not sources[0].db or scope.subquery_scopes:
            return None
        select, relation = select_of(scope), Relation(sources[0].db, sources[0].name)
        if any(select.args.get(each) for each in ("group", "distinct", "limit", "laterals")):
            return None
        names = [each.name for each in select.selects if isinstance(each, exp.Column)]
        is_all = len(names) == len(select.selects) and {*names} == self.all_columns.get(relation)
        return relation if is_all and {*names} == wanted.columns.keys() else None

    def _passed_on(self, scope: Scope, read: Read, wanted: Rows) -> Rows | None:
        """Without asking: where the SELECT takes every row of one source.

        What it makes of its columns must tell no more of a row than those that it takes as they are.
        """
        select, needed = select_of(scope), self.needed[id(scope)]
        is_bare = not any(
            select.args.get(each) for each in ("where", "group", "having", "distinct", "limit", "laterals")
        )
        if not is_bare or len(scope.selected_sources) > 1 or read.inner or not isinstance(read.source, Scope):
            return None
        plain = plain_outputs(select, self.aggregates, needed)
        taken = {name: each.name for name, each in plain.items() if isinstance(each, exp.Column)}
        made = [each for name, each in plain.items() if name not in taken and name in wanted.columns]
        known = {own for name, own in taken.items() if name in wanted.columns}
        if not known or extremes(select, needed):
            return None
        if not all(column.name in known for each in made for column in each.find_all(exp.Column)):
            return None
        return wanted.called({name: own for name, own in taken.items() if name in wanted.columns})

    def _asked_together(self, scope: Scope, own: list[Read], wanted: Rows) -> dict[Read, Rows]:
        """What a SELECT joins, in one question; empty where the answer would be long."""
        asked = whole_rows(scope, own)
        answer = self._answer(asked, self._conditions(scope, wanted), min(MOST_TOGETHER, self.most))
        return {} if answer is None else _by_read(own, answer)

    def _one_of_each(self, scope: Scope, own: list[Read], wanted: Rows) -> dict[Read, Rows]:
        """Of rows that the SELECT takes together, the first: it gives the same alone."""
        told = not_made_of_others(plain_outputs(select_of(scope), self.aggregates)).values()
        asked = whole_rows(scope, own).distinct(*(each.copy() for each in told))
        answer = self._answer(asked, self._conditions(scope, wanted), self.most)
        return dict.fromkeys(own, self._too_many) if answer is None else _by_read(own, answer)

    def _having_extremes(self, scope: Scope, own: list[Read], wanted: Rows) -> dict[Read, Rows]:
        """Of each partition that the SELECT asks the greatest or least value of, a row that has it.

        One of those that take part anyway, where one does.
        """
        found: dict[Read, Rows] = {}
        first = " and ".join(self._conditions(scope, wanted)[:-1]) or "1 = 1"
        for extreme in extremes(select_of(scope), self.needed[id(scope)]) if wanted.texts else ():
            partition = [each.copy() for each in extreme.partition]
            order = exp.Ordered(this=extreme.value.copy(), desc=extreme.is_greatest, nulls_first=False)
            preferred = exp.Ordered(this=exp.column(PREFERRED), desc=True, nulls_first=False)
            asked = whole_rows(scope, own).order_by(*partition, order, preferred)
            asked = asked.distinct(*(each.copy() for each in partition)) if partition else asked.limit(1)
            conditions = self._of_partition(scope, wanted, extreme.partition)
            answer = self._answer(asked, conditions, self.most, preferred=first)
            more = dict.fromkeys(own, self._too_many) if answer is None else _by_read(own, answer)
            for read, rows in more.items():
                found[read] = found.get(read, Rows()).and_those(rows)
        return found

    def _asked_for(self, scope: Scope, read: Read, wanted: Rows) -> Rows:
        asked = without_outputs(select_of(scope))
        row = row_of(read)
        if read.inner:
            inner = without_outputs(read.inner).select(f"{row} as it", dialect=DIALECT)
            asked.append("joins", exp.Join(kind="cross", this=exp.Lateral(this=inner.subquery(), alias=INNER.copy())))
            row = f"{INNER.name}.it"
        asked = asked.select(f"{row} as it", dialect=DIALECT).where(exp.column(WANTED))
        if len(scope.selected_sources) > 1 or read.inner:
            asked = asked.distinct()  # a row may meet many of another source
        answer = self._answer(asked, [*self._conditions(scope, wanted), f"not ({row} is null)"], self.most)
        return self._too_many if answer is None else Rows().with_more(each for (each,) in answer)

    @property
    def _too_many(self) -> Rows:
        return Rows(is_cut=True, at_least=self.most + 1)

    def _answer(
        self, asked: exp.Select, conditions: list[str], most: int, preferred: str = ""
    ) -> list[tuple[Any, ...]] | None:
        """What is found; None where it is more than `most` rows."""
        query = (asked if asked.args.get("limit") else asked.limit(most + 1)).sql(DIALECT, copy=False)
        query = query.replace(PREFERRED, f"({preferred})").replace(WANTED, " and ".join(conditions) or "true")
        columns = ", ".join(f"to_jsonb(found.{quoted(each.alias)})::text" for each in asked.selects)
        rows = self.connection.execute(
            f"{self.model.with_for(asked)} select {columns} from ({query}) as found".encode()
        ).fetchall()
        return rows if len(rows) <= most else None

    def _conditions(self, scope: Scope, wanted: Rows) -> list[str]:
        if id(scope) not in self.conditions:  # several questions of one visit have them
            select, needed = select_of(scope), self.needed[id(scope)]
            if hidden := hidden_partitions(select, self.aggregates, needed):
                self.conditions[id(scope)] = self._in_partitions(scope, wanted, hidden)
            elif groups := alternative_groups(select, needed):
                self.conditions[id(scope)] = self._in_groups(scope, wanted, groups)
            else:
                self.conditions[id(scope)] = are(plain_outputs(select, self.aggregates, needed), wanted)
        return self.conditions[id(scope)]

    def _in_groups(self, scope: Scope, wanted: Rows, groups: list[set[str]]) -> list[str]:
        """What is in a group of which a row can be."""
        own = own_outputs(select_of(scope), self.aggregates)
        grouped = set[str]().union(*groups)
        told = []
        for group in groups:
            rows = wanted.without(name for name, each in own.items() if text_of(each) in grouped - group)
            conditions = are({name: each for name, each in own.items() if text_of(each) in group}, rows)
            if rows.texts and not conditions:
                return []
            told += [f"({' and '.join(conditions)})"] if rows.texts else []
        return [f"({' or '.join(told)})"] if told else []

    def _of_partition(self, scope: Scope, wanted: Rows, partition: list[exp.Expr]) -> list[str]:
        select = select_of(scope)
        if not tells(select, self.aggregates, partition):
            return self._in_partitions(scope, wanted, [partition])
        only = {text_of(each) for each in partition}
        plain = plain_outputs(select, self.aggregates, self.needed[id(scope)])
        return are({name: each for name, each in plain.items() if text_of(each) in only}, wanted)

    def _in_partitions(self, scope: Scope, wanted: Rows, partitions: list[list[exp.Expr]]) -> list[str]:
        """What is in one partition with a row that takes part."""
        conditions = are(own_outputs(select_of(scope), self.aggregates), wanted)
        if not conditions:
            return []
        told = []
        for partition in partitions:
            key = f"jsonb_build_array({', '.join(each.sql(DIALECT) for each in partition)})"
            own = without_outputs(select_of(scope)).select(key, dialect=DIALECT).where(exp.column(WANTED))
            told.append(f"{key} in ({own.sql(DIALECT).replace(WANTED, ' and '.join(conditions))})")
        return [f"({' or '.join(told)})"]


def both(some: Needed, others: Needed) -> Needed:
    """All columns that either needs."""
    return None if some is None or others is None else some | others


def _set_operations(query: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(query, exp.SetOperation):
        yield query
        yield from _set_operations(query.this.unnest())
        yield from _set_operations(query.expression.unnest())


def _by_read(own: list[Read], answer: list[tuple[Any, ...]]) -> dict[Read, Rows]:
    found = {read: Rows().with_more(filter(None, map(itemgetter(at), answer))) for at, read in enumerate(own)}
    return {read: rows.without_blanks() for read, rows in found.items()}
