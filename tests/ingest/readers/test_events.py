"""Delimited tables that list events or hold several tables: file names, repeated rows, keys of a layout."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from flat import flat, records

from core.errors import WarehouseError
from ingest.definition.dataset import Dataset, load_definitions
from ingest.readers import open_file
from ingest.readers.base import FileRefused, Quarantined, Reading, Record

HEAD = """
domain: fruit
title: Trees
publisher: Orchard
licence: none
homepage: none
expected_every_days: 31
files: "*.csv"
coverage: full
vintage: last_period
tolerance: 0
"""
EVENTS = f"""
dataset: falls
{HEAD}
reader:
  {{format: delimited, delimiter: ",", encoding: utf-8-sig, final_newline: required, period_field: month, label: garden,
   file_name: '(?P<month>[0-9]{{4}}-[0-9]{{2}})-(?P<garden>[a-z]+)\\.csv'}}
fields:
  - {{name: month, type: month, required: true, description: Month}}
  - {{name: garden, type: text, required: true, description: Garden}}
  - {{name: fell_at, type: moment, required: true, description: Moment}}
  - {{name: longitude, type: coordinate, required: false, description: Degrees}}
key: []
layouts:
  - {{name: falls, columns: {{Fell: fell_at, Longitude: longitude}}}}
"""
TABLES = f"""
dataset: places
{HEAD}
reader: {{format: delimited, delimiter: ",", encoding: utf-8-sig, final_newline: required, repeated_rows: skipped}}
fields:
  - {{name: tree, type: text, required: false, description: Tree}}
  - {{name: row, type: text, required: false, description: Row of trees}}
  - {{name: garden, type: text, required: true, description: Garden}}
key: []
layouts:
  - {{name: trees, period: 2021-05-01, key: [tree], fixed: {{row: ""}}, columns: {{TREE21: tree, GARDEN: garden}}}}
  - {{name: rows, period: 2023-12-01, key: [row], fixed: {{tree: ""}}, columns: {{ROW23: row, " GARDEN": garden}}}}
"""


@pytest.fixture
def define(tmp_path: Path) -> Callable[[str], Dataset]:
    """The definition of a text."""

    def load(text: str) -> Dataset:
        name = next(line for line in text.splitlines() if line.startswith("dataset: ")).removeprefix("dataset: ")
        folder = tmp_path / "definitions"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.yml").write_text(text)
        return load_definitions(folder)[name]

    return load


def opened(tmp_path: Path, definition: Dataset, content: str, name: str = "") -> Reading:
    path = tmp_path / "bytes"
    path.write_text(content)
    return open_file(path, definition, name)


def test_the_name_gives_fields_period_and_label(tmp_path: Path, define: Callable[[str], Dataset]) -> None:
    content = "Fell,Longitude\n2018-06-30T23:01:00+00:00,5.3e-05\n2018-07-31T22:59:00+00:00,\n"
    reading = opened(tmp_path, define(EVENTS), content, "fruit/falls/2018-07-kew.csv")

    july = date(2018, 7, 1)
    assert list(flat(reading.items)) == [
        Record((july, "kew", datetime(2018, 6, 30, 23, 1, tzinfo=UTC), Decimal("0.000053")), 2, None),
        Record((july, "kew", datetime(2018, 7, 31, 22, 59, tzinfo=UTC), None), 3, None),
    ]
    assert (reading.period_start, reading.period_end, reading.label) == (july, july, "kew")


def test_events_may_repeat(tmp_path: Path, define: Callable[[str], Dataset]) -> None:
    row = "2018-07-01T10:00:00+00:00,0.1\n"
    reading = opened(tmp_path, define(EVENTS), f"Fell,Longitude\n{row}{row}", "GENERATED_2018-07-kew.csv")

    assert [type(item) for item in flat(reading.items)] == [Record, Record]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("falls (1).csv", 'its name "falls (1).csv" does not say what the file is about'),
        ("2018-13-kew.csv", 'its name: month "2018-13" is not a month written as 2018-04'),
    ],
)
def test_a_name_that_says_nothing_refuses_the_file(
    tmp_path: Path, define: Callable[[str], Dataset], name: str, reason: str
) -> None:
    with pytest.raises(FileRefused, match="its name") as caught:
        opened(tmp_path, define(EVENTS), "Fell,Longitude\n2018-07-01T10:00:00+00:00,\n", name)
    assert caught.value.reason == reason
    assert "published under" in caught.value.remedy


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2018-07-01 10:00,", "is not a moment written as 2018-06-30T23:01:00+00:00"),
        ("2018-07-32T10:00:00+00:00,", "is no moment"),
        ("2018-07-01T10:00:00+00:00,51N", "is not a number of degrees"),
        ("2018-07-01T10:00:00+00:00,181", "is more than 180 degrees"),
    ],
)
def test_a_wrong_moment_or_place_is_set_aside(
    tmp_path: Path, define: Callable[[str], Dataset], row: str, reason: str
) -> None:
    [item] = opened(tmp_path, define(EVENTS), f"Fell,Longitude\n{row}\n", "2018-07-kew.csv").items
    assert isinstance(item, Quarantined)
    assert reason in item.reason


def test_a_layout_dates_the_file_and_has_a_key_of_its_own(tmp_path: Path, define: Callable[[str], Dataset]) -> None:
    content = "TREE21,GARDEN\nT1,Kew\n,Kew\n"
    reading = opened(tmp_path, define(TABLES), content)

    blank, record = flat(reading.items)
    assert record == Record(("T1", None, "Kew"), 2, None)
    assert isinstance(blank, Quarantined)
    assert (blank.rule, blank.reason) == ("required", "tree is blank")
    assert (reading.layout, reading.period_end, reading.records_read) == ("trees", date(2021, 5, 1), 2)
    assert (reading.key, reading.skips_repeats) == (("tree",), True)


def test_a_header_with_a_space_is_another_header(tmp_path: Path, define: Callable[[str], Dataset]) -> None:
    reading = opened(tmp_path, define(TABLES), "ROW23, GARDEN\nR1,Kew\n")

    assert records(reading.items) == [Record((None, "R1", "Kew"), 2, None)]
    with pytest.raises(FileRefused, match='missing " GARDEN"'):
        opened(tmp_path, define(TABLES), "ROW23,GARDEN\nR1,Kew\n")


@pytest.mark.parametrize(
    ("text", "old", "new", "message"),
    [
        (EVENTS, "label: garden", "label: fell_at", "key reader.label: there is no field fell_at"),
        (EVENTS, "(?P<garden>", "(?P<gate>", "key reader: there is no field gate"),
        (EVENTS, "period_field: month, ", "", "key reader: a period_field, a preamble or each layout must date"),
        (TABLES, "period: 2021-05-01, ", "", "key reader: a period_field, a preamble or each layout must date"),
        (TABLES, "key: [row], ", "key: [rows], ", "key key: there is no field rows"),
        (TABLES, ", GARDEN: garden", "", "key layouts.trees: must give each of garden, row, tree one column"),
    ],
)
def test_a_definition_that_does_not_hold_together_is_refused(
    define: Callable[[str], Dataset], text: str, old: str, new: str, message: str
) -> None:
    assert old in text
    with pytest.raises(WarehouseError) as caught:
        define(text.replace(old, new, 1))
    assert message in caught.value.message
