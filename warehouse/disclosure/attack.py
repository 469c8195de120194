"""The attack: between which counts can a reader place a closed cell, who knows all that is shown and all that was?"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.disclosure.chain import ROOM, Place, changes, sums
from warehouse.disclosure.linked import HIDDEN, Cell, Epoch
from warehouse.disclosure.programme import PRIMAL, Programme, Row

EXACT = 1e-6


@dataclass(frozen=True)
class Rule:
    """A count below `minimum` is closed, and hidden in an interval that reaches it and is `width` wide at least."""

    minimum: int
    width: int

    def is_small(self, count: int) -> bool:
        """Whether the count may not be shown."""
        return 0 < count < self.minimum


@dataclass
class Interval:
    """The counts between which a reader can place a cell."""

    low: float
    high: float

    def hides(self, rule: Rule, best: Interval | None = None) -> bool:
        """Whether it is wide enough; where `best`, what is known anyway, is not, no wider than that."""
        high, width = float(rule.minimum), float(rule.width)
        if best:
            high, width = min(high, best.high), min(width, best.high - best.low)
        return self.high >= high and self.high - self.low >= width


class Attack:
    """One reader: `known` says for each state of the chain which cells are known exactly.

    Each solution is a set of tables that the reader cannot rule out; it widens the interval of every cell at once.
    """

    def __init__(self, chain: Sequence[Epoch], known: Sequence[Collection[Cell]], least: int) -> None:
        self._known = [set(each) | epoch.prior for each, epoch in zip(known, chain, strict=True)]
        self._chain = chain
        self._columns: dict[Place, int] = {}
        for at, epoch in enumerate(chain):
            for cell in epoch.values:
                if cell not in self._known[at]:
                    self._columns[at, cell] = len(self._columns)
        count = len(self._columns)
        rows: list[Row] = list(sums(chain, self._term))
        more, links = changes(chain, self._term, count)
        self._room = room = ROOM + max((sum(each.values.values()) for each in chain), default=0)
        self._lower = lower = [0.0 if cell[0].startswith(HIDDEN) else float(least) for _, cell in self._columns]
        self._programme = Programme(
            [*lower, *([0.0] * more)], [float(room)] * (count + more), [0.0] * (count + more), [*rows, *links], PRIMAL
        )
        self._truth = truth = np.array([chain[at].values[cell] for at, cell in self._columns], dtype=float)
        self._low, self._high = truth.copy(), truth.copy()

    @property
    def unknown(self) -> list[Place]:
        """Every cell that the reader is not simply shown."""
        return list(self._columns)

    def sweep(self, targets: Iterable[Place], rule: Rule) -> list[Place]:
        """The targets that are not seen to be hidden after all of them were raised together, as far as each needs.

        One solution speaks for many cells; what is left has to be asked for one by one.
        """
        left = {self._columns[place]: place for place in targets if place in self._columns}
        known = [place for place in targets if place not in self._columns]
        while left:
            for column in left:
                self._programme.bound(column, self._lower[column], max(rule.minimum, self._truth[column] + rule.width))
                self._programme.charge(column, -1.0)
            found = self._programme.solve()
            for column in left:
                self._programme.bound(column, self._lower[column], self._room)
                self._programme.charge(column, 0.0)
            self._widen(found)
            hidden = [column for column in left if self._so_far(column).hides(rule)]
            if not hidden:
                break
            for column in hidden:
                del left[column]
        return [*known, *left.values()]

    def interval(self, place: Place, rule: Rule | None = None) -> Interval:
        """Where the cell can be placed; with a rule, no further than it takes to see that it is hidden."""
        at, cell = place
        if place not in self._columns:
            value = float(self._chain[at].values.get(cell, 0))
            return Interval(value, value)
        column = self._columns[place]
        for sign in (-1.0, 1.0):
            if rule and self._so_far(column).hides(rule):
                break
            self._programme.charge(column, sign)
            found = self._programme.solve()
            self._programme.charge(column, 0.0)
            self._widen(found)
        return self._so_far(column)

    def _widen(self, found: np.ndarray | None) -> None:
        if found is not None:
            found = found[: len(self._columns)]
            np.minimum(self._low, found, out=self._low)
            np.maximum(self._high, found, out=self._high)

    def _so_far(self, column: int) -> Interval:
        low, high = math.ceil(self._low[column] - EXACT), math.floor(self._high[column] + EXACT)
        return Interval(low, high)

    def _term(self, place: Place) -> tuple[list[tuple[int, float]], float]:
        at, cell = place
        if place in self._columns:
            return [(self._columns[place], 1.0)], 0.0
        return [], float(self._chain[at].values[cell])
