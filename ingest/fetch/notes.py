"""The note beside a fetched file: where it came from, and how to ask whether the publisher has another one now."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints, TypeAdapter, ValidationError

from ingest.archive.plain_file import side_car_text

NOTE = ".fetched.json"
# The database takes no other text.
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]*$", max_length=4000)]


@dataclass(frozen=True)
class Note:
    """Where the bytes of a file came from, and how to ask whether there are others now."""

    address: Line
    etag: Line | None
    last_modified: Line | None


NOTES: TypeAdapter[Note] = TypeAdapter(Note)


def note_path(path: Path) -> Path:
    """Where the note of a fetched file stands."""
    return path.with_name(path.name + NOTE)


def read_note(path: Path) -> Note | None:
    """The note beside a fetched file; None where there is none, or half of one. FileRefused where it is no file."""
    try:
        return NOTES.validate_json(side_car_text(note_path(path)))
    except (FileNotFoundError, ValidationError):
        return None


def write_note(path: Path, note: Note) -> None:
    """Put the note beside the file."""
    note_path(path).write_text(json.dumps(asdict(note)), encoding="utf-8")
