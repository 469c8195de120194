"""Columns and rows of a programme for a chain of states: sums within each, known numbers of changes between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from warehouse.disclosure.linked import HIDDEN, Cell, Epoch, Relation
from warehouse.disclosure.programme import FREE, Row

Place = tuple[int, Cell]  # a cell of one state of the chain
# What is left of a cell's value: its columns with their coefficients, and what is known of it.
Term = Callable[[Place], tuple[list[tuple[int, float]], float]]
ROOM = 1_000  # how much larger than everything counted a reader might suppose a figure to be


def sums(chain: Sequence[Epoch], term: Term) -> Iterator[Row]:
    """A total is the sum of its parts."""
    for at, epoch in enumerate(chain):
        for relation in epoch.relations:
            if row := _sum(at, relation, term):
                yield row


def _sum(at: int, relation: Relation, term: Term) -> Row | None:
    total, parts = relation
    columns: list[tuple[int, float]] = []
    right = 0.0
    for cell, sign in [(total, -1.0), *((part, 1.0) for part in parts)]:
        own, known = term((at, cell))
        columns += [(column, sign * factor) for column, factor in own]
        right -= sign * known
    if not columns:
        return None
    return right, right, [column for column, _ in columns], [factor for _, factor in columns]


def changes(chain: Sequence[Epoch], term: Term, first: int) -> tuple[int, list[Row]]:
    """Rows for how much each finest table changes from one state to the next, and how many columns they add.

    A reader is granted the number of changes: it can be guessed from what a file or a month brings. `first` is the
    first free column; each new one is what a cell changes, up or down.
    """
    rows: list[Row] = []
    column = first
    for at in range(1, len(chain)):
        for cells in _finest(chain[at - 1], chain[at]):
            budget = 0.0
            used: list[int] = []
            for cell in cells:
                before, after = (chain[place].values.get(cell, 0) for place in (at - 1, at))
                old, old_known = term((at - 1, cell)) if cell in chain[at - 1].values else ([], 0.0)
                new, new_known = term((at, cell)) if cell in chain[at].values else ([], 0.0)
                budget += abs(after - before)
                if not old and not new:
                    budget -= abs(new_known - old_known)
                    continue
                for sign in (1.0, -1.0):
                    both = [(each, sign * factor) for each, factor in new]
                    both += [(each, -sign * factor) for each, factor in old]
                    known = sign * (new_known - old_known)
                    indices = [*(each for each, _ in both), column]
                    rows.append((-FREE, -known, indices, [*(factor for _, factor in both), -1.0]))
                used.append(column)
                column += 1
            if used:
                rows.append((-FREE, budget, used, [1.0] * len(used)))
    return column - first, rows


def _finest(before: Epoch, after: Epoch) -> Iterator[list[Cell]]:
    """The cells of every published table that is no sum of another one."""
    coarse = {relation[0][0] for epoch in (before, after) for relation in epoch.relations
              if not relation[1][0][0].startswith(HIDDEN)}  # fmt: skip
    names = sorted({cell[0] for epoch in (before, after) for cell in epoch.values} - coarse)
    for name in names:
        if not name.startswith(HIDDEN):
            yield sorted({cell for epoch in (before, after) for cell in epoch.values if cell[0] == name})
