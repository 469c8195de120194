"""Lists whose header is known by the names of its columns. A record is one row; every filled row is accounted for."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from pathlib import Path, PurePosixPath

from ingest.definition.dataset import Dataset
from ingest.definition.list_rules import NamedColumns
from ingest.readers.base import FileRefused, Item, Quarantined, Reader, Reading, Record, Skipped
from ingest.readers.cells import CellFault, Value, cell_value
from ingest.readers.file_name import GENERATED_PREFIX
from ingest.readers.lists.grids import Grid, grids
from ingest.readers.lists.header import Header, find_header, header_at
from ingest.readers.lists.rows import RowJudge
from ingest.readers.periods import check_period
from ingest.readers.text.text_file import FETCH_AGAIN
from ingest.readers.workbooks.cells import as_text
from ingest.readers.workbooks.workbook import SHEET

PREAMBLE, HEADER, BLANK_ROW, NO_TABLE = "preamble", "header", "blank_row", "sheet_without_table"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class NamedColumnsReader(Reader):
    """Lists with a heading that is known for each field."""

    settings = NamedColumns
    place_column = SHEET

    def open(self, path: Path, name: str) -> Reading:
        """Find the header of each sheet. FileRefused where there is none, or one that is not known whole."""
        definition, settings = self.definition, self.definition.reader
        assert isinstance(settings, NamedColumns), "readers are chosen by format"
        folder = _folder(name, definition, settings)
        told = {settings.folder_field: folder} if settings.folder_field and folder else {}
        tables = [(grid, find_header(grid, definition)) for grid in grids(path, settings)]
        first = next((header for _, header in tables if header), None)
        if first is None:
            raise FileRefused("the file holds no list", FETCH_AGAIN)
        reading = Reading(first.layout.name, None, None, iter(()), label=folder, key=definition.key)
        reading.items = _dated(_items(tables, told, definition, settings, reading), reading, name, definition, settings)
        return reading


def _folder(name: str, definition: Dataset, settings: NamedColumns) -> str | None:
    """The folder, beneath the dataset's own, that the file lies in: whose list it is."""
    if not settings.folder_field:
        return None
    above = PurePosixPath(name).parts[:-1]
    if len(above) != 3:
        raise FileRefused(
            "it lies in no folder that says whose list it is",
            f"Put it into {definition.domain}/<{' or '.join(definition.inbox_folders)}>/<{settings.folder_field}>/.",
        )
    try:
        cell_value(definition.field(settings.folder_field), above[-1])
    except CellFault as fault:
        raise FileRefused(f"its folder: {fault.reason}", "Name the folder as the others are.") from fault
    return above[-1]


def _items(
    tables: list[tuple[Grid, Header | None]],
    told: dict[str, str],
    definition: Dataset,
    settings: NamedColumns,
    reading: Reading,
) -> Iterator[Item]:
    for grid, header in tables:
        filled = [index for index in range(len(grid.rows)) if grid.is_filled(index)]
        blank = len(grid.rows) - len(filled)
        reading.records_read += blank
        if blank:
            first = next(number for index, number in enumerate(grid.numbers) if not grid.is_filled(index))
            yield Skipped(BLANK_ROW, first, blank)
        if header is None:
            reading.records_read += len(filled)
            if filled:
                yield Skipped(NO_TABLE, grid.numbers[filled[0]], len(filled))
            continue
        yield from _of_table(grid, header, filled, told, definition, settings, reading)


def _of_table(
    grid: Grid,
    header: Header,
    filled: list[int],
    told: dict[str, str],
    definition: Dataset,
    settings: NamedColumns,
    reading: Reading,
) -> Iterator[Item]:
    above = [] if header.is_last else [index for index in filled if index < header.index]
    told = told | _said_above([as_text(cell) for index in above for cell in grid.rows[index]], settings)
    judge = RowJudge(grid, header, told, definition, settings)
    for index in filled:
        reading.records_read += 1
        number = grid.numbers[index]
        if index in above:
            yield Skipped(PREAMBLE, number, 1)
        elif index == header.index:
            yield Skipped(HEADER, number, 1)
        elif judge.may_be_header(index) and (another := header_at(grid, index, definition)):
            judge.stand_under(another)
            yield Skipped(HEADER, number, 1)
        else:
            yield judge.judge(index)


def _said_above(texts: list[str], settings: NamedColumns) -> dict[str, str]:
    found: dict[str, str] = {}
    for field, pattern in settings.above_header.items():
        match = next((match for text in texts if (match := re.search(pattern, text))), None)
        found[field] = match[1] if match else ""
    return found


def _dated(
    items: Iterator[Item], reading: Reading, name: str, definition: Dataset, settings: NamedColumns
) -> Iterator[Item]:
    """The items; when they have been taken, the file is dated by its rows, or by its name where none has a day."""
    names = [rule.name for rule in definition.fields]
    at = names.index(settings.period_field) if settings.period_field else None
    has_records = False
    for item in items:
        has_records = has_records or isinstance(item, Record | Quarantined)
        if isinstance(item, Record) and at is not None:
            _stretch(reading, item.values[at])
        yield item
    if not has_records:
        raise FileRefused("the file has a header and no rows", FETCH_AGAIN)
    if reading.period_end is None:
        first, last = _named_month(name, settings)
        check_period(definition, last, "its name")
        reading.period_start, reading.period_end = first, last


def _stretch(reading: Reading, day: Value) -> None:
    if isinstance(day, date):
        reading.period_start = min(reading.period_start or day, day)
        reading.period_end = max(reading.period_end or day, day)


def _named_month(name: str, settings: NamedColumns) -> tuple[date, date]:
    base = PurePosixPath(name).name.removeprefix(GENERATED_PREFIX)
    for pattern in settings.file_month:
        if match := re.fullmatch(pattern, base):
            text = match["month"].lower()
            month = int(text) if text.isdigit() else MONTHS.index(text[:3]) + 1 if text[:3] in MONTHS else 0
            if 1 <= month <= len(MONTHS):
                year = int(match["year"])
                year += 2000 if year < 100 else 0
                return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    undated = f"no row has a day in {settings.period_field}, and " if settings.period_field else ""
    raise FileRefused(
        f"{undated}its name {base!r} says no month",
        "Say under reader.file_month of the definition how such files are named, or ask for a list with days.",
    )
