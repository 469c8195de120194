"""Labels of rows and columns in published tables: the text or day that is meant, and the footnotes glued to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from ingest.definition.dataset import FieldRule
from ingest.readers.cells import CellFault, Value, shown
from ingest.readers.workbooks.cells import as_text
from ingest.readers.workbooks.file import Cell

# `West Midlands2`, `Police staff1,2`, `Kent [note 3]`; a text that ends with a digit of its own would lose it.
FOOTNOTES = re.compile(r"(?P<text>.*?[^\s\d,])\s*(?:\[notes? (?P<notes>\d+(?:, ?\d+)*)\]|(?P<digits>\d+(?:, ?\d+)*))")
MOST_DIGITS = 4  # of footnotes behind a date: `30 September 20121,2` has three signs too many


def label_of(rule: FieldRule, cell: Cell, dates: str) -> tuple[Value, str]:
    """The label as the field's value, and its footnotes (`1,2`) or nothing. CellFault where it is no such label."""
    text = as_text(cell)
    if rule.type != "date":
        if not text:
            raise CellFault("required", f"{rule.name} is blank beside a figure")
        match = FOOTNOTES.fullmatch(text)
        return (match["text"], (match["notes"] or match["digits"]).replace(" ", "")) if match else (text, "")
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date(), ""
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return cell, ""
    for cut in range(MOST_DIGITS + 1):
        notes = text[len(text) - cut :]
        day = day_of(text[: len(text) - cut], dates)
        if day and re.fullmatch(r"(\d+(,\d+)*)?", notes):
            return day, notes
    raise CellFault("type", f"{rule.name} {shown(text)} is not a day, written as {dates}")


def known_label(label: Value, known: Sequence[str]) -> str | None:
    """The one of the known labels that this is; capitals and spaces do not count."""
    return next((each for each in known if as_text(str(label)).casefold() == each.casefold()), None)


def matching_label(text: str, patterns: Mapping[str, str]) -> str | None:
    """The label that the first pattern to fit the text stands for; capitals do not count."""
    found = ((re.fullmatch(pattern, text, re.IGNORECASE), label) for pattern, label in patterns.items())
    return next((match.expand(label) for match, label in found if match), None)


def day_of(text: str, dates: str) -> date | None:
    """The day that the text is, written as `dates`; None where it is none."""
    try:
        return datetime.strptime(text, dates).date()
    except ValueError:
        return None
