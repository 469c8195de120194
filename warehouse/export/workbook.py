"""A workbook of marts: a cover that says what it is and what is stale, then a sheet a mart, as a table that pivots."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from warehouse.export.files import FORMULA
from warehouse.export.read import Mart
from warehouse.report.declared import SUFFIXES, heading
from warehouse.report.state import State
from warehouse.report.words import MISSING, NOTHING, day, listed, moment, things

LONDON = ZoneInfo("Europe/London")
LONGEST_NAME = 31  # of a sheet
MOST_ROWS = 1_048_575  # of a sheet, below its header
LONGEST_TEXT = 32_767  # of a cell
WIDEST, NOTE_WIDTH, COVER_WIDTH = 60, 320, 90
LINE = 15  # height of one
NUMBERS = {
    "millions": "#,##0.00;[Red]-#,##0.00",
    "percent": '0.0"%"',
    "points": "0.0",
    "square metres": "#,##0",
    "count": "#,##0",
    "day": "d mmm yyyy",
}
WHOLE, BROKEN = "#,##0", "#,##0.00##"
# A text stays a text, whatever it begins with: no formula, no link, no number made of a code.
OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "d mmm yyyy",
    "remove_timezone": True,
}


def write_workbook(path: Path, title: str, state: State, marts: Iterable[Mart]) -> None:
    """Write the workbook, whole or not at all."""
    draft = path.with_name(f"{path.name}.draft")
    marts = list(marts)
    with xlsxwriter.Workbook(draft, OPTIONS) as book:
        # The same publication makes the same bytes.
        book.set_properties({"title": title, "created": state.published_at.replace(tzinfo=None)})
        formats = Formats(book)
        _cover(book.add_worksheet("Cover"), formats, title, state, marts)
        for mart in marts:
            _sheet(book.add_worksheet(sheet_name(mart.name)), formats, mart)
    draft.replace(path)


def sheet_name(mart: str) -> str:
    """What the sheet of a mart is called."""
    return mart.replace("restricted.", "r_")[:LONGEST_NAME]


class Formats:
    """The formats of the book, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._known: dict[str, Format] = {}

    def of(self, **properties: Any) -> Format:
        name = repr(sorted(properties.items()))
        if name not in self._known:
            self._known[name] = self._book.add_format({"valign": "top", **properties})
        return self._known[name]


