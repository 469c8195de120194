"""A small table that a spreadsheet in the United Kingdom has saved, as the plain table that it means."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from ingest.definition.dataset import Dataset, FieldRule
from ingest.readers.base import FETCH_AGAIN, FileRefused
from ingest.readers.text.text_file import no_table
from ingest.readers.told import BLANK_COLUMNS, BRITISH_DAYS, OTHER_DELIMITER, POUND_SIGNS, WINDOWS_1252

LARGEST = 16 << 20  # bytes: it is read whole
DELIMITERS = ",;\t"
BRITISH_DAY = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}")
POUNDS = re.compile(r"(-?)£ ?([0-9][0-9,]*(?:\.[0-9]+)?)")


def plain_table(path: Path, definition: Dataset, delimiter: str) -> tuple[bytes, list[str]]:
    """The table with the definition's delimiter in UTF-8, line for line; and what else than that it was, by name."""
    content = path.read_bytes()
    if len(content) > LARGEST:
        raise FileRefused(f"{len(content):,} bytes, more than any file that a person fills in", FETCH_AGAIN)
    text, told = _decoded(content)
    found = _delimiter(text, definition)
    told += [OTHER_DELIMITER] if found != delimiter else []
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=found, strict=True))
    except csv.Error as error:
        raise no_table(1, error) from error
    width = max((len(row) for row in rows if any(row)), default=0)
    used = max((len(_without_blank_end(row)) for row in rows), default=0)
    if rows and used < width:
        told.append(BLANK_COLUMNS)
        rows = [row[:used] for row in rows]
    for position, rule in _fields(rows[0] if rows else [], definition):
        told += _converted(rows[1:], position, rule)
    plain = io.StringIO()
    csv.writer(plain, delimiter=delimiter, lineterminator="\n").writerows(rows)
    whole = plain.getvalue()
    return (whole if text.endswith(("\n", "\r")) else whole.removesuffix("\n")).encode(), list(dict.fromkeys(told))


def _decoded(content: bytes) -> tuple[str, list[str]]:
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        # Windows-1252 knows no error but five bytes: a spreadsheet that saves no UTF-8 saves this.
        return content.decode("cp1252", "replace"), [WINDOWS_1252]


def _delimiter(text: str, definition: Dataset) -> str:
    """The one that makes a known header of the first line; the definition's where none does."""
    line = text.partition("\n")[0].strip("\r")
    for delimiter in DELIMITERS:
        names = _without_blank_end(next(csv.reader([line], delimiter=delimiter), []))
        if any(layout.has_columns(names) for layout in definition.layouts):
            return delimiter
    return ","


def _fields(header: list[str], definition: Dataset) -> list[tuple[int, FieldRule]]:
    layout = next((layout for layout in definition.layouts if layout.has_columns(header)), None)
    return [(header.index(name), definition.field(field)) for name, field in layout.columns.items()] if layout else []


def _converted(rows: list[list[str]], position: int, rule: FieldRule) -> list[str]:
    """Write the column's cells as the definition wants them; what was otherwise, by name."""
    name, convert = _ways().get(rule.type, ("", lambda _: None))
    told = []
    for row in rows:
        if position < len(row) and (plain := convert(row[position].strip())) is not None:
            row[position] = plain
            told = [name]
    return told


def plain_cell(rule: FieldRule, text: str) -> str:
    """The cell as the definition wants it, where its spelling means one thing."""
    _, convert = _ways().get(rule.type, ("", lambda _: None))
    return convert(text.strip()) or text


def _ways() -> dict[str, tuple[str, Callable[[str], str | None]]]:
    return {"date": (BRITISH_DAYS, _day), "decimal": (POUND_SIGNS, _pounds)}


def _day(text: str) -> str | None:
    try:
        return datetime.strptime(text, "%d/%m/%Y").date().isoformat() if BRITISH_DAY.fullmatch(text) else None
    except ValueError:
        return None


def _pounds(text: str) -> str | None:
    match = POUNDS.fullmatch(text)
    return match[1] + match[2] if match else None


def _without_blank_end(row: list[str]) -> list[str]:
    used = max((place for place, cell in enumerate(row, 1) if cell.strip()), default=0)
    return row[:used]
