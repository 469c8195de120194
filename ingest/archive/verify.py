"""Whether the archive still holds what its manifest says, byte for byte."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from ingest.archive.store import Archive
from ingest.archive.tombstones import tombstones


@dataclass(frozen=True)
class ArchiveState:
    """How many files and bytes were read, a line for each that is not as it was kept, and how many have a tombstone."""

    files: int
    size: int
    faults: list[str]
    buried: int = 0


def verify_archive(archive: Archive) -> ArchiveState:
    """Read every file of the manifest, and look for files that it does not know. Nothing is changed."""
    faults: list[str] = []
    entries = {entry.sha256: entry for entry in archive.entries()}
    size = 0
    buried = tombstones(archive.folder)
    for sha256, entry in entries.items():
        if sha256 in buried:
            if archive.path(sha256).exists():
                faults.append(f"{entry.name} ({sha256}): is still there, and {buried[sha256].told}")
            continue
        try:
            with archive.path(sha256).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
                size += file.tell()
        except OSError as error:
            faults.append(f"{entry.name} ({sha256}): cannot be read: {error.strerror}")
            continue
        if found != sha256:
            faults.append(f"{entry.name} ({sha256}): other bytes than were kept, now {found}")
    kept = {path.name for path in archive.folder.glob("[0-9a-f][0-9a-f]/*")}
    faults += [f"{name}: no line of the manifest knows it" for name in sorted(kept - entries.keys())]
    return ArchiveState(len(entries) - len(buried), size, faults, len(buried))
