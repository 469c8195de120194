"""What a definition may say of each format, how its files are read: the `reader` part of the YAML."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StringConstraints

from ingest.definition.checks import all_known, all_plain, columns_give, no_repeats
from ingest.definition.json_rules import JsonRecords
from ingest.definition.layout import Name, Strict, Words
from ingest.definition.list_rules import NamedColumns
from ingest.definition.table_rules import WorkbookTables

if TYPE_CHECKING:
    from ingest.definition.dataset import Dataset


class WideMonths(Strict):
    """A delimited table with a column for each month; one record is one cell."""

    format: Literal["wide_months"]
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)]
    encoding: Literal["utf-8", "utf-8-sig"]
    month_format: Words
    month_field: Name
    value_field: Name
    final_newline: Literal["required"]

    @property
    def dated_by(self) -> str | None:
        """The field that says which period a record is about."""
        return self.month_field

    def check(self, dataset: Dataset) -> None:
        """ValueError where the dataset's fields, key or layouts do not suit a table of this kind."""
        names = [rule.name for rule in dataset.fields]
        wide = {self.month_field: "date", self.value_field: "integer"}
        all_known("reader", list(wide), names)
        for name, kind in wide.items():
            if dataset.field(name).type != kind or not dataset.field(name).required:
                raise ValueError(f"reader: {name} must be a required field of type {kind}")
        for rule in dataset.fields:
            if rule.allowed or rule.pattern or rule.maximum is not None:
                raise ValueError(f"fields.{rule.name}: {self.format} knows no rule of a value but its minimum")
        all_plain(dataset)
        if self.month_field not in dataset.key or self.value_field in dataset.key:
            raise ValueError("key: must hold the month and not the value")
        columns_give(dataset, sorted(set(names) - set(wide)))


class Preamble(Strict):
    """Lines above the header that begin with `mark`; `year` finds the file's financial year, 2025-26, as group 1.

    Without `year` they are names of sections or the like, and something else dates the file.
    """

    mark: Words
    year: Words | None = None


class Table(Strict):
    """A table with a column a field; one record is one row.

    A file is dated by the last value of `period_field`, by its preamble or its layout. `period_rows` are the rows that
    date it where not all do: a projection of 2050 is no figure of 2050. `file_name` must match the file's whole name;
    its named groups are fields of every row, `label` the one that belongs to the vintage's name. With `may_be_empty`, a
    header without rows is a period in which nothing happened. With `other_columns`, a layout names the columns to load,
    and others may stand between them.
    """

    other_columns: Literal["ignored"] | None = None
    period_field: Name | None = None
    period_rows: Annotated[dict[Name, tuple[Words, ...]], Field(min_length=1, max_length=1)] | None = None
    file_name: Words | None = None
    label: Name | None = None
    repeated_rows: Literal["skipped"] | None = None
    may_be_empty: bool = False

    @property
    def dated_by(self) -> str | None:
        """The field that says which period a record is about."""
        return self.period_field

    @property
    def dates_itself(self) -> bool:
        """Whether something else than its columns and its header dates a file."""
        return False

    @property
    def named_fields(self) -> list[str]:
        """Fields that the file's name gives."""
        return list(re.compile(self.file_name).groupindex) if self.file_name else []

    def check(self, dataset: Dataset) -> None:
        """ValueError where the dataset's fields, key or layouts do not suit a table of this kind."""
        names, named = [rule.name for rule in dataset.fields], self.named_fields
        dates = [self.period_field, self.dates_itself, all(layout.period for layout in dataset.layouts)]
        if sum(map(bool, dates)) != 1:
            raise ValueError("reader: a period_field, a preamble or each layout must date the file, and only one does")
        all_known("reader", [*([self.period_field] if self.period_field else []), *named], names)
        all_known("reader.label", [self.label] if self.label else [], named)
        all_known("reader.period_rows", list(self.period_rows or ()), names if self.period_field else [])
        period = dataset.field(self.period_field) if self.period_field else None
        if period and (period.type not in ("date", "month", "financial_year") or not period.required):
            raise ValueError(f"reader: {self.period_field} must be a required date, month or financial_year")
        if optional := [name for name in dataset.key if not dataset.field(name).required]:
            raise ValueError(f"key: {optional[0]} may be blank, which no part of a key may")
        columns_give(dataset, sorted(set(names) - set(named)))


