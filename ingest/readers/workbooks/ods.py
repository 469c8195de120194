"""What the library for workbooks does not tell of an ods: cells without a value, how far it reaches, line breaks."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.etree import ElementTree

CONTENT = "content.xml"
ERROR = re.compile(r"#(DIV/0!|REF!|N/A|VALUE!|NAME\?|NUM!|NULL!)|Err:[0-9]+")
# White space that is an element: the library leaves it out, and two words become one.
SPACE_ELEMENTS = re.compile(
    rb"<(?:[\w.-]+:)?(?:line-break|tab)(?=[\s/>])[^<>]*/>"
    rb"|<((?:[\w.-]+:)?(?:line-break|tab))(?=[\s>])[^<>]*></\1\s*>"
)


@dataclass
class OdsSheet:
    """How far its filled cells reach, and by row and column what is wrong where a value is missing."""

    last_row: int = 0
    last_column: int = 0
    broken: dict[tuple[int, int], str] = field(default_factory=dict)


def look_through(content: IO[bytes]) -> dict[str, OdsSheet]:
    """Each sheet by its name; nothing is laid out, however often a row says that it is repeated."""
    sheets: dict[str, OdsSheet] = {}
    sheet, row, column = OdsSheet(), 0, 0
    for event, element in ElementTree.iterparse(content, ("start", "end")):  # noqa: S314 (expat bounds expansion)
        tag = element.tag.rpartition("}")[2]
        if event == "start":
            if tag == "table":
                sheet, row = sheets.setdefault(_attribute(element, "name") or "", OdsSheet()), 0
            elif tag == "table-row":
                row, column = row + 1, -1
        elif tag in ("table-cell", "covered-table-cell"):
            repeated = int(_attribute(element, "number-columns-repeated") or 1)
            if element.attrib.keys() - _placing(element) or len(element):
                sheet.last_row, sheet.last_column = row, max(sheet.last_column, column + repeated)
                if wrong := _fault(element):
                    sheet.broken[row, column + 1] = wrong
            column += repeated
        elif tag == "table-row":
            repeated = int(_attribute(element, "number-rows-repeated") or 1)
            sheet.last_row += repeated - 1 if sheet.last_row == row else 0
            row += repeated - 1
            element.clear()
    return sheets


def with_white_space(archive: zipfile.ZipFile) -> io.BytesIO | None:
    """The file with a space where a cell has a line break or a tab; None where none has."""
    content, count = SPACE_ELEMENTS.subn(b" ", archive.read(CONTENT))
    if not count:
        return None
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for part in archive.infolist():
            packed.writestr(part, content if part.filename == CONTENT else archive.read(part))
    file.seek(0)
    return file


def _fault(cell: ElementTree.Element) -> str | None:
    kind, text = _attribute(cell, "value-type"), " ".join(_texts(cell)).strip()
    is_formula = _attribute(cell, "formula") is not None
    # One attribute says the kind to every program, another of the same name to one of them: it may add `error`.
    if "error" in [value for key, value in cell.items() if key.endswith("}value-type")]:
        return f"the error {text}"
    if is_formula and ERROR.fullmatch(text):
        return f"the error {text}"
    if is_formula and kind is None:
        return "a formula that was never worked out"
    if kind in ("float", "percentage", "currency") and not _attribute(cell, "value"):
        return "a number without a value"
    return None


def _texts(cell: ElementTree.Element) -> Iterator[str]:
    return (text for part in cell if part.tag.endswith("}p") for text in part.itertext())


def _attribute(element: ElementTree.Element, name: str) -> str | None:
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), None)


def _placing(element: ElementTree.Element) -> set[str]:
    """Attributes that a cell without content may have: how it looks and how often it stands there."""
    return {key for key in element.attrib if key.rpartition("}")[2] in ("style-name", "number-columns-repeated")}
