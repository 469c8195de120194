"""Inputs that are wrong in every way that publishers and networks have: made here, named by what is wrong."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from tax_workbooks import SURREY, book, changed

from ingest.extracts.xlsx import NewSheet, packed, workbook
from ingest.readers.text.text_file import LINE_LIMIT

Case = tuple[str, bytes]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) + b"\n"
GZIP = zlib.compress(b"x" * 1000, wbits=31)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\n"


def no_tables(good: bytes) -> Iterator[Case]:
    """What is no text table at all, or no longer one."""
    yield "empty", b""
    yield "only a byte order mark", b"\xef\xbb\xbf"
    yield "one line end", b"\n"
    yield "line ends only", b"\n\r\n\n"
    yield "spaces only", b"   \n  \n"
    yield "NUL bytes only", b"\0" * 4096
    yield "NUL bytes and a line end", b"\0" * 4096 + b"\n"
    yield "web page", b"<!DOCTYPE html>\n<html><body>Sorry</body></html>\n"
    yield "web page after a mark and space", b"\xef\xbb\xbf\n  <HTML>\n<body>\n"
    yield "an error in words", b"upstream connect error or disconnect/reset before headers\n"
    yield "JSON", b'{"error": "too many requests", "data": []}\n'
    yield "XML", b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>\n'
    yield "a Git LFS pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n"
    yield "PNG", PNG
    yield "gzip", GZIP + b"\n"
    yield "PDF", PDF
    yield "a zip of the table", packed({"a.csv": good}) + b"\n"
    yield "UTF-16, little endian", good.decode().encode("utf-16")
    yield "UTF-16, big endian", good.decode().encode("utf-16-be")
    yield "UTF-32", good.decode().encode("utf-32")
    yield "cut off in a row", good[:-9]
    yield "cut off in the last cell", good.rstrip(b"\r\n,")
    yield "cut off in the header", good[:12]
    yield "a line without end", b"x," * LINE_LIMIT
    yield "a row longer than any", good + b"x" * (LINE_LIMIT + 1) + b"\n"
    yield "a million columns", b",".join(b"c%d" % number for number in range(200_000)) + b"\n" + good
    yield "ninety thousand columns", b",".join(b"c%d" % number for number in range(90_000)) + b"\n" + good
    yield "a cell larger than the csv module takes", good + b'"' + b"x" * 200_000 + b'",1,2,3,4\n'
    yield "header only", good.partition(b"\n")[0] + b"\n"
    yield "header and blank lines", good.partition(b"\n")[0] + b"\n\n\n"


def wrong_headers(header: str, rows: str) -> Iterator[Case]:
    """Headers that nobody knows. Each must refuse the file whole: no record under an unknown name."""
    first, second, *others = header.split(",")
    rest = ",".join(others)
    yield "no header", rows.encode()
    yield "a column is missing", f"{second},{rest}\n{rows}".encode()
    yield "a column is new", f"{header},Surprise\n{rows}".encode()
    yield "a column is renamed", f"{first} name,{second},{rest}\n{rows}".encode()
    yield "a column in other case", f"{first.upper()},{second},{rest}\n{rows}".encode()
    yield "a column with a space", f"{first} ,{second},{rest}\n{rows}".encode()
    yield "a column twice", f"{first},{first},{second},{rest}\n{rows}".encode()
    yield "a column twice for another", f"{first},{first},{rest}\n{rows}".encode()
    yield "a column without a name", f",{second},{rest}\n{rows}".encode()
    yield "semicolons", f"{header}\n{rows}".replace(",", ";").encode()
    yield "tabs", f"{header}\n{rows}".replace(",", "\t").encode()
    yield "all of it quoted as one cell", f'"{header}"\n"{rows.strip()}"\n'.encode()
    yield "a title above", f"Published on Monday\n{header}\n{rows}".encode()
    yield "a mark in the middle", f"{first},\ufeff{second},{rest}\n{rows}".encode()
    yield "a look-alike letter", f"{first.replace('o', 'о').replace('i', 'і')},{second},{rest}\n{rows}".encode()


def wrong_rows(good: bytes, row: list[str], number_at: int, text_at: int) -> Iterator[Case]:
    """A good table and one more row, with something wrong in its number or in a text that it needs."""

    def line(cells: list[str]) -> bytes:
        return ",".join(cells).encode() + b"\n"

    def with_cell(place: int, cell: str) -> bytes:
        return good + line([*row[:place], cell, *row[place + 1 :]])

    yield "a row too short", good + line(row[:-1])
    yield "a row too long", good + line([*row, "1"])
    yield "half a row", good + line(row[:2])
    yield "a quote never closed", with_cell(text_at, '"never closed')
    yield "text after a quote", with_cell(text_at, '"a"b')
    yield "a lone carriage return", with_cell(text_at, "a\rb")
    yield "a NUL byte in a text", with_cell(text_at, "a\0b")
    yield "Windows-1252", good + line(row).replace(row[text_at].encode(), b"Caf\xe9")
    yield "half a character", good + line(row).replace(row[text_at].encode(), b"Caf\xc3")
    yield "a character written too long", good + line(row).replace(row[text_at].encode(), b"\xc0\xafx")
    yield "half of a pair", good + line(row).replace(row[text_at].encode(), b"\xed\xa0\x80x")
    yield "a needed text is blank", with_cell(text_at, "")
    yield "a needed text of spaces", with_cell(text_at, " \u00a0\u2003")
    numbers = [
        "n/a",
        "..",
        "-",
        "#REF!",
        "=1+1",
        "1e3",
        "NaN",
        "Infinity",
        "1_000",
        "0x10",
        "１２",
        "٣",
        "1.5.2",
    ]
    numbers += ["99999999999999999999", "1;000", "£5", "(3)", "12-", "TRUE", "'12"]
    for text in numbers:
        yield f"a number written {text!a}", with_cell(number_at, text)
    for text in ('"1,00"', '"1,0000"', '"0,100"', '",100"', "+", "+-1", "--1", ".", "-."):
        yield f"a number written {text}", with_cell(number_at, text)


def no_workbooks() -> Iterator[Case]:
    """What is no workbook, a broken one, or one that is built to hurt."""
    good = book(SURREY)
    yield "empty", b""
    yield "web page", b"<!doctype html><html></html>"
    yield "CSV", b"Ecode,Authority\nE7036,Surrey\n"
    yield "PNG", PNG
    yield "the old binary kind", b"\xd0\xcf\x11\xe0" + bytes(600)
    yield "an empty zip", packed({})
    yield "a zip of something else", packed({"a.csv": b"a,b\n"})
    yield "cut off in the middle", good[: len(good) // 2]
    yield "cut off at the end", good[:-30]
    for place in (40, len(good) // 3, len(good) // 2):
        yield f"a byte wrong at {place}", good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :]
    parts = _parts(good)
    for missing in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet2.xml"):
        yield f"without {missing}", packed({name: part for name, part in parts.items() if name != missing})
    sheet = "xl/worksheets/sheet2.xml"
    yield "a sheet that is no XML", packed(parts | {sheet: b"<worksheet><sheetData><row>"})
    yield "a workbook that is no XML", packed(parts | {"xl/workbook.xml": b"\0\1\2"})
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + level, b"&%c;" % (97 + level) * 10) for level in range(9)
    )
    yield "a billion laughs", packed(parts | {sheet: laughs + b"]><worksheet><sheetData>&j;</sheetData></worksheet>"})
    outside = (
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><worksheet><sheetData>&f;</sheetData></worksheet>'
    )
    yield "an entity that is a file", packed(parts | {sheet: outside})
    yield "a bomb", _deflated(parts | {sheet: b"<worksheet>" + b" " * (300 << 20) + b"</worksheet>"})
    yield "a size that lies", _with_wrong_size(_deflated(parts))
    yield "a cell at the far corner", packed(parts | {sheet: _one_cell("XFD1048576")})
    yield "a cell beyond any sheet", packed(parts | {sheet: _one_cell("ZZZZZ99999999")})
    yield "a row number that is none", packed(parts | {sheet: parts[sheet].replace(b'<row r="4"', b'<row r="x"')})
    yield (
        "a path out of the archive",
        packed({"../../outside.xml": b"x", **{k: v for k, v in parts.items() if k != sheet}}),
    )


def wrong_workbooks() -> Iterator[Case]:
    """Workbooks with the wrong thing in them."""
    ghosts = [NewSheet(f"Data {number}", [["x"]], is_hidden=True) for number in range(100)]
    yield "a hundred ghost sheets and no table", workbook(ghosts)
    yield "no sheet of that name", workbook([NewSheet("Other", [SURREY])])
    yield "no header", workbook([NewSheet("Billing Authorities", [["2015-16 "]]), NewSheet("Data", [SURREY])])
    yield "no year", workbook([NewSheet("Data", [SURREY])])
    yield "no records", book()
    yield "the same authority twice", book(SURREY, SURREY)
    for content in ("n/a", "#REF!", "1,000", "12 ", "1e3"):
        yield f"a number written {content!r}", book(changed(5, content))
    yield "a needed text is blank", book(changed(1, None))


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _deflated(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def _with_wrong_size(content: bytes) -> bytes:
    """The directory says that the first part unpacks to a byte: what is read must not be trusted to be so small."""
    start = content.index(b"PK\x01\x02")
    return content[: start + 24] + struct.pack("<I", 1) + content[start + 28 :]


def _one_cell(place: str) -> bytes:
    digits = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    cell = f'<row r="{digits}"><c r="{place}"><v>1</v></c></row>'
    return (
        f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cell}'.encode()
        + (b"</sheetData></worksheet>")
    )
