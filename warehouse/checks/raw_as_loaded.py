"""Whether raw still holds what was loaded, before a refresh builds on it: rows of each batch, counted and summed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import psycopg

from core import db
from ingest.definition.dataset import load_definitions
from ingest.load.checksum import NOTE, RULE, sums
from ingest.load.convert_points import wrong_points
from warehouse.publish.as_published import MEND

BATCHES = """
    select b.dataset, b.batch_id, f.name, b.records_loaded, c.row_count, c.checksum, c.column_names,
        coalesce(c.rule, %s)
    from audit.refresh_input as i
    inner join audit.batch as b using (batch_id)
    inner join audit.batch_file as f using (batch_id)
    left join audit.batch_checksum as c using (batch_id)
    where i.refresh_id = %s
    order by b.dataset, i.vintage_order
"""
COLUMNS = """
    select array_agg(attname::text order by attnum)
    from pg_attribute
    where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped
"""
REMEDY = (
    'read the file again from the archive: `warehouse withdraw {batch} --by "First Last" --reason "raw was changed"`, '
    "then `warehouse accept {batch}` with the same"
)


@dataclass(frozen=True)
class _Noted:
    """What is known of a batch; what was noted at its load is None where that was before there were checksums."""

    dataset: str
    batch_id: str
    file_name: str
    loaded: int
    rows: int | None
    checksum: str | None
    columns: list[str] | None
    rule: str


def changed_batches(refresh_id: str) -> list[str]:
    """What of raw is not as it was loaded, of the batches of a refresh: a line each, with its remedy.

    A batch without a checksum is held against its count, and gets one.
    """
    with db.connect("transformer") as connection:
        noted = [_Noted(*row) for row in connection.execute(BATCHES, [RULE, refresh_id])]
        groups: defaultdict[tuple[str, tuple[str, ...], str], list[_Noted]] = defaultdict(list)
        for each in noted:
            columns = tuple(each.columns or _columns(connection, each.dataset))
            groups[each.dataset, columns, each.rule].append(each)
        told = []
        for (dataset, columns, rule), batches in groups.items():
            asked = [each.batch_id for each in batches]
            held = sums(connection, dataset, columns, asked, rule) if columns else {}
            for each in batches:
                rows, total = held.get(each.batch_id, (0, "0"))
                if line := _wrong(each, rows, total):
                    told.append(f"{line}: {REMEDY.format(batch=each.batch_id[:12])}")
                elif each.checksum is None and rows:
                    connection.execute(NOTE, [each.batch_id, rows, total, list(columns), rule])
        if points := wrong_points(connection, load_definitions().values()):
            told.append(f"raw.converted_point: of {len(points):,} coordinates, the first {points[0][1:3]}, it does not "
                        f"hold the place: `{MEND}` works them out again")  # fmt: skip
    return told


def _wrong(noted: _Noted, rows: int, total: str) -> str | None:
    place = f"raw.{noted.dataset}, {noted.file_name} (batch {noted.batch_id[:12]})"
    wanted = noted.loaded if noted.rows is None else noted.rows
    if rows != wanted:
        return f"{place} holds {rows:,} rows, {wanted:,} were loaded"
    if noted.loaded != rows:
        return f"{place} holds the {rows:,} rows that were loaded, its account in audit.batch says {noted.loaded:,}"
    if noted.checksum not in (None, total):
        return f"{place} holds as many rows as were loaded, and not the same"
    return None


def _columns(connection: psycopg.Connection, dataset: str) -> list[str]:
    row = connection.execute(COLUMNS, [f"raw.{dataset}"]).fetchone()
    return row[0] if row and row[0] else []
