"""A spreadsheet file (xlsx, or ods): is it whole, which of its sheets are real, what stands in their cells."""

from __future__ import annotations

import logging
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING
from xml.etree import ElementTree

from ingest.readers.base import FETCH_AGAIN, FileRefused
from ingest.readers.workbooks import ods

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook, SheetMetadata

Cell = str | float | int | bool | date | datetime | time | timedelta

LARGEST_UNPACKED = 256 << 20  # bytes; a sheet is read as a whole, and a small file may unpack to anything
MOST_CELLS = 2_000_000  # from A1 to the last cell used: one stray cell at the far corner would fill the memory
# What the zip module raises where the bytes of a zip contradict each other.
DAMAGED = (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError, OverflowError, struct.error, zlib.error)
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sheet:
    """A sheet's rows from its first one on, blank cells as ''. `broken`: by row and column, what is wrong there."""

    name: str
    rows: list[list[Cell]]
    broken: dict[tuple[int, int], str]


class WorkbookFile:
    """An open workbook. FileRefused where the file is no whole workbook.

    In one of the old binary kind (xls) an error reads as a blank, and nothing tells them apart: what may not be missing
    there is a required field.
    """

    def __init__(self, path: Path) -> None:
        _check_whole(path)
        from python_calamine import CalamineError, CalamineWorkbook

        self.path, self._parts, spaced = path, None, None
        try:
            if not _is_old(path):
                with zipfile.ZipFile(path) as archive:
                    self._parts = _Parts(archive)
                    # An ods is laid out as a whole when it is opened: what is too large must be known before.
                    self._ods = _looked_through_ods(archive) if self._parts.is_ods else {}
                    spaced = ods.with_white_space(archive) if self._parts.is_ods else None
            with spaced or path.open("rb") as file:
                self._book: CalamineWorkbook = CalamineWorkbook.from_filelike(file)
        except (CalamineError, ElementTree.ParseError, KeyError, *DAMAGED) as error:
            raise FileRefused(f"no workbook that can be read: {_line(error)}", FETCH_AGAIN) from error
        self.ghosts = {meta.name: why for meta in self._book.sheets_metadata if (why := _ghost(meta))}
        self.names = [name for name in self._book.sheet_names if name not in self.ghosts]
        for name, why in self.ghosts.items():
            log.info("passed over sheet %r: %s", name, why)

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name. FileRefused where it is larger than any table, or cannot be read."""
        from python_calamine import CalamineError

        try:
            broken = self._broken(self._parts, name) if self._parts else {}
            rows = self._book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except (CalamineError, ElementTree.ParseError, KeyError, *DAMAGED) as error:
            raise FileRefused(f"sheet {name!r} cannot be read: {_line(error)}", FETCH_AGAIN) from error
        return Sheet(name, rows, broken)

    def _broken(self, parts: _Parts, name: str) -> dict[tuple[int, int], str]:
        with zipfile.ZipFile(self.path) as archive:
            return self._ods[name].broken if parts.is_ods else _look_through(archive, parts, name)


def address(row: int, column: int) -> str:
    """A cell's address as a person sees it: row 1, column 0 is A1."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def _is_old(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(OLD_WORKBOOK)) == OLD_WORKBOOK


