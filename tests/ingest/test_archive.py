"""Bytes are written once, every arrival has its manifest line, and a kill at any point is mended by the next run."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from core.errors import WarehouseError
from ingest.archive.hand_out import find, hand_out
from ingest.archive.store import Archive, Arrival


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def arrival(folder: Path, content: bytes, name: str = "a.csv", dataset: str = "fruit") -> Arrival:
    path = folder / name
    path.write_bytes(content)
    return Arrival(path, f"food/{dataset}/{name}", dataset, "OGL", is_generated=False)


def everything(archive: Archive) -> dict[str, tuple[bytes, int]]:
    """Every file of the archive with its content and its inode: a file written again has another one."""
    paths = [path for path in archive.folder.rglob("*") if path.is_file()]
    return {str(path): (path.read_bytes(), path.stat().st_ino) for path in paths}


def test_bytes_are_kept_under_their_hash_with_a_manifest_line(archive: Archive, tmp_path: Path) -> None:
    entry = archive.keep(arrival(tmp_path, b"apple"))

    digest = hashlib.sha256(b"apple").hexdigest()
    kept = archive.folder / digest[:2] / digest
    assert kept.read_bytes() == b"apple"
    assert kept.stat().st_mode & 0o222 == 0
    assert json.loads(archive.manifest.read_text()) == {
        "sha256": digest,
        "bytes": 5,
        "name": "food/fruit/a.csv",
        "address": (tmp_path / "a.csv").as_uri(),
        "fetched_at": entry.fetched_at.isoformat(),
        "etag": None,
        "dataset": "fruit",
        "licence": "OGL",
        "is_generated": False,
    }


def test_the_same_bytes_again_change_nothing_whatever_their_name(archive: Archive, tmp_path: Path) -> None:
    first = archive.keep(arrival(tmp_path, b"apple"))
    before = everything(archive)

    assert archive.keep(arrival(tmp_path, b"apple", "b.csv")) == first
    assert Archive(archive.folder).keep(arrival(tmp_path, b"apple")) == first
    assert everything(archive) == before


def test_the_same_bytes_of_another_dataset_share_the_file_and_get_a_line(archive: Archive, tmp_path: Path) -> None:
    kept = archive.path(archive.keep(arrival(tmp_path, b"apple")).sha256)
    inode = kept.stat().st_ino
    archive.keep(arrival(tmp_path, b"apple", dataset="cider"))

    assert [entry.dataset for entry in archive.entries()] == ["fruit", "cider"]
    assert sorted(everything(archive)) == sorted([str(kept), str(archive.manifest)])
    assert kept.stat().st_ino == inode


def test_bytes_that_the_archive_has_lost_are_put_back_without_a_second_line(archive: Archive, tmp_path: Path) -> None:
    entry = archive.keep(arrival(tmp_path, b"apple"))
    archive.path(entry.sha256).unlink()

    assert archive.keep(arrival(tmp_path, b"apple")) == entry
    assert archive.path(entry.sha256).read_bytes() == b"apple"
    assert Archive(archive.folder).entries() == [entry]
    assert len(archive.manifest.read_text().splitlines()) == 1


def test_other_bytes_of_the_same_size_are_another_file(archive: Archive, tmp_path: Path) -> None:
    archive.keep(arrival(tmp_path, b"apple"))
    archive.keep(arrival(tmp_path, b"grape"))

    assert len(archive.entries()) == 2


def test_arrival_times_rise_even_when_the_clock_has_stepped_back(archive: Archive, tmp_path: Path) -> None:
    archive.keep(arrival(tmp_path, b"apple"))
    line = json.loads(archive.manifest.read_text())
    archive.manifest.write_text(json.dumps(line | {"fetched_at": "2999-01-01T00:00:00+00:00"}) + "\n")

    later = [Archive(archive.folder).keep(arrival(tmp_path, content)) for content in (b"pear", b"plum")]

    assert [entry.fetched_at.isoformat() for entry in later] == [
        "2999-01-01T00:00:00.000001+00:00",
        "2999-01-01T00:00:00.000002+00:00",
    ]


def test_a_torn_last_line_is_dropped_and_its_file_recorded_again(archive: Archive, tmp_path: Path) -> None:
    archive.keep(arrival(tmp_path, b"apple"))
    archive.keep(arrival(tmp_path, b"pear"))
    whole = archive.manifest.read_bytes()
    archive.manifest.write_bytes(whole[:-20])

    after = Archive(archive.folder)
    assert [entry.bytes for entry in after.entries()] == [5]
    after.keep(arrival(tmp_path, b"pear"))
    after.keep(arrival(tmp_path, b"plums"))

    lines = [json.loads(line) for line in archive.manifest.read_text().splitlines()]
    assert [line["sha256"] for line in lines] == [
        hashlib.sha256(content).hexdigest() for content in (b"apple", b"pear", b"plums")
    ]


def test_half_a_copy_left_by_a_kill_is_replaced(archive: Archive, tmp_path: Path) -> None:
    archive.folder.mkdir()
    half = archive.folder / "fruit.part"
    half.write_bytes(b"something much longer than the file itself")
    half.chmod(0o444)

    entry = archive.keep(arrival(tmp_path, b"apple"))

    assert archive.path(entry.sha256).read_bytes() == b"apple"
    assert not half.exists()


def test_a_killed_run_that_had_the_bytes_but_no_line_gets_its_line(archive: Archive, tmp_path: Path) -> None:
    archive.keep(arrival(tmp_path, b"apple"))
    archive.manifest.unlink()

    entry = Archive(archive.folder).keep(arrival(tmp_path, b"apple"))

    assert Archive(archive.folder).entries() == [entry]


def test_a_spoilt_line_within_the_manifest_is_an_error_with_its_place(archive: Archive, tmp_path: Path) -> None:
    archive.keep(arrival(tmp_path, b"apple"))
    archive.manifest.write_bytes(b"{}\n" + archive.manifest.read_bytes())

    with pytest.raises(WarehouseError, match=r"manifest\.jsonl, byte 0: not a manifest line"):
        Archive(archive.folder).entries()


def test_a_file_is_handed_out_by_its_hash_as_it_came(archive: Archive, tmp_path: Path) -> None:
    entry = archive.keep(arrival(tmp_path, b"apple"))
    archive.keep(arrival(tmp_path, b"pear", "b.csv"))
    target = hand_out(archive, find(archive, entry.sha256[:12].upper()), tmp_path / "got.csv")
    assert target.read_bytes() == b"apple"

    with pytest.raises(WarehouseError, match="is there already"):
        hand_out(archive, entry, target)
    with pytest.raises(WarehouseError, match="too short"):
        find(archive, entry.sha256[:4])
    with pytest.raises(WarehouseError, match="of no archived file"):
        find(archive, "0" * 64)
    archive.path(entry.sha256).chmod(0o600)
    archive.path(entry.sha256).write_bytes(b"apples")
    with pytest.raises(WarehouseError, match=r"does not hold food/fruit/a\.csv as it came"):
        hand_out(archive, entry, tmp_path / "other.csv")
    assert not (tmp_path / "other.csv").exists()
