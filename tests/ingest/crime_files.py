"""Tables of counts written as the publisher writes them, and an inbox to put them into."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.load.load_file import BatchReport
from ingest.pipeline import ingest_dataset

DATASET = "mps_borough_crime"
HEADERS = {
    "borough_major_minor": ("Borough", "Major Category", "Minor Category"),
    "major_minor_lookup_borough": ("MajorText", "MinorText", "LookUp_BoroughName"),
    "major_minor_borough": ("MajorText", "MinorText", "BoroughName"),
    "group_subgroup_bocu": ("Group", "SubGroup", "BOCU"),
}
MONTHS = ("201303", "201304")
ROWS = (
    ("Lambeth", "Burglary", "Burglary in a Dwelling", 12, 0),
    ("Lambeth", "Drugs", "Disclosure, Obstruction", 1, 2),
    ("Sutton", "Burglary", "Burglary in a Dwelling", 7, 2000),
)


def table(layout: str, rows: Sequence[Sequence[object]] = ROWS, months: Sequence[str] = MONTHS) -> bytes:
    """A publication in one of the known layouts. Rows: area, group, subgroup, then a count for each month."""
    areas_first = layout == "borough_major_minor"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*HEADERS[layout], *months])
    for area, group, subgroup, *counts in rows:
        writer.writerow([*((area, group, subgroup) if areas_first else (group, subgroup, area)), *counts])
    return text.getvalue().encode()


@dataclass(frozen=True)
class Inbox:
    """The dataset's folder in a sources folder."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / "crime" / DATASET

    def put(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def ingest(self) -> list[BatchReport]:
        return ingest_dataset(DATASET).batches

    def ingest_one(self, name: str, content: bytes) -> BatchReport:
        """Put this file and ingest; the report of this file."""
        path = self.put(name, content)
        [report] = [each for each in self.ingest() if each.file_name == path.relative_to(self.root).as_posix()]
        return report
