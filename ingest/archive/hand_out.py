"""Handing out an archived file by its hash: the published bytes, held against their name."""

from __future__ import annotations

import shutil
from pathlib import Path

from core.errors import WarehouseError
from core.visible import visible
from ingest.archive.store import Archive, ArchivedFile, is_itself
from ingest.archive.tombstones import tombstones

SHORTEST = 8  # characters of a hash: fewer may come to mean another file


def find(archive: Archive, start: str) -> ArchivedFile:
    """The one archived file whose hash begins so."""
    found = {entry.sha256: entry for entry in archive.entries() if entry.sha256.startswith(start.lower())}
    if len(start) < SHORTEST or len(found) != 1:
        raise WarehouseError(
            f"{visible(start)} is the start of the hash of {len(found) or 'no'} archived files."
            if len(start) >= SHORTEST
            else f"{visible(start)} is too short to name a file.",
            remedy="`warehouse trace ... --csv` writes the hashes out in full.",
        )
    return found.popitem()[1]


def hand_out(archive: Archive, entry: ArchivedFile, target: Path | None = None) -> Path:
    """Copy the file to `target`, else into this folder under its published name. Nothing is written over."""
    if stone := tombstones(archive.folder).get(entry.sha256):
        raise WarehouseError(f"{stone.told}.", remedy="Nothing brings it back; what was published of it is kept.")
    kept = archive.path(entry.sha256)
    if not is_itself(kept, entry.sha256):
        raise WarehouseError(
            f"The archive does not hold {entry.name} as it came: it is gone, or other bytes.",
            remedy="Restore it from a backup; `warehouse archive verify` lists all such.",
        )
    path = target or Path(Path(entry.name.rpartition("!")[2]).name)
    try:
        with kept.open("rb") as source, path.open("xb") as copy:
            shutil.copyfileobj(source, copy)
    except FileExistsError as error:
        raise WarehouseError(f"{path} is there already.", remedy="Give another name with --out.") from error
    return path
