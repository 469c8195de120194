"""The note beside a fetched file: where it came from, and how to ask whether the publisher has another one now."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

NOTE = ".fetched.json"


@dataclass(frozen=True)
class Note:
    """Where the bytes of a file came from, and how to ask whether there are others now."""

    address: str
    etag: str | None
    last_modified: str | None


def note_path(path: Path) -> Path:
    """Where the note of a fetched file stands."""
    return path.with_name(path.name + NOTE)


def read_note(path: Path) -> Note | None:
    """The note beside a fetched file; None where there is none, or half of one."""
    try:
        return Note(**json.loads(note_path(path).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def write_note(path: Path, note: Note) -> None:
    """Put the note beside the file."""
    note_path(path).write_text(json.dumps(asdict(note)), encoding="utf-8")