def _check_whole(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(1024).lstrip()
    if not start:
        raise FileRefused("the file is empty", FETCH_AGAIN)
    if start.lower().startswith((b"<!doctype html", b"<html")):
        raise FileRefused("a web page, not a workbook", FETCH_AGAIN)
    if start.startswith(OLD_WORKBOOK):
        return
    if not zipfile.is_zipfile(path):
        what = "the file was cut off: it begins as a workbook and has no end" if start[:2] == b"PK" else "no workbook"
        raise FileRefused(what, FETCH_AGAIN)
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > LARGEST_UNPACKED:
                raise FileRefused(
                    f"the workbook unpacks to {unpacked:,} bytes, more than the {LARGEST_UNPACKED:,} that are read",
                    "See whether the file is what it should be; if so, raise the limit in "
                    "ingest/readers/workbooks/file.py.",
                )
            damaged = archive.testzip()
    except DAMAGED as error:
        raise FileRefused(f"the workbook is damaged: {_line(error)}", FETCH_AGAIN) from error
    if damaged:
        raise FileRefused(f"the workbook is damaged in its part {damaged}", FETCH_AGAIN)


def _ghost(meta: SheetMetadata) -> str | None:
    """Why a sheet is none that a person sees: hidden, a chart, or a copy of another file's that was kept for links."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    if "file:///" in meta.name:
        return "a copy of another workbook's sheet"
    if meta.visible != SheetVisibleEnum.Visible:
        return "hidden"
    return None if meta.typ == SheetTypeEnum.WorkSheet else "no table"


class _Parts:
    """The parts of the file by their names; some programs write these with backslashes, or in other case."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._names = {_plain(name): name for name in archive.namelist()}
        self.is_ods = ods.CONTENT in self._names
        if not self.is_ods and "xl/workbook.xml" not in self._names:
            raise FileRefused("a workbook of a kind that is not read", "Save it as xlsx.")

    def named(self, name: str) -> str:
        """The part's name as the file spells it. KeyError where there is none."""
        return self._names[_plain(name)]


def _plain(name: str) -> str:
    return posixpath.normpath(posixpath.join("/", name.replace("\\", "/"))).lstrip("/").lower()


def _looked_through_ods(archive: zipfile.ZipFile) -> dict[str, ods.OdsSheet]:
    with archive.open(ods.CONTENT) as content:
        sheets = ods.look_through(content)
    for name, sheet in sheets.items():
        _check_reach(name, sheet.last_row, sheet.last_column)
    return sheets


def _check_reach(name: str, last_row: int, last_column: int) -> None:
    """FileRefused where the used area of the sheet is too large to be a table."""
    if last_row * (last_column + 1) > MOST_CELLS:
        raise FileRefused(
            f"sheet {name!r} reaches to {address(last_row, last_column)}, more than {MOST_CELLS:,} cells: not a table",
            "Delete what stands far outside the table, or ask the publisher for a clean workbook.",
        )


def _look_through(archive: zipfile.ZipFile, parts: _Parts, name: str) -> dict[tuple[int, int], str]:
    """Cells whose value is no value: errors and formulas never worked out, which the library gives as blank.

    FileRefused where the used area is too large to be a table.
    """
    broken: dict[tuple[int, int], str] = {}
    last_row = last_column = 0
    with archive.open(_part_of(archive, parts, name)) as content:
        for row, column, cell in _cells(content):
            last_row, last_column = max(last_row, row), max(last_column, column)
            value = cell.find("{*}v")
            if cell.get("t") == "e":
                broken[row, column] = f"the error {'' if value is None else value.text}"
            elif cell.find("{*}f") is not None and _is_without_value(cell, value):
                broken[row, column] = "a formula that was never worked out"
    _check_reach(name, last_row, last_column)
    return broken


def _is_without_value(cell: ElementTree.Element, value: ElementTree.Element | None) -> bool:
    """Whether a formula has no result. One that gives an empty text says that it gives text."""
    return value is None or (not value.text and cell.get("t") != "str")


def _part_of(archive: zipfile.ZipFile, parts: _Parts, name: str) -> str:
    """The part of an xlsx that holds the sheet. KeyError where it cannot be found: it must be looked through."""
    targets = {each.get("Id"): each.get("Target") for each in _xml(archive, parts.named("xl/_rels/workbook.xml.rels"))}
    for sheet in _xml(archive, parts.named("xl/workbook.xml")).iterfind(".//{*}sheet"):
        if sheet.get("name") == name:
            link = next((value for key, value in sheet.items() if key.endswith("}id")), None)
            return parts.named(posixpath.join("/xl", (targets.get(link) or "").replace("\\", "/")))
    raise KeyError(f"no part for sheet {name!r}")


def _cells(content: IO[bytes]) -> Iterator[tuple[int, int, ElementTree.Element]]:
    """Row (from 1), column (from 0) and element of each cell of a sheet's part; both may be left out there."""
    row, column = 0, -1
    for event, element in ElementTree.iterparse(content, ("start", "end")):  # noqa: S314 (expat bounds expansion)
        tag = element.tag.rpartition("}")[2]
        if event == "start" and tag == "row":
            row, column = int(element.get("r") or row + 1), -1
        elif event == "end" and tag == "c":
            letters = (element.get("r") or "").rstrip("0123456789")
            column = _column(letters) if letters else column + 1
            yield row, column, element
        elif event == "end" and tag == "row":
            element.clear()


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _xml(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    with archive.open(part) as content:
        return ElementTree.parse(content).getroot()  # noqa: S314 (expat bounds expansion)


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())
