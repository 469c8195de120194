"""Files of the inbox that no dataset asks for. They are left where they are, and said."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from core import db
from ingest.definition.dataset import Dataset, load_definitions
from ingest.sources import choose_sources, is_of_another_kind

MOST_FOLDERS = 12  # named in the line; the rest is a number


def left_in_the_inbox() -> str | None:
    """One line: how many files of the sources are taken in by no dataset, and in which folders. None where all are."""
    with db.connect("loader") as connection:
        sources = choose_sources(connection)
    if sources.is_generated:  # the plans lie beside the extracts
        return None
    definitions = list(load_definitions().values())
    found = [
        _told(unclaimed_files(sources.folder, definitions), "left, dataset unknown"),
        _told(other_kinds(sources.folder, definitions), "of another kind than those of their folder"),
    ]
    return "; ".join(filter(None, found)) or None


def _told(folders: dict[str, int], what: str) -> str | None:
    if not folders:
        return None
    named = [f"{folder} ({count:,})" for folder, count in sorted(folders.items())[:MOST_FOLDERS]]
    more = len(folders) - len(named)
    total = sum(folders.values())
    return (
        f"{total:,} {'file' if total == 1 else 'files'} {what}: {', '.join(named)}"
        f"{f' and {more:,} more folders' if more else ''}"
    )


def other_kinds(inbox: Path, definitions: Iterable[Dataset]) -> dict[str, int]:
    """How many files each folder of a dataset holds whose name is not as those of its files are, and of which nobody
    says why they lie there."""
    claims: dict[str, list[Dataset]] = {}
    for each in definitions:
        for folder in each.inbox_folders:
            claims.setdefault(f"{each.domain}/{folder}", []).append(each)
    left: Counter[str] = Counter()
    for place, owners in claims.items():
        for folder, below, files in os.walk(inbox / place):
            below[:] = [name for name in below if not name.startswith(".")]
            left[place] += sum(all(is_of_another_kind(Path(folder, name), owner) for owner in owners) for name in files)
    return {place: count for place, count in left.items() if count}


def unclaimed_files(inbox: Path, definitions: Iterable[Dataset]) -> dict[str, int]:
    """How many files each folder `<domain>/<folder>`, or above, holds that is no dataset's; hidden ones aside."""
    claimed = {f"{each.domain}/{folder}" for each in definitions for folder in each.inbox_folders}
    left: Counter[str] = Counter()
    for folder, below, files in os.walk(inbox):
        below[:] = [name for name in below if not name.startswith(".")]
        place = "/".join(Path(folder).relative_to(inbox).parts[:2]) or "."
        if place in claimed:
            below.clear()
            continue
        if count := sum(not name.startswith(".") for name in files):
            left[os.fsencode(place).decode("utf-8", "backslashreplace")] += count
    return dict(left)
