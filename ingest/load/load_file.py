"""One archived file into raw, in one transaction: rows, quarantine, skipped, the batch and its account."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import psycopg
from psycopg import sql

from core.faults import reached
from ingest.archive.store import ArchivedFile
from ingest.definition.dataset import Dataset
from ingest.load.checksum import note_checksum
from ingest.load.convert_points import convert_points
from ingest.load.copy_records import Account, copy_records
from ingest.load.left_out import months_left_out
from ingest.load.standing import NOWHERE, Batch, NewBatch, Place, coverage_of, settle_whether_new
from ingest.readers import open_file
from ingest.readers.base import FileRefused, Quarantined, Reading
from ingest.sign_off import SignOff, record_sign_off

SHORT = 1 << 19  # bytes: a block of rows at most
QUARANTINE_COLUMNS = ("batch_id", "row_number", "source_column", "rule", "reason", "record_count", "record", "sheet")
# To a person who fills a file in, there is no publisher to ask and no definition to change.
CORRECT_YOURS = "Compare your file with `warehouse intake template`, correct it, save it as CSV, and add it again."


@dataclass(frozen=True)
class BatchReport:
    """What became of one file: pending, refused, empty (as it may be), or known (its bytes were dealt with before).

    `batch_id` is None only for a file that could not be read at all; the database knows nothing of it.
    """

    batch_id: str | None
    file_name: str
    status: str
    vintage: str | None = None
    records_read: int = 0
    records_loaded: int = 0
    records_quarantined: int = 0
    records_skipped: int = 0
    reason: str | None = None
    remedy: str | None = None


def load_file(
    connection: psycopg.Connection,
    definition: Dataset,
    file: ArchivedFile,
    path: Path,
    sign_off: SignOff | FileRefused | None = None,
    *,
    place: Place = NOWHERE,
    again: bool = False,
) -> BatchReport:
    """Load the archived bytes as a batch, or say that they are known. All of it is committed, or nothing.

    `sign_off` is what a dataset that needs one found beside the file: whose it is, or why there is none that counts.
    `place` is where the file lies. `again` loads what is settled, too, unless this very definition has read it.
    """
    reading: Reading | None = None
    with connection.transaction():
        _record_file(connection, file)
        reached("load.file_recorded")
        if isinstance(sign_off, SignOff):
            record_sign_off(connection, file, sign_off)
        file = replace(file, name=place.name or file.name)  # the first one that the bytes came under is recorded
        new = settle_whether_new(
            connection, definition, file.sha256, file.name, place, is_signed=isinstance(sign_off, SignOff), again=again
        )
        if isinstance(new, Batch):
            return BatchReport(file_name=file.name, status="known", **new.account)
        batch_id = new.batch_id
        try:
            if isinstance(sign_off, FileRefused):
                raise sign_off
            with connection.transaction(), TemporaryFile("w+", encoding="utf-8") as set_aside:
                reading = open_file(path, definition, file.name)
                is_short = path.stat().st_size < SHORT
                left_out = months_left_out(new.says)
                account = copy_records(
                    connection, definition, batch_id, reading, set_aside, is_short=is_short, left_out=left_out
                )
                convert_points(connection, definition, batch_id)
                reached("load.rows_copied")
                report = _judge(definition, file, batch_id, reading, account)
                _record_batch(connection, definition, file, report, reading, new)
                _record_faults(connection, batch_id, account, set_aside)
                note_checksum(connection, definition, batch_id)
                reached("load.batch_recorded")
        except FileRefused as refusal:
            # The rows that came before the refusal are rolled back; what is kept is the reason.
            reason = f"{file.name}, {refusal.reason}."
            remedy = CORRECT_YOURS if definition.sign_off and refusal.is_publishers else refusal.remedy
            report = BatchReport(batch_id, file.name, "refused", reason=reason, remedy=remedy)
            # A header that is known says that it is the dataset's; what follows had not been read to its end.
            known = Reading(reading.layout, None, None, iter(())) if reading else None
            _record_batch(connection, definition, file, report, known, new)
    reached("load.committed")
    return report


def _record_file(connection: psycopg.Connection, file: ArchivedFile) -> None:
    connection.execute(
        "insert into audit.source_file "
        "(dataset, sha256, bytes, name, address, fetched_at, etag, licence, is_generated) values "
        "(%(dataset)s, %(sha256)s, %(bytes)s, %(name)s, %(address)s, %(fetched_at)s, %(etag)s, %(licence)s, "
        "%(is_generated)s) on conflict do nothing",
        vars(file),
    )


def _judge(definition: Dataset, file: ArchivedFile, batch_id: str, reading: Reading, account: Account) -> BatchReport:
    fault, reason, remedy = account.first_fault, None, None
    if definition.sign_off and account.first_faults:
        reason = f"{file.name}: " + "; ".join(map(_said, account.first_faults))
        more = account.quarantined - len(account.first_faults)
        reason += f"; and {more:,} more of {reading.records_read:,} records." if more > 0 else "."
        remedy = "Correct these cells in your file, save it as CSV, and add it again."
    elif fault and account.quarantined > definition.tolerance * reading.records_read:
        sheet = f", sheet {fault.sheet}" if fault.sheet else ""
        column = f", column {fault.source_column}" if fault.source_column else ""
        more = account.quarantined - fault.record_count
        rest = f"; {more:,} more of {reading.records_read:,} records quarantined" if more else ""
        reason = f"{file.name}{sheet}, row {fault.row_number}{column}: {fault.reason} (rule {fault.rule}){rest}."
        remedy = (
            f"Ask {definition.publisher} for a corrected file and put it into the sources; "
            f"if the rule is wrong, change it in {definition.dataset}.yml."
        )
    return BatchReport(
        batch_id=batch_id,
        file_name=file.name,
        status="refused" if reason else "pending" if account.loaded or account.quarantined else "empty",
        vintage=_vintage(definition, reading),
        records_read=reading.records_read,
        records_loaded=account.loaded,
        records_quarantined=account.quarantined,
        records_skipped=sum(skipped.record_count for skipped in account.skipped.values()),
        reason=reason,
        remedy=remedy,
    )


def _said(fault: Quarantined) -> str:
    column = f", column {fault.source_column}" if fault.source_column else ""
    return f"row {fault.row_number}{column}: {fault.reason} (rule {fault.rule})"


def _vintage(definition: Dataset, reading: Reading) -> str | None:
    """Named by the last period that the file covers: a month, the financial year (2019-20) or the calendar year.

    A label follows where a month has a file for each of several: 2018-04-city-of-london.
    """
    if not (reading.period_start and reading.period_end):
        return None
    period = f"{reading.period_end:%Y-%m}"
    if definition.vintage == "financial_year":
        period = f"{reading.period_start:%Y}-{reading.period_end:%y}"
    elif definition.vintage == "calendar_year":
        period = f"{reading.period_end:%Y}"
    return f"{period}-{reading.label}" if reading.label else period


def _record_batch(
    connection: psycopg.Connection,
    definition: Dataset,
    file: ArchivedFile,
    report: BatchReport,
    reading: Reading | None,
    new: NewBatch,
) -> None:
    values = {
        "batch_id": report.batch_id,
        "dataset": file.dataset,
        "sha256": file.sha256,
        "definition_hash": definition.definition_hash,
        "layout": reading and reading.layout,
        "vintage": report.vintage,
        "period_start": reading and reading.period_start,
        "period_end": reading and reading.period_end,
        "coverage": coverage_of(definition, file.name),
        "label": reading and reading.label,
        "is_generated": file.is_generated,
        "status": report.status,
        "reason": report.reason,
        "remedy": report.remedy,
        "records_read": report.records_read,
        "records_loaded": report.records_loaded,
        "records_quarantined": report.records_quarantined,
        "records_skipped": report.records_skipped,
        "file_name": file.name,
        "says": new.says,
        "arrived_at": new.arrived_at or file.fetched_at,
        "replaces": new.replaces,
    }
    statement = sql.SQL("insert into audit.batch ({}) values ({})").format(
        sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(map(sql.Placeholder, values))
    )
    connection.execute(statement, values)


def _record_faults(connection: psycopg.Connection, batch_id: str, account: Account, set_aside: IO[str]) -> None:
    for skipped in account.skipped.values():
        connection.execute(
            "insert into audit.skipped_record (batch_id, rule, first_row_number, record_count) values (%s, %s, %s, %s)",
            [batch_id, skipped.rule, skipped.row_number, skipped.record_count],
        )
    set_aside.seek(0)
    statement = f"copy audit.quarantine ({', '.join(QUARANTINE_COLUMNS)}) from stdin"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for line in set_aside:
            copy.write_row((batch_id, *json.loads(line)))
