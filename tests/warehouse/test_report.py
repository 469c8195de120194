"""The morning page of a small warehouse: what it says of its marts, of a change, of a night that failed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from candidates import make_candidate, publish
from pages import assert_equal_to_marts, assert_sound, parsed

from core import db
from core.errors import WarehouseError
from warehouse.publish.mart_catalogue import Table
from warehouse.report import figures
from warehouse.report.declared import Column, exhibits
from warehouse.report.figures import Shown, cell_text, exact_text
from warehouse.report.make import make, make_if_new
from warehouse.report.page import sentence
from warehouse.report.words import form, measured, millions, span

FRUIT = """
models:
  - name: fruit
    config:
      meta:
        report:
          - section: money
            title: What does fruit cost?
            sentence: "<<rows | length>> kinds of fruit cost <<rows | map(attribute='price_gbp') | sum | pounds>>."
            columns: [{name: name, heading: Fruit}, {name: price_gbp, heading: Price, unit: pounds}]
            sort: [price_gbp desc]
            chart: {kind: bars, label: name, value: price_gbp}
"""


@pytest.fixture
def marts(tmp_path: Path) -> Path:
    """A folder where the mart `fruit` says what the page shows of it."""
    folder = tmp_path / "marts"
    folder.mkdir()
    (folder / "fruit.yml").write_text(FRUIT)
    return folder


def test_a_mart_is_on_the_page_because_it_says_so(admin: psycopg.Connection, marts: Path, tmp_path: Path) -> None:
    make_candidate(admin)
    # Formulas and tags in a name are a name.
    admin.execute("insert into candidate.fruit values ('<b>=cmd|x', 0.5, false)")
    publish(admin, "r1")
    made = make(tmp_path / "page", marts)
    page = parsed(made.path)
    assert made.publication == 1 and [each.name for each in made.path.parent.iterdir()] == ["index.html"]
    assert_sound(page)
    with db.connect("bi_reader") as reader:
        assert assert_equal_to_marts(page, reader, exhibits(marts)) == 3
    article = page.get_element_by_id("money-fruit-100")
    assert article.xpath("./p[@class='says']/text()") == ["3 kinds of fruit cost £3.60."]
    assert article.xpath(".//tbody/tr/th/text()") == ["pear", "apple", "<b>=cmd|x"]
    assert article.xpath(".//tbody//data/text()") == ["2.00", "1.10", "0.50"]
    assert article.xpath(".//div[@popover]//dd/text()") == ["£2", "£1.10", "£0.50"], "a card has the line's figures"
    assert article.xpath(".//p[@class='cited']/text()") == ["Source: the table fruit."] * 3
    commands = article.xpath(".//code[@class='copy']/text()")
    assert commands == [
        "warehouse trace fruit --key name=pear",
        "warehouse trace fruit --key name=apple",
        "warehouse trace fruit --key 'name=<b>=cmd|x'",
    ]
    for address in [*article.xpath(".//source/@srcset"), *article.xpath(".//img/@src")]:
        assert "Publication%201" in address and "What%20does%20fruit%20cost?" in address
    text = " ".join(page.text_content().split())
    assert "1 table with 3 rows, the first publication" in text and "Generated data" not in text


def test_a_change_is_told_with_what_was_and_is_and_a_failed_night_aloud(
    admin: psycopg.Connection, marts: Path, tmp_path: Path
) -> None:
    make_candidate(admin)
    publish(admin, "r1")
    assert make_if_new(tmp_path, marts) and make_if_new(tmp_path, marts) is None, "drawn once"
    admin.execute("update candidate.fruit set price_gbp = 2.25 where name = 'pear'")
    publish(admin, "r2", code="c2")
    admin.execute(
        "insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status, message, started_at) "
        "values ('r3', '2026-11-23', 'c2', 'h2', 'failed', 'fruit went bad', now() + interval '1 minute')"
    )
    made = make_if_new(tmp_path, marts)
    assert made and made.publication == 2, "a night that failed is told, though nothing was published"
    assert made.drawn == 2, "pears cost more: the one picture is drawn for both widths"
    page = parsed(made.path)
    assert_sound(page)
    assert "because fruit went bad" in page.xpath("string(//p[contains(@class, 'late')])")
    changed = page.get_element_by_id("changed")
    assert changed.xpath(".//tbody/tr/*/text()") == ["pear", "price_gbp", "2.00", "2.25"]
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "lineage.html").write_text("")
    made = make_if_new(tmp_path, marts)
    assert made and made.drawn == 0, "what a picture shows has not changed"
    linked = parsed(made.path)
    assert_sound(linked, tmp_path)
    assert linked.xpath("//thead//a/@href") == ["docs/lineage.html#fruit.name", "docs/lineage.html#fruit.price_gbp"]
    assert "warehouse diff 1 2 --mart fruit" in changed.xpath(".//code/text()")
    assert changed.xpath(".//li/text()") == [
        "The rules that make the figures, or the authority’s papers, were changed."
    ]


def test_what_a_table_has_no_room_for_is_folded_away_or_in_the_workbook(
    admin: psycopg.Connection, marts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_candidate(admin)
    admin.execute("insert into candidate.fruit select 'fruit ' || n, n, false from generate_series(10, 13) as n")
    publish(admin, "r1")
    twice = FRUIT.replace("columns:", "most: 2\n            columns:")
    none = FRUIT.partition("report:\n")[2].replace(
        "sort:", "empty: No fruit is blue.\n            order: 20\n            where: name = 'blue'\n            sort:"
    )
    (marts / "fruit.yml").write_text(twice + none)
    make(tmp_path, marts)
    page = parsed(tmp_path / "index.html")
    assert_sound(page)
    article = page.get_element_by_id("money-fruit-100")
    tables = [table.xpath(".//tbody/tr/th/text()") for table in article.xpath(".//table")]
    assert tables == [["fruit 13", "fruit 12"], ["fruit 11", "fruit 10", "pear", "apple"]]
    assert article.xpath("string(.//details[@class='rest']/summary)").startswith("4 more rows")
    with db.connect("bi_reader") as reader:
        assert assert_equal_to_marts(page, reader, exhibits(marts)) == 6
    assert page.get_element_by_id("money-fruit-20").text_content() == "What does fruit cost?No fruit is blue."

    monkeypatch.setattr(figures, "MOST_REST", 3)
    book = tmp_path / "workbooks" / "2026-11-22" / "finance.xlsx"
    book.parent.mkdir(parents=True)
    book.write_text("")
    make(tmp_path, marts)
    page = parsed(tmp_path / "index.html")
    assert_sound(page, tmp_path)
    left = page.get_element_by_id("money-fruit-100").xpath(".//p[@class='left']")[0]
    assert left.text_content() == "4 more rows are on the sheet fruit of the workbook."
    assert left.xpath("./a/@href") == ["workbooks/2026-11-22/finance.xlsx"]


def test_says_in_a_line_what_cannot_be_shown(admin: psycopg.Connection, marts: Path, tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="Nothing has been published yet"):
        make(tmp_path, marts)
    make_candidate(admin)
    publish(admin, "r1")
    for wrong, said in (
        (FRUIT.replace("sort: [price_gbp desc]", "sort: [colour]"), 'column "colour" does not exist'),
        (FRUIT.replace("section: money", "section: fruit"), "no section fruit"),
        (FRUIT.replace("title: ", "tittle: "), "title: Field required"),
        (FRUIT.replace("<<rows | length>>", "<<rows | lenght>>"), "No filter named 'lenght'"),
    ):
        (marts / "fruit.yml").write_text(wrong)
        with pytest.raises(WarehouseError, match=said) as error:
            make(tmp_path, marts)
        assert error.value.remedy
    assert not (tmp_path / "index.html").exists()


def test_what_has_no_value_is_no_figure_and_a_hedge_stands_beside_it() -> None:
    amount = Column(name="value_gbp", says={"0": "not stated"}, qualifier="qualifier")
    rows: list[dict[str, Any]] = [
        {"value_gbp": Decimal(23_700_000), "qualifier": "around"},
        {"value_gbp": Decimal("1018044.14"), "qualifier": None},
        {"value_gbp": Decimal("0.00"), "qualifier": None},
        {"value_gbp": None, "qualifier": "around"},
    ]
    how = form(amount, (row["value_gbp"] for row in rows))
    assert [cell_text(row, amount, how) for row in rows] == ["around 23.7", "1.0", "not stated", "–"]
    assert [exact_text(row, amount, how) for row in rows] == ["around £23,700,000", "£1,018,044.14", "not stated", "–"]
    name = Column(name="supplier_name")
    text = "A supplier " * 20
    assert cell_text({"supplier_name": "None"}, name, form(name, ["None"])) == "–", "nobody is called None"
    assert cell_text({"supplier_name": text}, name, form(name, [text])).endswith("…")
    assert exact_text({"supplier_name": text}, name, form(name, [text])) == text
    rate = Column(name="rate", unit_column="unit")
    assert exact_text({"rate": Decimal("3.4159"), "unit": "for 1000 people"}, rate, how) == "3.4159 for 1000 people"
    assert exact_text({"rate": Decimal("23.74"), "unit": "GBP_million"}, rate, how) == "£23,740,000"


def said(mart: str, order: int, rows: list[dict[str, Any]]) -> str:
    """The sentence that a mart of the project says of rows."""
    exhibit = next(each for each in exhibits() if (each.mart, each.order) == (mart, order))
    return sentence(Shown(exhibit, Table("marts", mart, (), (), None), rows, [], ""))


def test_nothing_is_called_a_contract_that_was_not_awarded_and_ours_are_counted() -> None:
    stages = ["awarded", "tendered", "planned", "listed"]
    rows = [{"stage": stage, "buyer_code": "kent"} for stage in stages]
    assert said("contract_pipeline", 20, rows).startswith(
        "2 contracts of public buyers are running, none of them ours. "
        "2 more are planned or out to tender, none of them ours; ")  # fmt: skip
    ours = [{"stage": "awarded", "buyer_code": "metropolitan"}, {"stage": "planned", "buyer_code": "metropolitan"}]
    assert said("contract_pipeline", 20, [*rows, *ours]).startswith(
        "3 contracts of public buyers are running, 1 of them ours. "
        "3 more are planned or out to tender, 1 of them ours; ")  # fmt: skip
    assert said("contract_pipeline", 20, ours[:1]).startswith("1 contract of public buyers is running, 1 of them ours.")
    day = date(2026, 11, 28)
    windows = [("expired", 9, 9, 9), ("0-6", 2, 0, 0), ("6-12", 4, 1, 0), ("12-24", 7, 7, 7)]
    awards = [
        {"relet_window": w, "awards": a, "not_awarded": n, "ours": o, "business_date": day} for w, a, n, o in windows
    ]
    assert said("contract_pipeline", 10, awards).startswith(
        "6 contracts of public buyers end within a year of 28 November 2026, none of them ours. "
        "1 more is planned or out to tender and not known to be awarded."
    )


def counted(number: int, row: dict[str, Any]) -> list[dict[str, Any]]:
    """So many of a row."""
    return [dict(row) for _ in range(number)]


@pytest.mark.parametrize(
    ("mart", "order", "row", "one", "two"),
    [
        ("capital_position", 10, {"is_funded": False, "financial_year": "2014/15", "funding_gap_gbp": 10**6},
         "1 of 1 year is not fully funded: 2014/15 lacks £1.0m in all.",
         "2 of 2 years are not fully funded: 2014/15 and 2014/15 lack £2.0m in all."),
        ("medium_term_plan", 40,
         {"is_balanced": False, "financial_year": "2011/12", "savings_to_be_identified_gbp": 11_900_000},
         "1 of 1 year is not balanced. Savings are still to be named for £11.9m in 2011/12.",
         "2 of 2 years are not balanced. Savings are still to be named for £11.9m in 2011/12 and £11.9m in 2011/12."),
        ("estate_disposal", 30, {"days_late": 3}, "1 of 1 disposal is late.", "2 of 2 disposals are late."),
        ("inspection_tracker", 70, {}, "1 point of inspection reports asks for something to be done.",
         "2 points of inspection reports ask for something to be done."),
        ("savings_gap", 20, {"still_to_be_identified_gbp": 1},
         "The papers state 1 requirement; 1 of them leaves something to be found.",
         "The papers state 2 requirements; 2 of them leave something to be found."),
        ("figure_reconciliation", 10, {"kind": "contradiction"},
         "1 pair of published figures or words contradicts each other by more than rounding explains.",
         "2 pairs of published figures or words contradict each other by more than rounding explains."),
    ],
)  # fmt: skip
def test_sentences_hold_for_one_as_for_two(mart: str, order: int, row: dict[str, Any], one: str, two: str) -> None:
    assert said(mart, order, counted(1, row)).startswith(one)
    assert said(mart, order, counted(2, row)).startswith(two)


def test_says_whose_payments_there_are_and_which_figures_contradict_each_other() -> None:
    body = {"body_name": "Home Office", "supplier_code": "a", "has_contract": False, "is_lookalike": True}
    ours = {"body_name": "London", "supplier_code": "b", "has_contract": True, "is_lookalike": False}
    assert said("supplier_spend", 30, [body, body]).startswith(
        "No payment of the force or its authority was taken in: these are payments of other bodies, to compare with. "
        "The notices and registers taken in show a contract for none of the 1 payee of Home Office.")  # fmt: skip
    assert said("supplier_spend", 30, [body, ours]).startswith(
        "The notices and registers taken in show a contract for 1 of the 2 payees of Home Office and London."
    )
    kinds = ["contradiction", "contradiction", "other basis", "omission"]
    assert said("figure_reconciliation", 10, [{"kind": kind} for kind in kinds]).startswith(
        "2 pairs of published figures or words contradict each other by more than rounding explains. "
        "1 more is on different bases, which need not agree. 1 more differs because")  # fmt: skip


def test_figures_are_written_as_people_read_them() -> None:
    amounts = form(Column(name="amount_gbp"), [Decimal(2_701_100_000), Decimal("-90500"), None])
    assert [amounts.text(each) for each in (Decimal(2_701_100_000), Decimal(-90_500), None, 0)] == [
        "2,701.1", "\u22120.1", "–", "0"]  # fmt: skip
    assert form(Column(name="spend_gbp"), [Decimal(3_400_000), Decimal(20_000)]).text(Decimal(20_000)) == "0.02"
    assert millions(Decimal(-27_800_000)) == "\u2212£27.8m" and millions(Decimal(90_500)) == "£90,500"
    assert measured(Decimal("23.7"), "GBP_million") == "£23.7m" and measured(2014, "year") == "2014"
    assert [span(days) for days in (1, 31, 366, 1032, 5446)] == [
        "1 day", "31 days", "12 months", "2 years 10 months", "14 years 11 months"]  # fmt: skip
    assert [span(days) for days in (942, 1096, 1126)] == ["2 years 7 months", "3 years", "3 years 1 month"]
