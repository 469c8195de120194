"""What every reader gives the loader: records, what it set aside and why, or the refusal of the whole file."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pyarrow as pa

from ingest.definition.dataset import Dataset

# A quarantined row is kept for a person to look at, not to be loaded again: the archive has the bytes.
RECORD_LENGTH = 2000
FETCH_AGAIN = "Fetch the file from the publisher again and put it into the sources."


class Record(NamedTuple):
    """One record to load: the fields' values in the definition's order, and where it stood in the file.

    `source_column` is None where the record is a whole row, `sheet` where the file has no sheets.
    """

    values: tuple[str | int | Decimal | date | None, ...]
    row_number: int
    source_column: str | None
    sheet: str | None = None


class Quarantined(NamedTuple):
    """Records set aside: `record_count` of them, at this row (and column, where one cell is to blame)."""

    row_number: int
    source_column: str | None
    rule: str
    reason: str
    record_count: int
    record: str
    sheet: str | None = None


class Skipped(NamedTuple):
    """Something in the file that is no data, by a named rule."""

    rule: str
    row_number: int
    record_count: int


class Rows(NamedTuple):
    """Good rows at once: a typed column a field (see `typed`), in the definition's order, and where each row stood."""

    values: pa.RecordBatch
    row_numbers: pa.Array
    places: pa.Array | None = None  # of each row, what `source_column` is of a record


Item = Record | Quarantined | Skipped | Rows


class FileRefused(Exception):
    """The file as a whole cannot be loaded. `reason` starts where the file's name ends: `line 3: ...`.

    `is_publishers`: the remedy is to ask or to follow a publisher, and not for somebody who fills a file in.
    """

    def __init__(self, reason: str, remedy: str, *, is_publishers: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
        self.is_publishers = is_publishers or remedy == FETCH_AGAIN


@dataclass
class Reading:
    """An open file: what its header says, and its items in file order.

    `records_read` is counted by the reader as the items are taken, before it judges them: the account that the
    loader's own counts must add up to. Taking an item may raise FileRefused. The period that the file covers may be
    known only when all items have been taken; it stays None where no record was good. `label` is what else than the
    period tells the file from others of the publication, such as the police force. No two records may share a `key`:
    that is for the loader to see to, and `skips_repeats` whether a row that repeats another in every field is no fault;
    only a workbook, which is read whole, sees to it itself and gives no key.
    """

    layout: str
    period_start: date | None
    period_end: date | None
    items: Iterator[Item]
    records_read: int = 0
    label: str | None = None
    key: tuple[str, ...] = ()
    skips_repeats: bool = False


class PlaceColumn(NamedTuple):
    """The raw column that says where else than on its line a record stood: name, PostgreSQL type, description."""

    name: str
    type: str
    description: str


SOURCE_COLUMN = PlaceColumn("_source_column", "text", "Published name of the column that the value stood in")


class Reader(ABC):
    """What a format is to everybody else. A new one is such a class and its line in READERS."""

    settings: ClassVar[type[Any]]  # what a definition's `reader` may say of it
    place_column: ClassVar[PlaceColumn]

    def __init__(self, definition: Dataset) -> None:
        self.definition = definition

    @abstractmethod
    def open(self, path: Path, name: str) -> Reading:
        """Open the file, published under `name`. FileRefused where it is wrong as a whole."""


def as_published(cells: Sequence[str]) -> str:
    """The cells of a row as quarantine keeps them: JSON, which can hold any character, cut to a readable length."""
    return json.dumps(cells, ensure_ascii=False)[:RECORD_LENGTH]
