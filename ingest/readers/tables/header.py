"""Where the tables of a sheet begin and end, and what their headers say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.definition.dataset import Dataset
from ingest.definition.table_rules import UNIT, TableRule, WorkbookTables
from ingest.readers.base import FileRefused
from ingest.readers.cells import CellFault, Value
from ingest.readers.tables.labels import known_label, label_of
from ingest.readers.workbooks.cells import as_text, is_blank
from ingest.readers.workbooks.file import Cell, Sheet, address


@dataclass(frozen=True)
class Column:
    """A column of figures: where it is, what it is called, the value that its header gives, its footnotes."""

    position: int
    name: str
    value: Value
    notes: str


@dataclass
class Table:
    """A table found: title and rows by their index, from the title to before `end`. Without a rule nobody knows it."""

    sheet: Sheet
    title: str
    title_row: int
    end: int
    rule: TableRule | None
    label_column: int
    first_row: int = 0
    unit: str | None = None
    columns: list[Column] = field(default_factory=list)
    passed_over: list[int] = field(default_factory=list)


def find_tables(sheet: Sheet, definition: Dataset, settings: WorkbookTables) -> list[Table]:
    """The sheet's tables in their order, known or not. FileRefused where a known one has a header that is not."""
    titles = [
        (index, position, as_text(cell))
        for index, row in enumerate(sheet.rows)
        for position, cell in enumerate(row)
        if isinstance(cell, str) and re.match(settings.title, as_text(cell)) and _stands_alone(row, position)
    ]
    tables = []
    for place, (index, position, title) in enumerate(titles):
        end = titles[place + 1][0] if place + 1 < len(titles) else len(sheet.rows)
        rule = next((each for each in settings.tables if re.fullmatch(each.title, title)), None)
        table = Table(sheet, title, index, end, rule, position)
        if rule:
            _understand(table, rule, definition, settings)
        tables.append(table)
    return tables


def _stands_alone(row: Sequence[Cell], position: int) -> bool:
    """A title has its row for itself; in a list of contents something stands beside it."""
    return all(is_blank(cell) for at, cell in enumerate(row) if at != position)


def _understand(table: Table, rule: TableRule, definition: Dataset, settings: WorkbookTables) -> None:
    where = f"sheet {table.sheet.name!r}, table {table.title!r}"
    unit_field = definition.layouts[0].columns.get(UNIT)
    units = (definition.field(unit_field).allowed or ()) if unit_field else ()
    for index in range(table.title_row + 1, table.end):
        row = table.sheet.rows[index]
        table.unit = table.unit or next((unit for cell in row if (unit := known_label(as_text(cell), units))), None)
        read = [_column(table, row, position, rule, definition, settings) for position in range(len(row))]
        if any(read):
            table.columns, table.first_row = [column for column in read if column], index + 1
            _account_for_others(table, row, rule, where)
            break
    else:
        what = ", ".join(rule.labels) or f"a date, written as {settings.dates}"
        raise FileRefused(
            f"{where}: no row beneath the title is a header, which has {what}",
            "If the publisher has changed the header, change reader.tables in the definition; else ask for the table.",
        )
    if units and not table.unit:
        raise FileRefused(
            f"{where}: nothing between title and header says the unit, {' or '.join(units)}",
            f"See what the figures are counted in, and add it to {unit_field} in the definition.",
        )


def _column(
    table: Table, row: Sequence[Cell], position: int, rule: TableRule, definition: Dataset, settings: WorkbookTables
) -> Column | None:
    if position <= table.label_column or is_blank(row[position]):
        return None
    try:
        value, notes = label_of(definition.field(rule.columns), row[position], settings.dates)
    except CellFault:
        return None
    if rule.labels:
        value = known_label(value, rule.labels)
    return None if value is None else Column(position, as_text(row[position]), value, notes)


def _account_for_others(table: Table, row: Sequence[Cell], rule: TableRule, where: str) -> None:
    """Every other cell of the header is a column that is passed over by name. FileRefused where one is not."""
    taken = {column.position for column in table.columns}
    for position, cell in enumerate(row):
        if position <= table.label_column or position in taken or is_blank(cell):
            continue
        if not known_label(as_text(cell), rule.passed_over):
            known = ", ".join([*rule.labels, *rule.passed_over])
            raise FileRefused(
                f"{where}: the column {as_text(cell)!r} in cell {address(table.first_row, position)} is not known; "
                f"known are {'dates, ' if not rule.labels else ''}{known or 'no others'}",
                "If the publisher has added it, say in reader.tables of the definition what it is; "
                "else fetch the file again.",
            )
        table.passed_over.append(position)
