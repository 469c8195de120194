"""Indicators, charts, survey and scorecard over hand-made files, with two indicators added by seed rows alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from math import factorial
from pathlib import Path
from statistics import NormalDist

import psycopg
import pytest
from releases import Release, add_input, add_refresh, counts, months, one

from ingest.pipeline import ingest_dataset
from warehouse.refresh import dbt_build
from warehouse.refresh.dbt_build import build

BUSINESS_DATE = date(2024, 12, 1)
SELECTED = (
    "+kpi_performance",
    "+kpi_performance_borough",
    "+kpi_monthly",
    "+borough_scorecard",
    "+public_attitude",
    "dim_kpi",
)
VIOLENCE = ("Violence Against the Person", "Violence with Injury")
POLICE_AREA, CROYDON, CITY = "E23000001", "E09000008", "E09000001"

# 10 and 12 by turns, one month of 17, one of 11, then ten of 10: the mean of all 24 is 260 / 24 = 10.83, the changes
# are 11 of 2, 5, 6, 1 and nine of none, so that the limits lie 2.66 * 34 / 23 = 3.93 away. No year is on one side.
BASELINE = [10, 12] * 6
OLD = Release(
    "2012-03",
    "major_minor_lookup_borough",
    [
        *(
            ("Croydon", *VIOLENCE, month, count)
            for month, count in zip(months("2010-04", "2012-03"), [*BASELINE, 17, 11, *[10] * 10], strict=True)
        ),
        *counts("Croydon", "Burglary", "Domestic Burglary", "2010-04", "2011-03", 100),
        *counts("Croydon", "Burglary", "Domestic Burglary", "2011-04", "2012-03", 97),
        *counts("London Heathrow and London City Airports", *VIOLENCE, "2010-04", "2012-03", 1),
    ],
)
# The record system changed in 2024-02: the figures leap, and it means nothing.
NEW = Release(
    "2024-10",
    "major_minor_borough",
    [
        *counts("CROYDON", "VIOLENCE AGAINST THE PERSON", "VIOLENCE WITH INJURY", "2023-02", "2024-01", 5),
        *counts("CROYDON", "VIOLENCE AGAINST THE PERSON", "VIOLENCE WITH INJURY", "2024-02", "2024-10", 50),
    ],
)
AMERICAN = """Date,Survey,Borough,Measure,Proportion,MPS,,
3/31/2015,PAS,Croydon,Listen to concerns,0.7,0.74,,
3/31/2016,PAS,Croydon,Listen to concerns,0.6,0.76,,
3/31/2016,PAS,Croydon,\"\"\"Good Job\"\" local\",0.6,0.65,,
6/30/2016,PAS,Croydon,\"\"\"Good Job\"\" local\",0.61,0.65,note,
"""
BRITISH = """Date,Survey,Borough,Measure,Proportion,MPS,,
31/03/2015,PAS,Croydon,Listen to concerns,\"0,7\",\"0,74\",,
31/03/2016,PAS,Croydon,Listen to concerns,\"0,6\",\"0,76\",,
31/03/2016,PAS,Croydon,\"\"\"Good Job\"\" local\",\"0,6\",\"0,65\",,
30/06/2016,PAS,Croydon,\"\"\"Good Job\"\" local\",\"0,61\",\"0,65\",note,
"""
PEOPLE = """Code,Name,Year,Source,Population
E09000001,City of London,2010,ONS MYE,50
E09000008,Croydon,2010,ONS MYE,1000
E09000008,Croydon,2011,GLA Population Projections,1100
"""
NEW_KPIS = """
    insert into seed.ref_kpi (
        kpi_code, kpi_name, performance_area, outcome_name, definition, direction, target_value, target_unit,
        target_type, target_year, baseline_rule, source_document, citation, feed_dataset, is_proxy
    ) values
        ('KPI_BURGLARY', 'Burglaries', 'Property crime', 'Safety', 'Recorded burglaries', 'decrease', -2, 'percent',
         'percent_change', '2011/12', 'year_before', 'none', 'The panel', 'mps_borough_crime', false),
        ('KPI_LISTENING', 'Police who listen', 'Confidence', 'Confidence', 'Share who agree', 'increase', 1, 'percent',
         'change_points_or_percent_not_stated', '2015/16', 'year_before', 'none', 'The panel',
         'public_attitude_survey', false);
    insert into seed.ref_kpi_offence_group values ('KPI_BURGLARY', 'home_office', 'Burglary', 'It is that group');
    insert into seed.ref_kpi_survey_measure values ('KPI_LISTENING', 'listen_to_concerns', 'It is that measure')
