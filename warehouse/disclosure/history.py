"""Past publications under today's rules: cells that may not be shown any more are closed in history too."""

from __future__ import annotations

import psycopg
from psycopg.types.json import Jsonb

from warehouse.disclosure import store
from warehouse.disclosure.declared import LinkedSet, LinkedTable, load_sets

CLOSED = "closed"  # what `_change` says of a row of history that has lost its figures
# The versions of the cell's row that stood in a publication which showed the state.
CLOSE = """
    select audit.close_history(%s, %s, %s, %s, array(
        select p.publication_id from audit.publication as p inner join audit.disclosure_refresh as r using (refresh_id)
        where r.state_id = %s
    ))
"""
CLOSINGS = """
    select c.state_id, c.closed, s.set_name
    from audit.disclosure_closing as c
    inner join audit.disclosure_state as s using (state_id)
    where c.refresh_id = %s
    order by c.state_id
"""


def close_history(connection: psycopg.Connection, refresh_id: str) -> int:
    """Take the figures out of the rows of history that the refresh's decision closes; how many rows these are.

    Within the publication's transaction: readers see both, what is closed now and in the past, or neither.
    """
    sets = {declared.name: declared for declared in load_sets()}
    rows = 0
    for state_id, closed, name in connection.execute(CLOSINGS, [refresh_id]).fetchall():
        if name not in sets:
            continue
        for cell in closed:
            rows += _close(connection, sets[name], state_id, cell)
        connection.execute(
            "update audit.disclosure_state set closed_since = closed_since || %s where state_id = %s",
            [Jsonb(closed), state_id],
        )
    return rows


def _close(connection: psycopg.Connection, declared: LinkedSet, state_id: int, cell: dict[str, str]) -> int:
    table: LinkedTable = declared.by_name[cell[store.TABLE]]
    same = {name: str(value) for name, value in table.where.items()}
    same |= {table.columns.get(name, name): value for name, value in cell.items() if name != store.TABLE}
    row = connection.execute(
        CLOSE, [table.mart, list(table.measures), declared.closed_flag, Jsonb(same), state_id]
    ).fetchone()
    return int(row[0]) if row else 0
