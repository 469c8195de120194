"""Some of the bad nights; `make nights` tries them all."""

from __future__ import annotations

import pytest
from drill import Ground
from machine import NoSmallDisk
from nights import NIGHTS, try_night


@pytest.mark.parametrize(
    "name",
    [
        "dbt told to leave the tests out",
        "disk of the archive full",
        "disk of the database full in mid-load",
        "server crashed in mid-publication",
    ],
)
def test_a_bad_night_publishes_nothing_wrong_and_the_next_one_mends_it(ground: Ground, name: str) -> None:
    night = next(night for night in NIGHTS if night.name == name)
    try:
        outcome = try_night(ground, night)
    except NoSmallDisk as reason:
        pytest.skip(f"no small disk can be had, this test proves nothing here: {reason}")
    assert not night.wrong(outcome), outcome
