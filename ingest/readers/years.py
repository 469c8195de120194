"""A financial year as publications write it: 2013/14, 2019-20. One rule for cells, preambles and workbooks."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple


class FinancialYear(NamedTuple):
    """The year from April of `start` on."""

    start: int

    @property
    def first_day(self) -> date:
        """1 April."""
        return date(self.start, 4, 1)

    @property
    def last_day(self) -> date:
        """31 March of the year after."""
        return date(self.start + 1, 3, 31)

    @property
    def before(self) -> FinancialYear:
        """The year before it."""
        return FinancialYear(self.start - 1)

    def written(self, mark: str) -> str:
        """Its name with this mark between the years."""
        return f"{self.start}{mark}{(self.start + 1) % 100:02d}"


def year_of_day(day: date) -> FinancialYear:
    """The year that the day belongs to."""
    return FinancialYear(day.year if day.month >= 4 else day.year - 1)


def financial_year(text: str, mark: str) -> FinancialYear | None:
    """The year that the text names with this mark; None where it names none, or two that do not follow each other."""
    if not re.fullmatch(r"[0-9]{4}.[0-9]{2}", text):
        return None
    year = FinancialYear(int(text[:4]))
    return year if 1 <= year.start < date.max.year and year.written(mark) == text else None
