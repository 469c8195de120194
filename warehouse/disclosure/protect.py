"""The cells to close: the small ones, and as few others as it takes that the small ones cannot be worked out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

from warehouse.disclosure.attack import Attack, Interval, Rule
from warehouse.disclosure.chain import ROOM, Place, changes, sums
from warehouse.disclosure.linked import HIDDEN, Cell, Epoch
from warehouse.disclosure.programme import DUAL, Programme

SOME = 1e-6
PAST = 50.0  # how much dearer it is to close what has been shown than what has not
BEFORE = 0.1  # and how much cheaper what was closed before: the pattern stays where it can


class Closing:
    """Tables other than the true ones that a reader must not be able to rule out, at the least cost in closed cells.

    A cell that is closed moves freely, an open one at its cost, and is closed where it moves; a `fixed` one cannot.
    """

    def __init__(
        self, chain: Sequence[Epoch], fixed: Sequence[set[Cell]], least: int, preferred: Sequence[set[Cell]]
    ) -> None:
        self._chain = chain
        self._columns: dict[Place, int] = {}
        lower: list[float] = []
        upper: list[float] = []
        self._cost: list[float] = []
        room = float(max((sum(each.values.values()) for each in chain), default=0) + ROOM)
        for at, epoch in enumerate(chain):
            for cell, value in epoch.values.items():
                if cell in fixed[at] or cell in epoch.prior:
                    continue
                self._columns[at, cell] = len(lower)
                floor = 0 if cell[0].startswith(HIDDEN) else least
                lower += [0.0, 0.0]
                upper += [room, float(max(value - floor, 0))]
                cost = 0.0
                if cell in epoch.shown:
                    cost = 1.0 + math.log2(1 + value)
                    cost *= (BEFORE if cell in preferred[at] else 1.0) * (1.0 if epoch.is_current else PAST)
                self._cost += [cost, cost]
        self._upper = upper
        more, links = changes(chain, self._term, len(lower))
        rows = [*sums(chain, self._term), *links]
        self._programme = Programme(
            [*lower, *([0.0] * more)], [*upper, *([room] * more)], [*self._cost, *([0.0] * more)], rows, DUAL
        )

    def move(self, place: Place, by: float) -> set[Place] | None:
        """The cells that stand otherwise where this one is larger (or smaller) by so much; None where none can be."""
        column = self._columns.get(place)
        if column is None:
            return None
        up, down = (column, column + 1) if by > 0 else (column + 1, column)
        size = abs(by)
        if size > self._upper[up]:
            return None
        self._programme.bound(up, size, size)
        self._programme.bound(down, 0.0, 0.0)
        found = self._programme.solve()
        self._programme.bound(up, 0.0, self._upper[up])
        self._programme.bound(down, 0.0, self._upper[down])
        if found is None:
            return None
        return {each for each, at in self._columns.items() if found[at] + found[at + 1] > SOME}

    def closed(self, places: Iterable[Place]) -> None:
        """From now on these move freely."""
        for place in places:
            column = self._columns[place]
            for each in (column, column + 1):
                self._cost[each] = 0.0
                self._programme.charge(each, 0.0)

    def _term(self, place: Place) -> tuple[list[tuple[int, float]], float]:
        at, cell = place
        column = self._columns.get(place)
        value = float(self._chain[at].values[cell])
        return ([], value) if column is None else ([(column, 1.0), (column + 1, -1.0)], value)


def close(
    chain: Sequence[Epoch],
    rule: Rule,
    least: int,
    known: Callable[[Epoch], set[Cell]],
    preferred: Sequence[set[Cell]],
    best: Callable[[Place], Interval],
    targets: Sequence[Place],
) -> None:
    """Take cells out of what is shown until no target can be worked out any better than `best` allows.

    `known` is what the reader knows of a state whatever we close. Where closing some does not do, all of the states
    that are published now are closed but for what is prior.
    """
    fixed = [known(epoch) for epoch in chain]
    closing = Closing(chain, fixed, least, preferred)
    for attempt in range(3):
        exposed = _exposed(chain, rule, least, known, best, targets)
        if not exposed:
            return
        for place in sorted(exposed, key=lambda each: chain[each[0]].values[each[1]]):
            value = chain[place[0]].values[place[1]]
            limit = best(place)
            aims: list[float] = [max(rule.minimum, value + rule.width) - value + attempt]
            aims += [limit.high - value] if limit.high - value < aims[0] else []
            moved = next((found for aim in aims if aim > 0 and (found := closing.move(place, aim))), None)
            # The other way, where there is no way up, or it was not enough.
            if moved is None or attempt:
                moved = (moved or set()) | (closing.move(place, -min(rule.width, value - least)) or set())
            _hide(chain, closing, moved)
    for at, epoch in enumerate(chain):
        if epoch.is_current:
            _hide(chain, closing, {(at, cell) for cell in epoch.shown - epoch.prior - fixed[at]})


def _hide(chain: Sequence[Epoch], closing: Closing, places: set[Place]) -> None:
    for at, cell in places:
        chain[at].shown.discard(cell)
    closing.closed(places)


def _exposed(
    chain: Sequence[Epoch],
    rule: Rule,
    least: int,
    known: Callable[[Epoch], set[Cell]],
    best: Callable[[Place], Interval],
    targets: Sequence[Place],
) -> list[Place]:
    attack = Attack(chain, [known(epoch) | epoch.shown for epoch in chain], least)
    return [place for place in attack.sweep(targets, rule) if not attack.interval(place, rule).hides(rule, best(place))]
