"""Generated extracts of workbooks: the publisher's sheets, header bands, totals and notes, with figures made up."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from ingest.definition.dataset import Dataset
from ingest.definition.formats import Workbook
from ingest.extracts.ods import open_document
from ingest.extracts.xlsx import Content, NewSheet, workbook

PENCE = Decimal("0.01")
YEARLY_GROWTH = (100, 300)  # hundredths of a percent a year, from the plan's first year on


def workbook_extracts(plan: dict[str, Any], definition: Dataset, folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Path and content of each workbook of the plan; its name holds the layouts of its headers and its year."""
    for extract in plan["extracts"]:
        year = f"{extract['year']}-{(extract['year'] + 1) % 100:02d}"
        sheets = [_form(definition, year), NewSheet(*_data(plan, extract, definition))]
        sheets += [NewSheet(name, [[name]], is_hidden=True) for name in plan["hidden_sheets"]]
        layouts = "_".join([extract["header"], *(row["header"] for row in extract["rows"] if isinstance(row, dict))])
        yield folder / f"GENERATED_{layouts}_{year}.xlsx", workbook(sheets)


def sheet_extracts(plan: dict[str, Any], _: Dataset, folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Path and content of each single sheet of the plan, whose rows are written as they stand there."""
    for extract in plan["extracts"]:
        yield (
            folder.with_name(extract.get("folder", folder.name))
            / f"GENERATED_{extract['layout']}_{extract['label']}.ods",
            open_document(extract["sheet"], extract["rows"]),
        )


def _form(definition: Dataset, year: str) -> NewSheet:
    """The sheet that says the year, in the row and with the space after it that the publisher's have."""
    assert isinstance(definition.reader, Workbook), "the generator is chosen by the reader"
    assert definition.reader.year, "a plan with headers is of a workbook that says its year"
    rows: list[list[Content]] = [[], [], [], [], ["COUNCIL TAX REQUIREMENT RETURN (CTR1)"], [f"{year} "]]
    return NewSheet(definition.reader.year.sheet, rows)


def _data(plan: dict[str, Any], extract: dict[str, Any], definition: Dataset) -> tuple[str, list[list[Content]]]:
    """Name and rows of the sheet with the table."""
    assert isinstance(definition.reader, Workbook), "the generator is chosen by the reader"
    years = {"{year}": extract["year"], "{previous_year}": extract["year"] - 1}
    tops, labels = _bands(plan["headers"][extract["header"]])
    fields = _fields(tops, labels, definition, extract["header"])
    numbers: list[Content] = list(range(1, len(tops) + 1))
    rows: list[list[Content]] = [
        [definition.reader.sheet.title],
        [],
        numbers,
        _written(tops, years),
        _written(labels, years),
    ]
    for row in extract["rows"]:
        if isinstance(row, dict):
            tops, _ = _bands(plan["headers"][row["header"]])
            fields = _fields(tops, labels, definition, row["header"])
            rows.append(_written(tops, years))
        elif len(row) < 5:
            rows.append(row)
        else:
            rows.append(_record(plan, extract["year"], row, fields))
    return definition.reader.sheet.name or "Data", rows


def _bands(header: list[Any]) -> tuple[list[str], list[str]]:
    """The two bands. An entry is a column without labels, or a band with its labels or how many columns it spans."""
    tops: list[str] = []
    labels: list[str] = []
    for entry in header:
        top, below = next(iter(entry.items())) if isinstance(entry, dict) else (entry, 1)
        below = [""] * below if isinstance(below, int) else below
        tops += [top, *[""] * (len(below) - 1)]
        labels += below
    return tops, labels


def _fields(tops: list[str], labels: list[str], definition: Dataset, name: str) -> list[str | None]:
    """The field of each column, by the layout."""
    layout = next(layout for layout in definition.layouts if layout.name == name)
    fields: list[str | None] = []
    band = ""
    for top, label in zip(tops, labels, strict=True):
        # A later header leaves the labels to the first, and each of its bands has both years.
        band = top or (band if label == "{year}" and fields[-1] else "")
        nameless = "Class (+1)" if fields[-1:] == ["authority_class"] else ""
        published = " ".join(" > ".join(filter(None, (band, label))).split()) or nameless
        fields.append(layout.columns.get(published))
    return fields


def _written(texts: list[str], years: dict[str, int]) -> list[Content]:
    written: list[Content] = []
    for text in texts:
        for placeholder, year in years.items():
            text = text.replace(placeholder, f"{year}-{(year + 1) % 100:02d}")
        written.append(text or None)
    return written


def _record(plan: dict[str, Any], year: int, row: list[Any], fields: list[str | None]) -> list[Content]:
    code, name, kind, mark, of = row
    values: dict[str | None, Content] = {
        "authority_code": code or None,
        "authority_name": name,
        "authority_class": kind or None,
        "revision_mark": mark or None,
    }
    for prefix, then in (("", year), ("previous_", year - 1)):
        parts = [_figures(plan, part, then) for part in of.split()]
        # A total is the sum of the rows as they are printed, each rounded to a pound.
        requirement = sum(((base * band_d).quantize(Decimal(1)) for base, band_d in parts), Decimal())
        base = sum((base for base, _ in parts), Decimal())
        values |= {
            f"{prefix}requirement_gbp": requirement,
            f"{prefix}tax_base": base,
            f"{prefix}band_d_gbp": (requirement / base).quantize(PENCE),
        }
    return [values.get(field, "-") if field else "-" for field in fields]


def _figures(plan: dict[str, Any], name: str, year: int) -> tuple[Decimal, Decimal]:
    """Tax base and Band D of an authority in a year: each grows from the plan's own by a rate of the authority's."""
    chance = random.Random(name)  # noqa: S311 (nothing secret)
    low, high = YEARLY_GROWTH
    factors = [Decimal(10_000 + low + int(chance.random() * (high - low))) / 10_000 for _ in range(2)]
    base, band_d = (Decimal(str(figure)) for figure in plan["figures"][name])
    years = year - plan["first_year"]
    return (base * factors[0] ** years).quantize(Decimal("0.1")), (band_d * factors[1] ** years).quantize(PENCE)
