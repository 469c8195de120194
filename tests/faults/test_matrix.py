"""Five points of the fault matrix; `make faults` tries them all."""

from __future__ import annotations

import re

import psycopg
import pytest
from drill import Ground, Place
from matrix import try_point
from watch import Readers

from core.faults import POINTS
from core.settings import PROJECT_DIR


@pytest.mark.parametrize(
    "point",
    [
        "load.copying_rows",  # in mid COPY
        "verify.batch_decided",  # between a verdict and its commit
        "build.first_model",  # in mid dbt: half a candidate
        "publish.table_altered",  # new columns in some marts only
        "publish.rows_removed",  # in mid publication
    ],
)
def test_a_kill_is_seen_by_no_reader_and_mended_by_the_next_night(ground: Ground, point: str) -> None:
    trial = try_point(ground, point)
    assert trial.passed, trial


def test_a_reader_who_sees_half_a_publication_is_noticed(ground: Ground, place: Place) -> None:
    """The proof of the proof: readers call a state torn that no publication had."""
    with psycopg.connect(place.url(), autocommit=True) as admin, Readers(place) as readers:
        admin.execute("update marts.crime_total set offence_count = offence_count + 1")
        while readers.seen.total() < 10:
            pass
    assert readers.torn(ground.before, ground.after) > 0


def test_every_point_is_marked_in_the_code() -> None:
    marked: set[str] = set()
    for folder in ("warehouse", "ingest"):
        for path in (PROJECT_DIR / folder).rglob("*.py"):
            marked.update(re.findall(r'reached\("([a-z_.]+)"\)', path.read_text()))
    assert marked == set(POINTS)
    assert len(POINTS) >= 20
