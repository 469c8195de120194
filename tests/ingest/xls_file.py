"""A workbook of the old binary kind (xls), as small as one can be: texts, numbers and errors."""

from __future__ import annotations

import struct
from dataclasses import dataclass

SECTOR, SMALLEST = 512, 4096  # a stream below that would lie elsewhere
END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


@dataclass(frozen=True)
class Error:
    """An error cell; 0x17 is #REF!, 0x07 #DIV/0!."""

    code: int = 0x17


def xls(sheets: dict[str, list[list[str | float | Error | None]]]) -> bytes:
    """The workbook as bytes: a compound file with the one stream `Workbook` (BIFF8)."""
    version = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)
    names = [struct.pack("<BB", len(name), 0) + name.encode("ascii") for name in sheets]
    pages = [
        _record(0x0809, version[:2] + struct.pack("<H", 0x0010) + version[4:])
        + b"".join(_cell(at, to, value) for at, row in enumerate(rows) for to, value in enumerate(row))
        + _record(0x000A)
        for rows in sheets.values()
    ]
    book = _record(0x0809, version) + _record(0x0042, struct.pack("<H", 1200))
    place = len(book) + sum(4 + 6 + len(name) for name in names) + 4
    for name, page in zip(names, pages, strict=True):
        book += _record(0x0085, struct.pack("<IBB", place, 0, 0) + name)
        place += len(page)
    return _compound(book + _record(0x000A) + b"".join(pages))


def _cell(row: int, column: int, value: str | float | Error | None) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if value is None:
        return b""
    if isinstance(value, Error):
        return _record(0x0205, place + struct.pack("<BB", value.code, 1))
    if isinstance(value, str):
        return _record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
    return _record(0x0203, place + struct.pack("<d", value))


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _compound(stream: bytes) -> bytes:
    size = max(len(stream), SMALLEST)
    sectors = -(-size // SECTOR)
    chain = [TABLE, END, *range(3, 2 + sectors), END]
    table = struct.pack(f"<{SECTOR // 4}I", *chain, *[FREE] * (SECTOR // 4 - len(chain)))
    entries = [_entry("Root Entry", 5, 1, END, 0), _entry("Workbook", 2, FREE, 2, size)]
    folder = b"".join([*entries, b"\0" * 128, b"\0" * 128])
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
        + struct.pack("<IIIIIIIII", 0, 1, 1, 0, SMALLEST, END, 0, END, 0)
        + struct.pack("<109I", 0, *[FREE] * 108)
    )  # fmt: skip
    return header + table + folder + stream.ljust(sectors * SECTOR, b"\0")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    spelt = name.encode("utf-16-le")
    return (
        spelt.ljust(64, b"\0") + struct.pack("<HBB", len(spelt) + 2, kind, 1)
        + struct.pack("<III", FREE, FREE, child) + b"\0" * 36 + struct.pack("<IQ", start, size)
    )  # fmt: skip
