"""The whole project over hand-made releases: figures, keys and rights."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import psycopg
import pytest
import yaml
from releases import Release, add_refresh, counts, one
from star import assert_sums_are_right, lost_rows

from core import db
from warehouse.publish.mart_catalogue import require_key, tables
from warehouse.refresh.dbt_build import DBT_PROJECT, build, fixed_tests, parse

BUSINESS_DATE = date(2024, 12, 1)
CRIME_MARTS = (
    "recorded_crime_borough",
    "recorded_crime_ward",
    "recorded_crime_restatement",
    "recorded_crime_restatement_ward",
)
VIOLENCE = "Violence Against the Person"
DWELLING = "Burglary in a Dwelling"
AIRPORTS = "London Heathrow and London City Airports"

OLD = Release(
    "2012-06",
    "borough_major_minor",
    [
        *counts("Croydon", VIOLENCE, "Harassment", "2010-04", "2011-03", 100),
        *counts("Croydon", VIOLENCE, "Harassment", "2011-04", "2012-06", 99),
        *counts("Hackney", "Burglary", DWELLING, "2010-04", "2011-03", 50),
        *counts("Hackney", "Burglary", DWELLING, "2011-04", "2012-06", 49),
        *counts("Hackney", "Criminal Damage", "Other Criminal Damage", "2010-04", "2012-06", 1000),
    ],
)
# Starts a month late for the year before the target's, and adds the airports.
NEW = Release(
    "2013-03",
    "major_minor_lookup_borough",
    [
        *counts(" CROYDON ", "Violence against the  person", "Violence with Injury", "2010-05", "2013-03", 80),
        *counts(AIRPORTS, VIOLENCE, "Violence with Injury", "2012-06", "2013-03", 3),
    ],
)
REVISED = Release(
    "2013-06",
    "major_minor_lookup_borough",
    counts("Croydon", VIOLENCE, "Violence with Injury", "2013-03", "2013-06", 85),
    is_generated=True,
)
PART_OF_LONDON = Release(
    "2013-09",
    "major_minor_lookup_borough",
    counts("Croydon", VIOLENCE, "Homicide", "2012-01", "2013-09", 7777),
    coverage="partial",
)


@pytest.fixture(scope="module")
def empty(project: psycopg.Connection) -> dict[str, str]:
    """What is left of a build without a single batch: why each indicator has no data."""
    add_refresh(project, "empty")
    result = build("empty", BUSINESS_DATE)
    assert result.passed, result.failures
    for mart in CRIME_MARTS:
        assert one(project, f"select count(*) from candidate.{mart}") == 0
    headlines = project.execute(
        "select kpi_code, no_data_reason from candidate.kpi_performance where status = 'no_data' and is_headline "
        "and source_dataset = 'none' and source_vintage = 'none' and not is_generated"
    )
    return dict(headlines.fetchall())


@pytest.fixture(scope="module")
def marts(project: psycopg.Connection, empty: dict[str, str]) -> psycopg.Connection:
    """The database after a build of the hand-made releases."""
    add_refresh(project, "figures", [OLD, NEW, REVISED, PART_OF_LONDON])
    result = build("figures", BUSINESS_DATE)
    assert result.passed, result.failures
    return project


def test_without_a_feed_every_indicator_says_why(marts: psycopg.Connection, empty: dict[str, str]) -> None:
    known = "select count(*) from candidate.dim_kpi where kpi_code not in ('unknown', 'none')"
    assert len(empty) == one(marts, known)
    assert "mps_borough_crime" in empty["KPI1"]
    assert "2011/12" in empty["KPI1"]
    assert "ons_police_area_tables" in empty["KPI3"]
    assert empty["KPI6"] == one(marts, "select no_data_reason from seed.ref_kpi where kpi_code = 'KPI6'")


def test_latest_release_takes_a_month_over_whole(marts: psycopg.Connection) -> None:
    by_month = {
        (row[0], row[1]): row[2:]
        for row in marts.execute(
            "select to_char(month, 'YYYY-MM'), area_type, source_vintage, sum(offence_count), bool_or(is_generated) "
            "from candidate.recorded_crime_borough group by 1, 2, 3"
        )
    }
    assert by_month["2010-04", "borough"] == ("2012-06", 1150, False)
    assert by_month["2010-05", "borough"] == ("2013-03", 80, False)  # without the older release's burglary
    assert by_month["2012-06", "other"] == ("2013-03", 3, False)
    assert by_month["2013-03", "borough"] == ("2013-06", 85, True)
    assert ("2013-03", "other") not in by_month
    assert max(by_month) == ("2013-06", "borough")  # a release of part of London is no total


def test_published_names_become_codes(marts: psycopg.Connection) -> None:
    row = marts.execute(
        "select borough_code, borough_name, offence_code, offence_group, offence_subgroup, classification "
        "from candidate.recorded_crime_borough where month = '2010-05-01'"
    ).fetchall()
    assert row == [
        (
            "E09000008",
            "Croydon",
            "home_office.violence_against_the_person.violence_with_injury",
            VIOLENCE,
            "Violence with Injury",
            "home_office",
        )
    ]


def test_restatement_compares_releases_of_one_classification(marts: psycopg.Connection) -> None:
    def moved(month: str) -> list[tuple]:
        return marts.execute(
            "select source_vintage, area_type, offence_count, previous_vintage, change_on_previous_vintage "
            "from candidate.recorded_crime_restatement where month = %s and offence_group = %s order by 1, 2",
            [month, VIOLENCE],
        ).fetchall()

    assert moved("2011-04-01") == [("2012-06", "borough", 99, None, None), ("2013-03", "borough", 80, None, None)]
    assert moved("2013-03-01") == [
        ("2013-03", "borough", 80, None, None),
        ("2013-03", "other", 3, None, None),
        ("2013-06", "borough", 85, "2013-03", 5),
        ("2013-06", "other", 0, "2013-03", -3),
    ]


def test_targets_are_judged_within_one_release(marts: psycopg.Connection) -> None:
    kpis = marts.execute(
        "select kpi_code, source_vintage, baseline_value, actual_value, change_pct, status, is_headline, "
        "classification from candidate.kpi_performance where status not in ('no_data', 'no_target') order by 1, 2"
    ).fetchall()
    assert kpis == [
        ("KPI1", "2012-06", 1200, 1188, Decimal("-1.00"), "missed", True, "major_minor"),
        ("KPI2", "2012-06", 600, 588, Decimal("-2.00"), "met", True, "major_minor"),
    ]


def test_targets_cite_the_adopted_paper(marts: psycopg.Connection) -> None:
    targets = marts.execute(
        "select kpi_code, target_value, target_text, source_document, authority_code "
        "from candidate.kpi_performance where kpi_code in ('KPI1', 'KPI6', 'KPI7') and financial_year = '2011/12' "
        "order by 1"
    ).fetchall()
    assert targets == [
        ("KPI1", -2, None, "met_forward_two", "mpa"),
        ("KPI6", None, "Green", "met_forward_two", "mpa"),
        ("KPI7", 2713, None, "met_forward_two", "mpa"),
    ]


def test_calendar_runs_ahead_of_the_business_date(marts: psycopg.Connection) -> None:
    ahead = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text())["vars"]["planning_years"]
    years = marts.execute(
        "select min(financial_year), max(first_day), count(first_day) from candidate.dim_financial_year"
    )
    last = date(2024 + ahead, 4, 1)
    assert years.fetchone() == ("2000/01", last, last.year - 2000 + 1)


def test_marts_describe_themselves(marts: psycopg.Connection) -> None:
    found = tables(marts, "candidate")
    assert {*CRIME_MARTS, "kpi_performance", "dim_month"} <= found.keys()
    for mart in found.values():
        require_key(mart)
        assert mart.comment, mart.name
        assert [column.name for column in mart.columns if not column.comment] == [], mart.name


def test_a_tool_that_knows_the_catalogue_only_makes_no_wrong_sum(marts: psycopg.Connection) -> None:
    """Every foreign key, every measure: no row is lost by a join, no sum is doubled."""
    lost = lost_rows(marts)
    assert len(lost) > 80
    assert {key: rows for key, rows in lost.items() if rows} == {}
    assert assert_sums_are_right(marts) > 100


@pytest.mark.parametrize(
    ("table", "readers"),
    [
        ("candidate.kpi_performance", {"publisher", "auditor"}),
        ("intermediate.int_kpi__verdict", {"auditor"}),
        ("staging.stg_met__borough_crime", {"auditor"}),
        ("seed.ref_borough", {"auditor"}),
    ],
)
def test_each_role_sees_its_layers(marts: psycopg.Connection, table: str, readers: set[str]) -> None:
    assert {role for role in ("publisher", "auditor", "bi_reader", "loader") if may_read(role, table)} == readers


PAPER_SEEDS = "seed.met_forward.paper_"


def test_only_seeds_and_their_own_tests_are_left_out(marts: psycopg.Connection) -> None:
    nodes = parse().nodes.items()
    parents = {name: node.depends_on.nodes for name, node in nodes if node.resource_type == "test"}
    ran = {row[0] for row in marts.execute("select node from audit.node_result where refresh_id = 'figures'")}
    ever_ran = {row[0] for row in marts.execute("select node from audit.node_result")}  # by any build in this database
    papers = {test for test, of in parents.items() if all(parent.startswith(PAPER_SEEDS) for parent in of)}
    assert parents.keys() - ever_ran == papers
    left_out = parents.keys() - ran
    assert left_out
    assert [test for test in left_out if not all(parent.startswith("seed.") for parent in parents[test])] == []


def test_unit_tests_and_the_tests_of_the_papers_pass(marts: psycopg.Connection) -> None:
    result = fixed_tests("figures", BUSINESS_DATE)
    assert result.passed, result.failures


def may_read(role: str, table: str) -> bool:
    with db.connect(role) as connection:
        try:
            connection.execute(f"select 1 from {table} limit 1")
        except psycopg.errors.InsufficientPrivilege:
            return False
    return True
