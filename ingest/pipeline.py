"""Ingest of one dataset: every file of it in the sources, archived, read, checked and landed as a batch."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from core import db
from core.errors import WarehouseError
from core.locks import Lock, held
from core.settings import settings
from ingest.archive.store import Archive, Arrival
from ingest.definition.dataset import Dataset, load_definitions
from ingest.load.arrivals import Arrivals
from ingest.load.load_file import BatchReport, load_file
from ingest.load.raw_table import record_definitions
from ingest.readers.base import FileRefused
from ingest.sign_off import SignOff, read_sign_off
from ingest.sources import fetched_inbox, find_arrivals, inboxes

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class IngestReport:
    """What one run did: a report a file, in the order of their paths, and a note for all that was passed over."""

    dataset: str
    batches: list[BatchReport]
    notes: list[str]


@contextmanager
def at_work_on(dataset: str) -> Iterator[tuple[psycopg.Connection, Dataset]]:
    """The loader's connection, its tables as the definitions say, alone on the dataset: another run of it waits.

    WarehouseError where there is no such dataset.
    """
    definitions = load_definitions()
    if dataset not in definitions:
        raise WarehouseError(f"There is no dataset {dataset!r}.", remedy=f"Known: {', '.join(definitions)}.")
    with db.connect("loader", autocommit=True) as connection:
        record_definitions(connection, definitions.values())
        with held("loader", Lock.INGEST, dataset):
            yield connection, definitions[dataset]


def ingest_dataset(dataset: str) -> IngestReport:
    """Land every file of the dataset that the sources hold. Running it again changes nothing.

    A bad file is refused and reported, and never stops the others. WarehouseError where nothing can be done at all:
    an unknown dataset, a broken definition, a missing folder, generated extracts after real files.
    """
    with at_work_on(dataset) as (connection, definition):
        found_in = inboxes(connection, definition)
        failures = _fetch_recent(definition) if found_in[0] == fetched_inbox() and definition.fetch else []
        found = [find_arrivals(sources, definition) for sources in found_in]
        arrivals = [arrival for arrivals, _ in found for arrival in arrivals]
        notes = [note for _, notes in found for note in notes]
        archive = Archive(settings().archive_dir)
        seen = Arrivals(connection, dataset, [arrival.name for arrival in arrivals])
        batches = failures + [_land(connection, archive, definition, arrival, seen) for arrival in arrivals]
        seen.end()
        if any(batch.records_loaded for batch in batches if batch.status != "known"):
            settle(dataset)
    for note in notes:
        log.info("passed over %s", note)
    return IngestReport(dataset, batches, notes)


def _fetch_recent(definition: Dataset) -> list[BatchReport]:
    """Ask the publisher for the last few periods; a report for each address that failed."""
    from ingest.fetch.run import fetch_periods, recent

    assert definition.fetch, "only what has an address is fetched"
    today = settings().business_date or datetime.now(ZoneInfo("Europe/London")).date()
    results = fetch_periods(definition, fetched_inbox().folder, recent(definition.fetch, today), today)
    return [
        BatchReport(batch_id=None, file_name=each.name, status="refused", reason=each.reason, remedy=each.remedy)
        for each in results
        if each.status == "failed"
    ]


def _land(
    connection: psycopg.Connection, archive: Archive, definition: Dataset, arrival: Arrival, seen: Arrivals
) -> BatchReport:
    try:
        file = archive.keep(arrival)
        sign_off = _sign_off(arrival, file.sha256) if definition.sign_off else None
        path, place = archive.path(file.sha256), seen.place(arrival.name)
        report = load_file(connection, definition, file, path, sign_off, place=place)
        seen.read(arrival.name, file.sha256)
    except OSError as error:
        report = BatchReport(
            batch_id=None,
            file_name=arrival.name,
            status="refused",
            reason=f"{arrival.name} could not be read or archived: {error.strerror or error}.",
            remedy="Check that the file is still there and may be read, and that the disk has room; then run again.",
        )
    except FileRefused as refusal:
        reason = f"{arrival.name}: {refusal.reason}."
        report = BatchReport(None, arrival.name, "refused", reason=reason, remedy=refusal.remedy)
    if report.batch_id is None:
        seen.unread(arrival.name, report.reason or "", report.remedy or "")
    log.info("%s: %s%s", arrival.name, report.status, f": {report.reason}" if report.reason else "")
    return report


def _sign_off(arrival: Arrival, sha256: str) -> SignOff | FileRefused:
    try:
        return read_sign_off(arrival.path, sha256, arrival.dataset)
    except FileRefused as refusal:
        return refusal


def settle(dataset: str) -> None:
    """Statistics for the planner, and the new rows' ranges into the block range index, before anybody queries them."""
    with db.connect(autocommit=True) as owner:
        owner.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier("raw", dataset)))
