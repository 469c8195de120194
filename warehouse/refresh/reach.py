"""Which marts show counts under disclosure control without being declared: a count that nobody named, nobody closes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from warehouse.disclosure.declared import LinkedSet

SHOWN = ("models/marts/", "models/restricted/")


def undeclared_marts(nodes: Iterable[Any], sets: Iterable[LinkedSet]) -> dict[str, str]:
    """The marts that dbt's nodes build, however indirectly, from counts of a set that does not name them."""
    models = {node.name: node for node in nodes if node.resource_type == "model"}
    parents = {
        name: {str(parent).rsplit(".", 1)[-1] for parent in node.depends_on.nodes} for name, node in models.items()
    }
    found: dict[str, str] = {}
    for declared in sets:
        counted = {declared.cells, *declared.made_of}
        while more := {name for name, above in parents.items() if above & counted} - counted:
            counted |= more
        for name in counted & models.keys():
            if models[name].original_file_path.startswith(SHOWN) and name not in (*declared.marts, *declared.detail):
                found[name] = declared.name
    return found