def _cover(sheet: Worksheet, formats: Formats, title: str, state: State, marts: list[Mart]) -> None:
    bold, quiet, wrapped = formats.of(bold=True), formats.of(font_color="#5b6673"), formats.of(text_wrap=True)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, COVER_WIDTH)
    sheet.fit_to_pages(1, 0)
    sheet.set_paper(9)
    sheet.write_string(0, 0, title, formats.of(bold=True, font_size=18))
    lines: list[tuple[str, str]] = [
        ("Publication", f"{state.number}, for {day(state.business_date)}"),
        ("Published at", moment(state.published_at)),
    ]
    if marts and marts[0].publication != state.number:
        lines[0] = ("Publication", f"{marts[0].publication}, as it was; the newest is {state.number}")
        del lines[1]
    if state.is_generated:
        lines.append(("GENERATED DATA", "No publisher said any of it; only the authority's own papers are real."))
    if state.note:
        lines.append(("Not the newest figures", state.note))
    row = 2
    for name, text in lines:
        alarm = name in ("GENERATED DATA", "Not the newest figures")
        sheet.write_string(row, 0, name, formats.of(bold=True, bg_color="#ffe08a") if alarm else bold)
        sheet.write_string(row, 1, text, wrapped)
        row += 1
    used = {value for mart in marts for value in (*_datasets(mart), *mart.feeds)}
    behind = [feed for feed in state.feeds if feed.row["dataset"] in used]
    stale = [feed for feed in behind if feed.status not in ("fresh", "no_feed")]
    never = [feed.name for feed in behind if feed.status == "no_feed"]
    row += 1
    sheet.write_string(row, 0, "Feeds behind it that are late", bold)
    sheet.write_string(row, 1, "" if stale else "None.", wrapped)
    for feed in stale:
        covered = feed.row["last_publication_date"]
        told = f"{feed.row['latest_vintage']}, up to {day(covered)}, {feed.age}" if covered else "nothing that is good"
        sheet.write_string(row := row + 1, 0, feed.name, wrapped)
        sheet.write_string(row, 1, told, wrapped)
    sheet.write_string(row := row + 1, 0, "Feeds behind it that never came", bold)
    told = f"{'; '.join(never)}." if never else "None."
    sheet.write_string(row, 1, told, wrapped)
    sheet.set_row(row, LINE * -(-len(told) // COVER_WIDTH))
    row += 2
    sheet.write_string(row, 0, "Sheet", bold)
    sheet.write_string(row, 1, "What it holds", bold)
    for mart in marts:
        name = sheet_name(mart.name)
        sheet.write_url(row := row + 1, 0, f"internal:'{name}'!A1", formats.of(font_color="#00538a", underline=1), name)
        # The grain is its description's first sentence; the height is set, for not every program works it out.
        told = f"{mart.comment.partition('. ')[0].rstrip('.')} ({things(len(mart.rows), 'row')})"
        sheet.write_string(row, 1, told, wrapped)
        sheet.set_row(row, LINE * -(-len(told) // COVER_WIDTH))
    row += 2
    for text in (
        "Amounts are pounds. A note on a column's name says what the column means and how it adds up.",
        f"{NOTHING} stands where there is none, such as an award without a supplier; a command takes it as `none`.",
        "Each sheet is a table with the mart's name: a pivot table takes it by that.",
        "`warehouse trace <sheet> --key <column>=<value>` follows a row to the line of the file it came from.",
    ):
        sheet.write_string(row := row + 1, 0, text, quiet)


def _datasets(mart: Mart) -> set[Any]:
    names = [column.name for column in mart.columns if column.name.endswith("source_dataset")]
    return {value for name in names for value in mart.values(name)}


def _sheet(sheet: Worksheet, formats: Formats, mart: Mart) -> None:
    """The rows as a table: header and key stay in sight, each column has its number format and its note."""
    if len(mart.rows) > MOST_ROWS:
        sheet.write_string(0, 0, f"{mart.name} has {len(mart.rows):,} rows, more than a sheet holds: use --csv.")
        return
    header = formats.of(bold=True, text_wrap=True)
    columns = [{"header": column.name, "header_format": header} for column in mart.columns]
    bottom = max(1, len(mart.rows))  # a table has a row, be it empty
    options = {"name": f"t_{sheet_name(mart.name)}", "columns": columns, "style": "Table Style Light 1"}
    sheet.add_table(0, 0, bottom, len(columns) - 1, options)
    for at, column in enumerate(mart.columns):
        values = [row[at] for row in mart.rows]
        how = formats.of(num_format=pattern) if (pattern := number_format(column.name, values)) else formats.of()
        for line, value in enumerate(values, start=1):
            _cell(sheet, line, at, value, how, formats)
        width = max([len(column.name), *(len(_shown(value)) for value in values[:2_000])])
        sheet.set_column(at, at, min(WIDEST, width + 3))
        note = f"{heading(column.name)}. {column.comment or ''}".strip()
        sheet.write_comment(0, at, note, {"width": NOTE_WIDTH, "height": 40 + 18 * (len(note) // 45)})
    sheet.freeze_panes(1, min(len(mart.key), 2))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{mart.name}, publication {mart.publication}&R&P of &N")


def _cell(sheet: Worksheet, row: int, column: int, value: Any, how: Format, formats: Formats) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(row, column, value)
        case int() | Decimal() | float():
            sheet.write_number(row, column, value, how)
        case datetime():
            sheet.write_datetime(row, column, value.astimezone(LONDON).replace(tzinfo=None),
                                 formats.of(num_format="d mmm yyyy hh:mm"))  # fmt: skip
        case date():
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), how)
        case list() | tuple():
            sheet.write_string(row, column, listed(map(str, value))[:LONGEST_TEXT])
        case _:
            text = NOTHING if value in MISSING else str(value)[:LONGEST_TEXT]
            # Whoever edits such a cell would make a formula of it: the prefix keeps it a text then too.
            sheet.write_string(row, column, text, formats.of(quote_prefix=True) if text[:1] in FORMULA else how)


def number_format(name: str, values: list[Any]) -> str | None:
    """How the column's numbers and days are shown; None where it has neither."""
    known = [value for value in values if value is not None]
    unit = next((unit for suffix, unit in SUFFIXES.items() if name.endswith(suffix)), None)
    if known and all(isinstance(value, date) for value in known):
        return NUMBERS["day"]
    if not known or not all(isinstance(value, int | Decimal | float) for value in known) or known[0] in (True, False):
        return None
    if unit == "millions":
        return "#,##0;[Red]-#,##0" if all(value % 1 == 0 for value in known) else NUMBERS["millions"]
    if unit in NUMBERS and unit != "day":
        return NUMBERS[unit]
    return WHOLE if all(value % 1 == 0 for value in known) else BROKEN


def _shown(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | Decimal) else "" if value is None else str(value)
