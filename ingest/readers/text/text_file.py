"""Lines of a text file, with the place of anything that is wrong with the bytes."""

from __future__ import annotations

import codecs
import csv
import io
import os
from pathlib import Path
from typing import BinaryIO

from ingest.readers.base import FETCH_AGAIN, FileRefused

LINE_LIMIT = 1 << 20  # bytes; no table has such lines, and a file without line ends must not fill the memory
TAIL = 40  # bytes of a cut line that a message shows


def check_text(path: Path) -> None:
    """Refuse what is no text file at all: nothing in it, or a web page."""
    with path.open("rb") as file:
        start = file.read(1024).removeprefix(codecs.BOM_UTF8).lstrip()
        if not start and not file.read(1):
            raise FileRefused("the file is empty", FETCH_AGAIN)
        if start.lower().startswith((b"<!doctype html", b"<html")):
            raise FileRefused("line 1: a web page, not a table", FETCH_AGAIN)


class _LineFeeds(io.RawIOBase):
    """A file whose lines end with a carriage return, as old Macintoshes wrote them, with line feeds in their place."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self._file.read(len(buffer)).replace(b"\r", b"\n")
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()


def has_carriage_returns(path: Path) -> bool:
    """Whether the lines end with nothing else."""
    with path.open("rb") as file:
        start = file.read(LINE_LIMIT)
    return b"\r" in start and b"\n" not in start


def open_lines(path: Path) -> BinaryIO:
    """The file, its lines ended by line feeds, perhaps after a carriage return."""
    file = path.open("rb")
    return io.BufferedReader(_LineFeeds(file)) if has_carriage_returns(path) else file


def ends_open(path: Path) -> bool:
    """Whether the last line has no end: some programs write none, and one that was cut off has none, or half of one."""
    with path.open("rb") as file:
        first = file.readline(LINE_LIMIT)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        return size > 0 and has_no_end(file.read(1), first)


def has_no_end(line: bytes, first: bytes) -> bool:
    """Whether a line lacks the end that the file's first line has: half of it is none."""
    return not line.endswith(b"\n") and (first.endswith(b"\r\n") or not line.endswith(b"\r"))


def cut_off(line: int, last: str) -> FileRefused:
    """The refusal of a last line without an end that cannot be known to be whole."""
    return FileRefused(
        f"line {line}, which ends {last[-TAIL:]!r}: the file was cut off there, this line has no end", FETCH_AGAIN
    )


def decoded(line: bytes, codec: str, number: int, offset: int) -> str:
    """The line, which is at this byte of the file, as text. FileRefused names line and byte of what is not."""
    mark = len(codecs.BOM_UTF8) if number == 1 and line.startswith(codecs.BOM_UTF8) else 0
    try:
        return line[mark:].decode(codec)
    except UnicodeDecodeError as error:
        wrong = line[mark + error.start]
        raise FileRefused(
            f"line {number}, byte {offset + mark + error.start}: 0x{wrong:02x} is not {codec} ({error.reason})",
            'Save the file as UTF-8 (a spreadsheet\'s "CSV UTF-8"), or ask for it in UTF-8; no other is guessed.',
        ) from error


def too_long(number: int) -> FileRefused:
    """The refusal of a line that no table has."""
    return FileRefused(f"line {number} is longer than {LINE_LIMIT:,} bytes: not a table", FETCH_AGAIN)


def no_table(line: int, error: csv.Error) -> FileRefused:
    """The refusal of what the csv module cannot take for rows."""
    return FileRefused(f"line {line}: not a table of delimited values: {error}", FETCH_AGAIN)
