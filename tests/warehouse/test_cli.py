"""The command line as a person meets it: its words, its exit codes, what a reader may do."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from rich.console import Console

from core.errors import WarehouseError
from warehouse.cli import main, screen
from warehouse.orchestration.log import log_file
from warehouse.orchestration.run import DagOutcome
from warehouse.orchestration.tasks import FilesRefused, Refusal

GENERATED_BATCH = """
    insert into audit.dataset (dataset, domain, title, publisher, licence, expected_every_days, definition_hash)
    values ('d', 'crime', 'A dataset', 'P', 'OGL', 31, 'h');
    insert into audit.source_file (dataset, sha256, bytes, name, address, fetched_at, licence, is_generated)
    values ('d', 'f1', 1, 'crime/d/good.csv', 'x', now(), 'OGL', true),
        ('d', 'f2', 1, 'crime/d/bad.csv', 'x', now(), 'OGL', true);
    insert into audit.batch (batch_id, dataset, sha256, definition_hash, vintage, period_start, period_end,
        is_generated, status, records_read, records_loaded, records_quarantined, records_skipped)
    values ('b1', 'd', 'f1', 'h', '2024-01', '2024-01-01', '2024-01-01', true, 'accepted', 12345, 12340, 4, 1);
    insert into audit.batch (batch_id, dataset, sha256, definition_hash, is_generated, status, reason, remedy)
    values ('b2', 'd', 'f2', 'h', true, 'refused', 'crime/d/bad.csv, line 1: no [known] header.', 'Ask the publisher.');
