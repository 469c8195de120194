"""What a draft is made from: the rows of an unknown file, however delimited or encoded, and where its header is."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from core.errors import WarehouseError
from ingest.readers.base import FileRefused
from ingest.readers.text.text_file import check_text
from ingest.readers.text.text_table import TextTable
from ingest.readers.workbooks.cells import as_text
from ingest.readers.workbooks.file import WorkbookFile

SAMPLE = 10_000  # rows that the types of a new dataset are told by
LOOKED_AT = 200  # rows by which delimiter and header are told
DELIMITERS = ",;\t|$"
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how xlsx and ods begin, and xls
ENCODINGS = ("utf-8-sig", "cp1252")  # Windows-1252 takes nearly any bytes, so it is asked last
NUMBER = re.compile(r"[-+£$€(]?[0-9][0-9,.]*[%)]?")
# Columns about persons, by what they are called and by what is in them.
PERSONAL_NAME = re.compile(
    r"\b(fore|first|given|christian|middle|last|sur|full|maiden|family) ?names?\b"
    r"|\b(e ?mail|tele(phone)?|phone|mobile|fax|contact ?(point|person|name|detail))"
    r"|\bbirth|\bdob\b|\bnational insurance\b|\bnino\b|\bpassport\b|\bnhs (no|number)\b|\bsignature\b"
    r"|\b(officer|employee|person|victim|suspect|claimant|resident|patient|applicant|councillor|tenant) "
    r"(name|id|number)\b"
    r"|\b(warrant|collar|payroll) (number|no)\b|^(salutation|initials)$"
)
PERSONAL_TEXT = re.compile(
    r"[^@\s]+@[^@\s]+\.[a-z]{2,}|(\+44|0)[0-9]{2,4} ?[0-9]{3,4} ?[0-9]{3,4}|[A-CEGHJ-PR-TW-Z]{2} ?([0-9]{2} ?){3}[A-D]"
    r"|(Mr|Mrs|Miss|Ms|Dr)\.? [A-Z].*"
)


@dataclass(frozen=True)
class Sample:
    """A header and the rows beneath it; `above` are the lines before it. `sheet` is where a workbook has it."""

    header: list[str]
    records: list[list[str]]
    above: list[str]
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    sheet: str | None = None

    @property
    def personal(self) -> list[str]:
        """Columns about persons: no draft offers them."""
        return [
            name
            for at, name in enumerate(self.header)
            if is_personal(name, [row[at] for row in self.records[:LOOKED_AT] if at < len(row)])
        ]


def sample_of(path: Path) -> Sample:
    """The file's table. WarehouseError where none is found."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
        return _of_workbook(path) if start in WORKBOOKS else _of_text(path)
    except (FileRefused, OSError, csv.Error) as error:
        reason = error.reason if isinstance(error, FileRefused) else str(error)
        raise WarehouseError(
            f"{path.name}, {reason}.",
            remedy="A draft can be made of delimited text, of a workbook and of a JSON document.",
        ) from error


def is_personal(name: str, texts: list[str]) -> bool:
    """Whether a column of this name with such texts is about persons."""
    filled = [text.strip() for text in texts if text.strip()]
    plain = re.sub(r"[^a-z]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()).strip()
    says_so = PERSONAL_NAME.search(plain) is not None
    return says_so or sum(PERSONAL_TEXT.fullmatch(text) is not None for text in filled) > len(filled) / 2


def _of_text(path: Path) -> Sample:
    check_text(path)
    encoding, lines = _decoded(path)
    delimiter = max(DELIMITERS, key=lambda mark: _agreement(_rows(lines[:LOOKED_AT], mark)))
    return _sample(path, _rows(lines, delimiter), delimiter=delimiter, encoding=encoding)


def _decoded(path: Path) -> tuple[str, list[str]]:
    for encoding in ENCODINGS:
        try:
            return encoding, list(islice(TextTable(path, encoding, ","), SAMPLE))
        except FileRefused as refusal:
            first = refusal
            with path.open("rb") as file:
                if b"\0" in file.read(1 << 16):  # UTF-16, or no text
                    raise
    raise first


def _rows(lines: list[str], delimiter: str) -> list[list[str]]:
    return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]


def _agreement(rows: list[list[str]]) -> tuple[int, int]:
    """How many rows have the commonest number of cells, of those with several; and how many cells."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    width, count = max(widths.items(), key=lambda found: found[1], default=(0, 0))
    return count, width


def _of_workbook(path: Path) -> Sample:
    book = WorkbookFile(path)
    sheets = {name: [[as_text(cell) for cell in row] for row in book.sheet(name).rows[:SAMPLE]] for name in book.names}
    name = max(sheets, key=lambda each: sum(map(len, map(_filled, sheets[each]))), default=None)
    if name is None:
        raise FileRefused("the workbook has no sheet", "")
    return _sample(path, sheets[name], sheet=name)


def _sample(path: Path, rows: list[list[str]], delimiter: str = ",", **found: str) -> Sample:
    start = _header_at(rows)
    if start is None:
        raise WarehouseError(f"{path.name}: no header of several columns.", remedy="Check what the file is.")
    used = max(at for at, cell in enumerate(rows[start], 1) if cell)
    above = [delimiter.join(filter(None, row)) for row in rows[:start] if any(row)]
    records = [row[:used] for row in rows[start + 1 :] if any(row)]
    return Sample(rows[start][:used], records, above, delimiter, **found)


def _header_at(rows: list[list[str]]) -> int | None:
    """The first row as wide as most are that is all words: titles above it are narrower."""
    widths = Counter(len(_filled(row)) for row in rows[:LOOKED_AT] if len(_filled(row)) > 1)
    usual = max(widths, key=lambda width: (widths[width] * width, width), default=0)
    for at, row in enumerate(rows):
        names = _filled(row)
        if len(names) > 1 and len(names) >= usual * 0.8 and len(set(names)) > len(names) / 2:
            return at if sum(NUMBER.fullmatch(name) is None for name in names) >= 1 else None
    return None


def _filled(row: list[str]) -> list[str]:
    return [cell for cell in row if cell]