class Delimited(Table):
    """Such a table as delimited text. `saved_by`: people fill it in, in a spreadsheet."""

    format: Literal["delimited"]
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)]
    encoding: Literal["utf-8", "utf-8-sig", "cp1252"]
    preamble: Preamble | None = None
    saved_by: Literal["british_spreadsheet"] | None = None
    final_newline: Literal["required"]

    @property
    def dates_itself(self) -> bool:
        """Whether the lines above the header say the year."""
        return self.preamble is not None and self.preamble.year is not None


class Parquet(Table):
    """Such a table as a Parquet file; its columns' types are judged as the texts that they stand for."""

    format: Literal["parquet"]


class SheetRule(Strict):
    """Which sheet: by its name, by a cell near its top that is its title, or by both. Hidden sheets are none."""

    name: Words | None = None
    title: Words | None = None


class YearRule(Strict):
    """Where a workbook says its financial year: the first cell of a sheet to match; group 1 is the year, 2019-20."""

    sheet: Words
    pattern: Words


class PrintedTotal(Strict):
    """Rows that print what others make: `named` says which value of `by` theirs have, `of` the fields added up."""

    named: Name
    by: Name
    of: Annotated[tuple[Name, ...], Field(min_length=1)]
    within: Annotated[Decimal, Field(ge=0)]


class SkipRule(Strict):
    """Rows that are no records. All that is given must hold: nothing filled but `only`, `blank` empty, `values`.

    Where such rows are a `total`, the records are held against them.
    """

    rule: Name
    only: tuple[Name, ...] | None = None
    blank: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    values: Annotated[dict[Name, tuple[Words, ...]], Field(min_length=1)] | None = None
    total: PrintedTotal | None = None


class Workbook(Strict):
    """A table on a sheet of a workbook; one record is one row. `header` are the texts that only its header row has.

    With two bands, a column is known as `band > column`. `{year}` and `{previous_year}` in a layout stand for the
    workbook's year and the one before; where it says no year, each layout has a day of it as its `period`. A layout
    names the columns to load; others may stand between them.
    """

    format: Literal["workbook"]
    sheet: SheetRule
    year: YearRule | None = None
    header: Annotated[tuple[Words, ...], Field(min_length=1)]
    bands: Literal[1, 2]
    null_texts: tuple[Words, ...] = ()
    skip: tuple[SkipRule, ...] = ()

    @property
    def dated_by(self) -> str | None:
        """None: the workbook says its year once."""
        return None

    def check(self, dataset: Dataset) -> None:
        """ValueError where the dataset's fields, key or layouts do not suit a table of this kind."""
        if not (self.sheet.name or self.sheet.title):
            raise ValueError("reader.sheet: must say the name or the title")
        if self.year:
            all_plain(dataset)
        elif not all(layout.period for layout in dataset.layouts):
            raise ValueError("reader.year: the workbook, or each layout, must say the year")
        names = [rule.name for rule in dataset.fields]
        no_repeats("reader.skip", [skip.rule for skip in self.skip])
        for skip in self.skip:
            if skip.only is None and skip.blank is None and skip.values is None:
                raise ValueError(f"reader.skip: {skip.rule} must say which rows it means")
            for used in (skip.only, skip.blank, skip.values):
                all_known(f"reader.skip.{skip.rule}", list(used or ()), names)
            if skip.total:
                all_known(f"reader.skip.{skip.rule}", [skip.total.named, skip.total.by, *skip.total.of], names)
        for rule in dataset.fields:
            if rule.type == "financial_year":
                raise ValueError(f"fields.{rule.name}: {self.format} knows the year of the file, and none of a row")
        if not dataset.key:
            raise ValueError("key: only a delimited table may list events, which have none")
        if optional := [name for name in dataset.key if not dataset.field(name).required]:
            raise ValueError(f"key: {optional[0]} may be blank, which no part of a key may")
        for layout in dataset.layouts:
            given = list(layout.columns.values())
            no_repeats(f"layouts.{layout.name}", given)
            all_known(f"layouts.{layout.name}", given, names)
            all_known(f"layouts.{layout.name}", [rule.name for rule in dataset.fields if rule.required], given)
            for other in dataset.layouts:
                if other is not layout and set(layout.columns) <= set(other.columns):
                    raise ValueError(f"layouts.{layout.name}: {other.name} has all its columns, so both would fit")


ReaderRules = Annotated[
    WideMonths | Delimited | Parquet | Workbook | WorkbookTables | NamedColumns | JsonRecords,
    Field(discriminator="format"),
]
