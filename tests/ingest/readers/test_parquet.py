"""A Parquet file gives what the same table gives as delimited text, whatever types its publisher chose."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from reading import Outcome, read

from ingest.definition.dataset import Dataset, load_definitions

DEFINITION = """
dataset: apples
domain: farm
title: Apples
publisher: Orchard
licence: none
homepage: none
expected_every_days: 31
files: "*.parquet"
coverage: full
vintage: last_period
tolerance: 0.5
reader: {format: parquet, period_field: picked}
fields:
  - {name: sort, type: text, required: true, allowed: [Bramley, Cox], description: Sort}
  - {name: picked, type: date, required: true, description: Day}
  - {name: weight, type: decimal, required: false, description: Weight}
  - {name: apples, type: integer, required: false, minimum: 1, description: Apples}
  - {name: sold_at, type: moment, required: false, description: Sold}
  - {name: is_ripe, type: text, required: false, allowed: ["True", "False"], description: Ripe}
key: [sort, picked]
layouts:
  - name: apples
    columns: {Sort: sort, Picked: picked, Weight: weight, Apples: apples, Sold: sold_at, Ripe: is_ripe}
"""
SOLD = datetime(2020, 9, 2, 8, 30, tzinfo=UTC)
COLUMNS: dict[str, Any] = {
    "Ripe": pa.array([True, None, False]),
    "Sort": pa.array(["Cox", "Bramley", "Pear"]).dictionary_encode(),
    "Picked": pa.array([date(2020, 9, 1), date(2020, 9, 2), date(2020, 9, 3)]),
    "Weight": pa.array([1e-07, 0.1, 12.5]),
    "Apples": pa.array([1, 0, 7], pa.uint16()),
    "Sold": pa.array([SOLD, None, None], pa.timestamp("ns", "UTC")),
}
TEXT = "Sort,Picked,Weight,Apples,Sold,Ripe\n"


@pytest.fixture(scope="module")
def definition(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("definitions")
    (folder / "apples.yml").write_text(DEFINITION)
    return load_definitions(folder)["apples"]


def packed(folder: Path, definition: Dataset, **changed: Any) -> Outcome:
    path = folder / "made.parquet"
    parquet.write_table(pa.table({**COLUMNS, **changed}), path, row_group_size=2)
    return read(folder / "read.parquet", path.read_bytes(), definition)


def test_each_value_is_judged_as_its_text_would_be(tmp_path: Path, definition: Dataset) -> None:
    outcome = packed(tmp_path, definition)
    assert [(record.row_number, record.values) for record in outcome.records] == [
        (1, ("Cox", date(2020, 9, 1), Decimal("0.0000001"), 1, SOLD, "True"))
    ]
    assert [(item.row_number, item.source_column, item.rule) for item in outcome.quarantined] == [
        (2, "Apples", "minimum"), (3, "Sort", "allowed"),
    ]  # fmt: skip
    assert (outcome.layout, outcome.records_read) == ("apples", 3)


def test_decimals_and_days_with_a_time_are_what_they_say(tmp_path: Path, definition: Dataset) -> None:
    outcome = packed(
        tmp_path,
        definition,
        Weight=pa.array([Decimal("1.50"), None, None], pa.decimal128(9, 2)),
        Picked=pa.array([datetime(2020, 9, 1), datetime(2020, 9, 2, 1), None], pa.timestamp("ms")),
    )
    [record] = outcome.records
    assert record.values[1:3] == (date(2020, 9, 1), Decimal("1.50"))
    assert [item.rule for item in outcome.quarantined] == ["type", "allowed"]


def test_what_no_table_has_is_refused(tmp_path: Path, definition: Dataset) -> None:
    refusal = packed(tmp_path, definition, Ripe=pa.array([[True], [], None])).refusal
    assert refusal
    assert refusal.reason == "column Ripe holds list<element: bool>, which no cell of a table does"


def test_an_unknown_column_is_named(tmp_path: Path, definition: Dataset) -> None:
    refusal = packed(tmp_path, definition, Colour=pa.array(["red", "red", "red"])).refusal
    assert refusal
    assert refusal.reason.startswith('the file\'s schema: the header is not known: new "Colour"')


@pytest.mark.parametrize("content", [b"PAR1", b"", b"Sort,Picked\nCox,2020-09-01\n"])
def test_no_parquet_file_is_refused(tmp_path: Path, definition: Dataset, content: bytes) -> None:
    refusal = read(tmp_path / "a", content, definition).refusal
    assert refusal
    assert refusal.reason.startswith("no Parquet file that can be read: ")
    assert "\n" not in refusal.reason
