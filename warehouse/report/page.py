"""The morning page as one HTML document that asks for nothing else: no script, no font, no picture from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from core.errors import WarehouseError
from core.settings import settings
from warehouse.report import words
from warehouse.report.charts import Picture, draw
from warehouse.report.declared import sections
from warehouse.report.figures import Grid, Line, Shown, exact_text, grid
from warehouse.report.pictures import Pictures
from warehouse.report.state import State

TEMPLATES = Path(__file__).with_name("templates")
CODE = re.compile(r"`([^`]+)`")
MEASURED = re.compile(r"(?P<number>\S+?)(?: (?P<unit>[a-z].*))?")
FOUND = re.compile(r": found ([\d,]+), must be 0$")
MOST_NAMED = 3  # papers or feeds in a line
SOURCES_OF_ROW = ("source_document", "source_dataset", "source_vintage")
NO_SOURCE = ("none", "unknown")  # what marts write in place of a paper or a release
FILTERS = {
    "millions": words.millions,
    "pounds": words.pounds,
    "percent": words.percent,
    "count": words.count,
    "day": words.day,
    "month": words.month,
    "span": words.span,
    "listed": words.listed,
    "things": words.things,
    "agreeing": words.agreeing,
    "because": words.because,
    "key": words.key,
}


class Beside(NamedTuple):
    """What lies in the folder of the page, where it does: the lineage page, workbooks and documentation by name."""

    lineage: str | None = None
    books: tuple[tuple[str, str], ...] = ()
    pages: tuple[tuple[str, str], ...] = ()


def page(state: State, exhibits: Iterable[Shown], mark: str, pictures: Pictures, beside: Beside) -> str:
    """The whole page; `mark` tells it from every other."""
    shown = [_Exhibit(each, state, pictures, beside) for each in exhibits]
    parts = [(section, [each for each in shown if each.section == section.code]) for section in sections()]
    return (
        templates()
        .get_template("page.html.j2")
        .render(
            state=state,
            beside=beside,
            mark=mark,
            parts=[part for part in parts if part[1] and not part[0].comes_after_changes],
            last_parts=[part for part in parts if part[1] and part[0].comes_after_changes],
            style=Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),  # noqa: S704 (our own file)
        )
    )


class _Exhibit:
    """An exhibit as the template asks for it."""

    def __init__(self, shown: Shown, state: State, pictures: Pictures, beside: Beside) -> None:
        self.shown, self.declared, self.state = shown, shown.exhibit, state
        self.section, self.title, self.anchor = self.declared.section, self.declared.title, self.declared.anchor
        self.sentence = sentence(shown)
        self.source = source(shown, state)
        self.grid: Grid | None = grid(shown) if shown.rows else None
        self.picture = self._picture(pictures)
        self._lineage = beside.lineage
        workbook = next(each.workbook for each in sections() if each.code == self.section)
        self.book = next((address for name, address in beside.books if name == workbook.capitalize()), "")

    @property
    def is_tiles(self) -> bool:
        """Whether it is shown as tiles, not as a table."""
        return self.declared.kind == "tiles"

    @property
    def alt(self) -> str:
        """The picture in words."""
        legend = self.declared.chart.legend if self.declared.chart else ""
        return f"Chart: {self.title} {self.sentence} {legend} Every figure of it is in the table. {self.source}"

    def lineage(self, at: int) -> str:
        """Where it is said what a column is made of; empty where nobody says it."""
        columns = self.declared.columns
        column = columns[at] if at < len(columns) else self.declared.value
        if not (self._lineage and column and column.name in self.shown.table.column_names):
            return ""
        return f"{self._lineage}#{self.declared.mart}.{column.name}"

    def verdict(self, at: int, value: Any) -> str:
        """What kind of news a cell is; empty where it is none."""
        columns = self.declared.columns
        return columns[at].verdicts.get(str(value), "") if at < len(columns) else ""

    def whole_name(self, line: Line) -> str:
        """What the line is about, uncut."""
        first = self.declared.columns[0]
        return exact_text(line.origins[0][1], first, self.shown.forms()[first.name])

    def exact(self, line: Line) -> list[tuple[str, str]]:
        """Of each row behind a line: what it shows, whole and to the pound, by name."""
        forms, found = self.shown.forms(), []
        for head, row in line.origins:
            columns = [self.declared.value] if self.declared.value else self.declared.columns[1:]
            for column in columns:
                if row[column.name] is not None:
                    found.append((head or column.title, exact_text(row, column, forms[column.name])))
        return [(name, text) for name, text in found if text != words.NOTHING]

    def traces(self, line: Line) -> list[tuple[str, str]]:
        """The command of each row behind a line, with its name."""
        return [(head, self.shown.trace(row)) for head, row in line.origins]

    def citations(self, line: Line) -> list[str]:
        """Where the line's rows come from: paper or feed with its release, then the place in it."""
        titles = {code: paper["document_title"] for code, paper in self.state.documents.items()}
        names = self.state.titles
        told: list[str] = []
        for _, row in line.origins:
            code, dataset, vintage, place = (row.get(name) for name in (*SOURCES_OF_ROW, "citation"))
            paper = titles[code] if code in titles and code not in NO_SOURCE else ""
            release = f", release {vintage}" if vintage not in (None, *NO_SOURCE) else ""
            feed = f"{names[dataset]}{release}" if dataset in names else ""
            # A row that may come from either says of the paper where, else by itself where or why not.
            parts = ([paper, place], [feed]) if paper else ([feed], [place]) if code else ([feed, place],)
            told += [": ".join(filter(None, part)) for part in parts]
        return [each for each in dict.fromkeys(told) if each] or [self.source]

    def _picture(self, pictures: Pictures) -> Picture | None:
        chart = self.declared.chart
        if chart is None or not self.shown.rows:
            return None
        value, label = self.shown.form_of(chart.value), self.shown.form_of(chart.label)
        unit = words.UNIT_IN_HEADING.get(value.unit)
        origin = f"{self.source} Publication {self.state.number}, {words.day(self.state.business_date)}."
        unit = chart.unit or (unit if chart.kind in ("lines", "stacks") else None)
        title = f"{self.title} ({unit})" if unit else self.title
        return draw(chart, self.shown.rows, value, label, title, origin, pictures)


