"""The header of a sheet's table: where it is, what its columns are called, which known layout that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.definition.dataset import Dataset
from ingest.definition.formats import Workbook
from ingest.definition.layout import Layout
from ingest.readers.base import FileRefused
from ingest.readers.header import known_layouts
from ingest.readers.workbooks.cells import as_text, is_blank
from ingest.readers.workbooks.file import Cell, Sheet


@dataclass(frozen=True)
class Header:
    """A header understood. `labels` is its second band, which a later header on the sheet may leave to this one."""

    names: list[str]
    labels: list[str]
    row_count: int
    layout: Layout
    positions: dict[str, int]


def is_header(row: Sequence[Cell], settings: Workbook) -> bool:
    """Whether the row holds all the texts that only a header row has."""
    texts = {as_text(cell) for cell in row}
    return texts.issuperset(settings.header)


def find_header(sheet: Sheet, settings: Workbook) -> int:
    """Index of the first header row. FileRefused where there is none."""
    for index, row in enumerate(sheet.rows):
        if is_header(row, settings):
            return index
    raise FileRefused(
        f"sheet {sheet.name!r}: no row has the header's {', '.join(settings.header)}",
        "If the publisher has renamed these columns, change reader.header in the definition; else ask for the table.",
    )


def understand(
    sheet: Sheet, index: int, definition: Dataset, settings: Workbook, years: dict[str, str], above: Header | None
) -> Header:
    """The header that starts at this row; `above` is the one before it on the sheet.

    FileRefused where no known layout has these columns, with what the closest one has and the sheet has not.
    """
    tops = [as_text(cell) for cell in sheet.rows[index]]
    row_count, labels = 1, [""] * len(tops)
    if settings.bands > 1 and index + 1 < len(sheet.rows):
        beneath = sheet.rows[index + 1]
        if not above or not all(map(is_blank, beneath)):
            row_count, labels = 2, [as_text(cell) for cell in beneath]
        else:
            labels = above.labels
    names = _column_names(tops, labels, years)
    [layout, *_] = known_layouts(names, definition, f"sheet {sheet.name!r}, row {index + 1}", others_between=True)
    return Header(
        names, labels, row_count, layout, {field: names.index(name) for name, field in layout.columns.items()}
    )


def _column_names(tops: list[str], labels: list[str], years: dict[str, str]) -> list[str]:
    """`band > column`; a band reaches until a column has no label, or has one that the band already had.

    A column without a name is known by the one before it: `Class (+1)`.
    """
    names: list[str] = []
    band, named, nameless = "", "", 0
    taken: set[str] = set()
    for top, label in zip(tops, labels, strict=True):
        if top:
            band, taken = top, set()
        elif not label or label in taken:
            band = ""
        taken.add(label)
        name = " > ".join(filter(None, (band, label)))
        nameless = 0 if name else nameless + 1
        named = name or named
        name = name or f"{named} (+{nameless})"
        for placeholder, year in years.items():
            name = name.replace(year, placeholder)
        names.append(name)
    return names
