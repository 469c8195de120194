"""The documentation of a small warehouse: its pages are sound, lead to each other, and ask for nothing elsewhere."""

from __future__ import annotations

import csv
from pathlib import Path

import psycopg
import pytest
from candidates import make_candidate, publish
from pages import Page, parsed
from python_calamine import CalamineWorkbook

from core.errors import WarehouseError
from warehouse.docs.make import PAGES, make, make_if_new
from warehouse.lineage.published_columns import note_columns
from warehouse.lineage.workings import Relation, keep
from warehouse.publish.publish import publish_candidate

FRUIT = "select name, price_gbp, is_generated from seed.crate where price_gbp > 0"


@pytest.fixture
def fruit(admin: psycopg.Connection) -> psycopg.Connection:
    """A mart whose SQL is known, in a publication; then another one with a dearer pear."""
    make_candidate(admin)
    admin.execute("create schema if not exists seed")
    admin.execute("create table seed.crate (name text, price_gbp numeric, is_generated boolean)")
    keep(admin, [(Relation("candidate", "fruit"), FRUIT)])
    note_columns(admin, "c1")
    publish(admin, "r1")
    return admin


def words(element: Page) -> str:
    return " ".join(element.text_content().split())


def test_the_pages_tell_what_is_published_and_lead_to_each_other(fruit: psycopg.Connection, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    made = make(folder)
    assert made.publication == 1
    pages = {name: parsed(folder / name) for name in PAGES}
    assert {path.name for path in folder.iterdir()} == {*PAGES, "dictionary.csv", "dictionary.xlsx"}
    for name, page in pages.items():
        (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert policy == "default-src 'none'; style-src 'unsafe-inline'", "a browser asks for nothing from anywhere"
        assert not page.xpath("//script | //link | //iframe | //object | //img"), name
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), name
        assert not page.xpath("//table[not(caption)] | //tbody/tr[not(th[@scope='row'])]"), name
        for address in page.xpath("//@href"):
            file, _, anchor = address.partition("#")
            assert (folder / (file or name)).exists(), f"{address} of {name}"
            assert not anchor or anchor in pages[file or name].xpath("//@id"), f"{address} of {name}"

    (price,) = pages["lineage.html"].xpath("//tr[@id='fruit.price_gbp']")
    assert "seed.crate.price_gbp copied" in words(price)
    assert "Its rows are filtered by 1 column" in words(pages["lineage.html"].get_element_by_id("content"))
    assert "Price in pounds" in words(pages["dictionary.html"].get_element_by_id("fruit"))
    with (folder / "dictionary.csv").open() as file:
        rows = {(row["mart"], row["column"]): row for row in csv.DictReader(file)}
    assert rows["fruit", "price_gbp"] == {
        "mart": "fruit", "column": "price_gbp", "type": "numeric", "is_key": "no", "description": "Price in pounds"
    }  # fmt: skip
    sheet = CalamineWorkbook.from_path(folder / "dictionary.xlsx").get_sheet_by_name("Dictionary").to_python()
    assert [dict(zip(sheet[0], row, strict=True)) for row in sheet[1:]] == [*rows.values()]
    # Drawn: one table, a line to each of the three columns, each of which leads to its row.
    (drawn,) = pages["lineage.html"].xpath("//section[@aria-labelledby='fruit-title']//svg")
    assert [words(label) for label in drawn.xpath(".//text")] == ["seed.crate", "name", "price_gbp", "is_generated"]
    assert drawn.xpath(".//a/@href") == ["#fruit.name", "#fruit.price_gbp", "#fruit.is_generated"]
    assert [path.get("d").split()[-1] for path in drawn.xpath(".//path")] == ["18", "36", "54"]
    assert rows["fruit", "name"]["is_key"] == "yes" and rows["publication", "note"]["description"]


def test_a_change_is_told_with_its_cause_and_the_pages_are_made_once(fruit: psycopg.Connection, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    assert make_if_new(folder) and make_if_new(folder) is None
    fruit.execute("update candidate.fruit set price_gbp = 2.25 where name = 'pear'")
    note_columns(fruit, "c2")
    fruit.execute("insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status) "
                  "values ('r2', '2026-11-22', 'c2', 'h1', 'running')")  # fmt: skip
    fruit.execute("insert into audit.refresh_cause values ('r2', 'seed', 'crate', 'crate: pears are <dearer>')")
    fruit.execute("update audit.refresh set status = 'passed' where refresh_id = 'r2'")
    assert publish_candidate("r2", "candidate").publication_id == 2
    assert make_if_new(folder)
    page = parsed(folder / "changes.html")
    assert "The papers or reference tables were changed: crate: pears are <dearer>." in words(page)
    (row,) = page.xpath("//table[contains(caption, 'changed in fruit')]/tbody/tr")
    assert [words(cell) for cell in row] == ["name pear", "price_gbp", "2.00", "2.25"]


def test_before_a_publication_there_is_nothing_to_describe(warehouse: str, tmp_path: Path) -> None:
    assert make_if_new(tmp_path / "docs") is None and not (tmp_path / "docs").exists()
    with pytest.raises(WarehouseError, match="Nothing has been published yet"):
        make(tmp_path / "docs")
