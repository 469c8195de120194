"""Rows whose key came before in their file: found by PostgreSQL once all are copied, so memory holds none of them."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from psycopg import sql

from ingest.definition.dataset import Dataset
from ingest.readers.base import RECORD_LENGTH, Quarantined, Reading, Skipped

DUPLICATE_KEY, REPEATED_ROW = "duplicate_key", "repeated_row"
BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))  # all that str.strip takes: a key is the text between
ANY = "select 1 from {table} where _batch_id = {batch} group by {key} having count(*) > 1 limit 1"
# The first row of a key stays. The rows are not committed yet: nothing that raw ever held is taken out of it. A field's
# name never begins with an underscore.
TAKE_OUT = """
    with placed as (
        select
            ctid as _place,
            row_number() over same_key as _turn,
            first_value(_row_number) over same_key as _first_row,
            {record} = first_value({record}) over same_key as _is_same,
            {record}::text as _record
        from {table}
        where _batch_id = {batch}
        window same_key as (partition by {key} order by _row_number)
    ),

    gone as (
        delete from {table} as t
        using placed as p
        where t._batch_id = {batch} and t.ctid = p._place and p._turn > 1
        returning t._row_number, t._source_column, p._first_row, p._is_same, p._record
    )

    select * from gone order by _row_number, _source_column
"""


def take_out_repeats(
    connection: psycopg.Connection, table: sql.Identifier, definition: Dataset, batch_id: str, reading: Reading
) -> Iterator[Quarantined | Skipped]:
    """Take the rows of the batch out of the table whose key came before, and say what each is.

    A row that is the same in every field is skipped where the dataset says so.
    """
    parts = {
        "table": table,
        "batch": sql.Literal(batch_id),
        "key": sql.SQL(", ").join(_bare(definition, name) for name in reading.key),
        "record": sql.SQL("jsonb_build_array({})").format(
            sql.SQL(", ").join(sql.Identifier(rule.name) for rule in definition.fields)
        ),
    }
    if not connection.execute(sql.SQL(ANY).format(**parts)).fetchone():
        return
    with connection.cursor() as cursor:
        for row, column, first, is_same, record in cursor.stream(sql.SQL(TAKE_OUT).format(**parts)):
            if is_same and reading.skips_repeats:
                yield Skipped(REPEATED_ROW, row, 1)
            else:
                reason = f"the same {', '.join(reading.key)} as row {first}"
                yield Quarantined(row, column, DUPLICATE_KEY, reason, 1, record[:RECORD_LENGTH])


def _bare(definition: Dataset, name: str) -> sql.Composable:
    if definition.field(name).column_type != "text":
        return sql.Identifier(name)
    return sql.SQL("btrim({}, {})").format(sql.Identifier(name), sql.Literal(BLANKS))
