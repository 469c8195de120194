"""The estate lists through the pipeline: every real file, and the layouts that are hard in small."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest
from flat import flat

from ingest.definition.dataset import load_definitions
from ingest.pipeline import ingest_dataset
from ingest.readers import open_file
from ingest.readers.base import FileRefused, Quarantined, Record
from warehouse.checks.gate import verify_pending

HEADER = (
    "Organisation,OrganisationLabel,Organisation,OrganisationLabel,UPRN,AssetCode,PropertyName,StreetName,PostTown,"
    "PostCode,GeoX,GeoY,TenureType,TenureDetail,HoldingType\n"
)
ROW = 'Council,00XX,{},00XX,010012809147,1/A,Hall,"Road\r",Town,"ZZ1 1ZZ\n",395265,222126,Freehold\xa0,Vacant,Land\n'
DATASETS = ("estate_land_list", "estate_location_list", "nhs_estate_return_site", "nhs_estate_return_trust")


def taken(root: Path, inbox: Path, dataset: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple]:
    """Each file's account and verdict, with nothing else in the sources."""
    folder = next(iter(load_definitions()[dataset].inbox_folders))
    shutil.copytree(root / "estates" / folder, inbox / "estates" / folder, dirs_exist_ok=True)
    monkeypatch.setenv("SOURCES", str(inbox))
    batches = ingest_dataset(dataset).batches
    statuses = {each.batch_id: each.status for each in verify_pending(dataset)}
    return {
        Path(each.file_name).name: (
            each.records_read,
            each.records_loaded,
            each.records_quarantined,
            each.records_skipped,
            statuses.get(str(each.batch_id), each.status),
        )
        for each in batches
    }


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_generated_extracts_are_accepted(dataset: str, warehouse: str) -> None:
    ingest_dataset(dataset)
    assert {each.status for each in verify_pending(dataset)} == {"accepted"}


def test_every_real_list_of_places(
    real_data: Path, warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert taken(real_data, tmp_path, "estate_location_list", monkeypatch) == {
        "adventure-playgrounds.csv": (15, 15, 0, 0, "accepted"),
        "childrens-centres.csv": (30, 30, 0, 0, "accepted"),
        "controlled-car-parks.csv": (3, 3, 0, 0, "accepted"),
        "core-office-buildings.csv": (17, 17, 0, 0, "accepted"),
        "leisure-centres.csv": (5, 5, 0, 0, "accepted"),
        "police-stations.csv": (6, 6, 0, 0, "accepted"),
        "schools.csv": (87, 87, 0, 0, "accepted"),
    }


def test_every_real_list_of_land(
    national_data: Path, warehouse: str, admin: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cheltenham says two assets twice in the same words, which is skipped, and three in others, which is set aside."""
    assert taken(national_data, tmp_path, "estate_land_list", monkeypatch) == {
        "local_authority_land_and_assets_2021.csv": (498, 493, 3, 2, "accepted"),
        "subsidiary_properties.csv": (19, 19, 0, 0, "accepted"),
    }
    assert admin.execute(
        "select count(*), count(easting_m), count(*) filter (where uprn like '0%') from raw.estate_land_list "
        "where publisher_code = 'cheltenham'"
    ).fetchone() == (493, 492, 263)


def test_every_real_return_of_the_nhs(
    real_data: Path, warehouse: str, admin: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows and gross areas as counted in the files themselves; the two sides agree in one year of three."""
    assert taken(real_data, tmp_path, "nhs_estate_return_trust", monkeypatch) == {
        "ERIC-2013-14.csv": (252, 251, 0, 1, "accepted"),
        "ERIC-2014-15.csv": (242, 241, 0, 1, "accepted"),
        "ERIC-2015-16.csv": (239, 238, 0, 1, "accepted"),
    }
    assert taken(real_data, tmp_path, "nhs_estate_return_site", monkeypatch) == {
        "HospitalEstatesAndFacilitiesStatistics_9896.XLS": (1380, 1378, 0, 2, "accepted"),
        "HospitalEstatesAndFacilitiesStatistics_11120.XLS": (1253, 1251, 0, 2, "accepted"),
        "HospitalEstatesAndFacilitiesStatistics_12611.XLS": (1455, 1214, 0, 241, "accepted"),
    }
    sums = "select b.vintage, sum(gross_area_sqm) from raw.{0} join audit.batch as b on batch_id = _batch_id group by 1"
    assert admin.execute(sums.format("nhs_estate_return_trust") + " order by 1").fetchall() == [
        ("2014-03", 26_145_622),
        ("2015-03", 26_341_165),
        ("2016-03", 26_813_998),
    ]
    assert admin.execute(sums.format("nhs_estate_return_site") + " order by 1").fetchall() == [
        ("2013-14", 26_146_782),
        ("2014-15", 26_361_575),
        ("2015-16", 26_813_998),
    ]


def test_a_column_that_stands_twice_says_the_same_twice(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes((HEADER + ROW.format("Council") + ROW.format("Another")).encode("cp1252"))
    definition = load_definitions()["estate_land_list"]
    bad, good = flat(open_file(path, definition, "estates/transparency_code_land/list.csv").items)
    assert isinstance(good, Record)
    assert good.values[:5] == ("cheltenham", "Council", "00XX", "1/A", "010012809147")
    assert isinstance(bad, Quarantined)
    assert (bad.rule, bad.source_column) == ("repeated_column", "Organisation")
    assert bad.reason == '"Another" where another column of this name has "Council"'


def test_a_return_of_another_year_is_another_layout(tmp_path: Path) -> None:
    """What the layouts name must be there once; what else stands between does not matter."""
    path = tmp_path / "eric.csv"
    path.write_text(
        "$$$$Areas\nOrganisation Code$Organisation Name$Organisation Type$Site footprint (m²)$Beds\nA1$B$C$1$2\n"
    )
    with pytest.raises(FileRefused, match=r"line 2: the header is not known: missing \"Gross internal site floor area"):
        open_file(path, load_definitions()["nhs_estate_return_trust"], "estates/nhs_estate_returns/eric.csv")


def test_what_is_no_workbook_of_the_old_kind_is_refused(tmp_path: Path) -> None:
    """Its first bytes are those of many a thing: a document, a mail, a workbook with a password."""
    path = tmp_path / "eric.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    with pytest.raises(FileRefused, match="no workbook that can be read"):
        open_file(path, load_definitions()["nhs_estate_return_site"], "estates/nhs_estate_returns/eric.xls")
