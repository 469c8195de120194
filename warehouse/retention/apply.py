"""Removing what is due, in a person's name: rows and bytes go, a tombstone of each stays. Done again, it goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

from core import db
from core.locks import no_refresh
from core.settings import settings
from ingest.archive.tombstones import bury, remove_buried
from ingest.sign_off import side_car
from warehouse.checks.acceptance import require_person
from warehouse.retention.plan import Plan

REMOVE = "select audit.remove_rows(%s, %s, %s)"
NOTE = "select audit.note_removal(%s, %s, %s, %s, %s, %s, %s, %s)"
BACKED_UP = ("archive", "intake")


def apply_plan(plan: Plan, name: str, reason: str, backups: Path | None = None) -> int:
    """Remove all that the plan names and nothing holds; the rows that went.

    Of a backup's archive the same bytes go; what its dumps hold goes with them.
    """
    require_person(name, reason)
    rows = 0
    archive = settings().archive_dir
    with no_refresh("transformer"), db.connect("steward", autocommit=True) as steward:
        for batch in plan.going:
            rows += (steward.execute(REMOVE, [batch.batch_id, name, reason]).fetchone() or (0,))[0]
        for file in plan.files:
            bury(
                archive, file.sha256, size=file.bytes, name=file.name, fetched_at=file.fetched_at, by=name,
                reason=reason,
            )  # fmt: skip
            for folder in (settings().intake_dir, *([backups / BACKED_UP[1]] if backups else [])):
                _remove_signed(folder, file.sha256)
            steward.execute(
                NOTE, ["file", file.dataset, file.sha256, file.name, file.bytes, file.fetched_at, name, reason]
            )
        if backups:
            _remove_from_copy(archive, backups / BACKED_UP[0])
        for kind in plan.working:
            for path in kind.paths:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            steward.execute(NOTE, ["working files", None, None, kind.what, len(kind.paths), None, name, reason])
    return rows


def _remove_signed(folder: Path, sha256: str) -> None:
    """The copy that `intake add` keeps, named by the start of its hash, and the signature beside it."""
    for path in folder.rglob(f"*.{sha256[:12]}.csv"):
        side_car(path).unlink(missing_ok=True)
        path.unlink()


def _remove_from_copy(archive: Path, copy: Path) -> None:
    if copy.is_dir():
        shutil.copy2(archive / "tombstones.jsonl", copy) if (archive / "tombstones.jsonl").exists() else None
        remove_buried(copy)
