"""Writes the generated extracts that ship, the same bytes every time: `python -m ingest.extracts.generate`."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from core.settings import GENERATED_SOURCES
from ingest.definition.dataset import Dataset, load_definitions
from ingest.definition.formats import Delimited, WideMonths, Workbook
from ingest.definition.json_rules import JsonRecords
from ingest.definition.layout import Layout
from ingest.definition.list_rules import NamedColumns
from ingest.definition.table_rules import WorkbookTables
from ingest.extracts.area_tables import area_table_extracts
from ingest.extracts.documents import document_extracts
from ingest.extracts.lists import list_extracts
from ingest.extracts.people import people_extracts
from ingest.extracts.rows import row_extracts
from ingest.extracts.tables import table_extracts
from ingest.extracts.workbooks import sheet_extracts, workbook_extracts

NOISE = (80, 120)  # percent: how far a month may be from what its area, offence and season suggest, unless a plan says


def main() -> None:
    """Write every extract of every plan (`ingest/generated/<dataset>.yml`) into the generated inbox."""
    for path, content in extracts():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def extracts() -> Iterator[tuple[Path, bytes]]:
    """Path and content of every generated extract."""
    definitions = load_definitions()
    for file in sorted(GENERATED_SOURCES.glob("*.yml")):
        definition = definitions[file.stem]
        plan = yaml.safe_load(file.read_text(encoding="utf-8"))
        folder = GENERATED_SOURCES / definition.domain / definition.dataset
        if isinstance(definition.reader, Delimited):
            delimited = people_extracts if "people" in plan else row_extracts
            yield from delimited(plan, definition, folder)
            continue
        if isinstance(definition.reader, JsonRecords):
            yield from document_extracts(plan, definition, folder)
            continue
        if isinstance(definition.reader, WorkbookTables):
            if "people" in plan:
                yield from area_table_extracts(plan, folder)
            else:
                yield from table_extracts(plan, definition, folder)
            continue
        if isinstance(definition.reader, NamedColumns):
            yield from list_extracts(plan, folder)
            continue
        if isinstance(definition.reader, Workbook):
            made = workbook_extracts if "headers" in plan else sheet_extracts
            yield from made(plan, definition, folder)
            continue
        for extract in plan["extracts"]:
            first, last = extract["months"]
            layout = next(layout for layout in definition.layouts if layout.name == extract["layout"])
            yield folder / f"GENERATED_{layout.name}_{first}-{last}.csv", _table(plan, extract, definition, layout)


def _table(plan: dict[str, Any], extract: dict[str, Any], definition: Dataset, layout: Layout) -> bytes:
    months = _months(*extract["months"])
    rows = []
    for area in extract["areas"]:
        for group, subgroups in plan["offences"][extract["offences"]].items():
            for subgroup, level in subgroups.items():
                chance = random.Random(f"{layout.name}|{area}|{group}|{subgroup}")  # noqa: S311 (nothing secret)
                counts = [_count(chance, plan, area, level, month) for month in months]
                place = plan.get("places", {}).get(area, {"area_name": area})
                texts = place | {"offence_group": group, "offence_subgroup": subgroup}
                # The publisher leaves out rows that would be zero in every month.
                if any(counts):
                    rows.append([*(texts[name] for name in layout.columns.values()), *counts])
    rows.sort(key=lambda row: row[: len(layout.columns)])
    assert isinstance(definition.reader, WideMonths), "the generator is chosen by the reader"
    table = io.StringIO()
    writer = csv.writer(table, delimiter=definition.reader.delimiter, lineterminator="\r\n")
    writer.writerows([[*layout.columns, *months], *rows])
    return table.getvalue().encode("utf-8")


def _months(first: str, last: str) -> list[str]:
    ordinals = range(*(int(month[:4]) * 12 + int(month[4:]) + more for month, more in ((first, -1), (last, 0))))
    return [f"{ordinal // 12}{ordinal % 12 + 1:02d}" for ordinal in ordinals]


def _count(chance: random.Random, plan: dict[str, Any], area: str, level: float | dict[str, Any], month: str) -> int:
    """In whole thousandths: floating point might differ between machines, the bytes may not."""
    span: dict[str, Any] = level if isinstance(level, dict) else {"level": level}
    low, high = plan.get("noise", NOISE)
    noise = low + int(chance.random() * (high - low + 1))
    remainder = int(chance.random() * 1000)
    if not span.get("from", month) <= month <= span.get("until", month):
        return 0
    usual = round(span["level"] * 1000) * plan["areas"][area] * plan["seasons"][int(month[4:]) - 1] // 100**2
    return (usual * noise // 100 + remainder) // 1000


if __name__ == "__main__":
    main()
