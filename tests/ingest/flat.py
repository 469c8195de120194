"""What a reader gives, record by record: rows that come at once are taken apart, their numbers read back."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from ingest.readers.base import Item, Record, Rows


def flat(items: Iterable[Item]) -> Iterator[Item]:
    for item in items:
        if not isinstance(item, Rows):
            yield item
            continue
        columns = [column.to_pylist() for column in item.values.columns]
        places = item.places.to_pylist() if item.places is not None else [None] * len(item.row_numbers)
        for *values, number, place in zip(*columns, item.row_numbers.to_pylist(), places, strict=True):
            yield Record(tuple(_read_back(value) for value in values), number, place)


def records(items: Iterable[Item]) -> list[Record]:
    return [item for item in flat(items) if isinstance(item, Record)]


def _read_back(value: Any) -> Any:
    """A numeric as PostgreSQL's manual says that its binary form is to be read."""
    if not isinstance(value, bytes):
        return value
    count, weight, sign, scale = struct.unpack(">HhHH", value[:8])
    groups = struct.unpack(f">{count}H", value[8:])
    number = sum(Decimal(group).scaleb(4 * (weight - place)) for place, group in enumerate(groups))
    return (-number if sign else Decimal(number)).quantize(Decimal(1).scaleb(-scale))
