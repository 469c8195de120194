"""Parquet files with a column a field: each value as the text that a delimited table has for it, then judged as one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet

from ingest.definition.formats import Parquet
from ingest.readers.base import FETCH_AGAIN, SOURCE_COLUMN, FileRefused, Reader, Reading
from ingest.readers.file_name import named_texts
from ingest.readers.header import known_layouts
from ingest.readers.text.table_reading import read_table
from ingest.readers.text.text_table import Block

ROWS_AT_ONCE = 8000
MOST_CELLS = 2_000_000_000  # a few bytes may say that they are any number of rows


class ParquetReader(Reader):
    """Parquet files, whose types are the publisher's business: the definition says what each field is."""

    settings = Parquet
    place_column = SOURCE_COLUMN

    def open(self, path: Path, name: str) -> Reading:
        """Judge name and columns. FileRefused where no record can be trusted."""
        definition, settings = self.definition, self.definition.reader
        assert isinstance(settings, Parquet), "readers are chosen by format"
        named = named_texts(definition, settings, name)
        table = _ParquetTable(path)
        others = bool(settings.other_columns)
        layout = known_layouts(table.columns, definition, "the file's schema", others_between=others)[0]
        return read_table(table, table.columns, layout, definition, named)


class _ParquetTable:
    """An open file, in blocks of its rows; the first row is row 1."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = parquet.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            raise _damaged(error) from error
        self.columns: list[str] = self._file.schema_arrow.names
        cells = self._file.metadata.num_rows * len(self.columns)
        if cells > MOST_CELLS:
            raise FileRefused(f"it says that it has {cells:,} cells, more than any publication", FETCH_AGAIN)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def blocks(self, _width: int) -> Iterator[Block]:
        """Its rows; every one has every column."""
        first = 1
        try:
            for batch in self._file.iter_batches(ROWS_AT_ONCE, use_threads=False):
                columns = [_texts(name, column) for name, column in zip(self.columns, batch.columns, strict=True)]
                is_odd = any(pc.any(pc.match_substring(column, "\0")).as_py() for column in columns)
                yield Block(columns, np.arange(first, first + len(batch)), [], is_odd=is_odd)
                first += len(batch)
        except (pa.ArrowException, OSError) as error:
            raise _damaged(error) from error


def _texts(name: str, column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _texts(name, column.dictionary_decode())
    if pa.types.is_floating(kind):  # exact, and without a power
        return pa.array([None if x is None else f"{Decimal(repr(x)):f}" for x in column.to_pylist()], pa.string())
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "True", "False")
    if pa.types.is_timestamp(kind):
        moments = column.cast(pa.timestamp("us", kind.tz)).to_pylist()
        return pa.array([None if x is None else x.isoformat().removesuffix("T00:00:00") for x in moments], pa.string())
    if pa.types.is_nested(kind) or pa.types.is_binary(kind):
        raise FileRefused(f"column {name} holds {kind}, which no cell of a table does", FETCH_AGAIN)
    return column.cast(pa.string())


def _damaged(error: Exception) -> FileRefused:
    return FileRefused(f"no Parquet file that can be read: {' '.join(str(error).split())[:200]}", FETCH_AGAIN)
