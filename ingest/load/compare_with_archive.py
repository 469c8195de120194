"""The archive read once more: do the published bytes still give the rows that raw holds?"""

from __future__ import annotations

from tempfile import TemporaryFile

import psycopg
from psycopg import sql

from ingest.archive.store import Archive, is_itself
from ingest.definition.dataset import Dataset
from ingest.load.copy_records import copy_records
from ingest.load.left_out import months_left_out
from ingest.load.raw_table import raw_columns
from ingest.readers import open_file

SCRATCH = "pg_temp"


def differing_rows(
    connection: psycopg.Connection,
    definition: Dataset,
    archive: Archive,
    batch_id: str,
    sha256: str,
    name: str,
    said: str | None = None,
) -> int | None:
    """How many rows of a batch the archived file and raw do not share; None where the file is gone or is not itself.

    `name` is what the file was published as: some say there what no column says; `said` is what was said of the
    batch.
    `connection` is the loader's; all is read into a temporary table, nothing is kept.
    """
    path = archive.path(sha256)
    if not is_itself(path, sha256):
        return None
    raw, scratch = sql.Identifier("raw", definition.dataset), sql.Identifier(SCRATCH, definition.dataset)
    columns = sql.SQL(", ").join(sql.Identifier(name) for name, _, _ in raw_columns(definition))
    with connection.transaction(force_rollback=True), TemporaryFile("w+", encoding="utf-8") as notes:
        connection.execute(sql.SQL("create temp table {} (like {})").format(sql.Identifier(definition.dataset), raw))
        reading, left_out = open_file(path, definition, name), months_left_out(said)
        copy_records(connection, definition, batch_id, reading, notes, schema=SCRATCH, left_out=left_out)
        in_raw = sql.SQL("select {} from {} where _batch_id = {}").format(columns, raw, sql.Literal(batch_id))
        read = sql.SQL("select {} from {}").format(columns, scratch)
        row = connection.execute(
            sql.SQL(
                "select count(*) from (({read} except all {in_raw}) union all ({in_raw} except all {read})) as unshared"
            ).format(read=read, in_raw=in_raw)
        ).fetchone()
    return int(row[0]) if row else 0
