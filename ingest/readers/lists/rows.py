"""A row of a list: a record, a total to be held against the rows above it, a remark, or what is wrong with it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from decimal import Decimal

from ingest.definition.dataset import Dataset
from ingest.definition.list_rules import NamedColumns
from ingest.readers.base import Quarantined, Record, Skipped, as_published
from ingest.readers.cells import CellFault, Value, cell_value, shown
from ingest.readers.lists.cells import list_value
from ingest.readers.lists.grids import Grid
from ingest.readers.lists.header import Header
from ingest.readers.workbooks.cells import as_text, is_blank
from ingest.readers.workbooks.file import Cell

TOTAL, NOTE = "total", "note"
FEW = 3  # cells: a total or a remark fills no more than two


class RowJudge:
    """Judges the rows of one grid in their order. What the header and the lines above it told is in every record."""

    def __init__(
        self, grid: Grid, header: Header, told: dict[str, str], definition: Dataset, settings: NamedColumns
    ) -> None:
        self.grid, self.definition, self.settings, self.told = grid, definition, settings, told
        self.total_of = settings.totals.of if settings.totals else None
        self.since_total = self.in_all = Decimal()
        self.required = [rule.name for rule in definition.fields if rule.required]
        self.stand_under(header)

    def stand_under(self, header: Header) -> None:
        """The rows that follow stand under this header."""
        self.header = header
        fixed = {**header.layout.fixed, **self.told}
        fixed |= {field: header.names[header.positions[of]] for field, of in self.settings.heading_fields.items()}
        self.columns = [(rule, header.positions.get(rule.name)) for rule in self.definition.fields]
        self.texts = {rule.name: fixed.get(rule.name, "") for rule, column in self.columns if column is None}

    def may_be_header(self, index: int) -> bool:
        """Whether a later row may be a header: a text stands where a number must, or nothing does."""
        row = self.grid.rows[index]
        columns = [self.header.positions[name] for name in self.required if name in self.header.positions]
        return not any(re.search("[0-9]", as_text(_at(row, column))) for column in columns)

    def judge(self, index: int) -> Record | Quarantined | Skipped:
        """What the row is."""
        number, row = self.grid.numbers[index], self.grid.rows[index]
        filled = [column for column, cell in enumerate(row) if not is_blank(cell)]
        if len(filled) < FEW:
            if self._is_total(row, filled):
                return self._total(number, row)
            if len(filled) == 1 and not self._has_amount(row):
                return Skipped(NOTE, number, 1)
        values: list[Value] = []
        column: int | None = None
        try:
            self._check_shape(row, filled)
            for rule, column in self.columns:
                if column is None:
                    is_hash = rule.name == self.settings.hash_field
                    values.append(row_hash(row) if is_hash else cell_value(rule, self.texts[rule.name]))
                    continue
                if wrong := self.grid.broken.get((number, column)):
                    raise CellFault("broken_cell", f"{rule.name} is {wrong}")
                cell = row[column] if column < len(row) else ""
                values.append(list_value(rule, cell, self.settings.dates, self.settings.null_texts))
                if rule.name == self.total_of and isinstance(amount := values[-1], Decimal):
                    self.since_total += amount
                    self.in_all += amount
        except CellFault as fault:
            name = self.header.names.get(column) if column is not None else None
            return self._set_aside(number, name, fault, row)
        return Record(tuple(values), number, None, self.grid.sheet)

    def _check_shape(self, row: Sequence[Cell], filled: Sequence[int]) -> None:
        """CellFault where something stands in a column that has no heading."""
        for column in filled:
            if column not in self.header.names and not self.header.is_spill(column):
                text = shown(as_text(row[column]))
                raise CellFault("no_heading", f"{text} stands in column {column + 1}, which has no heading")

    def _has_amount(self, row: Sequence[Cell]) -> bool:
        return self.total_of is not None and not is_blank(_at(row, self.header.positions[self.total_of]))

    def _is_total(self, row: Sequence[Cell], filled: Sequence[int]) -> bool:
        """Whether nothing is filled but the amount, and perhaps a text that says what it adds up."""
        if not self.settings.totals or not self._has_amount(row):
            return False
        place = self.header.positions[self.settings.totals.of]
        others = [as_text(row[column]) for column in filled if column != place]
        return all(re.fullmatch(self.settings.totals.label, text) for text in others)

    def _total(self, number: int, row: Sequence[Cell]) -> Skipped | Quarantined:
        """Skipped where it is the sum of the rows since the total before it, or of all rows; else set aside."""
        assert self.total_of, "without it no row is a total"
        place = self.header.positions[self.total_of]
        try:
            printed = list_value(self.definition.field(self.total_of), _at(row, place), (), ())
            if printed not in (self.since_total, self.in_all):
                sums = f"{self.since_total:,} since the last total, {self.in_all:,} in all"
                raise CellFault("total_differs", f"the printed total is {printed:,}, above it are {sums}")
        except CellFault as fault:
            return self._set_aside(number, self.header.names[place], fault, row)
        self.since_total = Decimal()
        return Skipped(TOTAL, number, 1)

    def _set_aside(self, number: int, column: str | None, fault: CellFault, row: Sequence[Cell]) -> Quarantined:
        record = as_published([*map(as_text, row)])
        return Quarantined(number, column, fault.rule, fault.reason, 1, record, self.grid.sheet)


def row_hash(row: Sequence[Cell]) -> str:
    """A hash of all that the row says, whatever blank cells follow."""
    return hashlib.sha256("\x1f".join(map(as_text, row)).rstrip("\x1f").encode()).hexdigest()


def _at(row: Sequence[Cell], column: int) -> Cell:
    return row[column] if column < len(row) else ""
