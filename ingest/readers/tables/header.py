"""Where the tables of a sheet begin and end, and what their headers say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.definition.dataset import Dataset
from ingest.definition.table_rules import UNIT, TableRule, WorkbookTables
from ingest.readers.base import FileRefused
from ingest.readers.cells import CellFault, Value, shown
from ingest.readers.tables.labels import day_of, known_label, label_of, matching_label
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
    titled: dict[str, Value] = field(default_factory=dict)
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
        if not _has_cells_side_by_side(sheet.rows[index + 1 : end]):
            continue
        rule = next((each for each in settings.tables if re.fullmatch(each.title, title)), None)
        table = Table(sheet, title, index, end, rule, position)
        if rule:
            _understand(table, rule, definition, settings)
        tables.append(table)
    return tables


def _stands_alone(row: Sequence[Cell], position: int) -> bool:
    """A title has its row for itself; in a list of contents something stands beside it."""
    return all(is_blank(cell) for at, cell in enumerate(row) if at != position)


def _has_cells_side_by_side(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether there may be a table beneath a title; there is none in a list of contents that has titles alone."""
    return any(sum(not is_blank(cell) for cell in row) > 1 for row in rows)


def _understand(table: Table, rule: TableRule, definition: Dataset, settings: WorkbookTables) -> None:
    where = f"sheet {table.sheet.name!r}, table {table.title!r}"
    table.titled = _told_by_title(table.title, rule, definition, where)
    unit_field = definition.layouts[0].columns.get(UNIT)
    units = (definition.field(unit_field).allowed or ()) if unit_field else ()
    for index in range(table.title_row + 1, table.end):
        row = table.sheet.rows[index]
        table.unit = table.unit or next((unit for cell in row if (unit := known_label(as_text(cell), units))), None)
        at = [position for position, cell in enumerate(row) if as_text(cell) == rule.label_header]
        # Where the header spans two rows, a column of its own may have its text in the upper one only.
        above = table.sheet.rows[index - 1] if rule.label_header else row
        texts = [cell if not is_blank(cell) else _cell(above, position) for position, cell in enumerate(row)]
        found = [_column(texts, position, rule, definition, settings) for position in range(len(texts))]
        if rule.beneath:
            if _stand_above(table, [column for column in found if column], index + 1, rule, where):
                break
            continue
        table.label_column = at[0] if at else table.label_column
        read = [column for column in found if column and column.position > table.label_column]
        if read and (at or not rule.label_header):
            table.columns, table.first_row = read, index + 1
            _account_for_others(table, row, rule, where)
            break
    else:
        what = ", ".join([*rule.labels, *rule.label_patterns.values()]) or f"a date, written as {settings.dates}"
        raise FileRefused(
            f"{where}: no row beneath the title is a header, which has {what}",
            "If the publisher has changed the header, change reader.tables in the definition; else ask for the table.",
        )
    if units and not table.unit:
        raise FileRefused(
            f"{where}: nothing between title and header says the unit, {' or '.join(units)}",
            f"See what the figures are counted in, and add it to {unit_field} in the definition.",
        )


def _stand_above(table: Table, found: list[Column], index: int, rule: TableRule, where: str) -> bool:
    """Whether the row at the index is the second one of the header, which says what stands beneath each column."""
    row = table.sheet.rows[index] if index < table.end else []
    read = [each for each in found if known_label(as_text(_cell(row, each.position)), [rule.beneath or ""])]
    if not read:
        return False
    at = [position for position, cell in enumerate(row) if as_text(cell) == rule.label_header]
    table.label_column = at[0] if at else table.label_column
    table.columns, table.first_row = read, index + 1
    _account_for_others(table, row, rule, where)
    return True


def _told_by_title(title: str, rule: TableRule, definition: Dataset, where: str) -> dict[str, Value]:
    match = re.fullmatch(rule.title, title)
    assert match, "the rule was found by its title"
    told: dict[str, Value] = {}
    for name, text in match.groupdict().items():
        told[name] = text
        if definition.field(name).type == "date":
            told[name] = next((day for written in rule.title_dates if (day := day_of(text, written))), None)
            if told[name] is None:
                raise FileRefused(
                    f"{where}: {name} {shown(text)} is not a day, written as {' or '.join(rule.title_dates)}",
                    "See what the title says, and change title or title_dates in the definition.",
                )
    return told


def _column(
    row: Sequence[Cell], position: int, rule: TableRule, definition: Dataset, settings: WorkbookTables
) -> Column | None:
    if is_blank(row[position]):
        return None
    if label := matching_label(as_text(row[position]), rule.label_patterns):
        return Column(position, as_text(row[position]), label, "")
    try:
        value, notes = label_of(definition.field(rule.columns), row[position], settings.dates)
    except CellFault:
        return None
    if rule.labels or rule.label_patterns:
        value = known_label(value, rule.labels)
    return None if value is None else Column(position, as_text(row[position]), value, notes)


def _cell(row: Sequence[Cell], position: int) -> Cell:
    return row[position] if position < len(row) else ""


def _account_for_others(table: Table, row: Sequence[Cell], rule: TableRule, where: str) -> None:
    """Every other cell of the header is a column that is passed over by name. FileRefused where one is not."""
    taken = {column.position for column in table.columns}
    for position, cell in enumerate(row):
        if position <= table.label_column or position in taken or is_blank(cell):
            continue
        if not any(re.fullmatch(each, as_text(cell), re.IGNORECASE) for each in rule.passed_over):
            known = ", ".join([*rule.labels, *rule.label_patterns, *rule.passed_over])
            raise FileRefused(
                f"{where}: the column {as_text(cell)!r} in cell {address(table.first_row, position)} is not known; "
                f"known are {'' if rule.labels or rule.label_patterns else 'dates, '}{known or 'no others'}",
                "If the publisher has added it, say in reader.tables of the definition what it is; "
                "else fetch the file again.",
            )
        table.passed_over.append(position)
