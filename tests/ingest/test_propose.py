"""An unknown vintage becomes known with YAML alone, drafted from the file; a new dataset's draft is a definition."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from crime_files import DATASET, Inbox, table
from flat import records as records_of
from typer.testing import CliRunner

from core.errors import WarehouseError
from ingest.definition import dataset as definitions
from ingest.definition.dataset import DEFINITIONS, Dataset
from ingest.extracts.xlsx import NewSheet, workbook
from ingest.propose.draft import add_layout, propose
from ingest.readers import open_file
from warehouse.cli.app import app

RENAMED = table("borough_major_minor").replace(b"Borough,Major Category", b"BoroughName,Major Offence Category")


@pytest.fixture
def own_definitions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of the borough definition, in force, that a draft may be written to."""
    folder = tmp_path / "definitions"
    folder.mkdir()
    shipped = (DEFINITIONS / f"{DATASET}.yml").read_text(encoding="utf-8")
    (folder / f"{DATASET}.yml").write_text(shipped, encoding="utf-8")
    monkeypatch.setattr("ingest.definition.dataset.DEFINITIONS", folder)
    return folder


def test_an_unknown_vintage_is_refused_then_proposed_then_loaded(own_definitions: Path, inbox: Inbox) -> None:
    refused = inbox.ingest_one("2024.csv", RENAMED)
    assert refused.status == "refused"
    assert refused.remedy is not None
    assert f"warehouse dataset propose <file> --dataset {DATASET}" in refused.remedy

    command = ["dataset", "propose", str(inbox.folder / "2024.csv"), "--dataset", DATASET, "--write"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "Major Offence Category: offence_group  # check this: the names are alike" in result.output

    loaded = inbox.ingest_one("2024.csv", RENAMED)
    assert (loaded.status, loaded.records_loaded) == ("pending", 6)


def test_what_nobody_can_tell_is_left_to_a_person(own_definitions: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Borough,Alpha,Beta,201303\nLambeth,Burglary,Dwelling,3\n")
    before = (own_definitions / f"{DATASET}.yml").read_text()

    proposal = propose(path, DATASET)

    assert "Alpha: TODO  # check this: one of offence_group, offence_subgroup" in proposal.text
    with pytest.raises(WarehouseError, match="The draft is not complete"):
        add_layout(proposal, own_definitions)
    assert (own_definitions / f"{DATASET}.yml").read_text() == before


def test_the_closest_dataset_is_found(tmp_path: Path) -> None:
    path = tmp_path / "street.csv"
    header = (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA,LSOA name,Crime type,Outcome,Context"
    )
    path.write_text(header + "\n")

    proposal = propose(path)

    assert proposal.definition is not None
    assert proposal.definition.dataset == "police_uk_street"


def test_a_new_dataset_is_drafted_whole(tmp_path: Path) -> None:
    path = tmp_path / "Stop counts 2024.csv"
    path.write_text("Zork;When;Frobs;Weight;Grade\nx;2024-01;3;1.5;\ny;2024-02;4;2;a\n")

    proposal = propose(path)
    content = yaml.safe_load(proposal.text)
    drafted = Dataset.model_validate(content | {"domain": "new"})

    assert proposal.definition is None
    assert drafted.dataset == "stop_counts_2024"
    assert {rule.name: (rule.type, rule.required) for rule in drafted.fields} == {
        "zork": ("text", True),
        "when": ("month", True),
        "frobs": ("integer", True),
        "weight": ("decimal", True),
        "grade": ("text", False),
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (table("borough_major_minor"), "knows this header already"),
        (b"", "the file is empty"),
        (b"<html>\n", "a web page"),
        (b"one column\n", "no header of several columns"),
        ("a,b\n1,2\n".encode("utf-16"), "is not cp1252|is not utf-8"),
        (b"PK\x03\x04\0\0\n", "begins as a workbook"),
    ],
)
def test_what_no_draft_can_be_made_of(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(WarehouseError, match=message):
        propose(path)


def test_a_workbooks_dataset_is_not_drafted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    workbook = next(name for name, each in definitions.load_definitions().items() if each.reader.format == "workbook")
    with pytest.raises(WarehouseError, match="is read from workbook, of which no layout is drafted"):
        propose(path, workbook)


def test_a_document_is_drafted_whole_with_the_paths_that_it_has(tmp_path: Path) -> None:
    records = [
        {"id": 1, "at": "2024-05-21T11:22:50Z", "price": {"amount": 1.5}, "tags": ["a", "b"], "e-mail": "x"},
        {"id": 2, "at": "2024-05-22T11:22:50Z", "price": {"amount": None}, "lots": [{"id": "7"}], "code": "12"},
    ]
    path = tmp_path / "sales 2024.json"
    path.write_text(json.dumps({"version": "1", "notes": [{"text": "x"}], "sales": records}))

    drafted = Dataset.model_validate(yaml.safe_load(propose(path).text) | {"domain": "new"})

    assert {rule.name: (rule.type, rule.required) for rule in drafted.fields} == {
        "id": ("integer", True),
        "at": ("moment", True),
        "price_amount": ("decimal", False),
        "tags": ("text", False),
        "lots_id": ("text", False),
        "code": ("text", False),
    }
    assert [record.values[0] for record in records_of(open_file(path, drafted, "a").items)] == [
        datetime(2024, 5, day, 11, 22, 50, tzinfo=UTC) for day in (21, 22)
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"uri": 1, "publishedDate": 2, "publisher": 3, "releases": []}', "knows this document already"),
        ('[{"a": 1}]', "not with the object that a document is"),
        ('{"a": 1, "a": 2}', 'line 1: the key "a" stands twice'),
        ('{"a": {}}', "its records hold no values"),
    ],
)
def test_what_no_document_is_drafted_of(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(content)
    with pytest.raises(WarehouseError, match=message):
        propose(path)


def test_the_header_is_found_under_titles_and_the_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "costs.csv"
    text = "# Costs of the year\n# in pounds\nSite;Month;Cost (£)\nNorth;2024-01;1.50\nSouth;2024-02;2\n"
    path.write_bytes(text.encode("cp1252"))

    drafted = Dataset.model_validate(yaml.safe_load(propose(path).text) | {"domain": "new"})
    reading = open_file(path, drafted, "costs.csv")

    assert drafted.reader.model_dump(include={"delimiter", "encoding", "preamble"}) == {
        "delimiter": ";", "encoding": "cp1252", "preamble": {"mark": "#", "year": None},
    }  # fmt: skip
    assert [record.values for record in records_of(reading.items)] == [
        ("North", date(2024, 1, 1), Decimal("1.50")), ("South", date(2024, 2, 1), Decimal(2)),
    ]  # fmt: skip


def test_a_workbook_is_drafted_by_its_fullest_sheet(tmp_path: Path) -> None:
    path = tmp_path / "stations.xlsx"
    rows = [["Table 1: stations"], [], ["Station", "Opened", "Floor area"], ["Kew", 1998, Decimal("120.5")]]
    path.write_bytes(workbook([NewSheet("Notes", [["What this is"]]), NewSheet("Stations", rows)]))

    content = yaml.safe_load(propose(path).text)

    assert content["reader"]["sheet"] == {"name": "Stations"}
    assert content["reader"]["header"] == ["Station", "Opened", "Floor area"]
    assert [(field["name"], field["type"]) for field in content["fields"]] == [
        ("station", "text"), ("opened", "integer"), ("floor_area", "decimal"),
    ]  # fmt: skip


def test_columns_about_persons_are_never_offered(tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    path.write_text(
        "Station,Month,Surname,officerName,Contact,Telephone,Reply to,Visits\n"
        "Kew,2024-01,Smith,Jones,x,020 7946 0000,a@b.org,3\n"
    )
    content = yaml.safe_load(propose(path).text)
    assert [field["name"] for field in content["fields"]] == ["station", "month", "contact", "visits"]
    assert content["layouts"][0]["ignored"] == ["Surname", "officerName", "Telephone", "Reply to"]

    path = tmp_path / "visits.json"
    path.write_text(json.dumps({"visits": [{"at": "2024-01-02", "contactPoint": {"name": "x"}, "email": "y", "n": 1}]}))
    assert [field["name"] for field in yaml.safe_load(propose(path).text)["fields"]] == ["at", "n"]


def test_a_few_columns_of_the_same_name_make_no_dataset(tmp_path: Path) -> None:
    """Month and Location are columns of many a table; a street-level crime file is known by more."""
    path = tmp_path / "weather.csv"
    path.write_text("Month,Location,Rain,Sun,Wind\n2024-01,Kew,3,4,5\n")
    assert propose(path).definition is None
