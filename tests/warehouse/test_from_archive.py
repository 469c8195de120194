"""Every generated extract the whole way to readers, and all of it once more from the archive: nothing differs."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest

from ingest.definition.dataset import load_definitions
from ingest.pipeline import ingest_dataset
from warehouse.checks.gate import verify_pending
from warehouse.past.rebuild import rebuild, reread
from warehouse.refresh.steps import refresh


def test_what_generated_extracts_say_is_made_again_from_the_archive(
    warehouse: str, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES", "generated")
    for dataset in load_definitions():
        ingest_dataset(dataset)
        verdicts = verify_pending(dataset)
        assert {verdict.status for verdict in verdicts} == {"accepted"}, verdicts
    report = refresh(date(2024, 12, 1))
    assert report and report.publication_id == 1

    batches = reread(1)
    assert {batch.dataset for batch in batches} == set(load_definitions())
    assert [batch for batch in batches if batch.differing != 0] == []

    marts = rebuild(1)
    assert [mart for mart in marts if not mart.is_equal] == []
    published = admin.execute("select count(*), count(*) filter (where row_count > 0) from audit.publication_mart")
    (tables, filled) = published.fetchone() or (0, 0)
    assert len(marts) == tables
    assert filled > 50
