"""Linked tables as sums: the cells of each table, which cells add up to which, and tables that nobody publishes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

Cell = tuple[str, tuple[str, ...]]  # table, values of its dimensions
Relation = tuple[Cell, tuple[Cell, ...]]  # a total and its parts
HIDDEN = "+"  # starts the name of a table that only the sums need


@dataclass
class Epoch:
    """One state of the counts of one day: what was shown of it, what is closed, and whether readers get it now.

    `ever_shown` is what somebody who kept every publication knows of it, `shown` what the warehouse shows today or
    would show with the candidate. Latent cells, those of hidden tables, are in neither.
    """

    cut: str
    values: dict[Cell, int]
    relations: list[Relation]
    prior: frozenset[Cell]
    ever_shown: set[Cell] = field(default_factory=set)
    shown: set[Cell] = field(default_factory=set)
    is_current: bool = True


def dimensions_of(tables: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The tables with those that only the sums need: what two of them share, and all together where they go round.

    Tables that do not go round (a tree) fit together whenever what they share does; others may not.
    """
    found = dict(tables)
    known = {frozenset(dimensions) for dimensions in found.values()}
    pending = list(known)
    while pending:
        this = pending.pop()
        for other in list(known):
            if (shared := this & other) not in known:
                known.add(shared)
                pending.append(shared)
    everything = frozenset().union(*known)
    if everything not in known and _go_round(known):
        known.add(everything)
    have = {frozenset(dimensions) for dimensions in found.values()}
    for dimensions in sorted(known - have, key=sorted):
        names = tuple(sorted(dimensions))
        found[HIDDEN + "_".join(names)] = names
    return found


def _go_round(sets: Iterable[frozenset[str]]) -> bool:
    """Whether the tables are no tree (Graham's reduction leaves something)."""
    edges = [set(each) for each in sets if not any(each < other for other in sets)]
    while True:
        counts: dict[str, int] = defaultdict(int)
        for edge in edges:
            for name in edge:
                counts[name] += 1
        smaller = [{name for name in edge if counts[name] > 1} for edge in edges]
        kept = [edge for place, edge in enumerate(smaller)
                if edge and not any(edge <= other and (edge != other or place > at)
                                    for at, other in enumerate(smaller) if at != place)]  # fmt: skip
        if len(kept) <= 1:
            return False
        if kept == edges:
            return True
        edges = kept


def cells_of(
    tables: Mapping[str, tuple[str, ...]], rows: Iterable[tuple[Mapping[str, str], int]]
) -> tuple[dict[Cell, int], list[Relation]]:
    """The counts of every table, and which of them add up to which. What nobody counted has no cell: it is known."""
    values: dict[Cell, int] = defaultdict(int)
    pairs = list(_neighbours(tables))
    parts: dict[tuple[str, Cell], set[Cell]] = defaultdict(set)
    for row, count in rows:
        if not count:
            continue
        cells = {name: (name, tuple(row[each] for each in dimensions)) for name, dimensions in tables.items()}
        for cell in cells.values():
            values[cell] += count
        for total, part in pairs:
            parts[part, cells[total]].add(cells[part])
    relations = [(total, tuple(sorted(found))) for (_, total), found in sorted(parts.items())]
    return dict(values), relations


def _neighbours(tables: Mapping[str, tuple[str, ...]]) -> Iterable[tuple[str, str]]:
    sets = {name: frozenset(dimensions) for name, dimensions in tables.items()}
    for total, part in combinations(sets, 2):
        for small, large in ((total, part), (part, total)):
            if sets[small] < sets[large] and not any(sets[small] < other < sets[large] for other in sets.values()):
                yield small, large
            elif sets[small] == sets[large] and small < large:
                yield small, large  # the same counts in two tables
