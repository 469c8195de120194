"""The members of a JSON file's object, one at a time: memory holds one value, whatever the size of the file.

The values are parsed by the standard library, with hooks: it keeps half characters and long numbers as they are
written, where faster streaming parsers replace or refuse them, and it can be told what else no data has.
"""

from __future__ import annotations

import codecs
import json
import os
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn

from ingest.definition.json_paths import Number
from ingest.readers.base import FETCH_AGAIN, FileRefused
from ingest.readers.cells import shown

BLOCK = 1 << 18  # bytes read at once, and twice as many each time a value goes on
LONGEST = 8 << 20  # characters of one record, or of all that stands beside the records
ENDS = 20  # characters before the end of what was read so far in which a cut token looks like a fault
SHOWN = 20  # bytes of a wrong beginning that a message shows
SPACE = re.compile(r"[ \t\r\n]*")


class Member(NamedTuple):
    """A key of the file's object and its value, or, with `item`, that item of the list there."""

    key: str
    item: int | None
    value: Any


class _Forbidden(Exception):
    """What the parser would take, and no data has."""


def members(path: Path, streamed: frozenset[str]) -> Iterator[Member]:
    """What the file's object holds, in file order; lists at the keys that are `streamed` item by item.

    FileRefused names line and record of what is wrong, for the file as a whole: a parser has no way on from there.
    """
    with path.open("rb") as file:
        _check_ends(file)
        text = _Text(file)
        text.passed("{")
        seen: set[str] = set()
        beside = 0
        mark = "," if text.next_character() != "}" else text.passed("}")
        while mark == ",":
            key = text.key()
            beside += text.length
            if key in seen:
                text.refuse(f"the key {shown(key)} stands twice")
            seen.add(key)
            text.passed(":")
            if key in streamed and text.next_character() == "[":
                yield from _list_items(text, key)
            else:
                yield Member(key, None, text.value())
                beside += text.length
            if beside > LONGEST:
                text.refuse(f"more than {LONGEST:,} characters beside the records")
            mark = text.passed(",}")
        if text.next_character():
            text.refuse("something follows after the end of the JSON")


def _list_items(text: _Text, key: str) -> Iterator[Member]:
    text.passed("[")
    if text.next_character() == "]":
        yield Member(key, None, [])
        text.passed("]")
        return
    for index in count():
        text.where = f", {key}[{index}]"
        yield Member(key, index, text.value())
        if text.passed(",]") == "]":
            break
    text.where = ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The parser itself would keep the last of two equal keys without a word."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise _Forbidden(f"the key {shown(repeated)} stands twice in one object")
    return found


def _no_number(text: str) -> NoReturn:
    raise _Forbidden(f"{text} is no number of JSON")


DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Number, parse_int=Number, parse_constant=_no_number, strict=True
)


class _Text:
    """The file's text from a place on: as much of it as the value at hand needs, and a block more.

    `length` is how many characters the last value took, `where` which record it belongs to, for messages.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.length, self.where = 0, ""
        self._file, self._decoder = file, codecs.getincrementaldecoder("utf-8")()
        self._text, self._at, self._line, self._offset, self._is_all = "", 0, 1, file.tell(), False

    def next_character(self) -> str:
        """The next one that is no white space, left where it is; empty at the end of the file."""
        while True:
            space = SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._is_all:
                return ""
            self._read_on()

    def passed(self, marks: str) -> str:
        """The next character, which must be one of these, and on behind it."""
        found = self.next_character()
        if not found or found not in marks:
            self.refuse(f"{shown(found)} where {' or '.join(marks)} was expected")
        self._at += 1
        return found

    def key(self) -> str:
        """A key of an object."""
        if self.next_character() != '"':
            self.refuse(f"{shown(self.next_character())} where a key in quotes was expected")
        return str(self.value())

    def value(self) -> Any:
        """The next value whole, numbers as they are written."""
        self.next_character()
        while (found := self._parsed()) is None:
            self._check_length(len(self._text))
            self._read_on()
        value, end = found
        self._check_length(end)
        self.length, self._at = end - self._at, end
        return value

    def _parsed(self) -> tuple[Any, int] | None:
        """The value that begins here and where it ends; None where it may go on in the next block."""
        try:
            value, end = DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            is_open = error.msg.startswith("Unterminated") or error.pos > len(self._text) - ENDS
            if self._is_all or not is_open:
                self.refuse(f"no JSON: {error.msg}", error.pos)
            return None
        except RecursionError:
            self.refuse("lists and objects lie too deep in one another")
        except _Forbidden as fault:
            self.refuse(str(fault))
        is_whole = end < len(self._text) or self._is_all  # a number may go on
        return (value, end) if is_whole else None

    def _check_length(self, end: int) -> None:
        if end - self._at > LONGEST:
            self.refuse(f"a value is longer than {LONGEST:,} characters: not a record")

    def refuse(self, what: str, at: int | None = None) -> NoReturn:
        """FileRefused for what is wrong here, or at that place of the text."""
        line = self._line + self._text.count("\n", 0, self._at if at is None else at)
        raise FileRefused(f"line {line}{self.where}: {what}", FETCH_AGAIN)

    def _read_on(self) -> None:
        rest = self._text[self._at :]
        block = self._file.read(max(BLOCK, len(rest)))
        try:
            more = self._decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            byte = self._offset - (len(error.object) - len(block)) + error.start
            wrong = error.object[error.start]
            self.refuse(f"byte {byte}: 0x{wrong:02x} is not utf-8 ({error.reason})", len(self._text))
        self._line += self._text.count("\n", 0, self._at)
        self._offset += len(block)
        self._text, self._at, self._is_all = rest + more, 0, not block


def _check_ends(file: BinaryIO) -> None:
    """Refuse at once what does not begin, or does not end, as a JSON object does."""
    start = file.read(1024)
    mark = len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0  # a reader may ignore it (RFC 8259)
    start = start[mark:]
    if not start.strip():
        raise FileRefused("the file is empty", FETCH_AGAIN)
    if start.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise FileRefused("line 1: a web page, not JSON", FETCH_AGAIN)
    if not start.lstrip().startswith(b"{"):
        begin = start.lstrip()[:SHOWN].decode("utf-8", "backslashreplace")
        raise FileRefused(f"line 1: begins {shown(begin)}, not with the object that a document is", FETCH_AGAIN)
    file.seek(max(0, file.seek(0, os.SEEK_END) - len(start)))
    if not file.read().rstrip().endswith(b"}"):
        raise FileRefused("the file was cut off, or something follows: it does not end with its object", FETCH_AGAIN)
    file.seek(mark)
