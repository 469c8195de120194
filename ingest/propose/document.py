"""Drafts the definition of a JSON document: the list that holds its records, the paths that they have, their types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from core.errors import WarehouseError
from ingest.definition.dataset import Dataset
from ingest.definition.json_paths import Number, parse_path
from ingest.definition.json_rules import JsonRecords
from ingest.propose.guess import HEAD, field_name, guessed_type, quoted
from ingest.propose.sample import is_personal
from ingest.readers.base import FileRefused
from ingest.readers.documents.json_text import members

NEW_DOCUMENT = (
    HEAD
    + """\
reader:
  format: json_records
  documents:
    - {{name: document, keys: [{keys}]{records}}}
  # each: {lists}
  joined_by: ";"
  period_field: {period}

# Every path that was found, but those about persons: delete what nobody needs.
fields:
{fields}
key: []

layouts:
  - name: {name}
    columns:
{columns}"""
)


def is_document(path: Path) -> bool:
    """Whether the file begins as JSON does."""
    try:
        with path.open("rb") as file:
            return file.read(1024).lstrip()[:1] in (b"{", b"[")
    except OSError:
        return False


def document_draft(path: Path, definitions: Mapping[str, Dataset]) -> str:
    """The YAML of a definition. WarehouseError where the file is no JSON document, or a dataset knows it."""
    try:
        found = {member.key: member.value for member in members(path, frozenset())}
    except FileRefused as error:
        raise WarehouseError(f"{path.name}, {error.reason}.", remedy=error.remedy) from error
    for known in definitions.values():
        if isinstance(known.reader, JsonRecords) and any(
            set(each.keys) <= set(found) for each in known.reader.documents
        ):
            raise WarehouseError(
                f"{path.name}: {known.dataset} knows this document already.", remedy="Put the file into the sources."
            )
    lists = [key for key, value in found.items() if value and _is_list_of_objects(value)]
    key = max(lists, key=lambda each: len(found[each]), default=None)
    records = found[key] if key else [found]
    values: dict[str, list[Any]] = {}
    for record in records:
        _collect(record, "", values)
    columns = {
        path: texts
        for path, texts in sorted(values.items())
        if _is_path(path) and not is_personal(path, ["" if each is None else str(each) for each in texts])
    }
    if not columns:
        raise WarehouseError(f"{path.name}: its records hold no values.", remedy="Check what the file is.")
    kinds = {path: _kind(path, texts, len(records)) for path, texts in columns.items()}
    names = _names(columns)
    dates = (names[path] for path, (kind, is_required) in kinds.items() if kind in ("date", "moment") and is_required)
    inner = sorted({f"{path.rpartition('[]')[0]}[]" for path in columns if "[]" in path})
    return NEW_DOCUMENT.format(
        name=field_name(path.stem),
        suffix=path.suffix,
        keys=", ".join(map(quoted, found)),
        records=f", records: {quoted(key)}" if key else "",
        lists=f"a row for each item of one of {', '.join(inner)}" if inner else "there is no list in a record",
        period=next(dates, "TODO"),
        fields="".join(
            f"  - name: {names[path]}\n    type: {kind}\n    required: {str(required).lower()}\n    description: TODO\n"
            for path, (kind, required) in kinds.items()
        ),
        columns="".join(f"      {quoted(path)}: {names[path]}\n" for path in columns),
    )


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _collect(node: Any, path: str, values: dict[str, list[Any]]) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            _collect(value, f"{path}.{key}".lstrip("."), values)
    elif isinstance(node, list):
        for item in node:
            _collect(item, f"{path}[]", values)
    else:
        values.setdefault(path, []).append(node)


def _is_path(path: str) -> bool:
    try:
        return bool(parse_path(path))
    except ValueError:
        return False


def _kind(path: str, values: list[Any], record_count: int) -> tuple[str, bool]:
    texts = ["" if value is None else str(value) for value in values]
    are_numbers = all(value is None or isinstance(value, Number) for value in values)
    is_whole = "[]" not in path
    kind, is_filled = guessed_type(texts, ("integer", "decimal") if are_numbers else ("date", "month", "moment"))
    return kind if is_whole else "text", is_whole and is_filled and len(values) == record_count


def _names(paths: Iterable[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for path in paths:
        name, number = field_name(path), 2
        while name in names.values():
            name, number = f"{field_name(path)}_{number}", number + 1
        names[path] = name
    return names
