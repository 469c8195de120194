"""Numbers in PostgreSQL's binary form: all at once they are what each is alone."""

from __future__ import annotations

import struct
from decimal import Decimal

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.readers.typed import GROUP, NEGATIVE, numeric, numerics

PLAIN = st.from_regex(r"-?[0-9]{1,4}(\.[0-9]{1,12})?", fullmatch=True)


def meant(form: bytes | None) -> tuple[Decimal, int] | None:
    """The number that a server reads there, and the decimals that it shows."""
    if form is None:
        return None
    count, weight, sign, scale = struct.unpack(">HhHH", form[:8])
    groups = struct.unpack(f">{count}H", form[8:])
    value = sum(Decimal(group) * Decimal(GROUP) ** (weight - place) for place, group in enumerate(groups))
    return -Decimal(value) if sign == NEGATIVE else Decimal(value), scale


@given(st.lists(PLAIN | st.none()), st.integers(0, 3))
@example(["-0.5", None, "9999.999999999999", "-0", "0051.30"], 1)
def test_all_at_once_are_what_each_is_alone(texts: list[str | None], start: int) -> None:
    alone = [None if text is None else numeric(Decimal(text)) for text in texts[start:]]
    together = numerics(pa.array(texts, pa.string())[start:]).to_pylist()
    assert list(map(meant, together)) == list(map(meant, alone))
