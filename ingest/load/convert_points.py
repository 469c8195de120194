"""The places of a batch in both systems: national grid (EPSG:27700) and WGS 84, by OSTN15.

SQL cannot do it, so it is done when a file is loaded. A pair of coordinates has one result whatever row it stands in:
`raw.converted_point` holds each pair once, and says nothing of whose it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import psycopg
from psycopg import sql

from ingest.definition.dataset import Dataset

Row = tuple[Any, ...]  # of the table, in the order of COLUMNS
TABLE = sql.SQL("""
    create table if not exists raw.converted_point (
        system text not null,
        x numeric not null,
        y numeric not null,
        easting_m numeric,
        northing_m numeric,
        longitude numeric,
        latitude numeric,
        primary key (system, x, y)
    )
""")
COMMENT = sql.SQL(
    "comment on table raw.converted_point is "
    "'One row per pair of coordinates that a loaded file holds: the same point in both systems, empty outside OSTN15'"
)
COLUMNS = ("system", "x", "y", "easting_m", "northing_m", "longitude", "latitude")
# What the other system is rounded to: a centimetre, far below what any list of buildings knows.
METRES, DEGREES = 2, 7
NEW_PAIRS = """
    select distinct b.x::numeric, b.y::numeric
    from (select {x} as x, {y} as y from {table} where {batch} in (_batch_id, '')) as b
    left join raw.converted_point as p on p.system = {system} and p.x = b.x::numeric and p.y = b.y::numeric
    where b.x is not null and b.y is not null and p.system is null
"""


def to_make(connection: psycopg.Connection) -> list[sql.SQL | sql.Composed]:
    """What makes the table of points; nothing where it is there."""
    is_there = connection.execute("select to_regclass('raw.converted_point')").fetchone() != (None,)
    return [] if is_there else [TABLE, COMMENT]


def convert_points(connection: psycopg.Connection, definition: Dataset, batch_id: str) -> None:
    """Convert the coordinates of the batch that no earlier batch had. Nothing where the dataset has no places."""
    _put(connection, _missing(connection, definition, batch_id))


def wrong_points(connection: psycopg.Connection, definitions: Iterable[Dataset]) -> list[Row]:
    """As they should be, the points that are not what their coordinates give, or that are missing."""
    placed = [definition for definition in definitions if definition.points]
    if not placed or to_make(connection):
        return []
    held = connection.execute(sql.SQL("select {} from raw.converted_point").format(_names(COLUMNS))).fetchall()
    right = {row[:3]: row for row in _converted([row[:3] for row in held])}
    wrong = [right[row[:3]] for row in held if right[row[:3]] != row]
    return wrong + [row for definition in placed for row in _missing(connection, definition)]


def put_right(connection: psycopg.Connection, rows: list[Row]) -> None:
    """Replace points by what their coordinates give. Of the administrator, for raw is append-only."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "delete from raw.converted_point where (system, x, y) = (%s, %s, %s)", [row[:3] for row in rows]
        )
    _put(connection, rows)


def _missing(connection: psycopg.Connection, definition: Dataset, batch_id: str = "") -> list[Row]:
    """The points that a batch, or any, has and the table has not."""
    points = definition.points
    table = sql.Identifier("raw", definition.dataset)
    is_there = connection.execute("select to_regclass(%s)", [f"raw.{definition.dataset}"]).fetchone() != (None,)
    if points is None or not is_there:
        return []
    pairs = connection.execute(
        sql.SQL(NEW_PAIRS).format(
            x=sql.Identifier(points.x),
            y=sql.Identifier(points.y),
            table=table,
            batch=sql.Literal(batch_id),
            system=sql.Literal(points.system),
        )
    ).fetchall()
    return _converted([(points.system, *pair) for pair in pairs])


def _converted(places: list[tuple]) -> list[Row]:
    rows: list[Row] = []
    if places:
        from convertbng import cutil  # brings NumPy, which most files do not need
    for system in sorted({place[0] for place in places}):
        pairs = [(x, y) for of, x, y in places if of == system]
        is_grid = system == "national_grid"
        convert = cutil.convert_lonlat if is_grid else cutil.convert_bng
        found = zip(*convert([float(x) for x, _ in pairs], [float(y) for _, y in pairs]), strict=True)
        digits = DEGREES if is_grid else METRES
        for (x, y), (a, b) in zip(pairs, found, strict=True):
            is_known = not (math.isnan(a) or math.isnan(b))
            other = (_exact(a, digits), _exact(b, digits)) if is_known else (None, None)
            own = (x, y) if is_known else (None, None)
            rows.append((system, x, y, *(own + other if is_grid else other + own)))
    return rows


def _exact(value: float, digits: int) -> Decimal:
    return Decimal(repr(round(float(value), digits)))


def _put(connection: psycopg.Connection, rows: list[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            sql.SQL(
                "insert into raw.converted_point ({}) values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing"
            ).format(_names(COLUMNS)),
            rows,
        )


def _names(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
