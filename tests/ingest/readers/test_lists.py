"""The reader of lists known by their headings: what it finds wherever it stands, skips, sets aside, refuses."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from reading import Outcome, read

from ingest.definition.dataset import Dataset, load_definitions
from ingest.extracts.xlsx import NewSheet, workbook
from ingest.readers.lists.cells import list_value, plain_amount

DEFINITION = """
dataset: market
domain: fruit
title: What stalls have paid
publisher: Stalls
licence: none
homepage: none
expected_every_days: 31
files: "*"
coverage: full
vintage: last_period
tolerance: 0
reader:
  format: named_columns
  delimiter: ","
  encodings: [utf-8, cp1252]
  dates: ["%d/%m/%Y", "%d-%b-%y"]
  period_field: paid
  folder_field: stall
  heading_fields: {heading: amount}
  hash_field: whole
  above_header: {period: "Period ([0-9]+)"}
  file_month: ["(?P<month>[a-z]+)-(?P<year>[0-9]{4})[.]csv"]
  null_texts: [none]
  totals: {of: amount, label: "(Grand )?Total"}
fields:
  - {name: stall, type: text, required: true, pattern: "[a-z]+", description: Stall}
  - {name: amount, type: decimal, required: true, description: Amount}
  - {name: payee, type: text, required: false, description: Payee}
  - {name: paid, type: date, required: false, description: Day}
  - {name: heading, type: text, required: true, description: Heading}
  - {name: period, type: integer, required: false, description: Period}
  - {name: whole, type: text, required: true, description: Hash}
key: []
layouts:
  - name: payments
    columns: {Amount: amount, "Net amount": amount, Payee: payee, Supplier: payee, Date: paid}
    ignored: [Remark]
