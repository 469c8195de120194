"""A corpus of malformed inputs for every reader: none crashes it, none is read as if it were good, each says why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from crime_files import table
from event_files import GOOD, HEADER, sighting
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from json_files import deal, package, release
from malformed import no_tables, no_workbooks, wrong_headers, wrong_rows, wrong_workbooks
from malformed_json import no_documents, wrong_releases
from reading import Outcome, read
from tax_workbooks import SURREY, book

from ingest.definition.dataset import Dataset, load_definitions
from ingest.readers import open_file
from ingest.readers.base import FileRefused, Rows

EVENTS = f"{HEADER}\n{','.join(GOOD)}\n".encode()
WIDE = table("borough_major_minor")
WIDE_HEADER, _, WIDE_ROWS = WIDE.decode().replace("\r\n", "\n").partition("\n")
WIDE_ROW = ["Lambeth", "Drugs", "Other Drugs", "3", "4"]

TEXT_CASES = [
    *((f"events: {name}", "events", content) for name, content in no_tables(EVENTS)),
    *((f"events: {name}", "events", content) for name, content in wrong_headers(HEADER, ",".join(GOOD) + "\n")),
    *((f"events: {name}", "events", content) for name, content in wrong_rows(EVENTS, list(GOOD), 5, 2)),
    *((f"months: {name}", "months", content) for name, content in no_tables(WIDE)),
    *((f"months: {name}", "months", content) for name, content in wrong_headers(WIDE_HEADER, WIDE_ROWS)),
    *((f"months: {name}", "months", content) for name, content in wrong_rows(WIDE, WIDE_ROW, 3, 1)),
]
BOOK_CASES = [*no_workbooks(), *wrong_workbooks()]
JSON_CASES = [*no_documents(), *wrong_releases()]
# Every message says where: a line or row, a sheet, a part of the workbook; or it is about the file as a whole.
WHERE = re.compile(r"line \d|row \d|sheet|cell |the file|the workbook |no workbook|a web page|a workbook of|unpacks")


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Dataset]:
    shipped = load_definitions()
    return {
        "events": sighting(tmp_path_factory.mktemp("definitions")),
        "months": shipped["mps_borough_crime"],
        "workbook": shipped["council_tax_requirement"],
        "json": deal(tmp_path_factory.mktemp("json")),
    }


def assert_it_is_said(outcome: Outcome, good_records: int) -> None:
    """The file is refused, or what is wrong in it is set aside, and somebody is told where and why."""
    assert not outcome.is_clean
    assert len(outcome.records) <= good_records
    if outcome.refusal:
        assert WHERE.search(outcome.refusal.reason), outcome.refusal.reason
        assert outcome.refusal.remedy.endswith(".")
        assert len(outcome.refusal.reason) < 1000
    for item in outcome.quarantined:
        assert item.row_number > 1
        assert item.rule
        assert item.reason
        assert len(item.record) <= 2000


def test_there_are_enough_of_them() -> None:
    assert len(TEXT_CASES) + len(BOOK_CASES) >= 80
    names = [name for name, *_ in TEXT_CASES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("kind", "content"), [case[1:] for case in TEXT_CASES], ids=[case[0] for case in TEXT_CASES])
def test_a_malformed_table(tmp_path: Path, definitions: dict[str, Dataset], kind: str, content: bytes) -> None:
    assert_it_is_said(read(tmp_path / "a.csv", content, definitions[kind]), {"events": 1, "months": 7}[kind])


@pytest.mark.parametrize("content", [case[1] for case in BOOK_CASES], ids=[case[0] for case in BOOK_CASES])
def test_a_malformed_workbook(tmp_path: Path, definitions: dict[str, Dataset], content: bytes) -> None:
    assert_it_is_said(read(tmp_path / "0a1b", content, definitions["workbook"]), 1)


@pytest.mark.parametrize("content", [case[1] for case in JSON_CASES], ids=[case[0] for case in JSON_CASES])
def test_a_malformed_document(tmp_path: Path, definitions: dict[str, Dataset], content: bytes) -> None:
    assert_it_is_said(read(tmp_path / "0a1b", content, definitions["json"]), 1)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_file_with_a_few_bytes_changed_is_read_or_refused_and_never_crashes(
    tmp_path: Path, definitions: dict[str, Dataset], data: st.DataObject
) -> None:
    files = {"events": EVENTS, "months": WIDE, "workbook": book(SURREY), "json": package(release())}
    kind = data.draw(st.sampled_from(sorted(files)))
    content = bytearray(files[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    path = tmp_path / "a.csv"
    outcome = read(path, bytes(content), definitions[kind])
    counts = [len(outcome.records), *(item.record_count for item in (*outcome.quarantined, *outcome.skipped))]
    assert outcome.refusal is not None or sum(counts) == outcome.records_read


def test_memory_does_not_grow_with_the_file(tmp_path: Path, definitions: dict[str, Dataset]) -> None:
    """Rows come in blocks of bounded size, however long the file is."""
    path = tmp_path / "a.csv"
    path.write_bytes(EVENTS + (",".join(GOOD) + "\n").encode() * 50_000)
    sizes = [each.values.nbytes for each in open_file(path, definitions["events"], "a").items if isinstance(each, Rows)]
    assert len(sizes) > 5
    assert max(sizes) < 1 << 21


def test_the_refusal_of_a_line_without_end_does_not_read_it_whole(
    tmp_path: Path, definitions: dict[str, Dataset]
) -> None:
    """A gigabyte in one line, as a file with a hole in it."""
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.write(HEADER.encode() + b"\n")
        file.seek(1 << 30)
        file.write(b"\n")
    with pytest.raises(FileRefused, match="line 2 is longer than 1,048,576 bytes"):
        list(open_file(path, definitions["events"], "a").items)
