"""The raw tables and `audit.dataset`, kept in step with the definitions. Nothing is written where nothing differs."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg import sql

from core import db
from core.errors import WarehouseError
from core.locks import Lock, take_for_transaction
from ingest.definition.dataset import Dataset
from ingest.load import convert_points
from ingest.readers import reader_of

PROVENANCE = (
    ("_batch_id", "text", "Batch (audit.batch) that brought the row"),
    ("_row_number", "bigint", "Line of the published file on which the row starts, or the number of its record"),
)
NEVER_NULL = ("_batch_id", "_row_number")
DATASET_COLUMNS = (
    "dataset",
    "domain",
    "title",
    "publisher",
    "licence",
    "homepage",
    "expected_every_days",
    "definition_hash",
    "is_restricted",
)


def raw_columns(definition: Dataset) -> list[tuple[str, str, str]]:
    """Name, PostgreSQL type and description of every raw column, in order."""
    fields = [(rule.name, rule.column_type, rule.description) for rule in definition.fields]
    return [*fields, *PROVENANCE, reader_of(definition).place_column]


def record_definitions(connection: psycopg.Connection, definitions: Iterable[Dataset]) -> None:
    """Bring `audit.dataset` and the raw tables to what the definitions say, in one transaction.

    WarehouseError where a definition gives a column another type than its table has.
    """
    with connection.transaction():
        take_for_transaction(connection, Lock.RAW_TABLES)
        statements = convert_points.to_make(connection)
        for definition in definitions:
            _record_dataset(connection, definition)
            statements += _to_shape(connection, definition)
        if statements:
            # The loader adds rows; the tables are not its own, or it could empty them.
            with db.connect() as owner:
                for statement in statements:
                    owner.execute(statement)


def _record_dataset(connection: psycopg.Connection, definition: Dataset) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, DATASET_COLUMNS))
    values = tuple(getattr(definition, name) for name in DATASET_COLUMNS)
    select = sql.SQL("select {} from audit.dataset where dataset = {}").format(columns, definition.dataset)
    if connection.execute(select).fetchone() == values:
        return
    changes = sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in DATASET_COLUMNS)
    connection.execute(
        sql.SQL(
            "insert into audit.dataset ({}) values ({}) on conflict (dataset) do update set {}, recorded_at = now()"
        ).format(columns, sql.SQL(", ").join(map(sql.Literal, values)), changes)
    )


def _to_shape(connection: psycopg.Connection, definition: Dataset) -> list[sql.SQL | sql.Composed]:
    table, columns = sql.Identifier("raw", definition.dataset), raw_columns(definition)
    present = _present_columns(connection, definition.dataset)
    comment = _comment(definition)
    statements: list[sql.SQL | sql.Composed] = []
    if not present:
        statements += _create(definition, table)
        present = {name: (kind, None) for name, kind, _ in columns}
    for name, kind, description in columns:
        known_type, known_description = present.get(name, (None, None))
        column = sql.Identifier(name)
        if known_type is None:
            statements.append(sql.SQL("alter table {} add column {} {}").format(table, column, sql.SQL(kind)))
        elif known_type != kind:
            raise WarehouseError(
                f"Definition {definition.dataset}.yml, key fields.{name}: type {kind}, "
                f"but raw.{definition.dataset} holds it as {known_type}.",
                remedy="Raw rows are never rewritten: give the field another name, or restore its type.",
            )
        if known_description != description:
            statements.append(sql.SQL("comment on column {}.{} is {}").format(table, column, sql.Literal(description)))
    known = connection.execute("select obj_description(to_regclass(%s))", [f"raw.{definition.dataset}"]).fetchone()
    if known != (comment,):
        statements.append(sql.SQL("comment on table {} is {}").format(table, sql.Literal(comment)))
    return statements


def _comment(definition: Dataset) -> str:
    """What the table is, and what could have gone wrong with its figures unseen."""
    unseen = definition.redundancies.undetectable if definition.redundancies else ()
    return " ".join(
        [
            f"{definition.title} ({definition.publisher}): published files, row by row, append-only.",
            *(["What nothing in them would tell:", *unseen] if unseen else []),
        ]
    )


def _create(definition: Dataset, table: sql.Identifier) -> list[sql.SQL | sql.Composed]:
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}{}").format(
            sql.Identifier(name), sql.SQL(kind), sql.SQL(" not null" if name in NEVER_NULL else "")
        )
        for name, kind, _ in raw_columns(definition)
    )
    return [
        sql.SQL("create table {} ({})").format(table, columns),
        # A batch's rows lie together, so a block range index finds them and costs the load nothing (a B-tree: a third).
        sql.SQL("create index on {} using brin (_batch_id)").format(table),
        # Repeats are taken out of a file's rows before its batch is recorded; nothing is after.
        sql.SQL(
            "create trigger keeps_recorded_batches after delete on {} referencing old table as gone "
            "for each statement execute function audit.keep_recorded_batches()"
        ).format(table),
    ]


def _present_columns(connection: psycopg.Connection, dataset: str) -> dict[str, tuple[str | None, str | None]]:
    rows = connection.execute(
        "select attname, format_type(atttypid, atttypmod), col_description(attrelid, attnum) "
        "from pg_attribute where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
        [f"raw.{dataset}"],
    )
    return {name: (kind, description) for name, kind, description in rows}
