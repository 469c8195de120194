"""Savings and governance as the papers print them: figures that a reader knows, each where it stands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import sql
from releases import add_refresh, one

from warehouse.refresh.dbt_build import build

PLAN, MISSION, REPORT = "policing_plan_2011_14", "met_forward_two", "met_forward_one_year_on"
PAGE, PEEL = "met_support_page", "peel_efficiency_2016"
MARTS = {  # rows: what the papers hold of each kind
    "savings_tracker": 33,
    "savings_statement": 16,
    "savings_gap": 11,
    "inspection_tracker": 19,
    "programme_register": 19 + 9 + 31,  # projects, strands, priority workstrands
    "programme_milestone": 36,
    "strategy_statement": 8 + 14 + 24 + 40 + 5 + 18 + 26 + 15,  # drivers, objectives, activities, strands, achievements
    "grants_register": 16,
    "strategy_map": (4 + 4 + 4 + 3 + 3)
    + (5 + 3 + 2 + 4 + 4)
    + 5,  # objectives and strands by driver, and the MPA's own
}
Row = dict[str, Any]
M = 1_000_000
TABLE_2 = "What has been achieved to date? > Table 2: Summary of Met Forward achievements to date > "
TABLE_3 = (
    "Looking ahead: setting the strategic direction > Table 3: Met Forward Two: relationship between strategic "
    "priorities, priority workstrands and the commissioner's 5 Ps > "
)
BRIDGE = "The MPA/MPS Budget > Changes in the Police Authority's spending plans > "
PEEL_3 = "Questions for Efficiency > Question 3 > "
PROJECTS = "B. Supporting information > Met Forward Projects - Summary of key deliverables > "

# Mart, key, what the row says, where the papers say it. Printed in millions there, in pounds here.
GOLDEN: list[tuple[str, Row, Row, str]] = [
    (
        "savings_tracker",
        {"programme_code": "TPDP", "financial_year": "2013/14", "time_basis": "annual", "document": PLAN},
        {"planned_gbp": 54_800_000, "qualifier": "around", "owner_area": "operations", "is_counted": True},
        "Improving operational efficiency > Territorial Policing development programme",
    ),
    (
        "savings_tracker",
        {"programme_code": "CATERING_SUBSIDY", "financial_year": "2013/14", "document": PLAN},
        {"planned_gbp": 2 * M, "parent_programme_code": "CATERING", "is_component": True, "is_counted": False},
        "Support services at the lowest possible cost > Catering Programme - subsidy reduction",
    ),
    (
        "savings_tracker",
        {"programme_code": "GEN2PLUS", "financial_year": "unknown", "document": PLAN},
        {"planned_gbp": 23 * M, "time_basis": "total_contract", "period_end": "2015-12-31"},
        "Support services at the lowest possible cost > Gen 2 Plus (Capgemini ICT contract extension)",
    ),
    (
        "savings_tracker",
        {"programme_code": "TRAINING", "financial_year": "unknown", "document": MISSION},
        {"planned_gbp": 25 * M, "qualifier": "minimum", "time_basis": "annual", "is_counted": False},
        f"{TABLE_2}Met People",
    ),
    (
        "savings_statement",
        {"statement_code": "SIP_ANNUAL", "financial_year": "2013/14", "document": PLAN},
        {"saved_gbp": 290 * M, "qualifier": "in excess of", "basis": "not_stated", "time_basis": "annual"},
        "Metropolitan Police efficiency savings > Service Improvement Programme (SIP)",
    ),
    (
        "savings_statement",
        {"statement_code": "BUDGETED_SAVINGS", "financial_year": "2009/10", "document": MISSION},
        {"saved_gbp": 146_200_000, "stated_status": "secured", "time_basis": "in_year"},
        f"{TABLE_2}Met Support",
    ),
    (
        "savings_statement",
        {"statement_code": "BUDGETED_SAVINGS", "financial_year": "2009/10", "document": REPORT},
        {"saved_gbp": 140 * M, "stated_status": "required", "time_basis": "in_year"},
        f"{PROJECTS}para 22 Value for Money",
    ),
    (
        "savings_statement",
        {"statement_code": "HOME_OFFICE_TARGET_SHARE", "financial_year": "2010/11", "document": PLAN},
        {"saved_gbp": None, "saved_pct": Decimal("10.3"), "base_gbp": 3349 * M, "basis": "cashable"},
        "Financial planning > Home Office cashable efficiency target",
    ),
    (
        "savings_gap",
        {"financial_year": "2013/14", "version": "narrative", "document": MISSION},
        {
            "required_gbp": 501 * M,
            "required_basis": "derived",
            "stated_requirement_gbp": 323 * M,
            "identified_gbp": 323 * M,
            "still_to_be_identified_gbp": 178 * M,
            "cover_pct": Decimal("64.47"),
        },
        "8 Met Support > Finance and budgets",
    ),
    (
        "savings_gap",
        {"financial_year": "2011/12", "version": "budget_bridge", "document": PLAN},
        {"identified_gbp": 162_900_000, "still_to_be_identified_gbp": 11_900_000, "cover_pct": Decimal("93.19")},
        f"{BRIDGE}Savings and efficiencies (budget bridge); {BRIDGE}Savings to be identified (budget bridge)",
    ),
    (
        "savings_gap",
        {"financial_year": "2016/17", "version": "narrative", "document": PEEL},
        {
            "required_gbp": 390 * M,
            "required_basis": "printed",
            "identified_gbp": 290 * M,
            "still_to_be_identified_gbp": 100 * M,
            "cover_pct": Decimal("74.36"),
        },
        f"{PEEL_3}MPS savings committed; {PEEL_3}MPS savings required; "
        f"{PEEL_3}MPS savings still dependent on ICT plans",
    ),
    (
        "inspection_tracker",
        {"inspection_code": "peel_2016_efficiency", "item_code": "P2_AFI1", "source_document": PEEL},
        {
            "action": "Train staff enough for new ICT to pay off",
            "status": "not_followed_up",
            "wording": "ours",
            "question_grade": "Requires improvement",
        },
        "Questions for Efficiency > Question 2 > Areas for improvement",
    ),
    (
        "programme_register",
        {"project_code": "P18", "source_document": REPORT},
        {"strand_code": "W7", "strand": "Met Olympic and Paralympic Games", "stage": "delivery"},
        f"{PROJECTS}para 18",
    ),
    (
        "strategy_map",
        {"driver_code": "D4", "objective_code": "none", "strand_code": "W8", "source_document": MISSION},
        {"driver_name": "Deliver value for money", "strand_name": "Met Support", "basis": "printed"},
        f"{TABLE_3}Delivering value for money",
    ),
]
NAMES = [" ".join(map(str, [mart, *key.values()])) for mart, key, _, _ in GOLDEN]


@pytest.fixture(scope="module")
def marts(project: psycopg.Connection) -> psycopg.Connection:
    """The database after a whole build; the papers need no feed, so any build of this session will do."""
    found = project.execute("select relname from pg_class where relnamespace = to_regnamespace('candidate')")
    if not MARTS.keys() <= {row[0] for row in found}:
        add_refresh(project, "savings")
        result = build("savings", date(2024, 12, 1))
        assert result.passed, result.failures
    return project


@pytest.mark.parametrize(("mart", "key", "says", "citation"), GOLDEN, ids=NAMES)
def test_what_the_papers_say(marts: psycopg.Connection, mart: str, key: Row, says: Row, citation: str) -> None:
    columns = (*says, "citation", "source_document", "authority_code", "is_generated")
    query = sql.SQL("select {} from {} where {}").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Identifier("candidate", mart),
        sql.SQL(" and ").join(sql.SQL("{} = {}").format(sql.Identifier(name), value) for name, value in key.items()),
    )
    (row,) = marts.execute(query).fetchall()
    document = key.get("document") or key["source_document"]
    assert dict(zip(columns, row, strict=True)) == says | {
        "citation": citation,
        "source_document": document,
        "authority_code": "mopac" if document == PEEL else "mpa",
        "is_generated": False,
    }


@pytest.mark.parametrize(("mart", "rows"), MARTS.items())
def test_each_mart_holds_all_its_rows(marts: psycopg.Connection, mart: str, rows: int) -> None:
    assert one(marts, f"select count(*) from candidate.{mart}") == rows


def test_twelve_programmes_make_the_yearly_savings_of_2013_14(marts: psycopg.Connection) -> None:
    counted = marts.execute(
        "select count(*), sum(planned_gbp) from candidate.savings_tracker "
        "where is_counted and time_basis = 'annual' and planned_gbp is not null"
    ).fetchone()
    assert counted == (12, 237_400_000)


def test_no_headline_requirement_or_gap_is_a_programme(marts: psycopg.Connection) -> None:
    names = [row[0] for row in marts.execute("select programme_name from candidate.savings_tracker")]
    assert not [name for name in names if "Improvement Programme" in name or "required" in name or "gap" in name]


def test_the_web_page_repeats_the_gap_of_met_forward_two(marts: psycopg.Connection) -> None:
    gaps = (
        "select financial_year, required_gbp, identified_gbp, still_to_be_identified_gbp from candidate.savings_gap "
        "where document = %s and financial_year <> 'unknown' order by financial_year"
    )
    assert marts.execute(gaps, [PAGE]).fetchall() == marts.execute(gaps, [MISSION]).fetchall()


def test_three_areas_for_improvement_wait_for_word_of_them(marts: psycopg.Connection) -> None:
    waiting = marts.execute(
        "select item_code from candidate.inspection_tracker where status = 'not_followed_up' order by 1"
    )
    assert [row[0] for row in waiting] == ["P2_AFI1", "P2_AFI2", "P3_AFI1"]


SEARCHES = [
    # What somebody would ask, the paper, the figure.
    ("dogs as weapons", REPORT, "met_forward_projects:14:Dogs as weapons"),
    ("neighbourhood policing fund%moves in 2013/14", PLAN, "grants_register:Neighbourhood Policing Fund"),
    ("traffic and road-related issues", MISSION, "consultation_priorities:Full qualitative questionnaire%:1"),
    ("borough groups paid by the authority", REPORT, "grants_register:Community and Police Engagement Group funding"),
    ("single partner", PEEL, "contracts_named:Change portfolio consultancy"),
]


def test_every_row_of_the_papers_is_a_figure_of_the_papers(marts: psycopg.Connection) -> None:
    seeds = marts.execute(
        "select relname from pg_class where relnamespace = to_regnamespace('seed') and relname like 'paper_%%' "
        "and relkind = 'r' and relname not in ('paper_documents', 'paper_systems')"
    ).fetchall()
    rows = " + ".join(f"(select count(*) from seed.{name})" for (name,) in seeds)
    assert one(marts, "select count(*) from candidate.paper_figure") == one(marts, f"select {rows}")


def test_a_mart_that_a_figure_is_said_to_stand_in_has_it(marts: psycopg.Connection) -> None:
    """By its paper, section and printed label."""
    found = marts.execute("select distinct mart from candidate.paper_figure where mart <> 'none' order by 1").fetchall()
    strangers = {}
    for (mart,) in found:
        strangers[mart] = marts.execute(
            sql.SQL(
                "select figure_code from candidate.paper_figure as p where mart = {} "
                "and not exists (select 1 from {} as m where p.document = m.source_document "
                "and (position(p.citation in m.citation) > 0 "
                "or position(p.section in m.citation) > 0 and position(p.row_label in m.citation) > 0))"
            ).format(mart, sql.Identifier("candidate", mart))
        ).fetchall()
    assert {mart: rows for mart, rows in strangers.items() if rows} == {}
    assert len(found) > 12


@pytest.mark.parametrize(("words", "document", "code"), SEARCHES)
def test_one_search_finds_a_figure(marts: psycopg.Connection, words: str, document: str, code: str) -> None:
    found = marts.execute(
        "select document, figure_code like %s from candidate.paper_figure where search_text like %s",
        [code, f"%{words}%"],
    ).fetchall()
    assert (document, True) in found
    assert len(found) < 5


def test_a_milestone_of_no_project_is_kept_and_a_date_is_no_result(marts: psycopg.Connection) -> None:
    owners = marts.execute(
        "select count(*) filter (where project_code = 'none'), count(*) filter (where is_date_past), "
        "count(*) filter (where last_day is null) from candidate.programme_milestone"
    ).fetchone()
    assert owners == (24, 35, 1)
