"""The workforce marts of real editions: figures read off the publications by hand, sheet and cell given."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from releases import add_input, add_refresh

from ingest.definition.dataset import load_definitions
from ingest.pipeline import ingest_dataset
from ingest.sources import Sources, find_arrivals
from warehouse.checks.gate import verify_pending
from warehouse.refresh import dbt_build

pytestmark = pytest.mark.real

FEEDS = {
    "home_office_workforce": 3, "mps_strength": 1, "home_office_workforce_open_data": 2, "ons_police_area_tables": 8,
    "council_tax_requirement": 5, "police_grant": 1, "home_office_arrests_open_data": 1,
    "home_office_stop_search_open_data": 1, "home_office_breath_tests": 1, "ons_csp_tables": 1,
}  # fmt: skip
MODELS = (
    "+force_benchmark",
    "+kpi_performance",
    "+recorded_crime_partnership",
    "+workforce_strength",
    "+workforce_plan",
    "+workforce_profile",
    "+dim_financial_year",
    "+dim_document",
)
LATEST = "select {} from candidate.workforce_strength where source_dataset = 'home_office_workforce' "
# Also those that another module has loaded into the database before.
ACCEPTED = """
    select b.batch_id from audit.batch as b inner join audit.source_file as f using (dataset, sha256)
    where b.dataset = %s and b.status = 'accepted' and f.name = any(%s) order by b.vintage
