"""Nested JSON records as flat ones: a row is a record, or an item of a list in it with the record's values repeated."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from ingest.definition.dataset import Dataset, FieldRule
from ingest.definition.json_paths import Misfit, Number, Steps, kind, nodes_at, parse_path
from ingest.definition.json_rules import Document, JsonRecords, below_rows
from ingest.readers.base import (
    FETCH_AGAIN,
    SOURCE_COLUMN,
    FileRefused,
    Item,
    PlaceColumn,
    Quarantined,
    Reader,
    Reading,
    Record,
    Skipped,
    as_published,
)
from ingest.readers.cells import CellFault, Value, cell_value, shown
from ingest.readers.documents.json_document import kept_tree, pruned, written
from ingest.readers.documents.json_text import members
from ingest.readers.told import AFTER_PUBLICATION, SAID_DIFFERENTLY

# With its semicolon: without one, &copy in an address would be taken for a sign.
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
DAY = len("2024-01-31")
POWER = re.compile(r"-?[0-9.]{1,18}[eE][+-]?[0-9]{1,2}")


class JsonReader(Reader):
    """Documents of nested records."""

    settings = JsonRecords
    place_column = PlaceColumn(SOURCE_COLUMN.name, "text", "Path in the record of the list item that the row is")

    def open(self, path: Path, name: str) -> Reading:
        """Open the file. FileRefused, also while items are taken, where it is no document of a known shape.

        `row_number` counts the records from 1, `source_column` is the path of the list item that a row is. The period
        is known when all items have been taken.
        """
        definition, settings = self.definition, self.definition.reader
        assert isinstance(settings, JsonRecords), "readers are chosen by format"
        reading = Reading(definition.layouts[0].name, None, None, iter(()))
        reading.items = _items(path, definition, settings, _RecordJudge(definition, settings), reading)
        return reading


def _items(
    path: Path, definition: Dataset, settings: JsonRecords, judge: _RecordJudge, reading: Reading
) -> Iterator[Item]:
    streamed = frozenset(document.records for document in settings.documents if document.records)
    found: dict[str, Any] = {}
    count = 0
    for key, index, value in members(path, streamed):
        if index is None:
            found[key] = value
            continue
        found.setdefault(key, None)
        count += 1
        yield from _counted(judge.judge(count, value), judge, reading)
        yield from judge.told_of(count)
    document = _known_document(found, settings, definition)
    if document.records is None:
        yield from _counted(judge.judge(1, found), judge, reading)
    elif not count and not (settings.may_be_empty and found[document.records] == []):
        what = "is empty" if found[document.records] == [] else f"is {kind(found[document.records])}, not a list"
        raise FileRefused(f"the file's {document.records} {what}", FETCH_AGAIN)
    published = str(found.get(document.published or "", ""))[:DAY]
    if reading.period_end and len(published) == DAY and str(reading.period_end) > published:
        yield Skipped(AFTER_PUBLICATION, count, 0)


def _counted(items: list[Record] | list[Quarantined], judge: _RecordJudge, reading: Reading) -> Iterator[Item]:
    for item in items:
        reading.records_read += item.record_count if isinstance(item, Quarantined) else 1
        if isinstance(item, Record):
            moment = item.values[judge.period_index]
            assert isinstance(moment, date), "the definition requires a date or a moment"
            day = moment.date() if isinstance(moment, datetime) else moment
            reading.period_start = min(reading.period_start or day, day)
            reading.period_end = max(reading.period_end or day, day)
        yield item


def _known_document(found: dict[str, Any], settings: JsonRecords, definition: Dataset) -> Document:
    missing = {document: [key for key in document.keys if key not in found] for document in settings.documents}
    closest = min(missing, key=lambda document: len(missing[document]) / len(document.keys))
    if missing[closest]:
        raise FileRefused(
            f"the file's object is no known document: missing {', '.join(map(shown, missing[closest]))}; "
            f"the closest known one is {closest.name} ({', '.join(closest.keys)})",
            f"If the publisher has changed the document, add it to reader.documents in {definition.dataset}.yml; "
            "else fetch the file again.",
        )
    return closest


class _Level(NamedTuple):
    """The record, or an item of a list that rows are made of, and its place in the record."""

    place: str
    node: Any


class _Column(NamedTuple):
    """A field, and how to find it: which level of the row it is in, and the steps from there."""

    rule: FieldRule
    path: str
    level: int
    steps: Steps


class _Fault(Exception):
    """What is wrong with a value, and where it stands in its record."""

    def __init__(self, fault: CellFault, place: str) -> None:
        super().__init__(fault.reason)
        self.fault, self.place = fault, place


class _RecordJudge:
    """Turns a record into rows, or says what is wrong with each."""

    def __init__(self, definition: Dataset, settings: JsonRecords) -> None:
        paths = {field: path for path, field in definition.layouts[0].columns.items()}
        names = [rule.name for rule in definition.fields]
        self.each, self.settings = settings.each_path, settings
        self.columns = [
            _Column(rule, paths[rule.name], *below_rows(parse_path(paths[rule.name]), self.each))
            for rule in definition.fields
            if rule.name in paths
        ]
        self.told: set[str] = set()
        self.kept = kept_tree(map(parse_path, settings.document.keeps)) if settings.document else None
        self.document_index = names.index(settings.document.field) if settings.document else None
        self.period_index = names.index(settings.period_field)

    def told_of(self, number: int) -> Iterator[Skipped]:
        """What somebody should know of the record that was judged last, though it was read."""
        yield from (Skipped(rule, number, 0) for rule in sorted(self.told))
        self.told.clear()

    def judge(self, number: int, record: Any) -> list[Record] | list[Quarantined]:
        """The record's rows in order; or what is wrong with the first bad one, which sets the whole record aside."""
        texts: list[str] = []
        count = 1
        try:
            rows = list(self._rows([_Level("", record)], self.each))
            count = len(rows)
            document = self._document(record)
            return [self._record(number, row, texts, document if row is rows[0] else None) for row in rows]
        except Misfit as misfit:
            fault, place = CellFault("structure", str(misfit)), misfit.place
        except _Fault as wrong:
            fault, place = wrong.fault, wrong.place
        return [Quarantined(number, place or None, fault.rule, fault.reason, count, as_published(texts))]

    def _rows(self, levels: list[_Level], each: Steps) -> Iterator[list[_Level]]:
        above = levels[-1]
        if not isinstance(above.node, dict):
            raise Misfit(above.place, above.node, "an object")
        if not each:
            yield levels
            return
        depth = next(depth for depth, step in enumerate(each, 1) if step.is_list)
        found = list(nodes_at(above.node, each[:depth], above.place))
        if not found:
            yield levels
        for place, node in found:
            yield from self._rows([*levels, _Level(place, node)], each[depth:])

    def _document(self, record: Any) -> str | None:
        if self.kept is None:
            return None
        try:
            return written(pruned(record, self.kept, "", self._clean_text))
        except CellFault as fault:
            raise _Fault(fault, "") from fault

    def _record(self, number: int, levels: list[_Level], texts: list[str], document: str | None) -> Record:
        """The row's record; `texts` is then what its paths led to, for quarantine, which keeps nothing else."""
        texts.clear()
        values: list[Value] = []
        for column in self.columns:
            found = list(self._found(levels, column.level, column.steps))
            texts.append(f"{column.path}: {_kept([node for _, node in found])}")
            try:
                values.append(self._value(column, [node for _, node in found]))
            except CellFault as fault:
                raise _Fault(fault, found[0][0] if found else column.path) from fault
        if self.document_index is not None:
            values.insert(self.document_index, document)
        return Record(tuple(values), number, levels[-1].place or None)

    def _found(self, levels: list[_Level], level: int, steps: Steps) -> Iterator[tuple[str, Any]]:
        if level < len(levels):
            wanted_at = partial(self._wanted, levels)
            for place, node in nodes_at(levels[level].node, steps, levels[level].place, wanted_at):
                if isinstance(node, dict | list):
                    raise Misfit(place, node, "a value")
                yield place, node

    def _wanted(self, levels: list[_Level], path: Steps) -> object:
        return next((node for _, node in self._found(levels, *below_rows(path, self.each))), None)

    def _value(self, column: _Column, found: list[Any]) -> Value:
        rule = column.rule
        if rule.type in ("integer", "decimal"):
            for node in found:
                if not isinstance(node, Number):
                    raise CellFault("type", f"{rule.name} {shown(_text(node))} is {kind(node)}, not a number")
        texts = [self._clean(rule, node) for node in found]
        lists = [step for step in column.steps if step.is_list]
        if all(step.by for step in lists):
            return cell_value(rule, self._the_one(texts))
        mark = str(self.settings.joined_by)
        texts = [text for text in texts if text.strip()]
        for text in texts:
            if mark in text:
                raise CellFault("joined", f"{rule.name} {shown(text)} holds {shown(mark)}, which joins its texts")
        return cell_value(rule, mark.join(texts))

    def _the_one(self, texts: list[str]) -> str:
        """The text at a path to one party or thing, which may stand there twice; none where it is said differently."""
        differing = dict.fromkeys(text for text in texts if text.strip())
        if len(differing) > 1:
            self.told.add(SAID_DIFFERENTLY)
            return ""
        return next(iter(differing), "")

    def _clean(self, rule: FieldRule, node: Any) -> str:
        text = _text(node)
        if rule.type == "decimal":
            return _written_out(text)
        return text if isinstance(node, Number) else self._clean_text(text, rule.name)

    def _clean_text(self, text: str, name: str = "a text") -> str:
        if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
            raise CellFault("half_character", f"{name} holds half of a character")
        if "\0" in text:
            raise CellFault("nul_byte", f"{name} holds a NUL byte")
        return ENTITY.sub(lambda entity: html.unescape(entity[0]), text) if self.settings.html_entities else text


def _text(node: Any) -> str:
    return str(node).lower() if isinstance(node, bool) else str(node)


def _kept(found: list[Any]) -> str:
    """As quarantine keeps it: the database takes no half characters."""
    return ", ".join(map(_text, found)).encode("utf-8", "backslashreplace").decode("utf-8")


def _written_out(number: str) -> str:
    """3.5E2, which JSON may write, as 350; a longer one stays as it is, for the rules of a decimal to refuse."""
    return f"{Decimal(number):f}" if POWER.fullmatch(number) else number
