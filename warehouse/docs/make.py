"""Making the pages: read as a reader, each written whole or not at all, none where they say the same already."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import psycopg
from markupsafe import Markup

from core import db
from core.errors import WarehouseError
from core.private import private_folder
from core.roles import EVERYBODY, ROLES
from core.settings import settings
from ingest.definition.dataset import load_definitions
from warehouse.docs.dictionary import as_csv, as_xlsx
from warehouse.docs.drawing import draw
from warehouse.docs.read import MOST_CHANGES, SCHEMAS, Site, read_site
from warehouse.report.page import TEMPLATES, templates

OWN_TEMPLATES = Path(__file__).with_name("templates")
FOLDER = "docs"  # beside the morning page, which is served with it
FRONT = "index.html"
# The first is the front page; each links to all.
PAGES = {
    FRONT: "Documentation",
    "dictionary.html": "Dictionary",
    "lineage.html": "Lineage",
    "checks.html": "Checks",
    "rights.html": "Who may do what",
    "sources.html": "Sources and licences",
    "changes.html": "Publications and changes",
}


@dataclass(frozen=True)
class Made:
    """Where the pages are, and of which publication."""

    path: Path
    publication: int
    size: int


def make(folder: Path | None = None) -> Made:
    """Write the pages into the folder, else beside the morning page, which is private."""
    made = _make(folder, even_if_known=True)
    if made is None:
        raise WarehouseError("Nothing has been published yet: there is nothing to describe.", remedy="`make run`.")
    return made


def make_if_new(folder: Path | None = None) -> Made | None:
    """The same where something else is published, or they are drawn otherwise; None where not."""
    return _make(folder, even_if_known=False)


def _make(folder: Path | None, *, even_if_known: bool) -> Made | None:
    folder = folder or private_folder(settings().report_dir) / FOLDER
    with db.connect(EVERYBODY) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        mark = _mark(connection)
        front = folder / FRONT
        if not even_if_known and front.exists() and mark in front.read_text(encoding="utf-8"):
            return None
        site = read_site(connection)
    if site is None:
        return None
    files = {name: _page(name, site, mark).encode() for name in PAGES}
    files |= {"dictionary.csv": as_csv(site), "dictionary.xlsx": as_xlsx(site)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in reversed(files.items()):  # the front page, which has the mark, comes last
        draft = folder / f"{name}.draft"
        draft.write_bytes(content)
        draft.replace(folder / name)
    return Made(front, site.current["publication_id"], sum(map(len, files.values())))


def _mark(connection: psycopg.Connection) -> str:
    """What tells two states of the pages apart: the publication, the newest check, and how they are drawn."""
    said = connection.execute(
        "select (select max(publication_id) from marts.publication), "
        "(select max(checked_at) from marts.quality_result), (select md5(string_agg(d::text, '')) "
        "from (select dataset, latest_vintage, status from marts.data_freshness order by dataset) as d)"
    ).fetchone()
    drawn = [path.read_text(encoding="utf-8") for path in sorted([*OWN_TEMPLATES.iterdir(), TEMPLATES / "style.css"])]
    return hashlib.sha256("\0".join([repr(said), *drawn]).encode()).hexdigest()


def _page(name: str, site: Site, mark: str) -> str:
    found = templates(OWN_TEMPLATES).get_template(f"{name}.j2")
    return found.render(
        site=site,
        here=name,
        pages=PAGES,
        mark=mark,
        roles=ROLES,
        schemas=SCHEMAS,
        drawings={mart.name: draw(mart) for mart in site.marts} if name == "lineage.html" else {},
        definitions=load_definitions() if name == "sources.html" else {},
        most_changes=MOST_CHANGES,
        style=Markup((TEMPLATES / "style.css").read_text(encoding="utf-8")),  # noqa: S704 (our own file)
    )
