"""Which cells are closed, and what an attacker makes of the rest: tables small enough to be worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import WarehouseError
from warehouse.disclosure.attack import Attack, Rule
from warehouse.disclosure.block import Block, State
from warehouse.disclosure.declared import LinkedSet, load_sets
from warehouse.disclosure.linked import Cell, cells_of, dimensions_of

FIVE = Rule(minimum=5, width=3)
PAIRS = ("sex_rank", "by_rank", "by_sex")


def linked(**more: object) -> LinkedSet:
    """Sex by rank with both margins; the total is printed by somebody else."""
    tables = {"sex_rank": ["sex", "rank"], "by_rank": ["rank"], "by_sex": ["sex"]}
    shown = [{"name": name, "dimensions": each, "mart": "profile", "measures": ["n"]} for name, each in tables.items()]
    everybody = {"name": "all", "dimensions": [], "prior": "printed elsewhere"}
    said = {"name": "people", "rule": "r", "cells": "c", "count": "n", "scope": ["force"], "closed_cells": "listed"}
    return LinkedSet.model_validate({**said, "closed_flag": "is_closed", "tables": [*shown, everybody], **more})


def people(women: list[int], men: list[int], cut: str = "", **more: object) -> State:
    """Women and men of the ranks pc, ps, pi and so on."""
    ranks = ("pc", "ps", "pi", "pci")
    rows = [((sex, rank), count) for sex, counts in (("f", women), ("m", men))
            for rank, count in zip(ranks, counts, strict=False) if count]  # fmt: skip
    return State(cut, tuple(sorted(rows)), FIVE, PAIRS, **{"is_current": True, **more})


def decided(*states: State, declared: LinkedSet | None = None, rule: Rule = FIVE) -> Block:
    block = Block(declared or linked(), rule, states)
    block.decide()
    return block


def without_secondaries(block: Block) -> Block:
    for epoch in block.epochs:
        epoch.shown -= {cell for cell in epoch.shown if block.rule.is_small(epoch.values[cell])}
    return block


def published(block: Block, state: State) -> State:
    """The state as the next night finds it."""
    epoch = next(epoch for epoch, states in zip(block.epochs, block.states, strict=True) if state in states)
    closed = block.closed(epoch)
    return State(state.cut, state.counts, state.rule, state.tables, closed, publications=1, state_id=1)


def test_a_small_cell_alone_is_had_back_from_its_margins_and_a_rectangle_hides_it() -> None:
    state = people(women=[20, 2, 30], men=[40, 50, 60])
    alone = without_secondaries(Block(linked(), FIVE, [state]))
    assert [cell for _, cell in alone.recovered()] == [("sex_rank", ("f", "ps"))]
    block = decided(state)
    # The cheapest rectangle: the smallest other woman's cell, and the two men's cells of both ranks.
    assert block.closed(block.epochs[0]) == {
        ("sex_rank", (sex, rank)) for sex in ("f", "m") for rank in ("pc", "ps")
    }  # fmt: skip
    assert block.recovered() == {}


def test_the_interval_is_what_a_person_works_out() -> None:
    """Women pc and ps are 22 together, men 90, pc 60, ps 52: women ps is 1 (nobody closed is none) to 21."""
    block = decided(people(women=[20, 2, 30], men=[40, 50, 60]))
    attack = Attack(block.epochs, [epoch.shown | epoch.prior for epoch in block.epochs], least=1)
    interval = attack.interval((0, ("sex_rank", ("f", "ps"))))
    assert (interval.low, interval.high) == (1, 21)


def test_one_closed_cell_opened_gives_the_small_one_away() -> None:
    block = decided(people(women=[20, 2, 30], men=[40, 50, 60]))
    block.epochs[0].shown.add(("sex_rank", ("m", "ps")))
    assert [cell for _, cell in block.recovered()] == [("sex_rank", ("f", "ps"))]


def test_what_another_table_of_the_set_shows_counts() -> None:
    """A small margin is closed with all that adds up to it."""
    block = decided(people(women=[20, 30, 1], men=[40, 50, 2]))
    closed = block.closed(block.epochs[0])
    assert {("by_rank", ("pi",)), ("sex_rank", ("f", "pi")), ("sex_rank", ("m", "pi"))} <= closed
    assert len([cell for cell in closed if cell[0] == "by_rank"]) == 2  # the total is printed: one alone is had back
    assert block.recovered() == {}


def test_where_everything_is_small_only_what_is_prior_is_shown_and_that_is_not_held_against_us() -> None:
    block = decided(people(women=[1], men=[1]))
    assert block.known_anyway() == 5  # both people, both sexes and the rank, by the printed total of two
    assert block.epochs[0].shown - block.epochs[0].prior == set()
    assert block.recovered() == {}


def merged() -> LinkedSet:
    cells = {"name": "cells", "dimensions": ["sex", "rank"], "mart": "m", "measures": ["n"]}
    everything = {"name": "all", "dimensions": [], "prior": "printed elsewhere"}
    return linked(closed_cells="merged", tables=[cells, everything])


def searches(counts: dict[str, int], **more: object) -> State:
    rows = tuple(sorted((("f", rank), count) for rank, count in counts.items()))
    return State("", rows, FIVE, ("cells",), **{"is_current": True, **more})


def test_a_restated_search_does_not_give_away_what_was_withheld_before() -> None:
    """One search more makes 4 a 5: opened, it would tell that it was 4, for nothing else has changed."""
    first = searches({"a": 4, "b": 9, "c": 20, "d": 30})
    before = decided(first, declared=merged())
    assert before.closed(before.epochs[0]) == {("cells", ("f", "a")), ("cells", ("f", "b"))}
    now = searches({"a": 5, "b": 9, "c": 20, "d": 30})
    careless = Block(merged(), FIVE, [published(before, first), now])
    assert [cell for _, cell in careless.recovered()] == [("cells", ("f", "a"))]
    after = decided(published(before, first), now, declared=merged())
    assert after.closed(after.epochs[1]) == {("cells", ("f", "a")), ("cells", ("f", "b"))}
    assert after.recovered() == {}


def test_the_sum_of_what_was_merged_before_does_not_give_away_what_is_closed_since() -> None:
    """The row of the first publication says a and b are 5 together, the publisher that all are 61: c is 6 unless d is
    closed too.
    """
    state = searches({"a": 2, "b": 3, "c": 6, "d": 20, "e": 30})
    before = decided(state, declared=merged())
    assert before.closed(before.epochs[0]) == {("cells", ("f", "a")), ("cells", ("f", "b"))}
    eight = Rule(minimum=8, width=3)
    careless = without_secondaries(Block(merged(), eight, [published(before, state), replace(state)]))
    assert [cell for _, cell in careless.recovered()] == [("cells", ("f", "c"))]
    after = decided(published(before, state), replace(state), declared=merged(), rule=eight)
    assert after.closed(after.epochs[0]) == {("cells", ("f", rank)) for rank in "abcd"}
    assert after.recovered() == {}


def test_the_pattern_stays_where_the_counts_stay_and_moves_no_more_than_it_must() -> None:
    state = people(women=[20, 2, 30], men=[40, 50, 60])
    before = decided(state)
    again = decided(published(before, state), people(women=[20, 2, 30], men=[40, 50, 60]))
    assert again.closed(again.epochs[0]) == before.closed(before.epochs[0])
    # Another rectangle has become the cheapest; the one that was closed is still cheaper to keep.
    moved = decided(published(before, state), people(women=[31, 2, 15], men=[40, 50, 60]))
    assert moved.closed(moved.epochs[1]) >= {("sex_rank", ("f", "pc")), ("sex_rank", ("f", "ps"))}


def test_two_days_of_a_stock_are_attacked_together() -> None:
    days = linked(successive="day")
    first, second = people([20, 4, 30], [40, 50, 60], "2024-01"), people([20, 5, 30], [40, 50, 60], "2024-02")
    careless = Block(days, FIVE, [published(decided(first, declared=days), first), second])
    assert ("sex_rank", ("f", "ps")) in [cell for _, cell in careless.recovered()]
    assert decided(published(decided(first, declared=days), first), second, declared=days).recovered() == {}


def test_a_raised_threshold_closes_the_past_too_and_says_what_is_known_already() -> None:
    state = people(women=[20, 7, 30], men=[40, 50, 60])
    before = decided(state)
    assert before.closed(before.epochs[0]) == set()
    ten = Rule(minimum=10, width=3)
    now = decided(published(before, state), people(women=[20, 7, 30], men=[40, 50, 60]), rule=ten)
    assert ("sex_rank", ("f", "ps")) in now.closed(now.epochs[0])
    assert now.recovered() == {}
    assert now.known_already() == {("sex_rank", ("f", "ps")): 7}


def test_ten_publications_with_restatements_and_another_threshold_give_nothing_away() -> None:
    """A few people come, go and are promoted each time; from the sixth on, the threshold is seven."""
    women, men = [20, 2, 30, 6], [40, 50, 8, 60]
    past: list[State] = []
    closed = 0
    for number in range(10):
        rule = FIVE if number < 5 else Rule(minimum=7, width=3)
        women[number % 4] += 1 if number % 3 else -1
        men[(number + 1) % 4] += number % 2
        state = people(women, men)
        block = decided(*past, state, rule=rule)
        assert block.recovered() == {}, number
        for epoch, states in zip(block.epochs, block.states, strict=True):
            for each in states:
                if not each.is_current:
                    each.closed_since |= block.closed(epoch) - each.closed
        closed += len(block.closed(block.epochs[-1]))
        past.append(published(block, state))
    assert closed > 10


def test_tables_that_go_round_are_held_together_by_what_nobody_publishes() -> None:
    pairs = {"ab": ("a", "b"), "bc": ("b", "c"), "ca": ("a", "c")}
    assert "+a_b_c" in dimensions_of(pairs)
    assert set(dimensions_of({"ab": ("a", "b"), "bc": ("b", "c")})) == {"ab", "bc", "+b"}


def test_sums_are_those_of_the_rows() -> None:
    rows = [({"a": "x", "b": "y"}, 3), ({"a": "x", "b": "z"}, 4)]
    values, relations = cells_of(dimensions_of({"ab": ("a", "b"), "a": ("a",)}), rows)
    total: Cell = ("a", ("x",))
    assert values[total] == 7
    assert relations == [(total, (("ab", ("x", "y")), ("ab", ("x", "z"))))]


def test_every_declared_set_can_be_read_and_a_broken_one_is_told_in_a_line(tmp_path: Path) -> None:
    assert "stop_and_search" in [declared.name for declared in load_sets()]
    (tmp_path / "people.yml").write_text("rule: r\ncells: c\n")
    with pytest.raises(WarehouseError, match=r"quality_checks/disclosure/people\.yml: "):
        load_sets(tmp_path)
