"""Whose file it is, and of which year: what its rows say, held against the definition and the file's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import pyarrow.compute as pc

from ingest.definition.dataset import Dataset, load_definitions
from ingest.definition.redundancies import Publisher
from ingest.readers.base import FileRefused, Item, Reading, Record, Rows
from ingest.readers.cells import shown
from ingest.readers.file_name import GENERATED_PREFIX
from ingest.readers.years import year_of_day


def proven(reading: Reading, definition: Dataset, items: Iterator[Item], name: str) -> Iterator[Item]:
    """The items. FileRefused where a row is somebody else's, or the file's name names another year."""
    held = definition.redundancies
    publisher = held and held.publisher
    if publisher and publisher.pattern and PurePosixPath(name).name.startswith(GENERATED_PREFIX):
        publisher = None  # made up, and says so
    seen: set[tuple[str, str]] = set()
    for item in items:
        if publisher:
            for row, said, named in _said(item, definition, publisher):
                if (said, named) not in seen:
                    seen.add((said, named))
                    _check_publisher(definition, publisher, row, said, named)
        yield item
    if held and held.file_name:
        _check_year(reading, held.file_name, name)


def _said(item: Item, definition: Dataset, rule: Publisher) -> Iterator[tuple[int, str, str]]:
    """The row, what the field says there, and what the file's name says, which is the same in every row.

    Of rows that came at once, each text with its first row.
    """
    if isinstance(item, Rows):
        said = item.values[rule.field]
        named = item.values[rule.named_by][0].as_py() if rule.named_by else ""
        for text in said.unique().to_pylist():
            yield item.row_numbers[pc.index(said, text).as_py()].as_py(), text, named
    elif isinstance(item, Record):
        values = dict(zip((field.name for field in definition.fields), item.values, strict=True))
        yield item.row_number, str(values[rule.field]), str(values[rule.named_by]) if rule.named_by else ""


def _check_publisher(definition: Dataset, rule: Publisher, row: int, said: str, named: str) -> None:
    if rule.pattern:
        if re.fullmatch(rule.pattern, said):
            return
        owner = next((each.dataset for each in load_definitions().values() if _proves(each, said)), None)
        reason = f"is not {definition.publisher}'s ({rule.pattern})"
        remedy = f"Put it into the folder of {owner}." if owner else "See whose file it is, and which folder is its."
    else:
        if _plain(rule.known_as.get(named, named)) in _plain(said):
            return
        reason = f"is not {named}, whose file it is by its name"
        remedy = "See whose file it is, and give it the name it was published under."
    raise FileRefused(f"row {row}: {rule.field} {shown(said)} {reason}", remedy)


def _proves(definition: Dataset, said: str) -> bool:
    rule = definition.redundancies and definition.redundancies.publisher
    return bool(rule and rule.pattern and re.fullmatch(rule.pattern, said))


def _plain(name: str) -> str:
    return re.sub("[^a-z]", "", name.lower().replace("&", "and"))


def _check_year(reading: Reading, pattern: str, name: str) -> None:
    match = re.search(pattern, PurePosixPath(name).name)
    if match and reading.period_end:
        year = year_of_day(reading.period_end)
        if int(match["from"]) % 100 != year.start % 100 or int(match["to"]) % 100 != (year.start + 1) % 100:
            raise FileRefused(
                f"it is about {year.written('/')}, and its name says {match['from']}-{match['to']}",
                "See which of the two is wrong, and fetch the file again under the name it was published under.",
            )
