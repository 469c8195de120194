"""What a dataset's YAML may say. The code knows formats; everything that differs between datasets is in the YAML."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from core.errors import WarehouseError
from ingest.definition.checks import UniqueKeys, all_known, no_repeats
from ingest.definition.drift_rules import Drift
from ingest.definition.fetch_rules import Fetch
from ingest.definition.formats import ReaderRules
from ingest.definition.json_rules import JsonRecords
from ingest.definition.layout import Layout, Name, Strict, Words
from ingest.definition.points import Points
from ingest.definition.redundancies import Redundancies

DEFINITIONS = Path(__file__).parents[1] / "definitions"

Coverage = Literal["full", "partial"]
FieldType = Literal["text", "integer", "decimal", "coordinate", "date", "month", "moment", "financial_year"]
# Of PostgreSQL, where it has another name for one.
COLUMN_TYPES = {"decimal": "numeric", "coordinate": "numeric", "month": "date", "financial_year": "text"}
DATED_TYPES = ("date", "month", "moment", "financial_year")
COLUMN_TYPES["moment"] = "timestamp with time zone"
# What tells the releases of a process apart, and their order.
COMPILED_FROM = ("ocid", "release_id", "released_at")


class FieldRule(Strict):
    """One column of the raw table: its type, whether it may be blank, which values it may have.

    `pattern` must match the cell's whole text, whatever its type. Decimals are numeric, never floating point.
    """

    name: Name
    type: FieldType
    required: bool
    minimum: int | None = None
    maximum: int | None = None
    earliest: date | None = None
    latest: date | None = None
    allowed: Annotated[tuple[Words, ...], Field(min_length=1)] | None = None
    pattern: Words | None = None
    description: Words

    @property
    def column_type(self) -> str:
        """PostgreSQL's name of the type."""
        return COLUMN_TYPES.get(self.type, self.type)

    @model_validator(mode="after")
    def _rules_fit_the_type(self) -> Self:
        if self.type not in ("integer", "decimal") and (self.minimum, self.maximum) != (None, None):
            raise ValueError(f"fields.{self.name}: only a number can have a minimum or a maximum")
        if self.type not in DATED_TYPES and (self.earliest, self.latest) != (None, None):
            raise ValueError(f"fields.{self.name}: only a day or a year can have an earliest or a latest one")
        if self.pattern:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError(f"fields.{self.name}.pattern: not a regular expression: {error}") from error
        return self


class Personal(Strict):
    """What of a dataset is about persons, why it is here, and what was done that it is no more than that."""

    what: Words
    why: Words
    minimised: Words


class Dataset(Strict):
    """A dataset's definition: publisher, reader, fields, known headers, rules of acceptance.

    `folders` are those of its domain in the inbox, and what each covers; without it, the one with its name. A dataset
    without a key lists events: its rows may repeat. `compile` says that its records are releases about processes, which
    a refresh merges into the state of each process by the rules of that standard.
    """

    dataset: Name
    domain: Name
    title: Words
    publisher: Words
    licence: Words
    homepage: Words
    expected_every_days: Annotated[int, Field(gt=0)]
    files: Words
    passed_over: Annotated[dict[Words, Words], Field(min_length=1)] | None = None  # other files that lie there: why not
    coverage: Coverage
    folders: Annotated[dict[Name, Coverage], Field(min_length=1)] | None = None
    vintage: Literal["last_period", "financial_year", "calendar_year"]
    first_year: Annotated[int, Field(ge=1000, le=2100)] | None = None  # no figure of it is of a year before
    looks_ahead_years: Annotated[int, Field(ge=0)] = 0  # how far a plan, a settlement or a projection looks
    tolerance: Annotated[float, Field(ge=0, lt=1)]
    sign_off: Literal["required"] | None = None
    restricted: Literal[True] | None = None  # about persons or withheld places: no reason quotes it to readers
    personal: Literal["none"] | Personal | None = None  # None only in a draft: whoever adds a dataset has to say it
    keep_years: Annotated[int, Field(gt=0)] | None = None  # from its arrival on; for ever, where it is published
    compile: Literal["ocds"] | None = None
    drift: Drift | None = None
    points: Points | None = None
    redundancies: Redundancies | None = None
    fetch: Fetch | None = None
    reader: ReaderRules
    fields: Annotated[tuple[FieldRule, ...], Field(min_length=1)]
    key: tuple[Name, ...]
    layouts: Annotated[tuple[Layout, ...], Field(min_length=1)]

    @cached_property
    def definition_hash(self) -> str:
        """sha256 of what it says of reading: no comments, no order of keys, not where from, for whom and how long."""
        said = self.model_dump(
            mode="json", exclude_unset=True, exclude={"fetch", "restricted", "personal", "keep_years"}
        )
        content = json.dumps(said, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def is_restricted(self) -> bool:
        """Whether not every reader may read of it."""
        return bool(self.restricted)

    @property
    def inbox_folders(self) -> dict[str, Coverage]:
        """The folders of its domain that its files lie in, and what the files of each cover."""
        return dict(self.folders or {self.dataset: self.coverage})

    @property
    def compiled_document(self) -> str:
        """The field that holds the releases which `compile` merges."""
        assert isinstance(self.reader, JsonRecords), "compile needs one"
        assert self.reader.document, "compile needs it"
        return self.reader.document.field

    def field(self, name: str) -> FieldRule:
        """The rule of one field. KeyError where there is no such field."""
        return next(rule for rule in self.fields if rule.name == name)

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        names = [rule.name for rule in self.fields]
        no_repeats("fields", names)
        no_repeats("layouts", [layout.name for layout in self.layouts])
        no_repeats("layouts", [(*sorted(layout.columns), layout.style) for layout in self.layouts])
        for key in (self.key, *(layout.key for layout in self.layouts)):
            all_known("key", key, names)
        self.reader.check(self)
        if self.compile:
            all_known("compile", COMPILED_FROM, names)
            if not isinstance(self.reader, JsonRecords) or not self.reader.document:
                raise ValueError("compile: needs reader.document, the release itself")
        if self.drift:
            self.drift.check(self)
        if self.points:
            self.points.check(self)
        if self.redundancies:
            self.redundancies.check(self)
        return self


def load_definitions(folder: Path | None = None) -> dict[str, Dataset]:
    """Every definition in the folder (default: those that ship), by dataset. WarehouseError names the first bad key."""
    return {path.stem: _load(path) for path in sorted((folder or DEFINITIONS).glob("*.yml"))}


def _load(path: Path) -> Dataset:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=UniqueKeys)  # noqa: S506 (a SafeLoader)
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
        remedy=f"Correct this key in {path.name}; ingest/definition/dataset.py says what a definition may hold.",
    )
