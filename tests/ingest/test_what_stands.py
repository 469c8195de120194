"""What stands after a file has come back, was copied half, misnamed, moved or withdrawn, night by night."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest
from crime_files import Inbox

from ingest.definition.dataset import load_definitions
from ingest.load.load_file import BatchReport
from ingest.pipeline import ingest_dataset
from warehouse.checks.acceptance import accept
from warehouse.checks.gate import verify_pending
from warehouse.refresh.missing_months import record_missing_months
from warehouse.refresh.steps import BATCH_SET

pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)")

DATASET = "police_uk_street"
PARTIAL = "police_uk_street_met_burglary_only"
CITY, MET = "City of London Police", "Metropolitan Police Service"


def crimes(month: str, force: str, count: int) -> bytes:
    """A force's month with so many crimes, as published."""
    columns = load_definitions()[DATASET].layouts[0].columns
    place = "-0.1,51.5,On or near Fleet Street,E01000001,City of London 001A"
    rows = [f"{number:064x},{month},{force},{force},{place},Burglary,Under investigation," for number in range(count)]
    return "\r\n".join([",".join(columns), *rows, ""]).encode()


def night(inbox: Inbox, files: dict[str, bytes]) -> dict[str, BatchReport]:
    """The inbox holds these files and no others; what was said of each."""
    shutil.rmtree(inbox.root / "crime")
    for name, content in files.items():
        path = inbox.root / "crime" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    said = {each.file_name.removeprefix("crime/"): each for each in ingest_dataset(DATASET).batches}
    verify_pending(DATASET)
    return said


def stands(admin: psycopg.Connection) -> dict[str, tuple[str, int]]:
    """Of each vintage, without the number of its turn: coverage and crimes of the batch that comes last."""
    rows = admin.execute(
        f"select i.vintage, i.coverage, b.records_loaded from ({BATCH_SET}) as i inner join audit.batch as b "
        "using (batch_id) order by i.vintage_order"
    )
    return {vintage.partition(".")[0]: (coverage, count) for vintage, coverage, count in rows}


def batches(admin: psycopg.Connection) -> list[tuple]:
    return admin.execute("select batch_id, status, vintage from audit.batch order by batch_id").fetchall()


def standing(admin: psycopg.Connection) -> int:
    return len(admin.execute("select from audit.standing_refusal").fetchall())


def test_what_stands_night_by_night(inbox: Inbox, admin: psycopg.Connection) -> None:
    returns, halved = (f"{DATASET}/2024-0{month}-city-of-london-street.csv" for month in (1, 2))
    withdrawn, misnamed = f"{DATASET}/2024-05-city-of-london-street.csv", f"{DATASET}/2024-03-gwent-street.csv"
    put_right = f"{DATASET}/2024-03-city-of-london-street.csv"
    release, other = crimes("2024-01", CITY, 3), crimes("2024-01", CITY, 2)
    whole, half = crimes("2024-02", CITY, 4), crimes("2024-02", CITY, 1)
    same = {
        misnamed: crimes("2024-03", CITY, 5),
        f"{PARTIAL}/2024-04-metropolitan-street.csv": crimes("2024-04", MET, 6),
        withdrawn: crimes("2024-05", CITY, 7),
    }
    night(inbox, {returns: release, halved: whole, **same})
    assert stands(admin) == {
        "2024-01-city-of-london": ("full", 3),
        "2024-02-city-of-london": ("full", 4),
        "2024-04-metropolitan": ("partial", 6),
        "2024-05-city-of-london": ("full", 7),
    }

    # The release is replaced by another, a copy stops half-way, a file gets its right name, one moves elsewhere.
    admin.execute("update audit.batch set status = 'withdrawn', reason = 'r' where vintage = '2024-05-city-of-london'")
    moved = f"{DATASET}/2024-04-metropolitan-street.csv"
    second = {
        returns: other,
        halved: half,
        put_right: same[misnamed],
        moved: same[f"{PARTIAL}/2024-04-metropolitan-street.csv"],
        withdrawn: same[withdrawn],
    }
    night(inbox, second)
    expected = {
        "2024-01-city-of-london": ("full", 2),
        "2024-02-city-of-london": ("full", 1),
        "2024-03-city-of-london": ("full", 5),
        "2024-04-metropolitan": ("full", 6),
    }
    assert stands(admin) == expected, "withdrawn stays so, what was misnamed and what moved counts once"

    # The publisher takes the second release back; the copy is whole again; what was withdrawn gives way to other bytes.
    third = second | {returns: release, halved: whole, withdrawn: crimes("2024-05", CITY, 8)}
    night(inbox, third)
    expected |= {
        "2024-01-city-of-london": ("full", 3),
        "2024-02-city-of-london": ("full", 4),
        "2024-05-city-of-london": ("full", 8),
    }
    assert stands(admin) == expected

    before = batches(admin)
    assert {each.status for each in night(inbox, third).values()} == {"known"}
    assert (stands(admin), batches(admin)) == (expected, before), "the same again changes nothing"
    arrivals = admin.execute("select count(*) from audit.arrival").fetchone()

    # What was withdrawn comes back after other bytes; the folder is out of reach for a night, which means nothing.
    night(inbox, third | {withdrawn: same[withdrawn]})
    shutil.move(inbox.root / "crime", inbox.root / "away")
    assert ingest_dataset(DATASET).batches == []
    shutil.move(inbox.root / "away", inbox.root / "crime")
    expected |= {"2024-05-city-of-london": ("full", 7)}
    assert {each.status for each in night(inbox, third | {withdrawn: same[withdrawn]}).values()} == {"known"}
    assert stands(admin) == expected
    now = admin.execute("select count(*) from audit.arrival").fetchone()
    assert arrivals and now and now[0] == arrivals[0] + 1, "a row for each change, none for a quiet night"


