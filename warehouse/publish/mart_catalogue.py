"""What the database's own catalogue says of a mart: columns, types, key, comments, readers. Nothing else does."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

from core.errors import WarehouseError
from core.roles import READERS

MARTS = "marts"
# The published schemas, each with the one where the replaced versions of its rows go.
HISTORIES = {MARTS: "history", "restricted": "restricted_history"}
PRIVATE_PREFIX = "_"  # columns of the warehouse itself, not of the mart


@dataclass(frozen=True)
class Column:
    """A column's name, SQL type and description.

    `default` is what rows mean that do not have it yet; `is_now` names the column that it is the old name of.
    """

    name: str
    sql_type: str
    comment: str | None
    default: str | None = None
    is_now: str | None = None


@dataclass(frozen=True)
class Table:
    """A table as the catalogue knows it; `key` is its primary key, in key order.

    `readers` are the roles of readers that may read it, `old_names` what some columns were called before: a generated
    column of a candidate.
    """

    schema: str
    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    comment: str | None
    readers: frozenset[str] = frozenset()
    old_names: tuple[Column, ...] = ()

    @property
    def identifier(self) -> sql.Identifier:
        """schema.table, quoted."""
        return sql.Identifier(self.schema, self.name)

    @property
    def full_name(self) -> str:
        """schema.table, for people."""
        return f"{self.schema}.{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names in the table's order."""
        return tuple(column.name for column in self.columns)


def tables(connection: psycopg.Connection, schema: str) -> dict[str, Table]:
    """Every ordinary table of `schema` by name; the warehouse's own columns (leading underscore) are left out."""
    rows = connection.execute(
        """
        select
            t.relname,
            obj_description(t.oid, 'pg_class'),
            a.attname,
            format_type(a.atttypid, a.atttypmod),
            col_description(t.oid, a.attnum),
            array_position(k.conkey, a.attnum),
            array(
                select pg_get_userbyid(r.grantee)
                from aclexplode(t.relacl) as r
                where r.privilege_type = 'SELECT' and r.grantee <> 0
            ),
            case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end,
            case when a.attgenerated <> '' then (
                select n.attname from pg_depend as p
                inner join pg_attribute as n on n.attrelid = p.refobjid and n.attnum = p.refobjsubid
                where p.classid = 'pg_attrdef'::regclass and p.objid = d.oid and p.refobjid = t.oid
                    and p.refobjsubid <> a.attnum
            ) end
        from pg_class as t
        inner join pg_namespace as n on n.oid = t.relnamespace
        inner join pg_attribute as a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
        left join pg_constraint as k on k.conrelid = t.oid and k.contype = 'p'
        where n.nspname = %s and t.relkind = 'r' and not starts_with(a.attname, %s)
        order by t.relname, a.attnum
        """,
        [schema, PRIVATE_PREFIX],
    ).fetchall()
    found: dict[str, list[tuple]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return {name: _table(schema, name, columns) for name, columns in found.items()}


def _table(schema: str, name: str, rows: list[tuple]) -> Table:
    columns = tuple(Column(row[2], row[3], row[4], default=row[7], is_now=row[8]) for row in rows)
    key = tuple(row[2] for row in sorted((row for row in rows if row[5]), key=lambda row: row[5]))
    named = tuple(column for column in columns if not column.is_now)
    old_names = tuple(column for column in columns if column.is_now)
    return Table(schema, name, named, key, rows[0][1], frozenset(READERS).intersection(rows[0][6]), old_names)


def mart_name(schema: str, table: str) -> str:
    """What a published table is called: its name, with the schema before it where that is not `marts`."""
    return table if schema == MARTS else f"{schema}.{table}"


def place(mart: str) -> tuple[str, str]:
    """Schema and table of a published mart, by what it is called."""
    schema, _, table = mart.rpartition(".")
    return schema or MARTS, table


def candidate_schemas(candidate: str) -> dict[str, str]:
    """Where the candidates of each published schema are built, by its name."""
    return {schema: candidate if schema == MARTS else f"{candidate}_{schema}" for schema in HISTORIES}


def candidate_tables(connection: psycopg.Connection, candidate: str) -> dict[str, Table]:
    """The candidates of all published schemas, by what the mart will be called."""
    return {
        mart_name(schema, name): table
        for schema, built_in in candidate_schemas(candidate).items()
        for name, table in tables(connection, built_in).items()
    }


def published_tables(connection: psycopg.Connection) -> dict[str, Table]:
    """The published tables of all schemas, by what they are called."""
    return {
        mart_name(schema, name): table for schema in HISTORIES for name, table in tables(connection, schema).items()
    }


def history_tables(connection: psycopg.Connection) -> dict[str, Table]:
    """The histories, by what their marts are called."""
    return {
        mart_name(schema, name): table
        for schema, history in HISTORIES.items()
        for name, table in tables(connection, history).items()
    }


def require_key(table: Table) -> None:
    """A mart without a primary key can neither be compared nor trusted."""
    if not table.key:
        raise WarehouseError(
            f"{table.full_name} has no primary key.",
            remedy="Declare a primary_key constraint in the model's YAML.",
        )


def row_text(alias: str, columns: tuple[str, ...], present: set[str] | None = None) -> sql.Composed:
    """A row of `alias` as text, column by column: what two versions of a row are compared by.

    A column that is not among `present` (None: all are) counts as null.
    """
    names = sql.SQL(", ").join(
        sql.Identifier(alias, column) if present is None or column in present else sql.SQL("null") for column in columns
    )
    return sql.SQL("row({})::text").format(names)


def checksum(connection: psycopg.Connection, rows: sql.Composable, columns: tuple[str, ...]) -> tuple[int, str]:
    """Row count of a table or subquery, and a checksum that does not depend on the rows' order.

    A value's text must not depend on who asks: only of use as one of our own logins, which are pinned (`core.db`).
    """
    query = sql.SQL(
        "select count(*), coalesce(sum(('x' || left(md5({row}), 15))::bit(60)::bigint), 0)::text from {rows} as t"
    ).format(row=row_text("t", columns), rows=rows)
    count, total = connection.execute(query).fetchone() or (0, "0")
    return count, total
