"""Judged values as Arrow columns, each of the type that PostgreSQL's binary COPY takes for its field."""

from __future__ import annotations

import struct
import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.definition.dataset import FieldRule

# A numeric goes as its own binary form, which the encoder passes on: exact, with its decimals as published.
NUMERIC = pa.binary()
TYPES = {
    "text": pa.string(),
    "integer": pa.int32(),
    "numeric": NUMERIC,
    "date": pa.date32(),
    "timestamp with time zone": pa.timestamp("us", "UTC"),
}
NEGATIVE = 0x4000
GROUP = 10_000  # numeric counts in groups of four digits
DIGITS, DECIMALS = 16, 12  # of those that are typed all at once: one group before the point, three after it


class _NoPandas:
    """Says that there is no pandas."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        """A finder of modules that knows of none."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _look_for_no_pandas() -> None:
    """pyarrow looks for pandas when it first meets a list: a second and 60 MB at each start, for nothing used here."""
    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _NoPandas)
        try:
            pa.array([None])
        finally:
            sys.meta_path.remove(_NoPandas)


_look_for_no_pandas()


def arrow_type(rule: FieldRule) -> pa.DataType:
    """The Arrow type of the field's values."""
    return TYPES[rule.column_type]


def arrow_values(rule: FieldRule, values: Sequence[Any]) -> pa.Array:
    """Judged values as a column."""
    kind = arrow_type(rule)
    if kind == NUMERIC:
        return pa.array([None if value is None else numeric(value) for value in values], kind)
    return pa.array(values, kind)


def numeric(value: Decimal | int) -> bytes:
    """A number in PostgreSQL's binary form: how many groups, place of the first, sign, decimals, the groups."""
    sign, digits, exponent = Decimal(value).as_tuple()
    assert isinstance(exponent, int), "the cell rules know no infinity"
    scale = max(0, -exponent)
    number = int("".join(map(str, digits))) * 10 ** (max(0, exponent) + -scale % 4)
    groups: list[int] = []
    while number:
        number, group = divmod(number, GROUP)
        groups.append(group)
    weight = len(groups) - 1 - (scale + 3) // 4
    head = struct.pack(">HhHH", len(groups), weight if groups else 0, NEGATIVE if sign and groups else 0, scale)
    return head + struct.pack(f">{len(groups)}H", *reversed(groups))


def numerics(texts: pa.Array) -> pa.Array:
    """Numbers written as -1234.567890123456 at most, as `numeric` would give them, all at once."""
    count = len(texts)
    point = pc.find_substring(texts, ".").fill_null(-1).to_numpy()
    length = pc.binary_length(texts).fill_null(0).to_numpy()
    # 128 bits each, of which these numbers need the lower half; what stands where there is none is not looked at.
    decimals = pc.cast(texts, pa.decimal128(DIGITS, DECIMALS))
    number = np.frombuffer(decimals.buffers()[1], np.int64)[2 * decimals.offset :: 2][:count]
    forms = np.empty((count, 8), dtype=">u2")
    forms[:, 0], forms[:, 1] = 4, 0
    forms[:, 2], forms[:, 3] = np.where(number < 0, NEGATIVE, 0), np.where(point >= 0, length - point - 1, 0)
    number = np.abs(number)
    for place in (7, 6, 5, 4):
        number, forms[:, place] = np.divmod(number, GROUP)
    ends = pa.py_buffer(np.arange(0, 16 * count + 1, 16, dtype=np.int32))
    is_there = pa.py_buffer(np.packbits(pc.is_valid(texts).to_numpy(False), bitorder="little"))
    return pa.Array.from_buffers(NUMERIC, count, [is_there, ends, pa.py_buffer(forms)])
