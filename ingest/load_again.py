"""Accepted files read again from the archive, after their dataset's definition has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from core.errors import WarehouseError
from core.settings import settings
from ingest.archive.store import Archive, ArchivedFile, is_itself
from ingest.archive.tombstones import tombstones
from ingest.definition.dataset import Dataset
from ingest.load.load_file import BatchReport, load_file
from ingest.load.standing import NOWHERE, Place
from ingest.pipeline import at_work_on, settle
from ingest.sign_off import recorded_sign_off

# Files that count and that this definition has not read yet: a run that was broken off goes on where it was.
OUTDATED = """
    select {columns}
    from audit.batch as b
    inner join audit.source_file as f using (dataset, sha256)
    inner join audit.batch_file as own using (batch_id)
    where
        b.dataset = %s
        and b.status = 'accepted'
        and b.period_end between coalesce(%s, '-infinity'::date) and coalesce(%s, 'infinity'::date)
        and not exists (
            select 1
            from audit.batch as newer
            where
                (newer.dataset, newer.sha256, newer.definition_hash) = (b.dataset, b.sha256, %s)
                and newer.says is not distinct from coalesce(b.says, newer.says)
        )
    order by own.arrived_at, f.sha256
"""


OF_BATCH = """
    select {columns}, own.arrived_at
    from audit.batch as b
    inner join audit.source_file as f using (dataset, sha256)
    inner join audit.batch_file as own using (batch_id)
    where b.batch_id = %s
"""


def read_as_another(dataset: str, batch_id: str) -> BatchReport:
    """Read the file of a batch as one of its own, in its old place among the arrivals: a person has taken back its
    withdrawal, or left months out.

    WarehouseError where the archive has its bytes no more.
    """
    with at_work_on(dataset) as (connection, definition):
        archive = Archive(settings().archive_dir)
        row = connection.execute(sql.SQL(OF_BATCH).format(columns=_columns()), [batch_id]).fetchone()
        assert row, f"batch {batch_id} is gone"
        file, arrived_at = ArchivedFile(*row[:-1]), row[-1]
        report = _load_again(
            connection, archive, definition, file, Place(file.name, "elsewhere", arrived_at=arrived_at)
        )
        if report.batch_id is None:
            raise WarehouseError(report.reason or "", remedy=report.remedy or "")
        settle(dataset)
    return report


def reload_dataset(dataset: str, first: date | None, last: date | None) -> Iterator[tuple[int, int, BatchReport]]:
    """Read the dataset's accepted files again whose batch is of another definition; number, how many, and report each.

    `first` and `last` bound the last period that a file covers. Each becomes a pending batch of its own; the one that
    counts until then stands until the gate accepts the new one. Done again, there is nothing to do.
    """
    with at_work_on(dataset) as (connection, definition):
        archive = Archive(settings().archive_dir)
        files = _outdated(connection, definition, first, last)
        for number, file in enumerate(files, 1):
            yield number, len(files), _load_again(connection, archive, definition, file)
        if files:
            settle(dataset)


def _outdated(
    connection: psycopg.Connection, definition: Dataset, first: date | None, last: date | None
) -> list[ArchivedFile]:
    with connection.cursor(row_factory=class_row(ArchivedFile)) as cursor:
        return cursor.execute(
            sql.SQL(OUTDATED).format(columns=_columns()),
            [definition.dataset, first, last, definition.definition_hash],
        ).fetchall()


def _columns() -> sql.Composed:
    """Of each file what the archive knows of it, under the name that the batch came with: some say there what no column
    says."""
    return sql.SQL(", ").join(
        sql.Identifier("own" if each.name == "name" else "f", each.name) for each in fields(ArchivedFile)
    )


def _load_again(
    connection: psycopg.Connection,
    archive: Archive,
    definition: Dataset,
    file: ArchivedFile,
    place: Place | None = None,
) -> BatchReport:
    path = archive.path(file.sha256)
    if stone := tombstones(archive.folder).get(file.sha256):
        return BatchReport(
            batch_id=None,
            file_name=file.name,
            status="refused",
            reason=f"{stone.told}.",
            remedy="Nothing brings it back: get the file anew from who made it, if it may be kept at all.",
        )
    if not is_itself(path, file.sha256):
        return BatchReport(
            batch_id=None,
            file_name=file.name,
            status="refused",
            reason=f"{file.name}: its archived file {file.sha256} is missing or damaged, its last batch stands.",
            remedy="Restore it from a backup (`warehouse archive verify` lists all such), then run the same again.",
        )
    signed = recorded_sign_off(connection, file)
    return load_file(connection, definition, file, path, signed, place=place or NOWHERE, again=place is None)
