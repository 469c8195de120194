"""Making the morning page: read as a reader, written whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
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
from warehouse.report.page import TEMPLATES, Beside, page
from warehouse.report.pictures import Pictures
from warehouse.report.state import State, read_state

PAGE = "index.html"
LINEAGE = "docs/lineage.html"
BOOKS = "workbooks"
PAGES = {"docs/index.html": "all", "docs/dictionary.html": "dictionary", "docs/checks.html": "checks"}


@dataclass(frozen=True)
class Made:
    """The page that was written, of which publication it is, how large, how many of its pictures were drawn anew."""

    path: Path
    publication: int
    size: int
    drawn: int


# What else is written into the folder of the page, from the same snapshot and before it: the page links to it.
Beforehand = Callable[[psycopg.Connection, State, Path], object]


def make(folder: Path | None = None, marts: Path = MARTS_FOLDER, beforehand: Beforehand | None = None) -> Made:
    """Write the page of the standing publication into the folder, else into the deployment's own, which is private.

    `marts` is where they declare what it shows.
    """
    made = _make(folder, marts, beforehand, even_if_known=True)
    if made is None:
        raise WarehouseError("Nothing has been published yet: there is nothing to show.", remedy="`make run`.")
    return made


def make_if_new(
    folder: Path | None = None, marts: Path = MARTS_FOLDER, beforehand: Beforehand | None = None
) -> Made | None:
    """The same where the page that lies there says something else; None where it does not, or nothing is published."""
    return _make(folder, marts, beforehand, even_if_known=False)


def _make(folder: Path | None, marts: Path, beforehand: Beforehand | None, *, even_if_known: bool) -> Made | None:
    folder = folder or private_folder(settings().report_dir)
    path = folder / PAGE
    with db.connect(EVERYBODY) as connection:
        # One snapshot: a publication that comes meanwhile is in all of the page or in none of it.
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        state = read_state(connection)
        if state is None:
            return None
        mark = _mark(state, marts, _beside(folder))
        if not even_if_known and path.exists() and mark in path.read_text(encoding="utf-8"):
            return None
        if beforehand:
            beforehand(connection, state, folder)
        beside = _beside(folder)
        mark = _mark(state, marts, beside)
        pictures = Pictures(private_folder(settings().pictures_dir))
        text = page(state, read(connection, exhibits(marts)), mark, pictures, beside)
    pictures.forget_others()
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
    return Made(path, state.number, len(text.encode()), pictures.drawn)


def _beside(folder: Path) -> Beside:
    """What lies beside the page: links go to nothing that is not there."""
    days = sorted(each for each in (folder / BOOKS).glob("*") if each.is_dir())
    books = (
        [(each.stem.capitalize(), each.relative_to(folder).as_posix()) for each in sorted(days[-1].glob("*.xlsx"))]
        if days
        else []
    )
    pages = tuple((name, address) for address, name in PAGES.items() if (folder / address).exists())
    return Beside(LINEAGE if (folder / LINEAGE).exists() else None, tuple(books), pages)


def _mark(state: State, marts: Path, beside: Beside) -> str:
    """What tells two pages apart: what they say of the publication, and how they are drawn."""
    parts = [
        repr(state),
        repr(beside),
        repr(exhibits(marts)),
        *(each.read_text() for each in sorted(TEMPLATES.iterdir())),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
