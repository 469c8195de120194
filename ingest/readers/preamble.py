"""Remarks above a table's header, and the financial year that they say the file is for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from pathlib import Path

from ingest.definition.dataset import Delimited
from ingest.readers.base import FileRefused
from ingest.readers.text_file import FETCH_AGAIN, text_lines

YEAR = re.compile(r"([0-9]{4})-([0-9]{2})")


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
    lines = list(takewhile(lambda line: line.startswith(mark), text_lines(path, settings.encoding)))
    year = starting_year(settings.preamble.year, lines)
    return PreambleLines(lines, date(year, 4, 1), date(year + 1, 3, 31))


def starting_year(pattern: str, lines: list[str]) -> int:
    """The calendar year in which the year starts that the first line to match speaks of."""
    for number, line in enumerate(lines, 1):
        if match := re.search(pattern, line):
            year = YEAR.fullmatch(match[1])
            if year and (int(year[1]) + 1) % 100 == int(year[2]):
                return int(year[1])
            raise FileRefused(f"line {number}: {match[1]!r} is no financial year", FETCH_AGAIN)
    raise FileRefused(
        f"the lines above the header say no financial year ({pattern})",
        "See where the file says its year now, and change reader.preamble in the definition.",
    )