"""


@pytest.fixture(scope="module")
def marts(
    project: psycopg.Connection, real_data: Path, national_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> psycopg.Connection:
    """The database after a build of the workforce models from every real file of both folders of real data."""
    inbox = tmp_path_factory.mktemp("inbox") / "workforce"
    inbox.mkdir()
    (inbox.parent / "crime").mkdir()
    for folder in [*(real_data / "workforce").iterdir(), *(national_data / "workforce").iterdir()]:
        shutil.copytree(folder, inbox / folder.name, dirs_exist_ok=True)
    powers = ("home_office_arrests_open_data", "home_office_stop_search_open_data", "home_office_breath_tests")
    for folder in ("ons_pfa_tables", "ons_csp_tables", *powers):
        shutil.copytree(national_data / "crime" / folder, inbox.parent / "crime" / folder)
    shutil.copytree(real_data / "grants", inbox.parent / "grants")
    names = [str(path.relative_to(inbox.parent)) for path in inbox.parent.rglob("*") if path.is_file()]
    add_refresh(project, "workforce")
    for dataset, files in FEEDS.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SOURCES", str(inbox.parent))
            ingest_dataset(dataset)
        verify_pending(dataset)
        accepted = project.execute(ACCEPTED, [dataset, names]).fetchall()
        assert len(accepted) == files, dataset
        for order, (batch_id,) in enumerate(accepted, 1):
            add_input(project, "workforce", batch_id, order)
    what = ["build", "--select", *MODELS, "--indirect-selection", "cautious", "--exclude", "resource_type:unit_test"]
    response = dbt_build._invoke(what, "workforce", date(2024, 12, 1), "")
    bad = [each for each in response.result.results if each.status not in dbt_build.GOOD]
    assert response.success, [(each.node.name, each.message) for each in bad if each.message]
    return project


# Of the editions to September 2016, 2017 and 2018: table, cell, force or total, figure.
READ_OFF = [
    ("2016-09", "Table_1!D42", "Police officers", "Metropolitan Police", "31781.8651"),
    ("2016-09", "Table_1!D41", "Police officers", "London, City of", "687.53"),
    ("2016-09", "Table_1!D32", "Police officers", "West Midlands", "6880"),
    ("2016-09", "Table_1!D8", "Police officers", "Cleveland", "1299.06"),
    ("2016-09", "Table_1!D59", "Police officers", "South Wales", "2849.72"),
    ("2016-09", "Table_1!D60", "Police officers", "Total 43 forces", "122859.013299912"),
    ("2016-09", "Table_1!D63", "Police officers", "Total", "126251.683299912"),
    ("2016-09", "Table_2!D42", "Police staff", "Metropolitan Police", "8575.45630000001"),
    ("2016-09", "Table_2!D60", "Police staff", "Total 43 forces", "60814.6995753784"),
    ("2016-09", "Table_3!D42", "Police community support officers", "Metropolitan Police", "1552.5486"),
    ("2016-09", "Table_3!D60", "Police community support officers", "Total 43 forces", "10550.6675918622"),
    ("2017-09", "Table_1!D43", "Police officers", "Metropolitan Police", "30871.22"),
    ("2017-09", "Table_1!D33", "Police officers", "West Midlands", "6534.50000000001"),
    ("2017-09", "Table_1!D61", "Police officers", "Total 43 forces", "121928.976750244"),
    ("2017-09", "Table_1!D64", "Police officers", "Total", "125364.056750244"),
    ("2017-09", "Table_2!D33", "Police staff", "West Midlands", "3029.98"),
    ("2017-09", "Table_2!D61", "Police staff", "Total 43 forces", "62030.7710800209"),
    ("2017-09", "Table_3!D60", "Police community support officers", "South Wales", "401.47"),
    ("2018-09", "Table_1!D42", "Police officers", "Metropolitan Police", "30136.1694499999"),
    ("2018-09", "Table_1!D41", "Police officers", "London, City of", "733.6"),
    ("2018-09", "Table_1!D60", "Police officers", "Total 43 forces", "122395.45085"),
    ("2018-09", "Table_1!D63", "Police officers", "Total", "125861.32544"),
    ("2018-09", "Table_2!D8", "Police staff", "Cleveland", "315.42"),
    ("2018-09", "Table_2!D60", "Police staff", "Total 43 forces", "63702.2060187095"),
    ("2018-09", "Table_5!D59", "Police community support officers", "South Wales", "398.48"),
    ("2018-09", "Table_5!D60", "Police community support officers", "Total 43 forces", "9790.94418597548"),
]


@pytest.mark.parametrize(("vintage", "cell", "worker", "area", "figure"), READ_OFF)
def test_figures_stand_where_a_person_reads_them(
    marts: psycopg.Connection, vintage: str, cell: str, worker: str, area: str, figure: str
) -> None:
    found = marts.execute(
        "select r.worker_type, r.area_name, r.figure from raw.home_office_workforce as r "
        "inner join audit.batch as b on b.batch_id = r._batch_id "
        "where b.vintage = %s and r._source_column = %s",
        [vintage, cell],
    ).fetchall()
    assert found == [(worker, area, Decimal(figure))]


def test_only_the_series_of_2018_disagrees_with_its_tables(marts: psycopg.Connection) -> None:
    """The forces were restated for September 2017, the long series was not: 201.77 staff were designated officers."""
    rows = marts.execute(
        "select check_name, outcome, sample from audit.check_result as c inner join audit.batch as b on b.batch_id = "
        "c.run_id where b.dataset = 'home_office_workforce' and c.outcome <> 'passed'"
    ).fetchall()
    assert [row[:2] for row in rows] == [("home_office_workforce.series_agrees", "failed")]
    assert {
        (each["worker_type"], each["as_at_date"], each["series"], each["total_43_forces"]) for each in rows[0][2]
    } == {
        ("Police staff", "2017-09-30", 62030.7710800209, 62232.5410800209),
        ("Designated officers", "2017-09-30", 4362.2334, 4160.4634),
    }


def test_what_editions_restated(marts: psycopg.Connection) -> None:
    restated = marts.execute(
        LATEST.format("force_code, worker_type, as_at_date, previous_fte, fte, missing_reason")
        + "and is_restated and (fte is not null or previous_fte <> 0) order by 3, 2, 1"
    ).fetchall()
    gone = "not available"
    staff, designated, in_2017 = "police_staff", "designated_officer", date(2017, 9, 30)
    assert restated == [
        ("north-yorkshire", staff, date(2016, 9, 30), Decimal("987.32"), Decimal("967.18"), None),
        ("city-of-london", designated, in_2017, Decimal(10), None, gone),
        ("cumbria", designated, in_2017, Decimal(25), None, gone),
        ("gwent", designated, in_2017, Decimal("57.44"), None, gone),
        ("west-midlands", designated, in_2017, Decimal("109.33"), None, gone),
        ("city-of-london", staff, in_2017, Decimal(408), Decimal(418), None),
        ("cumbria", staff, in_2017, Decimal(535), Decimal(560), None),
        ("gwent", staff, in_2017, Decimal("494.58"), Decimal("552.02"), None),
        ("west-midlands", staff, in_2017, Decimal("3029.98"), Decimal("3139.31"), None),
    ]
    assert marts.execute(LATEST.format("count(*)") + "and is_restated").fetchone() == (21,)


def test_the_forces_are_the_publishers_total_and_no_row_is_one(marts: psycopg.Connection) -> None:
    totals = marts.execute(
        LATEST.format("as_at_date, round(sum(fte), 3)")
        + "and worker_type = 'police_officer' and force_code not in ('btp', 'none') group by 1 order by 1"
    ).fetchall()
    assert totals[-1] == (date(2018, 9, 30), Decimal("122395.451"))  # Table_1!D60, to three places
    assert [day for day, _ in totals] == [
        date(year, month, day) for year, month, day in
        [(2015, 9, 30), (2016, 3, 31), (2016, 9, 30), (2017, 3, 31), (2017, 9, 30), (2018, 3, 31), (2018, 9, 30)]
    ]  # fmt: skip
    assert marts.execute(LATEST.format("count(distinct force_code)")).fetchone() == (45,)


def test_plan_of_2013_14_against_march_2014_by_both_counts(marts: psycopg.Connection) -> None:
    rows = marts.execute(
        "select worker_type, actual_source, planned_count, coalesce(actual_fte, actual_headcount), variance "
        "from candidate.workforce_plan where financial_year = '2013/14' and plan_table = 'deployment_plan' "
        "and actual_source <> 'none' order by line_order, actual_source"
    ).fetchall()
    national, own = "home_office_workforce_open_data", "mps_strength"
    assert rows == [
        ("police_officer", national, 31800, Decimal("30931.66"), Decimal("-868.34")),
        ("police_officer", own, 31800, 30712, -1088),
        ("police_staff", national, 14132, Decimal("11998.19"), Decimal("-2133.81")),  # 11,303.16 + 695.03
        ("police_staff", own, 14132, 11897, -2235),
        ("pcso", national, 3749, Decimal("2086.91"), Decimal("-1662.09")),
        ("pcso", own, 3749, 2048, -1701),
        ("special_constable", national, 6667, 4587, -2080),  # heads
    ]
    counted = marts.execute(
        "select count(distinct (plan_table, worker_type, financial_year, plan_version)), "
        "count(*) filter (where variance is not null) from candidate.workforce_plan"
    ).fetchone()
    # 11 years and versions in two tables, four groups that somebody counts; the Met's own count has March 2014 only.
    assert counted == (99, 11 * 4 + 2 * 3)


def test_profile_of_the_mets_sergeants_in_march_2014(marts: psycopg.Connection) -> None:
    rows = marts.execute(
        "select breakdown, category, headcount, fte from candidate.workforce_profile where force_code = 'metropolitan' "
        "and as_at_date = '2014-03-31' and rank_code = 'sergeant' order by 1, 2"
    ).fetchall()
    assert rows == [
        ("all", "all", 4708, Decimal("4644.01")),
        ("sex", "female", 868, Decimal("811.74")),
        ("sex", "male", 3840, Decimal("3832.27")),
    ]


# Officers of the open data at the end of March over the people of mid-2013 in Table P9 of March 2018, and of mid-2017
# and mid-2018 in Table P3 of December 2018 and of June 2019.
RATES = [
    ("kent", "2014-03-31", 1763800, 2013, "of_the_year", "1.853"),  # 3,268.21; Table P9!N46
    ("west-midlands", "2014-03-31", 2781800, 2013, "of_the_year", "2.620"),  # 7,287.95; N33, the force, not N29
    ("metropolitan", "2014-03-31", 8411400, 2013, "of_the_year", "3.677"),  # 30,931.66; N43
    ("dyfed-powys", "2018-03-31", 516800, 2017, "of_the_year", "2.295"),  # 1,186.10; Table P3!C58
    ("kent", "2022-03-31", 1846500, 2018, "latest_before", "2.148"),  # 3,967.0427: of 2021 there is no estimate
]


@pytest.mark.parametrize(("force", "day", "people", "year", "rule", "rate"), RATES)
def test_officers_for_1000_people_of_every_force(
    marts: psycopg.Connection, force: str, day: str, people: int, year: int, rule: str, rate: str
) -> None:
    found = marts.execute(
        "select population, population_year, population_rule, per_1000_people from candidate.workforce_strength where "
        "worker_type = 'police_officer' and source_dataset = 'home_office_workforce_open_data' and force_code = %s "
        "and as_at_date = %s",
        [force, day],
    ).fetchall()
    assert found == [(people, year, rule, Decimal(rate))]


def test_only_who_has_no_area_has_no_rate(marts: psycopg.Connection) -> None:
    rows = marts.execute(
        "select distinct force_code from candidate.workforce_strength where per_1000_people is null "
        "and num_nonnulls(fte, headcount) > 0"
    ).fetchall()
    assert sorted(rows) == [("btp",), ("none",)]


def test_a_file_of_regions_among_forces_is_passed_over(national_data: Path) -> None:
    """Row 19 is the region of the West Midlands (11,688.54), row 23 its force (7,132.75); nothing tells them apart."""
    definition = load_definitions()["home_office_workforce_open_data"]
    _, notes = find_arrivals(Sources(national_data, is_generated=False), definition)
    assert [note.split(":")[0].rsplit("/", 1)[1] for note in notes] == [
        "police-workforce-fte-by-year.csv",
        "workforce_mean.csv",
    ]


# The year to September 2019 by its release, Table P3: Kent F47, the Met F44, England and Wales F7; Greater Manchester
# has the mark of those that could not report. Band D of 2019/20 as in its workbook; the country's is all requirements
# over all tax bases.
BENCHMARK = [
    ("kent", "crime_rate", "year to 2019-09", "103.6779", "88.8055", None),
    ("metropolitan", "crime_rate", "year to 2019-09", "101.5202", "88.8055", None),
    ("greater-manchester", "crime_rate", "year to 2019-09", None, "88.8055", "not reported"),
    ("metropolitan", "precept_band_d", "2019/20", "242.1300", "213.2422", None),
    ("kent", "precept_band_d", "2019/20", "193.1500", "213.2422", None),
]


@pytest.mark.parametrize(("force", "measure", "year", "value", "country", "missing"), BENCHMARK)
def test_every_force_beside_us(
    marts: psycopg.Connection,
    force: str,
    measure: str,
    year: str,
    value: str | None,
    country: str,
    missing: str | None,
) -> None:
    found = marts.execute(
        "select value, national_value, missing_reason from candidate.force_benchmark "
        "where force_code = %s and measure_code = %s and year = %s",
        [force, measure, year],
    ).fetchall()
    assert found == [(None if value is None else Decimal(value), Decimal(country), missing)]


def test_few_residents_are_shown_and_not_ranked(marts: psycopg.Connection) -> None:
    rows = marts.execute(
        "select value > 80, note_code, rank_among_reporting, signal from candidate.force_benchmark where "
        "force_code = 'city-of-london' and measure_code = 'officers_per_1000' and year = '2013/14'"
    ).fetchall()
    assert rows == [(True, "few_residents", None, "not_judged")]
    ranked = marts.execute(
        "select force_code, rank_among_reporting, reporting_forces, signal from candidate.force_benchmark where "
        "measure_code = 'officers_per_1000' and year = '2013/14' and rank_among_reporting <= 2 order by 2"
    ).fetchall()
    assert ranked[0] == ("metropolitan", 1, 42, "high")


# Counted and divided outside the warehouse: arrests and searches of 2016/17 over the people of mid-2016 (Table P9 of
# the edition to March 2018), breath tests of 2016.
POWERS = [
    ("metropolitan", "17.3688", "15.7428", "12.7412"),
    ("west-midlands", "12.6305", "4.5823", "20.0518"),
    ("kent", "14.3480", "4.1774", "17.4557"),
]


@pytest.mark.parametrize(("force", "arrests", "searches", "positive"), POWERS)
def test_powers_of_three_forces(
    marts: psycopg.Connection, force: str, arrests: str, searches: str, positive: str
) -> None:
    found = marts.execute(
        "select measure_code, value, population_year from candidate.force_benchmark where force_code = %s and "
        "(measure_code in ('arrest_rate', 'search_rate') and year = '2016/17' "
        "or measure_code = 'breath_test_positive_share' and year = '2016') order by 1",
        [force],
    ).fetchall()
    assert found == [
        ("arrest_rate", Decimal(arrests), 2016),
        ("breath_test_positive_share", Decimal(positive), None),
        ("search_rate", Decimal(searches), 2016),
    ]


def test_who_did_not_report_its_powers_is_named(marts: psycopg.Connection) -> None:
    rows = marts.execute(
        "select force_code, measure_code, year, missing_reason from candidate.force_benchmark where value is null and "
        "(measure_code = 'arrest_rate' or measure_code = 'breath_test_positive_share' and year = '2017' "
        "and force_code = 'metropolitan') order by 2"
    ).fetchall()
    assert rows == [
        ("lancashire", "arrest_rate", "2017/18", "not reported"),
        ("metropolitan", "breath_test_positive_share", "2017", "months not reported"),
    ]


def test_incidents_of_disorder_have_their_years(marts: psycopg.Connection) -> None:
    """Table P7 of the edition to March 2019; the rules changed in April 2011, so that year has no base."""
    rows = marts.execute(
        "select financial_year, actual_value, baseline_value, change_pct, status from candidate.kpi_performance "
        "where kpi_code = 'KPI3' and source_vintage = '2019-03' and financial_year between '2010/11' and '2012/13' "
        "order by 1"
    ).fetchall()
    assert rows == [
        ("2010/11", 462802, 419765, Decimal("10.25"), "no_target"),
        ("2011/12", 465351, None, None, "no_target"),
        ("2012/13", 386392, 465351, Decimal("-16.97"), "no_target"),
    ]


def test_every_district_has_its_crime(marts: psycopg.Connection) -> None:
    """The sheet to June 2025: Croydon, what the Met places nowhere, all of the Met and all of the country."""
    counts = marts.execute(
        "select partnership_code, offence_code, offence_count from candidate.recorded_crime_partnership "
        "where force_code = 'metropolitan' and partnership_code in ('E22000193', 'none') "
        "and offence_code in ('total', 'violence') order by 1, 2"
    ).fetchall()
    assert counts == [
        ("E22000193", "total", 34560),
        ("E22000193", "violence", 11258),
        ("none", "total", 38004),
        ("none", "violence", 5745),
    ]
    whole = marts.execute(
        "select sum(offence_count) filter (where force_code = 'metropolitan'), sum(offence_count) "
        "from candidate.recorded_crime_partnership where offence_code = 'total'"
    ).fetchone()
    assert whole == (940619, 5204149)
