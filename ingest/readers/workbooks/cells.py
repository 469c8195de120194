"""A spreadsheet's cell as the value of its field. A number is a number there: text that looks like one is not taken."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from ingest.definition.dataset import FieldRule
from ingest.readers.cells import LARGEST, CellFault, Value, cell_value, check_range, shown
from ingest.readers.workbooks.file import Cell


def is_blank(cell: Cell) -> bool:
    """Whether nothing can be seen in the cell."""
    return isinstance(cell, str) and not cell.strip()


def as_text(cell: Cell) -> str:
    """The cell as one line of text: whole numbers without a point, spaces and line ends as single spaces."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return f"{_exact(cell):f}"
    return " ".join(str(cell).split())


def typed_value(rule: FieldRule, cell: Cell, null_texts: tuple[str, ...]) -> Value:
    """The value of the cell; None where it is blank, or says so by one of `null_texts`, and may be.

    CellFault for what the field does not allow.
    """
    if rule.type == "text":
        return cell_value(rule, cell if isinstance(cell, str) else as_text(cell))
    if is_blank(cell) or as_text(cell) in null_texts:
        if rule.required:
            raise CellFault("required", f"{rule.name} is blank")
        return None
    return _day(rule, cell) if rule.type == "date" else _number(rule, cell)


def _number(rule: FieldRule, cell: Cell) -> int | Decimal:
    if isinstance(cell, bool) or not isinstance(cell, float | int):
        raise CellFault("type", f"{rule.name} {shown(as_text(cell))} is {_kind(cell)}, not a number")
    number = _exact(cell)
    check_range(rule, number)
    return _whole(rule, number) if rule.type == "integer" else number


def _whole(rule: FieldRule, number: Decimal) -> int:
    if number != int(number):
        raise CellFault("type", f"{rule.name} {number} is not a whole number")
    if abs(number) > LARGEST:
        raise CellFault("type", f"{rule.name} {number} is too large for a count")
    return int(number)


def _day(rule: FieldRule, cell: Cell) -> date:
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    if isinstance(cell, datetime) or not isinstance(cell, date):
        raise CellFault("type", f"{rule.name} {shown(as_text(cell))} is {_kind(cell)}, not a day")
    return cell


def _exact(number: float | int) -> Decimal:
    """The 15 digits that a spreadsheet shows of its double. What comes after them is how the double is stored."""
    exact = Decimal(f"{number:.15g}")
    return Decimal(int(exact)) if exact == exact.to_integral_value() else exact


def _kind(cell: Cell) -> str:
    kinds = ((bool, "true or false"), (str, "text"), (datetime, "a time"), (date, "a day"))
    return next((kind for known, kind in kinds if isinstance(cell, known)), "a number")
