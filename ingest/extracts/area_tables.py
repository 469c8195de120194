"""Generated extracts of workbooks of recorded crime by police force area: offences, rates, populations."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from ingest.extracts.xlsx import Content, NewSheet, workbook

NOISE = (90, 110)  # percent: how far a force may be from the country's typical rate
TITLE = "Police recorded crime by offence group and police force area, English regions and Wales"
MARK = ".."


def area_table_extracts(plan: dict[str, Any], folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Path and content of each edition of the plan."""
    for edition in plan["editions"]:
        ending = f"year ending {edition['ending']}"
        sheets = [
            NewSheet("Notes", [[plan["heading"]], [f"Table P1: {TITLE}, number of offences, {ending}"]]),
            NewSheet("Table P1", _offences(plan, edition, f"Table P1: {TITLE}, number of offences, {ending}1,2")),
            NewSheet("Table P3", _rates(plan, edition, f"Table P3: {TITLE}, rate of offences, {ending}1,2")),
        ]
        if edition.get("populations"):
            sheets.append(NewSheet("Table P7", _incidents(plan, edition, f"year ending March 2008 to {ending}1,2")))
            sheets.append(NewSheet("Table P9", _populations(plan, edition)))
        yield folder / f"GENERATED_tables_{edition['label']}.xlsx", workbook(sheets)


def _offences(plan: dict[str, Any], edition: dict[str, Any], title: str) -> list[list[Content]]:
    """Totals stand in the upper of the two header rows, as in most editions."""
    groups = list(plan["rates"])
    figures = {
        force: None if force in edition.get("not_reported", []) else _counts(plan, edition, force)
        for force in _forces(plan)
    }
    rows: list[list[Content]] = [
        [title],
        ["England and Wales"],
        [None, None, "Total recorded crime (excluding fraud3)", None, "Victim-based crime"],
        ["Area Code", "Area Name", None, None, *groups],
        [None, None, "Numbers"],
    ]
    for label, forces in _areas(plan):
        added = [sum((figures[force] or {}).get(group, 0) for force in forces) for group in groups]
        is_force = forces == [label]
        marked = is_force and figures[label] is None
        rows.append(
            [None, label, *([MARK] if marked else [sum(added)]), None, *([MARK] * len(groups) if marked else added)]
        )
    other = [plan["transport_police"] // (place + 2) for place in range(len(groups))]
    rows.append([None, "British Transport Police", sum(other), None, *other])
    whole = [sum((figures[force] or {}).get(group, 0) for force in figures) for group in groups]
    both = [one + more for one, more in zip(whole, other, strict=True)]
    rows.insert(5, [None, "ENGLAND AND WALES4", sum(both), None, *both])
    return [*rows, ["1. Generated extract: every figure is made up."]]


def _rates(plan: dict[str, Any], edition: dict[str, Any], title: str) -> list[list[Content]]:
    groups, year = list(plan["rates"]), edition["population_year"]
    people_of, households_of = f"Population figures (mid-{year})3 rounded to 100", f"Household figures (mid-{year})4"
    rows: list[list[Content]] = [
        [title],
        ["England and Wales"],
        [],
        ["Area Code", "Area Name", people_of, households_of, None, "Total recorded crime (excluding fraud5)", *groups],
    ]
    for label, forces in _areas(plan):
        people = sum(_people(plan, force, year) for force in forces)
        reported = [_counts(plan, edition, force) for force in forces if force not in edition.get("not_reported", [])]
        mark = "+" if people < plan["no_rate_below"] else MARK
        has_rate = mark == MARK and bool(reported)
        counts = [sum(each[group] for each in reported) for group in groups]
        rates = [Decimal(1000 * count) / people if has_rate else mark for count in (sum(counts), *counts)]
        rows.append([None, label, people, people * 2 // 5, None, *rates])
    return [*rows, ["1. Generated extract: every figure is made up."]]


def _incidents(plan: dict[str, Any], edition: dict[str, Any], years: str) -> list[list[Content]]:
    """A number and a rate for each year, the year in the upper of the two header rows."""
    spans = [(f"Apr '{year % 100} to Mar '{year % 100 + 1}3", None) for year in edition["populations"]]
    measures = [("Number of Incidents", "Rate per 1,000 population")] * len(spans)
    rows: list[list[Content]] = [
        [f"Table P7: Anti-social behaviour incidents, by police force area, English regions and Wales, {years}"],
        ["England and Wales"],
        [None, None, *(cell for span in spans for cell in span)],
        ["Area Code", "Area Name", *(cell for pair in measures for cell in pair)],
    ]
    for label, forces in _areas(plan):
        figures: list[Content] = []
        for year in edition["populations"]:
            people = sum(_people(plan, force, year) for force in forces)
            figures += [people * plan["incidents"] // 1000, plan["incidents"]]
        rows.append([None, label, *figures])
    return [*rows, [], ["1. Generated extract: every figure is made up."]]


def _populations(plan: dict[str, Any], edition: dict[str, Any]) -> list[list[Content]]:
    first, last = edition["populations"]
    years = list(range(first, last + 1))
    title = "Mid-year population estimates for police force areas, English regions and Wales"
    rows: list[list[Content]] = [
        [f"Table P9: {title}, {first} to {last}1"],
        ["England and Wales"],
        [None, None, "Mid-year"],
        ["Area Code", "Area Name", *years],
    ]
    for label, forces in _areas(plan):
        rows.append([None, label, *(sum(_people(plan, force, year) for force in forces) for year in years)])
    return rows


def _areas(plan: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for region, forces in plan["regions"].items():
        yield region, forces
        for force in forces:
            yield force, [force]


def _forces(plan: dict[str, Any]) -> list[str]:
    return [force for forces in plan["regions"].values() for force in forces]


def _people(plan: dict[str, Any], force: str, year: int) -> int:
    """Rounded to hundreds, as published."""
    return int(plan["people"][force] * (100 + Decimal(year - 2010) * 8 / 10) / 100) // 100 * 100


def _counts(plan: dict[str, Any], edition: dict[str, Any], force: str) -> dict[str, int]:
    counts = {}
    for group, rate in plan["rates"].items():
        chance = random.Random(f"{edition['label']}|{force}|{group}")  # noqa: S311 (nothing secret)
        low, high = NOISE
        percent = low + int(chance.random() * (high - low + 1))
        counts[group] = plan["people"][force] * rate * percent // 100_000
    return counts
