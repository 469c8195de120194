"""Real releases of crime and of council tax: figures worked out from the published files by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from releases import add_input, add_refresh, one
from star import assert_sums_are_right, lost_rows

from ingest.pipeline import ingest_dataset
from warehouse.checks.gate import verify_pending
from warehouse.refresh.dbt_build import build

pytestmark = pytest.mark.real

FILES = {
    "mps_borough_crime": 6,
    "council_tax_requirement": 5,
    "mps_ward_crime": 2,
    "police_uk_street": 7,
    "police_uk_outcomes": 2,
    "police_uk_stop_and_search": 2,
    "lookups": 4,
}


@pytest.fixture(scope="module")
def marts(project: psycopg.Connection, real_data: Path) -> psycopg.Connection:
    """The database after a build of every real release."""
    add_refresh(project, "real")
    # What other tests made by hand is no vintage before a real one, for a drift rule to compare it with.
    withdraw = "update audit.batch set status = 'withdrawn', reason = 'made by hand' where dataset = any(%s)"
    project.execute(withdraw, [list(FILES)])
    for dataset, files in FILES.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SOURCES", str(real_data))
            ingest_dataset(dataset)
        accepted = [verdict for verdict in verify_pending(dataset) if verdict.status == "accepted"]
        assert len(accepted) == files
        for order, verdict in enumerate(sorted(accepted, key=lambda verdict: str(verdict.vintage)), 1):
            add_input(project, "real", verdict.batch_id, order)
    result = build("real", date(2024, 12, 1))
    assert result.passed, result.failures
    return project


def test_targets_of_2011_12(marts: psycopg.Connection) -> None:
    kpis = marts.execute(
        "select kpi_code, source_vintage, baseline_value, actual_value, change_pct, target_value, status, is_headline "
        "from candidate.kpi_performance where financial_year = '2011/12' and status <> 'no_data' order by 1, 2"
    ).fetchall()
    assert kpis == [
        ("KPI1", "2016-12", 165627, 153617, Decimal("-7.25"), -2, "met", True),
        ("KPI1", "2022-01", 139396, 130407, Decimal("-6.45"), -2, "met", False),
        ("KPI2", "2016-12", 451446, 469935, Decimal("4.10"), -1, "missed", True),
        ("KPI2", "2022-01", 465490, 478924, Decimal("2.89"), -1, "missed", False),
    ]


def test_each_month_comes_from_its_latest_release(marts: psycopg.Connection) -> None:
    spans = marts.execute(
        "select split_part(source_vintage, '.', 1), to_char(min(month), 'YYYY-MM'), to_char(max(month), 'YYYY-MM'), "
        "count(distinct month)::integer from candidate.recorded_crime_borough group by 1 order by 1"
    ).fetchall()
    assert spans == [
        ("2016-12", "2008-01", "2010-03", 27),
        ("2022-01", "2010-04", "2022-01", 142),
        ("2024-01", "2022-02", "2022-10", 9),
        ("2024-10", "2022-11", "2024-10", 24),
    ]


def test_a_tool_that_knows_the_catalogue_only_makes_no_wrong_sum(marts: psycopg.Connection) -> None:
    assert {key: rows for key, rows in lost_rows(marts).items() if rows} == {}
    assert assert_sums_are_right(marts) > 100


def test_boroughs_are_thirty_two(marts: psycopg.Connection) -> None:
    boroughs = "select count(distinct borough_code) from candidate.recorded_crime_borough where area_type = "
    assert one(marts, f"{boroughs} 'borough'") == 32
    assert one(marts, f"{boroughs} 'other'") == 2


def test_restatement_stays_within_a_classification(marts: psycopg.Connection) -> None:
    pairs = marts.execute(
        "select distinct previous_vintage, source_vintage from candidate.recorded_crime_restatement "
        "where previous_vintage is not null"
    ).fetchall()
    assert pairs == [("2020-06", "2022-01")]
    burglary = one(
        marts,
        "select sum(change_on_previous_vintage) from candidate.recorded_crime_restatement "
        "where offence_group = 'Burglary' and source_vintage = '2022-01'",
    )
    assert burglary == (112682 - 112662) + (39635 - 39645)


# Requirement, tax base and Band D as they stand in the workbooks; the citation names the sheet and row.
PRECEPTS = [
    ("greater-manchester", "2015/16", "105143351", "690370", "152.3"),
    ("greater-manchester", "2020/21", "158880348", "762747.7", "208.3"),
    ("metropolitan", "2015/16", "566527128", "2712343.22", "208.87"),
    ("metropolitan", "2020/21", "767054360.26", "3042297.1", "252.13"),
    ("surrey", "2015/16", "103881648", "481178.6", "215.89"),
    ("surrey", "2020/21", "136991749", "506307.98", "270.57"),
]


def test_precepts_are_those_of_the_workbooks(marts: psycopg.Connection) -> None:
    rows = marts.execute(
        "select body_code, financial_year, council_tax_requirement_gbp, tax_base, band_d_gbp "
        "from candidate.police_precept where body_code = any(%s) and financial_year = any(%s) order by 1, 2",
        [["greater-manchester", "metropolitan", "surrey"], ["2015/16", "2020/21"]],
    ).fetchall()
    assert rows == [(body, year, *map(Decimal, figures)) for body, year, *figures in PRECEPTS]
    assert one(marts, "select count(distinct body_code) from candidate.police_precept") == 38
    cited = one(
        marts,
        "select citation from candidate.police_precept where body_code = 'metropolitan' and financial_year = '2020/21'",
    )
    assert cited == "Data > row 427 > London Boroughs less CoL"


def test_wards_stand_beside_the_boroughs_and_leave_out_what_has_no_ward(marts: psycopg.Connection) -> None:
    """The latest ward release of each month, whole; figures summed from the published files."""
    wards = marts.execute(
        "select source_vintage, classification, min(month)::text, sum(offence_count)::integer "
        "from candidate.recorded_crime_ward group by 1, 2 order by 1"
    ).fetchall()
    assert wards == [
        ("2023-08", "home_office", "2021-09-01", 1323487),
        ("2025-03", "connect", "2023-04-01", 1800829),
    ]
    assert one(marts, "select count(distinct ward_code) from candidate.recorded_crime_ward") == 680


def test_street_level_keeps_and_flags_what_repeats(marts: psycopg.Connection) -> None:
    files = marts.execute(
        "select source_vintage, coverage, sum(crime_count)::integer, sum(duplicate_rows)::integer, "
        "sum(without_id_rows)::integer, sum(crime_count) filter (where lsoa_code = 'unknown')::integer "
        "from candidate.street_crime group by 1, 2 order by 1"
    ).fetchall()
    assert files == [
        ("2010-12-metropolitan", "partial", 7897, 1354, 7897, None),
        ("2018-04-city-of-london", "full", 663, 38, 113, 36),
        ("2018-12-city-of-london", "full", 760, 35, 108, 70),
        ("2019-01-metropolitan", "partial", 7478, 30, 0, 20),
        ("2019-08-city-of-london", "full", 901, 45, 109, 81),
        ("2020-04-city-of-london", "full", 236, 3, 27, 24),
        ("2024-04-metropolitan", "partial", 4215, 0, 0, None),
    ]


def test_stop_and_search_is_controlled_and_whole(marts: psycopg.Connection) -> None:
    months = marts.execute(
        "select force_code, month::text, sum(search_count)::integer, min(search_count) >= 5 "
        "from candidate.stop_and_search group by 1, 2 order by 1"
    ).fetchall()
    assert months == [("city-of-london", "2018-04-01", 110, True), ("metropolitan", "2018-07-01", 9588, True)]


def test_lsoas_of_both_censuses_know_their_borough(marts: psycopg.Connection) -> None:
    assert one(marts, "select count(*) from candidate.dim_lsoa where local_authority_code = 'unknown'") == 1
    assert one(marts, "select count(*) from candidate.dim_lsoa where force_code = 'metropolitan'") == 5164
