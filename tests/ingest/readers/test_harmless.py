"""Differences that change no figure: they load, and are told by name. Those that may have cost one are refused."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from crime_files import table
from event_files import GOOD, HEADER, sighting
from flat import flat
from reading import Outcome, read

from ingest.definition.dataset import Dataset, load_definitions
from ingest.readers import open_file

EVENTS = f"{HEADER}\n{','.join(GOOD)}\n".encode()
WIDE = table("borough_major_minor")
SAVINGS = "programme_code,financial_year,time_basis,delivered_gbp,forecast_gbp,as_at_date,note\n"
SAVING = "ESTATES,2013/14,annual,250.00,2000.00,2013-09-30,\n"


@pytest.fixture(scope="module")
def shipped() -> dict[str, Dataset]:
    return load_definitions()


@pytest.fixture
def read_events(tmp_path: Path) -> Callable[[bytes], Outcome]:
    return lambda content: read(tmp_path / "a.csv", content, sighting(tmp_path / "definitions"))


def event(**cells: str) -> bytes:
    names = HEADER.lower().split(",")
    row = ",".join(cells.get(name, cell) for name, cell in zip(names, GOOD, strict=True))
    return f"{HEADER}\n{row}\n".encode()


@pytest.mark.parametrize(
    ("cells", "place", "value"),
    [
        ({"birds": "3.0"}, 5, 3),
        ({"birds": "+3"}, 5, 3),
        ({"birds": " 3 "}, 5, 3),
        ({"birds": "3."}, 5, 3),
        ({"weight": '"1,234.50"'}, 4, Decimal("1234.50")),
        ({"weight": ".5"}, 4, Decimal("0.5")),
        ({"weight": "\N{MINUS SIGN}1.5"}, 4, Decimal("-1.5")),
    ],
)
def test_a_number_in_any_spelling_that_means_one_number(
    read_events: Callable[[bytes], Outcome], cells: dict[str, str], place: int, value: int | Decimal
) -> None:
    outcome = read_events(event(**cells))

    assert [record.values[place] for record in outcome.records] == [value]
    assert outcome.skipped == [("number_spelling", 2, 0)]


@pytest.mark.parametrize("text", ["1e3", '"1,23"', '"1,2345"', '"0,100"', "1.5.2", "--1", "+-1", ".", "1 000", "£5"])
def test_a_spelling_that_may_mean_another_number_is_set_aside(
    read_events: Callable[[bytes], Outcome], text: str
) -> None:
    assert [fault.rule for fault in read_events(event(weight=text)).quarantined] == ["type"]


def test_a_spelling_is_told_before_the_record(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(event(birds="3.0"))
    items = list(flat(open_file(path, sighting(tmp_path / "definitions"), "a.csv").items))

    assert [type(item).__name__ for item in items] == ["Skipped", "Record"]


def test_line_ends_of_old_macintoshes(read_events: Callable[[bytes], Outcome]) -> None:
    outcome = read_events((EVENTS + EVENTS.split(b"\n")[1] + b"\n").replace(b"\n", b"\r"))

    assert [record.row_number for record in outcome.records] == [2, 3]
    assert outcome.skipped == [("carriage_returns", 1, 0)]


def test_a_last_row_without_a_line_end_loads_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((EVENTS + EVENTS.split(b"\n")[1] + b"\n").removesuffix(b"\n"))
    items = list(flat(open_file(path, sighting(tmp_path / "definitions"), "a.csv").items))

    assert ("no_last_line_end", 3, 0) in items
    assert items[-1].row_number == 3


@pytest.mark.parametrize("last", ["00af,2018-04,Kew", "00af,2018-04,Kew,1,1,1,2018-04-30,ow", ",,,,,,,,", '00af,"20'])
def test_a_last_row_that_lacks_something_was_cut_off(read_events: Callable[[bytes], Outcome], last: str) -> None:
    refusal = read_events(EVENTS + last.encode()).refusal

    if last == ",,,,,,,,":
        assert refusal is None  # a row of empty cells, whoever cut it
        return
    assert refusal is not None
    assert refusal.reason.startswith("line 3")


def test_a_last_number_without_a_line_end_may_have_lost_digits(tmp_path: Path, shipped: dict[str, Dataset]) -> None:
    grant = b"# Police Grant Report 2025-26\nforce,budget_gbp\nKent,100\nSurrey,1000"
    for content, definition in ((grant, shipped["police_grant"]), (WIDE.rstrip(), shipped["mps_borough_crime"])):
        refusal = read(tmp_path / "a.csv", content, definition).refusal
        assert refusal is not None
        assert "the file was cut off there" in refusal.reason


def test_rows_of_empty_cells_beneath_a_table_of_months(tmp_path: Path, shipped: dict[str, Dataset]) -> None:
    plain = read(tmp_path / "a.csv", WIDE, shipped["mps_borough_crime"])
    outcome = read(tmp_path / "a.csv", WIDE + b",,,,\r\n , ,,,\r\n", shipped["mps_borough_crime"])

    assert outcome.records == plain.records
    assert [rule for rule, _, _ in outcome.skipped] == ["blank_line"] * 2


def test_remarks_that_a_spreadsheet_quoted_and_filled_up(tmp_path: Path, shipped: dict[str, Dataset]) -> None:
    head = '# Police Grant Report 2025-26,\n"# Kent, Surrey and ""others""",\n#,\n'
    outcome = read(tmp_path / "a.csv", f"{head}force,budget_gbp\nKent,100\n".encode(), shipped["police_grant"])

    assert [record.values for record in outcome.records] == [("Kent", 100)]
    assert outcome.skipped == [("preamble", 1, 3)]


