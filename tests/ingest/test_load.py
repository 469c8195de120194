"""One file, one transaction: golden accounts of hand-made files, and what a bad one leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import psycopg
import pytest
from crime_files import HEADERS, ROWS, Inbox, table

from ingest.definition.dataset import Dataset
from ingest.load.checksum import RULES, sums

NAME = "crime/mps_borough_crime/a.csv"
CORRECTED = (
    "Ask Metropolitan Police Service for a corrected file and put it into the sources; "
    "if the rule is wrong, change it in mps_borough_crime.yml."
)
FETCH_AGAIN = "Fetch the file from the publisher again and put it into the sources."


def raw_rows(admin: psycopg.Connection) -> list[tuple]:
    return admin.execute(
        "select area_name, offence_group, offence_subgroup, month, offence_count, _row_number, _source_column "
        "from raw.mps_borough_crime order by _row_number, month"
    ).fetchall()


def account(admin: psycopg.Connection) -> list[tuple]:
    return admin.execute(
        "select status, records_read, records_loaded, records_quarantined, records_skipped from audit.batch "
        "order by loaded_at"
    ).fetchall()


@pytest.mark.parametrize("layout", HEADERS)
def test_golden_account_of_each_layout(inbox: Inbox, admin: psycopg.Connection, layout: str) -> None:
    report = inbox.ingest_one("a.csv", table(layout))

    march, april = date(2013, 3, 1), date(2013, 4, 1)
    assert raw_rows(admin) == [
        ("Lambeth", "Burglary", "Burglary in a Dwelling", march, 12, 2, "201303"),
        ("Lambeth", "Burglary", "Burglary in a Dwelling", april, 0, 2, "201304"),
        ("Lambeth", "Drugs", "Disclosure, Obstruction", march, 1, 3, "201303"),
        ("Lambeth", "Drugs", "Disclosure, Obstruction", april, 2, 3, "201304"),
        ("Sutton", "Burglary", "Burglary in a Dwelling", march, 7, 4, "201303"),
        ("Sutton", "Burglary", "Burglary in a Dwelling", april, 2000, 4, "201304"),
    ]
    assert account(admin) == [("pending", 6, 6, 0, 0)]
    batch = admin.execute(
        "select batch_id, layout, vintage, period_start, period_end, coverage, is_generated, reason from audit.batch"
    ).fetchone()
    assert batch == (report.batch_id, layout, "2013-04", march, april, "full", False, None)
    assert admin.execute("select distinct _batch_id from raw.mps_borough_crime").fetchall() == [(report.batch_id,)]
    assert (report.file_name, report.status, report.vintage, report.records_loaded) == (NAME, "pending", "2013-04", 6)


ROW = b"Lambeth,Drugs,Other Drugs,3,4\r\n"


@pytest.mark.parametrize(
    ("content", "reason", "remedy"),
    [
        (
            table("borough_major_minor").replace(b"Minor Category", b"Offence"),
            f'{NAME}, line 1: the header is not known: missing "Minor Category"; new "Offence"; '
            "the closest known layout is borough_major_minor (Borough, Major Category, Minor Category).",
            "If the publisher has renamed columns, add the header to layouts in mps_borough_crime.yml "
            "(warehouse dataset propose <file> --dataset mps_borough_crime drafts it); else fetch the file again.",
        ),
        (
            table("borough_major_minor")[:-25],
            f"{NAME}, line 4, which ends 'Sutton,Burglary,Burgla': the file was cut off there, this line has no end.",
            FETCH_AGAIN,
        ),
        (
            b"<!DOCTYPE html>\n<html><body>503 Service Unavailable</body></html>\n",
            f"{NAME}, line 1: a web page, not a table.",
            FETCH_AGAIN,
        ),
        (
            table("borough_major_minor") + ROW.replace(b"4", b"-4"),
            f"{NAME}, row 5, column 201304: offence_count -4 is below the minimum 0 (rule minimum).",
            CORRECTED,
        ),
        (
            table("borough_major_minor") + ROW.replace(b"3", b"n/a").replace(b"4", b"12.5"),
            f'{NAME}, row 5, column 201303: offence_count "n/a" is not a whole number (rule type); '
            "1 more of 8 records quarantined.",
            CORRECTED,
        ),
    ],
    ids=["renamed header", "cut off in the middle of a row", "web page", "negative count", "textual count"],
)
def test_the_message_of_a_bad_file(
    inbox: Inbox, admin: psycopg.Connection, content: bytes, reason: str, remedy: str
) -> None:
    report = inbox.ingest_one("a.csv", content)

    assert (report.status, report.reason, report.remedy) == ("refused", reason, remedy)
    assert admin.execute("select batch_id, status, reason, remedy from audit.batch").fetchall() == [
        (report.batch_id, "refused", reason, remedy)
    ]


def test_quarantine_keeps_place_rule_reason_and_what_stood_there(inbox: Inbox, admin: psycopg.Connection) -> None:
    bad = b"Lambeth,Drugs,Other Drugs,3,n/a\r\nSutton,Drugs,9\r\n\r\n"
    report = inbox.ingest_one("a.csv", table("borough_major_minor") + bad)

    assert admin.execute(
        "select batch_id, row_number, source_column, rule, reason, record_count, record from audit.quarantine "
        "order by quarantine_id"
    ).fetchall() == [
        (
            report.batch_id,
            5,
            "201304",
            "type",
            'offence_count "n/a" is not a whole number',
            1,
            '["Lambeth", "Drugs", "Other Drugs", "2013-04-01", "n/a"]',
        ),
        (report.batch_id, 6, None, "ragged_row", "3 cells where the header has 5", 2, '["Sutton", "Drugs", "9"]'),
    ]
    assert admin.execute("select * from audit.skipped_record").fetchall() == [(report.batch_id, "blank_line", 1, 7)]
    # The good rows of a refused batch stay: raw is append-only, and nobody reads refused batches.
    assert account(admin) == [("refused", 11, 7, 3, 1)]
    assert len(raw_rows(admin)) == 7


def test_a_tolerance_lets_a_few_bad_records_pass_and_no_more(
    inbox: Inbox, admin: psycopg.Connection, edit_definition: Callable[[str, str], None]
) -> None:
    edit_definition("tolerance: 0\n", "tolerance: 0.125\n")
    one_of_eight = table("borough_major_minor") + ROW.replace(b"3", b"?")
    two_of_eight = table("borough_major_minor") + ROW.replace(b"3", b"?").replace(b"4", b"?")

    assert inbox.ingest_one("a.csv", one_of_eight).status == "pending"
    assert inbox.ingest_one("b.csv", two_of_eight).status == "refused"
    assert account(admin) == [("pending", 8, 7, 1, 0), ("refused", 8, 6, 2, 0)]


def test_a_file_that_turns_out_unreadable_half_way_leaves_no_rows(inbox: Inbox, admin: psycopg.Connection) -> None:
    content = table("borough_major_minor") + b"Lambeth,Drugs,Caf\xe9,1,2\r\n"

    report = inbox.ingest_one("a.csv", content)

    place = f"line 5, byte {content.index(0xE9)}"
    assert report.reason == f"{NAME}, {place}: 0xe9 is not utf-8 (invalid continuation byte)."
    assert raw_rows(admin) == []
    assert account(admin) == [("refused", 0, 0, 0, 0)]


def test_text_that_copy_might_stumble_over_arrives_as_published(inbox: Inbox, admin: psycopg.Connection) -> None:
    awkward = "\\N \\. \t\"quoted\"\r\nnext line, 'ü' 🚓"
    inbox.ingest_one("a.csv", table("group_subgroup_bocu", [(awkward, awkward, awkward, 1, 2)]))

    assert {row[:3] for row in raw_rows(admin)} == {(awkward, awkward, awkward)}


def test_source_file_and_manifest_say_the_same(inbox: Inbox, admin: psycopg.Connection) -> None:
    from core.settings import settings
    from ingest.archive.store import Archive

    inbox.ingest_one("2020/a.csv", table("borough_major_minor"))
    inbox.ingest_one("2021/a.csv", table("borough_major_minor", ROWS[:1]))

    entries = Archive(settings().archive_dir).entries()
    names = list(vars(entries[0]))
    rows = admin.execute(f"select {', '.join(names)} from audit.source_file order by fetched_at").fetchall()
    assert rows == [tuple(vars(entry).values()) for entry in entries]
    assert [entry.name.rsplit("/", 2)[1:] for entry in entries] == [["2020", "a.csv"], ["2021", "a.csv"]]
    assert not any(entry.is_generated for entry in entries)


def test_what_was_noted_of_a_batch_is_compared_by_the_rule_that_it_was_noted_by(
    inbox: Inbox, admin: psycopg.Connection, definition: Dataset
) -> None:
    report = inbox.ingest_one("a.csv", table("borough_major_minor"))
    [(rule, rows, total, columns)] = admin.execute(
        "select rule, row_count, checksum, column_names from audit.batch_checksum"
    ).fetchall()
    assert (rule, rows) == ("values", report.records_loaded)

    def held(rule: str) -> tuple[int, str]:
        return sums(admin, definition.dataset, columns, [str(report.batch_id)], rule)[str(report.batch_id)]

    by_text = held("text")
    assert held("values") == (rows, total)
    admin.execute("alter table raw.mps_borough_crime disable trigger all")
    admin.execute("update raw.mps_borough_crime set offence_count = offence_count + 1 where _row_number = 2")
    assert held("values")[1] != total and held("text")[1] != by_text[1]


def test_a_row_has_one_checksum_whatever_the_server_and_its_version(admin: psycopg.Connection) -> None:
    """As PostgreSQL 15 and 18 give it: what an older server noted holds on the next one."""
    row = "'é;Camden'::text, 7::int, 1.50::numeric, date '2020-01-31', null::text, timestamptz '2020-01-31 10:00+00'"
    found = admin.execute(f"select {RULES['values'].format(columns=row)}".encode()).fetchone()
    assert found == (8404447071075982028,)
