"""What the morning page shows, as each mart declares it beside its columns: `config: {meta: {report: [...]}}`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from core.errors import WarehouseError
from core.settings import PROJECT_DIR

MARTS_FOLDER = PROJECT_DIR / "dbt_project" / "models" / "marts"
SECTIONS = Path(__file__).with_name("sections.yml")
# What the end of a column's name says its unit is; a declaration may say otherwise.
SUFFIXES = {
    "_gbp": "millions",
    "_pct": "percent",
    "_pp": "points",
    "_sqm": "square metres",
    "_count": "count",
    "_date": "day",
    "_order": "count",
    "_rank": "count",
}
Unit = Literal[
    "millions",
    "pounds",
    "percent",
    "points",
    "square metres",
    "count",
    "number",
    "day",
    "month",
    "yes or no",
    "words",
    "text",
]


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Declared):
    """A column as the page shows it.

    `of` is the SQL of what the exhibit works out itself, `unit_column` holds each row's unit, `verdicts` say which
    words are good news and which are bad, `says` what a code says to a reader. `qualifier` is the column with the hedge
    that the source puts on the figure (`around`). `is_whole` keeps a long text from being cut.
    """

    name: str
    heading: str = ""
    unit: Unit | None = None
    unit_column: str | None = None
    of: str | None = None
    verdicts: dict[str, Literal["good", "bad", "open"]] = {}
    says: dict[str, str] = {}
    qualifier: str | None = None
    is_whole: bool = False

    @property
    def title(self) -> str:
        """What stands over the column."""
        return self.heading or heading(self.name)

    @property
    def shown_as(self) -> Unit | None:
        """Its unit; None where only its values can tell."""
        found = next((unit for suffix, unit in SUFFIXES.items() if self.name.endswith(suffix)), None)
        return self.unit or ("words" if self.verdicts else found)  # type: ignore[return-value]


def _named(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


ColumnOrName = Annotated[Column, BeforeValidator(_named)]


class Chart(_Declared):
    """A picture of the exhibit's rows. `label` is the category or the time, `value` what is drawn.

    `series` tells several lines or stacks apart, `target` is a mark to reach; `bands` are two columns between which a
    value is no news; `highlight` is the SQL of what is true of the rows to stress; `legend` says how to read it, `unit`
    what is counted where the figures do not say it themselves.
    """

    kind: Literal["bars", "stacks", "lines", "waterfall"]
    label: str
    value: str
    series: str | None = None
    target: str | None = None
    bands: tuple[str, str] | None = None
    highlight: str | None = None
    legend: str = ""
    unit: str = ""
    most: int = 40


class Exhibit(_Declared):
    """One title, sentence, table and perhaps picture, of one mart.

    `sentence` and `empty` are Jinja over `rows` and our `force`; `where`, `order` and `group_by` are SQL over the
    mart's columns; `across` makes a column's values the headings of the table. `note` says how to read the table.
    """

    mart: str
    section: str
    title: str
    sentence: str
    empty: str = "This publication holds no figures of it."
    note: str = ""
    order: int = 100
    kind: Literal["table", "tiles"] = "table"
    columns: tuple[ColumnOrName, ...]
    where: str = "true"
    sort: tuple[str, ...] = ()
    group_by: tuple[str, ...] = ()
    across: tuple[str, ...] = ()
    value: ColumnOrName | None = None
    most: int = Field(default=15, ge=1)
    chart: Chart | None = None

    @model_validator(mode="after")
    def _fits(self) -> Exhibit:
        if bool(self.across) != bool(self.value):
            raise ValueError("`across` and `value` belong together")
        if self.across and self.group_by:
            raise ValueError("a table with `across` shows rows as they are: leave out `group_by`")
        return self

    @property
    def anchor(self) -> str:
        """What it is called within the page."""
        return f"{self.section}-{self.mart}-{self.order}".replace("_", "-").replace(".", "-")

    @property
    def is_grouped(self) -> bool:
        """Whether its rows are sums or counts over rows of the mart."""
        return bool(self.group_by)


class Section(_Declared):
    """A part of the page."""

    code: str
    title: str
    question: str
    workbook: str
    comes_after_changes: bool = False


@cache
def sections() -> tuple[Section, ...]:
    """The parts of the page that marts fill, in their order."""
    declared = yaml.safe_load(SECTIONS.read_text(encoding="utf-8"))
    return tuple(Section(code=code, **said) for code, said in declared.items())


def workbooks() -> tuple[str, ...]:
    """The workbooks that marts go into, by the section that shows them."""
    return tuple(dict.fromkeys(section.workbook for section in sections()))


def marts_of(workbook: str) -> list[str]:
    """The marts of a workbook, in the order of the page."""
    inside = {section.code for section in sections() if section.workbook == workbook}
    return list(dict.fromkeys(exhibit.mart for exhibit in exhibits() if exhibit.section in inside))


def exhibits(folder: Path = MARTS_FOLDER) -> list[Exhibit]:
    """What all marts declare, in the order of the page. WarehouseError names the mart that declares it wrongly."""
    places = {section.code: at for at, section in enumerate(sections())}
    found = []
    for mart, said in declarations(folder):
        try:
            found += [Exhibit(mart=mart, **each) for each in said]
        except (ValidationError, TypeError) as error:
            raise WarehouseError(
                f"The mart {mart} declares its report wrongly: {_in_a_line(error)}",
                remedy=f"Mend `meta: report:` in {mart}.yml; CONTRIBUTING.md says what it may hold.",
            ) from error
    if unknown := sorted({f"{each.section} ({each.mart})" for each in found if each.section not in places}):
        raise WarehouseError(
            f"The morning page has no section {', '.join(unknown)}.", remedy=f"It has {', '.join(places)}."
        )
    return sorted(found, key=lambda each: (places[each.section], each.order, each.mart))


def declarations(folder: Path, kind: str = "report") -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each mart that says something of that kind under `meta:`, with what it says."""
    for path in sorted(folder.rglob("*.yml")):
        text = path.read_text(encoding="utf-8")
        if f"{kind}:" not in text:
            continue
        for model in yaml.load(text, Loader=yaml.CSafeLoader).get("models", []):
            if said := model.get("config", {}).get("meta", {}).get(kind):
                yield model["name"], said


def _in_a_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc'])) or 'exhibit'}: {first['msg']}"
    return str(error)


def heading(name: str) -> str:
    """A column's name as a person would write it."""
    stem = name
    for suffix in ("_gbp", "_pct", "_pp", "_sqm", "_count"):
        stem = stem.removesuffix(suffix)
    words = stem.replace("_", " ")
    return words[:1].upper() + words[1:]
