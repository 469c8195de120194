"""Marts as workbooks, files and frames: the same figures, no formula, what is stale on the cover."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import psycopg
import pyarrow.parquet
import pytest
from candidates import make_candidate, publish
from python_calamine import CalamineWorkbook

from core.errors import WarehouseError
from warehouse.cli.office import connections
from warehouse.cli.office.export import export
from warehouse.export.frames import read_mart
from warehouse.export.read import read, reading
from warehouse.export.workbook import write_workbook
from warehouse.report.state import read_state

EVIL = ("=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-1", "https://example.org")
# A feed that fruit is made from, and one that it is not.
NEVER_CAME = """
    insert into audit.dataset (dataset, domain, title, publisher, licence, expected_every_days, definition_hash)
    values ('orchard', 'farms', 'Orchards', 'P', 'OGL', 31, 'h'), ('herd', 'farms', 'Herds', 'P', 'OGL', 31, 'h');
    insert into audit.column_lineage
    values ('c2', 'marts', 'fruit', 'price_gbp', 'raw.orchard', 'price', 'copied', 'fruit')
"""


@pytest.fixture
def fruit(admin: psycopg.Connection) -> None:
    """Two publications: in the second, pears cost more, and five kinds have names that are not what they seem."""
    make_candidate(admin)
    publish(admin, "r1")
    admin.execute("update candidate.fruit set price_gbp = 2.25 where name = 'pear'")
    for name in EVIL:
        admin.execute("insert into candidate.fruit values (%s, 1000000.5, false)", [name])
    publish(admin, "r2", code="c2")


def workbook(path: Path) -> CalamineWorkbook:
    """The workbook of fruit."""
    with reading() as connection:
        state = read_state(connection)
        assert state is not None
        write_workbook(path, "Fruit", state, [read(connection, "fruit")])
    return CalamineWorkbook.from_path(path)


def test_a_workbook_has_the_figures_and_no_formula(admin: psycopg.Connection, fruit: None, tmp_path: Path) -> None:
    path = tmp_path / "fruit.xlsx"
    admin.execute(NEVER_CAME)
    book = workbook(path)
    assert book.sheet_names == ["Cover", "fruit"]
    header, *rows = book.get_sheet_by_name("fruit").to_python()
    assert header == ["name", "price_gbp", "is_generated"]
    assert {row[0]: row[1] for row in rows} == {"apple": 1.1, "pear": 2.25, **dict.fromkeys(EVIL, 1000000.5)}
    cover = "\n".join(str(cell) for row in book.get_sheet_by_name("Cover").to_python() for cell in row)
    assert "2, for 22 November 2026" in cover and "One row per fruit (7 rows)" in cover
    assert "that are late\nNone.\nFeeds behind it that never came\nOrchards.\n" in cover
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["fruit.xlsx"]
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
        texts = {
            name: parts.read(name).decode() for name in parts.namelist() if name.endswith((".xml", ".rels", ".vml"))
        }
    assert "<f>" not in sheet and "<hyperlink" not in sheet
    assert 'state="frozen"' in sheet and re.search(
        r'<table [^>]*name="t_fruit"[^>]*ref="A1:C8"', texts["xl/tables/table1.xml"]
    )
    assert "quotePrefix" in texts["xl/styles.xml"]
    assert "Price in pounds" in "".join(text for name, text in texts.items() if "comments" in name), "notes on columns"
    first = path.read_bytes()
    workbook(path)
    assert path.read_bytes() == first, "the same publication, the same bytes"


def test_what_is_named_none_is_a_dash(fruit: None, tmp_path: Path) -> None:
    with reading() as connection:
        state = read_state(connection)
        assert state is not None
        rows = [("none", Decimal(1), False), ("None", None, True)]
        write_workbook(tmp_path / "none.xlsx", "Fruit", state, [replace(read(connection, "fruit"), rows=rows)])
    book = CalamineWorkbook.from_path(tmp_path / "none.xlsx")
    assert book.get_sheet_by_name("fruit").to_python()[1:] == [["–", 1.0, False], ["–", "", True]]


def test_a_mart_as_it_was_in_csv_parquet_and_pandas(
    fruit: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    csv, parquet = tmp_path / "fruit.csv", tmp_path / "fruit.parquet"
    export("fruit", xlsx=None, csv=csv, parquet=None, as_of=None)
    lines = csv.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "name,price_gbp,is_generated" and len(lines) == 8
    assert "'=cmd|' /C calc'!A0,1000000.5,False" in lines and "'-1,1000000.5,False" in lines

    export("fruit", xlsx=None, csv=None, parquet=parquet, as_of=1)
    table = pyarrow.parquet.read_table(parquet)
    assert table.to_pydict()["price_gbp"] == [Decimal("1.10"), Decimal("2.00")]
    assert table.schema.metadata[b"publication"] == b"1"
    assert table.schema.field("price_gbp").metadata[b"description"] == b"Price in pounds"
    assert "fruit.parquet" in capsys.readouterr().out

    now, then = read_mart("fruit"), read_mart("fruit", as_of=1)
    assert list(then.name) == ["apple", "pear"] and then.price_gbp.sum() == 3.1
    assert (now.attrs["publication"], then.attrs["publication"]) == (2, 1) and now.attrs["key"] == ["name"]
    assert now.attrs["columns"]["price_gbp"] == {"unit": "pounds", "description": "Price in pounds"}
    assert [str(kind) for kind in now.dtypes] == ["string", "Float64", "boolean"]


def test_says_what_there_is_instead(fruit: None, tmp_path: Path) -> None:
    path = tmp_path / "x"
    with pytest.raises(WarehouseError, match="neither a mart nor a workbook 'vegetables'"):
        export("vegetables", xlsx=path, csv=None, parquet=None, as_of=None)
    with pytest.raises(WarehouseError, match="had no mart 'vegetables'"):
        export("vegetables", xlsx=None, csv=path, parquet=None, as_of=1)
    with pytest.raises(WarehouseError, match="Say which file"):
        export("fruit", xlsx=path, csv=path, parquet=None, as_of=None)
    with pytest.raises(WarehouseError, match=r"finance is 1\d marts"):
        export("finance", xlsx=None, csv=path, parquet=None, as_of=None)
    assert not path.exists()


def test_each_tool_is_told_its_fields(warehouse: str, capsys: pytest.CaptureFixture[str]) -> None:
    for tool in connections.TOOLS:
        connections.show(tool, "bi_reader")
        said = capsys.readouterr().out
        assert warehouse in said and "bi_reader_shared" in said and "ssh -N -L" in said
    with pytest.raises(WarehouseError, match="no word on connecting 'oracle'"):
        connections.show("oracle", "bi_reader")
