"""Which of the papers' figures do not agree, through a whole build, and what happens to a check that cannot be made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import sql
from releases import Release, add_refresh, counts, one

from warehouse.refresh.dbt_build import BuildResult, build

POSITION = "Financial planning > Medium Term Financial Plan > Current financial position (untitled table) > "
CAPITAL = (
    "Capital 7 year programme - expenditure by provisioning department > Capital 7 year programme 2011/12 to 2017/18 - "
    "proposed expenditure by provisioning department > "
)
FUNDING = (
    "Capital 7 year programme - proposed funding position > Capital 7 year programme 2010/11 to 2016/17 - proposed "
    "funding position (title years as printed; columns run 2011/12 to 2017/18) > "
)
KPIS = (
    "Holding the MPS to account: summary of key performance indicators (KPIs) > Key performance indicators and targets "
    "2011/12 > "
)
M = 1_000_000
Row = dict[str, Any]

# Check, what it says. The arithmetic is in the papers: printed in thousands or millions there, in pounds here.
GOLDEN: list[tuple[str, Row]] = [
    (
        "kpi_requirement_and_position",
        {
            "left_value": 2713 * M,
            "right_value": 2701_100_000,
            "difference": 11_900_000,
            "tolerance": 505_000,
            "outcome": "differs",
            "left_citation": f"{KPIS}Efficient use of our assets",
            "right_citation": f"{POSITION}Budget Requirement",
            "source_document": "met_forward_two",
            "right_document": "policing_plan_2011_14",
        },
    ),
    (
        "net_programme.2014/15",
        {
            "left_value": 128_600_000,
            "right_value": 127_600_000,
            "difference": 1 * M,
            "tolerance": 100_000,
            "outcome": "differs",
            "left_citation": f"{CAPITAL}Revised Total (inc. overprogramming)",
            "right_citation": f"{FUNDING}Total Funding",
            "financial_year": "2014/15",
        },
    ),
    (
        "printed_total.capital_expenditure.grand_total.2015/16.proposed_budget",
        {
            "left_value": 119 * M,
            "right_value": 119_100_000,
            "tolerance": 250_000,
            "outcome": "within_rounding",
            "right_citation": f"{CAPITAL}Directorate of Information, Misc. Equipment from Ad Hoc Providers, "
            "Property Services, Transport Services",
        },
    ),
    (  # three parts and a blank cell: no savings to be identified before 2011/12
        "printed_total.revenue_budget.net_expenditure.2009/10.outturn",
        {"left_value": 2_650_714_000, "right_value": 2_650_714_000, "tolerance": 2_000, "outcome": "exact"},
    ),
    (
        "position_requirement.2010/11",
        {"left_value": 2673_300_000, "right_value": 2673_400_000, "tolerance": 15_000, "outcome": "differs"},
    ),
    (
        "precept_growth.2011/12",
        {"left_value": Decimal("2.98"), "right_value": Decimal("4.64684"), "outcome": "differs", "unit": "percent"},
    ),
    (
        "band_d_growth.2011/12",
        {"left_value": Decimal("2.98"), "right_value": Decimal("2.97532"), "outcome": "within_rounding"},
    ),
    (
        "funding_share_of_gross.other_income",
        {"left_value": 8, "right_value": Decimal("8.620207"), "tolerance": Decimal("0.515202"), "outcome": "differs"},
    ),
    (
        "over_programming_of_net.2011/12",
        {"left_value": 20, "right_value": Decimal("19.977427"), "outcome": "within_rounding"},
    ),
    (
        "over_programming_of_gross.2011/12",
        {"left_value": 20, "right_value": Decimal("16.650988"), "outcome": "differs"},
    ),
    (
        "bridge_closing",
        {"left_value": 2701_100_000, "right_value": 2701_100_000, "tolerance": 500_000, "outcome": "exact"},
    ),
    (
        "training_saving",
        {"left_value": 25 * M, "right_value": 26_800_000, "outcome": "within_bound", "is_within_stated_bound": True},
    ),
    (
        "improvement_programme_yearly",
        {"left_value": 290 * M, "right_value": 287 * M, "outcome": "differs", "is_within_stated_bound": False},
    ),
    ("funding_sources", {"left_value": 4, "right_value": 5, "tolerance": 0, "outcome": "differs"}),
    (
        "reletting_strategy",
        {"left_word": "drafted", "right_word": "under development", "left_value": None, "outcome": "differs"},
    ),
    (
        "capital_funding_title_first",
        {"left_value": 2010, "right_value": 2011, "unit": "year", "outcome": "differs"},
    ),
    (  # fourteen paragraphs of the summary, one of them a project each; five strands to come are none
        "projects_named",
        {"left_value": 40, "right_value": 14, "outcome": "differs", "is_derived": True},
    ),
    ("programmes_with_amount", {"left_value": 29, "right_value": 13, "outcome": "differs"}),
    ("bases_in_mission", {"left_value": 6, "right_value": 1, "outcome": "differs"}),
    (
        "indicator_names.KPI7",
        {
            "left_word": "Deliver a balanced budget for 2011/12 as set out in the Policing Plan 2011/14",
            "right_word": "Deliver a balanced budget for 2011/12 as set out in the Policing Plan 2011-14",
            "outcome": "differs",
        },
    ),
    ("indicator_names.KPI2", {"outcome": "exact", "unit": "text"}),
    ("objective_names.O13", {"outcome": "differs", "source_document": "met_forward_two"}),
    ("strand_names.W7", {"left_word": "Met Olympics", "right_word": "Met Olympic and Paralympic Games"}),
    ("net_expenditure_revised", {"difference": 1_007_000, "tolerance": 1000, "outcome": "differs"}),
    ("requirement_revised", {"difference": 0, "outcome": "exact"}),
    (
        "programme_within_three_years",
        {"left_value": 789 * M, "right_value": 870 * M, "outcome": "within_bound", "is_within_stated_bound": True},
    ),
    (
        "borrowing_within_programme.2011/12",
        {"left_value": 68 * M, "right_value": 177_200_000, "outcome": "within_bound"},
    ),
]

# How many checks of each kind, and how many of them differ. A paper corrected or a check added changes these.
KINDS = {
    "total_against_parts": (138, 2),
    "programme_against_funding": (15, 9),
    "requirement_against_grant_and_precept": (12, 5),
    "bridge": (15, 2),
    "same_measure_in_two_papers": (31, 6),
    "same_measure_in_two_places": (50, 6),
    "share_against_amounts": (11, 2),
    "staffing_tables": (45, 0),
    "growth_against_amounts": (6, 1),
    "count_against_list": (19, 0),
    "labels_and_wording": (35, 11),
    "other_bases": (29, 22),
    "plan_versions": (3, 1),
    "omission": (8, 8),
    "plausibility": (22, 0),
    "repeated_figure": (79, 0),
    "working_against_figures": (91, 0),
    "papers_against_feeds": (2, 2),
}

# Crime that falls in 2009/10 and rises again in 2010/11; one borough only.
CRIME = Release(
    "2011-03",
    "borough_major_minor",
    [
        *counts("Croydon", "Drugs", "Drug Trafficking", "2008-04", "2009-03", 9),
        *counts("Croydon", "Drugs", "Drug Trafficking", "2009-04", "2010-03", 7),
        *counts("Croydon", "Drugs", "Drug Trafficking", "2010-04", "2011-03", 8),
    ],
)
MADE_UP = Release("2012-03", CRIME.layout, counts("Barnet", *CRIME.rows[0][1:3], "2004-04", "2012-03", 1),
                  is_generated=True)  # fmt: skip


@pytest.fixture(scope="module")
def mart(project: psycopg.Connection) -> psycopg.Connection:
    """The database after a build that has a real release of recorded crime beside the papers."""
    add_refresh(project, "reconciliation", [CRIME])
    result = build("reconciliation", date(2024, 12, 1))
    assert result.passed, result.failures
    return project


@pytest.mark.parametrize(("check", "says"), GOLDEN, ids=[check for check, _ in GOLDEN])
def test_figures_of_the_papers(mart: psycopg.Connection, check: str, says: Row) -> None:
    query = sql.SQL("select {} from candidate.figure_reconciliation where check_code = {}").format(
        sql.SQL(", ").join(map(sql.Identifier, says)), check
    )
    (row,) = mart.execute(query).fetchall()
    assert dict(zip(says, row, strict=True)) == says


def test_every_kind_is_checked(mart: psycopg.Connection) -> None:
    rows = mart.execute(
        "select check_kind, count(*), count(*) filter (where outcome = 'differs') "
        "from candidate.figure_reconciliation group by check_kind"
    )
    assert {kind: (checks, differing) for kind, checks, differing in rows} == KINDS


def test_every_printed_total_is_checked_without_being_listed(mart: psycopg.Connection) -> None:
    tables = ("revenue_budget", "capital_expenditure", "capital_funding", "staffing")
    totals = " + ".join(f"(select count(total_formula) from seed.paper_{table})" for table in tables)
    checked = "select count(*) from candidate.figure_reconciliation where check_code like 'printed_total.%'"
    assert one(mart, checked) == one(mart, f"select {totals}") != 0
    assert one(mart, "select count(*) from seed.ref_reconciliation_check where check_code like 'printed_total%'") == 0


def test_a_real_release_is_set_against_the_papers(mart: psycopg.Connection) -> None:
    rows = mart.execute(
        "select check_code, left_value, right_value, outcome, right_citation from candidate.figure_reconciliation "
        "where check_kind = 'papers_against_feeds' order by check_code"
    ).fetchall()
    assert rows == [
        ("feed_boroughs", 32, 1, "differs", "mps_borough_crime > 2011-03 > areas"),
        ("feed_crime_falls", 2, 1, "differs", "mps_borough_crime > 2011-03 > all offences by financial year"),
    ]


SPOILINGS = [
    "update seed.ref_reconciliation_part set line_code = 'nowhere' where check_code = 'bridge_rise' and side = 'right' "
    "and part_order = 2",
    "update seed.ref_reconciliation_part set financial_year = null where check_code = 'text_requirement' "
    "and side = 'right' and part_order = 1 or check_code = 'kpi_requirement' and side = 'right' and part_order = 1",
    "update seed.ref_reconciliation_part set line_code = 'nowhere' where check_code = 'dogs_seized' and is_anchor",
    "update seed.paper_capital_funding set total_formula = 'sum of six main rows' where line_code = 'main_subtotal' "
    "and financial_year = '2011/12'",
    "update seed.paper_capital_funding set total_formula = 'dedicated sub total + lottery' "
    "where line_code = 'total_funding' and financial_year = '2012/13'",
]
SPOILT = ("ref_reconciliation_part", "paper_capital_funding")


@pytest.fixture
def spoilt(project: psycopg.Connection) -> Iterator[BuildResult]:
    """The build over checks that cannot be made, with generated crime; the seeds are put back afterwards."""
    for table in SPOILT:
        project.execute(f"create table seed.kept_{table} as table seed.{table}")
    for spoiling in SPOILINGS:
        assert project.execute(spoiling).rowcount > 0
    add_refresh(project, "spoilt", [MADE_UP])
    yield build("spoilt", date(2024, 12, 1))
    for table in SPOILT:
        project.execute(f"truncate seed.{table}")
        project.execute(f"insert into seed.{table} table seed.kept_{table}")
        project.execute(f"drop table seed.kept_{table}")


def test_a_check_that_cannot_be_made_fails_by_name(project: psycopg.Connection, spoilt: BuildResult) -> None:
    assert not spoilt.passed
    assert {failure.node for failure in spoilt.failures} == {
        "every_part_of_a_check_finds_its_figure",
        "every_defined_check_runs",
    }
    samples = project.execute(
        "select check_name, sample from audit.check_result where run_id = 'spoilt' and outcome = 'failed'"
    ).fetchall()
    found = {
        (row["check_code"], row["side"], row.get("expected_figures"), row.get("found_figures"))
        for _, sample in samples
        for row in sample
    }
    assert found == {
        ("bridge_rise", "right", 1, 0),
        ("kpi_requirement", "right", 1, 4),
        ("dogs_seized", "left", None, None),
        ("printed_total.capital_funding.main_subtotal.2011/12.proposed_budget", "right", 6, 5),
        ("printed_total.capital_funding.total_funding.2012/13.proposed_budget", "right", 1, 0),
    }
    assert one(project, "select to_regclass('candidate.figure_reconciliation')") is None
    assert one(project, "select count(*) from intermediate.int_reconciliation__feed_figure") == 0
