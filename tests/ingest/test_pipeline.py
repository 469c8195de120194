"""A run of the ingest: again and again, beside another one, killed half-way, with bad files among good ones."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from crime_files import DATASET, ROWS, Inbox, table

from core.errors import WarehouseError
from core.locks import Lock, held
from core.settings import PROJECT_DIR
from ingest.load.load_file import BatchReport
from ingest.pipeline import ingest_dataset

GOOD = table("borough_major_minor")
BAD = GOOD.replace(b"12", b"n/a")
# Cells read, sum of the counts and vintage of each real file.
REAL = {
    "V1_200801-201612": (114048, 7003028, "2016-12"),
    "V1_201701-201812": (25200, 1663463, "2018-12"),
    "V2_201004-202201": (245660, 9357370, "2022-01"),
    "V2_201807-202006": (37656, 1736258, "2020-06"),
    "V2_202202-202401": (37776, 1804498, "2024-01"),
    "V3_202211-202410": (24360, 1853357, "2024-10"),
}
# Takes 30,000 records, says so, and waits for ever in the middle of the COPY.
STOPS_HALF_WAY = """
import itertools, sys
from ingest.load import load_file as load
from ingest.pipeline import ingest_dataset

def halting(items):
    yield from itertools.islice(items, 30_000)
    print("half way", flush=True)
    sys.stdin.read()

def open_file(*given, read=load.open_file, **wanted):
    reading = read(*given, **wanted)
    reading.items = halting(reading.items)
    return reading

