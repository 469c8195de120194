"""Whoever may write to the inbox cannot make us read, wait for, copy or show anything else."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from crime_files import DATASET, Inbox, table

from core.settings import settings
from core.visible import visible
from ingest.archive.store import Archive, Arrival
from ingest.fetch.notes import NOTE, read_note
from ingest.readers.base import FileRefused
from ingest.sign_off import SUFFIX, read_sign_off

GOOD = table("borough_major_minor")
SECRET = b"postgres:not-for-readers"


def test_each_hostile_file_is_refused_by_name_and_the_good_one_lands(
    inbox: Inbox, admin: psycopg.Connection, tmp_path: Path
) -> None:
    secret = tmp_path / "password"
    secret.write_bytes(SECRET)
    inbox.put("good.csv", GOOD)
    (inbox.folder / "link.csv").symlink_to(secret)
    (inbox.folder / "link.zip").symlink_to(secret)
    os.mkfifo(inbox.folder / "pipe.csv")
    with (inbox.folder / "sparse.csv").open("wb") as file:
        file.write(GOOD)
        file.truncate(1 << 40)
    inbox.put("clear\x1b[2J\u202escreen.csv", GOOD.replace(b"12", b"13"))
    inbox.put(f"noted.csv{NOTE}/folder", b"")
    inbox.put("noted.csv", GOOD.replace(b"12", b"14"))
    os.mkfifo(inbox.folder / f"piped.csv{NOTE}")
    inbox.put("piped.csv", GOOD.replace(b"12", b"15"))

    said = {each.file_name.rpartition("/")[2]: (each.status, each.reason or "") for each in inbox.ingest()}

    assert said.pop("good.csv") == ("pending", "")
    assert {name: status for name, (status, _) in said.items()} == dict.fromkeys(said, "refused")
    assert {name: reason.partition(": ")[2] for name, (_, reason) in said.items()} == {
        "link.csv": "a link, and links are not followed.",
        "link.zip": "a link, and links are not followed.",
        "pipe.csv": "not a regular file.",
        "sparse.csv": "its 1,099,511,627,776 bytes were never written whole: it is a sparse file.",
        "clear\\x1b[2J\\u202escreen.csv": "its name holds characters that are not shown.",
        "noted.csv": f"noted.csv{NOTE} beside it is a folder.",
        "piped.csv": f"piped.csv{NOTE} beside it is not a regular file.",
    }
    kept = [path.read_bytes() for path in settings().archive_dir.glob("??/*")]
    assert kept == [GOOD], "nothing else was copied"
    assert admin.execute("select count(*) from audit.source_file").fetchone() == (1,)
    assert Archive(settings().archive_dir).manifest.read_text().count("\n") == 1
    modes = {oct(path.stat().st_mode & 0o077) for path in [settings().archive_dir, *settings().archive_dir.rglob("*")]}
    assert modes == {"0o0"}, "published figures are for their owner until they are published"


@pytest.mark.parametrize(
    "content",
    [b"[" * 30_000, b'{"address": 5, "etag": null, "last_modified": null}', b'{"address": "a\\u0000b", "etag": null}',
     b"\xff", b"", json.dumps({"address": "x" * 5000, "etag": None, "last_modified": None}).encode()],
)  # fmt: skip
def test_a_note_that_is_none_is_no_note(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"a.csv{NOTE}").write_bytes(content)
    if content == b"\xff":
        with pytest.raises(FileRefused, match="beside it cannot be read"):
            read_note(tmp_path / "a.csv")
    else:
        assert read_note(tmp_path / "a.csv") is None


def _fifo(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_fifo, "is not a regular file"),
        (Path.mkdir, "is a folder"),
        (lambda path: path.symlink_to("/etc/hostname"), "is a link"),
        (lambda path: path.write_text("[" * 20_000), "cannot be used"),
        (lambda path: path.write_text('name: "A\\0 B"\nrole: r\ndate: 2024-01-01\nstatement: s\nsha256: x'), "name: "),
        (lambda path: path.write_bytes(b"a" * 70_000), "is longer than"),
    ],
)
def test_a_sign_off_that_is_none_is_said(tmp_path: Path, make: Callable[[Path], object], reason: str) -> None:
    make(tmp_path / f"a.csv{SUFFIX}")
    with pytest.raises(FileRefused, match=reason):
        read_sign_off(tmp_path / "a.csv", "0" * 64, "savings_delivery")


def test_a_file_that_is_written_to_while_it_is_copied_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(GOOD)
    arrival = Arrival(path, "crime/x/a.csv", DATASET, "OGL", is_generated=False)
    archive = Archive(tmp_path / "archive")

    def grows(point: str) -> None:
        if point == "load.copying_file":
            with path.open("ab") as file:
                file.write(b"more\r\n")

    with monkeypatch.context() as patched:
        patched.setattr("ingest.archive.store.reached", grows)
        with pytest.raises(FileRefused, match="written to while it was read"):
            archive.keep(arrival)
    assert archive.entries() == []
    assert archive.keep(arrival).bytes == path.stat().st_size > len(GOOD)


def test_bytes_that_rotted_are_healed_from_the_inbox(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(GOOD)
    arrival = Arrival(path, "crime/x/a.csv", DATASET, "OGL", is_generated=False)
    archive = Archive(tmp_path / "archive")
    kept = archive.path(archive.keep(arrival).sha256)
    kept.chmod(0o600)
    kept.write_bytes(GOOD.replace(b"12", b"13"))

    archive.keep(arrival)

    assert kept.read_bytes() == GOOD
    assert archive.manifest.read_text().count("\n") == 1


def test_what_steers_a_terminal_is_written_out() -> None:
    assert visible("a\x1b]0;x\x07b\u202ec\nd é “ü” \u00a0£", keep="\n") == "a\\x1b]0;x\\x07b\\u202ec\nd é “ü” \u00a0£"
