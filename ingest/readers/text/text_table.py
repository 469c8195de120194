"""A delimited file in blocks of rows: as Arrow columns of texts, each row with the line that it starts on."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from ingest.readers.text.text_file import LINE_LIMIT, decoded, has_no_end, no_table, open_lines, too_long

BLOCK = 1 << 19  # bytes read at once; memory holds a few of them, whatever the file's size
LONGEST_CELL = 1 << 16  # bytes from where on a line goes to the csv module, which knows a largest cell
Table = list[tuple[int, list[str]]]  # each row with its line


@dataclass
class Block:
    """Rows as wide as the header in columns of texts, an empty cell null; `lines` is where each starts.

    `others` are the rows that are not as wide. `is_odd`: some text may hold a NUL. `is_open`: its row has no line end.
    """

    columns: list[pa.Array]
    lines: np.ndarray
    others: Table
    is_odd: bool = False
    is_open: bool = False


class TextTable:
    """An open file, read from its first line to its last by whoever asks next: for a row, or for a block of them.

    `line` is the number of the next line. Its own iterator gives decoded lines to the csv module.
    """

    def __init__(self, path: Path, encoding: str, delimiter: str) -> None:
        self.line = 1
        self._codec, self._delimiter = encoding.removesuffix("-sig"), delimiter
        self._file = open_lines(path)
        self._block, self._at, self._offset = b"", 0, 0
        self._tail = b""  # the last line, where it has no end
        self.last_line = ""  # of those that were taken one by one
        self._is_open = False  # whether the line that was taken last is that one
        self._first = b""  # the first line, which shows how lines end
        self._rows = csv.reader(self, delimiter=delimiter, strict=True)
        mark = re.escape(delimiter.encode())
        # Quotes that say the same to everybody: around whole cells.
        self._quoted = re.compile(rb'(?:[^"]*+(?<![^%b\n\r])"(?:[^"]++|"")*+"(?=[%b\r\n]))*+[^"]*+' % (mark, mark))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def next_row(self) -> tuple[int, list[str]] | None:
        """The next row with the line it starts on, for a quoted cell may hold line ends; None at the end."""
        start = self.line
        try:
            row = next(self._rows, None)
        except csv.Error as error:
            raise no_table(start, error) from error
        return None if row is None else (start, row)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row from here on."""
        while row := self.next_row():
            yield row

    def blocks(self, width: int) -> Iterator[Block]:
        """Every row from here on, those with so many cells in columns."""
        while self._at < len(self._block) or self._read_block():
            yield self._parsed(width) or self._row_by_row(width)

    def _parsed(self, width: int) -> Block | None:
        """The rest of the block by Arrow; None where somebody else could read it otherwise than the csv module."""
        text = self._block[self._at :]
        has_quotes = b'"' in text
        if (
            not text.endswith(b"\n")
            or b"\0" in text
            or (b"\r" in text and text.count(b"\r") != text.count(b"\r\n"))
            or any(b"\n" not in text[at : at + LONGEST_CELL] for at in range(0, len(text) - 1, LONGEST_CELL))
            or (has_quotes and not self._quoted.fullmatch(text))
            or text.startswith(codecs.BOM_UTF8)  # Arrow would take it for a mark of its own
        ):
            return None
        plain = _in_utf8(text, self._codec)
        if plain is None:
            return None
        ragged: list[arrow_csv.InvalidRow] = []

        def set_aside(row: arrow_csv.InvalidRow) -> str:
            ragged.append(row)
            return "skip"

        names = [str(number) for number in range(width)]
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(plain),
                arrow_csv.ReadOptions(use_threads=False, block_size=len(plain) + 1, column_names=names),
                arrow_csv.ParseOptions(
                    delimiter=self._delimiter,
                    newlines_in_values=has_quotes,
                    ignore_empty_lines=False,
                    invalid_row_handler=set_aside,
                ),
                arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    null_values=[""],
                    strings_can_be_null=True,
                    check_utf8=False,
                ),
            )
        except pa.ArrowInvalid:
            return None
        columns = [_whole(column) for column in table.columns]
        line_ends = text.count(b"\n")
        lines, ragged_lines = self._lines(columns, len(table), ragged, line_ends)
        others = [
            (line, next(csv.reader([row.text], delimiter=self._delimiter, strict=True), []))
            for line, row in zip(ragged_lines, ragged, strict=True)
        ]
        self._at = len(self._block)
        self.line += line_ends
        return Block(columns, lines, others)

    def _lines(
        self, columns: list[pa.Array], count: int, ragged: list[arrow_csv.InvalidRow], line_ends: int
    ) -> tuple[np.ndarray, list[int]]:
        """The line that each row starts on, and each ragged one."""
        is_ragged = np.zeros(count + len(ragged), dtype=bool)
        is_ragged[np.array([row.number - 1 for row in ragged], dtype=np.int64)] = True
        heights = np.ones(count + len(ragged), dtype=np.int64)
        if line_ends != len(heights):  # a quoted cell holds some
            within = sum(pc.fill_null(pc.count_substring(column, "\n"), 0).to_numpy() for column in columns)
            heights[~is_ragged] += within
            heights[is_ragged] += np.array([row.text.count("\n") for row in ragged], dtype=np.int64)
        starts = self.line + np.cumsum(heights) - heights
        return starts[~is_ragged], starts[is_ragged].tolist()

    def _row_by_row(self, width: int) -> Block:
        """The rest of the block by the csv module, which says what is no table, and where."""
        good: Table = []
        others: Table = []
        end, is_open = self._offset + len(self._block), False
        while self._offset + self._at < end and (found := self.next_row()):
            (good if len(found[1]) == width else others).append(found)
            is_open = self._is_open
        columns = [pa.array([row[place] or None for _, row in good], pa.string()) for place in range(width)]
        lines = np.array([line for line, _ in good], dtype=np.int64)
        return Block(columns, lines, others, is_odd=True, is_open=is_open)

    def __iter__(self) -> TextTable:
        return self

    def __next__(self) -> str:
        if self._at == len(self._block) and not self._read_block():
            raise StopIteration
        end = (self._block.find(b"\n", self._at) + 1) or len(self._block)
        line = self._block[self._at : end]
        self._first = self._first or line
        self._is_open = has_no_end(line, self._first)
        if len(line) > LINE_LIMIT:
            raise too_long(self.line)
        text = decoded(line, self._codec, self.line, self._offset + self._at)
        self._at, self.last_line = end, text
        self.line += 1
        return text

    def _read_block(self) -> bool:
        """The next block of whole lines. FileRefused where a line is longer than any table's."""
        self._offset += len(self._block)
        self._block, self._tail = self._tail or self._file.read(BLOCK), b""
        if self._block and not self._block.endswith(b"\n"):
            self._block += self._file.readline(LINE_LIMIT)
        self._at = 0
        whole = self._block.rfind(b"\n") + 1
        if len(self._block) - whole >= LINE_LIMIT:
            raise too_long(self.line + self._block.count(b"\n"))
        if 0 < whole < len(self._block):
            self._block, self._tail = self._block[:whole], self._block[whole:]
        if self._offset == 0 and self._block.startswith(codecs.BOM_UTF8):
            self._block = self._block[len(codecs.BOM_UTF8) :]
            self._offset = len(codecs.BOM_UTF8)
        return bool(self._block)


def table_rows(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row of a delimited file with the physical line that it starts on, for whoever reads it one by one."""
    with closing(TextTable(path, encoding, delimiter)) as table:
        yield from table.rows()


def _in_utf8(block: bytes, codec: str) -> bytes | None:
    """The block in the encoding of Arrow; None where it is not in its own."""
    try:
        text = block.decode(codec)
    except UnicodeDecodeError:
        return None
    return block if codec == "utf-8" else text.encode()


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
