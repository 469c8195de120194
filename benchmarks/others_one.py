"""One load by somebody else's loader in a process of its own, in the benchmark's own environment (`.venv-bench`).

`python -m benchmarks.others_one <loader> <database url> <schema> <table> <csv file> <columns>`, the columns as a JSON
object of names and types of the dataset's definition. Prints one JSON line: the seconds of the load, from reading the
file to the commit, without imports and connection. Every loader makes its own table with the types of raw.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Load:
    """What goes where: `columns` are names and types of the definition, in the order of the file."""

    url: str
    schema: str
    table: str
    path: Path
    columns: dict[str, str]


def by_adbc(load: Load) -> float:
    """Arrow record batches into a binary COPY, as the file is read."""
    from adbc_driver_postgresql import dbapi  # type: ignore[import-not-found]

    batches = _arrow_reader()
    with dbapi.connect(load.url) as connection, connection.cursor() as cursor:
        start = time.perf_counter()
        cursor.adbc_ingest(load.table, batches(load), mode="create", db_schema_name=load.schema)
        connection.commit()
        return time.perf_counter() - start


def by_dlt(load: Load) -> float:
    """Arrow record batches through dlt's own files (Parquet) into its PostgreSQL destination, state and all."""
    with tempfile.TemporaryDirectory(prefix="mfw-bench-dlt-") as folder:
        os.environ |= {
            "RUNTIME__DLTHUB_TELEMETRY": "false",
            "DLT_DATA_DIR": folder,
            "DLT_PROJECT_DIR": folder,
        }
        import dlt  # type: ignore[import-not-found]

        batches = _arrow_reader()
        pipeline = dlt.pipeline(
            "bench",
            pipelines_dir=folder,
            destination=dlt.destinations.postgres(load.url),
            dataset_name=load.schema,
        )
        start = time.perf_counter()
        pipeline.run(dlt.resource(batches(load), name=load.table, file_format="parquet")).raise_on_failed_jobs()
        return time.perf_counter() - start


def by_pg_bulk_ingest(load: Load) -> float:
    """Rows as Python's tuples into a COPY of text, by psycopg."""
    import sqlalchemy as sa
    from pg_bulk_ingest import ingest  # type: ignore[import-not-found]

    types = {"month": sa.Date, "coordinate": sa.Numeric}
    metadata = sa.MetaData()
    columns: list[sa.Column[Any]] = [sa.Column(name, types.get(kind, sa.Text)) for name, kind in load.columns.items()]
    table = sa.Table(load.table, metadata, *columns, schema=load.schema)
    month = list(load.columns.values()).index("month")

    def rows() -> Iterator[tuple[sa.Table, tuple[str | None, ...]]]:
        with load.path.open(encoding="utf-8", newline="") as file:
            lines = csv.reader(file)
            next(lines)
            for cells in lines:
                cells[month] += "-01"
                yield table, tuple(cell or None for cell in cells)

    engine = sa.create_engine(load.url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        start = time.perf_counter()
        ingest(connection, metadata, lambda _: [(None, None, rows())])
        return time.perf_counter() - start


def _arrow_reader() -> Callable[[Load], Any]:
    """A function that opens the file as a stream of typed record batches; pyarrow is loaded before it is called."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    as_read = {"month": pa.timestamp("s"), "coordinate": pa.decimal128(9, 6)}
    as_loaded = as_read | {"month": pa.date32()}

    def read(load: Load) -> pa.RecordBatchReader:
        lines = arrow_csv.open_csv(
            load.path,
            read_options=arrow_csv.ReadOptions(column_names=list(load.columns), skip_rows=1),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: as_read.get(kind, pa.string()) for name, kind in load.columns.items()},
                timestamp_parsers=["%Y-%m"],
                strings_can_be_null=True,
                null_values=[""],
            ),
        )
        schema = pa.schema([(name, as_loaded.get(kind, pa.string())) for name, kind in load.columns.items()])
        return pa.RecordBatchReader.from_batches(schema, (batch.cast(schema) for batch in lines))

    return read


LOADERS = {"adbc": by_adbc, "dlt": by_dlt, "pg-bulk-ingest": by_pg_bulk_ingest}


if __name__ == "__main__":
    loader, url, schema, table, path, columns = sys.argv[1:]
    seconds = LOADERS[loader](Load(url, schema, table, Path(path), json.loads(columns)))
    print(json.dumps({"seconds": seconds}))
