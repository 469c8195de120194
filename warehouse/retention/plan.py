"""What has come to the end of its time: rows and archived files by their definition, working files by a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import psycopg
import yaml

from core import db
from core.settings import settings
from ingest.archive.store import Archive, ArchivedFile
from ingest.archive.tombstones import tombstones
from ingest.definition.dataset import Dataset, load_definitions

WORKING_FILES = Path(__file__).with_name("working_files.yml")
BATCHES = """
    select
        b.batch_id, b.sha256, f.name, f.arrived_at, b.status, b.records_loaded,
        (
            select max(p.publication_id)
            from audit.refresh_input as i inner join audit.publication as p using (refresh_id)
            where i.batch_id = b.batch_id and p.publication_id = (select max(publication_id) from audit.publication)
        ),
        exists (select from audit.tombstone as t where t.batch_id = b.batch_id)
    from audit.batch as b
    inner join audit.batch_file as f using (batch_id)
    where b.dataset = %s
    order by f.arrived_at, b.batch_id
"""
COUNTS = ("accepted", "pending")


@dataclass(frozen=True)
class Batch:
    """The rows of one file; `held` says why they do not go yet."""

    dataset: str
    batch_id: str
    sha256: str
    name: str
    arrived_at: datetime
    rows: int
    held: str | None


@dataclass(frozen=True)
class WorkingFiles:
    """Files or folders of one kind that are older than such are kept."""

    what: str
    days: int
    paths: tuple[Path, ...]

    @property
    def size(self) -> int:
        """Bytes that they take."""
        found = [each for path in self.paths for each in ([path] if path.is_file() else path.rglob("*"))]
        return sum(each.stat().st_size for each in found if each.is_file())


@dataclass(frozen=True)
class Plan:
    """All that is due on a day: rows, archived files that nothing else is of, working files."""

    day: date
    batches: list[Batch]
    files: list[ArchivedFile]
    working: list[WorkingFiles]
    years: dict[str, int]

    @property
    def going(self) -> list[Batch]:
        """The batches that nothing holds."""
        return [batch for batch in self.batches if not batch.held]


def make_plan(day: date, backups: Path | None = None) -> Plan:
    """What would go on that day. Nothing is changed."""
    definitions = [each for each in load_definitions().values() if each.keep_years]
    batches: list[Batch] = []
    files: list[ArchivedFile] = []
    archive = Archive(settings().archive_dir)
    buried = tombstones(archive.folder)
    entries = archive.entries()
    with db.connect("auditor") as connection:
        for definition in definitions:
            own, kept = _batches(connection, definition, _first_kept(definition, day))
            batches += own
            kept |= {batch.sha256 for batch in own if batch.held}
            kept |= {entry.sha256 for entry in entries if entry.dataset != definition.dataset}
            files += [
                entry
                for entry in entries
                if entry.dataset == definition.dataset
                and entry.fetched_at < _first_kept(definition, day)
                and entry.sha256 not in kept
                and (entry.sha256 not in buried or archive.path(entry.sha256).exists())
            ]
    years = {definition.dataset: definition.keep_years or 0 for definition in definitions}
    return Plan(day, batches, files, _working(day, backups), years)


def _first_kept(definition: Dataset, day: date) -> datetime:
    years = definition.keep_years or 0
    leap = day.month == 2 and day.day == 29
    return datetime.combine(day.replace(year=day.year - years, day=28 if leap else day.day), time(), UTC)


def _batches(connection: psycopg.Connection, definition: Dataset, before: datetime) -> tuple[list[Batch], set[str]]:
    """The batches that are due, and the files of those that are not."""
    due, kept = [], set()
    for batch_id, sha256, name, arrived_at, status, rows, publication, is_gone in connection.execute(
        BATCHES, [definition.dataset]
    ):
        if arrived_at >= before:
            kept.add(sha256)
        elif not is_gone:
            held = None
            if status in COUNTS:
                held = f"it is {status}: `warehouse withdraw {batch_id[:12]} ...` first, its figures stay in history"
            elif publication:
                held = f"publication {publication} stands on it: it goes once a later one does without it"
            due.append(Batch(definition.dataset, batch_id, sha256, name, arrived_at, rows, held))
    return due, kept


def _working(day: date, backups: Path | None) -> list[WorkingFiles]:
    now = settings()
    rules: list[dict[str, Any]] = yaml.safe_load(WORKING_FILES.read_text(encoding="utf-8"))
    found = []
    for rule in rules:
        folder = backups if rule["folder"] == "backups" else getattr(now, rule["folder"])
        oldest = datetime.combine(day - timedelta(days=rule["days"]), time(), UTC).timestamp()
        paths = [path for path in folder.glob(rule["files"]) if not path.is_symlink()] if folder else []
        if rule["folder"] != "backups":
            paths = [path for path in paths if path.is_file()]
        paths.sort(key=lambda path: path.stat().st_mtime)
        old = [path for path in paths[: len(paths) - rule.get("keep", 0)] if path.stat().st_mtime < oldest]
        if old:
            found.append(WorkingFiles(rule["what"], rule["days"], tuple(old)))
    return found
