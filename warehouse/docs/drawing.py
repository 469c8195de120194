"""The lineage of a mart as a drawing: the tables that its values come from, its columns, and a line for each pair."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import mean

from warehouse.docs.read import Mart

ROW = 18  # pixels from one label to the next


@dataclass(frozen=True)
class Label:
    """A table or a column, at its height."""

    name: str
    y: int


@dataclass(frozen=True)
class Line:
    """From a table to a column; `is_copied` where the column has a value of it as it is."""

    start: int
    end: int
    is_copied: bool


@dataclass(frozen=True)
class Drawing:
    """Where everything stands; the template says how it looks."""

    height: int
    tables: list[Label]
    columns: list[Label]
    lines: list[Line]


def draw(mart: Mart) -> Drawing | None:
    """None where no column of the mart comes from anywhere."""
    columns = [column["column"] for column in mart.columns if column["column"] in mart.behind]
    kinds: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for column in columns:
        for source, kind in mart.behind[column].values:
            kinds[source.rpartition(".")[0], column].add(kind)
    if not kinds:
        return None
    places: defaultdict[str, list[int]] = defaultdict(list)
    for table, column in kinds:
        places[table].append(columns.index(column))
    # A table stands about where its columns do, so that few lines cross.
    tables = sorted(places, key=lambda table: (mean(places[table]), table))
    height = ROW * (max(len(tables), len(columns)) + 1)
    at_left, at_right = _spread(tables, height), _spread(columns, height)
    lines = [Line(at_left[table], at_right[column], "copied" in kinds[table, column]) for table, column in kinds]
    return Drawing(
        height,
        [Label(name, y) for name, y in at_left.items()],
        [Label(name, y) for name, y in at_right.items()],
        sorted(lines, key=lambda line: (line.is_copied, line.start, line.end)),  # what is copied is drawn over the rest
    )


def _spread(names: list[str], height: int) -> dict[str, int]:
    """Each name's height, all of them over the whole drawing."""
    step = height / (len(names) + 1)
    return {name: round(step * (at + 1)) for at, name in enumerate(names)}
