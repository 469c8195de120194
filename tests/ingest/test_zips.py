"""Zips in the inbox: a member is a file like any other; a zip that is built to hurt is refused, with a word."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from crime_files import DATASET, Inbox, table

from core.settings import settings
from ingest.archive.store import Archive
from ingest.archive.zips import LONGEST_LIST, MOST_MEMBERS, MOST_TIMES, SMALL
from ingest.definition.dataset import Dataset
from ingest.extracts.xlsx import packed
from ingest.pipeline import ingest_dataset
from ingest.readers.base import FileRefused
from ingest.sources import Sources, find_arrivals

GOOD = table("borough_major_minor")
OTHER = GOOD.replace(b"12", b"13")
HOME = f"crime/{DATASET}"
Case = tuple[str, bytes, str]


def deflated(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def patched(content: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """The zip with some bytes of its first record of that kind changed."""
    at = content.index(mark) + offset
    return content[:at] + value + content[at + len(value) :]


def twice(name: str) -> bytes:
    first, second = name, name[:-1] + "X"
    return packed({first: GOOD, second: OTHER}).replace(second.encode(), first.encode())


LOCAL, LISTED, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
ONE = packed({"a.csv": GOOD})


def bad_wholes() -> Iterator[Case]:
    """Zips of which nothing is read: what is wrong, bytes, words of the reason."""
    yield "empty", b"", "no zip that can be read"
    yield "web page", b"<!doctype html><html>Sorry</html>\n", "no zip that can be read"
    yield "a table under a wrong name", GOOD, "no zip that can be read"
    yield "cut off at the end", ONE[:-30], "no zip that can be read"
    yield "cut off in the middle", ONE[: len(ONE) // 2], "no zip that can be read"
    yield "its end only", ONE[ONE.index(END) :], "no zip that can be read"
    yield "a list that is none", patched(ONE, LISTED, 0, b"PKxx"), "no zip that can be read"
    yield "a name that is no UTF-8", patched(patched(ONE, LISTED, 9, b"\x08"), LISTED, 46, b"\xff"), "no zip that can"
    yield "nothing in it", packed({}), "no file in it is the dataset's"
    yield "folders only", packed({"a.csv/": b"", "b/": b""}), "no file in it is the dataset's"
    yield "other files only", packed({"a.txt": GOOD, ".csv": GOOD}), "no file in it is the dataset's"
    yield (
        "thousands",
        packed({f"{n}.csv": b"" for n in range(MOST_MEMBERS + 1)}),
        "it holds 1,001 files, more than 1,000",
    )
    long = struct.pack("<L", LONGEST_LIST + 1)
    yield "an endless list", patched(ONE, END, 12, long), "its list of members is longer than that of any publication"
    zeros = bytes(1 << 20)
    many = deflated({f"{number}.csv": zeros for number in range(MOST_TIMES * SMALL // len(zeros) + 1)})
    yield "a bomb of many", many, f"its {len(many):,} bytes unpack to 53,477,376"


def bad_members() -> Iterator[Case]:
    """Zips with one member that is not read: what is wrong, bytes, words of the reason."""
    for name in ("../a.csv", "/etc/a.csv", "b/../../a.csv", "..\\a.csv", "C:\\a.csv", "C:a.csv"):
        yield f"path {name}", packed({name: GOOD}), "its name leads out of the zip"
    for name in ("a\nb.csv", "a\x1b[2Jb.csv", "a" * 300 + ".csv", "a\u202eb.csv"):
        yield f"name {name[:9]!a}", packed({name: GOOD}), "its name is no name of a file"
    yield "a zip in it", packed({"b.zip": ONE}), "a zip within a zip is not opened"
    yield "a name twice", twice("a.csv"), "2 members of the zip have this name"
    locked = patched(patched(ONE, LISTED, 8, b"\1"), LOCAL, 6, b"\1")
    yield "encrypted", locked, "it is encrypted"
    yield "a rare method", deflated({"a.csv": GOOD}, zipfile.ZIP_LZMA), "it is packed by method 14, which is not read"
    bomb = deflated({"a.csv": bytes(MOST_TIMES * SMALL + 1)})
    yield "a bomb", bytes(1 << 20) + bomb, "bytes unpack to 52,428,801"
    small = patched(deflated({"a.csv": GOOD}), LISTED, 24, struct.pack("<L", 1))
    yield "a size that lies", small, "it cannot be unpacked: Bad CRC-32"
    yield "a byte wrong", ONE.replace(b"Lambeth", b"Lambetx", 1), "it cannot be unpacked: Bad CRC-32"
    packed_text = deflated({"a.csv": GOOD})
    at = packed_text.index(b"a.csv") + 20
    yield "packed bytes wrong", packed_text[:at] + bytes(20) + packed_text[at + 20 :], "it cannot be unpacked"
    yield "another name inside", patched(ONE, LOCAL, 30, b"b"), "it cannot be unpacked: File name in directory"
    yield "not where it should be", patched(ONE, LISTED, 42, b"\7"), "it cannot be unpacked"


def kept(folder: Path, definition: Dataset, content: bytes) -> tuple[list[str], list[str]]:
    """Put the zip into an inbox; names of the files that the archive takes, and of those that it cannot, with why."""
    home = folder / "inbox" / HOME
    home.mkdir(parents=True)
    (home / "all.zip").write_bytes(content)
    arrivals, _ = find_arrivals(Sources(folder / "inbox", is_generated=False), definition)
    archive = Archive(folder / "archive")
    taken, refused = [], []
    for arrival in arrivals:
        try:
            taken.append(archive.keep(arrival).name)
        except FileRefused as refusal:
            assert refusal.remedy.endswith(".")
            refused.append(f"{arrival.name}: {refusal.reason}")
    return taken, refused


@pytest.mark.parametrize(("content", "reason"), [case[1:] for case in bad_wholes()], ids=[c[0] for c in bad_wholes()])
def test_a_zip_of_which_nothing_can_be_trusted(
    tmp_path: Path, definition: Dataset, content: bytes, reason: str
) -> None:
    taken, [refused] = kept(tmp_path, definition, content)
    assert taken == []
    assert refused.startswith(f"{HOME}/all.zip: {reason}")


@pytest.mark.parametrize(("content", "reason"), [case[1:] for case in bad_members()], ids=[c[0] for c in bad_members()])
def test_a_member_that_cannot_be_trusted(tmp_path: Path, definition: Dataset, content: bytes, reason: str) -> None:
    taken, refused = kept(tmp_path, definition, content)
    assert taken == []
    for each in refused:
        assert each.startswith(f"{HOME}/all.zip!")
        assert reason in each
        assert each.isprintable()
        assert len(each) < 400
    assert len(refused) == (2 if "have this name" in reason else 1)
    assert not list((tmp_path / "archive").glob("??/*"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "inbox"]


def test_members_land_as_files_of_their_own(inbox: Inbox, admin: psycopg.Connection) -> None:
    bad = b"a,b\n1,2\n"
    inbox.put("all.zip", deflated({"2013/a.csv": GOOD, "b.CSV": OTHER, "bad.csv": bad, "readme.txt": b"x"}))

    report = ingest_dataset(DATASET)

    assert [(each.file_name, each.status) for each in report.batches] == [
        (f"{HOME}/all.zip!2013/a.csv", "pending"),
        (f"{HOME}/all.zip!b.CSV", "pending"),
        (f"{HOME}/all.zip!bad.csv", "refused"),
    ]
    assert (report.batches[2].reason or "").startswith(f"{HOME}/all.zip!bad.csv, line 1:")
    assert report.notes == [f"{HOME}/all.zip: 1 members: not *.csv"]
    archive = Archive(settings().archive_dir)
    [first, second, _] = archive.entries()
    assert archive.path(first.sha256).read_bytes() == GOOD
    assert (second.name, second.bytes) == (f"{HOME}/all.zip!b.CSV", len(OTHER))
    assert second.address == f"{(inbox.folder / 'all.zip').as_uri()}!b.CSV"
    rows = admin.execute("select count(*) from raw.mps_borough_crime").fetchone()

    inbox.put("a.csv", GOOD)
    assert [each.status for each in ingest_dataset(DATASET).batches] == ["known"] * 4
    assert admin.execute("select count(*) from raw.mps_borough_crime").fetchone() == rows
    assert len(archive.entries()) == 3


def test_a_bad_member_or_zip_stops_neither_the_others_nor_the_next_run(inbox: Inbox) -> None:
    inbox.put("a.zip", packed({"../a.csv": OTHER, "good.csv": GOOD}))
    inbox.put("b.zip", b"no zip")
    inbox.put("c.csv", OTHER)

    reports = inbox.ingest()

    assert [(each.file_name.removeprefix(f"{HOME}/"), each.status, each.batch_id is None) for each in reports] == [
        ("a.zip!../a.csv", "refused", True),
        ("a.zip!good.csv", "pending", False),
        ("b.zip", "refused", True),
        ("c.csv", "pending", False),
    ]
    assert reports[0].reason == f"{HOME}/a.zip!../a.csv: its name leads out of the zip."
    assert (reports[0].remedy or "").startswith("Unpack it by hand")


def test_what_stands_in_a_files_name_is_read_from_the_members(
    warehouse: str, admin: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "crime" / "police_uk_street"
    home.mkdir(parents=True)
    columns = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type"
    text = f"{columns},Last outcome category,Context\n,2024-01,Kent Police,Kent Police,,,No Location,,,Drugs,,\n"
    names = ["2024-01\\2024-01-kent-street.csv", "2024-01-surrey-street.csv"]
    texts = (text, text.replace("Drugs", "Robbery").replace("Kent", "Surrey"))
    (home / "x.zip").write_bytes(packed({name: each.encode() for name, each in zip(names, texts, strict=True)}))
    monkeypatch.setenv("SOURCES", str(tmp_path))

    assert [each.reason for each in ingest_dataset("police_uk_street").batches] == [None, None]
    assert admin.execute("select label, vintage from audit.batch order by 1").fetchall() == [
        ("kent", "2024-01-kent"),
        ("surrey", "2024-01-surrey"),
    ]


def test_memory_does_not_grow_with_a_member(tmp_path: Path, definition: Dataset) -> None:
    content = packed({"a.csv": bytes(64 << 20)})
    tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        taken, refused = kept(tmp_path, definition, content)
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert (len(taken), refused) == (1, [])
    assert peak < 8 << 20


def test_a_dataset_whose_files_are_zips_gets_them_whole(tmp_path: Path, definition: Dataset) -> None:
    taken, refused = kept(tmp_path, definition.model_copy(update={"files": "*.zip"}), ONE)
    assert (taken, refused) == ([f"{HOME}/all.zip"], [])


def test_members_that_are_other_datasets_are_passed_over(inbox: Inbox, admin: psycopg.Connection) -> None:
    """The download of data.police.uk holds three kinds of file for each force and month."""
    home = inbox.root / "crime" / "police_uk_street"
    home.mkdir(parents=True)
    header = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type"
    street = f"{header},Last outcome category,Context\n,2024-03,Gwent Police,Gwent Police,,,On or near A,,,Burglary,,\n"
    with zipfile.ZipFile(home / "download.zip", "w") as packed:
        for kind in ("street", "outcomes", "stop-and-search"):
            packed.writestr(f"2024-03/2024-03-gwent-{kind}.csv", street)
        packed.writestr("2024-03/2024-03-gwent-strete.csv", f"{street}\n")

    report = ingest_dataset("police_uk_street")

    assert [(batch.file_name.rpartition("/")[2], batch.status) for batch in report.batches] == [
        ("2024-03-gwent-street.csv", "pending"),
        ("2024-03-gwent-strete.csv", "refused"),
    ]
    assert [note.partition("zip: ")[2] for note in report.notes if "zip: " in note] == [
        "1 members: a file of police_uk_outcomes",
        "1 members: a file of police_uk_stop_and_search",
    ]
