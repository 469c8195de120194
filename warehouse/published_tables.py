"""The stable tables that readers hang on: created once, widened before a publication, narrowed after it."""

from __future__ import annotations

import psycopg
from psycopg import sql

from warehouse.catalogue import Table, tables
from warehouse.errors import WarehouseError

MARTS = "marts"
HISTORY = "history"
READERS = sql.SQL("bi_reader, auditor, transformer")
# A waiting ALTER blocks every new reader behind it: wait shortly, try again.
LOCK_TIMEOUT_MS = 200
LOCK_ATTEMPTS = 50


def align_before(connection: psycopg.Connection, candidates: dict[str, Table]) -> dict[str, Table]:
    """Create missing marts and their histories, add new columns (nullable). Returns the published tables by name."""
    published = tables(connection, MARTS)
    connection.commit()
    _refuse_orphans(published, candidates)
    for name, candidate in candidates.items():
        if name not in published:
            _alter(connection, [_create_mart(candidate), _create_history(candidate), _grant(name)])
        else:
            _add_columns(connection, candidate, published[name])
    published = tables(connection, MARTS)
    connection.commit()
    return published


def drop_retired_columns(connection: psycopg.Connection, candidates: dict[str, Table]) -> None:
    """Drop the columns that the published code no longer makes; their history keeps them."""
    published = tables(connection, MARTS)
    connection.commit()
    for name, candidate in candidates.items():
        for column in set(published[name].column_names) - set(candidate.column_names):
            _alter(connection, [_sql("alter table {} drop column {}", (MARTS, name), column)])


def describe(connection: psycopg.Connection, candidates: dict[str, Table]) -> None:
    """Give the published tables and columns their descriptions, where these differ."""
    published = tables(connection, MARTS)
    for name, candidate in candidates.items():
        current = {column.name: column.comment for column in published[name].columns}
        if candidate.comment != published[name].comment:
            connection.execute(_comment("table", (MARTS, name), candidate.comment))
        for column in candidate.columns:
            if column.comment != current[column.name]:
                connection.execute(_comment("column", (MARTS, name, column.name), column.comment))
    connection.commit()


def _refuse_orphans(published: dict[str, Table], candidates: dict[str, Table]) -> None:
    orphans = sorted(set(published) - set(candidates))
    if orphans:
        raise WarehouseError(
            f"marts.{orphans[0]} is published but was not built.",
            remedy=f"Restore its model, or retire it on purpose: `drop table marts.{orphans[0]}` as publisher.",
        )


def _add_columns(connection: psycopg.Connection, candidate: Table, mart: Table) -> None:
    known = {column.name: column.sql_type for column in mart.columns}
    for column in candidate.columns:
        if column.name not in known:
            history = tables(connection, HISTORY)[mart.name].column_names
            connection.commit()
            add = "alter table {} add column {} " + column.sql_type
            statements = [_sql(add, (MARTS, mart.name), column.name)]
            if column.name not in history:
                statements.append(_sql(add, (HISTORY, mart.name), column.name))
            _alter(connection, statements)
        elif known[column.name] != column.sql_type:
            raise WarehouseError(
                f"marts.{mart.name}.{column.name} is {known[column.name]}, the new model makes it {column.sql_type}.",
                remedy="Readers rely on the type: give the changed column a new name.",
            )
    if candidate.key != mart.key:
        raise WarehouseError(
            f"marts.{mart.name} has the key ({', '.join(mart.key)}), the new model ({', '.join(candidate.key)}).",
            remedy="Readers rely on the grain: give the changed mart a new name.",
        )


def _create_mart(table: Table) -> sql.Composed:
    columns = _definitions(table)
    key = sql.SQL(", ").join(map(sql.Identifier, table.key))
    return sql.SQL("create table {} ({}, _publication_id integer not null, primary key ({}))").format(
        sql.Identifier(MARTS, table.name), columns, key
    )


def _create_history(table: Table) -> sql.Composed:
    return sql.SQL(
        "create table if not exists {} ({}, _from_publication integer not null, "
        "_until_publication integer not null, _change text not null)"
    ).format(sql.Identifier(HISTORY, table.name), _definitions(table))


def _definitions(table: Table) -> sql.Composed:
    return sql.SQL(", ").join(
        sql.SQL("{} " + column.sql_type).format(sql.Identifier(column.name)) for column in table.columns
    )


def _grant(name: str) -> sql.Composed:
    return (
        sql.SQL("grant select on {}, {} to ").format(sql.Identifier(MARTS, name), sql.Identifier(HISTORY, name))
        + READERS
    )


def _comment(kind: str, path: tuple[str, ...], text: str | None) -> sql.Composed:
    return sql.SQL("comment on {} {} is {}").format(sql.SQL(kind), sql.Identifier(*path), sql.Literal(text))


def _sql(statement: str, path: tuple[str, ...], column: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(*path), sql.Identifier(column))


def _alter(connection: psycopg.Connection, statements: list[sql.Composed]) -> None:
    for attempt in range(1, LOCK_ATTEMPTS + 1):
        try:
            with connection.transaction():
                connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT_MS}ms'")
                for statement in statements:
                    connection.execute(statement)
            return
        except psycopg.errors.LockNotAvailable as error:
            if attempt == LOCK_ATTEMPTS:
                raise WarehouseError(
                    f"A table could not be altered: readers held it through {attempt} attempts.",
                    remedy="See pg_stat_activity for the long transaction, end it, run again.",
                ) from error
