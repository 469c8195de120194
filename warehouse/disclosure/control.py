"""Decides which cells of a candidate are closed, between the models that count and the marts that show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from core import db
from warehouse.disclosure import store
from warehouse.disclosure.attack import Rule
from warehouse.disclosure.block import Block, Counts, State
from warehouse.disclosure.declared import LinkedSet

PATTERN_MODEL = "int_disclosure__closed_cells"  # the first model that waits for the decision


def decide(refresh_id: str, sets: Iterable[LinkedSet], schema_prefix: str = "") -> int:
    """Decide for every declared set and keep the pattern in `audit`, in one transaction; how many cells are closed.

    A scope whose counts, tables and rule are those of the last publication keeps its pattern. Doing it again for the
    same refresh changes nothing.
    """
    closed = 0
    with db.connect("transformer") as connection:
        if connection.execute(
            "select 1 from audit.disclosure_refresh where refresh_id = %s limit 1", [refresh_id]
        ).fetchone():
            return closed
        for declared in sets:
            rule = store.rule_of(connection, declared, f"{schema_prefix}seed")
            past = store.published(connection, declared)
            for scope, days in counts_of(connection, declared, f"{schema_prefix}intermediate").items():
                states = _decided(connection, refresh_id, declared, rule, scope, days, past.get(scope, []))
                store.save(connection, declared, refresh_id, scope, states)
                closed += sum(len(state.closed) for state in states)
    return closed


def keep(refresh_id: str, before: str) -> None:
    """The pattern of another refresh of the same batches and code stands for this one too."""
    with db.connect("transformer") as connection:
        connection.execute(
            "insert into audit.disclosure_refresh select %s, state_id from audit.disclosure_refresh "
            "where refresh_id = %s on conflict do nothing",
            [refresh_id, before],
        )


def counts_of(connection: psycopg.Connection, declared: LinkedSet, schema: str) -> dict[store.Scope, dict[str, Counts]]:
    """The uncontrolled counts of a set, by scope and day."""
    columns = [*declared.scope, *declared.dimensions]
    cut = sql.Identifier(declared.successive) if declared.successive else sql.SQL("''")
    names = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in columns)
    rows = connection.execute(
        sql.SQL("select {cut}::text, array[{names}], sum({count})::bigint from {cells} group by 1, 2").format(
            cut=cut,
            names=names,
            count=sql.Identifier(declared.count),
            cells=sql.Identifier(schema, declared.cells),
        )
    )
    found: dict[store.Scope, dict[str, list]] = defaultdict(lambda: defaultdict(list))
    width = len(declared.scope)
    for day, values, count in rows:
        found[tuple(values[:width])][day].append((tuple(values[width:]), count))
    return {scope: {day: tuple(sorted(days[day])) for day in sorted(days)} for scope, days in sorted(found.items())}


def _decided(
    connection: psycopg.Connection,
    refresh_id: str,
    declared: LinkedSet,
    rule: Rule,
    scope: store.Scope,
    days: dict[str, Counts],
    past: list[State],
) -> list[State]:
    tables = tuple(table.name for table in declared.tables if table.mart)
    now = [State(day, counts, rule, tables, is_current=True) for day, counts in days.items()]
    last = {state.cut: state for state in past}
    if all(_unchanged(state, last.get(state.cut)) for state in now):
        return [last[state.cut] for state in now]
    block = Block(declared, rule, sorted([*past, *now], key=lambda state: state.cut))
    block.decide()
    for epoch, states in zip(block.epochs, block.states, strict=True):
        closed = block.closed(epoch)
        for state in states:
            if state.is_current:
                state.closed = {cell for cell in closed if cell[0] in tables}
                state.state_id = _known(state, states)
                continue
            more = {cell for cell in closed if cell[0] in state.tables} - state.closed - state.closed_since
            if more:
                connection.execute(
                    "insert into audit.disclosure_closing values (%s, %s, %s)",
                    [refresh_id, state.state_id, Jsonb(store.cells_as_json(declared, scope, state.cut, more))],
                )
    return now


def _unchanged(state: State, last: State | None) -> bool:
    """Whether the last publication showed the same counts under the same rule: then its pattern stands."""
    return last is not None and not last.closed_since and _judged(last) == _judged(state)


def _known(state: State, others: list[State]) -> int | None:
    """The state as it was kept before, where it is exactly that."""
    same = (other.state_id for other in others if _judged(other) == _judged(state) and other.closed == state.closed
            and not other.closed_since)  # fmt: skip
    return next(same, None)


def _judged(state: State) -> tuple[Counts, Rule, tuple[str, ...]]:
    return state.counts, state.rule, state.tables
