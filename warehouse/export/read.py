"""A published mart with its columns, as it is now or as a past publication had it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from core import db
from core.errors import WarehouseError
from core.roles import EVERYBODY
from warehouse.past.as_of import past_marts, require_itself
from warehouse.publish.mart_catalogue import Column, published_tables

# Tables of published files that the mart is made from: each is called as its feed.
FEEDS = """
    select array_agg(distinct split_part(source_column, '.', 2)) from marts.column_lineage
    where mart = %s and split_part(source_column, '.', 1) in ('raw', 'compiled')
"""
CURRENT = "select publication_id from marts.publication where is_current"


@dataclass(frozen=True)
class Mart:
    """A mart's rows in the order of its key.

    `publication` is the one whose rows they are, `feeds` what the mart is made from, whether or not it came.
    """

    name: str
    publication: int
    comment: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    feeds: frozenset[str] = frozenset()

    def values(self, column: str) -> list[Any]:
        """All values of a column."""
        at = [each.name for each in self.columns].index(column)
        return [row[at] for row in self.rows]


def reading(role: str = EVERYBODY) -> psycopg.Connection:
    """A connection that reads within one snapshot; who reads restricted detail is recorded, so it may write that."""
    connection = db.connect(role)
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = role == EVERYBODY
    return connection


def read(connection: psycopg.Connection, name: str, as_of: int | None = None) -> Mart:
    """The mart by what it is called; WarehouseError where the reader has none of that name."""
    rows: sql.Composable
    if as_of is None:
        row = connection.execute(CURRENT).fetchone()
        if row is None:
            raise WarehouseError("Nothing has been published yet.", remedy="`make run`.")
        tables, number = published_tables(connection), row[0]
        if name not in tables:
            raise WarehouseError(f"There is no mart {name!r}.", remedy=f"There are {', '.join(tables)}.")
        table = tables[name]
        columns, key, rows = table.columns, table.key, table.identifier
    else:
        marts, number = past_marts(connection, as_of), as_of
        if name not in marts:
            raise WarehouseError(
                f"Publication {as_of} had no mart {name!r} for this reader.", remedy=f"It had {', '.join(marts)}."
            )
        past = marts[name]
        require_itself(connection, past)
        known = {column.name: column for column in past.past.columns}
        live = {column.name: column for column in past.live.columns} if past.live else {}
        columns, key = tuple(live.get(column) or known[column] for column in past.columns), past.key
        table = past.live or past.past
        rows = sql.SQL("({}) as said").format(past.rows())
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    order = sql.SQL(", ").join(map(sql.Identifier, key))
    query = sql.SQL("select {} from {} order by {}").format(names, rows, order)
    (feeds,) = connection.execute(FEEDS, [name]).fetchone() or (None,)
    found = connection.execute(query).fetchall()
    return Mart(name, number, table.comment or "", columns, key, found, frozenset(feeds or ()))
