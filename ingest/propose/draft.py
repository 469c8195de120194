"""Drafts the YAML that makes an unknown file known: a layout of a dataset that there is, or a dataset of its own."""

from __future__ import annotations

import csv
import difflib
import re
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, islice
from pathlib import Path

from core.errors import WarehouseError
from ingest.definition.dataset import Dataset, FieldType, load_definitions
from ingest.definition.formats import Delimited, WideMonths
from ingest.propose.document import document_draft, is_document
from ingest.propose.guess import HEAD, field_name, guessed_type, quoted
from ingest.readers.base import FileRefused
from ingest.readers.text.text_file import check_text, text_lines

LIKE_ENOUGH = 0.6
SAMPLE = 10_000  # rows that the types of a new dataset are told by
LONGEST_KEY = 5
MEASURES = ("decimal", "coordinate")
UNSURE = "  # check this: "
NEW_DATASET = (
    HEAD
    + """\
reader:
  format: delimited
  delimiter: {delimiter}
  encoding: utf-8-sig
  period_field: {period}
  final_newline: required

fields:
{fields}
key: [{key}]  # the fields that tell rows apart; none for a list of events

layouts:
{layout}"""
)


@dataclass(frozen=True)
class Proposal:
    """`text` is YAML: a layout where `definition` is the dataset that it belongs to, else all of a new definition."""

    text: str
    definition: Dataset | None
    is_complete: bool


def propose(path: Path, dataset: str | None = None) -> Proposal:
    """A draft for the file, as a layout of `dataset`, or of whichever knows its columns best.

    A JSON document is drafted whole. WarehouseError where the file is neither that nor delimited text, or is known.
    """
    definitions = load_definitions()
    if dataset is not None and dataset not in definitions:
        raise WarehouseError(f"There is no dataset {dataset!r}.", remedy=f"Known: {', '.join(definitions)}.")
    if is_document(path):
        return Proposal(document_draft(path, definitions), None, is_complete=False)
    delimiter, rows = _rows(path)
    candidates = [definitions[dataset]] if dataset else list(definitions.values())
    best = max(candidates, key=lambda each: _known_share(each, rows[0]))
    if not dataset and _known_share(best, rows[0]) == 0:
        return _new_dataset(path, delimiter, rows)
    if not isinstance(best.reader, Delimited | WideMonths):
        raise WarehouseError(
            f"{path.name}: {best.dataset} is read from {best.reader.format}, of which no layout is drafted.",
            remedy="The refusal of the file names its columns; add them under layouts in the definition.",
        )
    return _new_layout(path, best, rows[0])


def propose_new(path: Path) -> str:
    """A draft of a definition for delimited text, whoever else knows some of its columns."""
    delimiter, rows = _rows(path)
    return _new_dataset(path, delimiter, rows).text


def add_layout(proposal: Proposal, folder: Path) -> Path:
    """Put a complete layout into its dataset's file in the folder. WarehouseError where it is not, or does not fit."""
    definition = proposal.definition
    if definition is None or not proposal.is_complete:
        raise WarehouseError(
            "The draft is not complete: somebody must say which column is which field.",
            remedy="Put it into the definition by hand, where the draft says so.",
        )
    path = folder / f"{definition.dataset}.yml"
    before = path.read_text(encoding="utf-8")
    lines = before.splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if line.startswith("layouts:"))
    end = next((n for n in range(start + 1, len(lines)) if re.match(r"[A-Za-z]", lines[n])), len(lines))
    path.write_text("".join([*lines[:end], proposal.text, *lines[end:]]), encoding="utf-8")
    try:
        load_definitions(folder)
    except WarehouseError:
        path.write_text(before, encoding="utf-8")
        raise
    return path


def _rows(path: Path) -> tuple[str, list[list[str]]]:
    try:
        check_text(path)
        lines = list(islice(text_lines(path, "utf-8-sig"), SAMPLE))
        delimiter = max(",;\t|$", key=lines[0].count)
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if any(map(str.strip, row))]
    except (FileRefused, OSError, csv.Error) as error:
        reason = error.reason if isinstance(error, FileRefused) else str(error)
        raise WarehouseError(
            f"{path.name}, {reason}.",
            remedy="A draft can be made of delimited text in UTF-8 with a header, and of a JSON document.",
        ) from error
    if not rows or len(rows[0]) < 2:
        raise WarehouseError(f"{path.name}, line 1: no header of several columns.", remedy="Check what the file is.")
    return delimiter, rows


def _known_share(definition: Dataset, names: list[str]) -> float:
    """How much of a header the dataset knows: columns by their names, a month by its form."""
    known = {_plain(column) for layout in definition.layouts for column in layout.columns}
    known |= {_plain(rule.name) for rule in definition.fields}
    names = _without_months(definition, names)
    return sum(_plain(name) in known for name in names) / max(len(names), 1)


