"""From signed registers to the estate marts, worked out by hand; and what nobody may learn from them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from releases import add_input, add_refresh
from test_intake_marts import add_file

from warehouse.intake.add import Added
from warehouse.refresh import dbt_build, layers

pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)")

REFRESH, PREFIX = "estates", "estates_"
MARTS = (
    "estate_asset",
    "estate_utilisation",
    "estate_disposal",
    "estate_candidate",
    "capital_receipt",
    "estate_paper_figure",
)
REGISTER = (
    "body_code,asset_id,uprn,asset_name,street_number,street_name,post_town,postcode,easting_m,northing_m,borough_name,"
    "asset_category,tenure,tenure_detail,holding_type,is_land_only,gross_area_sqm,net_area_sqm,condition_grade,"
    "energy_rating,has_front_counter,lease_end_date,is_withheld,withheld_reason,as_at_date\n"
)


def asset(
    name: str, borough: str, place: str, area: str, grade: str, *, lease: str = "", withheld: str = "", day: str
) -> str:
    secret = f"Y,{withheld}" if withheld else "N,"
    return (
        f"metropolitan,{name},0{sum(map(ord, name))},{name} House,1,{name} Road,London,SW9 7DD,{place},{borough},"
        f"office,Freehold,,Building,N,{area},,{grade},,N,{lease},{secret},{day}\n"
    )


OLD, NEW = "2011-03-31", "2012-03-31"
# Brixton and Oval stand 3 km east and 4 km north of each other; Peel stands withheld between them, 100 m from Brixton.
FILES = {
    "estate_asset": (
        REGISTER
        + asset("Brixton", "Lambeth", "531000,175000", "1000", "B", day=OLD)
        + asset("Sold", "Lambeth", "531500,175500", "300", "D", day=OLD)
        + asset("Vanished", "Lambeth", "531600,175600", "300", "D", day=OLD)
        + asset("Peel", "Lambeth", "531100,175000", "713", "C", withheld="security", day=OLD),
        REGISTER
        + asset("Brixton", "Lambeth", "531000,175000", "1000", "B", day=NEW)
        + asset("Oval", "Lambeth", "534000,179000", "500", "C", lease="2014-03-01", day=NEW)
        + asset("Acton", "Ealing", "175660,531147", "200", "A", day=NEW)
        + asset("Peel", "Lambeth", "531100,175000", "713", "C", withheld="security", day=NEW),
    ),
    "estate_running_cost": (
        "body_code,asset_id,financial_year,running_cost_gbp,as_at_date\n"
        f"metropolitan,Brixton,2010/11,1,{NEW}\nmetropolitan,Brixton,2011/12,300000,{NEW}\n"
        f"metropolitan,Oval,2011/12,50000,{NEW}\nmetropolitan,Peel,2011/12,654321,{NEW}\n",
    ),
    "estate_occupancy": (
        "body_code,asset_id,capacity_count,occupancy_count,shared_with,shared_area_sqm,as_at_date\n"
        f"metropolitan,Brixton,100,70,,,{NEW}\nmetropolitan,Oval,50,20,Council,90,{NEW}\n"
        f"metropolitan,Peel,99,11,Secret Service,33,{NEW}\n",
    ),
    "estate_disposal": (
        "body_code,asset_id,decision_date,target_date,completed_date,expected_receipt_gbp,actual_receipt_gbp,as_at_date\n"
        f"metropolitan,Sold,2011-05-01,2011-12-31,2012-01-10,2000000,1500000,{NEW}\n"
        f"metropolitan,Acton,2011-05-01,2012-03-01,,800000,,{NEW}\n"
        f"metropolitan,Peel,2011-05-01,2012-03-01,2012-03-02,7654321,7654321,{NEW}\n"
        f"metropolitan,Nowhere,2011-05-01,2012-03-01,,9000000,,{NEW}\n",
    ),
}
SECRETS = ("Peel", "0390", "531100", "7654321", "654321", "Secret Service", "-0.1142", "51.4587", "713")


@pytest.fixture(scope="module")
def files(project: psycopg.Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Added]]:
    folder = tmp_path_factory.mktemp("sources")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCES", str(folder))
        added = [add_file(folder, dataset, content) for dataset, contents in FILES.items() for content in contents]
    add_refresh(project, REFRESH)
    for order, each in enumerate(added):
        add_input(project, REFRESH, str(each.batch.batch_id), order)
    arguments = ["build", "--exclude", "resource_type:unit_test", "--indirect-selection", "cautious", "--select"]
    response = dbt_build._invoke([*arguments, *(f"+{mart}" for mart in MARTS)], REFRESH, date(2024, 12, 1), PREFIX)
    assert response.success, [(each.node.name, each.message) for each in response.result if each.status != "success"]
    yield added
    for layer in (*layers.LAYERS, "seed"):
        project.execute(f"drop schema if exists {PREFIX}{layer} cascade")


def rows(project: psycopg.Connection, query: str) -> list[tuple]:
    return project.execute(query.replace("from ", f"from {PREFIX}candidate.")).fetchall()


def test_every_file_is_taken(files: list[Added]) -> None:
    assert [each.status for each in files] == ["accepted"] * 5


def test_what_is_held(files: list[Added], project: psycopg.Connection) -> None:
    """The newest register; costs of the newest year; a swapped pair is no place."""
    assert rows(
        project,
        "select asset_id, borough_code, floor_area_sqm, running_cost_gbp, cost_per_sqm_gbp, occupancy_pct, "
        'place_status from estate_asset order by asset_id collate "C"',
    ) == [
        ("Acton", "E09000009", 200, None, None, None, "far_from_the_estate"),
        ("Brixton", "E09000022", 1000, 300_000, 300, 70, "placed"),
        ("Oval", "E09000022", 500, 50_000, 100, 40, "placed"),
        ("withheld-1", "unknown", None, None, None, None, "withheld"),
    ]


def test_where_space_is_not_used(files: list[Added], project: psycopg.Connection) -> None:
    """Lambeth: 90 of 150 places are 60 %; 30 % of 1,000 sqm and 60 % of 500 sqm are 600 sqm. Peel is in nothing."""
    assert rows(
        project,
        "select borough_code, asset_count, floor_area_sqm, capacity, occupancy, occupancy_pct, surplus_sqm, "
        "running_cost_gbp from estate_utilisation order by 1",
    ) == [
        ("E09000009", 1, 200, None, None, None, None, None),
        ("E09000022", 2, 1500, 150, 90, 60, 600, 350_000),
    ]


def test_what_to_look_at_first(files: list[Added], project: psycopg.Connection) -> None:
    """Brixton is dear (30). Oval is half empty (25), its lease ends in 24 months (20), its condition is C (15).

    They are 5,000 m apart; Peel, 100 m from Brixton, is no neighbour that anybody hears of. Acton is decided.
    """
    assert rows(
        project,
        "select asset_id, score, candidate_rank, nearest_site_m, not_known from estate_candidate order by 2 desc",
    ) == [
        ("Oval", 60, 1, 5000, "none"),
        ("Brixton", 30, 2, 5000, "months to the end of the lease"),
    ]
    ((reasons,),) = rows(project, "select reasons from estate_candidate where asset_id = 'Oval'")
    assert reasons == (
        "occupancy in percent 40 at most 50 (+25); months to the end of the lease 24 at most 24 (+20); "
        "condition from 1 (A) to 4 (D) 3 at least 3 (+15)"
    )


def test_what_has_gone_and_what_it_brought(files: list[Added], project: psycopg.Connection) -> None:
    """Sold ten days late; Acton 30 days overdue; Vanished left without a word; Peel and Nowhere are told to nobody."""
    assert rows(
        project, "select asset_id, disposal_status, days_late, actual_receipt_gbp from estate_disposal order by 1"
    ) == [
        ("Acton", "overdue", 30, None),
        ("Sold", "completed", 10, 1_500_000),
        ("Vanished", "left_without_decision", None, None),
    ]
    assert rows(
        project,
        "select planned_receipt_gbp, expected_receipt_gbp, actual_receipt_gbp, outlook_gbp, gap_gbp "
        "from capital_receipt where financial_year = '2011/12'",
    ) == [(40_000_000, 2_800_000, 1_500_000, 2_300_000, 37_700_000)]


def test_the_papers_stand_beside_the_register(files: list[Added], project: psycopg.Connection) -> None:
    assert rows(
        project,
        "select metric, paper_value, register_value, difference from estate_paper_figure "
        "where register_value is not null and financial_year <> '2010/11' order by 1",
    ) == [
        ("building_area_average", 1111, 567, -544),
        ("estate_buildings", 900, 3, -897),
        ("estate_floor_area", 1_000_000, 1700, -998_300),
        ("premises_costs", 215_112, 350, -214_762),
    ]


def test_nothing_of_a_withheld_asset_can_be_read(files: list[Added], project: psycopg.Connection) -> None:
    """Not its name, id, address, UPRN, place in either system, area, cost, partner or receipt, in any mart."""
    told = "\n".join(text for mart in MARTS for (text,) in rows(project, f"select t::text from {mart} as t"))
    assert "Brixton House" in told
    assert [secret for secret in SECRETS if secret in told] == []


def test_no_sum_tells_of_a_withheld_asset(files: list[Added], project: psycopg.Connection) -> None:
    """Every total is the sum of rows that everybody sees, so that no difference is left over for Peel."""
    ((area, cost, places),) = rows(
        project,
        "select sum(floor_area_sqm), sum(running_cost_gbp), sum(capacity) from estate_asset where not is_withheld",
    )
    totals = "select sum(floor_area_sqm), sum(running_cost_gbp), sum(capacity) from estate_utilisation"
    assert rows(project, totals) == [(area, cost, Decimal(places))]
    ((paid,),) = rows(project, "select sum(actual_receipt_gbp) from estate_disposal")
    assert rows(project, "select sum(actual_receipt_gbp) from capital_receipt") == [(paid,)]


def test_the_templates_have_the_columns_of_the_files(tmp_path: Path) -> None:
    from warehouse.intake.add import intake_dataset, template

    for dataset, contents in FILES.items():
        assert contents[0].startswith(template(intake_dataset(dataset)))
