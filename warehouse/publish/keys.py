"""A published table's key made wider by a column, or called by a new name, without keeping readers out for long."""

from __future__ import annotations

from dataclasses import replace

import psycopg
from psycopg import sql

from core.errors import WarehouseError
from warehouse.publish.mart_catalogue import Column, Table


def both_names(candidate: Table, last: set[str] | None) -> Table:
    """The candidate with the old name of each renamed column beside the new one, for one publication.

    `last` are the columns that the last publication of the mart had. A column that it had under the new name already
    has had its time under both.
    """
    old = [
        Column(column.name, column.sql_type, f"Old name of `{column.is_now}`; it goes with the next publication.")
        for column in candidate.old_names
        if last and column.name in last and column.is_now not in last
    ]
    return replace(candidate, columns=(*candidate.columns, *old))


def require_same_key(candidate: Table, mart: Table) -> None:
    """WarehouseError unless the key is as it was, but for new names and for columns that every row has a value of."""
    renamed = _under_new_names(candidate, mart.key)
    added = [name for name in candidate.key if name not in renamed]
    if set(renamed) <= set(candidate.key) and all(_is_filled(candidate, mart, name) for name in added):
        return
    raise WarehouseError(
        f"{mart.full_name} has the key ({', '.join(mart.key)}), the new model ({', '.join(candidate.key)}).",
        remedy="Readers rely on the grain: give the changed mart a new name, or the column `widened_with` a value.",
    )


def meant_before(connection: psycopg.Connection, column: Column, candidate: Table) -> str | None:
    """What the rows meant that have not got this key column yet, as text."""
    if column.default is None or column.name not in candidate.key:
        return None
    row = connection.execute(sql.SQL("select ({})::text").format(sql.SQL(column.default))).fetchone()
    return str(row[0]) if row and row[0] is not None else None


def new_key_columns(candidate: Table, table: Table) -> list[sql.Composed]:
    """The statements that give a mart the key columns it lacks, filled: by the old name's values, or by what the rows
    before meant.
    """
    statements = []
    old_names = {column.is_now: column.name for column in candidate.old_names}
    for column in candidate.columns:
        if column.name not in candidate.key or column.name in table.column_names:
            continue
        name, default = sql.Identifier(column.name), sql.SQL(column.default or "null")
        add = sql.SQL("alter table {} add column {} " + column.sql_type + " default {}")
        statements.append(add.format(table.identifier, name, default))
        statements.append(sql.SQL("alter table {} alter column {} drop default").format(table.identifier, name))
        if old := old_names.get(column.name):
            fill = sql.SQL("update {} set {} = {}")
            statements.append(fill.format(table.identifier, name, sql.Identifier(old)))
    return statements


def index_of_key(candidate: Table, mart: Table) -> sql.Composed:
    """The statement that makes the new key's index while everybody reads."""
    return sql.SQL("create unique index if not exists {} on {} ({})").format(
        sql.Identifier(_index(candidate)), mart.identifier, sql.SQL(", ").join(map(sql.Identifier, candidate.key))
    )


def change_of_key(connection: psycopg.Connection, candidate: Table, mart: Table) -> sql.Composed:
    """The statement that makes the index the primary key: the only one that readers wait for."""
    row = connection.execute(
        "select conname from pg_constraint where conrelid = %s::regclass and contype = 'p'",
        [mart.identifier.as_string(connection)],
    ).fetchone()
    assert row is not None, "a published table has a primary key"
    freed = [sql.SQL(", alter column {} drop not null").format(sql.Identifier(name)) for name in mart.key]
    return sql.SQL("alter table {} drop constraint {}{}, add primary key using index {}").format(
        mart.identifier, sql.Identifier(row[0]), sql.SQL("").join(freed), sql.Identifier(_index(candidate))
    )


def _index(candidate: Table) -> str:
    return f"{candidate.name[:50]}_key_{len(candidate.key)}"


def _under_new_names(candidate: Table, key: tuple[str, ...]) -> tuple[str, ...]:
    new_names = {column.name: column.is_now for column in candidate.old_names}
    return tuple(name if name in candidate.key else new_names.get(name) or name for name in key)


def _is_filled(candidate: Table, mart: Table, name: str) -> bool:
    default = next(column.default for column in candidate.columns if column.name == name)
    return default is not None or name in mart.column_names
