"""Columns that are judged at once must leave what each row would have left if it had been judged by itself."""

from __future__ import annotations

import csv
import io
import json
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

import psycopg
import pytest
from event_files import GOOD, HEADER, sighting
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import db
from ingest.definition.dataset import Dataset
from ingest.load.copy_records import BLOCKS_AHEAD, ahead, copy_records
from ingest.load.raw_table import record_definitions
from ingest.readers import open_file
from ingest.readers.base import FileRefused
from ingest.readers.cells import CellFault, cell_value
from ingest.readers.periods import bounded
from ingest.readers.text import column_judge, text_table

AWKWARD = [
    *("", " ", "\xa0", "\u2003", "\x1c", "x y", 'a"b', '"', '""', "a,b", "two\nlines", "two\r\nlines", "a\rb", "\0"),
    *("\\N", "\\.", "£5", "é", "“x”", " lead", "trail ", "NaN", "Infinity", "1e5", "5.3e-05", "+1", ".5", "5.", "1_0"),
    *("0x1F", "007", "-0", "12345678901", "1234567890123456789", "181", "-0.1064531234567", "2018-04", "2018-13"),
    *("0000-01", "2018-4", " 2018-04", "2018-04-01", "30/04/2018", "2018-02-30", "today", "infinity", "owl", "Owl"),
    *("great tit", "00AF", "00afx", "🦉", "%d %b", "null", "NULL", "ﬁ", "\ufeff", "\u3000x", "0.00010", "-12.5000"),
    *("9999.999999999999", "10000", "0.0000", "100.5", "00.50", "-0.0", "3.0", '"1,234.50"', "00af\n", "2099-01"),
]


@pytest.fixture
def loader(warehouse: str) -> psycopg.Connection:
    with db.connect("loader", autocommit=True) as connection:
        yield connection


def loaded(connection: psycopg.Connection, definition: Dataset, path: Path) -> tuple | str:
    """Rows as text, what was set aside, how many were blank; or why the file was refused."""
    batch = uuid.uuid4().hex
    with TemporaryFile("w+", encoding="utf-8") as notes:
        try:
            with connection.transaction():
                reading = open_file(path, definition, "a")
                account = copy_records(connection, definition, batch, reading, notes)
        except FileRefused as refusal:
            return refusal.reason
        notes.seek(0)
        set_aside = [json.loads(line) for line in notes]
    names = ", ".join(f"{rule.name}::text" for rule in definition.fields)
    rows = connection.execute(
        f"select _row_number, {names} from raw.sighting where _batch_id = %s order by 1", [batch]
    ).fetchall()
    assert reading.records_read == account.loaded + account.quarantined + sum(
        each.record_count for each in account.skipped.values()
    )
    blank = account.skipped.get("blank_line")
    return rows, [(entry[0], entry[1], entry[2], entry[3]) for entry in set_aside], blank.record_count if blank else 0


def one_by_one(connection: psycopg.Connection, definition: Dataset, path: Path) -> tuple | str:
    """The same, said once more and in another way: row by row, cell by cell, each value written by psycopg."""
    [layout] = definition.layouts
    fields = {field: name for name, field in layout.columns.items()}
    rows, set_aside, blank = [], [], 0
    table = csv.reader(io.StringIO(path.read_bytes().decode(), newline="\n"), strict=True)
    header = next(table)
    line = table.line_num + 1
    while True:
        try:
            row = next(table, None)
        except csv.Error as error:
            return f"line {line}: not a table of delimited values: {error}"
        if row is None:
            return rows, set_aside, blank
        if not "".join(row).strip():
            blank += 1
        elif len(row) != len(header):
            set_aside.append((line, None, "ragged_row", f"{len(row)} cells where the header has {len(header)}"))
        else:
            values = []
            for rule in bounded(definition).fields:
                try:
                    values.append(cell_value(rule, row[header.index(fields[rule.name])]))
                except CellFault as fault:
                    set_aside.append((line, fields[rule.name], fault.rule, fault.reason))
                    break
            else:
                casts = ", ".join(f"%s::{rule.column_type}::text" for rule in definition.fields)
                [texts] = connection.execute(f"select {casts}", values).fetchall()
                rows.append((line, *texts))
        line = table.line_num + 1


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """A row: good but for a few cells; written well, or with what stands in the cells left as it is; maybe ragged."""
    row = list(GOOD)
    for place in draw(st.lists(st.integers(0, len(row) - 1), max_size=2)):
        row[place] = draw(st.sampled_from(AWKWARD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=4))
    if draw(st.integers(0, 9)) == 0:
        row = row[: draw(st.integers(0, len(row)))] + draw(st.lists(st.just(""), max_size=1))
    end = draw(st.sampled_from(["\n", "\n", "\n", "\r\n"]))
    if draw(st.booleans()):
        text = io.StringIO()
        csv.writer(text, lineterminator=end).writerow(row)
        return text.getvalue().encode()
    return (",".join(row) + end).encode()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(lines(), min_size=1, max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
    block=st.sampled_from([64, 200, 1 << 19]),
    long_tailed=st.sampled_from([0.0, 1.0]),
)
def test_a_table_leaves_what_its_rows_leave(
    loader: psycopg.Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[bytes],
    end: str,
    block: int,
    long_tailed: float,
) -> None:
    """Wherever a block ends, and whether a column is judged by its distinct texts or by a kernel."""
    monkeypatch.setattr(text_table, "BLOCK", block)
    monkeypatch.setattr(column_judge, "LONG_TAILED", long_tailed)
    definition = sighting(tmp_path / "definitions")
    record_definitions(loader, [definition])
    path = tmp_path / "a.csv"
    path.write_bytes((HEADER + end).encode() + ",".join(GOOD).encode() + b"\n" + b"".join(rows) + b"\n")

    assert loaded(loader, definition, path) == one_by_one(loader, definition, path)


@pytest.mark.parametrize("long_tailed", [0.0, 1.0])
def test_every_awkward_text_in_every_column(
    loader: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, long_tailed: float
) -> None:
    monkeypatch.setattr(column_judge, "LONG_TAILED", long_tailed)
    definition = sighting(tmp_path / "definitions")
    record_definitions(loader, [definition])
    path = tmp_path / "a.csv"
    monkeypatch.setattr(text_table, "BLOCK", 100)  # more than one block, so that kernels have their turn
    for text in AWKWARD:
        written = [text] if not set(text) & set(',"\r\n') else []
        for cell in (*written, '"' + text.replace('"', '""') + '"'):
            rows = [[*GOOD[:place], cell, *GOOD[place + 1 :]] for place in range(len(GOOD))]
            # Good lines between them: numbers must go on after a line that was set aside.
            table = [HEADER, *("\n".join([",".join(row), ",".join(GOOD)]) for row in rows), ""]
            path.write_bytes("\n".join(table).encode())
            assert loaded(loader, definition, path) == one_by_one(loader, definition, path), ascii(cell)


def test_a_fault_of_the_judge_reaches_the_writer() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise FileRefused("line 3: no", "Mend it.")

    taken = ahead(broken())
    assert next(taken) == 1
    with pytest.raises(FileRefused, match="line 3: no"):
        next(taken)


def test_a_writer_that_gives_up_leaves_no_judge_behind() -> None:
    made: list[int] = []

    def endless() -> Iterator[int]:
        while True:
            made.append(len(made))
            yield made[-1]

    before = threading.active_count()
    taken = ahead(endless())
    assert next(taken) == 0
    taken.close()

    assert threading.active_count() == before
    assert len(made) <= BLOCKS_AHEAD + 3
