"""Generated extracts of people: each is drawn, kept from day to day but for some, and counted with the others."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.definition.dataset import Dataset
from ingest.extracts.rows import signed
from ingest.readers.file_name import GENERATED_PREFIX

PART_TIME_PCT = 60  # what somebody who works part-time works


def people_extracts(plan: dict[str, Any], definition: Dataset, folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Path and content of a file for each day of the plan, one row for all people who share every attribute.

    `people` is how many there are, `attributes` the shares of each value, drawn in their order: under a value of an
    earlier attribute where `given` names one. `days` has the days with how many of a thousand people are other people
    than on the day before; `part_time` of a thousand work part-time.
    """
    layout = definition.layouts[-1]
    drawn = [0] * plan["people"]
    for number, day in enumerate(plan["days"]):
        chance = random.Random(f"{layout.name}|{day['date']}")  # noqa: S311 (nothing secret)
        drawn = [number if int(chance.random() * 1000) < day.get("others", 0) else generation for generation in drawn]
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\r\n")
        writer.writerow(layout.columns)
        for row in _counted(plan, drawn, day["date"]):
            writer.writerow([row[field] for field in layout.columns.values()])
        yield from signed(definition, plan, folder / f"{GENERATED_PREFIX}{layout.name}_{day['date']}.csv", table)


def _counted(plan: dict[str, Any], drawn: list[int], day: str) -> Iterator[dict[str, Any]]:
    heads: Counter[tuple[str, ...]] = Counter()
    part_timers: Counter[tuple[str, ...]] = Counter()
    for person, generation in enumerate(drawn):
        attributes, is_part_time = _person(plan, f"{person}|{generation}")
        heads[attributes] += 1
        part_timers[attributes] += is_part_time
    for attributes in sorted(heads):
        hundredths = heads[attributes] * 100 - part_timers[attributes] * (100 - PART_TIME_PCT)
        yield dict(zip(plan["attributes"], attributes, strict=True)) | {
            "as_at_date": day,
            "headcount": heads[attributes],
            "fte": f"{hundredths // 100}.{hundredths % 100:02d}",
        }


def _person(plan: dict[str, Any], name: str) -> tuple[tuple[str, ...], bool]:
    chance = random.Random(name)  # noqa: S311 (nothing secret)
    person: dict[str, str] = {}
    for attribute, rule in plan["attributes"].items():
        shares = rule["shares"][person[rule["given"]]] if "given" in rule else rule["shares"]
        # In whole numbers: floating point might differ between machines, the bytes may not.
        place = int(chance.random() * sum(shares.values()))
        for value, share in shares.items():
            place -= share
            if place < 0:
                person[attribute] = value
                break
    return tuple(person.values()), int(chance.random() * 1000) < plan["part_time"]
