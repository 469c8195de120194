"""Which known layout a published header is, whatever the order of its columns."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence

from ingest.definition.dataset import Dataset
from ingest.definition.layout import Layout
from ingest.readers.base import FileRefused
from ingest.readers.cells import SHOWN_LENGTH, shown

LIKE_ENOUGH = 0.6  # of difflib: from where a new column may be a missing one renamed
SHOWN_NAMES = 5  # how much of an unknown header a message shows


def known_layouts(
    names: Sequence[str], definition: Dataset, where: str, *, others_between: bool = False
) -> list[Layout]:
    """The layouts with exactly these columns; with `others_between`, those whose columns are all among them, once.

    FileRefused says what the closest one has and the file has not.
    """
    if known := [layout for layout in definition.layouts if layout.has_columns(names, others_between=others_between)]:
        return known
    closest = max(definition.layouts, key=lambda layout: _likeness(layout, names))
    missing = [name for name in closest.columns if name not in names]
    new = [name for name in names if name not in (*closest.columns, *(closest.ignored or ()))]
    if others_between:  # most of what is new has always stood there
        unknown = [name for name in names if not any(name in layout.columns for layout in definition.layouts)]
        new = [each for name in missing for each in difflib.get_close_matches(name, unknown, 1, LIKE_ENOUGH)]
    repeated = [name for name in closest.columns if list(names).count(name) > 1]
    differences = [
        f"{what} {', '.join(map(_quoted, which[:SHOWN_NAMES]))}{' and more' if len(which) > SHOWN_NAMES else ''}"
        for what, which in (
            ("missing", missing),
            ("new, and much alike:" if others_between else "new", new),
            ("repeated", repeated),
        )
        if which
    ]
    drafted = f" (warehouse dataset propose <file> --dataset {definition.dataset} drafts it)"
    raise FileRefused(
        f"{where}: the header is not known: {'; '.join(differences)}; the closest known layout is {closest.name}"
        + ("" if others_between else f" ({', '.join(closest.columns)})"),
        f"If the publisher has renamed columns, add the header to layouts in {definition.dataset}.yml"
        f"{'' if others_between else drafted}; else fetch the file again.",
        is_publishers=True,
    )


def _likeness(layout: Layout, found: Sequence[str]) -> tuple[float, float]:
    shared = len(set(layout.columns) & set(found)) / len(layout.columns)
    alike = difflib.SequenceMatcher(None, " ".join(sorted(layout.columns)), " ".join(sorted(found))[:1000]).ratio()
    return shared, alike


def _quoted(name: str) -> str:
    """A long name with its middle left out: two long names mostly differ at one of their ends."""
    if len(name) <= 2 * SHOWN_LENGTH:
        return json.dumps(name, ensure_ascii=False)
    return f"{shown(name)[:-1]} ... {shown(name[-SHOWN_LENGTH:])[1:]}"
