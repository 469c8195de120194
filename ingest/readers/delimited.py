"""Delimited tables with a column a field. A record is one row; a row with anything wrong in it is set aside whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

from ingest.definition import Dataset, Delimited, FieldRule
from ingest.readers.base import FileRefused, Item, Quarantined, Reading, Record, Skipped, as_published
from ingest.readers.cells import CellFault, Value, cell_value
from ingest.readers.header import known_layout
from ingest.readers.preamble import read_preamble
from ingest.readers.text_file import FETCH_AGAIN, check_complete, table_rows

BLANK_LINE, PREAMBLE = "blank_line", "preamble"


def read_delimited(path: Path, definition: Dataset) -> Reading:
    """Open the file and judge its header. FileRefused where no record of it can be trusted.

    The period that the file covers is known when its items have been taken: the first and last value of the
    definition's `period_field`, a financial year by its first day and its last.
    """
    settings = definition.reader
    assert isinstance(settings, Delimited), "readers are chosen by format"
    check_complete(path)
    rows = table_rows(path, settings.encoding, settings.delimiter)
    preamble = read_preamble(path, settings)
    line, columns = next(islice(rows, len(preamble.lines), None), (0, []))
    layout = known_layout(columns, definition, line)
    reading = Reading(layout.name, preamble.first_day, preamble.last_day, iter(()))
    positions = {field: columns.index(name) for name, field in layout.columns.items()}
    judge = _RowJudge(columns, positions, definition, settings.period_field)
    reading.items = _items(rows, judge, reading, len(preamble.lines))
    return reading


def _items(
    rows: Iterator[tuple[int, list[str]]], judge: _RowJudge, reading: Reading, preamble_lines: int
) -> Iterator[Item]:
    has_rows = False
    if preamble_lines:
        reading.records_read += preamble_lines
        yield Skipped(PREAMBLE, 1, preamble_lines)
    for line, row in rows:
        reading.records_read += 1
        # Spreadsheets leave rows of empty cells beneath a table.
        if not any(cell.strip() for cell in row):
            yield Skipped(BLANK_LINE, line, 1)
            continue
        has_rows = True
        item = judge.judge(line, row)
        if isinstance(item, Record) and judge.period_index is not None:
            _stretch(reading, *judge.period(item))
        yield item
    if not has_rows:
        raise FileRefused("the file has a header and no rows", FETCH_AGAIN)


def _stretch(reading: Reading, first: date, last: date) -> None:
    reading.period_start = min(reading.period_start or first, first)
    reading.period_end = max(reading.period_end or last, last)


class _RowJudge:
    """Turns a row into a record, or says why not. Remembers the keys it has seen."""

    def __init__(self, columns: list[str], positions: dict[str, int], definition: Dataset, period: str | None) -> None:
        names = [rule.name for rule in definition.fields]
        self.columns = columns
        self.fields: list[tuple[FieldRule, int]] = [(rule, positions[rule.name]) for rule in definition.fields]
        self.key = definition.key
        self.key_indexes = [names.index(name) for name in definition.key]
        self.period_index = names.index(period) if period else None
        self.first_seen: dict[tuple[Value, ...], int] = {}

    def judge(self, line: int, row: list[str]) -> Record | Quarantined:
        """The row's record, or the first thing that is wrong with it, with the column that is to blame."""
        if len(row) != len(self.columns):
            reason = f"{len(row)} cells where the header has {len(self.columns)}"
            return Quarantined(line, None, "ragged_row", reason, 1, as_published(row))
        values: list[Value] = []
        for rule, position in self.fields:
            try:
                values.append(cell_value(rule, row[position]))
            except CellFault as fault:
                return Quarantined(line, self.columns[position], fault.rule, fault.reason, 1, as_published(row))
        key = tuple(_bare(values[index]) for index in self.key_indexes)
        first = self.first_seen.setdefault(key, line)
        if first != line:
            reason = f"the same {', '.join(self.key)} as row {first}"
            return Quarantined(line, None, "duplicate_key", reason, 1, as_published(row))
        return Record(tuple(values), line, None)

    def period(self, record: Record) -> tuple[date, date]:
        """First and last day of what the record is about."""
        assert self.period_index is not None, "a file without a period_field is dated by its preamble"
        value = record.values[self.period_index]
        if isinstance(value, date):
            return value, value
        year = int(str(value)[:4])
        return date(year, 4, 1), date(year + 1, 3, 31)


def _bare(value: Value) -> Value:
    return value.strip() if isinstance(value, str) else value
