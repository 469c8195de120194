"""A database that an older version published: it migrates, and its past answers as it did, before and after a night."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from core import db
from core.server.embedded import EmbeddedServer
from ingest.definition.dataset import load_definitions
from ingest.load.raw_table import record_definitions
from warehouse.backup import restore
from warehouse.bootstrap import bootstrap
from warehouse.past.compare import differences
from warehouse.past.query_as_of import as_of
from warehouse.refresh.steps import refresh

BACKUP = Path(__file__).parent / "published_by_3cd5df8"
# What `warehouse query --as-of` said with the code of 3cd5df8, of publications 1, 2 and 3.
ANSWERS = {
    "select count(*), sum(offence_count) from recorded_crime": [(50274, 2528248)] * 3,
    "select count(*), sum(amount_gbp)::text from grant_settlement": [
        (49, "24408117708.00"),
        (39, "21015116854.00"),
        (39, "21015116854.00"),
    ],
    "select source_vintage, delivered_gbp::text from savings_tracker "
    "where programme_code = 'TPDP' and financial_year = '2013/14'": [
        ("2014-03", "53000000"),
        ("2014-03", "53000000"),
        ("2014-03.2", "54000000"),
    ],
}


@pytest.fixture
def old_database(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The backup, restored into a database of its own and migrated."""
    name = f"old_{uuid.uuid4().hex[:12]}"
    monkeypatch.setenv("WAREHOUSE_DATABASE", name)
    monkeypatch.setenv("WAREHOUSE_WORK_DIR", str(tmp_path / "work"))
    restore(BACKUP)
    bootstrap()
    yield
    with psycopg.connect(server.admin_url("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _assert_the_past_answers() -> None:
    with db.connect("bi_reader") as reader:
        for statement, expected in ANSWERS.items():
            said = [reader.execute(as_of(reader, statement, number)).fetchone() for number in (1, 2, 3)]
            assert said == expected, statement
        (withdrawn,) = differences(reader, 1, 2)
        assert (withdrawn.mart, withdrawn.changed, withdrawn.vanished) == ("grant_settlement", 10, 10)
        (corrected,) = differences(reader, 2, 3)
        assert (corrected.mart, corrected.changed) == ("savings_tracker", 5)


def _assert_small_counts_stay_closed(reader: psycopg.Connection) -> None:
    """3cd5df8 closed what was small, release by release: where something is closed, its other cells went too."""
    cells = "select force_code, month, ethnicity, age_band, outcome, search_count from {} where {}"
    now = reader.execute(cells.format("marts.stop_and_search", "not is_controlled")).fetchall()
    closed = {row[:2] for row in reader.execute(cells.format("marts.stop_and_search", "is_controlled")).fetchall()}
    assert closed
    for number in (1, 2, 3):
        figures = cells.format("stop_and_search", "search_count is not null")
        then = reader.execute(as_of(reader, figures, number)).fetchall()
        assert [row for row in then if row[:2] in closed and row not in now and row[2] != "withheld"] == []


def test_what_was_published_before_answers_as_before(old_database: None) -> None:
    _assert_the_past_answers()
    with db.connect("loader") as loader:
        record_definitions(loader, load_definitions().values())
    report = refresh(date(2026, 12, 1))
    assert report and report.publication_id == 4

    _assert_the_past_answers()
    with db.connect("bi_reader") as reader:
        _assert_small_counts_stay_closed(reader)
        (delivered,) = reader.execute(
            "select delivered_gbp::text from marts.savings_tracker "
            "where programme_code = 'TPDP' and financial_year = '2013/14'"
        ).fetchall()
    assert delivered == ("54000000",)