load.open_file = open_file
ingest_dataset("mps_borough_crime")
"""


def counts(admin: psycopg.Connection) -> tuple | None:
    """Rows in raw, batches, source files, quarantined entries."""
    return admin.execute(
        "select (select count(*) from raw.mps_borough_crime), (select count(*) from audit.batch), "
        "(select count(*) from audit.source_file), (select count(*) from audit.quarantine)"
    ).fetchone()


def test_the_second_run_loads_nothing(inbox: Inbox, admin: psycopg.Connection) -> None:
    first = inbox.ingest_one("a.csv", GOOD)
    before = counts(admin)
    again = inbox.ingest_one("a.csv", GOOD)

    assert (again.status, again.batch_id, again.vintage) == ("known", first.batch_id, "2013-04")
    assert counts(admin) == before == (6, 1, 1, 0)


def test_one_changed_byte_is_one_new_batch(inbox: Inbox, admin: psycopg.Connection) -> None:
    first = inbox.ingest_one("a.csv", GOOD)
    second = inbox.ingest_one("a.csv", GOOD.replace(b"12", b"13"))

    assert second.status == "pending"
    assert second.batch_id != first.batch_id
    assert counts(admin) == (12, 2, 2, 0)


def test_the_same_bytes_under_another_name_are_known(inbox: Inbox, admin: psycopg.Connection) -> None:
    inbox.put("a/same.csv", GOOD)
    inbox.put("b/same.csv", GOOD)

    assert [(report.file_name, report.status) for report in inbox.ingest()] == [
        ("crime/mps_borough_crime/a/same.csv", "pending"),
        ("crime/mps_borough_crime/b/same.csv", "known"),
    ]
    assert counts(admin) == (6, 1, 1, 0)


def test_a_file_that_vanished_withdraws_nothing(inbox: Inbox, admin: psycopg.Connection) -> None:
    inbox.ingest_one("a.csv", GOOD)
    (inbox.folder / "a.csv").unlink()

    assert inbox.ingest() == []
    assert admin.execute("select status from audit.batch").fetchall() == [("pending",)]
    assert counts(admin) == (6, 1, 1, 0)


def test_bad_files_never_stop_the_others(inbox: Inbox) -> None:
    inbox.put("a.csv", BAD)
    inbox.put("b.csv", b"\0" * 100)
    (inbox.folder / "c.csv").symlink_to(inbox.folder / "gone.csv")
    inbox.put("d.csv", GOOD)

    reports = inbox.ingest()

    assert [report.status for report in reports] == ["refused", "refused", "refused", "pending"]
    assert (reports[2].batch_id, reports[2].reason) == (
        None,
        "crime/mps_borough_crime/c.csv: a link, and links are not followed.",
    )


def test_refused_bytes_are_tried_again_only_under_another_definition(
    inbox: Inbox, admin: psycopg.Connection, edit_definition: Callable[[str, str], None]
) -> None:
    refused = inbox.ingest_one("a.csv", BAD)
    again = inbox.ingest_one("a.csv", BAD)
    assert (again.status, again.batch_id, again.reason) == ("known", refused.batch_id, refused.reason)
    assert counts(admin) == (5, 1, 1, 1)

    edit_definition("tolerance: 0\n", "tolerance: 0.5\n")
    retried = inbox.ingest_one("a.csv", BAD)
    assert retried.status == "pending"
    assert retried.batch_id != refused.batch_id
    assert counts(admin) == (10, 2, 1, 2)

    edit_definition("tolerance: 0\n", "tolerance: 0.6\n")
    assert (inbox.ingest_one("a.csv", BAD).status, counts(admin)) == ("known", (10, 2, 1, 2))


@pytest.mark.parametrize("status", ["accepted", "withdrawn"])
def test_settled_bytes_are_known_under_any_definition(
    inbox: Inbox, admin: psycopg.Connection, edit_definition: Callable[[str, str], None], status: str
) -> None:
    inbox.ingest_one("a.csv", GOOD)
    admin.execute("update audit.batch set status = %s, reason = 'said so'", [status])
    edit_definition("tolerance: 0\n", "tolerance: 0.5\n")

    assert inbox.ingest_one("a.csv", GOOD).status == "known"
    assert counts(admin) == (6, 1, 1, 0)


def test_arrival_times_follow_the_order_of_the_paths(inbox: Inbox, admin: psycopg.Connection) -> None:
    for number, name in enumerate(("b/a.csv", "a/z.csv", "a.csv", "c.csv")):
        inbox.put(name, table("borough_major_minor", [(*ROWS[0][:3], number, number)]))

    inbox.ingest()

    names = [row[0] for row in admin.execute("select name from audit.source_file order by fetched_at")]
    assert names == sorted(names)
    assert len(names) == 4


def test_a_second_run_waits_for_the_first(inbox: Inbox, admin: psycopg.Connection) -> None:
    inbox.put("a.csv", GOOD)
    reports: list[BatchReport] = []
    with held("loader", Lock.INGEST, DATASET):
        second = threading.Thread(target=lambda: reports.extend(inbox.ingest()), daemon=True)
        second.start()
        waiting = "select 1 from pg_stat_activity where wait_event = 'transactionid' and datname = current_database()"
        while not admin.execute(waiting).fetchone():
            assert second.is_alive(), "the second run did not wait"
        assert counts(admin) == (0, 0, 0, 0)
    second.join()

    assert [report.status for report in reports] == ["pending"]


def test_a_kill_in_mid_load_leaves_nothing_and_the_next_run_finishes(inbox: Inbox, admin: psycopg.Connection) -> None:
    months = [f"{year}{month:02d}" for year in range(2010, 2020) for month in range(1, 13)]
    rows = [(f"Area {number}", "Drugs", "Other Drugs", *range(120)) for number in range(500)]
    inbox.put("a.csv", table("borough_major_minor", rows, months))

    with subprocess.Popen(
        [sys.executable, "-c", STOPS_HALF_WAY],
        cwd=PROJECT_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "half way\n"
        while not admin.execute("select 1 from pg_stat_progress_copy where tuples_processed > 0").fetchone():
            assert run.poll() is None
        run.kill()

    assert counts(admin) == (0, 0, 0, 0)
    assert [(report.status, report.records_loaded) for report in inbox.ingest()] == [("pending", 60_000)]
    assert counts(admin) == (60_000, 1, 1, 0)


def test_an_unknown_dataset_is_a_clear_error(warehouse: str) -> None:
    with pytest.raises(WarehouseError, match="There is no dataset 'weather'"):
        ingest_dataset("weather")


@pytest.mark.real
def test_the_real_files_land_to_the_last_offence(
    warehouse: str, admin: psycopg.Connection, real_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES", str(real_data))

    reports = ingest_dataset(DATASET).batches

    sums = dict(admin.execute("select _batch_id, sum(offence_count) from raw.mps_borough_crime group by 1").fetchall())
    assert {
        report.file_name.split("/")[2]: (report.records_read, sums[report.batch_id], report.vintage)
        for report in reports
    } == REAL
    assert all(report.status == "pending" and report.records_loaded == report.records_read for report in reports)
    assert [report.status for report in ingest_dataset(DATASET).batches] == ["known"] * len(REAL)