def sentence(shown: Shown) -> str:
    """What the exhibit says in words: its declared sentence over its rows."""
    declared = shown.exhibit
    text = declared.sentence if shown.rows else declared.empty
    try:
        first, force = shown.rows[0] if shown.rows else None, settings().force_code
        rendered = _sentences().from_string(text).render(rows=shown.rows, first=first, force=force)
    except (TemplateError, TypeError, ArithmeticError) as error:
        raise WarehouseError(
            f"The mart {declared.mart} cannot say its sentence {declared.title!r}: {error}.",
            remedy=f"Mend `meta: report:` in {declared.mart}.yml.",
        ) from error
    return " ".join(rendered.split())


def source(shown: Shown, state: State) -> str:
    """Where the exhibit's figures come from and how old they are, in words."""
    papers = _distinct(shown, "source_document")
    titles = [state.documents[code]["document_title"] if code in state.documents else code for code in papers]
    told = [f"Source: {words.listed(_few(titles))}."] if titles else []
    feeds = {feed.row["dataset"]: feed for feed in state.feeds}
    for dataset in _few(_distinct(shown, "source_dataset")):
        vintages = sorted(str(row["source_vintage"]) for row in shown.sources
                          if row.get("source_dataset") == dataset and row.get("source_vintage"))  # fmt: skip
        if dataset not in feeds:
            continue
        feed = feeds[dataset]
        which = f"release {vintages[0]}" if len(set(vintages)) == 1 else f"{len(set(vintages))} releases"
        age = feed.row["age_days"]
        told.append(
            f"Source: {feed.name}{f', {which}' if vintages else ''}; the newest covers up to "
            f"{words.day(feed.row['last_publication_date'])}, {words.span(age)} ago."
            if feed.row["last_publication_date"]
            else f"Source: {feed.name}."
        )
    if not told and (names := [feeds[each].name for each in shown.feeds if each in feeds]):
        told = [f"Worked out from: {words.listed(_few(names))}."]
    return " ".join(told) or f"Source: the table {shown.exhibit.mart}."


def _distinct(shown: Shown, column: str) -> list[str]:
    return sorted({str(row[column]) for row in shown.sources if row.get(column) not in (None, *NO_SOURCE)})


def _few(names: list[str]) -> list[str]:
    return names if len(names) <= MOST_NAMED else [*names[:MOST_NAMED], f"{len(names) - MOST_NAMED} more"]


@cache
def _sentences() -> Environment:
    """Where a mart's sentence is rendered. Not `{{ }}`, which dbt would take for its own when it reads the YAML."""
    found = SandboxedEnvironment(
        variable_start_string="<<", variable_end_string=">>", block_start_string="<%", block_end_string="%>",
        undefined=StrictUndefined,
    )  # fmt: skip
    found.filters |= FILTERS
    return found


@cache
def templates(folder: Path = TEMPLATES) -> Environment:
    """The templates of a folder, which write figures and days as the morning page does."""
    found = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    found.filters |= FILTERS | {
        "said": _said,
        "picture": _picture_address,
        "moment": words.moment,
        "heading": _heading,
        "machine": _machine,
        "apart": _apart,
        "found": _found,
    }
    return found


def _said(text: str) -> Markup:
    """A sentence with what stands between backticks as code."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 (escaped before)


def _picture_address(svg: str) -> str:
    # Neither a space nor a comma as it is: `srcset` would take the address for several.
    return "data:image/svg+xml;charset=utf-8," + quote(svg, safe="=:/;()!*@+$?[]{}|^~'")


def _heading(pair: tuple[str, words.Form]) -> str:
    title, how = pair
    unit = words.UNIT_IN_HEADING.get(how.unit)
    return f"{title} ({unit})" if unit else title


def _apart(text: str) -> tuple[str, str]:
    """A figure and the words of its unit, where it has any: 31,181 and full-time equivalents."""
    parts = MEASURED.fullmatch(text)
    return (parts["number"], parts["unit"] or "") if parts else (text, "")


def _found(check: dict[str, Any]) -> str:
    """What a check found, as a person says it, without the name of what it is about."""
    table, text = check["table_name"], str(check["message"] or check["check_name"])
    text = text.removeprefix(f"{table}: ").removeprefix(f"{table} of ")
    told = FOUND.sub(lambda found: f": {words.things(int(found[1].replace(',', '')), 'exception')}", text)
    return told[:1].upper() + told[1:] if told.partition(" ")[0].strip(":").isalpha() else told


def _machine(value: Any) -> str:
    """A number as machines read it, for `data`."""
    return format(value, "f") if hasattr(value, "quantize") else str(value)
