"""`python -m benchmarks.disclosure`: what control of a large force costs, and what is had back without it.

The people are those of the generated HR extract, the searches those of `REAL_DATA`, where it is set. Each line is a
process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import csv
import io
import multiprocessing
import os
import random
import resource
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from core.settings import GENERATED_SOURCES
from ingest.definition.dataset import load_definitions
from ingest.extracts.people import people_extracts
from warehouse.cli import screen
from warehouse.disclosure.attack import Rule
from warehouse.disclosure.block import Block, State
from warehouse.disclosure.declared import LinkedSet, load_sets

EXTRACT = "intake_hr_extract"
PROFILE = {
    "by_sex": ["worker_type", "rank_code", "sex"],
    "by_ethnicity": ["worker_type", "rank_code", "ethnicity"],
    "by_rank": ["worker_type", "rank_code"],
    "by_type": ["worker_type"],
    "type_sex": ["worker_type", "sex"],
    "type_ethnicity": ["worker_type", "ethnicity"],
}
UNITS = {
    "unit": ["worker_type", "unit_code"],
    "unit_sex": ["worker_type", "unit_code", "sex"],
    "unit_ethnicity": ["worker_type", "unit_code", "ethnicity"],
}
TABLES = {"profile": PROFILE, "profile and units": PROFILE | UNITS}
FIVE, SEVEN = Rule(5, 3), Rule(7, 3)
SEARCHES = "crime/police_uk_stop_and_search"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.disclosure", description=__doc__)
    options.add_argument("--people", type=int, default=45_000, help="people of the force")
    people = options.parse_args().people
    runs: list[tuple[Any, ...]] = [
        *((_one_day, "profile", count) for count in (people // 4, people // 2, people, people * 2)),
        (_days, "profile", people, 2),
        (_days, "profile", people, 12),
        (_publications, "profile", people, 10),
        (_one_day, "profile and units", people),
        (_days, "profile and units", people, 2),
    ]
    folder = Path(os.environ.get("REAL_DATA", "/nowhere")) / SEARCHES
    runs += [(_searches, path, 10) for path in sorted(folder.glob("*.csv"))]
    rows = []
    for run in runs:
        # A process a line: memory is only ever the highest that it has been.
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
            rows.append(alone.submit(*run).result())
    columns = ["what", "counted", "cells", "small", "closed", "recovered", "without secondary", "decide s", "attack s",
               "peak MB"]  # fmt: skip
    screen.heading("Disclosure control of the generated HR extract")
    screen.table(columns, rows, right=columns[1:])


def _one_day(kind: str, people: int) -> list[Any]:
    return _days(kind, people, 1)


def _days(kind: str, people: int, number: int) -> list[Any]:
    """Days of a stock, all published at once: each is attacked with what the others show."""
    states = _states(kind, people, [f"2012-{month:02d}-01" for month in range(1, number + 1)], others=10)
    for state in states:
        state.is_current = True
    alone = Block(_linked(kind), FIVE, states)
    for epoch in alone.epochs:
        epoch.shown -= {cell for cell in epoch.shown if FIVE.is_small(epoch.values[cell])}
    careless = len(alone.recovered())
    block = Block(_linked(kind), FIVE, states)
    start = time.perf_counter()
    block.decide()
    decided = time.perf_counter()
    recovered = len(block.recovered())
    what = f"{kind}, {number} day{'s' if number > 1 else ''}"
    return _line(what, people, [block], recovered, careless, decided - start, time.perf_counter() - decided)


def _publications(kind: str, people: int, number: int) -> list[Any]:
    """Publications of one day, each restated by a few people; from the sixth on under a higher threshold."""
    states = _states(kind, people, ["2012-01-01"] * number, others=1)
    return _succession(f"{kind}, {number} publications", people, _linked(kind), states)


def _searches(path: Path, number: int) -> list[Any]:
    """Publications of one month of searches: outcomes become known, some are recorded otherwise, some come and go."""
    (declared,) = [each for each in load_sets() if each.name == "stop_and_search"]
    with path.open(encoding="utf-8-sig") as file:
        records = {tuple(row.items()) for row in csv.DictReader(file)}
    columns = ("Self-defined ethnicity", "Age range", "Outcome")
    rows = sorted(tuple(dict(record)[column] or "unknown" for column in columns) for record in records)
    chance = random.Random(path.name)  # noqa: S311 (the same every time)
    states = []
    for _ in range(number):
        states.append(State("", tuple(sorted(Counter(rows).items())), FIVE, ("searches",)))
        for place in chance.sample(range(len(rows)), 3):
            rows[place] = (*rows[place][:2], rows[chance.randrange(len(rows))][2])
        rows[chance.randrange(len(rows))] = rows[chance.randrange(len(rows))]
    return _succession(f"{path.stem[:20]}, {number} publications", len(rows), declared, states)


def _succession(what: str, counted: int, declared: LinkedSet, states: list[State]) -> list[Any]:
    past: list[State] = []
    blocks = []
    recovered = careless = 0
    decided = attacked = 0.0
    for place, state in enumerate(states):
        rule = FIVE if place < len(states) // 2 else SEVEN
        now = State(state.cut, state.counts, rule, state.tables, is_current=True)
        block = Block(declared, rule, [*past, now])
        start = time.perf_counter()
        block.decide()
        decided += time.perf_counter() - start
        start = time.perf_counter()
        recovered += len(block.recovered())
        attacked += time.perf_counter() - start
        alone = Block(declared, rule, [now])
        alone.epochs[0].shown -= {c for c in alone.epochs[0].shown if rule.is_small(alone.epochs[0].values[c])}
        careless += len(alone.recovered())
        for epoch, states in zip(block.epochs, block.states, strict=True):
            for each in states:
                if each.is_current:
                    past.append(State(each.cut, each.counts, rule, each.tables, block.closed(epoch), publications=1))
                else:
                    each.closed_since |= block.closed(epoch) - each.closed
        blocks.append(block)
    return _line(what, counted, blocks[-1:], recovered, careless, decided, attacked)


def _line(
    what: str, people: int, blocks: list[Block], recovered: int, careless: int, decided: float, attacked: float
) -> list[Any]:
    cells = sum(len(epoch.shown) + len(block.closed(epoch)) for block in blocks for epoch in block.epochs)
    small = sum(len(block.targets(keeps=False)) for block in blocks)
    closed = sum(len(block.closed(epoch)) for block in blocks for epoch in block.epochs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return [what, people, cells, small, closed, recovered, careless, f"{decided:.1f}", f"{attacked:.1f}", peak]


def _linked(kind: str) -> LinkedSet:
    tables = [{"name": name, "dimensions": each, "mart": "workforce", "measures": ["headcount"]}
              for name, each in TABLES[kind].items()]  # fmt: skip
    everybody = {"name": "everybody", "dimensions": [], "prior": "printed by the Home Office"}
    return LinkedSet.model_validate(
        {"name": "people", "rule": "workforce", "cells": "people", "count": "headcount", "scope": ["force_code"],
         "closed_cells": "listed", "closed_flag": "is_suppressed", "tables": [*tables, everybody]}
    )  # fmt: skip


def _states(kind: str, people: int, days: list[str], others: int) -> list[State]:
    plan = yaml.safe_load((GENERATED_SOURCES / f"{EXTRACT}.yml").read_text(encoding="utf-8"))
    plan |= {"people": people, "days": [{"date": day, "others": others} for day in days]}
    files = [content for path, content in people_extracts(plan, load_definitions()[EXTRACT], Path())
             if path.suffix == ".csv"]  # fmt: skip
    states = []
    for day, content in zip(days, files, strict=True):
        counts: Counter[tuple[str, ...]] = Counter()
        for row in csv.DictReader(io.StringIO(content.decode())):
            counts[tuple(row[name] for name in _linked(kind).dimensions)] += int(row["headcount"])
        states.append(State(day, tuple(sorted(counts.items())), FIVE, tuple(TABLES[kind])))
    return states


if __name__ == "__main__":
    main()
