"""Past files read again under a changed definition: new batches, the old ones kept and marked, nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg
import pytest
from event_files import DEFINITION, GOOD, HEADER
from psycopg import sql

from core import db
from core.server.embedded import EmbeddedServer
from core.settings import PROJECT_DIR, settings
from ingest.archive.store import Archive
from ingest.load_again import reload_dataset
from ingest.pipeline import ingest_dataset
from warehouse.bootstrap import grant_connections
from warehouse.checks.gate import verify_pending
from warehouse.cli import main
from warehouse.refresh.steps import BATCH_SET

DATASET = "sighting"
NOTE_FIELD = "  - {name: note, type: text, required: false, description: Note}\n"
# As it was: what watchers noted was not loaded.
BEFORE = (
    DEFINITION.replace(NOTE_FIELD, "").replace("Note: note}", "}\n    ignored: [Note]").replace("kind,\n", "kind\n")
)
CONTRACT = "owner: nobody\nremedy: None.\n"
MONTHS = ("2018-04", "2018-05", "2018-06")
# Runs the command line on the test's definitions and contracts.
COMMAND = """
import sys
from pathlib import Path
import ingest.definition.dataset
from warehouse.checks import gate
from warehouse.cli import main
folder = Path(sys.argv.pop())
ingest.definition.dataset.DEFINITIONS = folder / "definitions"
gate.CONTRACTS = folder
main()
"""


@pytest.fixture
def define(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Puts a definition of the only dataset in force."""
    (tmp_path / "definitions").mkdir()
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / f"{DATASET}.yml").write_text(CONTRACT)
    monkeypatch.setattr("ingest.definition.dataset.DEFINITIONS", tmp_path / "definitions")
    monkeypatch.setattr("warehouse.checks.gate.CONTRACTS", tmp_path)

    def put(text: str) -> None:
        (tmp_path / "definitions" / f"{DATASET}.yml").write_text(text)

    return put


@pytest.fixture
def accepted(
    warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, define: Callable[[str], None]
) -> Callable[[str], None]:
    """Three months accepted under the old definition; the new one is in force. Gives what puts another in force."""
    inbox = tmp_path / "inbox" / "birds" / DATASET
    inbox.mkdir(parents=True)
    for number, month in enumerate(MONTHS):
        row = ",".join(GOOD).replace("2018-04,", f"{month},")
        (inbox / f"{month}.csv").write_text(f"{HEADER}\n" + f"{row}seen from the roof\n" * (number + 1))
    monkeypatch.setenv("SOURCES", str(tmp_path / "inbox"))
    define(BEFORE)
    take_in()
    define(DEFINITION)
    return define


def take_in() -> None:
    ingest_dataset(DATASET)
    verify_pending(DATASET)


def reload() -> list[tuple[int, int, str]]:
    """Read again and judge; number, how many and status of each file."""
    said = [(number, count, batch.status) for number, count, batch in reload_dataset(DATASET, None, None)]
    verify_pending(DATASET)
    return said


def what_a_refresh_reads() -> tuple[list[tuple], list[tuple]]:
    """The batch set that a refresh would fix now, and every raw row of it."""
    with db.connect("transformer") as connection:
        batches = connection.execute(BATCH_SET).fetchall()
        columns = "ring, month, place, longitude, weight, birds, seen, kind, note, _row_number, _batch_id"
        rows = connection.execute(
            f"select {columns} from raw.sighting where _batch_id = any(%s) order by month, _row_number",
            [[batch[0] for batch in batches]],
        ).fetchall()
    return batches, rows


def statuses(admin: psycopg.Connection) -> list[tuple]:
    return admin.execute("select vintage, status from audit.batch order by vintage, loaded_at").fetchall()


