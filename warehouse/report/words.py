"""Figures and days as the page writes them: pounds in millions, shares, days in words, ages of releases."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from warehouse.report.declared import Column, Unit

MINUS = "\u2212"
NOTHING = "–"
MISSING = ("none", "None")  # what marts write in a key, and name, where there is nothing
MILLION = Decimal(1_000_000)
FEWEST, MOST = 1, 3  # decimals of millions of pounds
ENOUGH = 10  # figures from here on need no second decimal
UNIT_IN_HEADING = {
    "millions": "£m",
    "pounds": "£",
    "percent": "%",
    "points": "percentage points",
    "square metres": "m²",
}
# Why a figure changed, as `marts.figure_change` codes it.
CAUSES = {
    "release": "A new release came",
    "correction": "A release was corrected",
    "withdrawal": "A person withdrew a release",
    "acceptance": "A person accepted a release",
    "seed": "The papers or reference tables were changed",
    "code": "The rules were changed",
    "day": "The day is another one",
    "restoration": "An earlier publication was restored",
}
DAYS_A_YEAR, DAYS_A_MONTH, MONTHS_A_YEAR = 365.25, 30.4375, 12
# What a mart's `unit` column calls the units that have a form of their own here, with what makes pounds of them.
UNITS_OF_MARTS: dict[str, tuple[Unit, int]] = {
    "percent": ("percent", 1),
    "percentage_points": ("points", 1),
    "sqm": ("square metres", 1),
    "count": ("count", 1),
    "GBP": ("pounds", 1),
    "GBP_thousand": ("millions", 1_000),
    "GBP_million": ("millions", 1_000_000),
    "GBP_billion": ("millions", 1_000_000_000),
}
BARE = ("year", "date", "financial_year", "text", "rag", "status")  # units that say nothing about an amount


@dataclass(frozen=True)
class Form:
    """How the values of one column are written, so that they stand under each other."""

    unit: Unit
    decimals: int

    @property
    def is_number(self) -> bool:
        """Whether they stand to the right."""
        return self.unit not in ("text", "words", "day", "month", "yes or no")

    def text(self, value: Any) -> str:
        """A value as it is shown."""
        if value is None or value in MISSING:
            return NOTHING
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, date | datetime):
            return month(value) if self.unit == "month" else day(value)
        if not isinstance(value, int | Decimal | float):
            return str(value).replace("_", " ") if self.unit == "words" else str(value)
        if not value:
            return "0"  # nothing, not something too small to show
        number = Decimal(value) / MILLION if self.unit == "millions" else Decimal(value)
        return grouped(number, self.decimals)

    def with_unit(self, value: Any) -> str:
        """A value with its unit, for a sentence or a picture."""
        text = self.text(value)
        if value is None or not self.is_number:
            return text
        sign, digits = (MINUS, text[1:]) if text.startswith(MINUS) else ("", text)
        match self.unit:
            case "millions":
                return f"{sign}£{digits}m"
            case "pounds":
                return f"{sign}£{digits}"
            case "percent":
                return f"{text}%"
            case "points":
                return f"{text} points"
            case "square metres":
                return f"{text} m²"
            case _:
                return text


def form(column: Column, values: Iterable[Any]) -> Form:
    """How a column is written, by its unit and the values that it has."""
    known = [value for value in values if value is not None]
    unit = column.shown_as or _unit_of(known)
    numbers = [Decimal(value) for value in known if isinstance(value, int | Decimal | float) and value is not True]
    if unit == "millions":
        return Form(unit, _decimals([number / MILLION for number in numbers if number], FEWEST, MOST))
    if unit == "count":
        return Form(unit, 0)
    if unit in ("percent", "points"):
        return Form(unit, 1)
    if unit == "pounds":
        return Form(unit, 2 if any(number % 1 for number in numbers) else 0)
    if unit == "number":
        most = 1 if all(abs(number) >= ENOUGH for number in numbers if number) else 2
        return Form(unit, min(most, max((places(number) for number in numbers), default=0)))
    return Form(unit, 0)


def measured(value: Decimal | int, unit: str) -> str:
    """A number in the unit that its row names."""
    if unit in BARE:
        return str(value)
    own, factor = UNITS_OF_MARTS.get(unit, ("number", 1))
    if own == "pounds" and abs(Decimal(value)) >= MILLION / 10:
        own = "millions"
    text = form(Column(name="value", unit=own), [value * factor]).with_unit(value * factor)
    return text if unit in UNITS_OF_MARTS else f"{text} {unit.replace('_', ' ')}"


def measured_exactly(value: Decimal | int, unit: str) -> str:
    """The same with all its places, and pounds where the unit is money."""
    if unit in BARE:
        return str(value)
    own, factor = UNITS_OF_MARTS.get(unit, ("number", 1))
    text = exactly(value * factor, own)
    return text if unit in UNITS_OF_MARTS else f"{text} {unit.replace('_', ' ')}"


def exactly(value: Decimal | int, unit: Unit) -> str:
    """A number with all its places; money to the pound, or to the penny where it has pennies."""
    return pounds(value) if unit in ("millions", "pounds") else Form(unit, places(Decimal(value))).with_unit(value)


def _unit_of(values: list[Any]) -> Unit:
    if values and all(isinstance(value, bool) for value in values):
        return "yes or no"
    if values and all(isinstance(value, int | Decimal | float) for value in values):
        return "number"
    return "day" if values and all(isinstance(value, date) for value in values) else "text"


def _decimals(numbers: list[Decimal], fewest: int, most: int) -> int:
    """As few as keep the smallest figure from being shown as nothing."""
    smallest = min(map(abs, numbers), default=Decimal(1))
    return next((places for places in range(fewest, most) if round(smallest, places)), most)


def places(number: Decimal) -> int:
    """How many decimals a number has."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def grouped(number: Decimal, decimals: int) -> str:
    """A number with its thousands apart and a true minus sign; halves are rounded away from nothing."""
    rounded = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{MINUS if rounded < 0 else ''}{abs(rounded):,.{decimals}f}"


