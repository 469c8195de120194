"""What the parts of a definition are checked for: names that are known, unique, complete, and keys given once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import yaml

try:
    from yaml import CSafeLoader as SafeLoader  # six times as fast; in PyYAML's wheels. A DAG run reads each definition
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]

if TYPE_CHECKING:
    from ingest.definition.dataset import Dataset


def columns_give(dataset: Dataset, fields: Sequence[str]) -> None:
    """ValueError unless each layout gives each of the fields one column, or fixes it."""
    for layout in dataset.layouts:
        if sorted([*layout.columns.values(), *layout.fixed]) != fields:
            raise ValueError(f"layouts.{layout.name}: must give each of {', '.join(fields)} one column")


def all_plain(dataset: Dataset) -> None:
    """ValueError where a layout says more than this reader understands."""
    for layout in dataset.layouts:
        if not layout.is_plain:
            raise ValueError(
                f"layouts.{layout.name}: {dataset.reader.format} knows nothing of a layout but its columns"
            )


def no_repeats(key: str, values: Sequence[Any]) -> None:
    """ValueError where a value stands twice."""
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"{key}: {value} stands there twice")


def all_known(key: str, names: Sequence[str], known: Sequence[str]) -> None:
    """ValueError where a name is no field."""
    for name in names:
        if name not in known:
            raise ValueError(f"{key}: there is no field {name}")


class UniqueKeys(SafeLoader):
    """PyYAML keeps the last of two equal keys without a word; a definition must not lose a line that way."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key, _ in node.value:
            if keys.count(key.value) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} stands there twice", key.start_mark)
        return super().construct_mapping(node, deep)
