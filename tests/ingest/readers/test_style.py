"""Dates and decimals in the styles a publication is known to use: told by the whole file, never guessed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from flat import records
from reading import Outcome, read

from core.errors import WarehouseError
from ingest.definition.dataset import DEFINITIONS, Dataset, load_definitions
from ingest.readers import open_file

HEADER = "Date,Survey,Borough,Measure,Proportion,MPS,,\n"
AMERICAN = '12/31/2014,PAS,Barnet,"""Good Job"" local",0.56,0.6,,\n'
BRITISH = '31/12/2014,PAS,Barnet,"""Good Job"" local","0,56","0,6",,\n'
TELLS_NOTHING = "12/12/2014,PAS,Brent,Trust MPS,1,1,,\n"


@pytest.fixture(scope="module")
def survey() -> Dataset:
    return load_definitions()["public_attitude_survey"]


@pytest.fixture
def read_text(tmp_path: Path, survey: Dataset) -> Callable[[str], Outcome]:
    return lambda text: read(tmp_path / "a.csv", text.encode(), survey)


def british(content: str) -> str:
    """The American table with British dates and decimal commas, whatever else stands in it left as it is."""
    table = io.StringIO()
    rows = list(csv.reader(io.StringIO(content)))
    for row in rows[1:]:
        month, day, year = row[0].split("/")
        row[0] = f"{int(day):02d}/{int(month):02d}/{year}"
        row[4:6] = [cell.replace(".", ",") for cell in row[4:6]]
    csv.writer(table, lineterminator="\n").writerows(rows)
    return table.getvalue()


def test_both_styles_give_identical_records(read_text: Callable[[str], Outcome]) -> None:
    outcomes = [read_text(HEADER + text) for text in (AMERICAN, BRITISH)]

    assert [outcome.layout for outcome in outcomes] == ["borough_us", "borough_uk"]
    assert outcomes[0].records == outcomes[1].records
    assert outcomes[0].records[0].values == (
        date(2014, 12, 31), "PAS", "Barnet", '"Good Job" local', Decimal("0.56"), Decimal("0.6"), "share",
    )  # fmt: skip


@pytest.mark.real
def test_the_real_file_in_british_style_gives_identical_records(
    read_text: Callable[[str], Outcome], real_data: Path
) -> None:
    content = (real_data / "survey/public_attitude_survey/pas_dataset_boroughs.csv").read_text()
    outcomes = [read_text(text) for text in (content, british(content))]

    assert [outcome.layout for outcome in outcomes] == ["borough_us", "borough_uk"]
    assert [outcome.records_read for outcome in outcomes] == [9312, 9312]
    assert outcomes[0].records == outcomes[1].records
    assert all(outcome.is_clean for outcome in outcomes)


def test_one_row_that_tells_is_enough(read_text: Callable[[str], Outcome]) -> None:
    outcome = read_text(HEADER + TELLS_NOTHING + BRITISH)
    assert (outcome.layout, len(outcome.records)) == ("borough_uk", 2)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (
            TELLS_NOTHING,
            "no row tells whether dates and decimals are written as borough_us (%m/%d/%Y, 0.5) or as borough_uk "
            "(%d/%m/%Y, 0,5)",
        ),
        (AMERICAN.replace("0.56", '"0,56"'), "no row tells whether"),
        (
            TELLS_NOTHING + AMERICAN + BRITISH,
            "line 4 is written as borough_uk, and line 3 as borough_us: the file mixes styles of dates or decimals",
        ),
    ],
)
def test_a_file_whose_style_is_not_sure_is_refused_with_a_word(
    read_text: Callable[[str], Outcome], rows: str, reason: str
) -> None:
    outcome = read_text(HEADER + rows)
    assert outcome.refusal is not None
    assert outcome.refusal.reason.startswith(reason)
    assert "none is guessed" in outcome.refusal.remedy


def test_a_row_in_no_style_is_set_aside_by_the_style_of_the_others(read_text: Callable[[str], Outcome]) -> None:
    outcome = read_text(HEADER + AMERICAN.replace("0.56", "n/a") + AMERICAN)
    (fault,) = outcome.quarantined
    assert (fault.row_number, fault.source_column) == (2, "Proportion")
    assert fault.reason == 'proportion "n/a" is not a number written as 1234.56'
    assert (outcome.layout, len(outcome.records)) == ("borough_us", 1)


def test_columns_without_a_name_are_ignored_and_what_stands_in_them_is_said(
    read_text: Callable[[str], Outcome],
) -> None:
    outcome = read_text(HEADER + AMERICAN.replace(",,\n", ",Trust,0.71\n"))
    assert outcome.is_clean
    assert [tuple(skipped) for skipped in outcome.skipped] == [("stray_cells", 2, 0)]
    assert outcome.records_read == len(outcome.records) == 1


@pytest.mark.parametrize("columns", ["", ",,,,,"])
def test_any_number_of_them_may_be_there(read_text: Callable[[str], Outcome], columns: str) -> None:
    outcome = read_text((HEADER + AMERICAN).replace(",,\n", f"{columns}\n"))
    assert outcome.is_clean


def test_the_police_area_file_is_in_whole_percent_of_its_last_month(read_text: Callable[[str], Outcome]) -> None:
    outcome = read_text("date,measure,proportion\nDec-14,Police do a good job in the local area,67\n")
    assert outcome.records[0].values == (
        date(2014, 12, 1), "PAS", "MPS", "Police do a good job in the local area", Decimal(67), None, "percent",
    )  # fmt: skip


def test_a_projection_dates_no_file(tmp_path: Path) -> None:
    header = "Code,Name,Year,Source,Population\n"
    projected = "E09000003,Barnet,2050,GLA Population Projections,1\n"
    population = load_definitions()["population"]
    path = tmp_path / "a.csv"
    path.write_text(header + "E09000003,Barnet,2010,ONS MYE,1\n" + projected)
    reading = open_file(path, population, "a")
    assert len(records(reading.items)) == 2
    assert (reading.period_start, reading.period_end) == (date(2010, 1, 1), date(2010, 1, 1))

    refusal = read(path, (header + projected).encode(), population).refusal
    assert refusal is not None
    assert refusal.reason == "none of its rows dates the file"


@pytest.mark.parametrize(
    ("dataset", "changes", "message"),
    [
        (
            "public_attitude_survey",
            {'dates: "%d/%m/%Y"': 'dates: "%m/%d/%Y"', 'decimal_mark: ","': 'decimal_mark: "."'},
            "stands there twice",
        ),
        ("public_attitude_survey", {"fixed: {unit: share}": "fixed: {}"}, "must give each of"),
        ("population", {"period_rows: {basis:": "period_rows: {reason:"}, "there is no field reason"),
        ("mps_borough_crime", {"- name: borough_major_minor": "- name: a\n    dates: '%Y'"}, "nothing of a layout"),
    ],
)
def test_a_definition_that_does_not_hold_together_is_refused(
    tmp_path: Path, dataset: str, changes: dict[str, str], message: str
) -> None:
    text = (DEFINITIONS / f"{dataset}.yml").read_text()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / f"{dataset}.yml").write_text(text)
    with pytest.raises(WarehouseError, match=message):
        load_definitions(tmp_path)
