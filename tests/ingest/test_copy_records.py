"""Lines that go to COPY as they are must come out as if each row had been judged by itself."""

from __future__ import annotations

import csv
import io
import uuid
from pathlib import Path
from tempfile import TemporaryFile

import psycopg
import pytest
from event_files import GOOD, HEADER, sighting
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import db
from ingest.definition.dataset import Dataset
from ingest.load.copy_records import copy_records
from ingest.load.raw_table import record_definitions
from ingest.readers import open_file
from ingest.readers.base import FileRefused, Lines

AWKWARD = [
    *("", " ", "\xa0", "\u2003", "\x1c", "x y", 'a"b', '"', '""', "a,b", "two\nlines", "two\r\nlines", "a\rb", "\0"),
    *("\\N", "\\.", "£5", "é", "“x”", " lead", "trail ", "NaN", "Infinity", "1e5", "5.3e-05", "+1", ".5", "5.", "1_0"),
    *("0x1F", "007", "-0", "12345678901", "1234567890123456789", "181", "-0.1064531234567", "2018-04", "2018-13"),
    *("0000-01", "2018-4", " 2018-04", "2018-04-01", "30/04/2018", "2018-02-30", "today", "infinity", "owl", "Owl"),
    *("great tit", "00AF", "00afx", "🦉", "%d %b", "null", "NULL", "ﬁ", "\ufeff", "\u3000x"),
]


@pytest.fixture
def loader(warehouse: str) -> psycopg.Connection:
    with db.connect("loader", autocommit=True) as connection:
        yield connection


def outcome(connection: psycopg.Connection, definition: Dataset, path: Path, *, as_lines: bool) -> tuple:
    """Everything that one way of reading leaves: rows as text, quarantine, skipped, period; or the refusal."""
    batch = uuid.uuid4().hex
    with TemporaryFile("w+", encoding="utf-8") as notes:
        try:
            with connection.transaction():
                reading = open_file(path, definition, "a", as_lines=as_lines)
                account = copy_records(connection, definition, batch, reading, notes)
        except FileRefused as refusal:
            return refusal.reason, refusal.remedy
        notes.seek(0)
        rows = connection.execute(
            "select (to_jsonb(t) - '_batch_id')::text from raw.sighting as t where _batch_id = %s order by _row_number",
            [batch],
        ).fetchall()
        period = (reading.period_start, reading.period_end)
        counts = (reading.records_read, account.loaded, account.quarantined, account.skipped)
        return rows, notes.read(), counts, period


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """A row: good but for a few cells; written well, or with what stands in the cells left as it is; maybe ragged."""
    row = list(GOOD)
    for place in draw(st.lists(st.integers(0, len(row) - 1), max_size=2)):
        row[place] = draw(st.sampled_from(AWKWARD) | st.text(max_size=4))
    if draw(st.integers(0, 9)) == 0:
        row = row[: draw(st.integers(0, len(row)))] + draw(st.lists(st.just(""), max_size=1))
    end = draw(st.sampled_from(["\n", "\n", "\n", "\r\n"]))
    if draw(st.booleans()):
        text = io.StringIO()
        csv.writer(text, lineterminator=end).writerow(row)
        return text.getvalue().encode("utf-8", "surrogatepass")
    return (",".join(row) + end).encode("utf-8", "surrogatepass")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(lines(), min_size=1, max_size=8), end=st.sampled_from(["\n", "\r\n"]))
def test_both_ways_of_reading_leave_the_same(
    loader: psycopg.Connection, tmp_path: Path, rows: list[bytes], end: str
) -> None:
    definition = sighting(tmp_path / "definitions")
    record_definitions(loader, [definition])
    path = tmp_path / "a.csv"
    path.write_bytes((HEADER + end).encode() + b"".join(rows) + b"\n")

    slow = outcome(loader, definition, path, as_lines=False)
    assert outcome(loader, definition, path, as_lines=True) == slow


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_awkward_text_in_every_column_is_read_the_same_both_ways(
    loader: psycopg.Connection, tmp_path: Path, end: str
) -> None:
    definition = sighting(tmp_path / "definitions")
    record_definitions(loader, [definition])
    path = tmp_path / "a.csv"
    for written in [*AWKWARD, *('"' + text.replace('"', '""') + '"' for text in AWKWARD)]:
        rows = [[*GOOD[:place], written, *GOOD[place + 1 :]] for place in range(len(GOOD))]
        # Good lines between them: numbers must go on after a line that was set aside.
        text = end.join([HEADER, *(end.join([",".join(row), ",".join(GOOD)]) for row in rows), ""])
        path.write_bytes(text.encode())
        slow = outcome(loader, definition, path, as_lines=False)
        assert outcome(loader, definition, path, as_lines=True) == slow, ascii(written)


def test_good_lines_are_not_parsed(tmp_path: Path) -> None:
    definition = sighting(tmp_path / "definitions")
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, *[",".join(GOOD)] * 5000, "bad", *[",".join(GOOD)] * 5000, ""]))

    items = list(open_file(path, definition, "a", as_lines=True).items)

    assert sum(item.row_count for item in items if isinstance(item, Lines)) == 10_000
    assert [item.row_number for item in items if not isinstance(item, Lines)] == [5002]


def test_rows_of_a_key_go_unparsed_but_not_where_a_part_of_it_may_be_blank(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}\n{','.join(GOOD)}\n")
    for key, is_unparsed in (("place", True), ("ring", False)):
        layout = f"name: sightings\n    key: [{key}]"
        definition = sighting(tmp_path / "definitions", "name: sightings", layout)
        assert bool(open_file(path, definition, "a", as_lines=True).line_format) == is_unparsed