"""
NO_NEW_KPIS = """
    delete from seed.ref_kpi_offence_group where kpi_code = 'KPI_BURGLARY';
    delete from seed.ref_kpi_survey_measure where kpi_code = 'KPI_LISTENING';
    delete from seed.ref_kpi where kpi_code in ('KPI_BURGLARY', 'KPI_LISTENING')
"""


def _ingest(project: psycopg.Connection, inbox: Path, dataset: str, files: dict[str, str]) -> dict[str, str]:
    """The files' batches by name, through the pipeline."""
    for name, content in files.items():
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCES", str(inbox))
        reports = ingest_dataset(dataset).batches
    assert [report.reason for report in reports if report.reason] == []
    project.execute("update audit.batch set status = 'accepted' where dataset = %s", [dataset])
    return {report.file_name: str(report.batch_id) for report in reports}


@pytest.fixture(scope="module")
def surveys(project: psycopg.Connection, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = "survey/public_attitude_survey"
    files = {f"{folder}/american.csv": AMERICAN, f"{folder}/british.csv": BRITISH}
    return _ingest(project, tmp_path_factory.mktemp("survey"), "public_attitude_survey", files)


@pytest.fixture(scope="module")
def marts(
    project: psycopg.Connection, surveys: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[psycopg.Connection]:
    """The marts of this domain after a build that two new indicators joined by seed rows."""
    people = {"reference/population/people.csv": PEOPLE}
    [population] = _ingest(project, tmp_path_factory.mktemp("people"), "population", people).values()
    add_refresh(project, "kpis", [OLD, NEW])
    add_input(project, "kpis", surveys["survey/public_attitude_survey/british.csv"], 1)
    add_input(project, "kpis", population, 1)
    if one(project, "select to_regclass('seed.ref_kpi_survey_measure')") is None:
        assert build("kpis", BUSINESS_DATE).passed
    project.execute(NEW_KPIS)
    arguments = ["build", "--exclude-resource-type", "seed", "unit_test", "--indirect-selection", "cautious"]
    response = dbt_build._invoke([*arguments, "--select", *SELECTED], "kpis", BUSINESS_DATE, "")
    failed = [(each.node.name, each.message) for each in response.result.results if each.status in ("error", "fail")]
    assert failed == []
    yield project
    project.execute(NO_NEW_KPIS)


def test_both_styles_of_the_survey_give_identical_rows(project: psycopg.Connection, surveys: dict[str, str]) -> None:
    columns = (
        "quarter_end, survey, area_name, measure, proportion, police_area_proportion, unit, _row_number, _source_column"
    )
    rows = [
        project.execute(
            f"select {columns} from raw.public_attitude_survey where _batch_id = %s order by _row_number", [batch_id]
        ).fetchall()
        for batch_id in surveys.values()
    ]
    assert len(rows[0]) == 4
    assert rows[0] == rows[1]
    stray = "select count(*) from audit.skipped_record where rule = 'stray_cells' and record_count = 0"
    assert one(project, stray) == 2


def test_an_indicator_on_offence_groups_is_a_seed_row(marts: psycopg.Connection) -> None:
    found = marts.execute(
        "select baseline_value, actual_value, change_pct, target_value, status, is_headline, citation "
        "from candidate.kpi_performance where kpi_code = 'KPI_BURGLARY' and financial_year = '2011/12'"
    ).fetchall()
    assert found == [(1200, 1164, Decimal("-3.00"), -2, "met", True, "The panel")]
    monthly = "select sum(value)::integer from candidate.kpi_monthly where kpi_code = 'KPI_BURGLARY' and area_code = "
    assert one(marts, f"{monthly}'{CROYDON}'") == 1200 + 1164
    assert (
        one(marts, "select definition from candidate.dim_kpi where kpi_code = 'KPI_BURGLARY'") == "Recorded burglaries"
    )


def test_an_indicator_on_a_survey_measure_is_a_seed_row(marts: psycopg.Connection) -> None:
    found = marts.execute(
        "select source_dataset, baseline_value, actual_value, change_points, unit, status "
        "from candidate.kpi_performance where kpi_code = 'KPI_LISTENING' and financial_year = '2015/16'"
    ).fetchall()
    assert found == [("public_attitude_survey", 74, 76, 2, "percent", "met")]


def test_confidence_waits_for_the_survey_of_its_year(marts: psycopg.Connection) -> None:
    found = marts.execute(
        "select status, baseline_value, is_proxy, no_data_reason from candidate.kpi_performance "
        "where kpi_code = 'KPI4' and financial_year = '2011/12'"
    ).fetchone()
    assert found is not None
    assert found[:3] == ("no_data", 62, True)
    assert "No release of public_attitude_survey" in found[3]


@pytest.mark.parametrize(
    ("area", "mean", "lower", "upper"), [(CROYDON, "10.83", "6.90", "14.77"), (POLICE_AREA, "11.83", "7.90", "15.77")]
)
def test_limits_are_those_worked_out_by_hand(
    marts: psycopg.Connection, area: str, mean: str, lower: str, upper: str
) -> None:
    charts = marts.execute(
        "select distinct chart_mean, lower_limit, upper_limit, baseline_first_month, baseline_last_month "
        "from candidate.kpi_monthly where kpi_code = 'KPI1' and area_code = %s and series_code = 'home_office'",
        [area],
    ).fetchall()
    assert charts == [(Decimal(mean), Decimal(lower), Decimal(upper), date(2010, 4, 1), date(2012, 3, 1))]


def test_what_is_beyond_or_stays_on_one_side_is_a_signal_and_nothing_else(marts: psycopg.Connection) -> None:
    signals = marts.execute(
        "select to_char(month, 'YYYY-MM'), signal, signal_rule from candidate.kpi_monthly "
        "where kpi_code = 'KPI1' and area_code = %s and signal <> 'none' order by 1",
        [CROYDON],
    ).fetchall()
    # The tens begin in 2011-06; the seventh is 2011-12.
    below_the_mean = [(month, "improving", "run_on_one_side") for month in ("2011-12", "2012-01", "2012-02", "2012-03")]
    assert signals == [("2011-04", "worsening", "outside_limits"), *below_the_mean]


def test_nothing_reaches_across_the_change_of_the_record_system(marts: psycopg.Connection) -> None:
    later = marts.execute(
        "select distinct chart_status, signal, twelve_month_total, change_on_year_pct, series_code "
        "from candidate.kpi_monthly where kpi_code = 'KPI1' and area_code = %s and month >= '2024-03-01'",
        [CROYDON],
    ).fetchall()
    assert later == [("too_few_points", "none", None, None, "connect.connect_system")]
    both = marts.execute(
        "select chart_status, signal, note_code from candidate.kpi_monthly "
        "where kpi_code = 'KPI1' and area_code = %s and month = '2024-02-01'",
        [CROYDON],
    ).fetchall()
    assert both == [("noted", "none", "connect_system")]
    before = marts.execute(
        "select twelve_month_total, chart_mean from candidate.kpi_monthly "
        "where kpi_code = 'KPI1' and area_code = %s and month = '2024-01-01'",
        [CROYDON],
    ).fetchone()
    assert before == (60, 5)


def test_a_survey_is_charted_after_eight_years(marts: psycopg.Connection) -> None:
    found = marts.execute(
        "select month, value, chart_status, signal from candidate.kpi_monthly "
        "where kpi_code = 'KPI4' and area_code = %s order by 1",
        [CROYDON],
    ).fetchall()
    assert found == [
        (date(2016, 3, 1), 60, "too_few_points", "none"),
        (date(2016, 6, 1), 61, "too_few_points", "none"),
    ]


def test_attitudes_stand_beside_the_whole_police_area_and_the_year_before(marts: psycopg.Connection) -> None:
    found = marts.execute(
        "select borough_name, proportion_pct, london_pct, gap_pp, change_on_year_pp from candidate.public_attitude "
        "where measure_code = 'listen_to_concerns' and quarter_end = '2016-03-31' order by 1"
    ).fetchall()
    assert found == [("Croydon", 60, 76, -16, -10), ("Metropolitan Police area", 76, 76, 0, 2)]


def test_the_scorecard_has_rates_on_the_population_of_the_year(marts: psycopg.Connection) -> None:
    rows = {
        (row[0], row[1]): row[2:]
        for row in marts.execute(
            "select borough_code, financial_year, offence_count, population_year, population_rule, "
            "crime_rate_per_1000, crime_change_pct, violence_change_pct, confidence_pct, confidence_gap_pp, "
            "rank_in_london from candidate.borough_scorecard"
        )
    }
    first, second = 132 + 1200, 128 + 1164
    assert rows[CROYDON, "2010/11"] == (first, 2010, "of_the_year", Decimal("1332.00"), None, None, None, None, 1)
    assert rows[CROYDON, "2011/12"] == (
        second, 2011, "projected_for_the_year", round(Decimal(second * 1000) / 1100, 2),
        round(Decimal(100 * (second - first)) / first, 2), round(Decimal(100 * (128 - 132)) / 132, 2), None, None, 1,
    )  # fmt: skip
    assert rows["heathrow", "2011/12"] == (12, None, None, None, 0, 0, None, None, None)
    assert rows[CITY, "2011/12"] == (None, 2010, "latest_before", None, None, None, None, None, None)
    assert rows[CROYDON, "2015/16"] == (None, 2010, "latest_before", None, None, None, 60, -5, None)
    assert POLICE_AREA not in {code for code, _ in rows}


def test_every_year_of_a_release_has_a_row_and_so_has_each_borough(marts: psycopg.Connection) -> None:
    whole = marts.execute(
        "select financial_year, baseline_value, actual_value, change_pct, status, source_document "
        "from candidate.kpi_performance where kpi_code = 'KPI1' and is_headline order by 1"
    ).fetchall()
    assert whole == [
        ("2010/11", None, 144, None, "no_target", "none"),  # 132 in Croydon, 12 at Heathrow
        ("2011/12", 144, 140, Decimal("-2.78"), "met", "met_forward_two"),
        # The later release begins in February, changes its record system in the next, and ends in October.
        *((year, None, None, None, "no_data", "none") for year in ("2022/23", "2023/24", "2024/25")),
    ]
    croydon = marts.execute(
        "select financial_year, baseline_value, actual_value, change_pct, status "
        "from candidate.kpi_performance_borough where kpi_code = 'KPI1' and borough_code = %s order by 1",
        [CROYDON],
    ).fetchall()
    assert croydon == [("2010/11", None, 132, None, "no_target"), ("2011/12", 132, 128, Decimal("-3.03"), "met")]


def test_the_target_of_a_month_is_a_twelfth_of_its_year(marts: psycopg.Connection) -> None:
    """2 % less than 132 is 129.36 a year, 10.78 a month: between the limits, so chance says which months meet it."""
    found = marts.execute(
        "select distinct target_level, assurance from candidate.kpi_monthly "
        "where kpi_code = 'KPI1' and area_code = %s and month between '2011-04-01' and '2012-03-01'",
        [CROYDON],
    ).fetchall()
    assert found == [(Decimal("10.78"), "chance")]


NOISE = """
    select setseed(0.42);
    create temp table gauss as
    select chart, point, sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) as value
    from generate_series(1, 500) as chart cross join generate_series(1, 84) as point;
    insert into intermediate.int_kpi__months (kpi_code, area_code, month, series_code, is_rolling, value)
    select
        case when chart <= 300 then 'NOISE' when chart <= 400 then 'SHIFTED' else 'FRESH' end, 'a' || chart,
        (date '2000-01-01' + (point - 1) * interval '1 month')::date, 's', false,
        100 + value + case when chart > 300 and point > 60 then 3 else 0 end
    from gauss
    where chart <= 400 or point <= 67
"""


@pytest.fixture(scope="module")
def simulated(marts: psycopg.Connection) -> psycopg.Connection:
    """The charts' models once more, of noise and of shifts that were planted into it: three deviations, at point 61."""
    marts.execute(NOISE)
    models = ["int_kpi__points", "int_kpi__charted", "int_kpi__segments", "int_kpi__limits", "int_kpi__signals"]
    arguments = ["build", "--indirect-selection", "empty", "--exclude-resource-type", "unit_test"]
    response = dbt_build._invoke([*arguments, "--select", *models], "kpis", BUSINESS_DATE, "")
    assert response.success
    return marts


def test_noise_is_a_signal_no_oftener_than_the_rules_say(simulated: psycopg.Connection) -> None:
    """What each rule says of pure noise by chance, with limits that are known; ours are estimated, and no looser."""
    beyond_three, beyond_two = 1 - NormalDist().cdf(3), 1 - NormalDist().cdf(2)
    theory = (
        2 * beyond_three  # outside_limits
        + 2 * beyond_two * (1 - (1 - beyond_two) ** 2)  # near_limit: this one and one of the two before it
        + 2 * 0.5**7  # run_on_one_side
        + 2 / factorial(7)  # trend
    )
    alarms = one(simulated, "select count(*) from intermediate.int_kpi__signals where kpi_code = 'NOISE'")
    assert isinstance(alarms, int)
    assert 0.5 * theory < alarms / (300 * 84) <= theory
    rebased = one(
        simulated, "select count(*) from intermediate.int_kpi__segments where kpi_code = 'NOISE' and segment > 1"
    )
    assert isinstance(rebased, int)
    assert rebased <= 0.1 * 300


def test_a_planted_shift_is_seen_and_then_the_new_level(simulated: psycopg.Connection) -> None:
    seen = one(
        simulated,
        "select count(distinct area_code) from intermediate.int_kpi__signals "
        "where kpi_code = 'FRESH' and side = 'high' and month > '2004-12-01'",
    )
    assert isinstance(seen, int)
    assert seen >= 95  # of 100, within seven months
    rebased = one(
        simulated,
        "select count(*) from intermediate.int_kpi__segments "
        "where kpi_code = 'SHIFTED' and shift_side = 'above' and first_point between 58 and 64",
    )
    assert isinstance(rebased, int)
    assert rebased >= 85  # of 100, after a year
