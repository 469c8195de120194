"""Generated extracts of workbooks with many tables: forces beneath regions, totals, marks, notes, a long series."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ingest.definition.dataset import Dataset
from ingest.extracts.ods import open_workbook
from ingest.extracts.xlsx import Content, NewSheet, workbook

NOISE = (95, 105)  # percent: how far a day's figure may be from what is typical of its force and kind of worker


def table_extracts(plan: dict[str, Any], _: Dataset, folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Path and content of each edition of the plan, in the kind of file that it says."""
    for edition in plan["editions"]:
        sheets = [NewSheet("Index", [[plan["heading"]], []])]
        for number, worker in enumerate(edition["tables"], 1):
            sheets.append(NewSheet(f"Table_{number}", _table(plan, edition, worker, number)))
        number = len(sheets)
        sheets.append(NewSheet(f"Table_{number}", _series(plan, edition, number)))
        path = folder / f"GENERATED_tables_{edition['label']}.{edition['kind']}"
        yield path, (open_workbook if edition["kind"] == "ods" else workbook)(sheets)


def _table(plan: dict[str, Any], edition: dict[str, Any], worker: str, number: int) -> list[list[Content]]:
    kind, days = plan["workers"][worker], edition["days"]
    rows: list[list[Content]] = [
        [f"Table {number}: {kind['title']} by police force area, England and Wales, {_text(days[-1])}1"],
        *[[]] * edition["lines_above"],
        ["England and Wales", *[None] * len(days), kind["unit"]],
        [None, "As at:", *[None] * (len(days) - 1), "Change in 12 months"],
        [None, *(_text(day) if edition["kind"] == "xlsx" else day for day in days), "number"],
    ]
    whole = [Decimal(0)] * len(days)
    for region, forces in plan["regions"].items():
        figures = {force: [_figure(plan, edition, worker, force, day) for day in days] for force in forces}
        added = [sum((row[at] or Decimal(0) for row in figures.values()), Decimal(0)) for at in range(len(days))]
        whole = [one + more for one, more in zip(whole, added, strict=True)]
        rows.append(_row(f"{region} ", added))
        rows += [_row(force + edition.get("footnotes", {}).get(force, ""), row) for force, row in figures.items()]
    rows.append(_row("Total 43 forces", whole))
    for other in kind["others"]:
        counted = [_figure(plan, edition, worker, other, day) or Decimal(0) for day in days]
        whole = [one + more for one, more in zip(whole, counted, strict=True)]
        rows.append(_row(other, counted))
    return [*rows, _row("Total", whole), [], ["Notes"], ["1. Generated extract: every figure is made up."]]


def _series(plan: dict[str, Any], edition: dict[str, Any], number: int) -> list[list[Content]]:
    workers = plan["series"]
    rows: list[list[Content]] = [
        [
            f"Table {number}: Police officers1, police staff, police community support officers, designated officers "
            f"and traffic wardens, England and Wales2, {_text(edition['days'][0])} to {_text(edition['days'][-1])}"
        ],
        ["England and Wales", *[None] * (len(workers) - 1), "Full-time equivalents"],
        [None, *workers],
    ]
    forces = [force for each in plan["regions"].values() for force in each]
    for day in edition["days"]:
        totals = [
            sum((_figure(plan, edition, worker, force, day) or Decimal(0) for force in forces), Decimal(0))
            if worker in plan["workers"]
            else Decimal(plan["typical"][worker])
            for worker in workers
        ]
        rows.append([f"{_text(day)}{edition.get('footnotes', {}).get(str(day), '')}", *totals])
    return [*rows, [*[None] * len(workers), "Source: Generated extract"]]


def _row(label: str, figures: Sequence[Decimal | None]) -> list[Content]:
    """A row with its change over the year, or the mark where there is no figure."""
    first, last = figures[0], figures[-1]
    change = ".." if first is None or last is None else last - first
    return [label, *(".." if figure is None else figure for figure in figures), change]


def _figure(plan: dict[str, Any], edition: dict[str, Any], worker: str, force: str, day: date) -> Decimal | None:
    """What a force has on a day; another figure in the editions that restate it, none where the plan says so."""
    if [worker, force] in plan.get("not_available", []):
        return None
    restated = edition["label"] if [worker, force, day] in edition.get("restated", []) else ""
    chance = random.Random(f"{worker}|{force}|{day}|{restated}")  # noqa: S311 (nothing secret)
    low, high = NOISE
    typical = plan["typical"][force] * plan["workers"][worker]["percent"]
    hundredths = typical * (low + int(chance.random() * (high - low + 1))) // 100
    whole = plan["workers"][worker]["unit"] == "Headcount"
    return Decimal(hundredths // 100) if whole else Decimal(hundredths) / 100


def _text(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
