"""Making the morning page: read as a reader, written whole or not at all."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import psycopg

from core import db
from core.errors import WarehouseError
from core.private import private_folder
from core.roles import EVERYBODY
from core.settings import settings
from warehouse.report.declared import MARTS_FOLDER, exhibits
from warehouse.report.figures import read
from warehouse.report.page import TEMPLATES, page
from warehouse.report.state import State, read_state

PAGE = "index.html"


@dataclass(frozen=True)
class Made:
    """The page that was written, and of which publication it is."""

    path: Path
    publication: int
    size: int


def make(folder: Path | None = None, marts: Path = MARTS_FOLDER) -> Made:
    """Write the page of the standing publication into the folder, else into the deployment's own, which is private.

    `marts` is where they declare what it shows.
    """
    made = _make(folder, marts, even_if_known=True)
    if made is None:
        raise WarehouseError("Nothing has been published yet: there is nothing to show.", remedy="`make run`.")
    return made


def make_if_new(folder: Path | None = None, marts: Path = MARTS_FOLDER) -> Made | None:
    """The same where the page that lies there says something else; None where it does not, or nothing is published."""
    return _make(folder, marts, even_if_known=False)


def _make(folder: Path | None, marts: Path, *, even_if_known: bool) -> Made | None:
    folder = folder or private_folder(settings().report_dir)
    path = folder / PAGE
    with db.connect(EVERYBODY) as connection:
        # One snapshot: a publication that comes meanwhile is in all of the page or in none of it.
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        state = read_state(connection)
        if state is None:
            return None
        mark = _mark(state, marts)
        if not even_if_known and path.exists() and mark in path.read_text(encoding="utf-8"):
            return None
        text = page(state, read(connection, exhibits(marts)), mark)
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
    return Made(path, state.number, len(text.encode()))


def _mark(state: State, marts: Path) -> str:
    """What tells two pages apart: what they say of the publication, and how they are drawn."""
    parts = [repr(state), repr(exhibits(marts)), *(each.read_text() for each in sorted(TEMPLATES.iterdir()))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
