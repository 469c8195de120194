"""Other loaders of the same file: ADBC, dlt and pg-bulk-ingest, in an environment of their own.

`make bench` makes it from `requirements/bench.lock`; nothing of it is in the project's own environment.
"""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks.ingest import PLAIN_TABLE, Result, run_watched
from benchmarks.street_files import street_definition
from core import db

PYTHON = Path(__file__).parents[1] / ".venv-bench" / "bin" / "python"
# By the name that `others_one` knows each by: its name for people, and how it goes.
LOADERS = {
    "adbc": ("ADBC", "pyarrow, binary COPY"),
    "pg-bulk-ingest": ("pg-bulk-ingest", "Python's rows, COPY by psycopg"),
    "dlt": ("dlt (arrow)", "pyarrow, Parquet, ADBC"),
}
NAMES = [name for name, _ in LOADERS.values()]
LEFT_OUT = (
    f"Left out: {', '.join(NAMES)}: {PYTHON.parents[1].name} is not there. `make bench` makes it, or says why not."
)
NO_CONTRACT = f"{', '.join(NAMES)} load the well-formed file without archive, contract or provenance."
SCHEMA, TABLE = "bench_other", "street"
# To compare by: a month is text in the plain table and a date in the others; ADBC drops the zeros at a number's end.
ALIKE = {"month": "to_date({}::text, 'YYYY-MM')", "coordinate": "trim_scale({})"}
SAME_ROWS = "select count(*), sum(hashtextextended(({columns})::text, 0)) from {table}"
TYPES = "select pg_typeof(month)::text, pg_typeof(longitude)::text, pg_typeof(latitude)::text from {table} limit 1"
TYPES_OF_RAW = [("date", "numeric", "numeric")]


def load_by_other(admin: psycopg.Connection, path: Path, loader: str) -> Result:
    """The load of the file that `psql \\copy` took in before, by one of LOADERS into a table of its own.

    RuntimeError where its table holds other rows than the plain one, or other types than raw.
    """
    who, note = LOADERS[loader]
    schema = sql.Identifier(SCHEMA)
    admin.execute(sql.SQL("create schema {}").format(schema))
    admin.execute("checkpoint")
    columns = {rule.name: rule.type for rule in street_definition().fields}
    arguments = [loader, db.admin_url(), SCHEMA, TABLE, str(path), json.dumps(columns)]
    output, peak = run_watched([str(PYTHON), "-m", "benchmarks.others_one", *arguments])
    loaded = sql.Identifier(SCHEMA, TABLE)
    rows, expected = _rows(admin, loaded), _rows(admin, sql.Identifier(PLAIN_TABLE))
    if rows != expected:
        raise RuntimeError(f"{who} loaded other rows than the file has: {rows}, expected {expected} (count, checksum)")
    types = admin.execute(sql.SQL(TYPES).format(table=loaded)).fetchall()
    if types != TYPES_OF_RAW:
        raise RuntimeError(f"{who} made columns of types {types}, expected {TYPES_OF_RAW}")
    admin.execute(sql.SQL("drop schema {} cascade").format(schema))
    return Result(who, rows[0], json.loads(output)["seconds"], peak, note)


def _rows(admin: psycopg.Connection, table: sql.Identifier) -> tuple[int, int]:
    """How many rows a table holds, and a checksum that does not depend on their order."""
    columns = sql.SQL(", ").join(
        sql.SQL(ALIKE.get(rule.type, "{}")).format(sql.Identifier(rule.name)) for rule in street_definition().fields
    )
    [(count, checksum)] = admin.execute(sql.SQL(SAME_ROWS).format(columns=columns, table=table)).fetchall()
    return count, checksum
