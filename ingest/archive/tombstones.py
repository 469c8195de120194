"""What was taken out of the archive on purpose. The bytes are gone; what they were, and who removed them, is kept."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

FILE = "tombstones.jsonl"


@dataclass(frozen=True)
class Tombstone:
    """One archived file that is no more."""

    sha256: str
    bytes: int
    name: str
    fetched_at: str
    removed_at: str
    by: str
    reason: str

    @property
    def told(self) -> str:
        """What became of it, for people."""
        return f"{self.name} was removed on {self.removed_at[:10]} by {self.by}: {self.reason}"


def tombstones(archive: Path) -> dict[str, Tombstone]:
    """Those of an archive's folder, by the hash of the file."""
    path = archive / FILE
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    stones = [Tombstone(**json.loads(line)) for line in lines if line.endswith("\n")]  # a kill may have torn the last
    return {stone.sha256: stone for stone in stones}


def bury(archive: Path, sha256: str, *, size: int, name: str, fetched_at: datetime, by: str, reason: str) -> None:
    """Write the tombstone of a file, then remove its bytes. Done again, it does what is left to do."""
    if sha256 not in tombstones(archive):
        now = datetime.now(UTC).isoformat(timespec="seconds")
        stone = Tombstone(sha256, size, name, fetched_at.isoformat(), now, by, reason)
        path = archive / FILE
        torn = path.exists() and not path.read_bytes().endswith(b"\n")
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8") as file:
            file.write("\n" * torn + json.dumps(asdict(stone), ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
    remove_buried(archive)


def remove_buried(archive: Path) -> None:
    """Remove the bytes of every file that has a tombstone, from this archive or from a copy of it."""
    for sha256 in tombstones(archive):
        (archive / sha256[:2] / sha256).unlink(missing_ok=True)
