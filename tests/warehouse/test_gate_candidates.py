"""The gate's verdict on candidates: passed, or blocked, and by what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from warehouse.checks import gate
from warehouse.checks.gate import verify_candidates

pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)")

MART: dict[str, Any] = {
    "variables": {"DATABASE": None, "SCHEMA": None},
    "check_attributes": {"kind": "integrity", "owner": "data engineer", "remedy": "Mend the model."},
    "columns": [{"name": "visit_count", "checks": [{"missing": None}]}],
}


@pytest.fixture
def contracts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of contracts of the test's own."""
    (tmp_path / "marts").mkdir()
    monkeypatch.setattr(gate, "CONTRACTS", tmp_path)
    return tmp_path


@pytest.fixture
def candidate(admin: psycopg.Connection, contracts: Path) -> psycopg.Connection:
    """Two candidate tables, each with its contract."""
    admin.execute("create schema candidate; grant usage on schema candidate to auditor")
    for table in ("visit", "visitor"):
        admin.execute(
            f"create table candidate.{table} as select 1 as visit_count; grant select on candidate.{table} to auditor"
        )
        write_mart(contracts, table)
    return admin


def write_mart(contracts: Path, table: str, **parts: Any) -> None:
    """Write the contract of a candidate table."""
    dataset = {"dataset": f"warehouse/${{var.DATABASE}}/${{var.SCHEMA}}/{table}"}
    (contracts / "marts" / f"{table}.yml").write_text(json.dumps(dataset | MART | parts))


def test_good_candidates_pass(candidate: psycopg.Connection) -> None:
    verdict = verify_candidates("r1")
    assert (verdict.passed, verdict.checks, verdict.failed, verdict.warned) == (True, 2, [], [])
    assert candidate.execute("select run_id, run_kind, check_name from audit.check_result order by 3").fetchall() == [
        ("r1", "refresh", "visit.visit_count.missing"),
        ("r1", "refresh", "visitor.visit_count.missing"),
    ]


def test_a_bad_candidate_blocks(candidate: psycopg.Connection) -> None:
    candidate.execute("insert into candidate.visitor values (null), (null)")
    verdict = verify_candidates("r1")
    assert not verdict.passed
    assert [(check.check_name, check.failing_rows) for check in verdict.failed] == [("visitor.visit_count.missing", 2)]
    assert candidate.execute(
        "select value, failing_rows from audit.check_result where outcome = 'failed'"
    ).fetchall() == [(2, 2)]


def test_a_warning_is_listed_and_does_not_block(candidate: psycopg.Connection, contracts: Path) -> None:
    check = {"row_count": {"threshold": {"must_be": 7, "level": "warn"}}}
    write_mart(contracts, "visit", checks=[check])
    verdict = verify_candidates("r1")
    assert verdict.passed
    assert [warning.check_name for warning in verdict.warned] == ["visit.row_count"]


def test_a_warning_that_did_not_run_blocks(candidate: psycopg.Connection, contracts: Path) -> None:
    check = {"failed_rows": {"query": "select nothing", "threshold": {"level": "warn"}}}
    write_mart(contracts, "visit", checks=[check])
    verdict = verify_candidates("r1")
    assert not verdict.passed
    assert [(check.check_name, check.outcome) for check in verdict.failed] == [("visit.failed_rows", "not_evaluated")]


def test_a_table_without_a_contract_blocks(candidate: psycopg.Connection) -> None:
    candidate.execute("create table candidate.stranger (a int)")
    verdict = verify_candidates("r1")
    assert not verdict.passed
    assert [check.message for check in verdict.failed] == [
        "stranger has no contract: there is no quality_checks/marts/stranger.yml"
    ]


def test_a_contract_without_a_table_blocks(candidate: psycopg.Connection) -> None:
    candidate.execute("drop table candidate.visit")
    verdict = verify_candidates("r1")
    assert not verdict.passed
    assert [check.message for check in verdict.failed] == [
        "marts/visit.yml did not run: there is no table candidate.visit"
    ]


@pytest.mark.parametrize(
    "parts", [{"columns": [{"name": "visit_count"}]}, {"checks": [{"failed_rows": {"expression": "nowhere = 1"}}]}]
)
def test_a_contract_that_evaluates_nothing_blocks(
    candidate: psycopg.Connection, contracts: Path, parts: dict[str, Any]
) -> None:
    write_mart(contracts, "visit", **parts)
    verdict = verify_candidates("r1")
    assert not verdict.passed
    assert {check.outcome for check in verdict.failed} == {"not_evaluated"}
    assert {check.table_name for check in verdict.failed} == {"visit"}


def test_nothing_to_verify_does_not_pass(admin: psycopg.Connection, contracts: Path) -> None:
    assert not verify_candidates("r1").passed


def test_another_schema_has_its_own_verdict(candidate: psycopg.Connection) -> None:
    """A rebuild beside a refresh: one contract serves both."""
    candidate.execute(
        """
        create schema rebuild_candidate;
        create table rebuild_candidate.visit as select null::int as visit_count;
        create table rebuild_candidate.visitor as select 1 as visit_count;
        grant usage on schema rebuild_candidate to auditor;
        grant select on all tables in schema rebuild_candidate to auditor;
        """
    )
    assert verify_candidates("r1").passed
    assert [check.check_name for check in verify_candidates("r2", "rebuild_candidate").failed] == [
        "visit.visit_count.missing"
    ]
