"""A published cell as the value of its field, or the rule that it breaks. Nothing is guessed, nothing is rounded."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from ingest.definition.dataset import FieldRule
from ingest.definition.layout import Style
from ingest.readers.years import financial_year

Value = str | int | Decimal | date | datetime | None

DEGREES = re.compile(r"-?[0-9]+(\.[0-9]+)?(e-[0-9]{1,2})?")
MOST_DEGREES = 180
PLAIN_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?(e-[0-9]{1,2})?")
GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?")
ZERO_FRACTION = re.compile(r"\.0+$")
WHOLE_NUMBER = re.compile(r"-?[0-9]+")
DECIMAL_NUMBERS = {mark: re.compile(rf"-?[0-9]+({re.escape(mark)}[0-9]+)?") for mark in ".,"}
YEAR_AND_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
ISO_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6}0*)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOST_DIGITS = 18
LARGEST = 2**31 - 1  # of PostgreSQL's integer
SHOWN_LENGTH = 40  # how much of a wrong cell a message shows
PLAIN = Style()


class CellFault(Exception):
    """What is wrong with a cell: the rule's name, and a reason for people."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule, self.reason = rule, reason


def shown(text: str) -> str:
    """A published text as a message shows it: quoted, and not too long."""
    return json.dumps(text[:SHOWN_LENGTH], ensure_ascii=False)


def cell_value(rule: FieldRule, text: str, style: Style = PLAIN) -> Value:
    """The value of the cell; None where it is blank and may be. CellFault for whatever the field does not allow.

    Text is kept as published; every other type is written in one way only, dates and decimals in the layout's.
    """
    if not text.strip():
        if rule.required:
            raise CellFault("required", f"{rule.name} is blank")
        return None
    value = TYPES[rule.type](rule, text, style)
    if rule.pattern and not re.fullmatch(rule.pattern, text):
        raise CellFault("pattern", f"{rule.name} {shown(text)} is not written as {rule.pattern}")
    if rule.allowed and text not in rule.allowed:
        raise CellFault("allowed", f"{rule.name} {shown(text)} is none of {', '.join(rule.allowed)}")
    if isinstance(value, int | Decimal):
        check_range(rule, value)
    elif rule.earliest or rule.latest:
        check_day(rule, value)
    return value


def check_range(rule: FieldRule, value: int | Decimal) -> None:
    if rule.minimum is not None and value < rule.minimum:
        raise CellFault("minimum", f"{rule.name} {value} is below the minimum {rule.minimum}")
    if rule.maximum is not None and value > rule.maximum:
        raise CellFault("maximum", f"{rule.name} {value} is above the maximum {rule.maximum}")


def check_day(rule: FieldRule, value: Value) -> None:
    """CellFault where the day, or the first one of the financial year, is outside the field's bounds."""
    year = financial_year(value, "/") if isinstance(value, str) else None
    day = year.first_day if year else value.date() if isinstance(value, datetime) else value
    assert isinstance(day, date), "the definition gives bounds to days and years only"
    if rule.latest and day > rule.latest:
        raise CellFault("not_yet", f"{rule.name} {value} is after {rule.latest}, it has not been")
    if rule.earliest and day < rule.earliest:
        raise CellFault(
            "too_early", f"{rule.name} {value} is before {rule.earliest}, with which the publication begins"
        )


def _text(rule: FieldRule, text: str, _style: Style) -> str:
    if "\0" in text:
        raise CellFault("nul_byte", f"{rule.name} holds a NUL byte")
    return text


def plain_number(text: str, mark: str) -> str:
    """The number as digits, sign and mark, where its spelling means one number: +1, 1,234.50 or .5, with spaces around.

    Powers are none of these: a spreadsheet writes 1.23E+11 where it has dropped digits.
    """
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    if mark == "." and GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain.removeprefix("+"))
    if not digits[:2].strip(mark)[:1].isdigit():
        return text
    return sign + ("0" if digits.startswith(mark) else "") + digits.removesuffix(mark)


