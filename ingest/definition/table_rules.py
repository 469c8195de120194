"""What a definition may say about tables in workbooks that have a figure in each cell, under a row and a column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from ingest.definition.checks import all_known, all_plain, no_repeats
from ingest.definition.layout import Name, Strict, Words

if TYPE_CHECKING:
    from ingest.definition.dataset import Dataset

VALUE, UNIT, MARK, FOOTNOTES, KIND, GROUP = "value", "unit", "mark", "footnotes", "kind of row", "group"
ROLES = (VALUE, UNIT, MARK, FOOTNOTES, KIND, GROUP)
KINDS = ("group", "row", "total")


class TableRule(Strict):
    """A table that is found by its title, on whichever sheet and in whichever row it stands.

    `rows` and `columns` are the fields that the label of a row and a cell of the header give. Labels stand below the
    title, or below the header's text `label_header`. `labels` are the header's texts where it has no dates,
    `label_patterns` those with a year or a footnote within: a pattern, and the label that it stands for. `passed_over`
    are patterns of columns that only follow from others. Where the header has a second row, `beneath` is its text under
    the columns to read, and `label_header` stands there or nowhere. `groups` are rows that head the ones beneath them,
    `totals` rows that add others up. Named groups of the title are fields of all its records, a day written as one of
    `title_dates`. A workbook without a `required` table is refused.
    """

    name: Name
    title: Words
    required: bool = False
    rows: Name
    columns: Name
    label_header: Words | None = None
    beneath: Words | None = None
    labels: tuple[Words, ...] = ()
    label_patterns: dict[Words, Words] = Field(default_factory=dict)
    title_dates: tuple[Words, ...] = ()
    passed_over: tuple[Words, ...] = ()
    groups: tuple[Words, ...] = ()
    totals: tuple[Words, ...] = ()
    fixed: dict[Name, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _patterns_are_such(self) -> Self:
        for pattern in (self.title, *self.label_patterns, *self.passed_over):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"reader.tables.{self.name}: {pattern!r} is no regular expression: {error}") from error
        return self

    @property
    def titled(self) -> list[str]:
        """Fields that the title gives."""
        return list(re.compile(self.title).groupindex)


class WorkbookTables(Strict):
    """Tables in the sheets of a workbook; a record is one cell. `title` is how the title of any table begins.

    The one layout says which field takes the cell's value, its unit (a text between title and header), the mark in
    place of a figure (one of `marks`), the footnotes whose digits stand at row and column, the kind of the row (group,
    row, total) and the group that it stands in. `dates` is how a date is written as text.
    """

    format: Literal["workbook_tables"]
    title: Words
    tables: Annotated[tuple[TableRule, ...], Field(min_length=1)]
    marks: tuple[Words, ...] = ()
    dates: Words
    period_field: Name

    @property
    def dated_by(self) -> str | None:
        """The field that says which period a record is about."""
        return self.period_field

    def check(self, dataset: Dataset) -> None:
        """ValueError where the dataset's fields, key or layouts do not suit tables of this kind."""
        all_plain(dataset)
        names = [rule.name for rule in dataset.fields]
        if len(dataset.layouts) > 1:
            raise ValueError(f"layouts: {self.format} has one; reader.tables tells its tables apart")
        places = dataset.layouts[0].columns
        all_known("layouts", list(places.values()), names)
        if unknown := [place for place in places if place not in ROLES]:
            raise ValueError(f"layouts: {unknown[0]} is none of {', '.join(ROLES)}")
        if VALUE not in places or dataset.field(places[VALUE]).type not in ("decimal", "integer"):
            raise ValueError(f"layouts: must give the {VALUE} a field that is a number")
        if UNIT in places and not dataset.field(places[UNIT]).allowed:
            raise ValueError(f"fields.{places[UNIT]}: must say which units are allowed, for they are found by it")
        if (MARK in places) != bool(self.marks):
            raise ValueError(f"reader.marks: belong to a field that the layout gives the {MARK}")
        if not dataset.key:
            raise ValueError("key: only a delimited table may list events, which have none")
        no_repeats("reader.tables", [table.name for table in self.tables])
        all_known("reader.period_field", [self.period_field], names)
        if dataset.field(self.period_field).type != "date":
            raise ValueError(f"reader.period_field: {self.period_field} must be a date")
        for table in self.tables:
            given = {*places.values(), table.rows, table.columns, *table.fixed, *table.titled}
            all_known(f"reader.tables.{table.name}", sorted(given), names)
            if missing := sorted(set(names) - given):
                raise ValueError(f"reader.tables.{table.name}: nothing gives the field {missing[0]}")
            if (dataset.field(table.columns).type == "text") != bool(table.labels or table.label_patterns):
                raise ValueError(f"reader.tables.{table.name}: labels are for a header of texts, which needs them")
