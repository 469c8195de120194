"""What a release may publish that nobody has mapped: it stops the build by name."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest
from releases import Release, add_refresh, counts, one

from warehouse.refresh.dbt_build import BuildResult, build

STRANGE = Release(
    "2012-07",
    "borough_major_minor",
    [
        *counts("Croydon", "Drugs", "Possession of Kittens", "2012-07", "2012-07", 4),
        *counts("Croydon Minster", "Drugs", "Other Drugs", "2012-07", "2012-07", 1),
    ],
)
NEW_HEADER = Release("2012-08", "a_new_header", counts("Croydon", "Drugs", "Drug Trafficking", "2012-08", "2012-08", 9))


@pytest.fixture(scope="module")
def stopped(project: psycopg.Connection) -> BuildResult:
    """The build of a release that nobody has mapped."""
    add_refresh(project, "strange", [STRANGE, NEW_HEADER])
    return build("strange", date(2024, 12, 1))


def test_message_names_spelling_and_release(stopped: BuildResult) -> None:
    assert not stopped.passed
    messages = {failure.node: failure.message for failure in stopped.failures}
    assert messages.keys() == {"every_published_category_has_a_code", "every_published_area_has_a_code"}
    assert "possession of kittens" in messages["every_published_category_has_a_code"]
    assert "2012-07" in messages["every_published_category_has_a_code"]
    assert "croydon minster" in messages["every_published_area_has_a_code"]


def test_failing_rows_are_kept_with_the_remedy(project: psycopg.Connection, stopped: BuildResult) -> None:
    check = project.execute(
        "select table_name, outcome, severity, kind, failing_rows, sample, remedy from audit.check_result "
        "where run_id = 'strange' and check_name = 'every_published_category_has_a_code'"
    ).fetchone()
    assert check is not None
    assert check[:5] == ("stg_met__borough_crime", "failed", "fail", "integrity", 2)
    assert [(row["layout"], row["classification"], row["offence_count"]) for row in check[5]] == [
        ("borough_major_minor", "major_minor", 4),
        ("a_new_header", None, 9),
    ]
    assert "ref_offence_crosswalk.csv" in check[6]


def test_nothing_is_built_on_it(project: psycopg.Connection, stopped: BuildResult) -> None:
    for mart in ("recorded_crime_borough", "recorded_crime_restatement", "kpi_performance"):
        assert one(project, f"select to_regclass('candidate.{mart}')") is None
    outcome = "select outcome from audit.check_result where run_id = 'strange' and check_name = "
    assert one(project, f"{outcome} 'recorded_crime_equals_its_release'") == "not_evaluated"
