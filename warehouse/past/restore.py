"""Make `marts` say again what a past publication said, as a new publication: nothing of what came between is lost."""

from __future__ import annotations

from dataclasses import replace

import psycopg
from psycopg import sql

from core import db
from core.errors import WarehouseError
from core.locks import no_refresh
from warehouse.disclosure.declared import load_sets
from warehouse.disclosure.history import CLOSED, unseen
from warehouse.past.as_of import PastMart, past_marts
from warehouse.publish.mart_catalogue import checksum, tables
from warehouse.publish.publish import PublishReport, publish_tables

# The refresh that stands for the restored figures: same batches, code and day as the one that made them.
SAME_REFRESH = """
    insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status, message, code_commit)
    select %(new)s, r.business_date, r.code_version, r.input_hash, 'passed', %(message)s, r.code_commit
    from audit.publication as p inner join audit.refresh as r using (refresh_id)
    where p.publication_id = %(publication)s
"""
SAME_INPUT = """
    insert into audit.refresh_input
    select %(new)s, i.batch_id, i.dataset, i.vintage, i.vintage_order, i.layout, i.period_start, i.period_end,
        i.coverage, i.is_generated, i.released_on, i.order_assumed
    from audit.publication as p inner join audit.refresh_input as i using (refresh_id)
    where p.publication_id = %(publication)s
"""


# What it closes of small counts is what that publication closed.
SAME_PATTERN = """
    insert into audit.disclosure_refresh
    select %(new)s, r.state_id
    from audit.publication as p inner join audit.disclosure_refresh as r using (refresh_id)
    where p.publication_id = %(publication)s
"""


def restore(publication_id: int) -> PublishReport:
    """Publish the marts of a past publication again. WarehouseError where they are not what was published then."""
    with no_refresh("transformer"), db.connect("publisher") as connection:
        marts = past_marts(connection, publication_id)
        _refuse_unseen(connection, marts)
        for mart in marts.values():
            _lay_out(connection, mart)
        connection.commit()
        candidates = {
            name: replace(table, readers=marts[name].past.readers)
            for name, table in tables(connection, _temporary_schema(connection)).items()
        }
        connection.commit()
        return publish_tables(connection, _new_refresh(publication_id), candidates)


def _lay_out(connection: psycopg.Connection, mart: PastMart) -> None:
    _refuse_closed(connection, mart)
    # A key that has been widened or renamed since stays as readers have it now.
    key = mart.live.key if mart.live else mart.key
    parts = {"table": sql.Identifier(mart.name), "key": sql.SQL(", ").join(map(sql.Identifier, key))}
    rows = mart.with_columns(key).rows()
    connection.execute(sql.SQL("create temp table {table} as {rows}").format(**parts, rows=rows))
    connection.execute(sql.SQL("alter table {table} add primary key ({key})").format(**parts))
    found = checksum(connection, sql.Identifier("pg_temp", mart.name), mart.columns)
    if found != (mart.row_count, mart.checksum):
        raise WarehouseError(
            f"{mart.past.full_name} does not give publication {mart.publication_id} back: {found} instead of "
            f"{(mart.row_count, mart.checksum)} (rows, checksum).",
            remedy=f"Nothing was changed. `warehouse rebuild {mart.publication_id}` makes it from raw.",
        )
    if mart.live:
        _describe(connection, mart)


def _refuse_unseen(connection: psycopg.Connection, marts: dict[str, PastMart]) -> None:
    for declared in load_sets():
        shown = [marts[name] for name in declared.marts if name in marts and marts[name].row_count]
        if shown and shown[0].publication_id in unseen(connection, declared):
            raise WarehouseError(
                f"Publication {shown[0].publication_id} showed counts of {shown[0].name} that disclosure control did "
                "not see.",
                remedy="It cannot be restored. The next refresh publishes what stands, under today's rules.",
            )


def _refuse_closed(connection: psycopg.Connection, mart: PastMart) -> None:
    number = mart.publication_id
    row = connection.execute(
        sql.SQL(
            "select count(*) from {} where _change = {} and _from_publication <= {number} "
            "and _until_publication > {number}"
        ).format(mart.past.identifier, sql.Literal(CLOSED), number=sql.Literal(number))
    ).fetchone()
    if row and row[0]:
        raise WarehouseError(
            f"Publication {number} showed {row[0]} figures of {mart.name} that may not be shown any more.",
            remedy="It cannot be restored. The next refresh publishes what stands, under today's rules.",
        )


def _describe(connection: psycopg.Connection, mart: PastMart) -> None:
    assert mart.live is not None, "only a mart that stands has descriptions"
    comment = sql.SQL("comment on {} {} is {}")
    table = sql.Identifier("pg_temp", mart.name)
    connection.execute(comment.format(sql.SQL("table"), table, sql.Literal(mart.live.comment)))
    for column in mart.live.columns:
        if column.name in mart.columns:
            name = sql.Identifier("pg_temp", mart.name, column.name)
            connection.execute(comment.format(sql.SQL("column"), name, sql.Literal(column.comment)))


def _temporary_schema(connection: psycopg.Connection) -> str:
    row = connection.execute("select pg_my_temp_schema()::regnamespace::text").fetchone()
    assert row is not None, "a select without a condition returns a row"
    return str(row[0])


def _new_refresh(publication_id: int) -> str:
    with db.connect("transformer") as connection:
        stem = f"restore-{publication_id}"
        row = connection.execute(
            "select count(*) from audit.refresh where starts_with(refresh_id, %s)", [f"{stem}-"]
        ).fetchone()
        new = f"{stem}-{(row[0] if row else 0) + 1}"
        values = {"new": new, "publication": publication_id, "message": f"restores publication {publication_id}"}
        connection.execute(SAME_REFRESH, values)
        connection.execute(SAME_INPUT, values)
        connection.execute(SAME_PATTERN, values)
    return new
