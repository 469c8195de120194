"""A cell of a list as the value of its field: amounts as bookkeepers write them, days in the ways that are named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from ingest.definition.dataset import FieldRule
from ingest.readers.cells import CellFault, Value, cell_value, check_day, shown
from ingest.readers.workbooks.cells import as_text, typed_value
from ingest.readers.workbooks.file import Cell

# -1,234.50 as bookkeepers write it: in brackets, or with the sign at the end.
CREDIT = re.compile(r"\((?P<bracketed>[0-9][^()]*)\)|(?P<trailing>[0-9][^-]*)-")


def list_value(rule: FieldRule, cell: Cell, dates: Sequence[str], null_texts: Sequence[str]) -> Value:
    """The value of the cell; None where it is blank and may be. CellFault for whatever the field does not allow."""
    if rule.type == "date":
        return _day(rule, cell, dates, null_texts)
    text = as_text(cell)
    if text in null_texts:
        text = ""
    if rule.type == "decimal" and isinstance(cell, str):
        return cell_value(rule, plain_amount(text))
    return cell_value(rule, text) if isinstance(cell, str) or rule.type == "text" else typed_value(rule, cell, ())


def plain_amount(text: str) -> str:
    """The amount without pound sign and spaces, its minus in front: (£1,234.50) and 1,234.50- are -1,234.50."""
    plain = re.sub(r"[£\s]", "", text)
    match = CREDIT.fullmatch(plain)
    return f"-{match['bracketed'] or match['trailing']}" if match else plain


def _day(rule: FieldRule, cell: Cell, dates: Sequence[str], null_texts: Sequence[str]) -> Value:
    day: date | None = None
    text = as_text(cell)
    if isinstance(cell, datetime):
        day = cell.date()
    elif isinstance(cell, date):
        day = cell
    elif not text or text in null_texts:
        if rule.required:
            raise CellFault("required", f"{rule.name} is blank")
        return None
    else:
        day = _written(text, tuple(dates))
    if day is None:
        raise CellFault("type", f"{rule.name} {shown(text)} is not a date written as one of {', '.join(dates)}")
    check_day(rule, day)
    return day


@lru_cache(maxsize=1000)  # a list has the same few days over and over
def _written(text: str, dates: tuple[str, ...]) -> date | None:
    for written in dates:
        try:
            return datetime.strptime(text, written).date()
        except ValueError:
            continue
    return None
