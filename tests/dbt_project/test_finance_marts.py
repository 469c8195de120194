"""Figures that a reader of the authority's papers knows, each where the papers print it, through a whole build."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import sql
from releases import add_refresh, one

from warehouse.refresh.dbt_build import build

MARTS = {  # rows: lines x printed columns, and what is not a figure of its own left out
    "revenue_budget": 30 * 7,
    "budget_requirement": 15,
    "budget_bridge": 10,
    "medium_term_plan": 7,
    "grant_settlement": 19,
    "capital_programme": 4 * 7,
    "capital_funding": 9 * 7,
    "capital_position": 7,
}
PLAN = "policing_plan_2011_14"
REVENUE = "Revenue Budget - Summary by Expenditure Type > Revenue budget - summary by expenditure type > "
BRIDGE = "The MPA/MPS Budget > Changes in the Police Authority's spending plans > "
POSITION = "Financial planning > Medium Term Financial Plan > Current financial position (untitled table) > "
CAPITAL = (
    "Capital 7 year programme - expenditure by provisioning department > Capital 7 year programme 2011/12 to 2017/18 - "
    "proposed expenditure by provisioning department > "
)
FUNDING = (
    "Capital 7 year programme - proposed funding position > Capital 7 year programme 2010/11 to 2016/17 - proposed "
    "funding position (title years as printed; columns run 2011/12 to 2017/18) > "
)
Row = dict[str, Any]
M = 1_000_000

# Mart, key, what the row says, where the papers say it. Printed in thousands or millions there, in pounds here.
GOLDEN: list[tuple[str, Row, Row, str]] = [
    (
        "revenue_budget",
        {"line_code": "police_officer_pay", "financial_year": "2011/12", "budget_version": "budget"},
        {
            "amount_gbp": 1_884_750_000,
            "change_on_previous_year_gbp": 41_465_000,
            "change_on_previous_version_gbp": None,
        },
        f"{REVENUE}Police Officer Pay",
    ),
    (
        "revenue_budget",
        {"line_code": "total_expenditure", "financial_year": "2010/11", "budget_version": "forecast"},
        {"amount_gbp": 3_545_642_000, "change_on_previous_version_gbp": -8_594_000, "is_total": True},
        f"{REVENUE}TOTAL EXPENDITURE",
    ),
    (
        "revenue_budget",
        {"line_code": "savings_to_be_identified", "financial_year": "2010/11", "budget_version": "forecast"},
        {"amount_gbp": None, "cell_status": "blank"},
        f"{REVENUE}Savings to be identified",
    ),
    (
        "budget_requirement",
        {"financial_year": "2011/12", "version": "draft_plan", "document": PLAN},
        {
            "budget_requirement_gbp": 2_701_100_000,
            "general_grant_gbp": 2_025_500_000,
            "precept_gbp": 675_600_000,
            "precept_change_pct": Decimal("4.65"),
            "band_d_gbp": Decimal("225.31"),
            "band_d_change_pct": Decimal("2.98"),
            "is_headline": True,
        },
        f"{POSITION}% increase in Police precept, Band D Council Tax Equivalent (estimated), Budget Requirement, "
        "Forecast Govt. Grant, Precept",
    ),
    (
        "budget_requirement",
        {"financial_year": "2011/12", "version": "met_forward_two_kpi", "document": "met_forward_two"},
        {"budget_requirement_gbp": 2_713 * M, "is_headline": False},
        "Holding the MPS to account: summary of key performance indicators (KPIs) > Key performance indicators and "
        "targets 2011/12 > Budget requirement (KPI target)",
    ),
    (
        "budget_bridge",
        {"financial_year": "2011/12", "movement_order": 6},
        {"movement_name": "Savings and efficiencies", "amount_gbp": -162_900_000, "running_total_gbp": 2_768_300_000},
        f"{BRIDGE}Savings and efficiencies",
    ),
    (
        "budget_bridge",
        {"financial_year": "2011/12", "movement_order": 10},
        {"amount_gbp": 2_701_100_000, "running_total_gbp": 2_701_100_000, "is_total": True},
        f"{BRIDGE}2011/12 Budget requirement",
    ),
    (
        "medium_term_plan",
        {"financial_year": "2012/13", "version": "budget"},
        {
            "expenditure_gbp": 3_631_320_000,
            "income_gbp": -947_845_000,
            "reserves_transfer_gbp": -21_320_000,
            "savings_to_be_identified_gbp": 96_755_000,
            "is_balanced": False,
            "budget_requirement_gbp": 2_565_400_000,
        },
        f"{REVENUE}every line but totals; Budget Requirement",
    ),
    (
        "grant_settlement",
        {"financial_year": "2011/12", "stream_code": "general_grant", "version": "draft_plan", "document": PLAN},
        {
            "body_code": "metropolitan",
            "amount_gbp": 2_025_500_000,
            "change_pct": Decimal("-0.11"),
            "change_basis": "derived",
        },
        f"{POSITION}Forecast general government grant",
    ),
    (
        "grant_settlement",
        {"financial_year": "2011/12", "stream_code": "general_grant", "version": "narrative", "document": PLAN},
        {"body_code": "all_forces", "amount_gbp": None, "change_pct": Decimal("-5.1"), "change_basis": "printed"},
        "Financial planning > General grant elements - cash",
    ),
    (
        "grant_settlement",
        {"financial_year": "2011/12", "stream_code": "specific_grant", "version": "budget", "document": PLAN},
        {"amount_gbp": 516_779_000, "change_pct": Decimal("-11.32"), "change_basis": "derived"},
        f"{REVENUE}Specific Grants - budget",
    ),
    (
        "grant_settlement",
        {"financial_year": "2013/14", "stream_code": "neighbourhood_policing_fund"},
        {
            "body_code": "all_forces",
            "transferred_from": "specific_grant",
            "transferred_to": "general_grant",
            "year_basis": "printed",
        },
        "Financial planning > Neighbourhood Policing Fund",
    ),
    (
        "capital_programme",
        {"department_code": "property_services", "financial_year": "2011/12", "version": "proposed_budget"},
        {"budget_gbp": 102_200_000, "actual_gbp": None, "slippage_gbp": None},
        f"{CAPITAL}Property Services",
    ),
    (
        "capital_funding",
        {"funding_code": "capital_receipts", "financial_year": "2011/12", "version": "proposed_budget"},
        {"amount_gbp": 40 * M, "share_pct": Decimal("22.57"), "funding_block": "main"},
        f"{FUNDING}Capital Receipts",
    ),
    (
        "capital_position",
        {"financial_year": "2011/12", "version": "proposed_budget"},
        {
            "gross_programme_gbp": 212_600_000,
            "over_programming_gbp": 35_400_000,
            "over_programming_pct_of_gross": Decimal("16.65"),
            "over_programming_pct_of_net": Decimal("19.98"),
            "net_programme_gbp": 177_200_000,
            "funding_gbp": 177_200_000,
            "funding_gap_gbp": 0,
            "borrowing_gbp": 68 * M,
        },
        f"{CAPITAL}Grand Total, Plus 20% overprogramming, Revised Total (inc. overprogramming); "
        f"{FUNDING}Borrowing (Supported + Unsupported), Total Funding",
    ),
    (
        "capital_position",
        {"financial_year": "2014/15", "version": "proposed_budget"},
        {"net_programme_gbp": 128_600_000, "funding_gbp": 127_600_000, "funding_gap_gbp": 1 * M},
        f"{CAPITAL}Grand Total, Plus 20% overprogramming, Revised Total (inc. overprogramming); "
        f"{FUNDING}Borrowing (Supported + Unsupported), Total Funding",
    ),
]


NAMES = [" ".join(map(str, [mart, *key.values()])) for mart, key, _, _ in GOLDEN]


@pytest.fixture(scope="module")
def marts(project: psycopg.Connection) -> psycopg.Connection:
    """The database after a whole build; the papers need no feed, so any build of this session will do."""
    found = project.execute("select relname from pg_class where relnamespace = to_regnamespace('candidate')")
    if not MARTS.keys() <= {row[0] for row in found}:
        add_refresh(project, "finance")
        result = build("finance", date(2024, 12, 1))
        assert result.passed, result.failures
    return project


@pytest.mark.parametrize(("mart", "key", "says", "citation"), GOLDEN, ids=NAMES)
def test_figures_of_the_papers(marts: psycopg.Connection, mart: str, key: Row, says: Row, citation: str) -> None:
    columns = (*says, "citation", "source_document", "authority_code", "is_generated")
    query = sql.SQL("select {} from {} where {}").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Identifier("candidate", mart),
        sql.SQL(" and ").join(sql.SQL("{} = {}").format(sql.Identifier(name), value) for name, value in key.items()),
    )
    (row,) = marts.execute(query).fetchall()
    document = key.get("document", PLAN)
    assert dict(zip(columns, row, strict=True)) == says | {
        "citation": citation,
        "source_document": document,
        "authority_code": "mpa",
        "is_generated": False,
    }


@pytest.mark.parametrize(("mart", "rows"), MARTS.items())
def test_each_mart_holds_all_its_rows(marts: psycopg.Connection, mart: str, rows: int) -> None:
    assert one(marts, f"select count(*) from candidate.{mart}") == rows


def test_the_lines_of_a_year_add_up_to_its_requirement(marts: psycopg.Connection) -> None:
    lines = "select sum(amount_gbp) from candidate.revenue_budget where financial_year = '2011/12' and not is_total"
    assert one(marts, lines) == 2_701_100_000


def test_what_is_still_to_be_found_grows_by_year(marts: psycopg.Connection) -> None:
    plan = marts.execute(
        "select financial_year, savings_to_be_identified_gbp from candidate.medium_term_plan "
        "where not is_balanced order by financial_year"
    ).fetchall()
    assert plan == [("2011/12", 11_909_000), ("2012/13", 96_755_000), ("2013/14", 178_317_000)]


def test_departments_stay_apart_from_their_totals(marts: psycopg.Connection) -> None:
    planned = "select sum(budget_gbp) from candidate.capital_programme where financial_year = '2011/12'"
    assert one(marts, planned) == one(
        marts, "select gross_programme_gbp from candidate.capital_position where financial_year = '2011/12'"
    )


def test_the_catalogue_describes_every_column_in_one_line(marts: psycopg.Connection) -> None:
    """A description that tables share is a block of a .md file: here it is its words, not the name of the block."""
    told = marts.execute(
        "select format('%s.%s', t.relname, a.attname), col_description(t.oid, a.attnum) "
        "from pg_class t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped "
        "where t.relkind = 'r' and t.relnamespace in (to_regnamespace('candidate'), "
        "to_regnamespace('candidate_restricted')) order by 1"
    ).fetchall()
    assert len(told) > 700
    unfit = [name for name, text in told if not text or "{{" in text or text != " ".join(text.split())]
    assert not unfit
    words = dict(told)
    real = "Always false: the papers, the reference data and the calendar are real."
    assert words["revenue_budget.is_generated"] == words["dim_month.is_generated"] == real
    assert words["estate_utilisation.authority_code"] == words["revenue_monitoring.authority_code"]
    assert words["capital_funding.amount_gbp"].startswith(
        "Planned amount of the year. Empty where the printed cell is "
    )
    assert " Adds up only within one " in words["capital_funding.amount_gbp"]
