"""`warehouse run` from end to end: the DAGs, in one process, on a database of their own."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date
from pathlib import Path

import psycopg
import pytest
from pages import assert_equal_to_marts, assert_sound, parsed

from core import db
from core.errors import WarehouseError
from core.locks import Lock, held
from core.settings import GENERATED_SOURCES, PROJECT_DIR
from warehouse.cli.run import _explain
from warehouse.orchestration.run import DagOutcome
from warehouse.refresh import steps
from warehouse.report.declared import exhibits

FEED = Path("crime") / "mps_borough_crime"
OTHER_FEEDS = ("contracts_finder", "police_grant", "police_uk_street", "population", "public_attitude_survey")
WAREHOUSE = Path(sys.executable).with_name("warehouse")


def run() -> subprocess.CompletedProcess[str]:
    # The laxest umask: what is private has to be so by our doing.
    return subprocess.run([WAREHOUSE, "run"], capture_output=True, text=True, stdin=subprocess.DEVNULL, umask=0)


def open_to_others(folder: Path) -> list[Path]:
    """Files that others than the owner can reach."""
    if folder.stat().st_mode & 0o077 == 0:
        return []
    found = [path for path in folder.iterdir() if path.is_file() and path.stat().st_mode & 0o077]
    return found + [path for each in folder.iterdir() if each.is_dir() for path in open_to_others(each)]


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A release with two years of every borough, as somebody's own file; and in six feeds a file that is none."""
    inbox = tmp_path / "inbox"
    (inbox / FEED).mkdir(parents=True)
    extract = next((GENERATED_SOURCES / FEED).glob("*borough_major_minor*.csv"))
    header, *rows = csv.reader(extract.read_text().splitlines())
    offences = {tuple(row[1:3]): row[3:27] for row in rows}
    with (PROJECT_DIR / "seeds" / "reference" / "ref_borough.csv").open() as file:
        boroughs = [row["area_name"] for row in csv.DictReader(file) if row["area_type"] == "borough"]
    with (inbox / FEED / "release.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [header[:27], *([borough, *names, *counts] for borough in boroughs for names, counts in offences.items())]
        )
    (inbox / FEED / "broken.csv").write_text(
        "Borough,Major Category,Minor Category,201303\nLambeth,Burglary,Loss,many\n"
    )
    for dataset in OTHER_FEEDS:
        extract = next(path for path in sorted(GENERATED_SOURCES.glob(f"*/{dataset}/**/*")) if path.is_file())
        broken = inbox / extract.relative_to(GENERATED_SOURCES).with_name(extract.name.removeprefix("GENERATED_"))
        broken.parent.mkdir(parents=True)
        broken.write_text("none of,what it,should be\n1,2,3\n")
    monkeypatch.setenv("SOURCES", str(inbox))
    return inbox


def test_publishes_reports_what_was_refused_and_has_nothing_to_do_the_second_time(
    warehouse: str, admin: psycopg.Connection, inbox: Path, tmp_path: Path
) -> None:
    first = run()
    assert first.returncode == 0, first.stdout + first.stderr
    ending = first.stdout.rpartition("\n\n")[2].splitlines()
    assert len(ending) <= 10, "what came of it, at a glance"
    assert ending[0].startswith("published publication 1 for ")
    assert any(line.startswith("refused 6 files: ") and "and 1 more" in line for line in ending), ending
    assert "taken in 1 file: mps_borough_crime 1" in ending
    assert first.stdout.count("! ingest_") == 6, "as Airflow has them: the report of each is red, the refresh is not"
    assert any("`warehouse checks failing`" in line for line in ending)
    assert "GENERATED" not in first.stdout

    batches = admin.execute("select f.name, b.status from audit.batch as b join audit.source_file as f using (sha256)")
    found = dict(batches.fetchall())
    assert found.pop(f"{FEED}/release.csv") == "accepted" and set(found.values()) == {"refused"}
    failing, status = (
        subprocess.run([WAREHOUSE, *words], capture_output=True, text=True).stdout
        for words in (["checks", "failing"], ["status"])
    )
    assert "6 files are refused, and nothing has settled that." in failing
    fresh = admin.execute("select dataset, status_reason from marts.data_freshness where status = 'failing'").fetchall()
    assert {row[0] for row in fresh} == {FEED.name, *OTHER_FEEDS}
    for dataset, reason in fresh:
        assert f"refused {dataset} since" in failing and dataset in status
        assert f"/{dataset}/" in reason, "which file it was"
    current = admin.execute("select publication_id, is_current, is_generated from marts.publication").fetchall()
    assert current == [(1, True, False)]
    crimes = admin.execute("select count(*) from marts.recorded_crime_borough").fetchone()
    assert crimes is not None and crimes[0] > 0

    # Airflow's words are in its folder, not on the terminal.
    assert "[info" not in first.stdout + first.stderr and "Traceback" not in first.stdout + first.stderr
    assert "[info" in (tmp_path / "work" / "airflow" / "logs" / "run.log").read_text()

    assert open_to_others(tmp_path / "work") == [], "archive, logs, what dbt compiled: people's and unpublished figures"
    assert (tmp_path / "work").stat().st_mode & 0o077, "a closed folder would prove nothing"
    report = subprocess.run([WAREHOUSE, "report"], capture_output=True, text=True)
    assert report.returncode == 0, report.stderr
    folder = tmp_path / "work" / "report"
    page = parsed(folder / "index.html")
    assert_sound(page, folder)
    assert page.xpath("//header//a[contains(@href, 'workbooks/')]"), "the night's workbooks lie beside it"
    assert (tmp_path / "work" / "drop" / "templates" / "savings_delivery.xlsx").exists()
    with db.connect("bi_reader") as reader:
        assert assert_equal_to_marts(page, reader, exhibits()) > 300
    assert "Generated data" not in page.text_content()

    second = run()
    assert second.returncode == 0, second.stdout + second.stderr
    assert "nothing new" in second.stdout
    assert admin.execute("select count(*) from audit.refresh").fetchone() == (1,)
    # What was known starts no refresh under a scheduler either: the events are the first run's, its feed's and its own.
    with psycopg.connect(db.admin_url(f"airflow_{warehouse}")) as airflow:
        assert airflow.execute("select count(*) from asset_event").fetchone() == (2,)


def test_sources_that_cannot_be_had_are_told_once(
    warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES", str(tmp_path / "nowhere"))
    said = run()
    assert said.returncode == 1
    assert f"error: The folder of sources {tmp_path / 'nowhere'} cannot be read" in said.stderr
    assert said.stderr.count("remedy: ") == 1
    assert "Traceback" not in said.stdout + said.stderr


def test_a_task_that_failed_is_explained_in_a_line(warehouse: str, capsys: pytest.CaptureFixture[str]) -> None:
    with held("admin", Lock.REFRESH), pytest.raises(WarehouseError) as refused:  # as another refresh would hold it
        steps.start(date(2024, 12, 1))
    errors = {"start": refused.value, "build": OSError("disk is full\n  and more")}
    _explain(DagOutcome("nightly_refresh", "failed", 1.0, dict.fromkeys(errors, "failed"), errors))
    said = capsys.readouterr().err
    assert "failed: nightly_refresh, task start" in said
    assert "error: A refresh or a migration is at work" in said
    assert "error: OSError: disk is full" in said and "and more" not in said
    assert said.count("remedy: ") == 2
