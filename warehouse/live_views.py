"""The live views of `marts`: one file each in `migrations/live_views`, made again whenever its file or a table changes.

A file begins with `create or replace view`, which lets readers keep what they hang on it and may add columns at the
end. A column that goes needs a migration that drops the view first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

FILES = Path(__file__).parent / "migrations" / "live_views"


def are_current(connection: psycopg.Connection) -> bool:
    """Whether every live view was made from its file as it is now."""
    made: dict[str, str] = dict(connection.execute("select view_name, sha256 from audit.live_view").fetchall())
    return made == {path.stem: _sha256(path) for path in FILES.glob("*.sql")}


def make(execute: Callable[[str], Any]) -> None:
    """Make each view from its file, and note the file's hash. `execute` runs SQL without parameters."""
    execute("delete from audit.live_view")
    for path in sorted(FILES.glob("*.sql")):
        execute(path.read_text())
        execute(f"insert into audit.live_view (view_name, sha256) values ('{path.stem}', '{_sha256(path)}')")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