"""


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run `warehouse <arguments>` in this process."""

    def run(*arguments: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["warehouse", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def outcomes(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let `warehouse run` come to these outcomes, without Airflow."""

    def come_to(*results: DagOutcome) -> None:
        monkeypatch.setattr("warehouse.cli.run.run_all", lambda: list(results))

    return come_to


def outcome(dag_id: str, state: str, errors: dict[str, BaseException] | None = None) -> DagOutcome:
    return DagOutcome(dag_id, state, 0.0, {}, errors or {})


def test_help_is_quick_because_it_imports_nothing_heavy() -> None:
    code = (
        "import json, sys; sys.argv = ['warehouse', '--help']\n"
        "from warehouse.cli import main\n"
        "try: main()\n"
        "except SystemExit: print('MODULES', json.dumps(sorted(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    modules = set(json.loads(out.partition("MODULES")[2]))
    assert "warehouse.cli.app" in modules
    assert not modules & {"airflow", "dbt", "soda_core", "pandas", "sqlalchemy", "psycopg", "pydantic"}


def test_query_prints_a_table(warehouse: str, command: Callable[..., Said]) -> None:
    said = command("query", "select 1234567 as count, 'a [b]' as name, null as nothing, true as well")
    assert said.code == 0
    assert "1,234,567" in said.out
    assert "a [b]" in said.out
    assert "1 row" in said.out


def test_query_prints_a_line_a_field_where_few_records_are_too_wide(
    warehouse: str, command: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "out", Console(width=40, highlight=False))
    said = command("query", "select 'one' as name, 1234567 as count, null as nothing, repeat('x', 30) as text")
    lines = [line.rstrip() for line in said.out.splitlines()]
    assert lines == ["name    one", "count   1,234,567", "nothing –", f"text    {'x' * 30}", "1 row"]


def test_query_prints_csv_as_it_is(warehouse: str, command: Callable[..., Said]) -> None:
    said = command(
        "query", "--csv", "select 1234567 as count, 'a, b' as name, null as nothing, '=1+1' as sum, -5 as less"
    )
    assert said.out == 'count,name,nothing,sum,less\n1234567,"a, b",,\'=1+1,-5\n'


def test_query_lists_what_looks_alike_for_a_person_to_judge(warehouse: str, command: Callable[..., Said]) -> None:
    """The likest first; neither case and punctuation nor the order of words counts, and nothing is merged."""
    names = (
        "values (1, 'Novus Solutions Ltd'), (2, 'Ltd NOVUS, Solution'), (3, 'Arco'), (4, null), (5, null), (6, 'ARCO.')"
    )
    said = command("query", "--csv", "--alike", "name", f"select * from ({names}) as party (id, name)")
    assert said.out.splitlines() == [
        "likeness,id,name,id_2,name_2",
        "100,3,Arco,6,ARCO.",
        '97,1,Novus Solutions Ltd,2,"Ltd NOVUS, Solution"',
    ]
    said = command("query", "--alike", "nme", "select 1 as name")
    assert "The statement returns no column 'nme'." in said.err


def test_query_finds_the_marts_without_their_schema(warehouse: str, command: Callable[..., Said]) -> None:
    assert command("query", "--csv", "select count(*) from data_freshness").out.splitlines() == ["count", "0"]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("selekt 1", 'syntax error at or near "selekt" (line 1, character 1)'),
        ("select 1,\n  nowhere", 'column "nowhere" does not exist (line 2, character 3)'),
        ("select 1; select 2", "multiple commands"),
        ("create table marts.mine (a int)", "read-only"),
        ("select * from audit.batch", "permission denied for schema audit"),
        ("set default_transaction_read_only = off; create table marts.mine (a int)", "multiple commands"),
    ],
)
def test_query_says_in_a_line_what_is_wrong(
    warehouse: str, command: Callable[..., Said], sql: str, reason: str
) -> None:
    said = command("query", sql)
    assert said.code == 1
    error, remedy = said.err.strip().splitlines()
    assert error.startswith("error: ") and reason in error
    assert remedy.startswith("remedy: ")
    assert said.out == ""


def test_reader_cannot_write_even_where_the_session_allows_it(warehouse: str, admin: psycopg.Connection) -> None:
    admin.execute("create table marts.mart (a integer); grant select on marts.mart to bi_reader")
    from core import db

    with db.connect("bi_reader") as reader:
        reader.execute("set default_transaction_read_only = off")
        reader.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("insert into marts.mart values (1)")


def test_url_is_that_of_the_role(warehouse: str, command: Callable[..., Said]) -> None:
    for role, login in (("bi_reader", "bi_reader_shared"), ("auditor", "auditor_shared"), ("gate", "gate")):
        address = command("url", "--role", role).out.strip()
        with psycopg.connect(address) as connection:
            row = connection.execute("select current_user, current_database()").fetchone()
        assert row == (login, warehouse)
    said = command("url", "--role", "nobody")
    assert (said.code, said.out) == (1, "")
    assert "There is no role 'nobody'" in said.err


def test_traceback_is_shown_only_when_asked_for(warehouse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "verbose", False)  # as it is again after this test
    monkeypatch.setattr(sys, "argv", ["warehouse", "-v", "url", "--role", "nobody"])
    with pytest.raises(WarehouseError):
        main()


def test_status_makes_nothing_where_there_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Callable[..., Said]
) -> None:
    monkeypatch.delenv("WAREHOUSE_URL", raising=False)
    monkeypatch.setenv("WAREHOUSE_STATE_DIR", str(tmp_path / "state"))
    said = command("status")
    assert said.code == 0
    assert "There is no warehouse" in said.out and "make run" in said.out
    assert not (tmp_path / "state").exists()


def test_status_of_an_empty_database(warehouse: str, command: Callable[..., Said]) -> None:
    said = command("status")
    assert said.code == 0
    assert "Nothing has been published yet" in said.out
    assert said.out.rstrip().endswith("Next: `make run`.")
    assert "GENERATED" not in said.out


def test_status_and_summary_say_aloud_what_is_generated_and_what_was_refused(
    warehouse: str, admin: psycopg.Connection, command: Callable[..., Said]
) -> None:
    admin.execute(GENERATED_BATCH)
    status = command("status").out
    assert "GENERATED DATA" in status
    assert "d crime/d/bad.csv, line 1: no [known] header." in status
    assert "get a good file for d" in status
    summary = command("summary").out
    assert "GENERATED DATA" in summary
    row = next(line for line in summary.splitlines() if "good.csv" in line)
    assert row.split() == ["d", "good.csv", "12,345", "12,340", "4", "1", "2024-01", "accepted"]
    assert "refused crime/d/bad.csv, line 1: no [known] header." in summary
    assert "remedy: Ask the publisher." in summary


def test_status_shows_why_the_last_refresh_failed(
    warehouse: str, admin: psycopg.Connection, command: Callable[..., Said]
) -> None:
    admin.execute(
        "insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status, message) "
        "values ('r-1', '2024-01-31', 'c', 'i', 'failed', 'checks: 1 failed: savings: [total]')"
    )
    said = command("status").out
    assert "Last refresh r-1 for 2024-01-31: failed: checks: 1 failed: savings: [total]" in said
    assert "Next: mend what failed" in said


def test_run_succeeds_though_files_were_refused(
    warehouse: str, outcomes: Callable[..., None], command: Callable[..., Said]
) -> None:
    unread = Refusal("crime/d/locked.csv", "crime/d/locked.csv could not be read.", "Unlock it.", is_recorded=False)
    outcomes(
        outcome("ingest_d", "refused", {"report": FilesRefused("d", [unread])}), outcome("nightly_refresh", "success")
    )
    said = command("run")
    assert said.code == 0
    assert "refused 1 file: locked.csv" in said.out
    assert "not published nothing has been published yet" in said.out
    assert len(said.out.rpartition("\n\n")[2].splitlines()) <= 10


def test_run_refuses_a_day_before_the_last_publications(
    warehouse: str,
    admin: psycopg.Connection,
    outcomes: Callable[..., None],
    command: Callable[..., Said],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    admin.execute(
        "insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status) "
        "values ('r-1', '2024-01-31', 'c', 'i', 'published');"
        "insert into audit.publication (publication_id, refresh_id, business_date, code_version, input_hash, "
        "changed_rows, verdict) values (1, 'r-1', '2024-01-31', 'c', 'i', 7, 'passed')"
    )
    outcomes(outcome("nightly_refresh", "success"))
    monkeypatch.setenv("BUSINESS_DATE", "2024-01-30")
    said = command("run")
    assert (said.code, said.out.count("publication")) == (1, 0)
    assert "BUSINESS_DATE=2024-01-30 lies before 2024-01-31" in said.err
    assert command("run", "--yes").code == 0
    monkeypatch.setenv("BUSINESS_DATE", "2024-01-31")
    assert "nothing new publication 1 for 2024-01-31 stands" in command("run").out


def test_run_fails_with_the_reason_of_a_failed_refresh(
    warehouse: str, outcomes: Callable[..., None], command: Callable[..., Said]
) -> None:
    verdict = WarehouseError("Not published: one [check] failed.", remedy="Look at it.")
    outcomes(outcome("ingest_d", "success"), outcome("nightly_refresh", "failed", {"verify": verdict}))
    said = command("run")
    assert said.code == 1
    assert "failed: nightly_refresh, task verify" in said.err
    assert "error: Not published: one [check] failed." in said.err
    assert "remedy: Look at it." in said.err


def test_run_fails_in_a_line_on_what_nobody_foresaw(
    warehouse: str, outcomes: Callable[..., None], command: Callable[..., Said]
) -> None:
    outcomes(outcome("ingest_d", "failed", {"land": ZeroDivisionError("division by zero")}))
    said = command("run")
    assert said.code == 1
    assert "error: ZeroDivisionError: division by zero" in said.err
    assert str(log_file()) in said.err.replace("\n", "")


def test_relative_sources_are_those_of_the_caller(
    warehouse: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: Callable[..., Said]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCES", "in box")
    command("url")
    assert os.environ["SOURCES"] == str(tmp_path / "in box")
    monkeypatch.setenv("SOURCES", "generated")
    command("url")
    assert os.environ["SOURCES"] == "generated"


def test_reset_asks_and_leaves_a_server_that_is_not_ours(
    warehouse: str, monkeypatch: pytest.MonkeyPatch, command: Callable[..., Said]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    said = command("reset")
    assert said.code == 1
    assert command("query", "--csv", "select 1 as one").out.splitlines() == ["one", "1"]
    monkeypatch.setenv("WAREHOUSE_URL", "postgresql://somebody@127.0.0.1/theirs")
    said = command("reset", "--yes")
    assert said.code == 1
    assert "not this project's" in said.err