def test_the_latest_is_the_one_released_last(inbox: Inbox, admin: psycopg.Connection) -> None:
    """Of a month that several files have: by the folder, where all say it; else by reach, then by arrival."""

    def order() -> list[tuple]:
        verify_pending(DATASET)
        query = f"select b.records_loaded, i.released_on::text, i.order_assumed from ({BATCH_SET}) as i inner join " \
            "audit.batch as b using (batch_id) order by i.vintage_order"  # fmt: skip
        return admin.execute(query).fetchall()

    name, month = f"{DATASET}/%s/2024-01-city-of-london-street.csv", "2024-01"
    ninth, tenth = {name % "release 9": crimes(month, CITY, 9)}, {name % "release 10": crimes(month, CITY, 10)}
    night(inbox, tenth | ninth)
    assert order() == [(9, None, True), (10, None, True)], "as people count, not as letters sort"

    night(inbox, {name % "released-2024-03-31": crimes(month, CITY, 10), **ninth})
    assert order() == [(9, None, True), (10, "2024-03-31", True)], "one that says it is not put among the others by it"

    # A later one by its day, though it came first; February's reaches further, but was released before.
    said = {name % "released-2024-04-01": crimes(month, CITY, 9), name % "released-2024-03-31": crimes(month, CITY, 10)}
    further = {f"{DATASET}/released-2024-03-01/2024-02-city-of-london-street.csv": crimes("2024-02", CITY, 2)}
    night(inbox, said | further)
    assert order() == [(2, "2024-03-01", False), (10, "2024-03-31", False), (9, "2024-04-01", False)]

    refused = night(inbox, said | further | {name % "released-2024-02-30": crimes(month, CITY, 1)})
    assert [each.reason for each in refused.values() if each.status == "refused"] == [
        f"crime/{name % 'released-2024-02-30'}: its folder says that it was released on no day."
    ]
    assert len(order()) == 3


def test_what_was_withdrawn_by_mistake_is_taken_back_by_a_person(inbox: Inbox, admin: psycopg.Connection) -> None:
    """It is a batch of its own, in its old place: a release that replaced it meanwhile still does."""
    name = f"{DATASET}/2024-01-city-of-london-street.csv"
    night(inbox, {name: crimes("2024-01", CITY, 3)})
    [(batch_id, *_)] = batches(admin)
    admin.execute("update audit.batch set status = 'withdrawn', reason = 'r'")
    assert night(inbox, {name: crimes("2024-01", CITY, 3)})[name].status == "known"
    assert stands(admin) == {}

    verdict = accept(batch_id, "Ada Smith", "Withdrawn in error")
    assert (verdict.status, verdict.batch_id == batch_id) == ("accepted", False)
    assert stands(admin) == {"2024-01-city-of-london": ("full", 3)}
    assert {(status, vintage) for _, status, vintage in batches(admin)} == {
        ("accepted", "2024-01-city-of-london"),
        ("withdrawn", "2024-01-city-of-london"),
    }
    night(inbox, {name: crimes("2024-01", CITY, 2)})
    admin.execute("update audit.batch set status = 'withdrawn', reason = 'r' where batch_id = %s", [verdict.batch_id])
    accept(verdict.batch_id, "Ada Smith", "Withdrawn in error again")
    assert stands(admin) == {"2024-01-city-of-london": ("full", 2)}


