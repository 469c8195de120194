"""What raw holds of a batch, as a count and a checksum: noted when it is loaded, compared whenever it is used."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg import sql

from ingest.definition.dataset import Dataset
from ingest.load.raw_table import raw_columns

# The text of a row does not depend on who asks: our logins are pinned (`core.db`). A sum does not depend on the order.
SUMS = """
    select _batch_id, count(*), sum(('x' || left(md5(row({columns})::text), 15))::bit(60)::bigint)::text
    from {table}
    where _batch_id = any({batches})
    group by _batch_id
"""
NOTE = "insert into audit.batch_checksum (batch_id, row_count, checksum, column_names) values (%s, %s, %s, %s)"


def note_checksum(connection: psycopg.Connection, definition: Dataset, batch_id: str) -> None:
    """Note what has just been loaded, within the transaction that loads it. The batch is recorded."""
    columns = [name for name, _, _ in raw_columns(definition)]
    for batch, held in sums(connection, definition.dataset, columns, [batch_id]).items():
        connection.execute(NOTE, [batch, *held, columns])


def sums(
    connection: psycopg.Connection, dataset: str, columns: Iterable[str], batches: list[str]
) -> dict[str, tuple[int, str]]:
    """Rows and checksum of each of these batches, on these columns; a batch without rows is not in it."""
    query = sql.SQL(SUMS).format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        table=sql.Identifier("raw", dataset),
        batches=sql.Literal(batches),
    )
    return {batch: (rows, total) for batch, rows, total in connection.execute(query)}
