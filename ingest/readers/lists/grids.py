"""A list's file as grids of cells, one a sheet: a text has one without a name, a workbook one for each that is seen."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.definition.list_rules import NamedColumns
from ingest.readers.base import FileRefused
from ingest.readers.text.text_file import FETCH_AGAIN, check_text, cut_off, ends_open, no_table
from ingest.readers.workbooks.cells import is_blank
from ingest.readers.workbooks.file import OLD_WORKBOOK, Cell, WorkbookFile

LARGEST = 256 << 20  # bytes; a list is read as a whole
ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Grid:
    """Rows from the first on, with the number that each has for a person; `broken` are cells without their value."""

    sheet: str | None
    numbers: Sequence[int]
    rows: Sequence[Sequence[Cell]]
    broken: dict[tuple[int, int], str]

    @property
    def where(self) -> str:
        """The sheet as a message begins; nothing for a text."""
        return f"sheet {self.sheet!r}, " if self.sheet else ""

    def is_filled(self, index: int) -> bool:
        """Whether anything stands in the row."""
        number = self.numbers[index]
        return not all(map(is_blank, self.rows[index])) or any(row == number for row, _ in self.broken)


def grids(path: Path, settings: NamedColumns) -> Iterator[Grid]:
    """Every grid of the file. FileRefused where it can be read as neither text nor workbook."""
    with path.open("rb") as file:
        start = file.read(len(OLD_WORKBOOK))
    if start in (OLD_WORKBOOK, ZIP):
        book = WorkbookFile(path)
        for name in book.names:
            sheet = book.sheet(name)
            yield Grid(name, range(1, len(sheet.rows) + 1), sheet.rows, sheet.broken)
        return
    check_text(path)
    if path.stat().st_size > LARGEST:
        raise FileRefused(f"the file has more than {LARGEST:,} bytes: not a list", FETCH_AGAIN)
    text = _decoded(path.read_bytes(), settings.encodings)
    # Whatever ends a line: some files end theirs in two ways.
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    numbers, rows = [], []
    table = csv.reader(io.StringIO(lines, newline="\n"), delimiter=settings.delimiter, strict=True)
    at = 1
    try:
        for row in table:
            numbers.append(at)
            rows.append(row)
            at = table.line_num + 1
    except csv.Error as error:
        raise no_table(at, error) from error
    if ends_open(path) and _may_be_cut(rows):
        raise cut_off(numbers[-1], settings.delimiter.join(rows[-1]))
    yield Grid(None, numbers, rows, {})


def _may_be_cut(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the last row, which has no line end, may have lost something: a cell, or the end of a number."""
    return len(rows) < 2 or len(rows[-1]) < len(rows[-2]) or rows[-1][-1][-1:].isdigit()


def _decoded(content: bytes, encodings: Sequence[str]) -> str:
    """The text, by the first encoding that all of it is in."""
    for encoding in encodings:
        try:
            return content.decode(f"{encoding}-sig" if encoding == "utf-8" else encoding)
        except UnicodeDecodeError as error:
            wrong, at = error, content.count(b"\n", 0, error.start) + 1
    raise FileRefused(
        f"line {at}: 0x{content[wrong.start]:02x} is in none of {', '.join(encodings)}",
        'Save the file as UTF-8 (a spreadsheet\'s "CSV UTF-8"), or ask for it in UTF-8; no other is guessed.',
    )
