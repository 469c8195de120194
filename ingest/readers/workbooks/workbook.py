"""Tables on a sheet of a workbook (xlsx, xls, ods). A record is one row; every row of the sheet is accounted for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.definition.dataset import Dataset
from ingest.definition.formats import SkipRule, Workbook, YearRule
from ingest.readers.base import (
    FETCH_AGAIN,
    FileRefused,
    Item,
    PlaceColumn,
    Quarantined,
    Reader,
    Reading,
    Record,
    Skipped,
    as_published,
)
from ingest.readers.cells import CellFault, Value
from ingest.readers.periods import check_period
from ingest.readers.workbooks.cells import as_text, is_blank, typed_value
from ingest.readers.workbooks.file import Cell, Sheet, WorkbookFile, address
from ingest.readers.workbooks.header import Header, find_header, is_header, understand
from ingest.readers.workbooks.totals import PrintedTotals
from ingest.readers.years import FinancialYear, financial_year, year_of_day

SHEET = PlaceColumn("_sheet", "text", "Sheet of the workbook that the row stands on")
PREAMBLE, HEADER = "preamble", "header"
SHOWN_SHEETS = 12  # of those that there are, in a message
TITLE_ROWS = 30  # how far down a title or a year is looked for


class WorkbookReader(Reader):
    """Tables on a sheet."""

    settings = Workbook
    place_column = SHEET

    def open(self, path: Path, name: str) -> Reading:
        """Find the sheet, its year and its header. FileRefused where no record can be trusted."""
        definition, settings = self.definition, self.definition.reader
        assert isinstance(settings, Workbook), "readers are chosen by format"
        book = WorkbookFile(path)
        sheet = _find_sheet(book, settings)
        start = find_header(sheet, settings)
        years: dict[str, str] = {}
        if settings.year:
            year = _year(book, settings.year)
            check_period(definition, year.first_day, f"sheet {settings.year.sheet!r}")
            years = {"{year}": year.written("-"), "{previous_year}": year.before.written("-")}
        header = understand(sheet, start, definition, settings, years, None)
        if period := header.layout.period:
            year = year_of_day(period)
        reading = Reading(header.layout.name, year.first_day, year.last_day, iter(()))
        reading.items = _items(sheet, start, header, years, definition, settings, reading)
        return reading


def _items(
    sheet: Sheet,
    start: int,
    header: Header,
    years: dict[str, str],
    definition: Dataset,
    settings: Workbook,
    reading: Reading,
) -> Iterator[Item]:
    judge, totals = _RowJudge(sheet, header, definition, settings), PrintedTotals(definition, settings)
    has_records = False
    if start:
        reading.records_read += start
        yield Skipped(PREAMBLE, 1, start)
    header_rows = header.row_count
    for index in range(start, len(sheet.rows)):
        reading.records_read += 1
        row = sheet.rows[index]
        if index > start and is_header(row, settings):
            judge.header = understand(sheet, index, definition, settings, years, judge.header)
            header_rows = judge.header.row_count
        if header_rows:
            header_rows -= 1
            yield Skipped(HEADER, index + 1, 1)
        elif skip := judge.skipped_by(index + 1, row):
            totals.printed(skip, index + 1, row, judge.header)
            yield Skipped(skip, index + 1, 1)
        else:
            has_records = True
            item = judge.judge(index + 1, row)
            totals.add(item)
            yield item
    if not has_records:
        raise FileRefused(f"sheet {sheet.name!r} has a header and no records", FETCH_AGAIN)
    totals.check()


class _RowJudge:
    """Turns a row into a record, or says why not. `header` is the one that the row stands under."""

    def __init__(self, sheet: Sheet, header: Header, definition: Dataset, settings: Workbook) -> None:
        self.sheet, self.header, self.definition, self.settings = sheet, header, definition, settings
        self.first_seen: dict[tuple[Value, ...], int] = {}

    def skipped_by(self, number: int, row: Sequence[Cell]) -> str | None:
        """The first rule by which the row is no record. A cell that lacks its value is no blank one."""
        broken = self.sheet.broken
        filled = {column for column, cell in enumerate(row) if not is_blank(cell) or (number, column) in broken}
        return next((skip.rule for skip in self.settings.skip if self._holds(skip, row, filled)), None)

    def _holds(self, skip: SkipRule, row: Sequence[Cell], filled: set[int]) -> bool:
        place = self.header.positions
        return (
            (skip.only is None or filled <= {place[name] for name in skip.only})
            and (skip.blank is None or filled.isdisjoint(place[name] for name in skip.blank))
            and (skip.values is None or all(as_text(row[place[name]]) in texts for name, texts in skip.values.items()))
        )

    def judge(self, number: int, row: Sequence[Cell]) -> Record | Quarantined:
        """The row's record, or the first thing that is wrong with it, with the cell that is to blame."""
        values: dict[str, Value] = {}
        for rule in self.definition.fields:
            column = self.header.positions.get(rule.name)
            try:
                if column is not None and (wrong := self.sheet.broken.get((number, column))):
                    raise CellFault("broken_cell", f"{rule.name} is {wrong}")
                cell = "" if column is None else row[column]
                values[rule.name] = typed_value(rule, cell, self.settings.null_texts)
            except CellFault as fault:
                assert column is not None, "a layout has every required field"
                reason = f"cell {address(number, column)}: {fault.reason}"
                return self._set_aside(number, self.header.names[column], fault.rule, reason, row)
        key = tuple(str(values[name]).strip() for name in self.definition.key)
        first = self.first_seen.setdefault(key, number)
        if first != number:
            reason = f"the same {', '.join(self.definition.key)} as row {first}"
            return self._set_aside(number, None, "duplicate_key", reason, row)
        return Record(tuple(values.values()), number, None, self.sheet.name)

    def _set_aside(self, number: int, column: str | None, rule: str, reason: str, row: Sequence[Cell]) -> Quarantined:
        return Quarantined(number, column, rule, reason, 1, as_published([*map(as_text, row)]), self.sheet.name)


