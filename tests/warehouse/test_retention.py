"""What goes at the end of its time: rows and bytes go, what was said of them stays, and nobody takes it for damage."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import psycopg
import pytest
from candidates import make_candidate, publish, seen_by_readers

from core import db
from core.errors import WarehouseError
from core.settings import settings
from ingest.archive.hand_out import find, hand_out
from ingest.archive.store import Archive
from ingest.archive.verify import verify_archive
from ingest.definition.dataset import load_definitions
from ingest.pipeline import ingest_dataset
from warehouse.backup import backup
from warehouse.checks.acceptance import accept
from warehouse.checks.gate import verify_pending
from warehouse.cli import main
from warehouse.cli.publication import show
from warehouse.past.query_as_of import as_of
from warehouse.past.rebuild import rebuild
from warehouse.past.withdraw import withdraw
from warehouse.publish.publish import publish_candidate
from warehouse.retention.apply import apply_plan
from warehouse.retention.plan import make_plan

EXTRACT = "intake_hr_extract"
DUE = date(date.today().year + 8, 1, 1)
STAND = """
    insert into audit.refresh_input (refresh_id, batch_id, dataset, vintage, vintage_order, coverage, is_generated)
    select %s, batch_id, dataset, vintage, row_number() over (order by vintage), coverage, is_generated
    from audit.batch where status = 'accepted'