def millions(value: Any) -> str:
    """An amount of pounds in a sentence: £2,701.1m, £90,500, nothing as a dash."""
    if value is None:
        return NOTHING
    number = Decimal(value)
    if abs(number) < MILLION / 10:
        return Form("pounds", 0).with_unit(number)
    return Form("millions", _decimals([number / MILLION], FEWEST, MOST)).with_unit(number)


def pounds(value: Any) -> str:
    """An amount to the penny where it has pennies, else to the pound."""
    return form(Column(name="amount", unit="pounds"), [value]).with_unit(value)


def percent(value: Any) -> str:
    """A share or a change, with one decimal."""
    return Form("percent", 1).with_unit(value)


def things(number: int, name: str, many: str = "") -> str:
    """How many there are of something: 1 table, 57 tables; `many` where it is not its name with an s."""
    return f"{count(number)} {name if number == 1 else many or f'{name}s'}"


def agreeing(number: int, one: str, many: str) -> str:
    """The word that goes with a number: one contract is, two are."""
    return one if number == 1 else many


def count(value: Any) -> str:
    """A whole number with its thousands apart."""
    return Form("count", 0).text(value)


def day(value: date) -> str:
    """28 November 2026; of a moment, its day as it is given."""
    return f"{value.day} {value:%B %Y}"


def month(value: date) -> str:
    """November 2026."""
    return f"{value:%B %Y}"


def moment(value: datetime) -> str:
    """05:12 on Saturday 28 November 2026."""
    return f"{value:%H:%M} on {value:%A} {day(value)}"


def span(days: int) -> str:
    """A number of days as a person says it."""
    if days < 0:
        return "not yet over"
    if days < 2 * DAYS_A_MONTH:
        return f"{days} day{'' if days == 1 else 's'}"
    if days < 2 * DAYS_A_YEAR:
        return f"{round(days / DAYS_A_MONTH)} months"
    years, months = divmod(round(days / DAYS_A_MONTH), MONTHS_A_YEAR)
    return f"{years} years" + (f" {things(months, 'month')}" if months else "")


def listed(things: Iterable[str]) -> str:
    """One, two and three."""
    *first, last = [*things] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def because(cause: str, detail: str | None) -> str:
    """Why a mart's figures changed: "A new release came: 2024-10."."""
    said = CAUSES.get(cause, cause)
    return f"{said}: {detail}." if detail else f"{said}."


def key(row_key: str) -> str:
    """The key of a row as `marts.figure_change` writes it, in a line: `force_code kent, year 2021/22`."""
    return ", ".join(f"{name} {NOTHING if value is None else value}" for name, value in json.loads(row_key).items())
