"""Where the microseconds of a load go: processor time of each step alone, which other work on the machine leaves."""

from __future__ import annotations

import io
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
from pgpq import ArrowToPostgresBinaryEncoder
from psycopg import sql

from benchmarks.street_files import HEADER, street_definition
from core import db
from ingest.archive.store import Archive, Arrival
from ingest.load.checksum import sums
from ingest.load.copy_records import Account, _Packer
from ingest.load.raw_table import raw_columns
from ingest.readers import open_file
from ingest.readers.text.text_table import TextTable

BATCH = "b" * 64  # as long as a batch's id


def steps(folder: Path, path: Path, rows: int) -> list[tuple[str, str, str]]:
    """Each step, whose processor it takes, and its microseconds a row. Nothing of it stays in the database."""
    definition = street_definition()
    columns = [name for name, _, _ in raw_columns(definition)]
    spent: list[tuple[str, str, float]] = []

    def took(what: str, whose: str, began: float, now: float) -> None:
        spent.append((what, whose, (now - began) / rows * 1e6))

    began = time.process_time()
    arrival = Arrival(path, f"benchmark/{path.name}", definition.dataset, definition.licence, is_generated=True)
    Archive(folder / "archive").keep(arrival)
    took("hash and copy into the archive", "before the load", began, time.process_time())

    began = time.process_time()
    table = TextTable(path, "utf-8", ",")
    table.next_row()
    _exhaust(table.blocks(HEADER.count(",") + 1))
    parsed = time.process_time()
    took("bytes to columns of text (Arrow)", "judging thread", began, parsed)

    packer = _Packer(definition, BATCH, columns[-1])
    reading = open_file(path, definition, arrival.name)
    batches = list(packer.batches(reading.items, Account(), io.StringIO()))
    took("every cell judged and typed", "judging thread", parsed + (parsed - began), time.process_time())

    began = time.process_time()
    encoder = ArrowToPostgresBinaryEncoder(packer.schema)
    blocks = [encoder.write_header(), *map(encoder.write_batch, batches), encoder.finish()]
    took("typed columns to binary COPY", "writing thread", began, time.process_time())

    with db.connect("loader") as connection:
        backend = psutil.Process(connection.info.backend_pid)
        began, ours = _seconds(backend), time.process_time()
        _copy(connection, definition.dataset, columns, blocks)
        took("sending it", "writing thread", ours, time.process_time())
        took(f"COPY of {len(columns)} columns", "PostgreSQL", began, _seconds(backend))
        connection.execute("set max_parallel_workers_per_gather = 0")
        began = _seconds(backend)
        sums(connection, definition.dataset, columns, [BATCH])
        took("checksum of what came", "PostgreSQL", began, _seconds(backend))
        connection.rollback()
    return [(what, whose, f"{each:.2f}") for what, whose, each in spent]


def _copy(connection: psycopg.Connection, dataset: str, columns: list[str], blocks: Iterable[bytes]) -> None:
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        sql.Identifier("raw", dataset), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for block in blocks:
            copy.write(block)


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _exhaust(blocks: Iterator[object]) -> None:
    for _ in blocks:
        pass
