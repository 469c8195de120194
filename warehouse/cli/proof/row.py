"""The published row that a key names."""

from __future__ import annotations

import psycopg
from psycopg import sql

from core.errors import WarehouseError
from warehouse.publish.mart_catalogue import Table, published_tables, row_text


def table_of(connection: psycopg.Connection, mart: str, column: str | None) -> Table:
    """The mart; WarehouseError where there is none, or it has no such column."""
    table = published_tables(connection).get(mart)
    if table is None:
        raise WarehouseError(f"There is no mart {mart!r}.", remedy="`warehouse publication show` lists them.")
    if column and column not in table.column_names:
        raise WarehouseError(f"{mart} has no column {column!r}.", remedy=f"It has {', '.join(table.column_names)}.")
    return table


def condition_of(table: Table, given: list[str]) -> sql.Composed:
    """What the key, given as `column=value`, says of a row."""
    values = {name: value for name, _, value in (each.partition("=") for each in given)}
    if not set(values) <= set(table.key) or len(given) != len(values):
        raise _not_told(table, f"A row of {table.name} is told from the others by {', '.join(table.key)}.")
    return sql.SQL(" and ").join(
        sql.SQL("t.{} = {}").format(sql.Identifier(name), sql.Literal(value)) for name, value in values.items()
    )


def _not_told(table: Table, message: str) -> WarehouseError:
    return WarehouseError(
        message, remedy=f"warehouse trace {table.name} " + " ".join(f"--key {name}=..." for name in table.key)
    )


def published(connection: psycopg.Connection, table: Table, condition: sql.Composed) -> tuple[str, str]:
    """The one row of which it is true, as the text that is compared and as JSON."""
    query = sql.SQL("select {}, to_jsonb(t)::text from {} as t where {}").format(
        row_text("t", table.column_names), table.identifier, condition
    )
    try:
        rows = connection.execute(query).fetchmany(2)
    except (psycopg.errors.DataError, psycopg.errors.UndefinedFunction) as error:
        raise WarehouseError(
            f"The key is none of {table.name}: {error.diag.message_primary}.",
            remedy="Write values as `query` shows them.",
        ) from error
    if len(rows) > 1:
        raise _not_told(table, f"{table.name} has more than one such row.")
    if not rows:
        raise WarehouseError(
            f"{table.name} has no such row.",
            remedy=f'warehouse query "select {", ".join(table.key)} from {table.full_name} limit 20"',
        )
    return rows[0][0], rows[0][1]
