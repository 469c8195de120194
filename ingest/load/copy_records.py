"""A reading's rows into raw: typed Arrow batches, encoded for PostgreSQL's binary COPY, judged in another thread."""

from __future__ import annotations

import json
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from queue import Full, Queue
from threading import Event, Thread
from typing import IO, TypeVar

import psycopg
import pyarrow as pa
from pgpq import ArrowToPostgresBinaryEncoder
from psycopg import sql

from core.faults import reached
from ingest.definition.dataset import Dataset
from ingest.load.left_out import leave_out
from ingest.load.raw_table import raw_columns
from ingest.load.take_out_repeats import take_out_repeats
from ingest.readers.base import Item, Quarantined, Reading, Record, Rows, Skipped
from ingest.readers.typed import arrow_type, arrow_values

SHOWN_FAULTS = 20  # of a file that a person fills in and must correct
RECORDS_AT_ONCE = 4000
BLOCKS_AHEAD = 4  # how many are ready before PostgreSQL takes them
T = TypeVar("T")


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
    *,
    is_short: bool = False,
    left_out: Collection[date] = (),
) -> Account:
    """Stream the rows into raw (or a table like it in another schema) and the quarantined ones to `notes`.

    Memory holds a few blocks. Rows whose key came before are taken out again, those of months that are
    `left_out` are skipped. A short file is not worth a thread.
    """
    if left_out:
        leave_out(reading, definition, left_out)
    table, account = sql.Identifier(schema, definition.dataset), Account()
    columns = raw_columns(definition)
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        table, sql.SQL(", ").join(sql.Identifier(name) for name, _, _ in columns)
    )
    packer = _Packer(definition, batch_id, columns[-1][0])
    encoder = ArrowToPostgresBinaryEncoder(packer.schema)
    made = packer.batches(reading.items, account, notes)
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy, closing(made if is_short else ahead(made)) as batches:
            copy.write(encoder.write_header())
            for batch in batches:
                copy.write(encoder.write_batch(batch))
            copy.write(encoder.finish())
            reached("load.copying_rows")
        account.loaded = cursor.rowcount
    if reading.key:
        for repeat in take_out_repeats(connection, table, definition, batch_id, reading):
            account.set_aside(repeat, notes)
            account.loaded -= 1
    return account


class _Packer:
    """Puts rows and records into batches of the raw table's columns."""

    def __init__(self, definition: Dataset, batch_id: str, place: str) -> None:
        self.rules, self.batch_id = definition.fields, batch_id
        self.place = attrgetter(place.removeprefix("_"))  # the record's own: source_column or sheet
        fields = [(rule.name, arrow_type(rule)) for rule in definition.fields]
        self.schema = pa.schema(
            [*fields, ("_batch_id", pa.string()), ("_row_number", pa.int64()), (place, pa.string())]
        )

    def batches(self, items: Iterable[Item], account: Account, notes: IO[str]) -> Generator[pa.RecordBatch, None, None]:
        """A batch for each run of records and each block of rows; all else goes to the account."""
        records: list[Record] = []
        for item in items:
            if isinstance(item, Record):
                records.append(item)
            elif isinstance(item, Rows):
                yield self._of_rows(item)
            else:
                account.set_aside(item, notes)
            if len(records) == RECORDS_AT_ONCE:
                yield self._of_records(records)
                records = []
        if records:
            yield self._of_records(records)

    def _of_rows(self, rows: Rows) -> pa.RecordBatch:
        places = rows.places if rows.places is not None else pa.nulls(len(rows.row_numbers), pa.string())
        return self._batch(rows.values.columns, rows.row_numbers, places)

    def _of_records(self, records: list[Record]) -> pa.RecordBatch:
        columns = zip(*(record.values for record in records), strict=True)
        values = [arrow_values(rule, column) for rule, column in zip(self.rules, columns, strict=True)]
        numbers = pa.array([record.row_number for record in records], pa.int64())
        return self._batch(values, numbers, pa.array(map(self.place, records), pa.string()))

    def _batch(self, values: list[pa.Array], numbers: pa.Array, places: pa.Array) -> pa.RecordBatch:
        batch_ids = pa.repeat(pa.scalar(self.batch_id), len(numbers))
        return pa.RecordBatch.from_arrays([*values, batch_ids, numbers, places], schema=self.schema)


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """The items, made in a thread of their own: while PostgreSQL takes a block, the next one is judged."""
    waiting: Queue[T | _Ended] = Queue(BLOCKS_AHEAD)
    is_given_up = Event()

    def put(item: T | _Ended) -> None:
        while not is_given_up.is_set():
            with suppress(Full):
                waiting.put(item, timeout=1)
                return

    def fill() -> None:
        error: BaseException | None = None
        try:
            for item in items:
                put(item)
                if is_given_up.is_set():
                    return
        except BaseException as raised:  # noqa: BLE001 (it is raised again where the items are taken)
            error = raised
        put(_Ended(error))

    thread = Thread(target=fill, daemon=True)
    thread.start()
    try:
        while not isinstance(item := waiting.get(), _Ended):
            yield item
        if item.error:
            raise item.error
    finally:
        is_given_up.set()
        thread.join()


@dataclass(frozen=True)
class _Ended:
    """No item follows; with what was raised instead of one."""

    error: BaseException | None
