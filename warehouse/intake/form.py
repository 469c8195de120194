"""What a workbook of the intake asks for: each column with its choices, and what is known already.

All of it follows from the dataset's definition, from the codes that its contract knows, and from the marts that say
`meta: intake:` of themselves, whose rows are filled in.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import WarehouseError
from ingest.definition.dataset import Dataset, FieldRule
from ingest.readers.periods import today
from ingest.readers.years import FinancialYear, year_of_day
from warehouse.checks.contract import OwnPart, own_part
from warehouse.checks.gate import CONTRACTS
from warehouse.checks.mappings import seed_path
from warehouse.publish.mart_catalogue import published_tables
from warehouse.report.declared import MARTS_FOLDER, declarations

PREFIX = "intake_"
NOT_READ = " (not read)"
YEARS_BEFORE, YEARS_AHEAD = 15, 3  # of the choices


class Given(BaseModel):
    """Rows of a mart that are filled into a dataset's workbook: fields of its names, and columns to look at."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: str
    fields: tuple[str, ...]
    beside: tuple[str, ...] = ()
    where: str = "true"


@dataclass(frozen=True)
class Asked:
    """A column of the sheet. `rule` is None where it is only looked at; other values than `choices` may be right."""

    name: str
    rule: FieldRule | None
    note: str
    choices: tuple[str, ...] = ()
    others_may_be_right: bool = False


@dataclass(frozen=True)
class Form:
    """The columns of a dataset's sheet, the rows that are known, and the fields that these fill in."""

    definition: Dataset
    columns: tuple[Asked, ...]
    rows: list[list[Any]]
    given: tuple[str, ...]

    @property
    def sheet(self) -> str:
        """What the sheet of figures is called: by it a workbook says what it is."""
        return sheet_name(self.definition)

    @property
    def dated_by(self) -> str | None:
        """The column that says of which day the figures are, where one day is meant for all rows."""
        name = self.definition.reader.dated_by
        return name if name and self.definition.field(name).type == "date" and name not in self.definition.key else None


def sheet_name(definition: Dataset) -> str:
    """What the sheet of a dataset's figures is called."""
    return definition.dataset.removeprefix(PREFIX)[:31]


def form_of(definition: Dataset, connection: psycopg.Connection | None, marts: Path = MARTS_FOLDER) -> Form:
    """The form as it is now; `connection` is a reader's, None where nothing is published that could be filled in."""
    mart, given = _given(definition, marts)
    fields = definition.layouts[-1].columns
    names = list(fields)
    place = max(map(names.index, given.fields), default=-1) + 1
    shown = [*names[:place], *given.beside, *names[place:]]
    own = own_part(CONTRACTS / "raw" / f"{definition.dataset}.yml")
    columns = tuple(
        _asked(name, definition.field(fields[name]), own) if name in fields else Asked(f"{name}{NOT_READ}", None, "")
        for name in shown
    )
    known = _known(connection, mart, given) if connection and given.fields else []
    return Form(definition, columns, [[row.get(name) for name in shown] for row in known], given.fields)


def _given(definition: Dataset, marts: Path) -> tuple[str, Given]:
    """The mart that fills in rows of the dataset, and which; of no mart, no fields."""
    for mart, said in declarations(marts, "intake"):
        try:
            found = [Given.model_validate(each) for each in said]
        except ValidationError as error:
            raise WarehouseError(
                f"The mart {mart} declares its intake wrongly: {error.errors()[0]['loc']}: {error.errors()[0]['msg']}.",
                remedy=f"Mend `meta: intake:` in {mart}.yml.",
            ) from error
        for given in found:
            if given.dataset == definition.dataset:
                return mart, given
    return "", Given(dataset=definition.dataset, fields=())


def _known(connection: psycopg.Connection, mart: str, given: Given) -> list[dict[str, Any]]:
    """The mart's rows, each combination once; none where it is not published yet."""
    tables = published_tables(connection)
    if mart not in tables:
        return []
    names = sql.SQL(", ").join(map(sql.Identifier, [*given.fields, *given.beside]))
    order = sql.SQL(", ").join(map(sql.Identifier, given.fields))
    query = sql.SQL("select distinct {} from {} where {} order by {}").format(
        names, tables[mart].identifier, sql.SQL(given.where), order
    )
    rows = connection.execute(query).fetchall()
    return [dict(zip([*given.fields, *given.beside], row, strict=True)) for row in rows]


def _asked(name: str, rule: FieldRule, own: OwnPart) -> Asked:
    needed = "Must be filled in." if rule.required else "May be blank."
    note = f"{rule.description.rstrip('.')}. {needed}"
    if rule.allowed:
        return Asked(name, rule, note, rule.allowed)
    for mapping in own.mappings:
        if seeded := next((column for column, made in mapping.columns.items() if made == rule.name), None):
            return Asked(name, rule, note, _values(mapping.seed, seeded))
    for spelling in own.spelt:
        if spelling.column == rule.name and spelling.seed:
            return Asked(name, rule, note, tuple(sorted(spelling.seeded)), others_may_be_right=True)
    if rule.type == "financial_year":
        return Asked(name, rule, f"{note} Written as 2013/14.", _years(rule, today()), others_may_be_right=True)
    return Asked(name, rule, note)


def _values(seed: str, column: str) -> tuple[str, ...]:
    with seed_path(seed).open(encoding="utf-8", newline="") as file:
        return tuple(dict.fromkeys(row[column] for row in csv.DictReader(file) if row[column]))


def _years(rule: FieldRule, day: date) -> tuple[str, ...]:
    this = year_of_day(day).start
    first = rule.earliest.year if rule.earliest else this - YEARS_BEFORE
    return tuple(FinancialYear(year).written("/") for year in range(this + YEARS_AHEAD, first - 1, -1))
