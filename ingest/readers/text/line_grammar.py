"""Which lines of a delimited file PostgreSQL reads exactly as the row judge would, so that their bytes go to COPY.

A line that the grammar does not admit is not wrong: it is judged cell by cell. So the grammar may be narrow, and must
be sound: one row a line, and no cell that the judge would set aside, skip or write otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from ingest.definition.dataset import FieldRule
from ingest.readers.cells import CellFault, Value, cell_value, is_plain_number

# What a cell may start with: no white space of ASCII or Unicode, for a cell of nothing else is blank to the judge.
# Other characters share their first byte with such white space; a cell that starts with one of those goes the slow way.
START = rb'[^\s\x1c-\x1f\x85\xa0\xc2\xe1-\xe3"\0%b]'
WRITTEN_ONE_WAY = {
    "integer": rb"-?[0-9]{1,9}",
    "decimal": rb"-?[0-9]{1,9}(?:\.[0-9]{1,7})?+",
    "coordinate": rb"-?[0-9]{1,2}(?:\.[0-9]{1,12})?+",
}
JUDGED = ("date", "month", "moment", "financial_year")  # and every value with a rule of its own
# A pattern that says the same of bytes as of characters, and cannot reach beyond its cell.
PLAIN_PATTERN = re.compile(r"(?:[A-Za-z0-9_]|\[(?:a-z|a-f|A-Z|A-F|0-9|[A-Za-z0-9_])+\]|\{[0-9]+\})+")
MOST_REMEMBERED = 100_000  # good values of a column


class Admitted(NamedTuple):
    """Good lines as PostgreSQL takes them, each ended by a line feed; the values of judged columns by field."""

    text: bytes
    row_count: int
    values: dict[str, set[Value]]


@dataclass
class _JudgedColumn:
    """A column whose values are judged as the row judge does, each value once."""

    rule: FieldRule
    encoding: str
    known: dict[bytes, Value] = field(default_factory=dict)

    def values(self, texts: set[bytes]) -> set[Value] | None:
        """What these texts stand for; None where the judge would set one of them aside."""
        if len(self.known) > MOST_REMEMBERED:
            self.known.clear()
        try:
            for text in texts - self.known.keys():
                value = cell_value(self.rule, text.decode(self.encoding))
                if isinstance(value, int | Decimal) and not is_plain_number(self.rule, text.decode(self.encoding)):
                    return None  # PostgreSQL may read it otherwise, and somebody is told
                self.known[text] = value
        except CellFault:
            return None
        return {self.known[text] for text in texts}


class LineGrammar:
    """The lines of one file: `columns` are its fields in the file's order, `line_end` is that of its header."""

    def __init__(self, columns: Sequence[FieldRule], delimiter: str, encoding: str, line_end: bytes) -> None:
        self.encoding, self.line_end, self.delimiter = encoding, line_end, delimiter.encode()
        self.judged = [_JudgedColumn(rule, encoding) for rule in columns if _is_judged(rule)]
        # PostgreSQL has no month: 2018-04 is stored as its first day.
        self.months = [rule.name for rule in columns if rule.type == "month"]
        self._line = re.compile(rb"(?<![^\n])" + self._cells(columns))

    def admitted(self, block: bytes) -> Admitted | None:
        """All lines of the block, or None where one of them is not admitted."""
        if not self._line.match(block):
            return None
        count = block.count(b"\n")
        if b'"' in block or b"\0" in block or block.count(b"\r") != count * (len(self.line_end) - 1):
            return None
        found = self._line.findall(block)
        # A match ends with a line; as many matches as lines, so each is one line. (A cell may reach across a line end,
        # which is faster to look for, but then lines are missing.)
        if len(found) != count or not self._decodes(block):
            return None
        texts = [found] if len(self.judged) == 1 else zip(*found, strict=True)
        values: dict[str, set[Value]] = {}
        rewritten: bytes | None = block
        for column, cells in zip(self.judged, texts if self.judged else [], strict=True):
            distinct = set(cells)
            good = column.values(distinct)
            if good is None:
                return None
            values[column.rule.name] = good
            if column.rule.name in self.months:
                rewritten = self._with_first_days(rewritten, distinct - {b""}, cells) if rewritten else None
        if rewritten is None:
            return None
        return Admitted(rewritten.replace(b"\r\n", b"\n") if self.line_end == b"\r\n" else rewritten, count, values)

    def _with_first_days(self, block: bytes, months: set[bytes], cells: Sequence[bytes]) -> bytes | None:
        """The block with -01 behind the months; None where the same text stands in another cell too, or at an end."""
        for month in months:
            cell = self.delimiter + month + self.delimiter
            if block.count(cell) != cells.count(month):
                return None
            block = block.replace(cell, self.delimiter + month + b"-01" + self.delimiter)
        return block

    def _decodes(self, block: bytes) -> bool:
        try:
            block.decode(self.encoding)
        except UnicodeDecodeError:
            return False
        return True

    def _cells(self, columns: Sequence[FieldRule]) -> bytes:
        mark = re.escape(self.delimiter)
        cells = []
        for index, rule in enumerate(columns):
            rest = rb"[^%b\r\n]*+" if index + 1 == len(columns) else rb"[^%b]*+"
            text = (START + rest) % (mark, mark)
            cell = text if _is_judged(rule) else _pattern(rule) or WRITTEN_ONE_WAY.get(rule.type, text)
            cell = b"(?:" + cell + (b")" if rule.required else b")?+")
            cells.append(b"(" + cell + b")" if _is_judged(rule) else cell)
        return mark.join(cells) + re.escape(self.line_end)


def _is_judged(rule: FieldRule) -> bool:
    bounded = (rule.minimum, rule.maximum, rule.allowed) != (None, None, None)
    return rule.type in JUDGED or bounded or (rule.pattern is not None and _pattern(rule) is None)


def _pattern(rule: FieldRule) -> bytes | None:
    """The field's own pattern, where bytes can be held against it as they are."""
    is_plain = rule.type == "text" and rule.pattern and PLAIN_PATTERN.fullmatch(rule.pattern)
    return rule.pattern.encode() if is_plain and rule.pattern else None
