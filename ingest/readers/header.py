"""Which known layout a published header is, whatever the order of its columns."""

from __future__ import annotations

import difflib

from ingest.definition.dataset import Dataset
from ingest.definition.layout import Layout
from ingest.readers.base import FileRefused
from ingest.readers.cells import shown

SHOWN_NAMES = 5  # how much of an unknown header a message shows


def known_layout(names: list[str], definition: Dataset, line: int = 1) -> Layout:
    """The layout with exactly these columns, where no two share them. FileRefused as for `known_layouts`."""
    return known_layouts(names, definition, line)[0]


def known_layouts(names: list[str], definition: Dataset, line: int = 1) -> list[Layout]:
    """The layouts with exactly these columns. FileRefused says what the closest one has and the file has not."""
    if known := [layout for layout in definition.layouts if layout.has_columns(names)]:
        return known
    closest = max(definition.layouts, key=lambda layout: _likeness(list(layout.columns), names))
    missing = [shown(name) for name in closest.columns if name not in names]
    new = [shown(name) for name in names if name not in (*closest.columns, *(closest.ignored or ()))]
    repeated = [shown(name) for name in closest.columns if names.count(name) > 1]
    differences = [
        f"{what} {', '.join(which[:SHOWN_NAMES])}{' and more' if len(which) > SHOWN_NAMES else ''}"
        for what, which in (("missing", missing), ("new", new), ("repeated", repeated))
        if which
    ]
    raise FileRefused(
        f"line {line}: the header is not known: {'; '.join(differences)}; "
        f"the closest known layout is {closest.name} ({', '.join(closest.columns)})",
        f"If the publisher has renamed columns, add the header to layouts in {definition.dataset}.yml "
        f"(warehouse dataset propose <file> --dataset {definition.dataset} drafts it); else fetch the file again.",
    )


def _likeness(known: list[str], found: list[str]) -> tuple[int, float]:
    alike = difflib.SequenceMatcher(None, " ".join(sorted(known)), " ".join(sorted(found))[:1000]).ratio()
    return len(set(known) & set(found)), alike
