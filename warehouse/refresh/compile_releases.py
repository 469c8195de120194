"""Releases about a contracting process merged into its state, for the datasets whose definition says `compile: ocds`.

dbt cannot run the standard's reference library, and its rules are not ours to write again in SQL. So this stands
between raw and staging: a table a dataset in the layer `compiled`, made from the batch set of the refresh and nothing
else. A row keeps the releases it was merged from, with their batches and rows.
"""

from __future__ import annotations

import json
import warnings
from datetime import UTC, datetime
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import yaml
from ocdsmerge import Merger
from ocdsmerge.exceptions import DuplicateIdValueWarning
from psycopg import sql

from ingest.definition.dataset import Dataset, load_definitions
from ingest.readers.documents.json_document import read_back, written

RULES = Path("warehouse", "refresh", "ocds_merge_rules.yml")
LAYER = "compiled"
ROWS_AT_ONCE = 500
TABLE = """
    create table {} (
        ocid text primary key,
        source_vintage text not null,
        coverage text not null,
        is_generated boolean not null,
        releases jsonb not null,
        process jsonb not null
    )
"""
# Releases of one moment follow each other by their ids; a release that came twice, by its vintages.
RELEASES = """
    select
        raw.ocid, raw.release_id, raw.released_at, raw.{document}, raw.tags,
        input.batch_id, raw._row_number, input.vintage, input.coverage, input.is_generated
    from audit.refresh_input as input
    inner join {raw} as raw on raw._batch_id = input.batch_id
    where input.refresh_id = {refresh_id} and input.dataset = {dataset} and raw.{document} is not null
    order by raw.ocid collate "C", raw.released_at, raw.release_id collate "C", input.vintage_order, raw._row_number
"""


class _Release(NamedTuple):
    """A release of raw, and where it stands there."""

    ocid: str
    release_id: str
    released_at: datetime
    release: str
    tags: str
    batch_id: str
    row_number: int
    vintage: str
    coverage: str
    is_generated: bool


def compile_releases(connection: psycopg.Connection, refresh_id: str, schema_prefix: str, project: Path) -> None:
    """Make the layer anew in one transaction, by the definitions and merge rules of the project in that folder."""
    schema = f"{schema_prefix}{LAYER}"
    with connection.transaction():
        connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
        connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
        connection.execute(sql.SQL("grant usage on schema {} to auditor").format(sql.Identifier(schema)))
        merger = _merger(project / RULES)
        for definition in load_definitions(project / "ingest" / "definitions").values():
            if definition.compile:
                _compile(connection, merger, definition, refresh_id, sql.Identifier(schema, definition.dataset))


def _merger(rules: Path) -> Merger:
    told = yaml.safe_load(rules.read_text()) if rules.exists() else {}
    return Merger(merge_rules={tuple(path.split(".")): rule for rule, paths in told.items() for path in paths})


def _compile(
    connection: psycopg.Connection, merger: Merger, definition: Dataset, refresh_id: str, table: sql.Identifier
) -> None:
    connection.execute(sql.SQL(TABLE).format(table))
    connection.execute(sql.SQL("grant select on {} to auditor").format(table))
    if not _is_loaded(connection, definition):
        return
    select = sql.SQL(RELEASES).format(
        raw=sql.Identifier("raw", definition.dataset),
        document=sql.Identifier(definition.compiled_document),
        refresh_id=sql.Literal(refresh_id),
        dataset=sql.Literal(definition.dataset),
    )
    insert = sql.SQL("insert into {} values (%s, %s, %s, %s, %s::jsonb, %s::jsonb)").format(table)
    with connection.cursor("releases") as found, connection.cursor() as target:
        found.execute(select)
        releases = (_Release(*row) for row in found)
        rows = (_row(merger, list(each)) for _, each in groupby(releases, key=attrgetter("ocid")))
        while block := list(islice(rows, ROWS_AT_ONCE)):
            target.executemany(insert, block)
    connection.execute(sql.SQL("analyze {}").format(table))


def _is_loaded(connection: psycopg.Connection, definition: Dataset) -> bool:
    """Whether the raw table is there and has the releases themselves; it has after any ingest."""
    row = connection.execute(
        "select 1 from pg_attribute where attrelid = to_regclass(%s) and attname = %s",
        [f"raw.{definition.dataset}", definition.compiled_document],
    ).fetchone()
    return row is not None


def _row(merger: Merger, found: list[_Release]) -> tuple[Any, ...]:
    # An id stands for one release: what a later vintage says under it replaces what an earlier one did.
    releases = sorted({each.release_id: each for each in found}.values(), key=attrgetter("released_at", "release_id"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DuplicateIdValueWarning)  # of equal ids within a list, the last stands
        process = merger.create_compiled_release(list(map(_dated, releases)))
    told = [
        {"id": each.release_id, "date": each.released_at.isoformat(), "tags": each.tags.split(";"),
         "batch_id": each.batch_id, "row_number": each.row_number}
        for each in releases
    ]  # fmt: skip
    last = releases[-1]
    coverage = "full" if all(each.coverage == "full" for each in releases) else "partial"
    is_generated = any(each.is_generated for each in releases)
    return last.ocid, last.vintage, coverage, is_generated, json.dumps(told), written(process)


def _dated(release: _Release) -> dict[str, Any]:
    """The release with its moment as text that sorts by time: publishers write local time, and the library text."""
    return {**read_back(release.release), "date": f"{release.released_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"}
