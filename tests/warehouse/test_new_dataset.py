"""A new dataset from one of its files: what is written is enough to take the file in, and nothing is overwritten."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest
import yaml
from typer.testing import CliRunner

from core.errors import WarehouseError
from core.settings import PROJECT_DIR
from ingest.definition.dataset import load_definitions
from ingest.pipeline import ingest_dataset
from ingest.readers import open_file
from ingest.readers.base import Rows
from warehouse.checks import gate
from warehouse.checks.gate import verify_pending
from warehouse.cli.app import app
from warehouse.new_dataset import SOURCE_LIST, new_dataset

pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)")

NAME = "front_counter_visits"
FILE = (
    "Station,Month,Visits,Average wait,Note\n"
    "Brixton,2024-01,120,7.5,\nSutton,2024-01,80,4,closed Sundays\nBrixton,2024-02,130,6,\nSutton,2024-02,70,3.25,\n"
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with nothing but its list of sources, whose definitions and contracts are in force."""
    project = tmp_path / "project"
    (project / "ingest" / "definitions").mkdir(parents=True)
    (project / SOURCE_LIST).parent.mkdir(parents=True)
    shutil.copy(PROJECT_DIR / SOURCE_LIST, project / SOURCE_LIST)
    monkeypatch.setattr("ingest.definition.dataset.DEFINITIONS", project / "ingest" / "definitions")
    monkeypatch.setattr(gate, "CONTRACTS", project / "quality_checks")
    return project


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A publication's file, in the sources."""
    file = tmp_path / "inbox" / "estates" / NAME / "Front counter visits.csv"
    file.parent.mkdir(parents=True)
    file.write_text(FILE)
    monkeypatch.setenv("SOURCES", str(tmp_path / "inbox"))
    return file


def test_what_is_written_takes_the_file_in(project: Path, file: Path, admin: psycopg.Connection) -> None:
    new_dataset(file, "estates", project=project)

    assert load_definitions()[NAME].key == ("station", "month")
    assert [batch.status for batch in ingest_dataset(NAME).batches] == ["pending"]
    assert [verdict.status for verdict in verify_pending(NAME)] == ["accepted"]
    assert admin.execute(f"select sum(visits), sum(average_wait) from raw.{NAME}").fetchall() == [(400, 20.75)]
    checks = {row[0] for row in admin.execute("select check_name from audit.check_result")}
    assert {f"{NAME}.duplicate", f"{NAME}.station.missing", f"{NAME}.loaded_records"} <= checks
    assert f"{NAME}.note.missing" not in checks


def test_the_extract_is_made_up_and_reads_like_the_file(project: Path, file: Path) -> None:
    new_dataset(file, "estates", project=project)
    (extract,) = (project / "ingest" / "generated" / "estates" / NAME).glob("GENERATED_*.csv")
    items = open_file(extract, load_definitions()[NAME], extract.name).items
    read = [value.as_py() for item in items if isinstance(item, Rows) for value in item.values.column(0)]
    assert read == [f"Made up {n}" for n in (1, 2, 3)]


def test_dbt_knows_the_source_and_its_staging_model(project: Path, file: Path) -> None:
    written = new_dataset(file, "estates", project=project)
    raw = yaml.safe_load((project / SOURCE_LIST).read_text())["sources"][0]
    assert raw["name"] == "raw"
    assert raw["tables"][-1]["name"] == NAME
    model = next(project / path for path in written if path.name == f"stg_estates__{NAME}.sql")
    assert f"this_refresh('{NAME}')" in model.read_text()
    assert "feed.average_wait" in model.read_text()


def test_nothing_is_overwritten(project: Path, file: Path) -> None:
    new_dataset(file, "estates", project=project)
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    with pytest.raises(WarehouseError, match=f"There is ingest/definitions/{NAME}.yml already"):
        new_dataset(file, "estates", project=project)
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_a_file_without_a_date_is_left_to_a_person(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "stations.csv"
    path.write_text("Station,Visits\nBrixton,1\n")
    outcome = CliRunner().invoke(app, ["dataset", "new", str(path), "--domain", "estates"])
    assert outcome.exit_code != 0
    assert isinstance(outcome.exception, WarehouseError)
    assert "no definition can be made of it alone" in str(outcome.exception)
    assert not list((project / "ingest" / "definitions").iterdir())
