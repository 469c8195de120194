"""The rooms of the code: imports go one way, in no circle, and no folder holds more than a person takes in at once."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from core.settings import PROJECT_DIR

# A room may import those above it and itself. A module that stands alone in `warehouse` or `ingest` is a room too.
ORDER = {
    "core": ["environment", "errors", "address", "roles", "settings", "faults", "server", "db", "locks"],
    "ingest": ["definition", "readers", "archive", "fetch", "sign_off", "load", "sources", "pipeline", "load_again"],
    "warehouse": [
        "publish",
        "checks",
        "lineage",
        "refresh",
        "past",
        "retention",
        "report",
        "export",
        "docs",
        "notify",
        "orchestration",
        "cli",
    ],
}
PACKAGES = tuple(ORDER)
MOST_MODULES = 14


def _modules() -> dict[str, Path]:
    paths = [path for package in PACKAGES for path in (PROJECT_DIR / package).rglob("*.py")]
    return {
        ".".join(path.relative_to(PROJECT_DIR).with_suffix("").parts).removesuffix(".__init__"): path for path in paths
    }


def _imports(path: Path, known: dict[str, Path]) -> set[str]:
    """Modules of ours that a file imports when it is read; what only a type checker or a function imports is left."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        for each in ast.walk(node) if not _is_deferred(node) else ():
            if isinstance(each, ast.ImportFrom) and each.module:
                names = {f"{each.module}.{alias.name}" for alias in each.names}
                found |= {name if name in known else each.module for name in names}
            elif isinstance(each, ast.Import):
                found |= {alias.name for alias in each.names}
    return {name for name in found if name in known}


def _is_deferred(node: ast.stmt) -> bool:
    asked = ast.unparse(node.test) if isinstance(node, ast.If) else ""
    return asked in ("TYPE_CHECKING", "__name__ == '__main__'") or isinstance(node, ast.FunctionDef | ast.ClassDef)


def test_no_module_imports_itself_by_way_of_others() -> None:
    known = _modules()
    graph = {name: _imports(path, known) for name, path in known.items()}
    assert sum(map(len, graph.values())) > 300, "the imports were not found"
    list(TopologicalSorter(graph).static_order())  # raises CycleError with the circle


def test_packages_import_one_way() -> None:
    known = _modules()
    wrong = [
        f"{name} imports {other}"
        for name, path in known.items()
        for other in _imports(path, known)
        if PACKAGES.index(other.split(".")[0]) > PACKAGES.index(name.split(".")[0])
    ]
    assert not wrong


@pytest.mark.parametrize("package", PACKAGES)
def test_rooms_of_a_package_import_one_way(package: str) -> None:
    known, rooms = _modules(), ORDER[package]
    wrong = []
    for name, path in known.items():
        room = [*name.split("."), ""][1]
        for other in _imports(path, known) if name.startswith(f"{package}.") and room in rooms else ():
            above = other.split(".")[1] if other.startswith(f"{package}.") else ""
            if above in rooms and rooms.index(above) > rooms.index(room):
                wrong.append(f"{name} imports {other}")
    assert not wrong


def test_no_room_is_crowded() -> None:
    folders = {path.parent for path in _modules().values() if path.parent.name != "versions"}
    counts = {folder: len([p for p in folder.glob("*.py") if p.name != "__init__.py"]) for folder in folders}
    crowded = {str(folder.relative_to(PROJECT_DIR)): n for folder, n in counts.items() if n > MOST_MODULES}
    assert not crowded
