"""Delimited tables with a column for each month. A record is one cell; a row with a wrong shape loses all its cells."""

from __future__ import annotations

import csv
import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from ingest.definition import Dataset, FieldRule, Layout
from ingest.readers.base import FileRefused, Item, Quarantined, Reading, Record, Skipped, as_published
from ingest.readers.text_file import FETCH_AGAIN, check_complete, text_lines

WHOLE_NUMBER = re.compile(r"-?[0-9]+")
MOST_DIGITS = 18
LARGEST = 2**31 - 1  # of PostgreSQL's integer
BLANK_LINE = "blank_line"
SHOWN_NAMES, SHOWN_LENGTH = 5, 40  # how much of an unknown header or a wrong cell a message shows


@dataclass(frozen=True)
class Header:
    """A header understood: which layout it is, where each field stands, which columns are months."""

    columns: list[str]
    layout: Layout
    positions: dict[str, int]
    months: list[tuple[int, date]]


def read_wide_months(path: Path, definition: Dataset) -> Reading:
    """Open the file and judge its header. FileRefused where no record of it can be trusted."""
    check_complete(path)
    rows = _rows(path, definition)
    _, columns = next(rows)
    header = _understand(columns, definition)
    reading = Reading(header.layout.name, header.months[0][1], header.months[-1][1], iter(()))
    reading.items = _items(rows, header, definition, reading)
    return reading


def _rows(path: Path, definition: Dataset) -> Iterator[tuple[int, list[str]]]:
    """Each row with the physical line that it starts on: a quoted cell may hold line ends."""
    settings = definition.reader
    table = csv.reader(text_lines(path, settings.encoding), delimiter=settings.delimiter, strict=True)
    start = 1
    try:
        for row in table:
            yield start, row
            start = table.line_num + 1
    except csv.Error as error:
        raise FileRefused(f"line {start}: not a table of delimited values: {error}", FETCH_AGAIN) from error


def _items(
    rows: Iterator[tuple[int, list[str]]], header: Header, definition: Dataset, reading: Reading
) -> Iterator[Item]:
    judge = _RowJudge(header, definition)
    has_rows = False
    for line, row in rows:
        if not row:
            reading.records_read += 1
            yield Skipped(BLANK_LINE, line, 1)
            continue
        has_rows = True
        reading.records_read += len(header.months)
        yield from judge.judge(line, row)
    if not has_rows:
        raise FileRefused("the file has a header and no rows", FETCH_AGAIN)


class _RowJudge:
    """Turns rows into records, or says why not. Remembers the keys it has seen: one entry a row, not one a cell."""

    def __init__(self, header: Header, definition: Dataset) -> None:
        names = [rule.name for rule in definition.fields]
        month, value = definition.reader.month_field, definition.reader.value_field
        self.header = header
        self.texts = [(definition.field(name), header.positions[name]) for name in names if name not in (month, value)]
        self.key = [(name, header.positions[name]) for name in definition.key if name != month]
        self.value = definition.field(value)
        self.months = [(position, header.columns[position], month) for position, month in header.months]
        self.month_index, self.value_index = names.index(month), names.index(value)
        self.first_seen: dict[tuple[str, ...], int] = {}

    def judge(self, line: int, row: list[str]) -> Iterator[Item]:
        """The row's items: a record or a quarantined cell for each month, or one entry for the row as a whole."""
        if fault := self._fault_of_row(line, row):
            yield Quarantined(line, *fault, len(self.months), as_published(row))
            return
        values: list[str | int | date] = [row[position] for _, position in self.texts]
        for index in sorted((self.month_index, self.value_index)):
            values.insert(index, "")
        for position, column, month in self.months:
            values[self.month_index] = month
            try:
                values[self.value_index] = _whole_number(self.value, row[position])
            except _Fault as wrong:
                values[self.value_index] = row[position]
                as_it_stood = as_published([str(value) for value in values])
                yield Quarantined(line, column, wrong.rule, wrong.reason, 1, as_it_stood)
            else:
                yield Record(tuple(values), line, column)

    def _fault_of_row(self, line: int, row: list[str]) -> tuple[str | None, str, str] | None:
        """Column, rule and reason of what is wrong with the row as a whole."""
        if len(row) != len(self.header.columns):
            return None, "ragged_row", f"{len(row)} cells where the header has {len(self.header.columns)}"
        for rule, position in self.texts:
            if "\0" in row[position]:
                return self.header.columns[position], "nul_byte", f"{rule.name} holds a NUL byte"
            if rule.required and not row[position].strip():
                return self.header.columns[position], "required", f"{rule.name} is blank"
        first = self.first_seen.setdefault(tuple(row[position].strip() for _, position in self.key), line)
        if first != line:
            return None, "duplicate_key", f"the same {', '.join(name for name, _ in self.key)} as row {first}"
        return None


