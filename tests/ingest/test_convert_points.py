"""Places in both systems of coordinates, against the Ordnance Survey's own test points of OSTN15."""

from __future__ import annotations

import math

import psycopg

from ingest.definition.dataset import load_definitions
from ingest.load.convert_points import convert_points, put_right, wrong_points
from ingest.load.raw_table import record_definitions

DATASET = "intake_estate_asset"
# Easting, northing, latitude, longitude of the test file that the Ordnance Survey publishes with OSTN15.
KNOWN = [
    ("91492.146", "11318.804", 49.92226393730, -6.29977752014),
    ("170370.718", "11572.405", 49.96006137820, -5.20304609998),
    ("250359.811", "62016.569", 50.43885825610, -4.10864563561),
    ("449816.371", "75335.861", 50.57563665000, -1.29782277240),
    ("438710.920", "114792.250", 50.93127937910, -1.45051433700),
    ("292184.870", "168003.465", 51.40078220140, -3.55128349240),
    ("639821.835", "169565.858", 51.37447025550, 1.44454730409),
    ("362269.991", "169978.690", 51.42754743020, -2.54407618349),
    ("530624.974", "178388.464", 51.48936564950, -0.11992557180),
    ("241124.584", "220332.641", 51.85890896400, -4.30852476960),
]
METRES_A_DEGREE = 111_320
INSERT = "insert into raw.intake_estate_asset (_batch_id, _row_number, easting_m, northing_m) values ('b1', %s, %s, %s)"


def converted(admin: psycopg.Connection, points: list[tuple[str | None, str | None]]) -> list[tuple]:
    definitions = load_definitions()
    record_definitions(admin, definitions.values())
    for number, (easting, northing) in enumerate(points):
        admin.execute(INSERT, [number, easting, northing])
    convert_points(admin, definitions[DATASET], "b1")
    return admin.execute(
        "select p.easting_m, p.northing_m, p.longitude, p.latitude from raw.converted_point as p "
        "join raw.intake_estate_asset as a on a.easting_m = x and a.northing_m = y order by a._row_number"
    ).fetchall()


def test_ten_known_points_are_right_to_a_centimetre(admin: psycopg.Connection) -> None:
    rows = converted(admin, [(easting, northing) for easting, northing, _, _ in KNOWN])
    errors = [
        math.hypot(
            (float(longitude) - known_longitude) * METRES_A_DEGREE * math.cos(math.radians(known_latitude)),
            (float(latitude) - known_latitude) * METRES_A_DEGREE,
        )
        for (_, _, longitude, latitude), (_, _, known_latitude, known_longitude) in zip(rows, KNOWN, strict=True)
    ]
    assert len(errors) == 10
    assert max(errors) < 0.01


def test_a_point_that_the_grid_does_not_reach_has_no_place(admin: psycopg.Connection) -> None:
    """The false origin lies in the Atlantic; a swapped pair of London is a good point, of Galloway."""
    rows = converted(admin, [("0", "0"), ("175660", "531147"), ("531147", None)])
    assert rows[0] == (None, None, None, None)
    assert [str(round(value, 2)) for value in rows[1][2:]] == ["-5.48", "54.63"]
    assert len(rows) == 2


def test_a_pair_is_converted_once(admin: psycopg.Connection) -> None:
    converted(admin, [("530624.974", "178388.464"), ("530624.974", "178388.464")])
    convert_points(admin, load_definitions()[DATASET], "b1")
    assert admin.execute("select count(*) from raw.converted_point").fetchone() == (1,)


def test_degrees_become_metres_on_the_grid(admin: psycopg.Connection) -> None:
    """The way back, for a list that gives longitude and latitude."""
    definition = load_definitions()[DATASET]
    assert definition.points
    degrees = definition.model_copy(update={"points": definition.points.model_copy(update={"system": "wgs84"})})
    record_definitions(admin, [definition])
    easting, northing, latitude, longitude = KNOWN[8]
    admin.execute(INSERT, [1, longitude, latitude])
    convert_points(admin, degrees, "b1")
    row = admin.execute("select easting_m, northing_m from raw.converted_point").fetchone()
    assert row
    assert math.hypot(float(row[0]) - float(easting), float(row[1]) - float(northing)) < 0.01


def test_points_that_were_changed_or_went_are_worked_out_again(admin: psycopg.Connection) -> None:
    rows = converted(admin, [(easting, northing) for easting, northing, _, _ in KNOWN] + [("0", "0")])
    definitions = load_definitions().values()
    assert wrong_points(admin, definitions) == []
    admin.execute("update raw.converted_point set latitude = latitude + 0.0000001 where x = 91492.146")
    admin.execute("delete from raw.converted_point where x = 639821.835")
    wrong = wrong_points(admin, definitions)
    assert [float(row[1]) for row in wrong] == [91492.146, 639821.835]
    put_right(admin, wrong)
    assert wrong_points(admin, definitions) == []
    assert converted(admin, []) == rows
