"""Writes plain workbooks, the same bytes every time: no styles, no times, nothing compressed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from ingest.readers.workbooks.file import address

Content = str | int | float | Decimal | date | None

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
START = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SAME_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold


@dataclass(frozen=True)
class NewSheet:
    """A sheet to write: rows of cells from A1 on, None for a cell that is not there."""

    name: str
    rows: Sequence[Sequence[Content]]
    is_hidden: bool = False


def workbook(sheets: Sequence[NewSheet]) -> bytes:
    """The bytes of an xlsx file with these sheets."""
    numbered = list(enumerate(sheets, 1))
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{KIND}.worksheet+xml"/>'
        for number, _ in numbered
    )
    listed = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{number}" '
        f'state="{"hidden" if sheet.is_hidden else "visible"}" r:id="rId{number}"/>'
        for number, sheet in numbered
    )
    links = "".join(_link(number, "worksheet", f"worksheets/sheet{number}.xml") for number, _ in numbered)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>{overrides}</Types>',
        "_rels/.rels": _links(_link(1, "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _links(links),
    }
    parts |= {f"xl/worksheets/sheet{number}.xml": _sheet(sheet) for number, sheet in numbered}
    return packed({name: (START + part).encode() for name, part in parts.items()})


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip of these parts, in this order, stored as they are: another zlib would compress to other bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name, SAME_TIME), part)
    return file.getvalue()


def _sheet(sheet: NewSheet) -> str:
    rows = "".join(
        f'<row r="{number}">{"".join(_cell(address(number, column), cell) for column, cell in enumerate(row))}</row>'
        for number, row in enumerate(sheet.rows, 1)
        if any(cell is not None for cell in row)
    )
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def _cell(place: str, content: Content) -> str:
    if content is None:
        return ""
    if isinstance(content, str):
        spaces = "" if content == content.strip() else ' xml:space="preserve"'
        return f'<c r="{place}" t="inlineStr"><is><t{spaces}>{escape(content)}</t></is></c>'
    return f'<c r="{place}"><v>{content}</v></c>'


def _link(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{LINKS}/{kind}" Target="{target}"/>'


def _links(links: str) -> str:
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'
