"""What raw holds of a batch, as a count and a checksum: noted when it is loaded, compared whenever it is used."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg import sql

from ingest.definition.dataset import Dataset
from ingest.load.raw_table import raw_columns

# A sum does not depend on the rows' order. What was noted is compared by the rule that it was noted by.
#
# `values` hashes each value by its type, as PostgreSQL divides tables by hash: what that gives may not change between
# its versions. 1.0 and 1.00 are one value. `text` came first; it took four times as long, half of a load.
RULES = {
    "text": "('x' || left(md5(row({columns})::text), 15))::bit(60)::bigint",
    "values": "hash_record_extended(row({columns}), 0)",
}
RULE = "values"
SUMS = """
    select _batch_id, count(*), sum({row})::text
    from {table}
    where _batch_id = any({batches})
    group by _batch_id
"""
NOTE = """
    insert into audit.batch_checksum (batch_id, row_count, checksum, column_names, rule) values (%s, %s, %s, %s, %s)
"""


def note_checksum(connection: psycopg.Connection, definition: Dataset, batch_id: str) -> None:
    """Note what has just been loaded, within the transaction that loads it. The batch is recorded."""
    columns = [name for name, _, _ in raw_columns(definition)]
    for batch, held in sums(connection, definition.dataset, columns, [batch_id]).items():
        connection.execute(NOTE, [batch, *held, columns, RULE])


def sums(
    connection: psycopg.Connection, dataset: str, columns: Iterable[str], batches: list[str], rule: str = RULE
) -> dict[str, tuple[int, str]]:
    """Rows and checksum of each of these batches, on these columns; a batch without rows is not in it."""
    query = sql.SQL(SUMS).format(
        row=sql.SQL(RULES[rule]).format(columns=sql.SQL(", ").join(map(sql.Identifier, columns))),
        table=sql.Identifier("raw", dataset),
        batches=sql.Literal(batches),
    )
    return {batch: (rows, total) for batch, rows, total in connection.execute(query)}
