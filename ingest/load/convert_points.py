"""The places of a batch in both systems: national grid (EPSG:27700) and WGS 84, by OSTN15.

SQL cannot do it, so it is done when a file is loaded. A pair of coordinates has one result whatever row it stands in:
`raw.converted_point` holds each pair once, and says nothing of whose it is.
"""

from __future__ import annotations

import math

import psycopg
from psycopg import sql

from ingest.definition.dataset import Dataset

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
# What the other system is rounded to: a centimetre, far below what any list of buildings knows.
METRES, DEGREES = 2, 7
NEW_PAIRS = """
    select distinct b.x::numeric, b.y::numeric
    from (select {x} as x, {y} as y from {table} where _batch_id = {batch}) as b
    left join raw.converted_point as p on p.system = {system} and p.x = b.x::numeric and p.y = b.y::numeric
    where b.x is not null and b.y is not null and p.system is null
"""


def to_make(connection: psycopg.Connection) -> list[sql.SQL | sql.Composed]:
    """What makes the table of points; nothing where it is there."""
    is_there = connection.execute("select to_regclass('raw.converted_point')").fetchone() != (None,)
    return [] if is_there else [TABLE, COMMENT]


def convert_points(connection: psycopg.Connection, definition: Dataset, batch_id: str) -> None:
    """Convert the coordinates of the batch that no earlier batch had. Nothing where the dataset has no places."""
    points = definition.points
    if points is None:
        return
    from convertbng import cutil  # brings NumPy, which most files do not need

    pairs = connection.execute(
        sql.SQL(NEW_PAIRS).format(
            x=sql.Identifier(points.x),
            y=sql.Identifier(points.y),
            table=sql.Identifier("raw", definition.dataset),
            batch=sql.Literal(batch_id),
            system=sql.Literal(points.system),
        )
    ).fetchall()
    if not pairs:
        return
    is_grid = points.system == "national_grid"
    convert = cutil.convert_lonlat if is_grid else cutil.convert_bng
    found = zip(*convert([float(x) for x, _ in pairs], [float(y) for _, y in pairs]), strict=True)
    digits = DEGREES if is_grid else METRES
    rows = []
    for (x, y), (a, b) in zip(pairs, found, strict=True):
        is_known = not (math.isnan(a) or math.isnan(b))
        other = (round(float(a), digits), round(float(b), digits)) if is_known else (None, None)
        own = (x, y) if is_known else (None, None)
        rows.append((points.system, x, y, *(own + other if is_grid else other + own)))
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into raw.converted_point (system, x, y, easting_m, northing_m, longitude, latitude) "
            "values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            rows,
        )
