"""Generated extracts of long tables: the plan gives the rows; figures marked as noisy scatter about another column."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from ingest.definition import Dataset, Delimited, Layout
from ingest.sign_off import SignOff, as_yaml, side_car

NOISE = (90, 110)  # percent: how far a noisy figure may be from the one that it follows


def row_extracts(plan: dict[str, Any], definition: Dataset, folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Path and content of every extract of the plan, each with a sign-off beside it where the dataset needs one.

    An extract has `layout`, `label`, `values` (the same in every row), `each` (column -> values, all combined),
    `rows` (the values that differ) and `noisy` (column -> the column that it follows); `preamble` are lines above the
    header, and `line_end` what ends a line where that is not CRLF.
    """
    for extract in plan["extracts"]:
        layout = next(layout for layout in definition.layouts if layout.name == extract["layout"])
        path = folder / f"GENERATED_{layout.name}_{extract['label']}.csv"
        content = _table(extract, definition, layout)
        yield path, content
        if definition.sign_off:
            yield side_car(path), _sign_off(plan["sign_off"], content).encode()


def _table(extract: dict[str, Any], definition: Dataset, layout: Layout) -> bytes:
    settings = definition.reader
    assert isinstance(settings, Delimited), "the generator is chosen by the reader"
    table = io.StringIO()
    end = extract.get("line_end", "\r\n")
    table.writelines(line + end for line in extract.get("preamble", []))
    writer = csv.writer(table, delimiter=settings.delimiter, lineterminator=end)
    writer.writerow(layout.columns)
    each = extract.get("each", {})
    for combination in itertools.product(*each.values()):
        for given in extract["rows"]:
            row = extract.get("values", {}) | dict(zip(each, combination, strict=True)) | given
            for column, follows in extract.get("noisy", {}).items():
                chance = random.Random(f"{layout.name}|{column}|{row}")  # noqa: S311 (nothing secret)
                low, high = NOISE
                # In whole pounds: floating point might differ between machines, the bytes may not.
                row = {column: row[follows] * (low + int(chance.random() * (high - low + 1))) // 100} | row
            writer.writerow([row.get(field, "") for field in layout.columns.values()])
    return table.getvalue().encode("utf-8")


def _sign_off(plan: dict[str, Any], content: bytes) -> str:
    signed = SignOff(**plan | {"date": date.fromisoformat(plan["date"])}, sha256=hashlib.sha256(content).hexdigest())
    return as_yaml(signed)
