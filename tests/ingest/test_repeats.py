"""Keys that come twice in a file: found in the database, whatever the format, and told row by row."""

from __future__ import annotations

import json
import tracemalloc
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

import psycopg
import pytest
from crime_files import Inbox, table
from event_files import GOOD, HEADER, sighting

from core import db
from core.settings import settings
from ingest.archive.store import Archive
from ingest.definition.dataset import Dataset, load_definitions
from ingest.load.compare_with_archive import differing_rows
from ingest.load.copy_records import copy_records
from ingest.load.raw_table import record_definitions
from ingest.readers import open_file

KEYED = "key: [place, month]"


class Left(NamedTuple):
    """What a load leaves: row numbers in raw, entries set aside (row, rule, reason, record), and its counts."""

    rows: list[int]
    set_aside: list[tuple]
    counts: tuple[int, int, int]


@pytest.fixture
def loader(warehouse: str) -> Iterator[psycopg.Connection]:
    with db.connect("loader", autocommit=True) as connection:
        yield connection


@pytest.fixture
def load(loader: psycopg.Connection, tmp_path: Path) -> Callable[..., Left]:
    """Load rows of the keyed list of birds."""

    def run(definition: Dataset, *rows: str) -> Left:
        record_definitions(loader, [definition])
        path, batch = tmp_path / "a.csv", uuid.uuid4().hex
        path.write_text("\n".join([HEADER, *rows, ""]))
        with TemporaryFile("w+", encoding="utf-8") as notes, loader.transaction():
            reading = open_file(path, definition, "a")
            account = copy_records(loader, definition, batch, reading, notes)
            notes.seek(0)
            entries = [json.loads(line) for line in notes]
        found = loader.execute("select _row_number from raw.sighting where _batch_id = %s order by 1", [batch])
        skipped = [(each.row_number, each.rule, each.record_count) for each in account.skipped.values()]
        return Left(
            [row[0] for row in found],
            [(entry[0], entry[2], entry[3], entry[5]) for entry in entries] + skipped,
            (reading.records_read, account.loaded, account.quarantined),
        )

    return run


def bird(place: str = "Kew", birds: int = 3) -> str:
    """A good row."""
    return ",".join(GOOD).replace("On or near Fleet Street", place).replace(",3,", f",{birds},")


def test_a_key_that_comes_twice_is_set_aside_the_second_time(load: Callable[..., Left], tmp_path: Path) -> None:
    definition = sighting(tmp_path / "definitions", "key: []", KEYED)
    left = load(definition, bird(), bird("Wisley"), bird(birds=4), bird(birds=5))

    record = '["00af", "2018-04-01", "Kew", -0.106453, 1.5, 4, "2018-04-30", "owl", null]'
    assert left.rows == [2, 3]
    assert left.set_aside[0] == (4, "duplicate_key", "the same place, month as row 2", record)
    assert [entry[0] for entry in left.set_aside] == [4, 5]
    assert left.counts == (4, 2, 2)


def test_a_key_is_the_text_between_the_blanks(load: Callable[..., Left], tmp_path: Path) -> None:
    definition = sighting(tmp_path / "definitions", "key: []", KEYED)
    left = load(definition, bird("Kew"), bird("Kew\u2003"), bird("\u00a0Kew "), bird("K ew"), bird("kew"))
    assert left.rows == [2, 5, 6]


def test_a_row_that_repeats_another_is_skipped_where_the_dataset_says_so(
    load: Callable[..., Left], tmp_path: Path
) -> None:
    sighting(tmp_path / "definitions", "key: []", KEYED)
    path = tmp_path / "definitions" / "sighting.yml"
    path.write_text(path.read_text().replace("final_newline", "repeated_rows: skipped, final_newline"))
    definition = load_definitions(path.parent)["sighting"]
    left = load(definition, bird(), bird(), bird(birds=4), bird())
    assert left.rows == [2]
    assert left.counts == (4, 1, 1)
    assert [entry[:2] for entry in left.set_aside] == [(4, "duplicate_key"), (3, "repeated_row")]
    assert left.set_aside[1][2] == 2


def test_a_list_of_events_may_repeat_itself(load: Callable[..., Left], tmp_path: Path) -> None:
    assert load(sighting(tmp_path / "definitions"), bird(), bird()).rows == [2, 3]


def test_rows_of_other_files_are_no_repeats(load: Callable[..., Left], tmp_path: Path) -> None:
    definition = sighting(tmp_path / "definitions", "key: []", KEYED)
    assert load(definition, bird()).rows == load(definition, bird(), bird()).rows == [2]


def test_a_wide_table_with_a_row_twice_is_refused(inbox: Inbox, admin: psycopg.Connection) -> None:
    rows = [("Sutton", "Drugs", "Other", 1, 2), ("Kent", "Drugs", "Other", 1, 2), ("Sutton ", "Drugs", "Other", 3, 4)]
    report = inbox.ingest_one("a.csv", table("borough_major_minor", rows))
    assert (report.status, report.records_read, report.records_loaded, report.records_quarantined) == (
        "refused", 6, 4, 2,
    )  # fmt: skip
    assert report.reason == (
        "crime/mps_borough_crime/a.csv, row 4, column 201303: the same area_name, offence_group, offence_subgroup, "
        "month as row 2 (rule duplicate_key); 1 more of 6 records quarantined."
    )
    assert admin.execute("select distinct _row_number from raw.mps_borough_crime order by 1").fetchall() == [(2,), (3,)]


def test_a_file_read_again_for_a_rebuild_leaves_out_the_same_rows(
    inbox: Inbox, admin: psycopg.Connection, loader: psycopg.Connection, definition: Dataset
) -> None:
    rows = [("Sutton", "Drugs", "Other", 1, 2), ("Sutton", "Drugs", "Other", 3, 4)]
    report = inbox.ingest_one("a.csv", table("borough_major_minor", rows))
    assert report.batch_id is not None
    [sha256] = admin.execute("select sha256 from audit.source_file").fetchone() or [""]
    archive = Archive(settings().archive_dir)
    assert differing_rows(loader, definition, archive, report.batch_id, sha256, report.file_name) == 0


@pytest.mark.parametrize("rows", [5_000, 50_000])
def test_memory_holds_no_keys(tmp_path: Path, definition: Dataset, rows: int) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(table("borough_major_minor", [(f"Area {row}", "Group", "Kind", 1, 2) for row in range(rows)]))
    reading = open_file(path, definition, "a")
    tracemalloc.start()
    try:
        for _ in reading.items:
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1 << 22
