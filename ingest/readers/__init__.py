"""One reader a format. A reader opens a file by a definition and gives a `Reading`, or refuses the file."""

from __future__ import annotations

from pathlib import Path

from ingest.definition.dataset import Dataset
from ingest.readers.base import Reader, Reading
from ingest.readers.documents.json_records import JsonReader
from ingest.readers.lists.read import NamedColumnsReader
from ingest.readers.packed import Unpacked, is_packed
from ingest.readers.parquet import ParquetReader
from ingest.readers.periods import bounded
from ingest.readers.proven import proven
from ingest.readers.tables.read import TablesReader
from ingest.readers.text.delimited import DelimitedReader
from ingest.readers.text.wide_months import WideMonthsReader
from ingest.readers.workbooks.workbook import WorkbookReader

READERS: tuple[type[Reader], ...] = (
    DelimitedReader,
    ParquetReader,
    WideMonthsReader,
    WorkbookReader,
    TablesReader,
    NamedColumnsReader,
    JsonReader,
)


def reader_of(definition: Dataset) -> type[Reader]:
    """The reader of the format that the definition names."""
    return next(reader for reader in READERS if isinstance(definition.reader, reader.settings))


def open_file(path: Path, definition: Dataset, name: str) -> Reading:
    """Open the file, which was published under `name`: the archive keeps it under its hash.

    What is packed with gzip is unpacked first. FileRefused where the file as a whole is wrong.
    """
    reader = reader_of(definition)(bounded(definition))
    unpacked = Unpacked(path) if is_packed(path) else None
    reading = reader.open(unpacked.path if unpacked else path, name)
    if unpacked:
        reading.items = unpacked.kept_for(reading.items)
    if definition.redundancies:
        reading.items = proven(reading, definition, reading.items, name)
    return reading
