"""How each relation between raw and marts is made, in PostgreSQL's own words.

A view keeps its definition; a table does not. So a build leaves, for each table that it makes, a view with the table's
SQL in the schema `workings`. PostgreSQL writes a definition out in full: every `*` expanded, every column with its
table. That, not the text of the model, is what a trace reads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import psycopg
from psycopg import sql

SCHEMA = "workings"
LIVE = ("marts", "audit")  # where the status views stand, and what they are made of
SEPARATOR = "__of__"


@dataclass(frozen=True, order=True)
class Relation:
    """A table or view by schema and name."""

    schema: str
    name: str

    @property
    def full_name(self) -> str:
        """schema.name, for people."""
        return f"{self.schema}.{self.name}"

    @property
    def identifier(self) -> sql.Identifier:
        """schema.name, quoted."""
        return sql.Identifier(self.schema, self.name)


def keep(connection: psycopg.Connection, tables: Iterable[tuple[Relation, str]], schema_prefix: str = "") -> None:
    """Keep the SQL of tables that were just built, in place of what was kept of them before."""
    schema = f"{schema_prefix}{SCHEMA}"
    connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(schema)))
    for relation, query in tables:
        view = sql.Identifier(schema, f"{relation.schema}{SEPARATOR}{relation.name}")
        connection.execute(sql.SQL("drop view if exists {}").format(view))
        connection.execute(sql.SQL("create view {} as {}").format(view, sql.SQL(query)))


def definitions(
    connection: psycopg.Connection,
    schema_prefix: str = "",
    *,
    of: Collection[Relation] | None = None,
    besides: Collection[str] = (),
) -> dict[Relation, str]:
    """The SQL of every view, and of every table whose SQL was kept, in the layers with this prefix.

    `besides` are more schemas. With `of`, of these alone: PostgreSQL takes a moment to write each out.
    """
    schema = f"{schema_prefix}{SCHEMA}"
    names = None
    if of is not None:
        names = [name for each in of for name in (each.full_name, f"{schema}.{each.schema}{SEPARATOR}{each.name}")]
    rows = connection.execute(
        """
        select n.nspname, c.relname, pg_get_viewdef(c.oid)
        from pg_class as c
        inner join pg_namespace as n on n.oid = c.relnamespace
        where
            c.relkind = 'v'
            and n.nspname = any(%(layers)s)
            and (%(names)s::text[] is null or n.nspname || '.' || c.relname = any(%(names)s::text[]))
        """,
        {
            "layers": [*(f"{schema_prefix}{layer}" for layer in ("staging", "intermediate", SCHEMA)), *besides],
            "names": names,
        },
    )
    return {_made(schema, place, name): text.rstrip().rstrip(";") for place, name, text in rows}


def _made(workings: str, schema: str, name: str) -> Relation:
    if schema != workings:
        return Relation(schema, name)
    made_in, _, table = name.partition(SEPARATOR)
    return Relation(made_in, table)
