"""From a signed file to the marts: what a good, bad, unsigned, repeated or corrected file does to the figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from releases import add_input, add_refresh

from ingest.pipeline import ingest_dataset
from warehouse.intake.add import Added, add, intake_dataset, sign
from warehouse.refresh import dbt_build, layers

pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)")

REFRESH, PREFIX = "intake", "intake_"  # schemas of its own: the other tests' builds know no intake
PLAN = "policing_plan_2011_14"
SAVINGS = "programme_code,financial_year,time_basis,delivered_gbp,forecast_gbp,as_at_date,note\n"
TPDP = "TPDP,2013/14,annual,21000000,55000000,2013-09-30,\n"
CATERING = "CATERING,2013/14,annual,4000000,12000000,2013-09-30,\n"
NO_PROGRAMME = "KENNELS,2013/14,annual,1,1,2013-09-30,\n"
FILES = {
    "capital_actual": (
        "department_code,financial_year,actual_gbp,forecast_gbp,as_at_date\n"
        "property_services,2011/12,90000000,95000000,2012-03-31\n"
        "transport_services,2012/13,1000000,20000000,2012-03-31\n"
    ),
    "revenue_monitoring": (
        "business_group,line_code,financial_year,period,budget_gbp,actual_gbp,forecast_gbp,as_at_date\n"
        "specialist_crime,police_officer_pay,2011/12,1,1000000.50,1100000.25,,2011-05-31\n"
        "specialist_crime,police_officer_pay,2011/12,2,1000000,900000,,2011-05-31\n"
    ),
    "benefits": (
        "benefit_code,benefit_name,programme_name,owner,period,target_value,realised_value,unit\n"
        "HOURS,Officer hours,TPDP,Programme director,2013-10-01,1000,600,hours\n"
    ),
}


def add_file(folder: Path, dataset: str, content: str) -> Added:
    path = folder / f"{dataset}.csv"
    path.write_text(content)
    signed = sign(path, "Ada Smith", "Head of Finance", "Correct.", None)
    return add(intake_dataset(dataset), path, signed, is_trial=False)


@pytest.fixture(scope="module")
def files(project: psycopg.Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Added]]:
    """Every kind of file, added one after the other; then the marts are built from what was accepted."""
    folder = tmp_path_factory.mktemp("sources")
    unsigned = folder / "intake" / "intake_savings_delivery" / "unsigned.csv"
    unsigned.parent.mkdir(parents=True)
    unsigned.write_text(SAVINGS + TPDP.replace("21000000", "99000000"))
    good = SAVINGS + TPDP + CATERING + NO_PROGRAMME
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCES", str(folder))
        added = {
            "good": add_file(folder, "savings_delivery", good),
            "bad": add_file(folder, "savings_delivery", good + "TRANSPORT,2013/14,annual,4m,,2013-09-30,\n"),
            "again": add_file(folder, "savings_delivery", good),
            "corrected": add_file(
                folder, "savings_delivery", SAVINGS + TPDP + CATERING.replace("12000000", "14500000")
            ),
        }
        added |= {dataset: add_file(folder, dataset, content) for dataset, content in FILES.items()}
        ingest_dataset("intake_savings_delivery")
    add_refresh(project, REFRESH)
    for order, batch_id in enumerate({each.batch.batch_id: 0 for each in added.values() if each.status == "accepted"}):
        add_input(project, REFRESH, str(batch_id), order)
    marts = ("savings_tracker", "capital_programme", "revenue_monitoring", "benefits_realisation")
    arguments = ["build", "--exclude", "resource_type:unit_test", "--indirect-selection", "cautious", "--select"]
    response = dbt_build._invoke([*arguments, *(f"+{mart}" for mart in marts)], REFRESH, date(2024, 12, 1), PREFIX)
    assert response.success, [(each.node.name, each.message) for each in response.result if each.status != "success"]
    yield added
    for layer in (*layers.LAYERS, "seed"):
        project.execute(f"drop schema if exists {PREFIX}{layer} cascade")  # not all of them were built here


def tracker(project: psycopg.Connection) -> list[tuple]:
    return project.execute(
        "select programme_code, document, planned_gbp, delivered_gbp, forecast_gbp, shortfall_gbp, rag, source_vintage "
        f"from {PREFIX}candidate.savings_tracker where source_dataset = 'intake_savings_delivery' order by 1"
    ).fetchall()


def test_what_became_of_each_file(files: dict[str, Added], project: psycopg.Connection) -> None:
    assert {name: (each.batch.status, each.status, each.vintage) for name, each in files.items()} == {
        "good": ("pending", "accepted", "2013-09"),
        "bad": ("refused", "refused", "2013-09"),
        "again": ("known", "accepted", "2013-09"),
        "corrected": ("pending", "accepted", "2013-09.2"),
        "capital_actual": ("pending", "accepted", "2012-03"),
        "revenue_monitoring": ("pending", "accepted", "2011-05"),
        "benefits": ("pending", "accepted", "2013-10"),
    }
    assert files["corrected"].withdrawn == ["KENNELS 2013/14 annual"]
    refused = project.execute(
        "select count(*) from audit.batch where reason = "
        "'intake/intake_savings_delivery/unsigned.csv, nobody has signed it.'"
    ).fetchone()
    assert refused == (1,)


def test_the_corrected_file_decides_the_savings(files: dict[str, Added], project: psycopg.Connection) -> None:
    """The correction wins, what it leaves out is gone; neither the bad nor the unsigned file left a figure."""
    assert tracker(project) == [
        ("CATERING", PLAN, 14_500_000, 4_000_000, 14_500_000, 0, "green", "2013-09.2"),
        ("TPDP", PLAN, 54_800_000, 21_000_000, 55_000_000, -200_000, "green", "2013-09.2"),
    ]
    generated = f"select count(*) from {PREFIX}candidate.savings_tracker where is_generated"
    assert project.execute(generated).fetchone() == (0,)


def test_before_the_correction_the_good_file_decides_them(files: dict[str, Added], project: psycopg.Connection) -> None:
    with project.transaction(force_rollback=True):
        corrected = files["corrected"].batch.batch_id
        project.execute("delete from audit.refresh_input where batch_id = %s", [corrected])
        rows = project.execute(
            f"select programme_code, document, planned_gbp, delivered_gbp, forecast_gbp "
            f"from {PREFIX}intermediate.int_savings__progress where source_vintage = '2013-09' order by 1"
        ).fetchall()
    assert rows == [
        ("CATERING", PLAN, 14_500_000, 4_000_000, 12_000_000),
        ("KENNELS", "none", None, 1, 1),
        ("TPDP", PLAN, 54_800_000, 21_000_000, 55_000_000),
    ]


def test_capital_spending_joins_the_programme(files: dict[str, Added], project: psycopg.Connection) -> None:
    """102.2 million planned and 90 spent in a year that has ended; 19.3 planned and 20 forecast in one that runs."""
    rows = project.execute(
        f"select department_code, budget_gbp, actual_gbp, forecast_gbp, slippage_gbp "
        f"from {PREFIX}candidate.capital_programme where source_dataset <> 'none' order by 1"
    ).fetchall()
    assert rows == [
        ("property_services", 102_200_000, 90_000_000, 95_000_000, 12_200_000),
        ("transport_services", 19_300_000, 1_000_000, 20_000_000, -700_000),
    ]


def test_revenue_and_benefits_have_their_rows(files: dict[str, Added], project: psycopg.Connection) -> None:
    monitoring = project.execute(
        f"select line_name, variance_gbp, variance_pct, variance_to_date_gbp, authority_code "
        f"from {PREFIX}candidate.revenue_monitoring order by period"
    ).fetchall()
    assert monitoring == [
        ("Police Officer Pay", Decimal("99999.75"), Decimal("10.00"), Decimal("99999.75"), "mpa"),
        ("Police Officer Pay", -100_000, -10, Decimal("-0.25"), "mpa"),
    ]
    benefits = f"select status, realised_pct, authority_code from {PREFIX}candidate.benefits_realisation"
    assert project.execute(benefits).fetchall() == [("partly_realised", 60, "mopac")]
