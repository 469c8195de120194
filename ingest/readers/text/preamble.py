"""Remarks above a table's header, and the financial year that they say the file is for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from pathlib import Path

from ingest.definition.formats import Delimited
from ingest.readers.base import FETCH_AGAIN, FileRefused
from ingest.readers.text.text_table import table_rows
from ingest.readers.years import FinancialYear, financial_year


@dataclass(frozen=True)
class PreambleLines:
    """The lines above the header, and the days that they date the file by: none where rows do."""

    lines: list[str]
    first_day: date | None
    last_day: date | None


def read_preamble(path: Path, settings: Delimited) -> PreambleLines:
    """The preamble, empty where the definition knows of none. FileRefused where it says no financial year."""
    if settings.preamble is None:
        return PreambleLines([], None, None)
    mark = settings.preamble.mark
    # A spreadsheet puts a remark with a comma in it into quotes, and fills others up with commas.
    rows = takewhile(
        lambda found: settings.delimiter.join(found[1]).startswith(mark),
        table_rows(path, settings.encoding, settings.delimiter),
    )
    lines = [settings.delimiter.join(row) for _, row in rows]
    if settings.preamble.year is None:
        return PreambleLines(lines, None, None)
    year = year_of(settings.preamble.year, lines)
    return PreambleLines(lines, year.first_day, year.last_day)


def year_of(pattern: str, lines: list[str]) -> FinancialYear:
    """The year that the first line to match speaks of."""
    for number, line in enumerate(lines, 1):
        if match := re.search(pattern, line):
            if year := financial_year(match[1], "-"):
                return year
            raise FileRefused(f"line {number}: {match[1]!r} is no financial year", FETCH_AGAIN)
    raise FileRefused(
        f"the lines above the header say no financial year ({pattern})",
        "See where the file says its year now, and change reader.preamble in the definition.",
    )
