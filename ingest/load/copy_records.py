"""A reading's records into raw by COPY: row by row, or, where the reader gives whole lines, those lines as they are."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from operator import attrgetter
from typing import IO, Any

import psycopg
from psycopg import sql
from psycopg.copy import QueuedLibpqWriter

from core.faults import reached
from ingest.definition.dataset import Dataset
from ingest.load.raw_table import raw_columns
from ingest.load.take_out_repeats import take_out_repeats
from ingest.readers.base import LineFormat, Lines, Quarantined, Reading, Record, Skipped
from ingest.readers.cells import Value

POSTGRES_ENCODINGS = {"utf-8": "UTF8"}
BLOCK = 1 << 17  # bytes that COPY is given at once
SHOWN_FAULTS = 20  # of a file that a person fills in and must correct
BLOCKS_AHEAD = 32  # how many are ready before PostgreSQL takes them


@dataclass
class Account:
    """What the loader counted itself; the database holds it against what the reader says it has read."""

    loaded: int = 0
    quarantined: int = 0
    first_faults: list[Quarantined] = field(default_factory=list)
    skipped: dict[str, Skipped] = field(default_factory=dict)  # by rule: the first row, the sum of the records

    @property
    def first_fault(self) -> Quarantined | None:
        """The first record that was set aside."""
        return self.first_faults[0] if self.first_faults else None

    def set_aside(self, item: Quarantined | Skipped, notes: IO[str]) -> None:
        """Count what is no record; quarantined ones go to `notes`, a line each, for COPY keeps the connection busy."""
        if isinstance(item, Quarantined):
            self.quarantined += item.record_count
            self.first_faults += [item] if len(self.first_faults) < SHOWN_FAULTS else []
            notes.write(json.dumps(item) + "\n")
        else:
            before = self.skipped.get(item.rule, item._replace(record_count=0))
            self.skipped[item.rule] = before._replace(record_count=before.record_count + item.record_count)


def copy_records(
    connection: psycopg.Connection,
    definition: Dataset,
    batch_id: str,
    reading: Reading,
    notes: IO[str],
    schema: str = "raw",
) -> Account:
    """Stream the records into raw (or a table like it in another schema) and the quarantined ones to `notes`.

    Memory holds one record, or one run of lines. Rows whose key came before are taken out again.
    """
    table = sql.Identifier(schema, definition.dataset)
    if reading.line_format:
        account = _copy_lines(connection, table, definition, batch_id, reading, reading.line_format, notes)
    else:
        account = _copy_rows(connection, table, definition, batch_id, reading, notes)
    if reading.key:
        for repeat in take_out_repeats(connection, table, definition, batch_id, reading):
            account.set_aside(repeat, notes)
            account.loaded -= 1
    return account


def _copy_rows(
    connection: psycopg.Connection,
    table: sql.Identifier,
    definition: Dataset,
    batch_id: str,
    reading: Reading,
    notes: IO[str],
) -> Account:
    account = Account()
    columns = raw_columns(definition)
    place = attrgetter(columns[-1][0].removeprefix("_"))  # the record's own: source_column or sheet
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        table, sql.SQL(", ").join(sql.Identifier(name) for name, _, _ in columns)
    )
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            copy.set_types([kind for _, kind, _ in columns])
            for item in reading.items:
                if isinstance(item, Record):
                    copy.write_row((*item.values, batch_id, item.row_number, place(item)))
                else:
                    assert not isinstance(item, Lines), "lines come only with a line_format"
                    account.set_aside(item, notes)
            reached("load.copying_rows")
        account.loaded = cursor.rowcount
    return account


def _copy_lines(
    connection: psycopg.Connection,
    table: sql.Identifier,
    definition: Dataset,
    batch_id: str,
    reading: Reading,
    line_format: LineFormat,
    notes: IO[str],
) -> Account:
    """Each line with its number and the batch in front; a record between them is written as such a line."""
    account = Account()
    names = (*line_format.constants, *line_format.fields)
    statement = sql.SQL(
        "copy {} ({}) from stdin (format csv, delimiter {}, encoding {}, null '', force_null ({}))"
    ).format(
        table,
        sql.SQL(", ").join(map(sql.Identifier, ["_row_number", "_batch_id", *names])),
        sql.Literal(line_format.delimiter),
        sql.Literal(POSTGRES_ENCODINGS[line_format.encoding]),
        sql.SQL(", ").join(map(sql.Identifier, names)),
    )
    indexes = {rule.name: index for index, rule in enumerate(definition.fields)}
    order = [indexes[name] for name in names]
    numbered = _NumberedLines(batch_id, line_format)
    with connection.cursor() as cursor:
        with cursor.copy(statement, writer=_Ahead(cursor)) as copy:
            for item in reading.items:
                if isinstance(item, Lines):
                    numbered.add_lines(item)
                elif isinstance(item, Record):
                    numbered.add_record(item.row_number, [item.values[index] for index in order])
                else:
                    account.set_aside(item, notes)
                if numbered.size > BLOCK:
                    copy.write(numbered.taken())
            copy.write(numbered.taken())
            reached("load.copying_rows")
        account.loaded = cursor.rowcount
    return account


class _Ahead(QueuedLibpqWriter):
    """A writer in a thread of its own: while PostgreSQL takes a block, the next one is judged.

    psycopg's queue takes 1,024 blocks, which a server slower than the judge would fill: memory as large as the file.
    """

    def __init__(self, cursor: psycopg.Cursor[Any]) -> None:
        super().__init__(cursor)
        self._queue = type(self._queue)(maxsize=BLOCKS_AHEAD)


class _NumberedLines:
    """Collects lines, each with its number and the batch in front; their ends are those that the csv module quotes."""

    def __init__(self, batch_id: str, line_format: LineFormat) -> None:
        self.size = 0
        self._batch_id, self._encoding = batch_id, line_format.encoding
        mark = line_format.delimiter.replace("%", "%%").encode()
        self._parts: list[bytes] = []
        self._records = io.StringIO()
        self._writer = csv.writer(self._records, delimiter=line_format.delimiter, lineterminator="\r\n")
        self._writer.writerow([batch_id, *line_format.constants.values()])
        same = self._records.getvalue().removesuffix("\r\n").replace("%", "%%").encode(self._encoding)
        self._records.seek(0)
        self._records.truncate()
        self._numbered = (b"%d" + mark + same + mark + b"%b\r\n").__mod__

    def add_lines(self, lines: Lines) -> None:
        """A run of lines, numbered from its first."""
        self._finish_records()
        each = lines.text.split(b"\n")
        each.pop()
        self._parts.append(b"".join(map(self._numbered, zip(count(lines.row_number), each, strict=False))))
        self.size += len(self._parts[-1])

    def add_record(self, row_number: int, values: Sequence[Value]) -> None:
        """A record as a line; what it holds is quoted where it must be."""
        self.size += self._writer.writerow([row_number, self._batch_id, *values])

    def taken(self) -> bytes:
        """All that was collected, for COPY; nothing of it is kept."""
        self._finish_records()
        taken = b"".join(self._parts)
        self._parts.clear()
        self.size = 0
        return taken

    def _finish_records(self) -> None:
        self._parts.append(self._records.getvalue().encode(self._encoding))
        self._records.seek(0)
        self._records.truncate()
