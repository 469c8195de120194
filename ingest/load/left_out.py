"""Months of a file that a person left out when accepting the rest: their rows are skipped, by that name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date

import psycopg
import pyarrow as pa
import pyarrow.compute as pc

from ingest.definition.dataset import Dataset
from ingest.readers.base import Item, Reading, Record, Rows, Skipped

RULE = "left_out"
WITHOUT = re.compile(r" without=([0-9,-]+)$")
RECORDED = "select left_out from audit.acceptance where (dataset, sha256) = (%s, %s)"


def and_without(connection: psycopg.Connection, definition: Dataset, sha256: str, said: str) -> str:
    """What name and folder say of a file, and what a person has left out of it."""
    row = connection.execute(RECORDED, [definition.dataset, sha256]).fetchone()
    months = ",".join(f"{month:%Y-%m}" for month in sorted(row[0])) if row else ""
    return f"{said} without={months}" if months else said


def of_the_whole(said: str) -> str:
    """What is said of the file, whatever was left out of it."""
    return WITHOUT.sub("", said)


def months_left_out(said: str | None) -> frozenset[date]:
    """First days of the months that a batch is without, by what is said of it."""
    found = WITHOUT.search(said or "")
    return frozenset(date.fromisoformat(f"{month}-01") for month in found[1].split(",")) if found else frozenset()


def leave_out(reading: Reading, definition: Dataset, months: Collection[date]) -> None:
    """Have the reading skip the rows of these months; it then covers what is left."""
    assert definition.drift and definition.drift.period, "only months of such a dataset are left out"
    if months:
        place = [rule.name for rule in definition.fields].index(definition.drift.period)
        reading.items = _others(reading, reading.items, place, months)


def _others(reading: Reading, items: Iterator[Item], place: int, months: Collection[date]) -> Iterator[Item]:
    kept: list[date] = []
    for item in items:
        if isinstance(item, Rows):
            values = item.values.column(place)
            month = pc.cast(pc.floor_temporal(values, unit="month"), pa.date32())
            is_out = pc.is_in(month, pa.array(months, pa.date32()))
            if gone := pc.sum(is_out).as_py():
                yield Skipped(RULE, pc.min(item.row_numbers.filter(is_out)).as_py(), gone)
            stays = pc.invert(is_out)
            bounds = pc.min_max(values.filter(stays)).as_py()
            kept += [day for day in bounds.values() if day]
            places = item.places.filter(stays) if item.places is not None else None
            yield Rows(item.values.filter(stays), item.row_numbers.filter(stays), places)
        elif isinstance(item, Record) and isinstance(day := item.values[place], date):
            if day.replace(day=1) in months:
                yield Skipped(RULE, item.row_number, 1)
            else:
                kept.append(day)
                yield item
        else:
            yield item
        kept = [min(kept), max(kept)] if kept else []
    reading.period_start, reading.period_end = kept or (None, None)
