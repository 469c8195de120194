"""The states of controlled counts, as `audit` keeps them: what each publication showed and closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from core.errors import WarehouseError
from warehouse.disclosure.attack import Rule
from warehouse.disclosure.block import Counts, State
from warehouse.disclosure.declared import LinkedSet
from warehouse.disclosure.linked import Cell

Scope = tuple[str, ...]
TABLE = "_table"  # the key of a closed cell that names its table; the others are columns
PUBLISHED = """
    select
        s.scope, s.cut, s.state_id, s.tables, s.minimum_count, s.minimum_width, s.counts, s.closed, s.closed_since,
        count(*)
    from audit.disclosure_state as s
    inner join audit.disclosure_refresh as r using (state_id)
    inner join audit.publication as p using (refresh_id)
    where s.set_name = %s and s.dimensions = %s
    group by s.state_id
    order by s.cut collate "C", max(p.publication_id)
"""
OF_REFRESH = """
    select
        s.scope, s.cut, s.state_id, s.tables, s.minimum_count, s.minimum_width, s.counts, s.closed, s.closed_since, 0
    from audit.disclosure_state as s
    inner join audit.disclosure_refresh as r using (state_id)
    where s.set_name = %s and s.dimensions = %s and r.refresh_id = %s
    order by s.cut collate "C"
"""
ADD = """
    insert into audit.disclosure_state (
        set_name, scope, cut, dimensions, tables, minimum_count, minimum_width, counts, closed
    ) values (%s, %s, %s, %s, %s, %s, %s, %s, %s) returning state_id
"""


def rule_of(connection: psycopg.Connection, declared: LinkedSet, seed: str) -> Rule:
    """The thresholds of a set, from its row of ref_disclosure_rule. WarehouseError where it has none."""
    row = connection.execute(
        sql.SQL("select minimum_count, minimum_width from {} where rule_code = %s").format(
            sql.Identifier(seed, "ref_disclosure_rule")
        ),
        [declared.rule],
    ).fetchone()
    if row is None:
        raise WarehouseError(
            f"The disclosure rule {declared.rule!r} of {declared.name} is not in ref_disclosure_rule.",
            remedy="Add its row to seeds/reference/ref_disclosure_rule.csv.",
        )
    return Rule(*row)


def showing_of(connection: psycopg.Connection, declared: LinkedSet, seed: str) -> tuple[int, set[str]]:
    """What the figures of a set are rounded to, and which roles of readers may see its detail."""
    rules = sql.Identifier(seed, "ref_disclosure_rule")
    row = connection.execute(
        sql.SQL("select rounding, string_to_array(readers, ' ') from {} where rule_code = %s").format(rules),
        [declared.rule],
    ).fetchone()
    assert row is not None, "rule_of has found it"
    return row[0], set(row[1]) - {"none"}


def published(connection: psycopg.Connection, declared: LinkedSet) -> dict[Scope, list[State]]:
    """Every published state of a set by scope, in the order of days and publications."""
    return _states(declared, connection.execute(PUBLISHED, [declared.name, list(declared.dimensions)]))


def of_refresh(connection: psycopg.Connection, declared: LinkedSet, refresh_id: str) -> dict[Scope, list[State]]:
    """The states that a refresh is to publish."""
    rows = connection.execute(OF_REFRESH, [declared.name, list(declared.dimensions), refresh_id])
    found = _states(declared, rows)
    for states in found.values():
        for state in states:
            state.is_current = True
    return found


def closings(connection: psycopg.Connection, declared: LinkedSet, refresh_id: str) -> dict[int, set[Cell]]:
    """What the publication of a refresh closes in past states."""
    rows = connection.execute(
        "select state_id, closed from audit.disclosure_closing where refresh_id = %s", [refresh_id]
    ).fetchall()
    return {state_id: cells_from(declared, closed) for state_id, closed in rows}


def save(
    connection: psycopg.Connection, declared: LinkedSet, refresh_id: str, scope: Scope, states: Iterable[State]
) -> None:
    """Keep the states that a refresh is to publish; one that is known already is only named."""
    for state in states:
        if state.state_id is None:
            row = connection.execute(
                ADD,
                [declared.name, list(scope), state.cut, list(declared.dimensions), list(state.tables),
                 state.rule.minimum, state.rule.width, Jsonb(state.counts),
                 Jsonb(cells_as_json(declared, scope, state.cut, state.closed))],
            ).fetchone()  # fmt: skip
            state.state_id = row[0] if row else None
        connection.execute("insert into audit.disclosure_refresh values (%s, %s)", [refresh_id, state.state_id])


def cells_as_json(declared: LinkedSet, scope: Scope, cut: str, cells: Iterable[Cell]) -> list[dict[str, str]]:
    """Cells with the columns that name them, as dbt reads them."""
    place = dict(zip(declared.scope, scope, strict=True))
    if declared.successive:
        place[declared.successive] = cut
    return [
        {TABLE: table, **place, **dict(zip(declared.by_name[table].dimensions, values, strict=True))}
        for table, values in sorted(cells)
    ]


def cells_from(declared: LinkedSet, closed: Iterable[Mapping[str, str]]) -> set[Cell]:
    """The other way round; cells of tables that are no longer declared are left out."""
    return {
        (each[TABLE], tuple(each[name] for name in declared.by_name[each[TABLE]].dimensions))
        for each in closed
        if each[TABLE] in declared.by_name
    }


def _states(declared: LinkedSet, rows: Iterable[tuple[Any, ...]]) -> dict[Scope, list[State]]:
    found: dict[Scope, list[State]] = defaultdict(list)
    for scope, cut, state_id, tables, minimum, width, counts, closed, since, publications in rows:
        found[tuple(scope)].append(
            State(
                cut,
                _counts(counts),
                Rule(minimum, width),
                tuple(table for table in tables if table in declared.by_name),
                cells_from(declared, closed),
                cells_from(declared, since),
                publications,
                state_id=state_id,
            )
        )
    return found


def _counts(counts: list[Any]) -> Counts:
    return tuple((tuple(values), count) for values, count in counts)
