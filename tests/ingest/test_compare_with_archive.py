"""Every dataset's extracts, loaded and then read from the archive again: raw holds what the archived bytes say."""

from __future__ import annotations

import pytest

from core import db
from core.settings import settings
from ingest.archive.store import Archive
from ingest.definition.dataset import load_definitions
from ingest.load.compare_with_archive import differing_rows
from ingest.pipeline import ingest_dataset

LOADED = """
    select b.batch_id, b.sha256, f.name from audit.batch as b inner join audit.source_file as f using (dataset, sha256)
    where b.dataset = %s and b.records_loaded > 0
"""


@pytest.mark.parametrize("dataset", sorted(load_definitions()))
def test_raw_is_what_the_archived_bytes_say(
    warehouse: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object, dataset: str
) -> None:
    monkeypatch.setenv("SOURCES", "generated")
    ingest_dataset(dataset)

    archive = Archive(settings().archive_dir)
    with db.connect("loader", autocommit=True) as connection:
        batches = connection.execute(LOADED, [dataset]).fetchall()
        assert batches
        for batch in batches:
            assert differing_rows(connection, load_definitions()[dataset], archive, *batch) == 0, batch
