"""What is under disclosure control: a YAML file for each set of linked tables, in `quality_checks/disclosure`."""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from core.errors import WarehouseError
from core.settings import PROJECT_DIR
from warehouse.disclosure.withheld import load_withheld

SETS = PROJECT_DIR / "quality_checks" / "disclosure"
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LinkedTable(_Strict):
    """Counts of the set by some of its dimensions; none of them is the total.

    It stands in `mart`, in the rows that `where` names, a dimension under another name where `columns` says so;
    `measures` are the figures that a closed cell lacks. Or it is `prior`: its publisher prints it anyway, as the text
    says, and it is never closed.
    """

    name: Name
    dimensions: tuple[Name, ...]
    mart: Name | None = None
    measures: tuple[Name, ...] = ()
    where: dict[Name, str | bool] = Field(default_factory=dict)
    columns: dict[Name, Name] = Field(default_factory=dict)
    prior: Words | None = None

    @model_validator(mode="after")
    def _stands_somewhere(self) -> LinkedTable:
        if (self.mart is None) == (self.prior is None) or bool(self.mart) != bool(self.measures):
            raise ValueError(f"tables.{self.name}: has either a mart with its measures, or is prior")
        return self


class LinkedSet(_Strict):
    """Tables that count the same things: what one shows, another must not hide.

    `cells` is the model with the uncontrolled counts, one row or more a cell; `count` is its column to be judged, in
    which exact repeats count once. Sets of different `scope` share nothing. `successive` is the day of a stock that is
    counted again and again: what is closed on one day could be worked out from the next. Closed cells are `listed` as
    rows without a figure, or `merged` into one row. `detail` are marts for named readers that show the counts as they
    are, `made_of` the models and raw tables that they come from: no check shows rows of any of them.
    """

    name: Name
    rule: Name
    cells: Name
    count: Name
    scope: Annotated[tuple[Name, ...], Field(min_length=1)]
    successive: Name | None = None
    closed_cells: Literal["listed", "merged"]
    closed_flag: Name  # the marts' column that is true where a figure is closed
    tables: Annotated[tuple[LinkedTable, ...], Field(min_length=1)]
    detail: tuple[Name, ...] = ()
    made_of: tuple[Name, ...] = ()

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension that a table of the set has."""
        return tuple(dict.fromkeys(name for table in self.tables for name in table.dimensions))

    @property
    def marts(self) -> tuple[str, ...]:
        """The marts that show tables of the set."""
        return tuple(dict.fromkeys(table.mart for table in self.tables if table.mart))

    @cached_property
    def by_name(self) -> dict[str, LinkedTable]:
        """The tables by name."""
        return {table.name: table for table in self.tables}


def load_sets(folder: Path | None = None) -> list[LinkedSet]:
    """Every declared set. WarehouseError where a file breaks the rules."""
    found = []
    for path in sorted((folder or SETS).glob("*.yml")):
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            found.append(LinkedSet.model_validate({"name": path.stem, **content}))
        except (yaml.YAMLError, ValidationError, TypeError) as error:
            raise WarehouseError(
                f"quality_checks/disclosure/{path.name}: {' '.join(str(error).split())}",
                remedy="`warehouse/disclosure/declared.py` lists what may be said.",
            ) from error
    return found


@cache
def controlled_relations() -> frozenset[str]:
    """Marts, models and raw tables whose rows are counts under control or withheld, or what these are made of."""
    counted = (name for each in load_sets() for name in (*each.marts, *each.detail, each.cells, *each.made_of))
    return frozenset((*counted, *(name for each in load_withheld() for name in each.made_of)))