class _Fault(Exception):
    """What is wrong with a cell."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule, self.reason = rule, reason


def _whole_number(rule: FieldRule, text: str) -> int:
    """The cell's number. _Fault for anything but plain digits within the rule's range."""
    if not WHOLE_NUMBER.fullmatch(text):
        if not text.strip():
            raise _Fault("required", f"{rule.name} is blank")
        raise _Fault("type", f"{rule.name} {_shown(text)} is not a whole number")
    number = int(text) if len(text) <= MOST_DIGITS else LARGEST + 1
    if abs(number) > LARGEST:
        raise _Fault("type", f"{rule.name} {_shown(text)} is too large for a count")
    if rule.minimum is not None and number < rule.minimum:
        raise _Fault("minimum", f"{rule.name} {number} is below the minimum {rule.minimum}")
    return number


def _understand(columns: list[str], definition: Dataset) -> Header:
    months: list[tuple[int, date]] = []
    names: dict[int, str] = {}
    for position, column in enumerate(columns):
        if month := _month(column, definition.reader.month_format):
            months.append((position, month))
        else:
            names[position] = column
    layout = _layout(list(names.values()), definition)
    _check_months(months, columns, definition)
    positions = {layout.columns[name]: position for position, name in names.items()}
    return Header(columns, layout, positions, months)


def _month(column: str, month_format: str) -> date | None:
    try:
        month = datetime.strptime(column, month_format)
    except ValueError:
        return None
    # strptime is lenient (20081 is January 2008 to it); a header is not.
    return month.date() if month.strftime(month_format) == column else None


def _layout(names: list[str], definition: Dataset) -> Layout:
    """The layout with exactly these columns. FileRefused says what the closest one has and the file has not."""
    for layout in definition.layouts:
        if sorted(layout.columns) == sorted(names):
            return layout
    closest = max(definition.layouts, key=lambda layout: _likeness(list(layout.columns), names))
    missing = [_shown(name) for name in closest.columns if name not in names]
    new = [_shown(name) for name in names if name not in closest.columns]
    repeated = [_shown(name) for name in closest.columns if names.count(name) > 1]
    differences = [
        f"{what} {', '.join(which[:SHOWN_NAMES])}{' and more' if len(which) > SHOWN_NAMES else ''}"
        for what, which in (("missing", missing), ("new", new), ("repeated", repeated))
        if which
    ]
    raise FileRefused(
        f"line 1: the header is not known: {'; '.join(differences)}; "
        f"the closest known layout is {closest.name} ({', '.join(closest.columns)})",
        f"If the publisher has renamed columns, add the header to layouts in {definition.dataset}.yml; "
        "else fetch the file again.",
    )


def _likeness(known: list[str], found: list[str]) -> tuple[int, float]:
    alike = difflib.SequenceMatcher(None, " ".join(sorted(known)), " ".join(sorted(found))[:1000]).ratio()
    return len(set(known) & set(found)), alike


def _check_months(months: list[tuple[int, date]], columns: list[str], definition: Dataset) -> None:
    if not months:
        raise FileRefused(f"line 1: no column is a month ({definition.reader.month_format})", FETCH_AGAIN)
    for (before_position, before), (position, month) in pairwise(months):
        if month != _next_month(before):
            expected = _next_month(before).strftime(definition.reader.month_format)
            raise FileRefused(
                f"line 1: month column {columns[position]} follows {columns[before_position]}, expected {expected}: "
                "months must neither be left out nor come twice",
                "Ask the publisher for the complete file.",
            )


def _next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _shown(text: str) -> str:
    return json.dumps(text[:SHOWN_LENGTH], ensure_ascii=False)
