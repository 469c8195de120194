"""One reader a format. A reader opens a file by a definition and gives a `Reading`, or refuses the file."""

from __future__ import annotations

from pathlib import Path

from ingest.definition.dataset import Dataset
from ingest.readers.base import Reading
from ingest.readers.delimited import read_delimited
from ingest.readers.json_records import read_json_records
from ingest.readers.wide_months import read_wide_months
from ingest.readers.workbook import read_workbook

READERS = {"wide_months": read_wide_months, "workbook": read_workbook, "json_records": read_json_records}


def open_file(path: Path, definition: Dataset, name: str = "", *, as_lines: bool = False) -> Reading:
    """Open the file with the reader that its definition names. FileRefused where the file as a whole is wrong.

    `name` is what the file was published as: the archive keeps it under its hash. `as_lines` lets a reader that can
    give good rows as `Lines`, for COPY; without it each is a `Record`.
    """
    if definition.reader.format == "delimited":
        return read_delimited(path, definition, name, as_lines=as_lines)
    return READERS[definition.reader.format](path, definition)
