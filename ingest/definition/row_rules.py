"""Rules about the rows of a file that the database is asked before the file is accepted; SQL in warehouse/checks."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from ingest.definition.layout import Name, Strict, Words

Level = Literal["fail", "warn"]  # refuse the file, or only tell
NO_FIELDS = ("rule", "values", "layout")
Names = Annotated[tuple[Name, ...], Field(min_length=1)]


class Rule(Strict):
    """A rule about the rows of a file, asked in the database before the file is accepted. `says` is for people."""

    name: Name
    says: Words
    level: Level = "fail"

    @property
    def fields(self) -> list[str]:
        """The fields that it speaks of."""
        said = [getattr(self, key) for key in type(self).model_fields if key not in (*Rule.model_fields, *NO_FIELDS)]
        found = [each for value in said for each in (value if isinstance(value, tuple) else [value])]
        return [each for each in found if isinstance(each, str)]


class Descending(Rule):
    """No field is larger than the one before it."""

    rule: Literal["descending"]
    of: Annotated[tuple[Name, ...], Field(min_length=2)]


class Product(Rule):
    """`whole` is the product of the two `factors`, within a share of it."""

    rule: Literal["product"]
    whole: Name
    factors: Annotated[tuple[Name, ...], Field(min_length=2, max_length=2)]
    within: Decimal


class OneFor(Rule):
    """Rows with the same `by` have the same `one`, blank or not."""

    rule: Literal["one_for"]
    one: Names
    by: Names


class Average(Rule):
    """`whole`, repeated in the rows of a group, is the average of their `parts`, within an `amount`."""

    rule: Literal["average"]
    whole: Name
    parts: Name
    by: Names
    amount: Decimal


class Within(Rule):
    """A number is not below the `least` and not above the `most` that it can be."""

    rule: Literal["within"]
    value: Name
    least: Decimal
    most: Decimal


class Near(Rule):
    """`value` is at `least` and at `most` so many times what it is `to`; where either is nothing, it says nothing."""

    rule: Literal["near"]
    value: Name
    to: Name
    least: Decimal
    most: Decimal


class Steps(Rule):
    """From one `along` to the next, `value` moves by no more than `amount` and `share` of it together."""

    rule: Literal["steps"]
    value: Name
    by: tuple[Name, ...] = ()
    along: Name
    amount: Decimal = Decimal(0)
    share: Decimal = Decimal(0)


class Spikes(Rule):
    """No `value` of at least `over` is more than so many `times` the median of its group."""

    rule: Literal["spikes"]
    value: Name
    by: Names
    times: Annotated[int, Field(gt=1)]
    over: Decimal


class Counting(Rule):
    """The numbers of a field follow each other, so none is missing."""

    rule: Literal["counting"]
    number: Name


class Counted(Rule):
    """A file of this layout has so many records: as many as there are areas of a kind on its day."""

    rule: Literal["counted"]
    layout: Name
    records: Annotated[int, Field(gt=0)]


class Even(Rule):
    """No value of `along` has fewer rows than those before and after it; the last has no fewer than the one before."""

    rule: Literal["even"]
    along: Name


class Alike(Rule):
    """For every `along`, the values go with what is usual in their rows: their correlation is `least` at least."""

    rule: Literal["alike"]
    value: Name
    by: Names
    along: Name
    least: Decimal


class Crossed(Rule):
    """What half of the `one` have in all with more than `over` of the `value`, each of them has a row of.

    Boroughs that all have thefts: one without a row of thefts has lost it.
    """

    rule: Literal["crossed"]
    one: Names
    by: Names
    value: Name
    over: Decimal


class Together(Rule):
    """Where one of these fields is given, so are the others."""

    rule: Literal["together"]
    of: Annotated[tuple[Name, ...], Field(min_length=2)]


class Spans(Rule):
    """The days of `moment` reach to within so many `days` of both ends of the `month`."""

    rule: Literal["spans"]
    moment: Name
    month: Name
    days: Annotated[int, Field(ge=0)]


class Placed(Rule):
    """Of the rows of an area, all but a `share` are within an `amount` of where they are in the accepted file before.

    Where there is none, of where most of them are.
    """

    rule: Literal["placed"]
    value: Name
    by: Names
    amount: Decimal
    share: Decimal


class Usual(Rule):
    """A field has one of these values, or none."""

    rule: Literal["usual"]
    field: Name
    values: Annotated[tuple[Words, ...], Field(min_length=1)]


class Restated(Rule):
    """A figure that the accepted file before has too moves by no more than `amount` and `share` of it together.

    `before` is the field that holds it there, where this file repeats last year's figure in a column of its own.
    """

    rule: Literal["restated"]
    value: Name
    before: Name | None = None
    by: Names
    amount: Decimal = Decimal(0)
    share: Decimal = Decimal(0)


class Vanished(Rule):
    """What the accepted file before has, at more than `over` in its last year or in all, is not gone.

    It is asked of files with another header too where `whatever_header` says so: it mostly cuts figures otherwise.
    """

    rule: Literal["vanished"]
    value: Name
    by: Names
    period: Name | None = None
    over: Decimal
    whatever_header: bool = False


InAFile = Descending | Product | OneFor | Average | Within | Near | Steps | Spikes | Counting | Usual | Together
OfAPublication = Counted | Even | Alike | Crossed | Spans | Placed | Restated | Vanished
Rules = Annotated[InAFile | OfAPublication, Field(discriminator="rule")]
AGAINST_BEFORE = (Restated, Vanished)
# A generated extract is a few rows, and drawn: it does not move as a publisher's figures do.
NOT_OF_MADE_UP = (Counted, Even, Alike, Crossed, Spans, Steps, Average, Restated)
