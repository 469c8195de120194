"""What a publication says twice: whose it is, its year, sums, products, neighbours; so that what went wrong shows."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from ingest.definition.checks import all_known, no_repeats
from ingest.definition.layout import Name, Strict, Words
from ingest.definition.row_rules import Counted, Rules

if TYPE_CHECKING:
    from ingest.definition.dataset import Dataset


def _pattern(key: str, text: str | None) -> None:
    try:
        re.compile(text or "")
    except re.error as error:
        raise ValueError(f"redundancies.{key}: not a regular expression: {error}") from error


class Publisher(Strict):
    """What proves whose file it is, in every row: `field` matches `pattern`, or names the body that `named_by` does.

    `named_by` is a field that the file's name gives: city-of-london, where rows say City of London Police. Where the
    two do not look alike, `known_as` says how rows name such a body.
    """

    field: Name
    pattern: Words | None = None
    named_by: Name | None = None
    known_as: dict[Words, Words] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _says_how(self) -> Self:
        if (self.pattern is None) == (self.named_by is None):
            raise ValueError("redundancies.publisher: pattern or named_by must say what proves it, and only one does")
        _pattern("publisher.pattern", self.pattern)
        return self


class ColumnRule(Strict):
    """Of published columns, loaded or not: `whole` is the sum of its `parts`, or the product of two `factors`.

    `within` is how far it may be off: in the column's unit for a sum, as a share for a product. It holds in layouts
    that have all these columns.
    """

    whole: Words
    parts: tuple[Words, ...] = ()
    factors: tuple[Words, ...] = ()
    within: Annotated[Decimal, Field(ge=0)] = Decimal(0)

    @property
    def others(self) -> tuple[str, ...]:
        """The columns that make the whole."""
        return self.parts or self.factors

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if bool(self.parts) == bool(self.factors) or len(self.factors) not in (0, 2):
            raise ValueError(
                f"redundancies.columns: {self.whole} must be the sum of parts or the product of two factors"
            )
        return self


class Redundancies(Strict):
    """What is held against each other. `file_name` finds the financial year in a file's name, by its groups `from` and
    `to`; a name without one says nothing. `undetectable` says what would still go unseen, and why.
    """

    publisher: Publisher | None = None
    file_name: Words | None = None
    columns: tuple[ColumnRule, ...] = ()
    rules: tuple[Rules, ...] = ()
    undetectable: tuple[Words, ...] = ()

    def check(self, dataset: Dataset) -> None:
        """ValueError where a rule names no field."""
        names = [rule.name for rule in dataset.fields]
        if self.publisher:
            named = [self.publisher.field, *([self.publisher.named_by] if self.publisher.named_by else [])]
            all_known("redundancies.publisher", named, names)
        if self.file_name:
            _pattern("file_name", self.file_name)
            if set(re.compile(self.file_name).groupindex) != {"from", "to"}:
                raise ValueError("redundancies.file_name: must have the groups from and to")
        no_repeats("redundancies.rules", [rule.name for rule in self.rules])
        for rule in self.rules:
            all_known(f"redundancies.rules.{rule.name}", rule.fields, names)
            if isinstance(rule, Counted) and rule.layout not in [layout.name for layout in dataset.layouts]:
                raise ValueError(f"redundancies.rules.{rule.name}: there is no layout {rule.layout}")