"""


def publish_with_what_counts(admin: psycopg.Connection, refresh_id: str) -> None:
    admin.execute(
        "insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status) "
        "values (%s, '2026-11-22', %s, %s, 'passed')",
        [refresh_id, refresh_id, refresh_id],
    )
    admin.execute(STAND, [refresh_id])
    publish_candidate(refresh_id, "candidate")


@pytest.fixture
def extracts(admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, int]]:
    """Two extracts about persons behind publication 1: batch, hash and rows of each, the older first."""
    monkeypatch.setenv("SOURCES", "generated")
    ingest_dataset(EXTRACT)
    assert {verdict.status for verdict in verify_pending(EXTRACT)} == {"accepted"}
    make_candidate(admin)
    publish_with_what_counts(admin, "r1")
    return admin.execute("select batch_id, sha256, records_loaded from audit.batch order by vintage").fetchall()


def rows_of(admin: psycopg.Connection, batch: str) -> int:
    row = admin.execute(f"select count(*) from raw.{EXTRACT} where _batch_id = %s", [batch]).fetchone()
    return row[0] if row else -1


def test_every_definition_says_what_is_personal_and_the_unpublished_have_a_time() -> None:
    definitions = load_definitions().values()
    assert [each.dataset for each in definitions if each.personal is None] == []
    assert {each.dataset for each in definitions if each.keep_years} == {
        each.dataset for each in definitions if each.sign_off
    }


def test_what_figures_stand_on_stays_and_the_rest_leaves_a_tombstone(
    admin: psycopg.Connection,
    extracts: list[tuple[str, str, int]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (old, sha256, rows), (new, _, _) = extracts
    assert make_plan(date.today()).batches == []
    due = make_plan(DUE)
    assert [(batch.batch_id, batch.rows) for batch in due.batches] == [(old, rows), (new, rows)]
    assert due.going == [] and due.files == []
    assert all("it is accepted: `warehouse withdraw" in (batch.held or "") for batch in due.batches)

    withdraw(old, "Ada Smith", "its time is over")
    assert "publication 1 stands on it" in (make_plan(DUE).batches[0].held or "")
    with db.connect("steward") as steward, pytest.raises(psycopg.errors.InsufficientPrivilege, match="stands on batch"):
        steward.execute("select audit.remove_rows(%s, 'Ada Smith', 'because')", [old])
    admin.execute("update candidate.fruit set price_gbp = 3 where name = 'pear'")
    publish_with_what_counts(admin, "r2")
    kept = backup(tmp_path / "backups").folder

    due = make_plan(DUE)
    assert ([batch.batch_id for batch in due.going], [file.sha256 for file in due.files]) == ([old], [sha256])
    with pytest.raises(WarehouseError, match="needs a person and a reason"):
        apply_plan(due, "Ada", "")
    assert apply_plan(due, "Ada Smith", "seven years are over", tmp_path / "backups") == rows
    assert (rows_of(admin, old), rows_of(admin, new)) == (0, rows)
    stones = admin.execute("select kind, sha256, what, item_count, name, reason from audit.tombstone order by 1")
    assert stones.fetchall() == [
        ("file", sha256, due.files[0].name, due.files[0].bytes, "Ada Smith", "seven years are over"),
        ("rows", sha256, due.files[0].name, rows, "Ada Smith", "seven years are over"),
    ]  # fmt: skip
    assert not (kept.parent / "archive" / sha256[:2] / sha256).exists(), "the backup's copy went too"
    again = make_plan(DUE)
    assert (again.going, again.files) == ([], [])

    # What is told of it now, and what is not taken for damage.
    archive = Archive(settings().archive_dir)
    told = r"was removed on \d{4}-\d\d-\d\d by Ada Smith: seven years are over"
    found = verify_archive(archive)
    assert (found.files, found.faults, found.buried) == (1, [], 1)
    with pytest.raises(WarehouseError, match=told):
        hand_out(archive, find(archive, sha256[:12]), tmp_path / "x")
    with pytest.raises(WarehouseError, match=r"Publication 1 cannot be made again: the rows of .*_2012-03-31.csv were"):
        rebuild(1)
    show(1)
    assert {"removed", "Ada", "seven"} <= {*capsys.readouterr().out.split()}
    with db.connect("auditor") as auditor:
        assert seen_by_readers(as_of(auditor, "select sum(price_gbp)::text from fruit", 1)) == [("3.10",)]
    with pytest.raises(WarehouseError, match=told):
        accept(old, "Ada Smith", "a mistake")
    admin.execute("update candidate.fruit set price_gbp = 4 where name = 'pear'")
    assert publish(admin, "r3", "c3").publication_id == 3
    # It still lies in the sources: it is not taken in again, and whoever looks is told why.
    report = ingest_dataset(EXTRACT)
    assert [batch.status for batch in report.batches] == ["refused", "known"]
    assert "kept no longer" in (report.batches[0].reason or "") and rows_of(admin, old) == 0
    assert backup(tmp_path / "backups").faults == ()
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        admin.execute(f"delete from raw.{EXTRACT}")


def test_working_files_go_by_age_and_the_last_backup_stays(
    warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def lay(path: Path, days: int) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("words")
        age = path.stat().st_mtime - days * 86_400
        os.utime(path, (age, age))
        return path

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["warehouse", "retention", *arguments])
        with pytest.raises(SystemExit):
            main()
        said = capsys.readouterr()
        return " ".join((said.out + said.err).split())

    logs, backups = settings().airflow_dir / "logs" / "dag", tmp_path / "backups"
    old, new = lay(logs / "old.log", 91), lay(logs / "new.log", 89)
    for name, days in (("20240101T000000Z", 900), ("20240201T000000Z", 800)):
        lay(backups / name / "database.dump", days)
        age = (backups / name / "database.dump").stat().st_mtime
        os.utime(backups / name, (age, age))
    assert "Counts of the force's people" in run("inventory")
    said = run("plan", "--backups", str(backups))
    assert "Logs of Airflow" in said and "Backups, which" in said and old.exists()
    assert "2 working files" in run("apply", "--by", "Ada Smith", "--reason", "old", "--backups", str(backups))
    assert (old.exists(), new.exists()) == (False, True)
    assert [path.name for path in backups.iterdir()] == ["20240201T000000Z"], "the newest stays, however old"
    assert "Nothing goes today." in run("plan", "--backups", str(backups))
