"""Tables of figures in the sheets of a workbook, found by their titles wherever they stand. A record is one cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from ingest.definition.dataset import Dataset
from ingest.definition.table_rules import FOOTNOTES, GROUP, KIND, MARK, UNIT, VALUE, TableRule, WorkbookTables
from ingest.readers.base import (
    SOURCE_COLUMN,
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
from ingest.readers.cells import CellFault, Value, cell_value, check_day
from ingest.readers.tables.header import Column, Table, find_tables
from ingest.readers.tables.labels import known_label, label_of
from ingest.readers.workbooks.cells import as_text, is_blank, typed_value
from ingest.readers.workbooks.file import Cell, Sheet, WorkbookFile, address

CELL = PlaceColumn(SOURCE_COLUMN.name, "text", "Sheet and cell of the workbook that the value stood in: Table_1!D42")
PREAMBLE, HEADER, BLANK_ROW, NOTE = "preamble", "header", "blank_row", "note"
PASSED_OVER, NO_TABLE, UNKNOWN_TABLE = "passed_over_column", "sheet_without_table", "unknown_table"


class TablesReader(Reader):
    """Tables with a figure in each cell."""

    settings = WorkbookTables
    place_column = CELL

    def open(self, path: Path, name: str) -> Reading:
        """Find the tables. FileRefused where a required one is not there, or a header is not known."""
        definition, settings = self.definition, self.definition.reader
        assert isinstance(settings, WorkbookTables), "readers are chosen by format"
        book = WorkbookFile(path)
        sheets = [book.sheet(each) for each in book.names]
        tables = {sheet.name: find_tables(sheet, definition, settings) for sheet in sheets}
        _check_required(settings, [table for found in tables.values() for table in found])
        reading = Reading(definition.layouts[0].name, None, None, iter(()))
        reading.items = _items(sheets, tables, definition, settings, reading)
        return reading


def _check_required(settings: WorkbookTables, found: Sequence[Table]) -> None:
    known = [table.rule for table in found if table.rule]
    for rule in settings.tables:
        if rule.required and rule not in known:
            there = "; ".join(f"sheet {table.sheet.name!r}: {table.title!r}" for table in found)
            raise FileRefused(
                f"no table is titled like {rule.title!r} ({rule.name}); there are: {there or 'none at all'}",
                "If the publisher has renamed the table, change its title under reader.tables in the definition; "
                "else fetch the file again.",
            )


def _items(
    sheets: Sequence[Sheet],
    tables: dict[str, list[Table]],
    definition: Dataset,
    settings: WorkbookTables,
    reading: Reading,
) -> Iterator[Item]:
    first_seen: dict[tuple[str, ...], str] = {}
    for sheet in sheets:
        found = tables[sheet.name]
        above = found[0].title_row if found else len(sheet.rows)
        if above:
            reading.records_read += above
            yield Skipped(PREAMBLE if found else NO_TABLE, 1, above)
        for table in found:
            items = _Rows(table, definition, settings, reading, first_seen)
            yield from items.all() if table.rule else items.unknown()


class _Rows:
    """The rows of one table from its title on, as items; counts them for the reading's account."""

    def __init__(
        self,
        table: Table,
        definition: Dataset,
        settings: WorkbookTables,
        reading: Reading,
        first_seen: dict[tuple[str, ...], str],
    ) -> None:
        self.table, self.definition, self.settings, self.reading = table, definition, settings, reading
        self.first_seen = first_seen
        self.places = definition.layouts[0].columns
        self.period_at = [rule.name for rule in definition.fields].index(settings.period_field)
        self.group: str | None = None

    def unknown(self) -> Iterator[Item]:
        """The account of a table that the definition does not know: none of it is loaded, all of it is counted."""
        yield self._skipped(UNKNOWN_TABLE, self.table.title_row + 1, self.table.end - self.table.title_row)

    def all(self) -> Iterator[Item]:
        """Every row: title and header, then records until nothing but notes is left."""
        table = self.table
        header_rows = table.first_row - table.title_row
        yield self._skipped(HEADER, table.title_row + 1, header_rows)
        is_body = True
        for index in range(table.first_row, table.end):
            row = table.sheet.rows[index]
            filled = [column for column in table.columns if not is_blank(_at(row, column.position))]
            has_label = not is_blank(_at(row, table.label_column))
            has_figure = any(not isinstance(_at(row, column.position), str) for column in filled)
            is_body = is_body and has_label
            if all(map(is_blank, row)):
                yield self._skipped(BLANK_ROW, index + 1, 1)
            elif (has_label and (filled or is_body)) or has_figure:
                yield from self._records(index + 1, row)
            else:
                yield self._skipped(NOTE, index + 1, 1)

    def _records(self, number: int, row: Sequence[Cell]) -> Iterator[Item]:
        passed_over = sum(not is_blank(_at(row, position)) for position in self.table.passed_over)
        if passed_over:
            yield self._skipped(PASSED_OVER, number, passed_over)
        rule = self.table.rule
        assert rule, "rows are only read of a table that is known"
        label, notes, fault = None, "", None
        try:
            label, notes = label_of(
                self.definition.field(rule.rows), _at(row, self.table.label_column), self.settings.dates
            )
        except CellFault as found:
            fault = found
        kind = self._kind(rule, label)
        for column in self.table.columns:
            self.reading.records_read += 1
            if fault:
                yield self._set_aside(number, self.table.label_column, column, fault, row)
                continue
            given = rule.fixed | self.table.titled | {rule.rows: label, rule.columns: column.value}
            roles: dict[str, Value] = {KIND: kind, GROUP: self.group, UNIT: self.table.unit}
            roles[FOOTNOTES] = ",".join(filter(None, (notes, column.notes))) or None
            yield self._record(number, column, row, given, roles)

    def _kind(self, rule: TableRule, label: Value) -> str:
        """Whether the row heads a group, adds others up, or is one of them.

        A group may have a row of its own name; some editions then call the group a region.
        """
        if known_label(label, rule.totals):
            self.group = None
            return "total"
        group = known_label(re.sub(r"\s+region$", "", str(label), flags=re.IGNORECASE), rule.groups)
        if group and group != self.group:
            self.group = group
            return "group"
        return "row"

    def _record(
        self, number: int, column: Column, row: Sequence[Cell], given: dict[str, Value], roles: dict[str, Value]
    ) -> Record | Quarantined:
        cell = _at(row, column.position)
        values: dict[str, Value] = {}
        try:
            if wrong := self.table.sheet.broken.get((number, column.position)):
                raise CellFault("broken_cell", f"the figure is {wrong}")
            roles[MARK] = as_text(cell) if as_text(cell) in self.settings.marks else None
            if is_blank(cell):
                raise CellFault("required", "the figure is blank")
            roles[VALUE] = None if roles[MARK] else typed_value(self.definition.field(self.places[VALUE]), cell, ())
            given = {self.places[role]: value for role, value in roles.items() if role in self.places} | given
            for field in self.definition.fields:
                value = given[field.name]
                if isinstance(value, date):
                    check_day(field, value)
                values[field.name] = cell_value(field, value or "") if isinstance(value, str | None) else value
        except CellFault as fault:
            return self._set_aside(number, column.position, column, fault, row)
        key = tuple(str(values[name]) for name in self.definition.key)
        here = f"sheet {self.table.sheet.name!r}, cell {address(number, column.position)}"
        if (first := self.first_seen.setdefault(key, here)) != here:
            repeat = CellFault("duplicate_key", f"the same {', '.join(self.definition.key)} as {first}")
            return self._set_aside(number, column.position, column, repeat, row)
        self._stretch(values)
        place = f"{self.table.sheet.name}!{address(number, column.position)}"
        return Record(tuple(values.values()), number, place, self.table.sheet.name)

    def _stretch(self, values: dict[str, Value]) -> None:
        day = values[self.settings.period_field]
        assert isinstance(day, date), "the definition has it as a required date"
        self.reading.period_start = min(self.reading.period_start or day, day)
        self.reading.period_end = max(self.reading.period_end or day, day)

    def _skipped(self, rule: str, number: int, count: int) -> Skipped:
        self.reading.records_read += count
        return Skipped(rule, number, count)

    def _set_aside(
        self, number: int, position: int, column: Column, fault: CellFault, row: Sequence[Cell]
    ) -> Quarantined:
        reason = f"cell {address(number, position)}: {fault.reason}"
        published = as_published([*map(as_text, row)])
        return Quarantined(number, column.name, fault.rule, reason, 1, published, self.table.sheet.name)


def _at(row: Sequence[Cell], position: int) -> Cell:
    return row[position] if position < len(row) else ""
