"""The rows of each exhibit, read as a reader within one snapshot, with what they come from."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from core.errors import WarehouseError
from core.settings import settings
from warehouse.publish.mart_catalogue import Table, published_tables
from warehouse.report.declared import Column, Exhibit
from warehouse.report.words import NOTHING, Form, exactly, form, measured, measured_exactly

SOURCES = ("source_dataset", "source_vintage", "source_document")
MOST_SOURCES = 200
LONGEST = 110  # characters of a text: the workbook has all of it
MOST_REST = 100  # rows beyond those shown that the page holds, folded away: the workbook has more
FORCE = re.compile(r":force\b")
HIGHLIGHT = "_highlight"
# Tables of published files that the columns shown are copied or computed from: each is called as its feed.
FEEDS = """
    select distinct split_part(source_column, '.', 2) from marts.column_lineage
    where mart = %s and column_name = any (%s) and kind in ('copied', 'computed')
        and split_part(source_column, '.', 1) in ('raw', 'compiled')
"""

Row = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """An exhibit with its rows. `sources` are the distinct datasets, vintages and papers that they come from.

    `feeds` are those that rows without such columns are made of.
    """

    exhibit: Exhibit
    table: Table
    rows: list[Row]
    sources: list[Row]
    query: str
    feeds: tuple[str, ...] = ()

    def forms(self) -> dict[str, Form]:
        """How each column is written."""
        columns = [*self.exhibit.columns, *([self.exhibit.value] if self.exhibit.value else [])]
        return {column.name: form(column, (row[column.name] for row in self.rows)) for column in columns}

    def form_of(self, name: str) -> Form:
        """How a column is written that the exhibit need not show."""
        return self.forms().get(name) or form(Column(name=name), (row[name] for row in self.rows))

    def trace(self, row: Mapping[str, Any]) -> str:
        """The command that follows the row to its source; for a sum, the query that makes it."""
        if self.exhibit.is_grouped:
            return f"warehouse query {shlex.quote(self.query)}"
        keys = [f"--key {shlex.quote(f'{name}={key_text(row[name])}')}" for name in self.table.key]
        return " ".join(["warehouse trace", self.exhibit.mart, *keys])


def key_text(value: Any) -> str:
    """A value as a command takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


def read(connection: psycopg.Connection, exhibits: Iterable[Exhibit]) -> list[Shown]:
    """The exhibits whose marts are published, with their rows. One that its mart cannot answer is named."""
    tables = published_tables(connection)
    return [_read(connection, each, tables[each.mart]) for each in exhibits if each.mart in tables]


def _read(connection: psycopg.Connection, exhibit: Exhibit, table: Table) -> Shown:
    statement, sources = _statements(exhibit, table)
    try:
        with connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(statement).fetchall()
            origins = cursor.execute(sources).fetchall() if sources else []
        names = [column.name for column in exhibit.columns]
        feeds = [] if sources else [feed for (feed,) in connection.execute(FEEDS, [exhibit.mart, names])]
    except psycopg.Error as error:
        raise WarehouseError(
            f"The mart {exhibit.mart} cannot show {exhibit.title!r}: {str(error).splitlines()[0]}.",
            remedy=f"Mend `meta: report:` in {exhibit.mart}.yml, or publish what it asks for.",
        ) from error
    query = " ".join(statement.as_string(connection).split())
    return Shown(exhibit, table, rows, origins, query, tuple(sorted(feeds)))


def _statements(exhibit: Exhibit, table: Table) -> tuple[sql.Composed, sql.Composed | None]:
    place = sql.SQL("from {} where {}").format(table.identifier, _said(exhibit.where))
    wanted: dict[str, str | None] = {column.name: column.of for column in exhibit.columns}
    if not exhibit.is_grouped:  # whole rows, for a sentence or a picture may ask for what no column shows
        wanted = dict.fromkeys(table.column_names) | wanted
        if exhibit.chart and exhibit.chart.highlight:
            wanted[HIGHLIGHT] = exhibit.chart.highlight
    columns = sql.SQL(", ").join(
        sql.SQL("{} as {}").format(_said(of), sql.Identifier(name)) if of else sql.Identifier(name)
        for name, of in wanted.items()
    )
    parts = [sql.SQL("select {} {}").format(columns, place)]
    if exhibit.group_by:
        parts.append(_said("group by " + ", ".join(exhibit.group_by)))
    order = exhibit.sort or (() if exhibit.is_grouped else table.key)
    if order:
        parts.append(_said("order by " + ", ".join(order)))
    origin = [sql.Identifier(name) for name in SOURCES if name in table.column_names]
    sources = (
        sql.SQL("select distinct {} {} limit {}").format(sql.SQL(", ").join(origin), place, MOST_SOURCES)
        if origin
        else None
    )
    return sql.SQL(" ").join(parts), sources


