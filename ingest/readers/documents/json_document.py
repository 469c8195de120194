"""A record kept as JSON: only the paths that a definition names, one way of writing for one content."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from ingest.definition.json_paths import Misfit, Number, Steps

# What is kept beneath each key, and whether it is a list; no keys where a value itself is kept.
Tree = dict[str, tuple[bool, "Tree"]]


def kept_tree(paths: Iterable[Steps]) -> Tree:
    """The paths as one tree."""
    tree: Tree = {}
    for path in paths:
        node = tree
        for step in path:
            node = node.setdefault(step.key, (step.is_list, {}))[1]
    return tree


def pruned(node: Any, tree: Tree, place: str, text: Callable[[str], str]) -> Any:
    """The node with nothing but what the tree keeps; texts as `text` makes them. Misfit where it is no such node.

    A null stays: among releases it takes back what an earlier one said.
    """
    if node is None:
        return None
    if not tree:
        if isinstance(node, dict | list):
            raise Misfit(place, node, "a value")
        return text(node) if isinstance(node, str) and not isinstance(node, Number) else node
    if not isinstance(node, dict):
        raise Misfit(place, node, "an object")
    return {
        key: _member(node[key], is_list, below, f"{place}.{key}".lstrip("."), text)
        for key, (is_list, below) in tree.items()
        if key in node
    }


def _member(value: Any, is_list: bool, tree: Tree, place: str, text: Callable[[str], str]) -> Any:
    if not is_list:
        return pruned(value, tree, place, text)
    if value is not None and not isinstance(value, list):
        raise Misfit(place, value, "a list")
    return [pruned(item, tree, f"{place}[{index}]", text) for index, item in enumerate(value or ())]


def written(node: Any) -> str:
    """The node as JSON, keys in order, numbers as they were published."""
    if isinstance(node, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {written(node[key])}" for key in sorted(node)) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(written, node)) + "]"
    return str(node) if isinstance(node, Number) else json.dumps(node, ensure_ascii=False)


def read_back(text: str) -> Any:
    """A written node, its numbers as they are written."""
    return json.loads(text, parse_float=Number, parse_int=Number)
