"""Making the morning page: read as a reader, written whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psycopg

from core import db
from core.errors import WarehouseError
from core.roles import EVERYBODY
from warehouse.report.declared import MARTS_FOLDER, exhibits
from warehouse.report.figures import read
from warehouse.report.page import page
from warehouse.report.state import read_state

PAGE = "index.html"


@dataclass(frozen=True)
class Made:
    """The page that was written, and of which publication it is."""

    path: Path
    publication: int
    size: int


def make(folder: Path, marts: Path = MARTS_FOLDER) -> Made:
    """Write the page of the standing publication into the folder; `marts` is where they declare what it shows."""
    with db.connect(EVERYBODY) as connection:
        # One snapshot: a publication that comes meanwhile is in all of the page or in none of it.
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        state = read_state(connection)
        if state is None:
            raise WarehouseError("Nothing has been published yet: there is nothing to show.", remedy="`make run`.")
        text = page(state, read(connection, exhibits(marts)))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / PAGE
    draft = path.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
    return Made(path, state.number, len(text.encode()))
