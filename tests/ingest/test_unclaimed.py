"""No file of the inbox is passed over in silence: what no dataset asks for is counted by folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from crime_files import Inbox

from ingest.definition.dataset import load_definitions
from ingest.unclaimed_files import left_in_the_inbox, unclaimed_files


def test_files_of_no_dataset_are_counted_by_folder(inbox: Inbox) -> None:
    for name in (
        "crime/mps_borough_crime/2024/a.csv",
        "crime/police_uk_street_met_burglary_only/b.csv",
        "crime/a_new_feed/2024/c.csv",
        "crime/a_new_feed/d.csv",
        "crime/stray.csv",
        "MANIFEST.csv",
        ".hidden/e.csv",
    ):
        (inbox.root / name).parent.mkdir(parents=True, exist_ok=True)
        (inbox.root / name).write_text("x")

    assert left_in_the_inbox() == "4 files left, dataset unknown: . (1), crime (1), crime/a_new_feed (2)"


def test_files_of_another_kind_in_a_datasets_folder_are_told(inbox: Inbox) -> None:
    for name in ("a.csv", "2024/b.xlsx", "c.txt", ".d.txt", "e.csv.fetched.json", "f.zip"):
        inbox.put(name, b"x")

    assert left_in_the_inbox() == "2 files of another kind than those of their folder: crime/mps_borough_crime (2)"


def test_an_inbox_of_known_datasets_says_nothing(inbox: Inbox) -> None:
    inbox.put("a.csv", b"x")

    assert left_in_the_inbox() is None


def test_the_shipped_extracts_all_belong_to_a_dataset(warehouse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES", "generated")

    assert left_in_the_inbox() is None


@pytest.mark.real
def test_every_real_file_of_crime_and_lookups_belongs_to_a_dataset(real_data: Path) -> None:
    left = unclaimed_files(real_data, load_definitions().values())

    assert [folder for folder in left if folder.startswith("crime") or folder == "reference/lookups"] == []
