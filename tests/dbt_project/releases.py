"""Releases of the borough crime table, and refreshes that read them, put into the database by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import psycopg

DATASET = "mps_borough_crime"
Row = tuple[str, str, str, date, int]


def months(first: str, last: str) -> list[date]:
    """First days of the months from `first` to `last`, both written 2011-04."""
    start, end = (int(text[:4]) * 12 + int(text[5:]) - 1 for text in (first, last))
    return [date(month // 12, month % 12 + 1, 1) for month in range(start, end + 1)]


def counts(area: str, group: str, subgroup: str, first: str, last: str, count: int) -> list[Row]:
    """The same count in every month."""
    return [(area, group, subgroup, month, count) for month in months(first, last)]


@dataclass(frozen=True)
class Release:
    """One accepted batch: what it is called, how it was published and its cells."""

    vintage: str
    layout: str
    rows: Sequence[Row]
    coverage: str = "full"
    is_generated: bool = False


def add_refresh(admin: psycopg.Connection, refresh_id: str, releases: Iterable[Release] = ()) -> None:
    """Store the releases as batches and a refresh that reads them in the order given."""
    admin.execute(
        "insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status) "
        "values (%s, '2024-12-01', 'code', 'input', 'running')",
        [refresh_id],
    )
    for order, release in enumerate(releases, 1):
        _add_batch(admin, batch_id := f"{refresh_id} {release.vintage}", release)
        add_input(admin, refresh_id, batch_id, order)


def add_input(admin: psycopg.Connection, refresh_id: str, batch_id: str, order: int) -> None:
    """Make a batch part of the refresh's batch set."""
    admin.execute(
        "insert into audit.refresh_input select %s, batch_id, dataset, vintage, %s, layout, period_start, period_end, "
        "coverage, is_generated from audit.batch where batch_id = %s",
        [refresh_id, order, batch_id],
    )


def _add_batch(admin: psycopg.Connection, batch_id: str, release: Release) -> None:
    covered = [row[3] for row in release.rows]
    admin.execute(
        "insert into audit.source_file (dataset, sha256, bytes, name, address, fetched_at, licence, is_generated) "
        "values (%s, %s, 1, 'hand.csv', 'test', now(), 'none', %s)",
        [DATASET, batch_id, release.is_generated],
    )
    admin.execute(
        "insert into audit.batch (batch_id, dataset, sha256, definition_hash, layout, vintage, period_start, "
        "period_end, coverage, is_generated, status, records_read, records_loaded) "
        "values (%s, %s, %s, 'none', %s, %s, %s, %s, %s, %s, 'accepted', %s, %s)",
        [
            batch_id, DATASET, batch_id, release.layout, release.vintage, min(covered), max(covered),
            release.coverage, release.is_generated, len(covered), len(covered),
        ],
    )  # fmt: skip
    columns = "area_name, offence_group, offence_subgroup, month, offence_count, _batch_id, _row_number"
    with admin.cursor().copy(f"copy raw.{DATASET} ({columns}) from stdin") as copy:
        for number, row in enumerate(release.rows, 2):
            copy.write_row((*row, batch_id, number))


def one(connection: psycopg.Connection, query: str) -> object:
    """The single value of a query."""
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]
