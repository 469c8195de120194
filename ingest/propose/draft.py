"""Drafts the YAML that makes an unknown file known: a layout of a dataset that there is, or a dataset of its own."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from pathlib import Path

from core.errors import WarehouseError
from ingest.definition.dataset import Dataset, FieldType, load_definitions
from ingest.definition.formats import Table, WideMonths, Workbook
from ingest.propose.document import document_draft, is_document
from ingest.propose.guess import HEAD, field_name, guessed_type, quoted
from ingest.propose.sample import Sample, sample_of

LIKE_ENOUGH = 0.6
KNOWN_ENOUGH = 0.5  # of a header and of a layout both, from where on a file is taken for one of a dataset's
LONGEST_KEY = 5
MEASURES = ("decimal", "coordinate")
DATED = ("date", "month", "financial_year")
UNSURE = "  # check this: "
NEW_DATASET = (
    HEAD
    + """\
{reader}
fields:
{fields}
key: [{key}]  # the fields that tell rows apart; none for a list of events

layouts:
{layout}"""
)
OF_TEXT = """\
reader:
  format: delimited
  delimiter: {delimiter}
  encoding: {encoding}
{preamble}  period_field: {period}
  final_newline: required
"""
OF_WORKBOOK = """\
reader:
  format: workbook
  sheet: {{name: {sheet}}}
  # Which cell says the year; or each layout has a day of it as its `period`.
  year: {{sheet: {sheet}, pattern: "TODO ([0-9]{{4}}-[0-9]{{2}})"}}
  header: [{header}]
  bands: 1
  skip:
    - {{rule: blank_row, only: []}}
"""


@dataclass(frozen=True)
class Proposal:
    """`text` is YAML: a layout where `definition` is the dataset that it belongs to, else all of a new definition."""

    text: str
    definition: Dataset | None
    is_complete: bool


def propose(path: Path, dataset: str | None = None) -> Proposal:
    """A draft for the file, as a layout of `dataset`, or of whichever knows its columns best.

    A JSON document is drafted whole. WarehouseError where no draft can be made of the file, or where it is known.
    """
    definitions = load_definitions()
    if dataset is not None and dataset not in definitions:
        raise WarehouseError(f"There is no dataset {dataset!r}.", remedy=f"Known: {', '.join(definitions)}.")
    if is_document(path):
        return Proposal(document_draft(path, definitions), None, is_complete=False)
    sample = sample_of(path)
    candidates = [definitions[dataset]] if dataset else [each for each in definitions.values() if _fits(each, sample)]
    best = max(candidates, key=lambda each: _likeness(each, sample.header), default=None)
    if best is None or (not dataset and _likeness(best, sample.header) < KNOWN_ENOUGH):
        return _new_dataset(path, sample)
    is_two_banded = isinstance(best.reader, Workbook) and best.reader.bands > 1
    if is_two_banded or not isinstance(best.reader, Table | WideMonths | Workbook):
        raise WarehouseError(
            f"{path.name}: {best.dataset} is read from {best.reader.format}, of which no layout is drafted.",
            remedy="The refusal of the file names its columns; add them under layouts in the definition.",
        )
    return _new_layout(path, best, sample)


def propose_new(path: Path) -> str:
    """A draft of a definition for delimited text, whoever else knows some of its columns."""
    sample = sample_of(path)
    if sample.sheet or sample.above or sample.encoding != "utf-8-sig":
        raise WarehouseError(
            f"{path.name}: not a plain table in UTF-8, whose dataset could be made at once.",
            remedy="`warehouse dataset propose <file>` drafts its definition, to be completed by hand.",
        )
    return _new_dataset(path, sample).text


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


def _fits(definition: Dataset, sample: Sample) -> bool:
    """Whether the dataset's files are of the file's kind."""
    return isinstance(definition.reader, Workbook if sample.sheet else Table | WideMonths)


def _likeness(definition: Dataset, header: list[str]) -> float:
    """How much the header and the closest layout share, of whichever of the two shares less; months by their form."""
    names = {_plain(name) for name in _without_months(definition, header)} - {""}
    found = 0.0
    for layout in definition.layouts:
        known = {_plain(column): _plain(field) for column, field in layout.columns.items()}
        ours = sum(column in names or field in names for column, field in known.items())
        theirs = len(names & {*known, *known.values(), *map(_plain, layout.ignored or ())})
        found = max(found, min(ours / max(len(known), 1), theirs / max(len(names), 1)))
    return found


def _new_layout(path: Path, definition: Dataset, sample: Sample) -> Proposal:
    names = _without_months(definition, sample.header)
    if any(layout.has_columns(names) for layout in definition.layouts):
        raise WarehouseError(
            f"{path.name}: {definition.dataset} knows this header already.", remedy="Put the file into the sources."
        )
    wanted = [
        rule.name for rule in definition.fields if any(rule.name in x.columns.values() for x in definition.layouts)
    ]
    known = {_plain(column) for layout in definition.layouts for column in layout.columns}
    personal = [name for name in sample.personal if _plain(name) not in known]
    names = [name for name in names if name not in personal]
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
    text = f"  - name: {_layout_name(path, definition)}\n{_left_out(personal)}    columns:\n{columns}"
    is_complete = set(sure) == set(names) and set(wanted) == set(sure.values())
    return Proposal(text, definition, is_complete)


def _left_out(personal: list[str]) -> str:
    """Of a layout: the columns that no draft offers."""
    if not personal:
        return ""
    return f"    # About persons, so nobody loads them.\n    ignored: [{', '.join(map(quoted, personal))}]\n"


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


def _new_dataset(path: Path, sample: Sample) -> Proposal:
    personal = sample.personal
    offered = [(at, name) for at, name in enumerate(sample.header) if name not in personal and name]
    header = [name for _, name in offered]
    records = [[row[at] if at < len(row) else "" for at, _ in offered] for row in sample.records]
    fields = {name: field_name(name) for name in header}
    kinds = {name: guessed_type([row[at] for row in records]) for at, name in enumerate(header)}
    field_text = "".join(
        f"  - name: {fields[name]}\n    type: {kind}\n    required: {str(required).lower()}\n    description: TODO\n"
        for name, (kind, required) in kinds.items()
    )
    columns = "".join(f"      {quoted(name)}: {field}\n" for name, field in fields.items())
    text = NEW_DATASET.format(
        name=field_name(path.stem),
        suffix=path.suffix,
        reader=_reader(sample, header, next((fields[n] for n, (kind, _) in kinds.items() if kind in DATED), "TODO")),
        fields=field_text,
        key=", ".join(fields[name] for name in _key(header, kinds, records)),
        layout=f"  - name: {field_name(path.stem)}\n{_left_out(personal)}    columns:\n{columns}",
    )
    return Proposal(text, None, is_complete=False)


def _reader(sample: Sample, header: list[str], period: str) -> str:
    if sample.sheet:
        return OF_WORKBOOK.format(sheet=quoted(sample.sheet), header=", ".join(map(quoted, header[:3])))
    first, *others = sample.above or [""]
    alike = next((at for at in range(len(first), 0, -1) if all(line.startswith(first[:at]) for line in others)), 0)
    mark = first[:alike] or "TODO"
    preamble = f"  preamble: {{mark: {quoted(mark, always=True)}}}  # {len(sample.above)} lines above the header\n"
    return OF_TEXT.format(
        delimiter=quoted(sample.delimiter, always=True),
        encoding=sample.encoding,
        preamble=preamble if sample.above else "",
        period=period,
    )


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
