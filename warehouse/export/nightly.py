"""The workbooks of the night beside the morning page: a folder a day, for a month."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import psycopg

from warehouse.export.read import read
from warehouse.export.workbook import write_workbook
from warehouse.publish.mart_catalogue import published_tables
from warehouse.report.declared import marts_of, workbooks
from warehouse.report.make import BOOKS
from warehouse.report.state import LONDON, State

KEPT = 31  # days; `warehouse export --as-of` makes any older one again


def write_books(connection: psycopg.Connection, state: State, folder: Path) -> list[Path]:
    """Write every workbook into the folder of today; those of marts that are not published are left out."""
    home = folder / BOOKS / f"{datetime.now(LONDON):%Y-%m-%d}"
    home.mkdir(parents=True, exist_ok=True)
    known, written = published_tables(connection), []
    for name in workbooks():
        if marts := [mart for mart in marts_of(name) if mart in known]:
            path = home / f"{name}.xlsx"
            write_workbook(path, name.capitalize(), state, [read(connection, mart) for mart in marts])
            written.append(path)
    for old in sorted(each for each in home.parent.iterdir() if each.is_dir())[:-KEPT]:
        shutil.rmtree(old)
    return written
