"""A table with a column a field as a reading, whatever kind of file its blocks come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from ingest.definition.dataset import Dataset
from ingest.definition.formats import Table
from ingest.definition.layout import Layout
from ingest.readers.base import FETCH_AGAIN, FileRefused, Item, Quarantined, Reading, Rows, Skipped
from ingest.readers.cells import Value
from ingest.readers.text.table_judge import TableJudge
from ingest.readers.text.text_table import Block
from ingest.readers.years import financial_year


class Blocks(Protocol):
    """A file in blocks of rows."""

    def blocks(self, width: int) -> Iterator[Block]:
        """Every row below the header, those with so many cells in columns."""

    def close(self) -> None:
        """Close the file."""


def read_table(
    table: Blocks,
    columns: list[str],
    layout: Layout,
    definition: Dataset,
    named: dict[str, str],
    *,
    dated: tuple[date | None, date | None] = (None, None),
    above: Sequence[Skipped] = (),
) -> Reading:
    """The reading of a table whose header is this layout; `above` is what stands above it, and what is to be told."""
    settings = definition.reader
    assert isinstance(settings, Table), "readers are chosen by format"
    first, last = (layout.period, layout.period) if layout.period else dated
    reading = Reading(layout.name, first, last, iter(()), label=named.get(settings.label or ""))
    reading.key, reading.skips_repeats = layout.key or definition.key, settings.repeated_rows == "skipped"
    judge = TableJudge(columns, layout, definition, named, reading.key)
    reading.items = _items(table, judge, reading, above)
    return reading


def _items(table: Blocks, judge: TableJudge, reading: Reading, above: Sequence[Skipped]) -> Iterator[Item]:
    has_rows, first_fault = False, ""
    reading.records_read += sum(skipped.record_count for skipped in above)
    yield from above
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