def _find_sheet(book: WorkbookFile, settings: Workbook) -> Sheet:
    """The one sheet that is meant and has something in it; hidden ones and copies of other files' are none."""
    wanted = settings.sheet
    sheets = [book.sheet(name) for name in book.names if wanted.name is None or name.strip() == wanted.name]
    found = [
        sheet
        for sheet in sheets
        if any(not is_blank(cell) for row in sheet.rows for cell in row)
        and (wanted.title is None or any(as_text(cell) == wanted.title for _, cell in _top_cells(sheet)))
    ]
    if len(found) == 1:
        return found[0]
    named = " titled ".join(repr(each) for each in (wanted.name, wanted.title) if each)
    there = [*map(repr, book.names), *(f"{name!r} ({why})" for name, why in book.ghosts.items())]
    there = [*there[:SHOWN_SHEETS], f"and {len(there) - SHOWN_SHEETS} more"] if len(there) > SHOWN_SHEETS else there
    raise FileRefused(
        f"{len(found) or 'no'} sheets are {named}, where one must be; there are {', '.join(there)}",
        "If the publisher has renamed the sheet, change reader.sheet in the definition; else fetch the file again.",
    )


def _year(book: WorkbookFile, rule: YearRule) -> FinancialYear:
    if rule.sheet in book.names:
        for number, cell in _top_cells(book.sheet(rule.sheet)):
            if match := re.fullmatch(rule.pattern, as_text(cell)):
                if year := financial_year(match[1], "-"):
                    return year
                raise FileRefused(f"sheet {rule.sheet!r}, row {number}: {match[1]!r} is no financial year", FETCH_AGAIN)
    raise FileRefused(
        f"sheet {rule.sheet!r} says no financial year ({rule.pattern}) in its first {TITLE_ROWS} rows",
        "See where the workbook says its year now, and change reader.year in the definition.",
    )


def _top_cells(sheet: Sheet) -> Iterator[tuple[int, Cell]]:
    for number, row in enumerate(sheet.rows[:TITLE_ROWS], 1):
        for cell in row:
            yield number, cell
