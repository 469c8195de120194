"""The rows of a delimited file; and runs of lines that are not parsed here, because PostgreSQL reads them itself."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from ingest.readers.text.line_grammar import Admitted, LineGrammar
from ingest.readers.text.text_file import LINE_LIMIT, decoded, no_table, open_lines, too_long

BLOCK = 1 << 18  # bytes read at once; memory holds a few of them, whatever the file's size


class TextTable:
    """An open file, read from its first line to its last by whoever asks next: for a row, or for a run of lines.

    `line` is the number of the next line. Its own iterator gives decoded lines to the csv module.
    """

    def __init__(self, path: Path, encoding: str, delimiter: str) -> None:
        self.line = 1
        self.line_end = b"\n"
        self._codec = encoding.removesuffix("-sig")
        self._file = open_lines(path)
        self._block, self._at, self._offset = b"", 0, 0
        self._tail = b""  # the last line, where it has no end
        self.is_open = False  # whether the line that was taken last is that one
        self._window = BLOCK  # how much is offered to the grammar at once: less after a line that it did not admit
        self._rows = csv.reader(self, delimiter=delimiter, strict=True)

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

    def next_run(self, grammar: LineGrammar) -> Admitted | None:
        """Lines from here on that the grammar admits, perhaps not all; None where the next one is not admitted."""
        if self._at == len(self._block) and not self._read_block():
            return None
        if not self._block.endswith(b"\n"):
            return None
        while True:
            end = self._line_end_before(self._at + self._window)
            if run := grammar.admitted(self._block[self._at : end]):
                self._window = min(2 * self._window, BLOCK)
                self._at = end
                self.line += run.row_count
                return run
            if end == self._line_end_before(self._at):
                return None
            self._window //= 4

    def _line_end_before(self, position: int) -> int:
        """The end of the last line that ends at or before this place of the block, of the next line at least."""
        return (self._block.rfind(b"\n", self._at, position) + 1) or self._block.index(b"\n", self._at) + 1

    def __iter__(self) -> TextTable:
        return self

    def __next__(self) -> str:
        if self._at == len(self._block) and not self._read_block():
            raise StopIteration
        end = (self._block.find(b"\n", self._at) + 1) or len(self._block)
        line = self._block[self._at : end]
        self.is_open = not line.endswith((b"\n", b"\r"))
        if len(line) > LINE_LIMIT:
            raise too_long(self.line)
        self.line_end = b"\r\n" if line.endswith(b"\r\n") else b"\n"
        text = decoded(line, self._codec, self.line, self._offset + self._at)
        self._at = end
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