def is_plain_number(rule: FieldRule, text: str) -> bool:
    """Whether the field's number is written as most are."""
    return (WHOLE_NUMBER if rule.type == "integer" else PLAIN_NUMBER).fullmatch(text) is not None


def _whole_number(rule: FieldRule, text: str, _style: Style) -> int:
    published, text = text, ZERO_FRACTION.sub("", plain_number(text, "."))
    if not WHOLE_NUMBER.fullmatch(text):
        raise CellFault("type", f"{rule.name} {shown(published)} is not a whole number")
    number = int(text) if len(text) <= MOST_DIGITS else LARGEST + 1
    if abs(number) > LARGEST:
        raise CellFault("type", f"{rule.name} {shown(text)} is too large for a count")
    return number


def _decimal(rule: FieldRule, text: str, style: Style) -> Decimal:
    mark = style.decimal_mark
    published, text = text, plain_number(text, mark)
    if not DECIMAL_NUMBERS[mark].fullmatch(text):
        raise CellFault("type", f"{rule.name} {shown(published)} is not a number written as 1234{mark}56")
    if len(text) > MOST_DIGITS:
        raise CellFault("type", f"{rule.name} {shown(text)} has more than {MOST_DIGITS} digits")
    return Decimal(text.replace(mark, "."))


def _coordinate(rule: FieldRule, text: str, _style: Style) -> Decimal:
    """Degrees of latitude or longitude. Programs write those next to the meridian of Greenwich as 5.3e-05."""
    if not DEGREES.fullmatch(text) or len(text) > MOST_DIGITS:
        raise CellFault("type", f"{rule.name} {shown(text)} is not a number of degrees written as -0.106453")
    degrees = Decimal(text)
    if abs(degrees) > MOST_DEGREES:
        raise CellFault("maximum", f"{rule.name} {shown(text)} is more than {MOST_DEGREES} degrees")
    return Decimal(f"{degrees:f}")


def _date(rule: FieldRule, text: str, style: Style) -> date:
    try:
        if style.dates:
            return _day(text, style.dates)
    except ValueError as error:
        raise CellFault("type", f"{rule.name} {shown(text)} is not a date written as {style.dates}") from error
    try:
        if ISO_DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError as error:
        raise CellFault("type", f"{rule.name} {shown(text)} is no day: {error}") from error
    raise CellFault("type", f"{rule.name} {shown(text)} is not a date written as 2013-09-30")


@lru_cache(maxsize=1000)  # a table has the same few days over and over
def _day(text: str, dates: str) -> date:
    return datetime.strptime(text, dates).date()


def _month(rule: FieldRule, text: str, _style: Style) -> date:
    if not YEAR_AND_MONTH.fullmatch(text) or text.startswith("0000"):
        raise CellFault("type", f"{rule.name} {shown(text)} is not a month written as 2018-04")
    return date(int(text[:4]), int(text[5:]), 1)


def _moment(rule: FieldRule, text: str, _style: Style) -> datetime:
    try:
        if ISO_MOMENT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError as error:
        raise CellFault("type", f"{rule.name} {shown(text)} is no moment: {error}") from error
    raise CellFault("type", f"{rule.name} {shown(text)} is not a moment written as 2018-06-30T23:01:00+00:00")


def _financial_year(rule: FieldRule, text: str, _style: Style) -> str:
    if not financial_year(text, "/"):
        raise CellFault("type", f"{rule.name} {shown(text)} is not a financial year written as 2013/14")
    return text


TYPES: dict[str, Callable[[FieldRule, str, Style], Value]] = {
    "text": _text,
    "integer": _whole_number,
    "decimal": _decimal,
    "coordinate": _coordinate,
    "date": _date,
    "month": _month,
    "moment": _moment,
    "financial_year": _financial_year,
}
