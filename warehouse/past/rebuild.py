"""A publication made again from raw, with the code of its day, beside the living one: proof that nothing is lost."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg

from core import db
from core.errors import WarehouseError
from core.settings import settings
from warehouse.publish.mart_catalogue import Table, candidate_tables, checksum, mart_name
from warehouse.refresh import layers
from warehouse.refresh.code_archive import unpack_code

MADE_FROM = "select refresh_id, business_date, code_version from audit.publication where publication_id = %s"
WANTED = (
    "select schema_name, mart, column_names, row_count, checksum from audit.publication_mart "
    "where publication_id = %s and not is_retired order by schema_name, mart"
)
GONE = """
    select f.name, t.removed_at::date, t.name, t.reason
    from audit.refresh_input as i
    inner join audit.tombstone as t using (batch_id)
    inner join audit.batch_file as f using (batch_id)
    where i.refresh_id = %s
    order by f.name
    limit 1
"""
BATCHES = """
    select b.dataset, b.batch_id, b.sha256, f.name, b.says
    from audit.refresh_input as i
    inner join audit.batch as b using (batch_id)
    inner join audit.batch_file as f using (batch_id)
    where i.refresh_id = %s
    order by b.dataset, i.vintage_order
"""


@dataclass(frozen=True)
class RebuiltMart:
    """Rows and checksum of a mart as published and as rebuilt; `rebuilt` is None where it was not built at all."""

    mart: str
    published: tuple[int, str]
    rebuilt: tuple[int, str] | None

    @property
    def is_equal(self) -> bool:
        """Whether the rebuilt mart is the published one, row for row."""
        return self.published == self.rebuilt


@dataclass(frozen=True)
class RereadBatch:
    """A batch read from the archive again; `differing` rows are not the same in raw, None: its file is not there."""

    dataset: str
    file_name: str
    differing: int | None


def rebuild(publication_id: int, *, keep: bool = False) -> list[RebuiltMart]:
    """Make the marts of a publication again from its batches, day and archived code, and compare checksums.

    Works in the schemas `rebuild_<publication>_*`, which go unless `keep`. WarehouseError where there is no such
    publication, where its code is not archived, or where that code does not run.
    """
    from warehouse.refresh.dbt_build import run_models

    refresh_id, day, code_version = _made_from(publication_id)
    prefix = f"rebuild_{publication_id}_"
    remove_rebuilt(publication_id)
    with tempfile.TemporaryDirectory(prefix="rebuild-") as folder:
        unpack_code(code_version, Path(folder))
        result = run_models(refresh_id, day, prefix, Path(folder) / "dbt_project")
    if not result.passed:
        first = result.failures[0]
        raise WarehouseError(
            f"Publication {publication_id} cannot be rebuilt: {first.node}: {first.message}",
            remedy="Raw or the roles have changed since; see dbt.log in the working folder.",
        )
    with db.connect("transformer") as connection:
        built = candidate_tables(connection, f"{prefix}candidate")
        rebuilt = [
            RebuiltMart(mart, (rows, total), _checksum(connection, built.get(mart), tuple(columns)))
            for mart, columns, rows, total in (
                (mart_name(*row[:2]), *row[2:]) for row in connection.execute(WANTED, [publication_id]).fetchall()
            )
        ]
    if not keep:
        remove_rebuilt(publication_id)
    return rebuilt


def remove_rebuilt(publication_id: int) -> None:
    """Drop the schemas that a publication was made again in."""
    with db.connect("transformer") as connection:
        layers.drop(connection, [f"rebuild_{publication_id}_{layer}" for layer in (*layers.LAYERS, "seed")])


def reread(publication_id: int) -> list[RereadBatch]:
    """Read every file behind a publication from the archive again, as its definitions then said; compare with raw."""
    from ingest.archive.store import Archive
    from ingest.definition.dataset import load_definitions
    from ingest.load.compare_with_archive import differing_rows

    refresh_id, _, code_version = _made_from(publication_id)
    with tempfile.TemporaryDirectory(prefix="reread-") as folder:
        unpack_code(code_version, Path(folder))
        definitions = load_definitions(Path(folder) / "ingest" / "definitions")
    archive = Archive(settings().archive_dir)
    with db.connect("loader", autocommit=True) as connection:
        return [
            RereadBatch(
                dataset, name, differing_rows(connection, definitions[dataset], archive, batch_id, sha256, name, said)
            )
            for dataset, batch_id, sha256, name, said in connection.execute(BATCHES, [refresh_id]).fetchall()
        ]


def _made_from(publication_id: int) -> tuple[str, date, str]:
    with db.connect("transformer") as connection:
        row = connection.execute(MADE_FROM, [publication_id]).fetchone()
        if row is None:
            raise WarehouseError(
                f"There is no publication {publication_id}.", remedy="`warehouse publication list` shows them."
            )
        gone = connection.execute(GONE, [row[0]]).fetchone()
    if gone is not None:
        raise WarehouseError(
            f"Publication {publication_id} cannot be made again: the rows of {gone[0]} were removed on {gone[1]} by "
            f"{gone[2]}: {gone[3]}.",
            remedy=f"What it said is kept: `warehouse query ... --as-of {publication_id}`, and its manifest.",
        )
    return row


def _checksum(connection: psycopg.Connection, table: Table | None, columns: tuple[str, ...]) -> tuple[int, str] | None:
    if table is None or not set(columns) <= set(table.column_names):
        return None
    return checksum(connection, table.identifier, columns)
