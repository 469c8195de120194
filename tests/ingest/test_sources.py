"""Which inbox is read, what of it is passed over, and that real and generated never mix."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from crime_files import DATASET, Inbox, table

from core.errors import WarehouseError
from core.settings import GENERATED_SOURCES
from ingest.definition.dataset import load_definitions
from ingest.pipeline import ingest_dataset
from ingest.sources import Sources, find_arrivals


def generated_flags(admin: psycopg.Connection) -> list[tuple]:
    return admin.execute("select distinct is_generated from audit.batch order by 1").fetchall()


def accept_everything(admin: psycopg.Connection) -> None:
    admin.execute("update audit.batch set status = 'accepted'")


def test_without_any_setting_the_generated_extracts_are_loaded_and_flagged(
    warehouse: str, admin: psycopg.Connection
) -> None:
    report = ingest_dataset(DATASET)

    assert [batch.status for batch in report.batches] == ["pending"] * 4
    assert generated_flags(admin) == [(True,)]
    assert admin.execute("select bool_and(is_generated) from audit.source_file").fetchone() == (True,)
    assert report.notes == []


def test_sources_are_remembered_for_the_next_run(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.ingest()
    monkeypatch.delenv("SOURCES")

    assert inbox.ingest_one("a.csv", table("borough_major_minor")).status == "pending"


@pytest.mark.parametrize("sources", ["generated", f"{GENERATED_SOURCES}/crime/.."], ids=["word", "folder"])
def test_the_shipped_extracts_may_be_asked_for_and_are_flagged_either_way(
    inbox: Inbox, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, sources: str
) -> None:
    monkeypatch.setenv("SOURCES", sources)

    assert len(inbox.ingest()) == 4
    assert generated_flags(admin) == [(True,)]


def test_generated_after_accepted_real_files_is_refused(
    inbox: Inbox, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.ingest_one("a.csv", table("borough_major_minor"))
    accept_everything(admin)
    monkeypatch.setenv("SOURCES", "generated")

    with pytest.raises(WarehouseError) as caught:
        inbox.ingest()

    assert caught.value.message == (
        "The generated extracts may not join a database that holds real files (mps_borough_crime)."
    )
    assert generated_flags(admin) == [(False,)]
    monkeypatch.delenv("SOURCES")
    assert [batch.status for batch in inbox.ingest()] == ["known"]  # the real folder is still the one remembered


def test_real_after_generated_is_fine(inbox: Inbox, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.put("a.csv", table("borough_major_minor"))
    monkeypatch.setenv("SOURCES", "generated")
    inbox.ingest()
    accept_everything(admin)
    monkeypatch.setenv("SOURCES", str(inbox.root))

    assert [batch.status for batch in inbox.ingest()] == ["pending"]
    assert generated_flags(admin) == [(False,), (True,)]


def test_a_folder_that_does_not_exist_is_a_clear_error_and_not_remembered(
    inbox: Inbox, admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOURCES", str(tmp_path / "nowhere"))

    with pytest.raises(WarehouseError, match=r"The folder of sources .*/nowhere cannot be read: No such file"):
        inbox.ingest()

    assert admin.execute("select * from audit.setting").fetchall() == []


def test_a_remembered_folder_that_has_gone_says_that_it_was_remembered(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.ingest()
    monkeypatch.delenv("SOURCES")
    inbox.root.rename(inbox.root.with_name("moved"))

    with pytest.raises(WarehouseError, match="The remembered folder of sources"):
        inbox.ingest()


def test_what_is_passed_over_is_said(inbox: Inbox) -> None:
    content = table("borough_major_minor")
    inbox.put("2020/A.CSV", content)
    for name in (".DS_Store", ".~lock.a.csv#", "a.csv~", "~$a.csv", "readme.txt", ".git/a.csv"):
        inbox.put(name, content)
    (inbox.folder / "link").symlink_to(inbox.folder / "2020")

    report = ingest_dataset(DATASET)

    assert [batch.file_name for batch in report.batches] == ["crime/mps_borough_crime/2020/A.CSV"]
    assert [note.removeprefix("crime/mps_borough_crime/") for note in report.notes] == [
        ".DS_Store: hidden",
        ".git: hidden",
        ".~lock.a.csv#: hidden",
        "a.csv~: not *.csv",
        "link: link to a folder, not followed",
        "readme.txt: not *.csv",
        "~$a.csv: lock file of an office program",
    ]


def test_a_dataset_without_a_folder_in_the_sources_is_said(inbox: Inbox) -> None:
    inbox.folder.rmdir()

    report = ingest_dataset(DATASET)

    assert report.batches == []
    assert report.notes == ["crime/mps_borough_crime: there is no such folder in the sources"]


def test_a_file_that_no_dataset_wants_is_passed_over_with_its_reason(tmp_path: Path) -> None:
    folder = tmp_path / "reference" / "population"
    folder.mkdir(parents=True)
    for name in ("Unemployment Rate.csv", "census2021-ts007a-ltla.csv"):
        (folder / name).touch()

    arrivals, notes = find_arrivals(Sources(tmp_path, is_generated=False), load_definitions()["population"])

    assert [arrival.path.name for arrival in arrivals] == ["census2021-ts007a-ltla.csv"]
    assert notes == ["reference/population/Unemployment Rate.csv: unemployment by borough, no population"]
