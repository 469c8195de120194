"""Delimited tables with a column a field. A record is one row; a row with anything wrong in it is set aside whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ingest.definition.dataset import Dataset
from ingest.definition.formats import Delimited
from ingest.readers.base import SOURCE_COLUMN, Reader, Reading, Skipped
from ingest.readers.file_name import named_texts
from ingest.readers.header import known_layouts
from ingest.readers.periods import check_period
from ingest.readers.text.preamble import read_preamble
from ingest.readers.text.spreadsheet_saved import plain_table
from ingest.readers.text.style import told_layout
from ingest.readers.text.table_reading import read_table
from ingest.readers.text.text_file import check_text, has_carriage_returns
from ingest.readers.text.text_table import TextTable, table_rows
from ingest.readers.told import CARRIAGE_RETURNS

PREAMBLE = "preamble"


class DelimitedReader(Reader):
    """Tables with a column a field."""

    settings = Delimited
    place_column = SOURCE_COLUMN

    def open(self, path: Path, name: str) -> Reading:
        """Judge name and header. FileRefused where no record can be trusted.

        The period that the file covers is known when its items have been taken: the first and last value of the
        definition's `period_field`, a financial year by its first day and its last.
        """
        return _read(path, self.definition, name)


def _read(path: Path, definition: Dataset, name: str) -> Reading:
    settings = definition.reader
    assert isinstance(settings, Delimited), "readers are chosen by format"
    named = named_texts(definition, settings, name)
    check_text(path)
    if settings.saved_by:
        content, told = plain_table(path, definition, settings.delimiter)
        with tempfile.NamedTemporaryFile() as plain:  # open until it is read: the name may go before
            plain.write(content)
            plain.flush()
            return _read_table(Path(plain.name), definition, settings, named, told)
    return _read_table(path, definition, settings, named, [])


def _read_table(
    path: Path, definition: Dataset, settings: Delimited, named: dict[str, str], told: list[str]
) -> Reading:
    told += [CARRIAGE_RETURNS] if has_carriage_returns(path) else []
    preamble = read_preamble(path, settings)
    if preamble.first_day:
        check_period(definition, preamble.first_day, "the lines above the header")

    def rows() -> Iterator[tuple[int, list[str]]]:
        return islice(table_rows(path, settings.encoding, settings.delimiter), len(preamble.lines), None)

    table = TextTable(path, settings.encoding, settings.delimiter)
    line, columns = next(islice(table.rows(), len(preamble.lines), None), (0, []))
    layout = told_layout(
        known_layouts(columns, definition, f"line {line}", others_between=bool(settings.other_columns)),
        columns,
        definition,
        islice(rows(), 1, None),
    )
    above = [Skipped(rule, 1, 0) for rule in told]
    above += [Skipped(PREAMBLE, 1, len(preamble.lines))] if preamble.lines else []
    dated = preamble.first_day, preamble.last_day
    return read_table(table, columns, layout, definition, named, dated=dated, above=above)
