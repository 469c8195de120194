"""Whose file it is, of which year, and what its columns make of each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import WarehouseError
from ingest.definition.dataset import Dataset, load_definitions
from ingest.readers import open_file
from ingest.readers.base import FileRefused

DATASETS = load_definitions()
STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context\n"
)
CENSUS = "date,geography,geography code,Age: Total," + ",".join(
    f"Age: Aged {band}"
    for band in ("4 years and under", *(f"{at} to {at + 4} years" for at in range(5, 85, 5)), "85 years and over")
)
DENSITY = (
    "Code,Name,Year,Source,Population,Inland_Area _Hectares,Total_Area_Hectares,Population_per_hectare,"
    "Square_Kilometres,Population_per_square_kilometre\n"
)
GRANT = "# Police Grant Report 2025-26\nforce,budget_gbp\nSurrey,90000000\n"


def street(force: str, *more: str) -> str:
    rows = [f",2024-01,{name},{name},,,Place,,,Drugs,,\n" for name in (force, *more)]
    return STREET + "".join(rows)


def taken(folder: Path, definition: Dataset, name: str, content: str) -> str:
    """What the file says once all of it has been read: how many records, or why none."""
    path = folder / "content"
    path.write_text(content, encoding="utf-8")
    try:
        reading = open_file(path, definition, name)
        items = list(reading.items)
    except FileRefused as refusal:
        return refusal.reason
    wrong = [item.reason for item in items if hasattr(item, "reason")]
    return wrong[0] if wrong else str(reading.records_read)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("2024-01-city-of-london-street.csv", street("City of London Police"), "1"),
        ("2024-01-devon-and-cornwall-street.csv", street("Devon & Cornwall Police"), "1"),
        ("2024-01-btp-street.csv", street("British Transport Police"), "1"),
        (
            "2024-01-surrey-street.csv",
            street("Surrey Police", "Surrey Police", "Sussex Police"),
            'row 4: reported_by "Sussex Police" is not surrey, whose file it is by its name',
        ),
    ],
)
def test_rows_name_the_force_that_the_files_name_does(tmp_path: Path, name: str, content: str, said: str) -> None:
    assert taken(tmp_path, DATASETS["police_uk_street"], name, content) == said


def test_another_publishers_notices_are_sent_where_they_belong(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(
        '{"uri": "", "publishedDate": "", "publisher": {}, "releases": [{"ocid": "ocds-h6vhtk-01", "id": "1", '
        '"date": "2024-01-01T00:00:00Z", "tag": ["tender"], "tender": {}, "buyer": {}}]}'
    )
    with pytest.raises(FileRefused) as refused:
        list(open_file(path, DATASETS["contracts_finder"], "a.json").items)
    assert str(refused.value) == ('row 1: ocid "ocds-h6vhtk-01" is not Cabinet Office\'s (ocds-b5fd17.*)')
    assert refused.value.remedy == "Put it into the folder of find_a_tender."


def test_a_file_is_of_the_year_that_its_name_says(tmp_path: Path) -> None:
    grant = DATASETS["police_grant"]
    assert taken(tmp_path, grant, "grants/police_grant/police-grant-2025-26.csv", GRANT) == "2"
    assert taken(tmp_path, grant, "grants/police_grant/grant.csv", GRANT) == "2", "a name without a year says nothing"
    assert taken(tmp_path, grant, "grants/police_grant/police-grant-2024-25.csv", GRANT) == (
        "it is about 2025/26, and its name says 2024-25"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"{CENSUS}\n2021,Hartlepool,E06000001,{sum(range(18))},{','.join(map(str, range(18)))}\n", "1"),
        (
            f"{CENSUS}\n2021,Hartlepool,E06000001,150,{','.join(map(str, range(18)))}\n",
            "Age: Total is 150 where the others make 153",
        ),
        (f"{DENSITY}E09000001,City of London,1999,ONS MYE,6581,290.4,314.9,22.7,2.9,2266.2\n", "1"),
        (
            f"{DENSITY}E09000001,City of London,1999,ONS MYE,65810,290.4,314.9,22.7,2.9,2266.2\n",
            "Population is 65,810 where Population_per_hectare times Inland_Area _Hectares is 6,592.08",
        ),
        (f"{DENSITY}E09000001,City of London,1999,ONS MYE,6581,,314.9,22.7,2.9,2266.2\n", "1"),
    ],
)
def test_a_total_is_what_its_columns_make(tmp_path: Path, content: str, said: str) -> None:
    assert taken(tmp_path, DATASETS["population"], "a.csv", content).endswith(said)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("{field: reported_by, named_by: force_code,", "{field: reporter, named_by: force_code,", "no field reporter"),
        ("{field: reported_by, named_by: force_code,", "{field: reported_by,", "pattern or named_by must say"),
    ],
)
def test_a_proof_that_proves_nothing_is_an_error(tmp_path: Path, old: str, new: str, fault: str) -> None:
    from ingest.definition.dataset import DEFINITIONS

    shipped = (DEFINITIONS / "police_uk_street.yml").read_text(encoding="utf-8")
    assert old in shipped
    (tmp_path / "police_uk_street.yml").write_text(shipped.replace(old, new), encoding="utf-8")
    with pytest.raises(WarehouseError, match=fault):
        load_definitions(tmp_path)
