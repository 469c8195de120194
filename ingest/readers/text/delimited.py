"""Delimited tables with a column a field. A record is one row; a row with anything wrong in it is set aside whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

from ingest.definition.dataset import Dataset
from ingest.definition.formats import Delimited
from ingest.readers.base import (
    SOURCE_COLUMN,
    FileRefused,
    Item,
    Quarantined,
    Reader,
    Reading,
    Rows,
    Skipped,
)
from ingest.readers.cells import Value
from ingest.readers.file_name import named_texts
from ingest.readers.header import known_layouts
from ingest.readers.periods import check_period
from ingest.readers.text.preamble import read_preamble
from ingest.readers.text.spreadsheet_saved import plain_table
from ingest.readers.text.style import told_layout
from ingest.readers.text.table_judge import TableJudge
from ingest.readers.text.text_file import FETCH_AGAIN, check_text, has_carriage_returns, table_rows
from ingest.readers.text.text_table import TextTable
from ingest.readers.years import financial_year

BLANK_LINE, PREAMBLE, STRAY_CELLS = "blank_line", "preamble", "stray_cells"
NO_LAST_END = "no_last_line_end"
NUMBERS = ("integer", "decimal", "coordinate")
REMEMBERED = 1000  # values of a column


class DelimitedReader(Reader):
    """Tables with a column a field."""

    settings = Delimited
    place_column = SOURCE_COLUMN

    def open(self, path: Path, name: str) -> Reading:
        """Judge name and header. FileRefused where no record can be trusted.

        The period that the file covers is known when its items have been taken: the first and last value of the
        definition's `period_field`, a financial year by its first day and its last.
        """
        return _read(path, self.definition, name)


def _read(path: Path, definition: Dataset, name: str) -> Reading:
    settings = definition.reader
    assert isinstance(settings, Delimited), "readers are chosen by format"
    named = named_texts(definition, settings, name)
    check_text(path)
    if settings.saved_by:
        content, told = plain_table(path, definition, settings.delimiter)
        with tempfile.NamedTemporaryFile() as plain:  # open until it is read: the name may go before
            plain.write(content)
            plain.flush()
            return _read_table(Path(plain.name), definition, settings, named, told)
    return _read_table(path, definition, settings, named, [])


def _read_table(
    path: Path, definition: Dataset, settings: Delimited, named: dict[str, str], told: list[str]
) -> Reading:
    told += ["carriage_returns"] if has_carriage_returns(path) else []
    preamble = read_preamble(path, settings)
    if preamble.first_day:
        check_period(definition, preamble.first_day, "the lines above the header")

    def rows() -> Iterator[tuple[int, list[str]]]:
        return islice(table_rows(path, settings.encoding, settings.delimiter), len(preamble.lines), None)

    table = TextTable(path, settings.encoding, settings.delimiter)
    line, columns = next(islice(table.rows(), len(preamble.lines), None), (0, []))
    layout = told_layout(
        known_layouts(columns, definition, f"line {line}", others_between=bool(settings.other_columns)),
        columns,
        definition,
        islice(rows(), 1, None),
    )
    first, last = layout.period or preamble.first_day, layout.period or preamble.last_day
    reading = Reading(layout.name, first, last, iter(()), label=named.get(settings.label or ""))
    reading.key, reading.skips_repeats = layout.key or definition.key, settings.repeated_rows == "skipped"
    judge = TableJudge(columns, layout, definition, named, reading.key)
    reading.items = _items(table, judge, reading, len(preamble.lines), told)
    return reading


def _items(
    table: TextTable, judge: TableJudge, reading: Reading, preamble_lines: int, told: list[str]
) -> Iterator[Item]:
    has_rows, first_fault = False, ""
    yield from (Skipped(rule, 1, 0) for rule in told)
    if preamble_lines:
        reading.records_read += preamble_lines
        yield Skipped(PREAMBLE, 1, preamble_lines)
    for block in table.blocks(len(judge.columns)):
        reading.records_read += len(block.lines) + len(block.others)
        for item in judge.items(block):
            has_rows = has_rows or isinstance(item, Rows | Quarantined)
            if isinstance(item, Quarantined):
                first_fault = first_fault or f"; the first bad row is row {item.row_number}: {item.reason}"
            elif isinstance(item, Rows):
                for value in judge.periods(item.values):
                    _stretch(reading, *_period(value))
            yield item
    table.close()
    if not has_rows and not judge.may_be_empty:
        raise FileRefused("the file has a header and no rows", FETCH_AGAIN)
    if judge.period_rows and reading.period_end is None:
        remedy = f"See reader.period_rows in the definition; {FETCH_AGAIN}"
        raise FileRefused(f"none of its rows dates the file{first_fault}", remedy)


def _stretch(reading: Reading, first: date, last: date) -> None:
    reading.period_start = min(reading.period_start or first, first)
    reading.period_end = max(reading.period_end or last, last)


def _period(value: Value) -> tuple[date, date]:
    """First and last day of what a record with this value of the period's field is about."""
    if isinstance(value, date):
        return value, value
    year = financial_year(str(value), "/")
    assert year, "the definition requires a date, a month or a financial year"
    return year.first_day, year.last_day
