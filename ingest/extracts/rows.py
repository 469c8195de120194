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

from ingest.definition.dataset import Dataset
from ingest.definition.formats import Delimited
from ingest.definition.layout import Layout
from ingest.readers.file_name import GENERATED_PREFIX
from ingest.sign_off import SignOff, as_yaml, side_car

NOISE = (90, 110)  # percent: how far a noisy figure may be from the one that it follows


def row_extracts(plan: dict[str, Any], definition: Dataset, folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Path and content of every extract of the plan, each with a sign-off beside it where the dataset needs one.

    An extract has `layout`, `label` or the `file` name that the publisher would give, `folder` where it is not the
    dataset's, `values` (the same in every row), `each` (column -> values, or several columns' values that go together;
    all combined),
    `rows` (the values that differ), `noisy` (column -> the column that it follows), `scattered` (column -> the column
    that it lies about, and how far off at most), `written` (column -> how its text is made of the others and of the
    row's `place`) and `identified` (the column with an id of each row's own, where the plan gives it none). `decimals`
    says of a column how many digits of its whole numbers stand behind the decimal mark, `others` (name and text,
    column by column) what stands in columns that the layout ignores; `preamble` are lines above the header, and
    `line_end` what ends a line where that is not CRLF.
    """
    for extract in plan["extracts"]:
        layout = next(layout for layout in definition.layouts if layout.name == extract["layout"])
        name = extract.get("file") or f"{layout.name}_{extract['label']}.csv"
        path = folder.with_name(extract.get("folder", folder.name)) / f"{GENERATED_PREFIX}{name}"
        yield from signed(definition, plan, path, _table(extract, definition, layout))


def signed(definition: Dataset, plan: dict[str, Any], path: Path, table: io.StringIO) -> Iterator[tuple[Path, bytes]]:
    """The table as a file, with the plan's sign-off beside it where the dataset needs one."""
    content = table.getvalue().encode("utf-8")
    yield path, content
    if definition.sign_off:
        yield side_car(path), _sign_off(plan["sign_off"], content).encode()


def _table(extract: dict[str, Any], definition: Dataset, layout: Layout) -> io.StringIO:
    settings = definition.reader
    assert isinstance(settings, Delimited), "the generator is chosen by the reader"
    table = io.StringIO()
    end = extract.get("line_end", "\r\n")
    table.writelines(line + end for line in extract.get("preamble", []))
    writer = csv.writer(table, delimiter=settings.delimiter, lineterminator=end)
    others = extract.get("others", [])
    writer.writerow([*layout.columns, *(name for name, _ in others)])
    each, decimals = extract.get("each", {}), extract.get("decimals", {})
    for combination in itertools.product(*each.values()):
        for place, given in enumerate(extract["rows"]):
            row = dict(extract.get("values", {}))
            for column, value in zip(each, combination, strict=True):
                row |= value if isinstance(value, dict) else {column: value}
            row |= given
            for column, follows in extract.get("noisy", {}).items():
                chance = random.Random(f"{layout.name}|{column}|{row}")  # noqa: S311 (nothing secret)
                low, high = NOISE
                # In whole numbers: floating point might differ between machines, the bytes may not.
                row = {column: row[follows] * (low + int(chance.random() * (high - low + 1))) // 100} | row
            for column, (about, within) in extract.get("scattered", {}).items():
                chance = random.Random(f"{layout.name}|{column}|{row}")  # noqa: S311 (nothing secret)
                row = {column: row[about] - within + int(chance.random() * (2 * within + 1))} | row
            for column, text in extract.get("written", {}).items():
                row = {column: text.format(place=place + 1, **row)} | row
            if column := extract.get("identified"):
                row = {column: hashlib.sha256(f"{place}|{row}".encode()).hexdigest()} | row
            row |= {column: _decimal(row[column], digits, layout) for column, digits in decimals.items()}
            cells = [row.get(field, "") for field in layout.columns.values()]
            writer.writerow([*cells, *(text for _, text in others)])
    return table


def _decimal(number: int, digits: int, layout: Layout) -> str:
    """As spreadsheets write it: 0.6 and not 0.60."""
    whole, fraction = divmod(number, 10**digits)
    return f"{whole}{layout.decimal_mark}{fraction:0{digits}d}".rstrip("0").rstrip(layout.decimal_mark)


def _sign_off(plan: dict[str, Any], content: bytes) -> str:
    signed = SignOff(**plan | {"date": date.fromisoformat(plan["date"])}, sha256=hashlib.sha256(content).hexdigest())
    return as_yaml(signed)
