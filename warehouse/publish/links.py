"""What ties the published tables together: foreign keys, which hold at each commit, and indexes, as candidates declare.

Adding either keeps out no reader; dropping a key does, so that it is done before the publication.
"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

from core.errors import WarehouseError
from warehouse.publish.mart_catalogue import Table, place

FOREIGN_KEYS = """
    select
        n.nspname, t.relname,
        array(select a.attname::text from unnest(c.conkey) with ordinality as k (number, position)
            inner join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.number order by k.position),
        rn.nspname, r.relname,
        array(select a.attname::text from unnest(c.confkey) with ordinality as k (number, position)
            inner join pg_attribute as a on a.attrelid = c.confrelid and a.attnum = k.number order by k.position),
        c.conname
    from pg_constraint as c
    inner join pg_class as t on t.oid = c.conrelid
    inner join pg_namespace as n on n.oid = t.relnamespace
    inner join pg_class as r on r.oid = c.confrelid
    inner join pg_namespace as rn on rn.oid = r.relnamespace
    where c.contype = 'f'
"""
INDEXES = """
    select
        n.nspname, t.relname,
        array(select a.attname::text from unnest(i.indkey) with ordinality as k (number, position)
            inner join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.number order by k.position)
    from pg_index as i
    inner join pg_class as t on t.oid = i.indrelid
    inner join pg_namespace as n on n.oid = t.relnamespace
    where not i.indisunique and i.indpred is null and i.indexprs is null and n.nspname = any(%s)
"""


@dataclass(frozen=True, order=True)
class ForeignKey:
    """Columns of a mart that point to the key of another, both by what they are called."""

    mart: str
    columns: tuple[str, ...]
    dimension: str
    key: tuple[str, ...]


def foreign_keys(connection: psycopg.Connection, tables: dict[str, Table]) -> dict[ForeignKey, str]:
    """The foreign keys among `tables`, with the names of their constraints."""
    called = {(table.schema, table.name): mart for mart, table in tables.items()}
    return {
        ForeignKey(called[schema, table], tuple(columns), called[to_schema, to_table], tuple(key)): constraint
        for schema, table, columns, to_schema, to_table, key, constraint in connection.execute(FOREIGN_KEYS)
        if (schema, table) in called and (to_schema, to_table) in called
    }


def undeclared(
    connection: psycopg.Connection, candidates: dict[str, Table], published: dict[str, Table]
) -> list[sql.Composed]:
    """The statements that drop the keys which no candidate declares any more."""
    wanted = foreign_keys(connection, candidates)
    return [
        sql.SQL("alter table {} drop constraint {}").format(published[key.mart].identifier, sql.Identifier(constraint))
        for key, constraint in foreign_keys(connection, published).items()
        if key not in wanted
    ]


def missing_indexes(
    connection: psycopg.Connection, candidates: dict[str, Table], published: dict[str, Table]
) -> list[sql.Composed]:
    """The statements that give the published tables the indexes of their candidates."""
    wanted, present = _indexes(connection, candidates), _indexes(connection, published)
    return [
        sql.SQL("create index on {} ({})").format(sql.Identifier(*place(mart)), _names(columns))
        for mart, columns in sorted(wanted - present)
    ]


def hold(connection: psycopg.Connection, candidates: dict[str, Table], published: dict[str, Table]) -> None:
    """Check every foreign key now and add those that are new, within the publication's transaction.

    WarehouseError where a row points to nothing.
    """
    add = sql.SQL("alter table {} add foreign key ({}) references {} ({}) deferrable initially deferred")
    try:
        connection.execute("set constraints all immediate")
        present = foreign_keys(connection, published)
        for key in sorted(foreign_keys(connection, candidates).keys() - present.keys()):
            mart, dimension = sql.Identifier(*place(key.mart)), sql.Identifier(*place(key.dimension))
            connection.execute(add.format(mart, _names(key.columns), dimension, _names(key.key)))
    except psycopg.errors.ForeignKeyViolation as error:
        raise WarehouseError(
            f"{error.diag.schema_name}.{error.diag.table_name} has a row that points to nothing: "
            f"{error.diag.message_detail}",
            remedy="Nothing was published. Give the dimension the missing member, or the row `unknown`.",
        ) from error


def _indexes(connection: psycopg.Connection, tables: dict[str, Table]) -> set[tuple[str, tuple[str, ...]]]:
    called = {(table.schema, table.name): mart for mart, table in tables.items()}
    rows = connection.execute(INDEXES, [sorted({schema for schema, _ in called})])
    return {(called[schema, table], tuple(names)) for schema, table, names in rows if (schema, table) in called}


def _names(names: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