def _new_layout(path: Path, definition: Dataset, header: list[str]) -> Proposal:
    names = _without_months(definition, header)
    if any(layout.has_columns(names) for layout in definition.layouts):
        raise WarehouseError(
            f"{path.name}: {definition.dataset} knows this header already.", remedy="Put the file into the sources."
        )
    wanted = [
        rule.name for rule in definition.fields if any(rule.name in x.columns.values() for x in definition.layouts)
    ]
    sure, likely = _matches(definition, names, wanted)
    columns = "".join(
        f"      {quoted(name)}: {field}{UNSURE + likely[name] if name in likely else ''}\n"
        for name, field in sure.items()
    )
    columns += "".join(
        f"      {quoted(name)}: TODO{UNSURE}one of {', '.join(sorted(set(wanted) - set(sure.values()))) or 'none'}\n"
        for name in names
        if name not in sure
    )
    text = f"  - name: {_layout_name(path, definition)}\n    columns:\n{columns}"
    is_complete = set(sure) == set(names) and set(wanted) == set(sure.values())
    return Proposal(text, definition, is_complete)


def _matches(definition: Dataset, names: list[str], wanted: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Column -> field, and for those that are only likely the reason: a name much alike, or the last one left."""
    aliases = {_plain(column): field for layout in definition.layouts for column, field in layout.columns.items()}
    aliases = {_plain(field): field for field in wanted} | aliases
    sure: dict[str, str] = {}
    likely: dict[str, str] = {}
    for name in names:
        field = aliases.get(_plain(name))
        if field and field not in sure.values():
            sure[name] = field
    for name in [name for name in names if name not in sure]:
        open_aliases = [alias for alias, field in aliases.items() if field not in sure.values()]
        if close := difflib.get_close_matches(_plain(name), open_aliases, 1, LIKE_ENOUGH):
            sure[name], likely[name] = aliases[close[0]], "the names are alike"
    left, open_fields = [n for n in names if n not in sure], [f for f in wanted if f not in sure.values()]
    if len(left) == len(open_fields) == 1:
        sure[left[0]], likely[left[0]] = open_fields[0], "it is the only column and the only field that are left"
    return {name: sure[name] for name in names if name in sure}, likely


def _new_dataset(path: Path, delimiter: str, rows: list[list[str]]) -> Proposal:
    header, *records = rows
    fields = {name: field_name(name) for name in header}
    kinds = {
        name: guessed_type([row[at].strip() for row in records if at < len(row)]) for at, name in enumerate(header)
    }
    period = next((fields[n] for n, (kind, _) in kinds.items() if kind in ("date", "month", "financial_year")), "TODO")
    field_text = "".join(
        f"  - name: {fields[name]}\n    type: {kind}\n    required: {str(required).lower()}\n    description: TODO\n"
        for name, (kind, required) in kinds.items()
    )
    columns = "".join(f"      {quoted(name)}: {field}\n" for name, field in fields.items())
    text = NEW_DATASET.format(
        name=field_name(path.stem),
        suffix=path.suffix,
        delimiter=quoted(delimiter, always=True),
        period=period,
        fields=field_text,
        key=", ".join(fields[name] for name in _key(header, kinds, records)),
        layout=f"  - name: {field_name(path.stem)}\n    columns:\n{columns}",
    )
    return Proposal(text, None, is_complete=False)


def _key(header: list[str], kinds: dict[str, tuple[FieldType, bool]], records: list[list[str]]) -> tuple[str, ...]:
    """The fewest filled columns that no two rows share, numbers last: a count may be unique by chance."""
    filled = [at for at, name in enumerate(header) if kinds[name][1] and kinds[name][0] not in MEASURES]
    words = [at for at in filled if kinds[header[at]][0] != "integer"]
    for places in (words, filled):
        for size in range(1, min(len(places), LONGEST_KEY) + 1):
            for chosen in combinations(places, size):
                if len({tuple(row[at] for at in chosen) for row in records}) == len(records) > 0:
                    return tuple(header[at] for at in chosen)
    return ()


def _without_months(definition: Dataset, names: list[str]) -> list[str]:
    if not isinstance(definition.reader, WideMonths):
        return names
    return [name for name in names if not _is_month(name, definition.reader.month_format)]


def _is_month(name: str, month_format: str) -> bool:
    try:
        return datetime.strptime(name, month_format).strftime(month_format) == name
    except ValueError:
        return False


def _layout_name(path: Path, definition: Dataset) -> str:
    name, taken = field_name(path.stem), {layout.name for layout in definition.layouts}
    return next(each for each in (name, *(f"{name}_{number}" for number in range(2, 1000))) if each not in taken)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
