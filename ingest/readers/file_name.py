"""Fields that stand in a file's name and in none of its columns."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePosixPath

from ingest.definition.dataset import Dataset
from ingest.definition.formats import Table
from ingest.readers.base import FileRefused
from ingest.readers.cells import CellFault, cell_value, shown

GENERATED_PREFIX = "GENERATED_"  # of made-up extracts, before the name that the publisher gives
# A folder that says when its publisher released what lies in it: `released-2024-11-20`.
RELEASED = r"(?:^|/)released-([0-9]{4}-[0-9]{2}-[0-9]{2})/"
MEMBER = re.compile(r"\.zip!", re.IGNORECASE)  # where the name of a member of a zip begins


def release_fault(name: str) -> FileRefused | None:
    """Why a file is not read whose folder says that it was released on a day that there is not."""
    try:
        for text in re.findall(RELEASED, name):
            date.fromisoformat(text)
    except ValueError:
        return FileRefused("its folder says that it was released on no day", "Name the folder released-YYYY-MM-DD.")
    return None


def named_texts(definition: Dataset, settings: Table, name: str) -> dict[str, str]:
    """The text of each field that the name gives; empty where the definition asks it for none. Else FileRefused."""
    if not settings.file_name:
        return {}
    remedy = f"Give the file the name it was published under: it must match {settings.file_name}."
    base = PurePosixPath(MEMBER.split(name)[-1]).name.removeprefix(GENERATED_PREFIX)
    match = re.fullmatch(settings.file_name, base)
    if not match:
        raise FileRefused(f"its name {shown(base)} does not say what the file is about", remedy)
    try:
        for field, text in match.groupdict().items():
            cell_value(definition.field(field), text)
    except CellFault as fault:
        raise FileRefused(f"its name: {fault.reason}", remedy) from fault
    return match.groupdict()
