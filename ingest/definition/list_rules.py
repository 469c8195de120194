"""What a definition may say about lists whose header is known by the names of its columns, wherever it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StringConstraints

from ingest.definition.checks import all_known
from ingest.definition.layout import Name, Strict, Words

if TYPE_CHECKING:
    from ingest.definition.dataset import Dataset


class Totals(Strict):
    """Rows that add others up: `of` is filled, and whatever else is filled says `label` (a pattern for its whole text).

    What such a row prints is held against the rows above it.
    """

    of: Name
    label: Words


class NamedColumns(Strict):
    """A list as text or on the sheets of a workbook; one record is one row.

    Publishers of one kind of list agree on its columns and on nothing else. A layout therefore names every heading that
    a field has been published under, and what it does not load as `ignored`: case, punctuation and the order do not
    count. The header is the first row that has a heading for each required field, or the last row where nothing
    follows; a sheet has its own. `encodings` are tried on the whole file. A day is written in one of the ways of
    `dates`, unless it is one of a workbook; `null_texts` say that nothing is known.

    `folder_field` is the folder that the file lies in, `heading_fields` keep which heading a field was published under,
    `hash_field` a hash of the whole row: two rows are the same also in what is not loaded, or they are not.
    `above_header` finds fields of every row in the lines above it (group 1). The days of `period_field` date the file;
    where no row has one, or a list has no such field, `file_month` does by its name: `month` (a number or its first
    three letters) and `year` (of two digits, one since 2000).
    """

    format: Literal["named_columns"]
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)]
    encodings: Annotated[tuple[Literal["utf-8", "cp1252"], ...], Field(min_length=1)]
    dates: Annotated[tuple[Words, ...], Field(min_length=1)]
    period_field: Name | None = None
    folder_field: Name | None = None
    hash_field: Name | None = None
    heading_fields: dict[Name, Name] = Field(default_factory=dict)
    above_header: dict[Name, Words] = Field(default_factory=dict)
    file_month: tuple[Words, ...] = ()
    null_texts: tuple[Words, ...] = ()
    totals: Totals | None = None

    @property
    def dated_by(self) -> str | None:
        """The field that says which period a record is about."""
        return self.period_field

    @property
    def told_fields(self) -> list[str]:
        """Fields that no column gives."""
        return [*filter(None, [self.folder_field, self.hash_field]), *self.heading_fields, *self.above_header]

    def check(self, dataset: Dataset) -> None:
        """ValueError where the dataset's fields, key or layouts do not suit lists of this kind."""
        names = [rule.name for rule in dataset.fields]
        total_of = [self.totals.of] if self.totals else []
        dated = [self.period_field] if self.period_field else []
        all_known("reader", [*dated, *total_of, *self.told_fields, *self.heading_fields.values()], names)
        if not (self.period_field or self.file_month):
            raise ValueError("reader: a period_field or a file_month must date the file")
        if self.period_field and dataset.field(self.period_field).type != "date":
            raise ValueError(f"reader.period_field: {self.period_field} must be a date")
        for pattern in (*self.file_month, *self.above_header.values(), *([self.totals.label] if self.totals else [])):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"reader: {pattern!r} is not a regular expression: {error}") from error
        for pattern in self.file_month:
            if set(re.compile(pattern).groupindex) != {"month", "year"}:
                raise ValueError(f"reader.file_month: {pattern!r} must name a month and a year, and nothing else")
        if optional := [name for name in dataset.key if not dataset.field(name).required]:
            raise ValueError(f"key: {optional[0]} may be blank, which no part of a key may")
        for layout in dataset.layouts:
            where = f"layouts.{layout.name}"
            all_known(where, [*layout.columns.values(), *layout.fixed], names)
            given = {*layout.columns.values(), *layout.fixed, *self.told_fields}
            if missing := [rule.name for rule in dataset.fields if rule.name not in given]:
                raise ValueError(f"{where}: nothing gives the field {missing[0]}")
            headings = [heading_key(each) for each in (*layout.columns, *(layout.ignored or ()))]
            if twice := [each for each in headings if headings.count(each) > 1]:
                raise ValueError(f"{where}: the heading {twice[0]!r} is there twice, but for case and punctuation")


def heading_key(text: str) -> str:
    """A heading as headings are compared by: its letters and digits of ASCII, in lower case."""
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold()))
