"""How values stand in the cells of a workbook of the intake: their formats, and what they are written as."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

DAYS, AMOUNTS, COUNTS, AS_TEXT = "dd/mm/yyyy", "#,##0.00##", "#,##0", "@"
FORMATS = {"date": DAYS, "decimal": AMOUNTS, "integer": COUNTS}
MEASURED = 1_000  # rows that a column's width is taken from


def own_format(value: Any) -> str:
    """The format of a value whose column says none."""
    if isinstance(value, date):
        return DAYS
    return AMOUNTS if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else AS_TEXT


def write_cell(sheet: Worksheet, row: int, column: int, value: Any, how: Format, *, is_wrong: bool = False) -> None:
    """Write the value as what it is; a blank one only where it has a colour to show."""
    match value:
        case None | "":
            if is_wrong:
                sheet.write_blank(row, column, None, how)
        case bool():
            sheet.write_boolean(row, column, value, how)
        case datetime() | date():
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), how)
        case int() | float() | Decimal():
            sheet.write_number(row, column, value, how)
        case _:
            sheet.write_string(row, column, str(value), how)


def width(name: str, lines: list[list[Any]], at: int, pattern: str | None) -> int:
    """How wide a column is that shows its name and the first of its values."""
    widest = max(
        (len(str(line[at])) for line in lines[:MEASURED] if at < len(line) and line[at] is not None), default=0
    )
    return min(44, max(len(name) + 3, widest + 2, 16 if pattern == AMOUNTS else 0))
