"""The adapter: each way a contract can fail to run, and what of Soda stays inside."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core import db
from core.settings import settings
from warehouse.checks.soda import CheckOutcome, ContractRunner

pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)")


Verify = Callable[..., list[CheckOutcome]]


def only(outcomes: list[CheckOutcome]) -> CheckOutcome:
    (outcome,) = outcomes
    return outcome


ROW_COUNT = {"row_count": {"threshold": {"must_be_greater_than": 0}}}
WITHOUT_OWNER = {"kind": "source", "remedy": "Ask."}


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"checks": [{"failed_rows": {"expression": "nowhere > 1"}}]}, 'column "nowhere" does not exist'),
        ({"checks": [{"failed_rows": {"query": "selec 1"}}]}, 'syntax error at or near "selec"'),
        ({"checks": [{"metric": {"query": "select 1/0", "threshold": {"must_be": 1}}}]}, "division by zero"),
        ({"checks": []}, "must not be an empty list"),
        ({}, "it has no checks"),
        ({"checks": [{"rowcount": {}}]}, "Invalid check type 'rowcount'"),
        ({"checks": [ROW_COUNT, ROW_COUNT]}, "Duplicate identity"),
        ({"checks": [{"row_count": {"threshold": {"must_be": 1, "must_not_be": 2}}}]}, "Soda did not evaluate it"),
        ({"checks": [ROW_COUNT], "filter": "_batch_id = '${var.BATCH}'"}, "Variable 'BATCH' was used and not declared"),
        ({"checks": [ROW_COUNT], "variables": {"DATABASE": None, "SCHEMA": None, "DAY": None}}, "variable 'DAY'"),
        ({"checks": [ROW_COUNT], "check_attributes": WITHOUT_OWNER}, "checks.row_count has no owner"),
        (
            {"checks": [ROW_COUNT], "check_attributes": {"kind": "x", "owner": "o", "remedy": "r"}},
            "kind must be one of",
        ),
        (
            {"checks": [ROW_COUNT], "dataset": "warehouse/${var.DATABASE}/audit/batch"},
            "named after numbers but verifies",
        ),
        ({"checks": [ROW_COUNT], "dataset": "elsewhere"}, "slash-separated"),
    ],
)
def test_a_contract_that_errs_was_not_evaluated(verify: Verify, parts: dict[str, Any], error: str) -> None:
    outcome = only(verify(**parts))
    assert (outcome.outcome, outcome.severity) == ("not_evaluated", "fail")
    assert outcome.message is not None and error in outcome.message
    assert "\n" not in outcome.message and outcome.remedy


def test_yaml_that_is_none_was_not_evaluated(runner: ContractRunner, tmp_path: Path) -> None:
    path = tmp_path / "numbers.yml"
    for text, error in [("dataset: [", "syntax error"), ("", "empty"), ("- a list", "must be an object")]:
        path.write_text(text)
        outcome = only(runner.run_contract(path, {"SCHEMA": "candidate"}))
        assert outcome.outcome == "not_evaluated"
        assert outcome.message is not None and error in outcome.message
    path.unlink()
    assert "does not exist" in str(only(runner.run_contract(path, {"SCHEMA": "candidate"})).message)


def test_a_missing_table_was_not_evaluated(numbers: psycopg.Connection, verify: Verify) -> None:
    numbers.execute("drop table candidate.numbers")
    outcomes = verify(checks=[ROW_COUNT, {"schema": None}])
    assert {outcome.outcome for outcome in outcomes} == {"not_evaluated"}
    assert 'relation "candidate.numbers" does not exist' in str(outcomes[0].message)


def test_a_table_that_may_not_be_read_was_not_evaluated(numbers: psycopg.Connection, verify: Verify) -> None:
    numbers.execute("revoke select on candidate.numbers from auditor")
    assert "permission denied" in str(only(verify(checks=[ROW_COUNT])).message)


def test_one_bad_query_leaves_the_others_evaluated(verify: Verify) -> None:
    bad = {"failed_rows": {"qualifier": "bad", "query": "select nothing"}}
    good = {"failed_rows": {"qualifier": "good", "query": "select 1 where false"}}
    outcomes = verify(checks=[bad, good, ROW_COUNT])
    assert [outcome.outcome for outcome in outcomes] == ["not_evaluated", "passed", "passed"]


def test_a_lost_connection_is_opened_again(numbers: psycopg.Connection, verify: Verify) -> None:
    assert only(verify(checks=[ROW_COUNT])).outcome == "passed"
    ended = numbers.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where application_name = 'warehouse gate' and datname = current_database()"
    ).fetchall()
    assert ended == [(True,)]
    assert only(verify(checks=[ROW_COUNT])).outcome == "passed"


def test_a_connection_that_is_refused_was_not_evaluated_and_tells_no_password(
    numbers: psycopg.Connection,
    verify: Verify,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    numbers.execute("alter role gate nologin")
    try:
        with caplog.at_level(logging.DEBUG):
            outcome = only(verify(checks=[ROW_COUNT]))
    finally:
        numbers.execute("alter role gate login")
    assert outcome.outcome == "not_evaluated"
    assert "not permitted to log in" in str(outcome.message)
    printed = capfd.readouterr()
    assert "connection properties" in caplog.text, "Soda logs the connection in debug mode: this test must see it"
    assert db.passwords(settings())["gate"] not in caplog.text + printed.out + printed.err + repr(outcome)


def test_soda_is_quiet_and_leaves_logging_as_it_was(
    verify: Verify, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    verify(checks=[{"failed_rows": {"query": "selec 1"}}])
    printed = capfd.readouterr()
    assert (printed.out, printed.err, caplog.text) == ("", "", "")
    assert [handler for handler in logging.root.handlers if type(handler).__module__.startswith("soda")] == []


def test_no_transaction_stays_open(numbers: psycopg.Connection, verify: Verify) -> None:
    verify(checks=[ROW_COUNT])
    states = numbers.execute(
        "select state from pg_stat_activity where application_name = 'warehouse gate' and datname = current_database()"
    ).fetchall()
    assert states == [("idle",)]
