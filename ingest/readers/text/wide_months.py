"""Delimited tables with a column for each month. A record is one cell; a row with a wrong shape loses all its cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from ingest.definition.dataset import Dataset
from ingest.definition.formats import WideMonths
from ingest.definition.layout import Layout
from ingest.readers.base import (
    SOURCE_COLUMN,
    FileRefused,
    Item,
    Quarantined,
    Reader,
    Reading,
    Record,
    Skipped,
    as_published,
)
from ingest.readers.cells import NUMBER_SPELLING, CellFault, Value, cell_value, is_plain_number
from ingest.readers.header import known_layouts
from ingest.readers.periods import check_period
from ingest.readers.text.text_file import FETCH_AGAIN, check_text, cut_off, ends_open, table_rows

BLANK_LINE = "blank_line"


@dataclass(frozen=True)
class Header:
    """A header understood: which layout it is, where each field stands, which columns are months."""

    columns: list[str]
    layout: Layout
    positions: dict[str, int]
    months: list[tuple[int, date]]


class WideMonthsReader(Reader):
    """Tables with a column a month."""

    settings = WideMonths
    place_column = SOURCE_COLUMN

    def open(self, path: Path, name: str, *, as_lines: bool = False) -> Reading:
        """Judge the header. FileRefused where no record can be trusted. None comes as `Lines`."""
        definition, settings = self.definition, self.definition.reader
        assert isinstance(settings, WideMonths), "readers are chosen by format"
        check_text(path)
        rows = table_rows(path, settings.encoding, settings.delimiter)
        _, columns = next(rows)
        header = _understand(columns, definition, settings)
        reading = Reading(header.layout.name, header.months[0][1], header.months[-1][1], iter(()), key=definition.key)
        reading.items = _items(rows, header, _RowJudge(header, definition, settings), reading, ends_open(path))
        return reading


def _items(
    rows: Iterator[tuple[int, list[str]]], header: Header, judge: _RowJudge, reading: Reading, is_open: bool
) -> Iterator[Item]:
    has_rows = False
    line, row = 1, header.columns
    for line, row in rows:
        if not "".join(row).strip():
            reading.records_read += 1
            yield Skipped(BLANK_LINE, line, 1)
            continue
        has_rows = True
        reading.records_read += len(header.months)
        yield from judge.judge(line, row)
    # Its last cell is a count, or a name whose end nobody can tell.
    if is_open:
        raise cut_off(line, ",".join(row))
    if not has_rows:
        raise FileRefused("the file has a header and no rows", FETCH_AGAIN)


class _RowJudge:
    """Turns rows into records, or says why not."""

    def __init__(self, header: Header, definition: Dataset, settings: WideMonths) -> None:
        names = [rule.name for rule in definition.fields]
        month, value = settings.month_field, settings.value_field
        self.header = header
        self.texts = [(definition.field(name), header.positions[name]) for name in names if name not in (month, value)]
        self.value = definition.field(value)
        self.months = [(position, header.columns[position], month) for position, month in header.months]
        self.is_told = False
        self.month_index, self.value_index = names.index(month), names.index(value)

    def judge(self, line: int, row: list[str]) -> Iterator[Item]:
        """The row's items: a record or a quarantined cell for each month, or one entry for the row as a whole."""
        if fault := self._fault_of_row(row):
            yield Quarantined(line, *fault, len(self.months), as_published(row))
            return
        values: list[Value] = [row[position] for _, position in self.texts]
        for index in sorted((self.month_index, self.value_index)):
            values.insert(index, "")
        for position, column, month in self.months:
            values[self.month_index] = month
            try:
                values[self.value_index] = cell_value(self.value, row[position])
            except CellFault as wrong:
                values[self.value_index] = row[position]
                as_it_stood = as_published([str(value) for value in values])
                yield Quarantined(line, column, wrong.rule, wrong.reason, 1, as_it_stood)
            else:
                if not (row[position].isdigit() or self.is_told) and not is_plain_number(self.value, row[position]):
                    self.is_told = True
                    yield Skipped(NUMBER_SPELLING, line, 0)
                yield Record(tuple(values), line, column)

    def _fault_of_row(self, row: list[str]) -> tuple[str | None, str, str] | None:
        """Column, rule and reason of what is wrong with the row as a whole."""
        if len(row) != len(self.header.columns):
            return None, "ragged_row", f"{len(row)} cells where the header has {len(self.header.columns)}"
        for rule, position in self.texts:
            if "\0" in row[position]:
                return self.header.columns[position], "nul_byte", f"{rule.name} holds a NUL byte"
            if rule.required and not row[position].strip():
                return self.header.columns[position], "required", f"{rule.name} is blank"
        return None


def _understand(columns: list[str], definition: Dataset, settings: WideMonths) -> Header:
    months: list[tuple[int, date]] = []
    names: dict[int, str] = {}
    for position, column in enumerate(columns):
        if month := _month(column, settings.month_format):
            months.append((position, month))
        else:
            names[position] = column
    layout = known_layouts(list(names.values()), definition, "line 1")[0]
    _check_months(months, columns, settings.month_format)
    for _, month in (months[0], months[-1]):
        check_period(definition, month, "line 1")
    positions = {layout.columns[name]: position for position, name in names.items()}
    return Header(columns, layout, positions, months)


def _month(column: str, month_format: str) -> date | None:
    try:
        month = datetime.strptime(column, month_format)
    except ValueError:
        return None
    # strptime is lenient (20081 is January 2008 to it); a header is not.
    return month.date() if month.strftime(month_format) == column else None


def _check_months(months: list[tuple[int, date]], columns: list[str], month_format: str) -> None:
    if not months:
        raise FileRefused(f"line 1: no column is a month ({month_format})", FETCH_AGAIN)
    for (before_position, before), (position, month) in pairwise(months):
        if month != _next_month(before):
            expected = _next_month(before).strftime(month_format)
            raise FileRefused(
                f"line 1: month column {columns[position]} follows {columns[before_position]}, expected {expected}: "
                "months must neither be left out nor come twice",
                "Ask the publisher for the complete file.",
            )


def _next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
