"""Checks that the project has for what dbt built and that did not run, by name: nobody takes the word of dbt."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from core.errors import WarehouseError

# Printed papers cannot change overnight, only with the code: their tests run in the test suite.
PAPERS = ("../seeds/papers/", "tests/papers/")


def unheard(target: Path, ran: Collection[str], *, is_whole: bool, passed_before: tuple[str, ...] = ()) -> list[str]:
    """Names of the tests about what was built that are not among `ran`, the unique ids of what dbt did.

    Where the build was to be whole, of the models too. The tests below `passed_before` are about constants, and passed
    when these were last loaded.
    """
    left_out = (*PAPERS, *passed_before)
    nodes = _nodes(target)
    built = {name for name in ran if not name.startswith("test.")}
    missing = [
        node.name
        for name, node in nodes.items()
        if name not in ran
        and (
            (
                node.resource_type == "test"
                and built & set(node.depends_on.nodes)
                and not _is_below(node, nodes, left_out)
            )
            or (is_whole and node.resource_type == "model" and node.config.materialized != "ephemeral")
        )
    ]
    return sorted(missing)


def _is_below(test: Any, nodes: dict[str, Any], folders: tuple[str, ...]) -> bool:
    """Whether a test lies in one of the folders, or is about nothing else than what lies there."""
    about = [nodes[name].original_file_path for name in test.depends_on.nodes if name in nodes]
    return test.original_file_path.startswith(folders) or all(path.startswith(folders) for path in about)


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
