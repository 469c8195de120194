"""A reader's query as it would have been answered after a past publication: its tables are replaced by their past."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from core.errors import WarehouseError
from warehouse.past.as_of import PastMart, past_marts, require_itself
from warehouse.publish.mart_catalogue import HISTORIES, MARTS, mart_name

if TYPE_CHECKING:
    from sqlglot import exp

# Functions that read a table or run a query which they are given as text: what stands in it cannot be replaced.
READS_BY_NAME = re.compile(
    r"(query|table|cursor|schema|database)_to_xml(schema|_and_xmlschema)?|ts_stat|ts_rewrite|dblink.*"
)


def as_of(connection: psycopg.Connection, statement: str, publication_id: int) -> str:
    """The statement with every mart in it replaced by what it was in that publication.

    WarehouseError where the statement is not one query, or reads what has no past: a live view, a table elsewhere, a
    mart that the publication did not have.
    """
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    tree = _parsed(statement)
    _refuse_ways_around(tree)
    marts = past_marts(connection, publication_id)
    proved: set[str] = set()
    # All references first, for a replaced one would be searched again.
    references = [
        table
        for scope in traverse_scope(tree)
        for table in scope.tables
        # A function that returns rows is no table.
        if isinstance(table.this, exp.Identifier) and (table.db or table.name not in scope.cte_sources)
    ]
    for table in references:
        name = _plain(table.this)
        rows = _parsed(_sampled(table, _past(connection, marts, table, name, proved)).as_string(connection))
        past = exp.Subquery(this=rows)
        past.set("alias", table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(name)))
        for part in ("joins", "laterals"):
            past.set(part, table.args.get(part))
        table.replace(past)
    return tree.sql(dialect="postgres")


def _refuse_ways_around(tree: exp.Query) -> None:
    from sqlglot import exp

    for function in tree.find_all(exp.Anonymous):
        schema = function.parent.this.name if isinstance(function.parent, exp.Dot) else ""
        table = function.find_ancestor(exp.Table)
        if table is not None and table.this is function:
            schema = table.db
        if READS_BY_NAME.fullmatch(function.name.lower()) or schema.lower() in HISTORIES:
            raise WarehouseError(
                f"{function.name.lower()} reads what it names as it is now, whatever the publication.",
                remedy="Ask the mart itself, or leave out --as-of.",
            )


def _sampled(table: exp.Table, past: sql.Composed) -> sql.Composed:
    """The rows, or as many of them as a TABLESAMPLE asks for: PostgreSQL takes samples of stored tables only."""
    sample = table.args.get("sample")
    if sample is None:
        return past
    percent, seed = sample.args.get("percent"), sample.args.get("seed")
    if percent is None:
        raise WarehouseError("Of what was, only a percentage can be sampled.", remedy="TABLESAMPLE BERNOULLI (10).")
    drawn = "random() * 100"
    if seed is not None:
        drawn = f"mod(abs(hashtextextended(said::text, ({seed.sql('postgres')})::bigint) / 1000), 100000) / 1000.0"
    condition = f"{drawn} < ({percent.sql('postgres')})"
    return sql.SQL("select * from ({}) as said where {}").format(past, sql.SQL(condition))


def _parsed(statement: str) -> exp.Query:
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        found = [tree for tree in sqlglot.parse(statement, dialect="postgres") if tree]
    except SqlglotError as error:
        raise WarehouseError(
            f"The statement cannot be read: {str(error).splitlines()[0]}", remedy="Correct it; --as-of takes one query."
        ) from error
    if len(found) != 1 or not isinstance(found[0], exp.Query):
        raise WarehouseError("--as-of takes one query, nothing else.", remedy="Write one select.")
    return found[0]


def _past(
    connection: psycopg.Connection, marts: dict[str, PastMart], table: exp.Table, name: str, proved: set[str]
) -> sql.Composed:
    schema = _plain(table.args["db"]) if table.args.get("db") else MARTS
    number = next(iter(marts.values())).publication_id
    if table.catalog or schema not in HISTORIES:
        raise WarehouseError(
            f"{schema}.{name} has no past to ask: only marts are published.",
            remedy="Ask the marts, or leave out --as-of (the schema history holds every replaced row).",
        )
    mart = mart_name(schema, name)
    if mart in marts:
        if mart not in proved:
            require_itself(connection, marts[mart])
            proved.add(mart)
        return marts[mart].rows()
    row = connection.execute(
        "select relkind = 'v' from pg_class where relnamespace = to_regnamespace(%s) and relname = %s", [schema, name]
    ).fetchone()
    if row and row[0]:
        raise WarehouseError(
            f"{schema}.{name} is a live view: it says how things are now, whatever the publication.",
            remedy="Leave out --as-of to ask it.",
        )
    raise WarehouseError(
        f"Publication {number} had no mart {mart!r} for this reader.", remedy=f"It had {', '.join(marts)}."
    )


def _plain(identifier: exp.Expression) -> str:
    return str(identifier.name) if identifier.args.get("quoted") else str(identifier.name).lower()
