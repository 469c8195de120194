"""A value that nobody has mapped refuses its own file; the drafted row, once filled in, lets the file in."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import psycopg
import pytest
from crime_files import DATASET, Inbox, table
from typer.testing import CliRunner

from core.settings import PROJECT_DIR
from ingest.pipeline import ingest_dataset
from warehouse.checks import mappings
from warehouse.checks.gate import BatchVerdict, verify_pending
from warehouse.cli.app import app

pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)")
KITTENS = ("Sutton", "Drugs", "Possession of Kittens", 4, 5)
MINSTER = ("Croydon Minster", "Drugs", "Other Drugs", 4, 5)


@pytest.fixture
def seeds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of the mapping seeds that a test may add to."""
    folder = tmp_path / "seeds"
    shutil.copytree(PROJECT_DIR / "seeds" / "reference", folder)
    monkeypatch.setattr(mappings, "SEEDS", folder)
    return folder


def _land(inbox: Inbox, *rows: tuple) -> BatchVerdict:
    """A release of every borough, which the contract's other checks ask for, and these rows."""
    with (PROJECT_DIR / "seeds" / "reference" / "ref_borough.csv").open(encoding="utf-8", newline="") as file:
        boroughs = [row["area_name"] for row in csv.DictReader(file) if row["area_type"] == "borough"]
    base = [(borough, "Burglary", "Burglary in a Dwelling", 900, 1000) for borough in boroughs]
    inbox.put("this.csv", table("borough_major_minor", [*base, *rows]))
    ingest_dataset(DATASET)
    (verdict,) = verify_pending(DATASET)
    return verdict


def _add(seed: Path, **known: str) -> None:
    with seed.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    with seed.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerow(known)


@pytest.mark.usefixtures("seeds")
def test_mapped_values_are_accepted(inbox: Inbox) -> None:
    assert _land(inbox).status == "accepted"


@pytest.mark.parametrize(
    ("row", "seed", "drafted", "decided"),
    [
        (KITTENS, "ref_offence_crosswalk", "major_minor,drugs,possession of kittens,,,,", {"offence_code": "kittens"}),
        (MINSTER, "ref_area_alias", "croydon minster,", {"area_code": "E09000008"}),
    ],
)
def test_the_file_waits_for_its_row_alone(
    inbox: Inbox, seeds: Path, row: tuple, seed: str, drafted: str, decided: dict[str, str]
) -> None:
    verdict = _land(inbox, row)
    assert (verdict.status, seed in (verdict.reason or "")) == ("refused", True), verdict.reason

    said = CliRunner().invoke(app, ["dataset", "map", DATASET])
    header, line = said.stdout.splitlines()[-2:]
    assert line == drafted
    assert verify_pending(DATASET) == [], "nothing has changed, so nothing is judged again"

    _add(seeds / f"{seed}.csv", **dict(zip(header.split(","), line.split(","), strict=True)) | decided)
    (again,) = verify_pending(DATASET)
    assert (again.batch_id, again.status) == (verdict.batch_id, "accepted")
    assert CliRunner().invoke(app, ["dataset", "map", DATASET]).stdout == ""


def test_a_mended_contract_judges_what_it_refused_again(
    inbox: Inbox, seeds: Path, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    contracts = tmp_path / "quality_checks"
    shutil.copytree(PROJECT_DIR / "quality_checks", contracts)
    monkeypatch.setattr("warehouse.checks.gate.CONTRACTS", contracts)
    own = contracts / "raw" / f"{DATASET}.yml"
    shipped = own.read_text()
    own.write_text(shipped.replace("must_be_greater_than_or_equal: 4", "must_be_greater_than_or_equal: 40"))
    assert _land(inbox).status == "refused"
    own.write_text(shipped)
    (again,) = verify_pending(DATASET)
    assert (again.status, again.vintage) == ("accepted", "2013-04")
    assert admin.execute("select count(*) from audit.batch").fetchone() == (1,)
