"""Delimited files with remarks above the header that say the year: the police grant report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from reading import Outcome, read

from ingest.definition.dataset import Dataset, load_definitions
from ingest.readers import open_file

REMARKS = "# Police Grant Report 2025-26: totals\n# by force\n"
TABLE = "force,budget_gbp\nSurrey,132132164\n"


@pytest.fixture(scope="module")
def definition() -> Dataset:
    """The definition that ships, not the tests' usual one."""
    return load_definitions()["police_grant"]


@pytest.fixture
def read_text(tmp_path: Path, definition: Dataset) -> Callable[[str], Outcome]:
    return lambda text: read(tmp_path / "a.csv", text.encode(), definition)


def test_remarks_are_skipped_and_date_the_file(
    read_text: Callable[[str], Outcome], tmp_path: Path, definition: Dataset
) -> None:
    outcome = read_text(REMARKS + TABLE)

    assert outcome.records == [(("Surrey", Decimal(132132164)), 4, None, None)]
    assert (outcome.skipped, outcome.records_read) == ([("preamble", 1, 2)], 3)
    reading = open_file(tmp_path / "a.csv", definition, "a")
    assert (reading.period_start, reading.period_end) == (date(2025, 4, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (TABLE, "the lines above the header say no financial year (Police Grant Report ([0-9]{4}-[0-9]{2}))"),
        (REMARKS.replace("2025-26", "2025-27") + TABLE, "line 1: '2025-27' is no financial year"),
        (
            REMARKS + TABLE.replace("budget", "grant"),
            'line 3: the header is not known: missing "budget_gbp"; new "grant_gbp"; '
            "the closest known layout is overall_total (force, budget_gbp)",
        ),
        (REMARKS + "force,budget_gbp\n", "the file has a header and no rows"),
    ],
)
def test_what_is_refused_whole(read_text: Callable[[str], Outcome], text: str, reason: str) -> None:
    refusal = read_text(text).refusal

    assert refusal and refusal.reason == reason


@pytest.mark.real
def test_the_real_report(read_text: Callable[[str], Outcome], real_data: Path) -> None:
    """Its remarks state 9,806,553,489; the 43 rows add up to two pounds less."""
    text = (real_data / "grants/police_grant/police-grant-2025-26.csv").read_text(encoding="utf-8")
    outcome = read_text(text)

    assert (len(outcome.records), outcome.quarantined, outcome.records_read) == (43, [], 43 + 16)
    assert sum(record.values[1] for record in outcome.records) == 9_806_553_487  # type: ignore[misc]