"""
D = Decimal


@pytest.fixture
def market(tmp_path: Path) -> Dataset:
    folder = tmp_path / "definitions"
    folder.mkdir()
    (folder / "market.yml").write_text(DEFINITION)
    return load_definitions(folder)["market"]


def taken(definition: Dataset, tmp_path: Path, content: str | bytes, name: str = "alice/paid.csv") -> Outcome:
    found = read(
        tmp_path / "file",
        content if isinstance(content, bytes) else content.encode(),
        definition,
        f"fruit/market/{name}",
    )
    assert (
        found.records_read
        == sum(map(len, (found.records, found.quarantined))) + sum(each.record_count for each in found.skipped)
        or found.refusal
    )
    return found


def values(found: Outcome, start: int = 1, end: int = 3) -> list[tuple[object, ...]]:
    return [record.values[start:end] for record in found.records]


def skipped(found: Outcome) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for each in found.skipped:
        counts[each.rule] += each.record_count
    return dict(counts)


def test_a_header_is_found_beneath_a_preamble_whatever_its_case_and_order(market: Dataset, tmp_path: Path) -> None:
    table = ",Stall of Alice\n,Period 3\n\n,NET AMOUNT (\u00a3),,supplier:,Remark,date\n,5.50,,Ann,ripe,01/06/2024\n"
    found = taken(market, tmp_path, table)
    assert values(found, 0, 6) == [("alice", D("5.50"), "Ann", date(2024, 6, 1), "NET AMOUNT (\u00a3)", 3)]
    assert skipped(found) == {"preamble": 2, "blank_row": 1, "header": 1}
    assert (*found.period, found.label) == (date(2024, 6, 1), date(2024, 6, 1), "alice")


def test_a_header_at_the_end_belongs_to_the_rows_above_it(market: Dataset, tmp_path: Path) -> None:
    found = taken(market, tmp_path, "5,Ann,01/06/2024\n6,Bob,02/06/2024\nAmount,Payee,Date\n")
    assert values(found) == [(5, "Ann"), (6, "Bob")]


def test_a_second_header_says_anew_what_stands_where(market: Dataset, tmp_path: Path) -> None:
    found = taken(market, tmp_path, "Payee,Amount,Date\nAnn,5,01/06/2024\nNet amount,Supplier,Date\n6,Bob,02/06/2024\n")
    assert values(found) == [(5, "Ann"), (6, "Bob")]
    assert values(found, 4, 5) == [("Amount",), ("Net amount",)]


def test_totals_are_held_against_the_rows_above_them(market: Dataset, tmp_path: Path) -> None:
    rows = "Payee,Amount,Date\nAnn,5,01/06/2024\nTotal,5\nBob,(2),01/06/2024\n,-2.00\nGrand Total,3\nTotal,4\n"
    found = taken(market, tmp_path, rows)
    assert values(found, 1, 2) == [(5,), (-2,)]
    assert skipped(found) == {"header": 1, "total": 3}
    [wrong] = found.quarantined
    assert (wrong.row_number, wrong.rule) == (7, "total_differs")
    assert wrong.reason == "the printed total is 4, above it are 0 since the last total, 3 in all"


def test_a_payee_who_is_called_total_is_no_total(market: Dataset, tmp_path: Path) -> None:
    found = taken(market, tmp_path, "Payee,Amount,Date\nTotal Fruit Ltd,5,\nTotal,7,01/06/2024\n")
    assert values(found) == [(5, "Total Fruit Ltd"), (7, "Total")]


@pytest.mark.parametrize(
    ("row", "rule", "reason"),
    [
        ("Ann,,01/06/2024", "required", "amount is blank"),
        ("Ann,5,2024-06-01", "type", 'paid "2024-06-01" is not a date written as one of %d/%m/%Y, %d-%b-%y'),
        ("Ann,1.234.5,01/06/2024", "type", 'amount "1.234.5" is not a number written as 1234.56'),
        ("Ann,5,01/06/2024,stray", "no_heading", '"stray" stands in column 4, which has no heading'),
    ],
)
def test_what_is_wrong_with_a_row_sets_it_aside(
    market: Dataset, tmp_path: Path, row: str, rule: str, reason: str
) -> None:
    found = taken(market, tmp_path, f"Payee,Amount,Date\nBob,1,01/06/2024\n{row}\n")
    assert [(each.row_number, each.rule, each.reason) for each in found.quarantined] == [(3, rule, reason)]


def test_a_text_that_ran_over_into_the_next_column_is_let_be(market: Dataset, tmp_path: Path) -> None:
    found = taken(market, tmp_path, "Payee,Remark,,Amount,Date\nAnn,a long rem,ark,5,01/06/2024\n")
    assert values(found, 1, 2) == [(5,)]


def test_encodings_and_line_ends_of_all_programs(market: Dataset, tmp_path: Path) -> None:
    table = "Payee,Amount,Date\rCaf\u00e9,5,01/06/2024\r\nNone,6,none\r"
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        found = taken(market, tmp_path, table.encode(encoding))
        assert values(found, 2, 3) == [("Caf\u00e9",), ("None",)]


def test_every_sheet_has_a_header_of_its_own(market: Dataset, tmp_path: Path) -> None:
    book = workbook(
        [
            NewSheet(
                "Apr",
                [["Payee", "Amount", "Date"], ["Ann", 0.1, "01/04/2024"], ["Bob", 9533.910000000003, "02/04/2024"]],
            ),
            NewSheet("Notes", [["Made up"], ["by hand"]]),
            NewSheet("May", [["* Date", "* Net amount", "* SUPPLIER"], ["01-May-24", -3, "Ann"]]),
        ]
    )
    found = taken(market, tmp_path, book, "alice/year.xlsx")
    assert values(found, 1, 4) == [
        (D("0.1"), "Ann", date(2024, 4, 1)),
        (D("9533.91"), "Bob", date(2024, 4, 2)),
        (D(-3), "Ann", date(2024, 5, 1)),
    ]
    assert skipped(found) == {"header": 2, "sheet_without_table": 2}


def test_a_list_without_days_is_of_the_month_in_its_name(market: Dataset, tmp_path: Path) -> None:
    found = taken(market, tmp_path, "Payee,Amount\nAnn,5\n", "alice/june-2024.csv")
    assert found.period == (date(2024, 6, 1), date(2024, 6, 30))
    refused = taken(market, tmp_path, "Payee,Amount\nAnn,5\n")
    assert str(refused.refusal) == "no row has a day in paid, and its name 'paid.csv' says no month"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ("", "the file is empty"),
        ("one\ntwo\n", "the file holds no list"),
        ("Payee,Amount\n", "the file has a header and no rows"),
        ("a,b,c,d\n1,2,3,4\n", 'no row is a header, which has a column for amount; the closest is "a"; "b"; "c"; "d"'),
        ("Payee,Amount,Colour\n", 'line 1: the header has columns that are not known: "Colour"'),
        ("Amount,Net amount,Payee\n", 'line 1: "Amount" and "Net amount" are both amount'),
        ("Payee,Amount\nAnn,5", "line 2, which ends 'Ann,5': the file was cut off there, this line has no end"),
        ('Payee,Amount\nAnn,"5\n', "line 2: not a table of delimited values: unexpected end of data"),
        (b"Payee,Amount\nAnn\x81,5\n", "line 2: 0x81 is in none of utf-8, cp1252"),
        ("Date,Amount\n01/06/2124,5\n", None),
    ],
)
def test_what_is_no_such_list_is_refused(
    market: Dataset, tmp_path: Path, content: str | bytes, refusal: str | None
) -> None:
    found = taken(market, tmp_path, content, "alice/june-2024.csv")
    if refusal is None:
        assert [each.rule for each in found.quarantined] == ["not_yet"]
    else:
        assert str(found.refusal) == refusal


def test_a_list_says_whose_it_is_by_its_folder(market: Dataset, tmp_path: Path) -> None:
    table = "Payee,Amount,Date\nAnn,5,01/06/2024\n"
    said = {name: str(taken(market, tmp_path, table, name).refusal) for name in ("paid.csv", "Alice/paid.csv")}
    assert said == {
        "paid.csv": "it lies in no folder that says whose list it is",
        "Alice/paid.csv": 'its folder: stall "Alice" is not written as [a-z]+',
    }


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\u00a31,234.50", "1,234.50"),
        ("(\u00a31,234.50)", "-1,234.50"),
        ("1,234.50-", "-1,234.50"),
        (" 1 234.50 ", "1234.50"),
        ("(-5)", "(-5)"),
        ("-5-", "-5-"),
        ("(total)", "(total)"),
    ],
)
def test_amounts_as_bookkeepers_write_them(text: str, plain: str) -> None:
    assert plain_amount(text) == plain


def test_a_day_with_a_time_is_that_day(market: Dataset) -> None:
    rule = market.field("paid")
    assert list_value(rule, datetime(2024, 6, 1, 19, 0, 35), (), ()) == date(2024, 6, 1)


def test_rows_that_differ_only_in_what_is_not_loaded_are_two(market: Dataset, tmp_path: Path) -> None:
    table = "Payee,Amount,Date,Remark\nAnn,5,01/06/2024,ripe\nAnn,5,01/06/2024,ripe,,\nAnn,5,01/06/2024,green\n"
    one, same, other = values(taken(market, tmp_path, table), 6, 7)
    assert one == same != other
