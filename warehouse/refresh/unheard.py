"""Checks that the project has for what dbt built and that did not run, by name: nobody takes the word of dbt."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from core.errors import WarehouseError

# Printed papers cannot change overnight, only with the code: their tests run in the test suite.
PAPERS = ("../seeds/papers/", "tests/papers/")


def unheard(target: Path, ran: Collection[str], *, is_whole: bool) -> list[str]:
    """Names of the tests about what was built that are not among `ran`, the unique ids of what dbt did.

    Where the build was to be whole, of the models too.
    """
    nodes = _nodes(target)
    built = {name for name in ran if not name.startswith("test.")}
    missing = [
        node.name
        for name, node in nodes.items()
        if name not in ran
        and (
            (node.resource_type == "test" and built & set(node.depends_on.nodes) and not _is_of_papers(node))
            or (is_whole and node.resource_type == "model" and node.config.materialized != "ephemeral")
        )
    ]
    return sorted(missing)


def _is_of_papers(node: Any) -> bool:
    return bool(node.original_file_path.startswith(PAPERS))


def _nodes(target: Path) -> dict[str, Any]:
    """Every node of the project as dbt parsed it for this build."""
    from dbt.contracts.graph.manifest import Manifest

    parsed = target / "partial_parse.msgpack"
    if not parsed.exists():
        raise WarehouseError(
            "dbt left no account of the project's checks, so nobody knows which did not run.",
            remedy=f"Nothing was published. See that {target} can be written, then run again.",
        )
    return dict(Manifest.from_msgpack(parsed.read_bytes()).nodes)
