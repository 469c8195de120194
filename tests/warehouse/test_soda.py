"""The adapter: each kind of check, each way a contract can fail to run, over real Soda and real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from warehouse.checks.soda import SAMPLE_ROWS, CheckOutcome

pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)")


Verify = Callable[..., list[CheckOutcome]]


def only(outcomes: list[CheckOutcome]) -> CheckOutcome:
    (outcome,) = outcomes
    return outcome


def test_a_passing_check_says_who_owns_it(verify: Verify) -> None:
    outcome = only(verify(columns=[{"name": "amount", "checks": [{"missing": None}]}]))
    assert outcome == CheckOutcome(
        table_name="numbers",
        check_name="numbers.amount.missing",
        kind="source",
        severity="fail",
        owner="the publisher",
        outcome="passed",
        value=Decimal(0),
        failing_rows=0,
        sample=None,
        message=None,
        remedy="Ask the publisher.",
    )


BAD_ROW = "insert into candidate.numbers values (3, null, -1, '2024-04-15')"
SAMPLED = {"number_id": 3, "number_name": None, "amount": -1, "day": "2024-04-15"}


@pytest.mark.parametrize(
    ("parts", "name", "value", "rows", "sample", "message"),
    [
        (
            {"columns": [{"name": "number_name", "checks": [{"missing": None}]}]},
            "numbers.number_name.missing", 1, 1, [SAMPLED],
            "number_name: No missing values: found 1, must be 0",
        ),
        (
            {"columns": [{"name": "amount", "checks": [{"invalid": {"name": "Positive", "valid_min": 0}}]}]},
            "numbers.amount.invalid", 1, 1, [SAMPLED],
            "amount: Positive: found 1, must be 0",
        ),
        (
            {"columns": [{"name": "number_id", "checks": [{"duplicate": None}]}]},
            "numbers.number_id.duplicate", 1, 1, [{"number_id": 3, "rows": 2}],
            "number_id: No duplicate values: found 1, must be 0",
        ),
        (
            {"checks": [{"duplicate": {"name": "Key", "columns": ["number_id"], "filter": "number_id > 1"}}]},
            "numbers.duplicate", 1, 1, [{"number_id": 3, "rows": 2}],
            "Key: found 1, must be 0",
        ),
        (
            {"checks": [{"duplicate": {"name": "Key", "columns": ["number_id"]}}]},
            "numbers.duplicate", 1, 1, [{"number_id": 3, "rows": 2}],
            "Key: found 1, must be 0",
        ),
        (
            {"checks": [{"failed_rows": {"name": "First days", "qualifier": "first_day",
                                         "expression": "extract(day from day) <> 1"}}]},
            "numbers.first_day", 1, 1, [SAMPLED],
            "First days: found 1, must be 0",
        ),
        (
            {"filter": "number_id > 1",
             "checks": [{"failed_rows": {"name": "Whole", "qualifier": "whole", "filter": "amount > 0",
                                         "expression": "amount > 3", "threshold":
                                             {"metric": "percent", "must_be_less_than": 50}}}]},
            "numbers.whole", 50, 1, [{"number_id": 3, "number_name": "three", "amount": 3.5, "day": "2024-03-01"}],
            "Whole: found 50, must be less than 50, failing rows: 1",
        ),
        (
            {"checks": [{"failed_rows": {"name": "Known", "query":
                "select number_id from ${var.SCHEMA}.numbers where number_name is null;"}}]},
            "numbers.failed_rows", 1, 1, [{"number_id": 3}],
            "Known: found 1, must be 0",
        ),
        (
            {"checks": [{"row_count": {"name": "Rows", "threshold": {"must_be": 3}}}]},
            "numbers.row_count", 4, None, None,
            "Rows: found 4, must be 3",
        ),
        (
            {"checks": [{"metric": {"name": "Sum", "expression": "sum(amount)", "threshold":
                {"must_be_between": {"greater_than": 7, "less_than": 1000000}}}}]},
            "numbers.metric", Decimal("6.5"), None, None,
            "Sum: found 6.5, must be greater than 7 and must be less than 1,000,000",
        ),
        (
            {"columns": [{"name": "amount", "data_type": "integer"}, {"name": "unit"}],
             "checks": [{"schema": {"name": "Columns", "allow_extra_columns": True}}]},
            "numbers.schema", 2, None, None,
            "Columns: no column unit; amount is numeric, not integer",
        ),
    ],
)  # fmt: skip
def test_a_failing_check_says_what_it_found(
    numbers: psycopg.Connection,
    verify: Verify,
    parts: dict[str, Any],
    name: str,
    value: Any,
    rows: int | None,
    sample: list[dict[str, Any]] | None,
    message: str,
) -> None:
    numbers.execute(BAD_ROW)
    outcome = only(verify(**parts))
    assert (outcome.check_name, outcome.outcome, outcome.severity) == (name, "failed", "fail")
    assert (outcome.value, outcome.failing_rows, outcome.message) == (value, rows, message)
    assert outcome.sample is None if sample is None else outcome.sample == sample


def test_a_warning_fails_softly(verify: Verify) -> None:
    check = {"name": "Few", "threshold": {"must_be_less_than": 3, "level": "warn"}}
    outcome = only(verify(checks=[{"row_count": check}]))
    assert (outcome.outcome, outcome.severity, outcome.message) == (
        "failed",
        "warn",
        "Few: found 3, must be less than 3",
    )


def test_a_passing_warning_is_a_warning_too(verify: Verify) -> None:
    check = {"threshold": {"must_be_less_than": 9, "level": "warn"}}
    outcome = only(verify(checks=[{"row_count": check}]))
    assert (outcome.outcome, outcome.severity) == ("passed", "warn")


def test_a_samples_rows_are_capped(numbers: psycopg.Connection, verify: Verify) -> None:
    numbers.execute("insert into candidate.numbers select g from generate_series(1, 50) as g")
    outcome = only(verify(columns=[{"name": "amount", "checks": [{"missing": None}]}]))
    assert outcome.failing_rows == 50
    assert outcome.sample is not None and len(outcome.sample) == SAMPLE_ROWS


def test_a_checks_own_attributes_win(verify: Verify) -> None:
    check = {"attributes": {"kind": "review", "owner": "analyst"}, "threshold": {"must_be": 3}}
    outcome = only(verify(checks=[{"row_count": check}]))
    assert (outcome.kind, outcome.owner, outcome.remedy) == ("review", "analyst", "Ask the publisher.")
