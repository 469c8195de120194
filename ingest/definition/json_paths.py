"""Paths into a JSON record: `tender.value.amount`; `tag[]`, each item of a list; `parties[id=buyer.id]`, those whose
id is the one at another path of the record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

PART = re.compile(r"(?P<key>\w+)(?P<list>\[(?:(?P<by>\w+)=(?P<wanted>(?:[\w.]|\[\])+))?\])?(?:\.(?=\w)|$)")
KINDS = ((dict, "an object"), (list, "a list"), (bool, "true or false"), (str, "text"))


class Number(str):
    """A number of a JSON file, as it is written there: no floating point comes near it."""


class Step(NamedTuple):
    """One key of a path. With `is_list`, on through each item of the list there, or those whose `by` is `wanted`."""

    key: str
    is_list: bool
    by: str | None = None
    wanted: Steps = ()


Steps = tuple[Step, ...]


class Misfit(Exception):
    """The record has another structure at `place` than the path asks for."""

    def __init__(self, place: str, found: Any, wanted: str) -> None:
        super().__init__(f"{place or 'the record'} is {kind(found)}, not {wanted}")
        self.place = place


def parse_path(text: str) -> Steps:
    """The steps of a path as definitions write it. ValueError where it is none."""
    steps: list[Step] = []
    at = 0
    while at < len(text):
        part = PART.match(text, at)
        if not part:
            raise ValueError(f"{text!r} is no path such as tender.value.amount or tag[]")
        wanted = parse_path(part["wanted"]) if part["wanted"] else ()
        steps.append(Step(part["key"], part["list"] is not None, part["by"], wanted))
        at = part.end()
    if not steps:
        raise ValueError("a path must name a key")
    return tuple(steps)


def kind(value: Any) -> str:
    """What a JSON value is, in words."""
    if isinstance(value, Number):
        return "a number"
    return next((words for known, words in KINDS if isinstance(value, known)), "null")


def nodes_at(
    node: Any, path: Steps, place: str, wanted_at: Callable[[Steps], object] | None = None
) -> Iterator[tuple[str, Any]]:
    """Place and value of everything at the path beneath a node; null counts as nothing there.

    Misfit where the structure is another. `wanted_at` finds what a step's items are chosen by.
    """
    if node is None:
        return
    if not path:
        yield place, node
        return
    if not isinstance(node, dict):
        raise Misfit(place, node, "an object")
    step, rest = path[0], path[1:]
    value, here = node.get(step.key), f"{place}.{step.key}".lstrip(".")
    if not step.is_list:
        yield from nodes_at(value, rest, here, wanted_at)
        return
    if value is not None and not isinstance(value, list):
        raise Misfit(here, value, "a list")
    wanted = wanted_at(step.wanted) if wanted_at and step.by else None
    for index, item in enumerate(value or ()):
        if not step.by or (isinstance(item, dict) and wanted is not None and item.get(step.by) == wanted):
            yield from nodes_at(item, rest, f"{here}[{index}]", wanted_at)