@contextmanager
def another_database(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A fresh database beside the test's own, on the same archive."""
    name = sql.Identifier(f"test_{uuid.uuid4().hex[:12]}")
    with psycopg.connect(server.admin_url("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("create database {} template template_warehouse").format(name))
        grant_connections(admin, name.as_string().strip('"'))
        with monkeypatch.context() as patch:
            patch.setenv("WAREHOUSE_DATABASE", name.as_string().strip('"'))
            yield
        admin.execute(sql.SQL("drop database {} with (force)").format(name))


def test_a_new_column_is_filled_from_the_archive_as_if_it_had_always_been_there(
    accepted: Callable[[str], None],
    admin: psycopg.Connection,
    server: EmbeddedServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert [batch.status for batch in ingest_dataset(DATASET).batches] == ["known"] * 3
    assert {row[8] for row in what_a_refresh_reads()[1]} == {None}

    assert reload() == [(1, 3, "pending"), (2, 3, "pending"), (3, 3, "pending")]

    batches, rows = what_a_refresh_reads()
    assert len(rows) == 6
    assert {row[8] for row in rows} == {"seen from the roof"}
    assert statuses(admin) == [(month, status) for month in MONTHS for status in ("superseded", "accepted")]
    assert admin.execute("select count(*) from raw.sighting").fetchone() == (12,)
    assert admin.execute(
        "select rows_loaded, rows_quarantined, status from marts.data_freshness where dataset = 'sighting'"
    ).fetchone() == (6, 0, "stale")

    with another_database(server, monkeypatch):
        take_in()
        assert what_a_refresh_reads() == (batches, rows)

    assert reload() == []
    assert [batch.status for batch in ingest_dataset(DATASET).batches] == ["known"] * 3
    assert what_a_refresh_reads() == (batches, rows)


@pytest.mark.parametrize(
    ("point", "left_to_read"),
    [("load.committed", 2), ("verify.batch_decided", 0)],
)
def test_killed_anywhere_it_goes_on_and_ends_the_same(
    accepted: Callable[[str], None], admin: psycopg.Connection, tmp_path: Path, point: str, left_to_read: int
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", COMMAND, "backfill", DATASET, "--reload", str(tmp_path)],
        cwd=PROJECT_DIR,
        env={**os.environ, "WAREHOUSE_KILL_AT": point},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(what_a_refresh_reads()[0]) == 3

    assert [count for _, count, _ in reload()] == [left_to_read] * left_to_read

    assert statuses(admin) == [(month, status) for month in MONTHS for status in ("superseded", "accepted")]
    assert {row[8] for row in what_a_refresh_reads()[1]} == {"seen from the roof"}
    assert admin.execute("select count(*) from raw.sighting").fetchone() == (12,)


def test_a_file_that_rotted_in_the_archive_is_told_and_its_last_batch_stands(
    accepted: Callable[[str], None], admin: psycopg.Connection
) -> None:
    entry = Archive(settings().archive_dir).entries()[1]
    path = Archive(settings().archive_dir).path(entry.sha256)
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(content.replace(b"roof", b"loft"))

    [first, second, third] = [batch for _, _, batch in reload_dataset(DATASET, None, None)]

    assert (first.status, third.status, second.batch_id) == ("pending", "pending", None)
    assert second.reason == (
        f"birds/sighting/2018-05.csv: its archived file {entry.sha256} is missing or damaged, its last batch stands."
    )
    verify_pending(DATASET)
    assert [row[1] for row in statuses(admin)] == ["superseded", "accepted", "accepted", "superseded", "accepted"]
    path.write_bytes(content)
    assert reload() == [(1, 1, "pending")]


def test_what_the_new_definition_refuses_leaves_the_old_batch_in_force(
    accepted: Callable[[str], None], admin: psycopg.Connection
) -> None:
    take_in()  # makes the new column, reads nothing
    before = what_a_refresh_reads()
    accepted(DEFINITION.replace("maximum: 500", "maximum: 2").replace("tolerance: 0.5", "tolerance: 0"))
    assert [status for _, _, status in reload()] == ["refused"] * 3
    assert what_a_refresh_reads() == before
    assert reload() == []


def test_only_vintages_of_the_span_are_read_again(accepted: Callable[[str], None], admin: psycopg.Connection) -> None:
    found = reload_dataset(DATASET, date(2018, 5, 1), date(2018, 5, 31))
    assert [batch.file_name for _, _, batch in found] == ["birds/sighting/2018-05.csv"]


def test_a_withdrawn_file_is_not_read_again(accepted: Callable[[str], None], admin: psycopg.Connection) -> None:
    admin.execute("update audit.batch set status = 'withdrawn', reason = 'wrong' where vintage = '2018-05'")
    assert len(reload()) == 2


def test_the_command_tells_its_progress_and_what_it_needs(
    accepted: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["warehouse", "backfill", DATASET, *arguments])
        with pytest.raises(SystemExit):
            main()
        streams = capsys.readouterr()
        return streams.out + streams.err

    assert "Give --from and --to; or --reload" in said()
    text = said("--reload")
    assert "2 of 3: birds/sighting/2018-05.csv: pending, 2 rows" in text
    assert "Landed: 3 pending." in text
    assert "Verified: 3 accepted." in text
    assert "Landed: nothing." in said("--reload")
