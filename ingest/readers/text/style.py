"""In which of its known styles a file writes dates and decimals: told by the whole file, never guessed cell by cell."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.definition.dataset import Dataset, FieldRule
from ingest.definition.layout import Layout, Style
from ingest.readers.base import FileRefused
from ingest.readers.cells import CellFault, cell_value

STYLED_TYPES = ("date", "decimal")


def told_layout(
    layouts: list[Layout], columns: list[str], definition: Dataset, rows: Iterable[tuple[int, list[str]]]
) -> Layout:
    """The one layout that reads every row of the file that any of them can read.

    One layout needs no telling. FileRefused where rows contradict each other, or where none of them tells.
    """
    if len(layouts) == 1:
        return layouts[0]
    styled = [
        (definition.field(field).model_copy(update={"earliest": None, "latest": None}), columns.index(name))
        for name, field in layouts[0].columns.items()
        if definition.field(field).type in STYLED_TYPES
    ]
    left, told_at = layouts, 0
    first_fault = ""
    for line, row in rows:
        if len(row) != len(columns) or (len(left) == 1 and _reads(left[0].style, styled, row)):
            continue
        reading = [layout for layout in layouts if _reads(layout.style, styled, row)]
        if not reading:  # in no known style: the layout that the other rows tell sets it aside, with its reason
            first_fault = (
                first_fault or f"; line {line} is written as none of them: {_fault(left[0].style, styled, row)}"
            )
            continue
        both = [layout for layout in left if layout in reading]
        if not both:
            raise FileRefused(
                f"line {line} is written as {_names(reading)}, and line {told_at} as {_names(left)}: "
                "the file mixes styles of dates or decimals",
                f"Ask {definition.publisher} for the file in one style; none is guessed.",
            )
        if len(both) < len(left):
            left, told_at = both, line
    if len(left) > 1:
        raise FileRefused(
            f"no row tells whether dates and decimals are written as {' or as '.join(map(_example, left))}"
            f"{first_fault}",
            f"Ask {definition.publisher} which it is, and fetch a file that tells; none is guessed.",
        )
    return left[0]


def _reads(style: Style, styled: list[tuple[FieldRule, int]], row: list[str]) -> bool:
    return not _fault(style, styled, row)


def _fault(style: Style, styled: list[tuple[FieldRule, int]], row: list[str]) -> str:
    """The first thing that is not written so; empty where there is none."""
    try:
        for rule, position in styled:
            if row[position].strip():
                cell_value(rule, row[position], style)
    except CellFault as fault:
        return fault.reason
    return ""


def _names(layouts: list[Layout]) -> str:
    return " or ".join(layout.name for layout in layouts)


def _example(layout: Layout) -> str:
    return f"{layout.name} ({layout.dates or '%Y-%m-%d'}, 0{layout.decimal_mark}5)"
