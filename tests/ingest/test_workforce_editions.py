"""A real edition of the workforce workbooks, taken apart and put together in other ways: what becomes of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from ingest.extracts.xlsx import Content, NewSheet, workbook
from ingest.pipeline import ingest_dataset
from ingest.readers.workbooks.file import WorkbookFile
from warehouse.checks.gate import verify_pending

pytestmark = pytest.mark.real

DATASET = "home_office_workforce"
Rows = list[list[Content]]
Book = dict[str, Rows]
OF_AN_EDITION = (
    "select r.worker_type, r.row_kind, r.area_name, r.region_name, r.as_at_date, r.unit, r.figure, r.mark "
    "from raw.home_office_workforce as r inner join audit.batch as b on b.batch_id = r._batch_id "
    "inner join audit.source_file as f on f.sha256 = b.sha256 where f.name like %s"
)


@pytest.fixture
def edition(real_data: Path) -> Book:
    """The edition of September 2018 as rows of cells; a day becomes the text that other editions write."""
    book = WorkbookFile(real_data / "workforce" / DATASET / "police-workforce-sep18-tables.ods")
    return {name: [[_content(cell) for cell in row] for row in book.sheet(name).rows] for name in book.names}


@pytest.fixture
def taken_in(
    warehouse: str, real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Book], tuple[str, str]]:
    """Takes in the edition as published and the changed one; what became of the second, and why."""
    inbox = tmp_path / "workforce" / DATASET
    inbox.mkdir(parents=True)
    published = real_data / "workforce" / DATASET / "police-workforce-sep18-tables.ods"
    shutil.copyfile(published, inbox / "a_published.ods")
    monkeypatch.setenv("SOURCES", str(tmp_path))

    def take_in(book: Book) -> tuple[str, str]:
        (inbox / "b_changed.xlsx").write_bytes(workbook([NewSheet(name, rows) for name, rows in book.items()]))
        reports = {Path(each.file_name).name: each for each in ingest_dataset(DATASET).batches}
        assert reports["a_published.ods"].status == "pending"
        refused = reports["b_changed.xlsx"]
        if refused.status == "refused":
            return "refused", str(refused.reason)
        verdict = next(each for each in verify_pending(DATASET) if each.batch_id == refused.batch_id)
        return verdict.status, str(verdict.reason)

    return take_in


def _content(cell: object) -> Content:
    if isinstance(cell, datetime):
        return f"{cell.day} {cell:%B %Y}"
    return None if cell == "" else cell  # type: ignore[return-value]


def test_an_xlsx_of_it_shuffled_and_moved_has_the_same_figures(
    edition: Book, taken_in: Callable[[Book], tuple[str, str]], admin: psycopg.Connection
) -> None:
    """Another order and other names of sheets, a new sheet before the first, headers a row lower, one more footnote."""
    cover: Book = {"Cover": [["Police Workforce"], [None], ["Read the notes first."]]}
    shuffled = {f"Sheet{at}": [rows[0], [None], *rows[1:]] for at, rows in enumerate(reversed(edition.values()))}
    for rows in shuffled.values():
        for row in rows:
            row[0] = f"{row[0]}7" if row[0] in ("Kent", "Metropolitan Police", "30 September 2014") else row[0]

    assert taken_in(cover | shuffled)[0] == "accepted"
    as_published, changed = (
        set(admin.execute(OF_AN_EDITION, [f"%{name}"]).fetchall()) for name in ("a_published.ods", "b_changed.xlsx")
    )
    assert len(as_published) == 1244
    assert as_published == changed
    footnoted = admin.execute(
        "select distinct area_name from raw.home_office_workforce where footnotes like '7%' order by 1"
    ).fetchall()
    assert footnoted == [("England and Wales",), ("Kent",), ("Metropolitan Police",)]


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        # Its forces stand beneath the region before it then.
        ("North West ", "Every region is the sum of its forces, and stands above them once: found 3, must be 0"),
        ("Kent", "Every region is the sum of its forces, and stands above them once: found 3, must be 0"),
        # What belongs to no region stands beneath the last one then.
        ("Total 43 forces", "(and 2 more failed checks)"),
    ],
)
def test_a_missing_row_is_refused_by_the_sum_that_it_breaks(
    edition: Book, taken_in: Callable[[Book], tuple[str, str]], gone: str, said: str
) -> None:
    edition["Table_1"] = [row for row in edition["Table_1"] if row[0] != gone]
    status, reason = taken_in(edition)
    assert status == "refused"
    assert said in reason


def test_a_column_that_nobody_knows_refuses_the_workbook_with_its_cell(
    edition: Book, taken_in: Callable[[Book], tuple[str, str]]
) -> None:
    edition["Table_1"][5][4] = "of whom women"
    status, reason = taken_in(edition)
    assert status == "refused"
    assert "the column 'of whom women' in cell E6 is not known; known are dates, number, %" in reason
