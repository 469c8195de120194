"""A block: the counts of one scope that share sums, through all days and publications, and what each reader knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from warehouse.disclosure.attack import Attack, Interval, Rule
from warehouse.disclosure.chain import Place
from warehouse.disclosure.declared import LinkedSet
from warehouse.disclosure.linked import HIDDEN, Cell, Epoch, cells_of, dimensions_of
from warehouse.disclosure.protect import close

Counts = tuple[tuple[tuple[str, ...], int], ...]  # values of every dimension of the set, and the count
LONGEST = 24  # past states in a chain: what stands further back says next to nothing of today


@dataclass
class State:
    """One state of a scope and day: the counts, which tables showed them, and which cells they closed.

    `closed_since` are cells that were shown then and are closed in history now. A state that was never published has
    no `publications`; `is_current` is what the candidate shows.
    """

    cut: str
    counts: Counts
    rule: Rule
    tables: tuple[str, ...]
    closed: set[Cell] = field(default_factory=set)
    closed_since: set[Cell] = field(default_factory=set)
    publications: int = 0
    is_current: bool = False
    state_id: int | None = None


class Block:
    """The states of one scope in their order, as a chain of epochs: states with the same counts are one."""

    def __init__(self, declared: LinkedSet, rule: Rule, states: Iterable[State]) -> None:
        self.rule = rule
        self.least = 1 if declared.closed_cells == "listed" else 0
        self.declared = declared
        tables = dimensions_of({table.name: table.dimensions for table in declared.tables})
        prior = {table.name for table in declared.tables if table.prior}
        self.epochs: list[Epoch] = []
        self.states: list[list[State]] = []
        for state in states:
            at = next((at for at, same in enumerate(self.states)
                       if (same[0].cut, same[0].counts) == (state.cut, state.counts)), None)  # fmt: skip
            if at is None:
                rows = [(dict(zip(declared.dimensions, values, strict=True)), count) for values, count in state.counts]
                values, relations = cells_of(tables, rows)
                known = frozenset(cell for cell in values if cell[0] in prior)
                self.epochs.append(Epoch(state.cut, values, relations, known, is_current=False))
                self.states.append([])
                at = len(self.epochs) - 1
            self.states[at].append(state)
            epoch = self.epochs[at]
            epoch.is_current |= state.is_current
            would = {cell for cell in epoch.values
                     if cell[0] in state.tables and not cell[0].startswith(HIDDEN)}  # fmt: skip
            if state.publications and declared.closed_cells == "merged":
                self._know_sums(epoch, state)
            if state.publications:
                epoch.ever_shown |= would - state.closed
                epoch.shown |= would - state.closed - state.closed_since
            if state.is_current:
                epoch.shown |= would - state.closed
        self._forget_what_is_far_back()

    def decide(self) -> None:
        """Close cells: those that are small, and those without which a reader could work small ones out."""
        preferred = [set().union(*(state.closed for state in states)) for states in self.states]
        for epoch in self.epochs:
            epoch.shown -= {cell for cell in epoch.shown - epoch.prior if self.rule.is_small(epoch.values[cell])}
        self._carry_over(preferred)
        for keeps in (True, False):
            if keeps and not any(epoch.ever_shown for epoch in self.epochs):
                continue  # nothing was published yet: there is nothing to keep
            best = _Best(self, keeps=keeps)
            known = _ever_shown if keeps else _prior
            close(self.epochs, self.rule, self.least, known, preferred, best, self.targets(keeps=keeps))
        self._close_equal_ones()

    def recovered(self) -> dict[Place, Interval]:
        """The cells that may not be known and that some reader can place too well, by what is shown as it stands."""
        found: dict[Place, Interval] = {}
        for keeps in (True, False):
            known = _ever_shown if keeps else _prior
            best = _Best(self, keeps=keeps)
            attack = Attack(self.epochs, [known(epoch) | epoch.shown for epoch in self.epochs], self.least)
            for place in attack.sweep(self.targets(keeps=keeps), self.rule):
                if not (interval := attack.interval(place, self.rule)).hides(self.rule, best(place)):
                    found[place] = interval
        return found

    def known_already(self) -> dict[Cell, int]:
        """Small cells that an earlier publication showed under the rule of its day, and the least count that it showed.

        Nothing can be done about these: who kept it knows such a cell as well as it changes from state to state.
        """
        told: dict[Cell, int] = {}
        for epoch in self.epochs:
            for cell in epoch.ever_shown - epoch.prior:
                if self.rule.is_small(value := epoch.values[cell]):
                    told[cell] = min(value, told.get(cell, value))
        return told

    def known_anyway(self) -> int:
        """Small cells that are known without the candidate: from what is prior, or from an earlier publication."""
        best = _Best(self, keeps=False)
        return len(self.known_already()) + sum(not best(place).hides(self.rule) for place in self.targets(keeps=False))

    def targets(self, *, keeps: bool) -> list[Place]:
        """The small cells, but for what is prior, and (`keeps`) what a reader who kept everything was told already."""
        told = self.known_already() if keeps else {}
        return [
            (at, cell)
            for at, epoch in enumerate(self.epochs)
            for cell, value in epoch.values.items()
            if self.rule.is_small(value)
            and not cell[0].startswith(HIDDEN)
            and cell not in epoch.prior
            and value < told.get(cell, value + 1)
        ]

    def closed(self, epoch: Epoch) -> set[Cell]:
        """The cells of a state that are not shown."""
        return {cell for cell in epoch.values
                if not cell[0].startswith(HIDDEN) and cell not in epoch.shown | epoch.prior}  # fmt: skip

    def _know_sums(self, epoch: Epoch, state: State) -> None:
        """What a past state closed stands in its history as one row with their sum, whatever is closed besides."""
        for table in state.tables:
            parts = tuple(sorted(cell for cell in state.closed & epoch.values.keys() if cell[0] == table))
            total: Cell = (f"{HIDDEN}merged", (table, str(len(epoch.relations))))
            if parts:
                epoch.values[total] = sum(epoch.values[cell] for cell in parts)
                epoch.relations.append((total, parts))
                epoch.prior |= {total}

    def _forget_what_is_far_back(self) -> None:
        past = [at for at, epoch in enumerate(self.epochs) if not epoch.is_current]
        for at in reversed(past[:-LONGEST]):
            del self.epochs[at], self.states[at]

    def _close_equal_ones(self) -> None:
        """A figure that stands through several states is one row of the warehouse: closed in one, closed in all."""
        for one in self.epochs:
            for other in self.epochs:
                if one.cut == other.cut:
                    closed = (one.shown - other.shown) & other.values.keys() - other.prior
                    one.shown -= {cell for cell in closed if one.values[cell] == other.values[cell]}

    def _carry_over(self, preferred: list[set[Cell]]) -> None:
        """What was closed on the day before, or before a restatement, costs less to close again."""
        for at in range(1, len(preferred)):
            preferred[at] |= preferred[at - 1] & self.epochs[at].values.keys()


def _ever_shown(epoch: Epoch) -> set[Cell]:
    return epoch.ever_shown | epoch.prior


def _prior(epoch: Epoch) -> set[Cell]:
    return set(epoch.prior)


class _Best:
    """What a reader knows without the candidate: no interval has to be wider than that."""

    def __init__(self, block: Block, *, keeps: bool) -> None:
        self._block = block
        self._keeps = keeps
        self._attack: Attack | None = None

    def __call__(self, place: Place) -> Interval:
        if self._attack is None:
            known = _ever_shown if self._keeps else _prior
            epochs = self._block.epochs
            self._attack = Attack(epochs, [known(epoch) for epoch in epochs], self._block.least)
            self._attack.sweep(self._block.targets(keeps=self._keeps), self._block.rule)
        return self._attack.interval(place, self._block.rule)