def _said(text: str) -> sql.Composed:
    """SQL that a mart's declaration says, which is the project's own; `:force` is the force whose authority this is."""
    force = sql.Literal(settings().force_code)
    parts = [sql.SQL(part) for part in FORCE.split(" ".join(text.split()))]
    return sql.Composed([part for at, each in enumerate(parts) for part in ([force, each] if at else [each])])


@dataclass(frozen=True)
class Line:
    """A line of a table on the page: its cells, and the rows of the mart that they come from, each with its name."""

    cells: list[tuple[Any, str]]
    origins: list[tuple[str, Row]]


@dataclass(frozen=True)
class Grid:
    """A table of the page: headings with their forms, then lines; the `rest` is folded away, `left` is elsewhere."""

    headings: list[tuple[str, Form]]
    lines: list[Line]
    rest: list[Line]
    left: int


def grid(shown: Shown) -> Grid:
    """The exhibit's rows as a table, as many as it shows."""
    if shown.exhibit.across:
        return _across(shown)
    forms, columns = shown.forms(), shown.exhibit.columns
    held = shown.rows[: _held(len(shown.rows), shown.exhibit.most)]
    lines = [Line([(row[c.name], cell_text(row, c, forms[c.name])) for c in columns], [("", row)]) for row in held]
    return _folded(shown, [(c.title, forms[c.name]) for c in columns], lines, len(shown.rows))


def _held(rows: int, most: int) -> int:
    """How many of the rows the page holds: all of them, where they are not too many."""
    return rows if rows - most <= MOST_REST else most


def _folded(shown: Shown, headings: list[tuple[str, Form]], lines: list[Line], rows: int) -> Grid:
    most = shown.exhibit.most
    return Grid(headings, lines[:most], lines[most:], rows - len(lines))


def cell_text(row: Row, column: Column, how: Form) -> str:
    """A value as a cell shows it: in the unit of its column or row, with its hedge, cut where it is long."""
    text = _hedged(row, column, _said_of(row, column) or how.text(row[column.name]))
    if column.is_whole or len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(" ", 1)[0] + " …"


def exact_text(row: Row, column: Column, how: Form) -> str:
    """A value whole: pounds to the penny where they have pennies, other figures with all their places."""
    value = row[column.name]
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        return _said_of(row, column) or how.text(value)
    return _hedged(row, column, _said_of(row, column, measured_exactly) or exactly(value, how.unit))


def _said_of(row: Row, column: Column, measure: Callable[[Any, str], str] = measured) -> str | None:
    """What the declaration says of the value, or the unit of its row; None where it is written as its column is."""
    value = row[column.name]
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    unit = row[column.unit_column] if column.unit_column else None
    told = column.says.get("0" if is_number and not value else str(value))
    return measure(value, unit) if told is None and unit and is_number else told


def _hedged(row: Row, column: Column, text: str) -> str:
    hedge = row[column.qualifier] if column.qualifier else None
    return f"{hedge} {text}" if hedge and row[column.name] is not None else text


def _across(shown: Shown) -> Grid:
    """Rows of one thing side by side: a column for each of the values `across`."""
    exhibit, forms = shown.exhibit, shown.forms()
    assert exhibit.value is not None
    heads = list(dict.fromkeys(tuple(row[name] for name in exhibit.across) for row in shown.rows))
    heads.sort(key=lambda head: str(head[0]))  # within it, as the rows come
    things: dict[tuple[Any, ...], dict[tuple[Any, ...], Row]] = {}
    for row in shown.rows:
        thing = tuple(row[column.name] for column in exhibit.columns)
        things.setdefault(thing, {})[tuple(row[name] for name in exhibit.across)] = row
    how = forms[exhibit.value.name]
    lines = []
    for thing, rows in list(things.items())[: _held(len(things), exhibit.most)]:
        cells = [(value, forms[c.name].text(value)) for c, value in zip(exhibit.columns, thing, strict=True)]
        for head in heads:
            value = rows[head][exhibit.value.name] if head in rows else None
            cells.append((value, how.text(value)))
        lines.append(Line(cells, [(_head(head), rows[head]) for head in heads if head in rows]))
    headings = [(column.title, forms[column.name]) for column in exhibit.columns]
    headings += [(_head(head), how) for head in heads]
    return _folded(shown, headings, lines, len(things))


def _head(head: tuple[Any, ...]) -> str:
    return " ".join(str(part).replace("_", " ") if part is not None else NOTHING for part in head)
