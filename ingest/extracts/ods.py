"""Writes plain OpenDocument sheets, the same bytes every time: no styles, no times, nothing compressed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from ingest.extracts.xlsx import Content, NewSheet, packed

KIND = "application/vnd.oasis.opendocument.spreadsheet"
WORDS = "urn:oasis:names:tc:opendocument:xmlns"
START = '<?xml version="1.0" encoding="UTF-8"?>\n'


def open_document(name: str, rows: Sequence[Sequence[Content]]) -> bytes:
    """The bytes of an ods file with one sheet: rows of cells from A1 on, None for a cell that is not there."""
    return open_workbook([NewSheet(name, rows)])


def open_workbook(sheets: Sequence[NewSheet]) -> bytes:
    """The bytes of an ods file with these sheets."""
    tables = "".join(map(_table, sheets))
    manifest = (
        f'<manifest:manifest xmlns:manifest="{WORDS}:manifest:1.0" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{KIND}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    content = (
        f'<office:document-content xmlns:office="{WORDS}:office:1.0" xmlns:table="{WORDS}:table:1.0" '
        f'xmlns:text="{WORDS}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
        f"{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    # The kind comes first, so that a file is known by its first bytes.
    parts = {"mimetype": KIND, "META-INF/manifest.xml": START + manifest, "content.xml": START + content}
    return packed({name: part.encode() for name, part in parts.items()})


def _table(sheet: NewSheet) -> str:
    rows = "".join(
        f"<table:table-row>{''.join(map(_cell, row)) or _cell(None)}</table:table-row>" for row in sheet.rows
    )
    return f"<table:table table:name={quoteattr(sheet.name)}>{rows}</table:table>"


def _cell(content: Content) -> str:
    if content is None:
        return "<table:table-cell/>"
    if isinstance(content, str):
        return f'<table:table-cell office:value-type="string"><text:p>{escape(content)}</text:p></table:table-cell>'
    if isinstance(content, date):
        day = f'office:value-type="date" office:date-value="{content}"'
        return f"<table:table-cell {day}><text:p>{content}</text:p></table:table-cell>"
    number = f'office:value-type="float" office:value="{content}"'
    return f"<table:table-cell {number}><text:p>{content}</text:p></table:table-cell>"
