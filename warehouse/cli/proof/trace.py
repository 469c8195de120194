"""`warehouse trace`: a published row followed to the lines of the files that it comes from."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from core import db
from core.errors import WarehouseError
from warehouse.cli import screen
from warehouse.cli.proof.row import condition_of, published, table_of
from warehouse.lineage.origins import RAW, Source, sources
from warehouse.lineage.rows import Row, Rows
from warehouse.lineage.selection import EVERYTHING
from warehouse.lineage.trace import Trace, follow, not_given_again
from warehouse.lineage.workings import Relation
from warehouse.publish.mart_catalogue import Table, candidate_schemas, mart_name, row_text

FIRST = 3  # places shown of each file
NOT_A_FILE = "audit"  # which batches a refresh took, not what is in them
Found = list[tuple[Relation, list[Source]]]


def show(mart: str, key: list[str], column: str | None, *, verify: bool, to_csv: Path | None) -> None:
    """Print what a published row is made of. The key is given as `column=value`, once for each key column."""
    # An auditor: whoever follows a row reads raw and all layers. Restricted detail is recorded as read, like any query.
    with db.connect("auditor") as connection:
        table = table_of(connection, mart, column)
        row = _built(connection, table, condition_of(table, key))
        asked = frozenset([*table.key, column]) if column else EVERYTHING
        trace = follow(connection, {_candidate(table): row}, {_candidate(table): asked})
        found = [
            (relation, sources(connection, relation, rows.exact))
            for relation, rows in trace.origins.items()
            if relation.schema != NOT_A_FILE and rows
        ]
        _print(connection, table, column, trace, found)
        if to_csv:
            _write(to_csv, found)
        if verify:
            _verify(connection, trace)


def _candidate(table: Table) -> Relation:
    return Relation(candidate_schemas("candidate")[table.schema], table.name)


def _built(connection: psycopg.Connection, table: Table, condition: sql.Composed) -> Rows:
    """The row as the last build made it, which has to be as it is published: a night that failed left other layers."""
    is_published, _ = published(connection, table, condition)
    query = sql.SQL("select {}, to_jsonb(t)::text from {} as t where {}")
    try:
        built = connection.execute(
            query.format(row_text("t", table.column_names), _candidate(table).identifier, condition)
        ).fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.InvalidSchemaName):
        built = None
    if built is None or built[0] != is_published:
        raise WarehouseError(
            f"The workings of this row of {table.full_name} do not stand: the last build came to another, or to none.",
            remedy="Run the refresh until it publishes, then trace again; `warehouse status` says what stops it.",
        )
    return Rows([built[1]])


def print_row(table: Table, column: str | None, row: Row) -> None:
    """Its values, or that of the one column."""
    screen.heading(f"A row of {mart_name(table.schema, table.name)}")
    screen.table(("column", "value"), [(name, _text(row[name])) for name in row if column in (None, name)])


def _print(connection: psycopg.Connection, table: Table, column: str | None, trace: Trace, found: Found) -> None:
    (row,) = trace.steps[_candidate(table)].exact
    print_row(table, column, row)
    screen.heading("By way of")
    steps = [
        (
            relation.full_name,
            _counted(rows),
            _described(connection, relation),
        )
        for relation, rows in trace.steps.items()
        if relation in trace.models and rows
    ]
    screen.table(("relation", "rows", "what it holds"), steps, right=("rows",))
    screen.heading("From")
    screen.table(
        ("of", "records", "file", "first places", "publisher, release, licence"),
        [
            (relation.full_name, f"{len(source.places):,}", _named(source), "; ".join(source.places[:FIRST]),
             _behind(source))
            for relation, behind in found
            for source in behind
        ],
        right=("records",),
    )  # fmt: skip
    screen.say(
        "Next: --csv writes every place, --verify proves it, `warehouse archive get <hash>` hands out the file itself."
    )


def _counted(rows: Rows) -> str:
    if rows.at_least:
        return f"at least {max(rows.at_least, len(rows.texts)):,}"
    return f"{len(rows.texts):,}{' and more' if rows.is_cut else ''}"


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    return "–" if value is None else value if isinstance(value, str) else json.dumps(value, default=str)


def _described(connection: psycopg.Connection, relation: Relation) -> str:
    row = connection.execute("select obj_description(%s::regclass, 'pg_class')", [relation.full_name]).fetchone()
    return ((row and row[0]) or "").split(". ")[0]


def _named(source: Source) -> str:
    return f"{source.name} ({source.sha256[:12]})" if source.sha256 else source.name


def _behind(source: Source) -> str:
    told = [
        source.publisher,
        source.vintage,
        source.licence,
        f"fetched {source.fetched_on}" if source.fetched_on else None,
    ]
    told += [
        f"signed by {source.signed_by}" if source.signed_by else None,
        "GENERATED" if source.is_generated else None,
    ]
    told += [
        source.cited[0] if source.cited else None,
        f"and {len(source.cited) - 1} more" if source.cited[1:] else None,
    ]
    return ", ".join(each for each in told if each)


def _write(path: Path, found: Found) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["relation", "file", "sha256", "place"])
        for relation, behind in found:
            for source in behind:
                writer.writerows([relation.full_name, source.name, source.sha256, each] for each in source.places)
    screen.say(f"Every place is in {path}.")


def _verify(connection: psycopg.Connection, trace: Trace) -> None:
    checked = [relation for relation, rows in trace.steps.items() if relation in trace.models and rows.texts]
    for relation in checked:
        differing = not_given_again(connection, trace, relation)
        if differing:
            first = json.dumps(differing[0], default=str)[:200]
            raise WarehouseError(
                f"{relation.full_name} does not give {len(differing)} of its rows again: {first}",
                remedy="The layers were changed by hand, or the trace is wrong: run the refresh, trace, report it.",
            )
    raw = sum(len(rows.texts) for relation, rows in trace.origins.items() if relation.schema == RAW)
    screen.say(f"Verified: each of {len(checked)} steps gives the same rows from those before it ({raw:,} of raw).")
