"""Reads a file with the shipped reader and sorts what it gives: for tests that need no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from flat import flat

from ingest.definition.dataset import Dataset
from ingest.readers import open_file
from ingest.readers.base import FileRefused, Quarantined, Record, Skipped


@dataclass
class Outcome:
    layout: str | None = None
    records: list[Record] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    records_read: int = 0
    refusal: FileRefused | None = None
    period: tuple[date | None, date | None] = (None, None)
    label: str | None = None

    @property
    def is_clean(self) -> bool:
        """Whether the loader would take the file with nothing set aside."""
        return self.refusal is None and not self.quarantined


def read(path: Path, content: bytes, definition: Dataset, name: str = "a") -> Outcome:
    """Write the bytes to the path and read them, as published under the name."""
    path.write_bytes(content)
    outcome = Outcome()
    try:
        reading = open_file(path, definition, name)
        outcome.layout = reading.layout
        for item in flat(reading.items):
            kinds = {Record: outcome.records, Quarantined: outcome.quarantined, Skipped: outcome.skipped}
            kinds[type(item)].append(item)
        outcome.records_read = reading.records_read
        outcome.period, outcome.label = (reading.period_start, reading.period_end), reading.label
    except FileRefused as refusal:
        outcome.refusal = refusal
    return outcome
