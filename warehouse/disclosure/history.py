"""Past publications under today's rules: cells that may not be shown any more are closed in history too."""

from __future__ import annotations

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from warehouse.disclosure import store
from warehouse.disclosure.declared import LinkedSet, LinkedTable, load_sets
from warehouse.publish.mart_catalogue import history_tables

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

# What publications showed that control did not see, from before it or without it: what could be worked out from it,
# nobody has tried. Where something is closed, then or now, all of it is.
UNSEEN = """
    select array_agg(p.publication_id)
    from audit.publication as p
    where not exists (
        select from audit.disclosure_refresh as r
        inner join audit.disclosure_state as s using (state_id)
        where r.refresh_id = p.refresh_id and s.set_name = %s
    )
"""
SCOPES = """
    select distinct {scope}
    from {history} as h
    where
        h._change <> 'closed'
        and exists (
            select from unnest(%(unseen)s::integer[]) as p (number)
            where h._from_publication <= p.number and h._until_publication > p.number
        )
        and (
            exists (select from {history} as o where o.{flag} and {same_scope})
            or exists (
                select from audit.disclosure_refresh as r
                inner join audit.disclosure_state as s using (state_id)
                where
                    r.refresh_id = %(refresh)s
                    and s.set_name = %(set)s
                    and s.closed <> '[]'
                    and s.scope = array[{scope}]
            )
        )
"""
CLOSE_SCOPE = "select audit.close_history(%s, %s, %s, %s, %s)"


def close_history(connection: psycopg.Connection, refresh_id: str) -> int:
    """Take the figures out of the rows of history that the refresh's decision closes; how many rows these are.

    Within the publication's transaction: readers see both, what is closed now and in the past, or neither.
    """
    sets = {declared.name: declared for declared in load_sets()}
    rows = 0
    for declared in sets.values():
        rows += _close_unseen(connection, declared, refresh_id)
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


def unseen(connection: psycopg.Connection, declared: LinkedSet) -> list[int]:
    """The publications that control of this set has not seen."""
    row = connection.execute(UNSEEN, [declared.name]).fetchone()
    return (row[0] if row else None) or []


def _close_unseen(connection: psycopg.Connection, declared: LinkedSet, refresh_id: str) -> int:
    publications = unseen(connection, declared)
    histories = history_tables(connection) if publications else {}
    names = [sql.Identifier(name) for name in declared.scope]
    rows = 0
    for table in declared.tables:
        if table.mart not in histories:
            continue
        statement = sql.SQL(SCOPES).format(
            history=histories[table.mart].identifier,
            flag=sql.Identifier(declared.closed_flag),
            same_scope=sql.SQL(" and ").join(sql.SQL("o.{0} = h.{0}").format(name) for name in names),
            scope=sql.SQL(", ").join(sql.SQL("h.{}::text").format(name) for name in names),
        )
        values = {"unseen": publications, "refresh": refresh_id, "set": declared.name}
        for scope in connection.execute(statement, values).fetchall():
            which = {**_as_text(table), **dict(zip(declared.scope, scope, strict=True))}
            closing = [table.mart, list(table.measures), declared.closed_flag, Jsonb(which), publications]
            row = connection.execute(CLOSE_SCOPE, closing).fetchone()
            rows += int(row[0]) if row else 0
    return rows


def _as_text(table: LinkedTable) -> dict[str, str]:
    """The rows of its mart that are this table, as text."""
    return {name: str(value) for name, value in table.where.items()}


def _close(connection: psycopg.Connection, declared: LinkedSet, state_id: int, cell: dict[str, str]) -> int:
    table: LinkedTable = declared.by_name[cell[store.TABLE]]
    same = _as_text(table)
    same |= {table.columns.get(name, name): value for name, value in cell.items() if name != store.TABLE}
    row = connection.execute(
        CLOSE, [table.mart, list(table.measures), declared.closed_flag, Jsonb(same), state_id]
    ).fetchone()
    return int(row[0]) if row else 0
