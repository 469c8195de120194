"""The header of a list: the row whose cells are known headings, wherever it stands."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.definition.dataset import Dataset
from ingest.definition.layout import Layout
from ingest.definition.list_rules import heading_key
from ingest.readers.base import FileRefused
from ingest.readers.cells import shown
from ingest.readers.lists.grids import Grid
from ingest.readers.workbooks.cells import as_text

MOST_FILLED = 2  # cells in a row of remarks; a sheet with wider rows and no header is a table that nobody knows


@dataclass(frozen=True)
class Header:
    """A header understood: where it stands, where each field does, which columns nobody loads."""

    index: int
    layout: Layout
    positions: dict[str, int]
    names: dict[int, str]
    ignored: frozenset[int]
    is_last: bool

    def is_spill(self, column: int) -> bool:
        """Whether a column without a heading stands beside one that is not loaded, whose long texts run over."""
        before = max((named for named in self.names if named < column), default=-1)
        after = min((named for named in self.names if named > column), default=-1)
        return not self.ignored.isdisjoint((before, after))


def find_header(grid: Grid, definition: Dataset) -> Header | None:
    """The grid's header; None where it holds no table. FileRefused where it has one and no header that is known."""
    closest: list[str] = []
    most = 1
    for index, row in enumerate(grid.rows):
        if header := header_at(grid, index, definition):
            return header
        names = [text for cell in row if (text := as_text(cell))]
        known = sum(heading_key(text) in _headings(layout) for text in names for layout in definition.layouts)
        if known > most:
            closest, most = names, known
    wide = next((i for i, row in enumerate(grid.rows) if sum(bool(as_text(cell)) for cell in row) > MOST_FILLED), None)
    if wide is None and not closest:
        return None
    there = "; ".join(map(shown, closest or map(as_text, grid.rows[wide or 0])))
    needed = ", ".join(_needed(definition.layouts[0], definition))
    raise FileRefused(
        f"{grid.where}no row is a header, which has a column for {needed}; the closest is {there}",
        f"If it is one, add its headings to layouts in {definition.dataset}.yml; else fetch the file again.",
    )


def header_at(grid: Grid, index: int, definition: Dataset) -> Header | None:
    """The row as a header; None where it is none. FileRefused where it is one with columns that are not known."""
    names = {column: text for column, cell in enumerate(grid.rows[index]) if (text := as_text(cell))}
    found = (_understood(grid, index, names, layout, definition) for layout in definition.layouts)
    return next((header for header in found if header), None)


def _understood(grid: Grid, index: int, names: dict[int, str], layout: Layout, definition: Dataset) -> Header | None:
    fields = {heading_key(heading): field for heading, field in layout.columns.items()}
    passed = {heading_key(heading) for heading in layout.ignored or ()}
    found = {column: fields[key] for column, text in names.items() if (key := heading_key(text)) in fields}
    if not {*_needed(layout, definition)} <= set(found.values()) or len(found) < 2:
        return None
    where = f"{grid.where}line {grid.numbers[index]}"
    unknown = [text for column, text in names.items() if column not in found and heading_key(text) not in passed]
    if unknown:
        raise FileRefused(
            f"{where}: the header has columns that are not known: {', '.join(map(shown, unknown))}",
            f"Say in layouts of {definition.dataset}.yml which field each is, or that it is ignored.",
        )
    positions: dict[str, int] = {}
    for column, field in found.items():
        if field in positions:
            both = f"{shown(names[positions[field]])} and {shown(names[column])}"
            raise FileRefused(
                f"{where}: {both} are both {field}",
                f"Name one of them as ignored in a layout of its own in {definition.dataset}.yml.",
            )
        positions[field] = column
    is_last = not any(grid.is_filled(after) for after in range(index + 1, len(grid.rows)))
    return Header(index, layout, positions, names, frozenset(set(names) - set(found)), is_last)


def _needed(layout: Layout, definition: Dataset) -> list[str]:
    """Fields that a header must have a column for."""
    required = {rule.name for rule in definition.fields if rule.required}
    return [field for field in dict.fromkeys(layout.columns.values()) if field in required]


def _headings(layout: Layout) -> set[str]:
    return {heading_key(heading) for heading in (*layout.columns, *(layout.ignored or ()))}
