"""The reader of tables in workbooks: found by title wherever they stand, a record a cell, everything accounted for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from reading import Outcome, read

from ingest.definition.dataset import Dataset, load_definitions
from ingest.extracts.xlsx import Content, NewSheet, workbook

Rows = list[list[Content]]
Reader = Callable[..., Outcome]

INDEX = NewSheet("Index", [["Police Workforce"], [], ["Table 1", "Police officers by police force area"]])
FTE, SEP_15, SEP_16 = "Full-time equivalents", "30 September 2015", "30 September 2016"


@pytest.fixture(scope="module")
def definition() -> Dataset:
    return load_definitions()["home_office_workforce"]


@pytest.fixture
def read_sheets(tmp_path: Path, definition: Dataset) -> Reader:
    return lambda *sheets: read(tmp_path / "0a1b", workbook(sheets), definition)


def by_force(number: int, worker: str, *rows: list[Content], unit: str = FTE, above: int = 0) -> Rows:
    """A table of one worker type with a row in between that only holds changes."""
    return [
        [f"Table {number}: {worker} by police force area, England and Wales, 30 September 2015 and 20161"],
        *[[]] * above,
        ["England and Wales", None, None, unit],
        [None, "As at:", None, "Change in 12 months"],
        [None, SEP_15, f"{SEP_16}1", "number"],
        *rows,
        [],
        ["Notes"],
        ["1. Some forces could not say."],
    ]


DOUBLE = "cell B8: the same worker_type, row_kind, area_name, as_at_date as sheet 'Table_1', cell B6"
WEST: Rows = [
    ["West Midlands ", 30, 33, 3],
    ["Staffordshire", 10, 11, 1],
    ["West Midlands2", 20, 22, 2],
    ["Total 43 forces", 30, 33, 3],
    ["British Transport Police", 5, "..", ".."],
    ["Total", 35, 33, -2],
]
OFFICERS = NewSheet("Table_1", by_force(1, "Police officers", *WEST))
STAFF = NewSheet("Table_2", by_force(2, "Police staff", *WEST))
PCSOS = NewSheet("Table_3", by_force(3, "Police community support officers", *WEST))


def test_a_record_is_a_cell_with_what_its_title_row_and_header_say(read_sheets: Reader) -> None:
    outcome = read_sheets(INDEX, OFFICERS, STAFF, PCSOS)

    what = (
        "Police officers",
        "West Midlands",
        "row",
        "West Midlands",
        date(2016, 9, 30),
        FTE,
        Decimal(22),
        None,
        "2,1",
    )
    assert (what, 7, "Table_1!C7", "Table_1") in outcome.records
    none = ("Police staff", "British Transport Police", "row", None, date(2016, 9, 30), FTE, None, "..", "1")
    assert (none, 9, "Table_2!C9", "Table_2") in outcome.records
    assert len(outcome.records) == 3 * 6 * 2
    assert outcome.quarantined == []


def test_a_force_with_the_name_of_its_region_is_told_from_it(read_sheets: Reader) -> None:
    outcome = read_sheets(INDEX, OFFICERS, STAFF, PCSOS)

    kinds = [
        (values[1], values[2], values[3]) for values, _, place, _ in outcome.records if place.startswith("Table_1!B")
    ]
    assert kinds == [
        ("West Midlands", "group", "West Midlands"),
        ("Staffordshire", "row", "West Midlands"),
        ("West Midlands", "row", "West Midlands"),
        ("Total 43 forces", "total", None),
        ("British Transport Police", "row", None),
        ("Total", "total", None),
    ]


def test_every_row_and_every_cell_passed_over_is_counted(read_sheets: Reader) -> None:
    outcome = read_sheets(INDEX, OFFICERS, STAFF, PCSOS)

    counts: dict[str, int] = {}
    for rule, _, count in outcome.skipped:
        counts[rule] = counts.get(rule, 0) + count
    assert counts == {"sheet_without_table": 3, "header": 12, "passed_over_column": 18, "blank_row": 3, "note": 6}


def test_tables_are_found_wherever_they_have_moved(read_sheets: Reader) -> None:
    """Another order, a new sheet before the first, a header a row lower, another number and sheet name."""
    new = NewSheet("Cover", [["Table 9: Horses by police force area"], [None, SEP_15], ["Kent", 4]])
    lower = NewSheet("T7", by_force(7, "Police officers", *WEST, above=1))
    moved = read_sheets(new, PCSOS, STAFF, lower, INDEX)

    usual = read_sheets(INDEX, OFFICERS, STAFF, PCSOS)
    assert {values for values, *_ in moved.records} == {values for values, *_ in usual.records}
    assert ("unknown_table", 1, 3) in moved.skipped


def test_a_long_series_has_the_workers_in_its_header_and_the_days_in_its_rows(read_sheets: Reader) -> None:
    series = NewSheet(
        "Table_6",
        [
            ["Table 6: Police officers1, police staff, PCSOs and traffic wardens, England and Wales2, 2011 to 2012"],
            ["England and Wales", None, FTE],
            [None, "Police officers1", "Police Staff"],
            ["30 September 2011", 100.5, 50],
            ["30 September 20123", 90, 40],
            [None, None, "Source: Home Office"],
        ],
    )
    outcome = read_sheets(OFFICERS, STAFF, PCSOS, series)

    found = [values for values, _, place, _ in outcome.records if place.startswith("Table_6")]
    assert [(worker, kind, day, figure, notes) for worker, _, kind, _, day, _, figure, _, notes in found] == [
        ("Police officers", "total", date(2011, 9, 30), Decimal("100.5"), "1"),
        ("Police staff", "total", date(2011, 9, 30), Decimal(50), None),
        ("Police officers", "total", date(2012, 9, 30), Decimal(90), "3,1"),
        ("Police staff", "total", date(2012, 9, 30), Decimal(40), "3"),
    ]


@pytest.mark.parametrize(
    ("row", "rule", "reason"),
    [
        (["Kent", 1, None, 2], "required", "cell C8: the figure is blank"),
        (["Kent", 1, "n/a", 2], "type", 'cell C8: figure "n/a" is text, not a number'),
        (["Kent", 1, -1, 2], "minimum", "cell C8: figure -1 is below the minimum 0"),
        (["Staffordshire", 1, 2, 3], "duplicate_key", DOUBLE),
        ([None, 1, 2, 3], "required", "cell A8: area_name is blank beside a figure"),
    ],
)
def test_a_wrong_cell_is_set_aside_with_its_place(
    read_sheets: Reader, row: list[Content], rule: str, reason: str
) -> None:
    rows = [*WEST[:3], row, *WEST[3:]]
    outcome = read_sheets(NewSheet("Table_1", by_force(1, "Police officers", *rows)), STAFF, PCSOS)

    assert (rule, reason, "Table_1") in [(fault.rule, fault.reason, fault.sheet) for fault in outcome.quarantined]


@pytest.mark.parametrize(
    ("sheets", "reason"),
    [
        (
            [OFFICERS, STAFF],
            "no table is titled like 'Table [0-9]+: Police community support officers[0-9]* by police force area, .*'",
        ),
        (
            [OFFICERS, STAFF, NewSheet("T", by_force(3, "Police community support officers", *WEST, unit="Thousands"))],
            "nothing between title and header says the unit, Full-time equivalents or Headcount",
        ),
        (
            [OFFICERS, STAFF, NewSheet("T", [[*row, *(["Rank"] if SEP_15 in row else [])] for row in PCSOS.rows])],
            "the column 'Rank' in cell E4 is not known; known are dates, number, %",
        ),
        (
            [OFFICERS, STAFF, NewSheet("T", [PCSOS.rows[0], ["Kent", 1]])],
            "no row beneath the title is a header, which has a date, written as %d %B %Y",
        ),
    ],
)
def test_a_workbook_is_refused_whole_by_name(read_sheets: Reader, sheets: list[NewSheet], reason: str) -> None:
    refusal = read_sheets(*sheets).refusal
    assert refusal
    assert reason in refusal.reason
    assert refusal.remedy


CRIME = "Police recorded crime by offence group and police force area, English regions and Wales"
CONTENTS = NewSheet("Notes", [["Crime"], [f"Table P1: {CRIME}, number of offences, year ending June 2018"], ["Notes"]])
OFFENCES: Rows = [
    [f"Table P1: {CRIME}, number of offences, year ending June 181,2"],
    [],
    [None, None, "Total recorded crime (excluding fraud3)", None, "Victim-based crime"],
    ["Area Code", "Area Name", None, None, "Robbery4"],
    [None, None, "Numbers"],
    ["E12000005", "West Midlands region", 9, None, 3],
    ["E23000014", "West Midlands7", 9, None, ".."],
    ["1. A note"],
]
RATES: Rows = [
    [f"Table P3: {CRIME}, rate of offences, year ending June 20181,2"],
    [
        "Area Code",
        "Area Name",
        "Population figures (mid-2017)3 rounded to 100",
        "Household figures (mid-2016)",
        "Robbery",
    ],
    ["E12000005", "West Midlands", 1000, 400, "+"],
    ["E23000014", "West Midlands", 1000, 400, 3],
]


def read_areas(tmp_path: Path, *sheets: Rows) -> Outcome:
    numbered = [NewSheet(f"Table {number}", rows) for number, rows in enumerate(sheets)]
    return read(tmp_path / "0a1b", workbook([CONTENTS, *numbered]), load_definitions()["ons_police_area_tables"])


def test_the_title_dates_a_table_whose_header_spans_two_rows(tmp_path: Path) -> None:
    outcome = read_areas(tmp_path, OFFENCES, RATES)
    june = date(2018, 6, 1)
    people = "Population of mid-2017"
    total, force = "Total recorded crime (excluding fraud)", ("offences", "West Midlands", "row", "West Midlands")
    assert [(record[0], record[2]) for record in outcome.records] == [
        (("offences", "West Midlands region", "group", "West Midlands", total, june, Decimal(9), None, None),
         "Table 0!C6"),
        (("offences", "West Midlands region", "group", "West Midlands", "Robbery", june, Decimal(3), None, "4"),
         "Table 0!E6"),
        ((*force, total, june, Decimal(9), None, "7"), "Table 0!C7"),
        ((*force, "Robbery", june, None, "..", "7,4"), "Table 0!E7"),
        (("rate", "West Midlands", "group", "West Midlands", people, june, Decimal(1000), None, None), "Table 1!C3"),
        (("rate", "West Midlands", "group", "West Midlands", "Robbery", june, None, "+", None), "Table 1!E3"),
        (("rate", "West Midlands", "row", "West Midlands", people, june, Decimal(1000), None, None), "Table 1!C4"),
        (("rate", "West Midlands", "row", "West Midlands", "Robbery", june, Decimal(3), None, None), "Table 1!E4"),
    ]  # fmt: skip
    assert outcome.quarantined == []


def test_a_title_that_dates_nothing_is_refused(tmp_path: Path) -> None:
    wrong = [[f"Table P1: {CRIME}, number of offences, year ending Juni 2018"], *OFFENCES[1:]]
    refusal = read_areas(tmp_path, wrong, RATES).refusal
    assert refusal
    assert 'period "Juni 2018" is not a day, written as %B %Y or %B %y' in refusal.reason


@pytest.mark.parametrize(("codes", "label"), [([None], "Area Name"), ([], None)])
def test_a_second_header_row_says_what_is_read(tmp_path: Path, codes: list[Content], label: str | None) -> None:
    """The years stand above a number and a rate each; labels have a heading in the second row, or nowhere."""
    years = "year ending March 2008 to year ending March 2013"
    of_forces, crime = "by police force area, all", "Police recorded crime by offence group and police force area, all"
    sheet: Rows = [
        [f"Table P7: Anti-social behaviour incidents, {of_forces}, {years}1,2"],
        ["England and Wales"],
        [*codes, None, "Apr '11 to Mar '125, 6", None, "Apr '12 to Mar '13", None],
        [*codes, label, *["Number of Incidents", "Rate per 1,000 population"] * 2],
        [*codes, "North East", 30, 3, 40, 4],
        [*codes, "Cleveland8", 30, 3, "..", ".."],
        [],
        ["8. One month is missing."],
    ]
    offences: Rows = [
        [f"Table P1: {crime}, number of offences, year ending March 20131"],
        [None, "Area Name", "Robbery"],
        [None, "Cleveland", 3],
    ]
    rates: Rows = [
        [f"Table P3: {crime}, rate of offences, year ending March 2013"],
        *offences[1:],
    ]
    sheets = [NewSheet("P1", offences), NewSheet("P3", rates), NewSheet("P7", sheet)]
    outcome = read(tmp_path / "0a1b", workbook(sheets), load_definitions()["ons_police_area_tables"])

    records = [values for values, *_ in outcome.records if values[0] == "incidents"]
    incidents = [(values[1], values[4], values[6], values[7]) for values in records]
    assert incidents == [
        ("North East", "Incidents to March 2012", Decimal(30), None),
        ("North East", "Incidents to March 2013", Decimal(40), None),
        ("Cleveland", "Incidents to March 2012", Decimal(30), None),
        ("Cleveland", "Incidents to March 2013", None, ".."),
    ]
    assert outcome.quarantined == []
