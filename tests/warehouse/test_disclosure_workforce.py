"""The people of a large force under disclosure control: what is closed cannot be worked out, not even from what the
Home Office prints; one closed cell opened stops the publication by its name."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest

from core import db
from ingest.pipeline import ingest_dataset
from warehouse.checks.gate import verify_pending
from warehouse.disclosure import audit, control
from warehouse.disclosure.declared import LinkedSet, load_sets
from warehouse.refresh import dbt_build, steps

COUNTED = (
    "+int_workforce__people", "+int_workforce__people_profile", "+int_workforce__open_profile", "+dim_force",
    "+int_workforce__strength", "+int_population__of_force", "ref_disclosure_rule", "ref_worker_type",
)  # fmt: skip
SHOWN = (
    "int_disclosure__closed_cells", "int_workforce__closed_profile", "workforce_profile", "workforce_detail",
    "int_workforce__people_strength", "int_workforce__shown_strength", "workforce_strength",
)  # fmt: skip


def _build(refresh_id: str, models: tuple[str, ...]) -> None:
    what = ["build", "--select", *models, "--indirect-selection", "cautious", "--exclude", "resource_type:unit_test"]
    response = dbt_build._invoke(what, refresh_id, date(2014, 4, 1), "")
    assert response.success, [each.message for each in response.result.results if each.status not in dbt_build.GOOD]


@pytest.fixture
def declared() -> LinkedSet:
    return next(each for each in load_sets() if each.name == "workforce")


def test_nobody_is_worked_out_and_an_opened_cell_is_named(
    warehouse: str, admin: psycopg.Connection, declared: LinkedSet
) -> None:
    ingest_dataset("intake_hr_extract")
    assert {verdict.status for verdict in verify_pending("intake_hr_extract")} == {"accepted"}
    refresh_id = steps.start(force=True)
    _build(refresh_id, COUNTED)
    closed = control.decide(refresh_id, [declared])
    _build(refresh_id, SHOWN)

    with db.connect("auditor", autocommit=True) as auditor:
        [finding] = audit.attack(auditor, refresh_id, [declared])
        assert (finding.closed, finding.is_safe) == (closed, True)
        assert 0 < finding.attacked <= closed
        # Everybody is in the detail, and everybody but who is closed in the profile.
        detail = "select sum(headcount) from candidate_restricted.workforce_detail where as_at_date = '2012-03-31'"
        assert admin.execute(detail).fetchone() == (45000,)
        # The force's own extract stands beside the publications, by kind of worker.
        strength = "select worker_type, headcount, is_suppressed from candidate.workforce_strength "
        shown = admin.execute(
            strength + "where source_dataset = 'intake_hr_extract' and as_at_date = '2012-03-31' order by 1"
        ).fetchall()
        assert sum(heads or 0 for _, heads, _ in shown) <= 45000
        assert all((heads is None) == closed for _, heads, closed in shown)
        assert all(heads is None or heads >= 5 for _, heads, _ in shown)
        small = admin.execute(
            "select count(*) from candidate.workforce_profile where headcount between 1 and 4 "
            "and source_dataset = 'intake_hr_extract'"
        ).fetchone()
        assert small == (0,)

        [(rank, category)] = admin.execute(
            "select rank_code, category from candidate.workforce_profile where is_suppressed "
            "and breakdown = 'ethnicity' and as_at_date = '2012-03-31' order by 1, 2 limit 1"
        ).fetchall()
        admin.execute(
            "update candidate.workforce_profile set headcount = 1, fte = 1, is_suppressed = false where rank_code = %s "
            "and category = %s and as_at_date = '2012-03-31' and source_dataset = 'intake_hr_extract'",
            [rank, category],
        )
        [opened] = audit.attack(auditor, refresh_id, [declared])
    assert not opened.is_safe
    assert any(rank in cell and category in cell for cell in opened.opened)
