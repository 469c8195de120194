"""Delimited tables with a column for each month. A record is one cell; a row with a wrong shape loses all its cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.definition.dataset import Dataset
from ingest.definition.formats import WideMonths
from ingest.definition.layout import Layout
from ingest.readers.base import (
    FETCH_AGAIN,
    SOURCE_COLUMN,
    FileRefused,
    Item,
    Quarantined,
    Reader,
    Reading,
    Rows,
    Skipped,
    as_published,
)
from ingest.readers.cells import CellFault, Value, cell_value, is_plain_number
from ingest.readers.header import known_layouts
from ingest.readers.periods import check_period
from ingest.readers.text.column_judge import ColumnJudge, blank_rows
from ingest.readers.text.text_file import check_text, cut_off, ends_open
from ingest.readers.text.text_table import Table, TextTable
from ingest.readers.told import NUMBER_SPELLING

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

    def open(self, path: Path, name: str) -> Reading:
        """Judge the header. FileRefused where no record can be trusted."""
        definition, settings = self.definition, self.definition.reader
        assert isinstance(settings, WideMonths), "readers are chosen by format"
        check_text(path)
        table = TextTable(path, settings.encoding, settings.delimiter)
        _, columns = table.next_row() or (1, [])
        header = _understand(columns, definition, settings)
        reading = Reading(header.layout.name, header.months[0][1], header.months[-1][1], iter(()), key=definition.key)
        reading.items = _items(
            table, header, _BlockJudge(header, definition, settings), reading, is_open=ends_open(path)
        )
        return reading


def _items(table: TextTable, header: Header, judge: _BlockJudge, reading: Reading, *, is_open: bool) -> Iterator[Item]:
    has_rows, last = False, 1
    for block in table.blocks(len(header.columns)):
        is_blank = blank_rows(block.columns, len(block.lines))
        blanks = [*block.lines[is_blank].tolist(), *(line for line, row in block.others if not "".join(row).strip())]
        yield from (Skipped(BLANK_LINE, line, 1) for line in sorted(blanks))
        filled = pa.array(~is_blank)
        columns = [column.filter(filled) for column in block.columns] if is_blank.any() else block.columns
        lines = block.lines[~is_blank]
        others = [(line, row) for line, row in block.others if "".join(row).strip()]
        reading.records_read += len(blanks) + (len(lines) + len(others)) * len(header.months)
        has_rows = has_rows or len(lines) + len(others) > 0
        yield from judge.items(columns, lines, others, is_odd=block.is_odd)
        last = table.line - 1
    table.close()
    # Its last cell is a count, or a name whose end nobody can tell.
    if is_open:
        raise cut_off(last, table.last_line)
    if not has_rows:
        raise FileRefused("the file has a header and no rows", FETCH_AGAIN)


class _BlockJudge:
    """Turns rows into records, or says why not."""

    def __init__(self, header: Header, definition: Dataset, settings: WideMonths) -> None:
        self.names = [rule.name for rule in definition.fields]
        self.header, self.month, self.value = header, settings.month_field, definition.field(settings.value_field)
        self.texts = {
            name: (definition.field(name), header.positions[name])
            for name in self.names
            if name not in (self.month, self.value.name)
        }
        self.judge = ColumnJudge(self.value, self._count, is_plain_style=True)
        self.is_told = False
        self._odd_numbers: list[str] = []

    def items(self, columns: list[pa.Array], lines: np.ndarray, others: Table, *, is_odd: bool) -> Iterator[Item]:
        """What is set aside, row by row, and the good cells of all rows at once."""
        count, months = len(lines), len(self.header.months)
        wrong_rows = self._wrong_rows(columns, count, is_odd=is_odd)
        set_aside = [self._ragged(line, row) for line, row in others]
        for row, (column, rule, reason) in wrong_rows.items():
            set_aside.append(
                Quarantined(int(lines[row]), column, rule, reason, months, as_published(_row(columns, row)))
            )
        is_good = np.ones((count, months), dtype=bool)
        is_good[list(wrong_rows)] = False
        values = []
        for place, (position, month) in enumerate(self.header.months):
            counts, faults = self.judge.judge(columns[position], is_odd=is_odd)
            values.append(counts)
            for row, fault in faults.items():
                if row not in wrong_rows:
                    is_good[row, place] = False
                    set_aside.append(self._bad_cell(columns, int(lines[row]), row, position, month, fault))
        yield from self._told(columns, lines)
        yield from sorted(set_aside, key=lambda each: each.row_number)
        if is_good.any():
            yield self._rows(columns, lines, values, is_good)

    def _rows(self, columns: list[pa.Array], lines: np.ndarray, values: list[pa.Array], is_good: np.ndarray) -> Rows:
        """A record for each good cell, row by row: the texts of its row, its month, its count."""
        row, place = np.nonzero(is_good)
        rows = pa.array(row)
        months = pa.array([month for _, month in self.header.months], pa.date32())
        found = {name: pc.fill_null(columns[position], "").take(rows) for name, (_, position) in self.texts.items()}
        found[self.month] = months.take(pa.array(place))
        found[self.value.name] = pa.concat_arrays(values).take(pa.array(place * len(lines) + row))
        names = pa.array([self.header.columns[position] for position, _ in self.header.months])
        batch = pa.RecordBatch.from_arrays([found[name] for name in self.names], self.names)
        return Rows(batch, pa.array(lines[row], pa.int64()), names.take(pa.array(place)))

    def _count(self, text: str) -> Value:
        value = cell_value(self.value, text)
        if value is not None and not is_plain_number(self.value, text):
            self._odd_numbers.append(text)
        return value

    def _told(self, columns: list[pa.Array], lines: np.ndarray) -> Iterator[Skipped]:
        if self.is_told or not self._odd_numbers:
            return
        self.is_told = True
        odd = pa.array(self._odd_numbers, pa.string())
        is_odd = [pc.is_in(columns[position], odd).to_numpy(zero_copy_only=False) for position, _ in self.header.months]
        yield Skipped(NUMBER_SPELLING, int(lines[np.flatnonzero(np.any(is_odd, axis=0))[0]]), 0)

    def _wrong_rows(self, columns: list[pa.Array], count: int, *, is_odd: bool) -> dict[int, tuple[str, str, str]]:
        """Column, rule and reason of what is wrong with a row as a whole."""
        found: dict[int, tuple[str, str, str]] = {}
        for rule, position in self.texts.values():
            name = self.header.columns[position]
            if is_odd:
                holds_nul = pc.fill_null(pc.match_substring(columns[position], "\0"), False)
                for row in np.flatnonzero(holds_nul.to_numpy(zero_copy_only=False)).tolist():
                    found.setdefault(row, (name, "nul_byte", f"{rule.name} holds a NUL byte"))
            if rule.required:
                for row in np.flatnonzero(blank_rows([columns[position]], count)).tolist():
                    found.setdefault(row, (name, "required", f"{rule.name} is blank"))
        return found

    def _ragged(self, line: int, row: list[str]) -> Quarantined:
        reason = f"{len(row)} cells where the header has {len(self.header.columns)}"
        return Quarantined(line, None, "ragged_row", reason, len(self.header.months), as_published(row))

    def _bad_cell(
        self, columns: list[pa.Array], line: int, row: int, position: int, month: date, fault: CellFault
    ) -> Quarantined:
        cells = _row(columns, row)
        as_it_stood = {name: cells[place] for name, (_, place) in self.texts.items()}
        as_it_stood |= {self.month: str(month), self.value.name: cells[position]}
        record = as_published([as_it_stood[name] for name in self.names])
        return Quarantined(line, self.header.columns[position], fault.rule, fault.reason, 1, record)


def _row(columns: list[pa.Array], row: int) -> list[str]:
    return [column[row].as_py() or "" for column in columns]


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
