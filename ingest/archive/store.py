"""The archive: published bytes, named by their sha256, written once; a manifest line for each arrival.

Whatever a kill leaves behind (half a copy, half a manifest line) is put right by the next run.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, BinaryIO
from zipfile import ZipInfo

from core.errors import WarehouseError
from core.faults import reached
from core.private import private_folder
from ingest.archive.plain_file import open_plain
from ingest.archive.tombstones import tombstones
from ingest.archive.zips import OpenMember
from ingest.readers.base import FileRefused

BLOCK = 1 << 20
BEING_WRITTEN = ("it was written to while it was read", "Nothing: the next run takes it in.")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrival:
    """A file found in the sources: where it is, its name in the inbox, what is known of it before reading.

    `address` and `etag` are the publisher's, where it was fetched from one. `member` is the file where `path` is a zip
    of several, `fault` why it is not to be read.
    """

    path: Path
    name: str
    dataset: str
    licence: str
    is_generated: bool
    address: str | None = None
    etag: str | None = None
    member: ZipInfo | None = None
    fault: FileRefused | None = None

    @property
    def size(self) -> int:
        """Bytes that it says it has."""
        return self.member.file_size if self.member else self.path.lstat().st_size

    @property
    def state(self) -> tuple[int, int, int]:
        """What changes when somebody writes to the file or puts another one in its place."""
        found = self.path.lstat()
        return found.st_ino, found.st_size, found.st_mtime_ns

    def open(self) -> IO[bytes]:
        """Its bytes, for reading once. OSError or FileRefused where they cannot be had."""
        if self.fault:
            raise self.fault
        return OpenMember(self.path, self.member) if self.member else open_plain(self.path)  # type: ignore[return-value]


@dataclass(frozen=True)
class ArchivedFile:
    """One manifest line: these bytes belong to this dataset and were first seen then, there."""

    sha256: str
    bytes: int
    name: str
    address: str
    fetched_at: datetime
    etag: str | None
    dataset: str
    licence: str
    is_generated: bool


class Archive:
    """A folder of `<first two digits>/<sha256>` files and `manifest.jsonl`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = folder / "manifest.jsonl"
        # The manifest is read once a run, then only what has been added since.
        self._read_up_to = 0
        self._entries: dict[tuple[str, str], ArchivedFile] = {}
        self._sizes: set[tuple[str, int]] = set()
        self._latest = datetime.min.replace(tzinfo=UTC)

    def path(self, sha256: str) -> Path:
        """Where the bytes of that hash are, or would be."""
        return self.folder / sha256[:2] / sha256

    def keep(self, arrival: Arrival) -> ArchivedFile:
        """Archive the file; its manifest entry, the first one where the same bytes came before.

        One writer a dataset (the ingest lock sees to that). OSError or FileRefused where the file cannot be read.
        """
        entry = self._known_without_copying(arrival)
        if entry is None:
            sha256, size = self._copy_in(arrival)
            if (arrival.dataset, sha256) in self._entries:
                log.warning("%s: the archive had lost or damaged these bytes; they are put back", arrival.name)
            entry = self._entries.get((arrival.dataset, sha256)) or self._record(arrival, sha256, size)
        return entry

    def entries(self) -> list[ArchivedFile]:
        """The manifest, oldest first, without a last line that a kill tore."""
        if self.manifest.exists():
            with self.manifest.open("rb") as manifest:
                self._read_on(manifest)
        return list(self._entries.values())

    def _known_without_copying(self, arrival: Arrival) -> ArchivedFile | None:
        """The entry of bytes that came before: a quiet night reads, and writes nothing."""
        self.entries()
        if (arrival.dataset, arrival.size) not in self._sizes:
            return None
        with arrival.open() as source:
            entry = self._entries.get((arrival.dataset, hashlib.file_digest(source, "sha256").hexdigest()))  # type: ignore[arg-type]
        return entry if entry and is_itself(self.path(entry.sha256), entry.sha256) else None

    def _read_on(self, manifest: BinaryIO) -> None:
        manifest.seek(self._read_up_to)
        for line in manifest.readlines():
            if line.endswith(b"\n"):
                entry = self._entry(line)
                self._entries.setdefault((entry.dataset, entry.sha256), entry)
                self._sizes.add((entry.dataset, entry.bytes))
                self._latest = max(self._latest, entry.fetched_at)
                self._read_up_to += len(line)

    def _entry(self, line: bytes) -> ArchivedFile:
        try:
            content = json.loads(line)
            return ArchivedFile(**{**content, "fetched_at": datetime.fromisoformat(content["fetched_at"])})
        except (ValueError, TypeError, KeyError) as error:
            raise WarehouseError(
                f"{self.manifest}, byte {self._read_up_to}: not a manifest line: {error}.",
                remedy="Restore the manifest from a backup; every archived file must have its line.",
            ) from error

    def _copy_in(self, arrival: Arrival) -> tuple[str, int]:
        private_folder(self.folder)
        # One name a dataset: half a copy left by a kill is replaced by the next run, never collected.
        draft = self.folder / f"{arrival.dataset}.part"
        draft.unlink(missing_ok=True)
        digest, size, before, most = hashlib.sha256(), 0, arrival.state, arrival.size
        try:
            with arrival.open() as source, draft.open("wb") as copy:
                for block in _blocks(source):
                    digest.update(block)
                    size += copy.write(block)
                    reached("load.copying_file")
                    if size > most:  # it may grow faster than it is read
                        raise FileRefused(*BEING_WRITTEN)
                copy.flush()
                os.fchmod(copy.fileno(), 0o400)
                os.fsync(copy.fileno())
            if arrival.state != before:
                raise FileRefused(*BEING_WRITTEN)
            reached("load.file_copied")
            if stone := tombstones(self.folder).get(digest.hexdigest()):
                raise FileRefused(f"kept no longer: {stone.told}", "Take it out of the sources, where it still lies.")
            home = self.path(digest.hexdigest())
            if not is_itself(home, home.name):  # lost or damaged ones are put back
                is_new = not home.parent.exists()
                private_folder(home.parent)
                draft.rename(home)
                _sync_folder(home.parent)
                if is_new:
                    _sync_folder(self.folder)
        finally:
            draft.unlink(missing_ok=True)  # a full disk is not helped by half a copy
        reached("load.file_named")
        return digest.hexdigest(), size

    def _record(self, arrival: Arrival, sha256: str, size: int) -> ArchivedFile:
        is_new = not self.manifest.exists()
        with os.fdopen(os.open(self.manifest, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "ab+") as manifest:
            fcntl.flock(manifest, fcntl.LOCK_EX)  # other datasets' runs write here too
            self._read_on(manifest)
            manifest.truncate(self._read_up_to)  # a last line without its end was torn by a kill
            entry = ArchivedFile(
                sha256=sha256,
                bytes=size,
                name=arrival.name,
                address=arrival.address or arrival.path.absolute().as_uri(),
                fetched_at=self._next_time(),
                etag=arrival.etag,
                dataset=arrival.dataset,
                licence=arrival.licence,
                is_generated=arrival.is_generated,
            )
            line = json.dumps({**asdict(entry), "fetched_at": entry.fetched_at.isoformat()}, ensure_ascii=False)
            manifest.write(line.encode() + b"\n")
            manifest.flush()
            os.fsync(manifest.fileno())
        if is_new:
            _sync_folder(self.folder)
        reached("load.manifest_written")
        return entry

    def _next_time(self) -> datetime:
        """Now, but later than every entry: vintages of one period are ordered by this, and clocks may step back."""
        return max(datetime.now(UTC), self._latest + timedelta(microseconds=1))


def is_itself(path: Path, sha256: str) -> bool:
    """Whether an archived file is there and holds the bytes that its name says."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _blocks(source: IO[bytes]) -> Iterator[bytes]:
    while block := source.read(BLOCK):
        yield block


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