def test_another_name_for_the_same_is_nothing_new(inbox: Inbox, admin: psycopg.Connection) -> None:
    """A file may get another name, lie twice, or come packed: its figures stand once, and in their old place."""
    first, second = crimes("2024-01", CITY, 3), crimes("2024-01", CITY, 2)
    name = "2024-01-city-of-london-street.csv"
    night(inbox, {f"{DATASET}/a/{name}": first})
    night(inbox, {f"{DATASET}/a/{name}": first, f"{DATASET}/b/{name}": second})
    before = batches(admin)
    for files in (
        {f"{DATASET}/c/{name}": first, f"{DATASET}/b/{name}": second},
        {f"{DATASET}/c/{name}": first, f"{DATASET}/d/{name}": first, f"{DATASET}/b/{name}": second},
        {f"{DATASET}/b/{name}": second, f"{PARTIAL}/{name}": second},
    ):
        assert {each.status for each in night(inbox, files).values()} == {"known"}, list(files)
        assert batches(admin) == before
    assert stands(admin) == {"2024-01-city-of-london": ("full", 2)}

    night(inbox, {f"{DATASET}/e/{name}": first})
    assert stands(admin) == {"2024-01-city-of-london": ("full", 3)}, "alone again, under a new name: it has come back"


def test_a_month_that_never_came_is_told_until_it_comes(inbox: Inbox, admin: psycopg.Connection) -> None:
    files = {
        f"{DATASET}/2024-0{month}-{force}-street.csv": crimes(f"2024-0{month}", name, 1 + month)
        for force, name, months in (("city-of-london", CITY, (1, 2, 3)), ("metropolitan", MET, (1, 3)))
        for month in months
    }
    night(inbox, files)

    def told(refresh_id: str) -> tuple[str, str | None]:
        admin.execute(
            "insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status) "
            "values (%s, '2024-04-01', 'c', 'i', 'running')",
            [refresh_id],
        )
        admin.execute(
            "insert into audit.refresh_input "
            "(refresh_id, batch_id, dataset, vintage, vintage_order, coverage, is_generated) "
            "select %s, batch_id, dataset, vintage, vintage_order, coverage, is_generated "
            f"from ({BATCH_SET.replace('%', '%%')}) as i",
            [refresh_id],
        )
        record_missing_months(refresh_id)
        (row,) = admin.execute("select outcome, message from audit.check_result where run_id = %s", [refresh_id])
        return row

    hole = f"{DATASET} of metropolitan: no file came for the months between 2024-01 and 2024-03"
    assert told("r1") == ("failed", hole)
    night(inbox, files | {f"{DATASET}/2024-02-metropolitan-street.csv": crimes("2024-02", MET, 9)})
    assert told("r2") == ("passed", None)


def test_the_name_that_a_file_bears_now_is_read_again(inbox: Inbox, admin: psycopg.Connection) -> None:
    content = crimes("2024-03", CITY, 5)
    refused = night(inbox, {f"{DATASET}/2024-03-gwent-street.csv": content})[f"{DATASET}/2024-03-gwent-street.csv"]
    assert (refused.status, standing(admin)) == ("refused", 1)
    night(inbox, {f"{DATASET}/2024-03-city-of-london-street.csv": content})
    assert standing(admin) == 0, "its right name settles that it was refused under a wrong one"
    found = admin.execute(
        "select f.name, b.status, "
        "(select min(r.force_code) from raw.police_uk_street as r where r._batch_id = b.batch_id) "
        "from audit.batch as b inner join audit.batch_file as f using (batch_id) order by f.name"
    ).fetchall()
    assert [(Path(name).name[:10], status, force) for name, status, force in found] == [
        ("2024-03-ci", "accepted", "city-of-london"),
        ("2024-03-gw", "refused", None),
    ]
