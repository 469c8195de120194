"""Disclosure control on real stop and search: attacked within a month, and over ten publications of it."""

from __future__ import annotations

import csv
import random
from collections import Counter
from pathlib import Path

import pytest

from warehouse.disclosure.attack import Rule
from warehouse.disclosure.block import Block, State
from warehouse.disclosure.declared import load_sets

pytestmark = pytest.mark.real

FOLDER = "crime/police_uk_stop_and_search"
BLANK = "unknown"


def searches(folder: Path, name: str) -> list[tuple[str, ...]]:
    """Ethnicity, age band and outcome of each search, as published; exact repeats of a record once."""
    with (folder / FOLDER / name).open(encoding="utf-8-sig") as file:
        rows = {tuple(row.items()) for row in csv.DictReader(file)}
    columns = ("Self-defined ethnicity", "Age range", "Outcome")
    return sorted(tuple(dict(row)[column] or BLANK for column in columns) for row in rows)


def state(rows: list[tuple[str, ...]], rule: Rule) -> State:
    return State("", tuple(sorted(Counter(rows).items())), rule, ("searches",), is_current=True)


@pytest.mark.parametrize(
    ("name", "cells", "small"),
    [("2018-04-city-of-london-stop-and-search.csv", 56, 51), ("2018-07-metropolitan-stop-and-search.csv", 320, 130)],
)
def test_no_small_cell_of_ten_publications_is_worked_out(real_data: Path, name: str, cells: int, small: int) -> None:
    (declared,) = [each for each in load_sets() if each.name == "stop_and_search"]
    rows = searches(real_data, name)
    assert len(set(rows)) == cells
    assert sum(count < 5 for count in Counter(rows).values()) == small
    chance = random.Random(name)
    past: list[State] = []
    careless = 0
    for number in range(10):
        rule = Rule(5, 3) if number < 5 else Rule(8, 3)
        # A publisher restates some searches of the month: the outcome becomes known, one comes, one goes.
        for place in chance.sample(range(len(rows)), 3):
            rows[place] = (*rows[place][:2], rows[chance.randrange(len(rows))][2])
        rows[chance.randrange(len(rows))] = rows[chance.randrange(len(rows))]
        now = state(rows, rule)
        alone = Block(declared, rule, [*past, state(rows, rule)])
        alone.epochs[-1].shown -= {c for c, value in alone.epochs[-1].values.items() if rule.is_small(value)}
        careless += len(alone.recovered())
        block = Block(declared, rule, [*past, now])
        block.decide()
        assert block.recovered() == {}, number
        for epoch, states in zip(block.epochs, block.states, strict=True):
            for each in states:
                if each.is_current:
                    published = State("", each.counts, rule, each.tables, block.closed(epoch), publications=1)
                else:
                    each.closed_since |= block.closed(epoch) - each.closed
        past.append(published)
    print(f"{name}: {careless} would be worked out where only small cells are closed")
