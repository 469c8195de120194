"""What a dataset's YAML may say. The code knows formats; everything that differs between datasets is in the YAML."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from warehouse.errors import WarehouseError

DEFINITIONS = Path(__file__).parent / "definitions"

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
FieldType = Literal["text", "integer", "date"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldRule(_Strict):
    """One column of the raw table: its type, whether it may be blank, the least value allowed."""

    name: Name
    type: FieldType
    required: bool
    minimum: int | None = None
    description: Words


class Layout(_Strict):
    """One header the publication has had: published column name -> field. The order of the columns does not matter."""

    name: Name
    columns: dict[Annotated[str, StringConstraints(min_length=1)], Name]


class WideMonths(_Strict):
    """A delimited table with a column for each month; one record is one cell."""

    format: Literal["wide_months"]
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)]
    encoding: Literal["utf-8", "utf-8-sig"]
    month_format: Words
    month_field: Name
    value_field: Name
    final_newline: Literal["required"]


class Dataset(_Strict):
    """A dataset's definition: publisher, reader, fields, known headers, rules of acceptance."""

    dataset: Name
    domain: Name
    title: Words
    publisher: Words
    licence: Words
    homepage: Words
    expected_every_days: Annotated[int, Field(gt=0)]
    files: Words
    coverage: Literal["full", "partial"]
    vintage: Literal["last_period"]
    tolerance: Annotated[float, Field(ge=0, lt=1)]
    reader: WideMonths
    fields: Annotated[tuple[FieldRule, ...], Field(min_length=1)]
    key: Annotated[tuple[Name, ...], Field(min_length=1)]
    layouts: Annotated[tuple[Layout, ...], Field(min_length=1)]

    @property
    def definition_hash(self) -> str:
        """sha256 of what the definition says; comments and the order of keys do not count."""
        content = json.dumps(self.model_dump(mode="json", exclude_unset=True), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def field(self, name: str) -> FieldRule:
        """The rule of one field. KeyError where there is no such field."""
        return next(rule for rule in self.fields if rule.name == name)

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        names = [rule.name for rule in self.fields]
        _no_repeats("fields", names)
        _no_repeats("layouts", [layout.name for layout in self.layouts])
        _no_repeats("layouts", [tuple(sorted(layout.columns)) for layout in self.layouts])
        _all_known("key", self.key, names)
        wide = {self.reader.month_field: "date", self.reader.value_field: "integer"}
        _all_known("reader", list(wide), names)
        for name, kind in wide.items():
            if self.field(name).type != kind or not self.field(name).required:
                raise ValueError(f"reader: {name} must be a required field of type {kind}")
        if self.reader.month_field not in self.key or self.reader.value_field in self.key:
            raise ValueError("key: must hold the month and not the value")
        expected = sorted(set(names) - set(wide))
        for layout in self.layouts:
            if sorted(layout.columns.values()) != expected:
                raise ValueError(f"layouts.{layout.name}: must give each of {', '.join(expected)} one column")
        return self


def load_definitions(folder: Path | None = None) -> dict[str, Dataset]:
    """Every definition in the folder (default: those that ship), by dataset. WarehouseError names the first bad key."""
    return {path.stem: _load(path) for path in sorted((folder or DEFINITIONS).glob("*.yml"))}


def _load(path: Path) -> Dataset:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)  # noqa: S506 (a SafeLoader)
        definition = Dataset.model_validate(content)
    except yaml.YAMLError as error:
        raise _broken(path, "YAML", " ".join(str(error).split())) from error
    except ValidationError as error:
        first = error.errors()[0]
        key, rule = ".".join(map(str, first["loc"])), first["msg"]
        if first["type"] == "value_error":  # one of ours (_names_agree), which names its key itself
            key, _, rule = rule.removeprefix("Value error, ").partition(": ")
        raise _broken(path, key or "(all)", rule) from error
    if definition.dataset != path.stem:
        raise _broken(path, "dataset", f"{definition.dataset!r} is not the name of the file")
    return definition


def _broken(path: Path, key: str, rule: str) -> WarehouseError:
    return WarehouseError(
        f"Definition {path.name}, key {key}: {rule}.",
        remedy=f"Correct this key in {path.name}; ingest/definition.py says what a definition may hold.",
    )


def _no_repeats(key: str, values: Sequence[Any]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"{key}: {value} stands there twice")


def _all_known(key: str, names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"{key}: there is no field {name}")


class _UniqueKeys(yaml.SafeLoader):
    """PyYAML keeps the last of two equal keys without a word; a definition must not lose a line that way."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key, _ in node.value:
            if keys.count(key.value) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} stands there twice", key.start_mark)
        return super().construct_mapping(node, deep)
