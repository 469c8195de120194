"""What holds of every morning page: it asks for nothing, its tables are named, its figures are the marts'."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import psycopg
from lxml import html
from psycopg import sql
from psycopg.rows import dict_row

from warehouse.report.declared import Exhibit

Page = html.HtmlElement


def parsed(path: Path) -> Page:
    """The page as a browser takes it apart."""
    return html.fromstring(path.read_text(encoding="utf-8"))


def assert_sound(page: Page, folder: Path | None = None) -> None:
    """Nothing is asked of another place, and a screen reader finds its way. Links go to what lies in the `folder`."""
    addresses = [*page.xpath("//@href"), *page.xpath("//@src"), *page.xpath("//@srcset"), *page.xpath("//@action")]
    others = [each for each in addresses if not each.startswith(("#", "data:image/svg+xml"))]
    assert [each for each in others if folder is None or not (folder / each.partition("#")[0]).is_file()] == []
    assert not page.xpath("//script | //link | //iframe | //object"), "a page that does nothing by itself"
    style = "".join(page.xpath("//style/text()"))
    assert "url(" not in style and "@import" not in style

    assert page.xpath("count(//h1)") == 1 and page.xpath("count(//main)") == 1
    assert page.xpath("//table") and not page.xpath("//table[not(normalize-space(caption))]")
    assert not page.xpath("//th[not(@scope)]"), "which cells a heading is for"
    assert not page.xpath("//tbody/tr[not(th[@scope='row'])]")
    assert not page.xpath("//img[not(normalize-space(@alt))]")
    levels = [int(each.tag[1]) for each in page.xpath("//h1 | //h2 | //h3 | //h4")]
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels)), "no level is left out"
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    named = [
        *page.xpath("//@popovertarget"),
        *(each for text in page.xpath("//@aria-labelledby") for each in text.split()),
    ]
    named += [address[1:] for address in page.xpath("//a/@href") if address.startswith("#")]
    assert set(named) <= set(ids)
    for picture in page.xpath("//picture"):
        drawn = [*picture.xpath(".//source/@srcset"), *picture.xpath(".//img/@src")]
        assert len(drawn) == 2 and not any(re.search(r"[ ,]", each.partition(",")[2]) for each in drawn)


def assert_equal_to_marts(page: Page, reader: psycopg.Connection, declared: Iterable[Exhibit]) -> int:
    """Each figure of each table is the value of the row that its own trace command names; how many were compared."""
    compared = 0
    for exhibit in declared:
        article = page.xpath(f"//article[@id='{exhibit.anchor}']")
        for line in article[0].xpath(".//tbody/tr | .//ul[@class='tiles']/li") if article else ():
            shown = [Decimal(value) for value in line.xpath("./td/data/@value | .//p//data/@value | ./dl//data/@value")]
            rows = [_row(reader, command) for command in line.xpath(".//code[@class='copy']/text()")]
            if not exhibit.is_grouped:
                assert sorted(shown) == sorted(_expected(exhibit, rows)), f"{exhibit.anchor}: {rows}"
                compared += len(shown)
    return compared


def _expected(exhibit: Exhibit, rows: list[dict[str, object]]) -> list[Decimal]:
    """The numbers of the columns shown, but for the first, which names the row, and those that the page works out."""
    names = [exhibit.value.name] if exhibit.value else [column.name for column in exhibit.columns[1:] if not column.of]
    words = {column.name for column in exhibit.columns if column.verdicts}
    values = [row[name] for row in rows for name in names if name not in words]
    return [Decimal(v) for v in values if isinstance(v, int | Decimal) and not isinstance(v, bool)]


def _row(reader: psycopg.Connection, command: str) -> dict[str, object]:
    words = shlex.split(command)
    if words[:2] != ["warehouse", "trace"]:
        assert words[:2] == ["warehouse", "query"]
        return {}
    keys = dict(word.split("=", 1) for word in words[4::2])
    assert words[3::2] == ["--key"] * len(keys)
    where = sql.SQL(" and ").join(
        sql.SQL("{}::text = {}").format(sql.Identifier(k), sql.Literal(v)) for k, v in keys.items()
    )
    with reader.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            sql.SQL("select * from marts.{} where {}").format(sql.Identifier(words[2]), where)
        ).fetchall()
    assert len(rows) == 1, f"{command} names {len(rows)} rows"
    return rows[0]