def test_a_refusal_of_the_whole_file_carries_the_first_bad_cell(tmp_path: Path, shipped: dict[str, Dataset]) -> None:
    head = (
        "Code,Name,Year,Source,Population,Inland_Area _Hectares,Total_Area_Hectares,Population_per_hectare,"
        "Square_Kilometres,Population_per_square_kilometre"
    )
    content = f"{head}\nE09000001,City of London,2015,ONS MYE,many,1,1,1,1,1\n".encode()
    refusal = read(tmp_path / "a.csv", content, shipped["population"]).refusal

    assert refusal is not None
    assert 'the first bad row is row 2: population "many" is not a whole number' in refusal.reason


def test_bytes_of_another_encoding_come_with_a_remedy_that_can_be_followed(
    read_events: Callable[[bytes], Outcome],
) -> None:
    refusal = read_events(event(place="Caf\xe9").decode().encode("cp1252")).refusal

    assert refusal is not None
    assert refusal.remedy.startswith("Save the file as UTF-8")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (SAVINGS + SAVING.replace("250.00", '"£1,250.00"'), ["pound_signs", "number_spelling"]),
        (SAVINGS + SAVING.replace("2013-09-30", "30/9/2013"), ["british_days"]),
        ((SAVINGS + SAVING).replace(",", ";"), ["other_delimiter"]),
        ((SAVINGS + SAVING).replace(",", "\t"), ["other_delimiter"]),
        ((SAVINGS + SAVING).replace("\n", ",,\n"), ["blank_columns"]),
        ((SAVINGS + SAVING).replace("\n", "\r\n"), []),
        ((SAVINGS + SAVING.replace(",\n", ",caf\xe9\n")).encode("cp1252"), ["windows_1252"]),
    ],
)
def test_what_a_spreadsheet_makes_of_an_intake(
    tmp_path: Path, shipped: dict[str, Dataset], content: str | bytes, told: list[str]
) -> None:
    whole = content.encode() if isinstance(content, str) else content
    outcome = read(tmp_path / "a.csv", whole, shipped["intake_savings_delivery"])

    assert outcome.is_clean
    assert [(record.values[0], str(record.values[5]), record.row_number) for record in outcome.records] == [
        ("ESTATES", "2013-09-30", 2)
    ]
    assert [rule for rule, _, _ in outcome.skipped] == told


@pytest.mark.parametrize("cell", ["09/30/2013", "31/09/2013", "30/09/13", "Sep-13"])
def test_a_day_that_is_no_british_one_is_set_aside(tmp_path: Path, shipped: dict[str, Dataset], cell: str) -> None:
    content = SAVINGS + SAVING.replace("2013-09-30", cell)
    [fault] = read(tmp_path / "a.csv", content.encode(), shipped["intake_savings_delivery"]).quarantined

    assert (fault.source_column, fault.rule) == ("as_at_date", "type")
