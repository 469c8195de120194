"""What a file may be about: nothing that has not been, nothing before its publication began."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from event_files import GOOD, HEADER, sighting
from json_files import deal, package, release
from reading import read

from ingest.definition.dataset import Dataset, load_definitions
from ingest.readers import open_file
from ingest.readers.base import FileRefused
from ingest.readers.periods import today

NEXT_YEAR = today().year + 1


@pytest.fixture(scope="module")
def shipped() -> dict[str, Dataset]:
    return load_definitions()


def row(month: str) -> str:
    return ",".join([GOOD[0], month, *GOOD[2:]])


def test_a_row_of_a_month_to_come_is_set_aside(tmp_path: Path) -> None:
    definition = sighting(tmp_path / "definitions", "vintage: last_period", "vintage: last_period\nfirst_year: 2010")
    content = "\n".join([HEADER, row("2018-04"), row(f"{NEXT_YEAR}-01"), row("2009-12"), row("2010-01"), ""])
    outcome = read(tmp_path / "a.csv", content.encode(), definition)

    assert [(fault.row_number, fault.rule) for fault in outcome.quarantined] == [(3, "not_yet"), (4, "too_early")]
    assert f"month {NEXT_YEAR}-01-01 is after {today()}, it has not been" in outcome.quarantined[0].reason
    assert len(outcome.records) == 2


def test_a_dataset_that_looks_ahead_says_how_far(tmp_path: Path) -> None:
    looks = sighting(tmp_path / "d", "vintage: last_period", "vintage: last_period\nlooks_ahead_years: 2")
    content = "\n".join([HEADER, row(f"{NEXT_YEAR}-01"), row(f"{NEXT_YEAR + 2}-01"), ""])
    outcome = read(tmp_path / "a.csv", content.encode(), looks)

    assert [fault.row_number for fault in outcome.quarantined] == [3]


def test_a_business_date_that_is_past_takes_nothing_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BUSINESS_DATE", "2017-01-01")
    definition = sighting(tmp_path / "definitions")
    assert read(tmp_path / "a.csv", f"{HEADER}\n{row('2018-04')}\n".encode(), definition).is_clean
    monkeypatch.setenv("BUSINESS_DATE", f"{NEXT_YEAR}-06-01")
    assert read(tmp_path / "a.csv", f"{HEADER}\n{row(f'{NEXT_YEAR}-04')}\n".encode(), definition).is_clean


def test_a_notice_of_a_day_to_come_is_set_aside_and_the_others_are_read(tmp_path: Path) -> None:
    content = package(release(), release(ocid="ocds-2", date="2099-12-31T00:00:00Z"))
    outcome = read(tmp_path / "a", content, deal(tmp_path / "definitions"))

    assert [(fault.row_number, fault.source_column, fault.rule) for fault in outcome.quarantined] == [
        (2, "date", "not_yet")
    ]
    assert len(outcome.records) == 3


@pytest.mark.parametrize(
    ("dataset", "name", "content", "reason"),
    [
        ("mps_borough_crime", "a.csv", "MajorText,MinorText,BoroughName,209101\r\nA,B,C,1\r\n", "line 1: period 2091"),
        ("police_grant", "a.csv", "# Police Grant Report 2091-92\nforce,budget_gbp\nA,1\n", "the lines above"),
        ("police_uk_street", "2091-01-avon-street.csv", "x\n", 'its name: file_month 2091-01-01 is after'),
        ("police_uk_street", "2009-01-avon-street.csv", "x\n", 'its name: file_month 2009-01-01 is before'),
    ],
)  # fmt: skip
def test_a_file_that_says_outside_its_rows_what_it_is_about(
    tmp_path: Path, shipped: dict[str, Dataset], dataset: str, name: str, content: str, reason: str
) -> None:
    (tmp_path / "a").write_text(content)
    with pytest.raises(FileRefused, match=f"^{reason}"):
        open_file(tmp_path / "a", shipped[dataset], name)


def test_a_settlement_is_of_the_year_to_come(tmp_path: Path, shipped: dict[str, Dataset]) -> None:
    day = today() + timedelta(days=330)
    start = day.year if day >= date(day.year, 4, 1) else day.year - 1
    (tmp_path / "a").write_text(f"# Police Grant Report {start}-{(start + 1) % 100:02d}\nforce,budget_gbp\nA,1\n")

    assert open_file(tmp_path / "a", shipped["police_grant"], "a.csv").period_start == date(start, 4, 1)


def test_rows_that_date_a_file_may_not_look_ahead_where_others_may(tmp_path: Path, shipped: dict[str, Dataset]) -> None:
    head = (
        "Code,Name,Year,Source,Population,Inland_Area _Hectares,Total_Area_Hectares,Population_per_hectare,"
        "Square_Kilometres,Population_per_square_kilometre"
    )
    rows = [
        "E09000001,City of London,2015,ONS MYE,8000,100,100,80,1,8000",
        f"E09000001,City of London,{NEXT_YEAR},ONS MYE,8000,100,100,80,1,8000",
        f"E09000001,City of London,{NEXT_YEAR + 9},GLA Population Projections,9000,100,100,90,1,9000",
    ]
    outcome = read(tmp_path / "a", "\n".join([head, *rows, ""]).encode(), shipped["population"])

    assert [(fault.row_number, fault.rule) for fault in outcome.quarantined] == [(3, "not_yet")]
    assert len(outcome.records) == 2
