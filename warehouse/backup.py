"""A copy of everything that cannot be made again: the database, the archive with its manifest and code, the intake.

A backup knows the checksum of every table that it holds; restoring compares each.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from core import db
from core.errors import WarehouseError
from core.server.wheel import client
from core.settings import settings
from warehouse.bootstrap import create_database, create_roles, grant_connections
from warehouse.publish.mart_catalogue import PLAIN_TEXT

DUMP, CHECKSUMS = "database.dump", "checksums.json"
KEPT = ("audit", "raw", "marts", "history", "restricted", "restricted_history")  # a refresh makes the others again
FOLDERS = ("archive", "intake")
TABLES = "select schemaname, tablename from pg_tables where schemaname = any(%s) order by 1, 2"
CHECKSUM = "select count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint), 0)::text from {} as t"


@dataclass(frozen=True)
class BackupReport:
    """Where a backup is, or came from: its tables, their rows, the files that were copied for it."""

    folder: Path
    tables: int
    rows: int
    files: int


def backup(target: Path) -> BackupReport:
    """Write a backup into a new folder of `target`; archived files, which never change, lie once beside them all."""
    folder = target.absolute() / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    draft = folder.with_name(f"{folder.name}.part")
    draft.mkdir(parents=True)
    # The files first: what the database knows at its snapshot is then in the copy.
    files = sum(_copy_missing(settings().work_dir / name, target.absolute() / name) for name in FOLDERS)
    with db.connect() as connection:
        connection.execute("set transaction isolation level repeatable read")
        snapshot = (connection.execute("select pg_export_snapshot()").fetchone() or ("",))[0]
        schemas = [argument for schema in KEPT for argument in ("--schema", schema)]
        _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={draft / DUMP}", *schemas)
        sums = _checksums(connection)
    # After the snapshot too: a file that came meanwhile is in the manifest's copy, and does no harm.
    files += sum(_copy_missing(settings().work_dir / name, target.absolute() / name) for name in FOLDERS)
    (draft / CHECKSUMS).write_text(json.dumps(sums, indent=1))
    draft.rename(folder)
    return BackupReport(folder, len(sums), sum(rows for rows, _ in sums.values()), files)


def restore(folder: Path) -> BackupReport:
    """Fill an empty database and working folder from a backup, then compare every table's checksum.

    WarehouseError where the database already holds a warehouse, or where a table is not what was backed up.
    """
    folder = folder.absolute()
    if not (folder / CHECKSUMS).exists():
        raise WarehouseError(f"{folder} is no backup: it has no {CHECKSUMS}.", remedy="Name one of the dated folders.")
    if not settings().database_url:
        create_database(settings().database)
    with db.connect() as connection:
        found = connection.execute("select to_regnamespace('audit')").fetchone()
        if found and found[0]:
            raise WarehouseError(
                f"The database {connection.info.dbname} already holds a warehouse.",
                remedy="Restore into an empty one: another WAREHOUSE_STATE_DIR, or after `make reset`.",
            )
        create_roles(connection)
        grant_connections(connection, connection.info.dbname)
    _run("pg_restore", "--exit-on-error", str(folder / DUMP))
    with db.connect() as connection:
        connection.execute("revoke all on schema public from public; analyze")
    files = sum(_copy_missing(folder.parent / name, settings().work_dir / name) for name in FOLDERS)
    with db.connect() as connection:
        sums = _checksums(connection)
    wanted = {name: (rows, total) for name, (rows, total) in json.loads((folder / CHECKSUMS).read_text()).items()}
    if wrong := [name for name in wanted.keys() | sums.keys() if wanted.get(name) != sums.get(name)]:
        raise WarehouseError(
            f"{len(wrong)} tables are not what was backed up, the first is {min(wrong)}.",
            remedy="The backup is damaged: do not use this database; restore an older one.",
        )
    return BackupReport(folder, len(sums), sum(rows for rows, _ in sums.values()), files)


def _checksums(connection: psycopg.Connection) -> dict[str, tuple[int, str]]:
    connection.execute(PLAIN_TEXT)
    found: dict[str, tuple[int, str]] = {}
    for schema, table in connection.execute(TABLES, [list(KEPT)]).fetchall():
        row = connection.execute(sql.SQL(CHECKSUM).format(sql.Identifier(schema, table))).fetchone()
        found[f"{schema}.{table}"] = row or (0, "0")
    return found


def _copy_missing(source: Path, target: Path) -> int:
    copied = 0
    for path in source.rglob("*"):
        place = target / path.relative_to(source)
        # Archived files are named by their content; the manifest and the intake's files grow.
        if path.is_file() and not (place.exists() and place.stat().st_size == path.stat().st_size):
            place.parent.mkdir(parents=True, exist_ok=True)
            draft = place.with_name(f"{place.name}.part")
            shutil.copy2(path, draft)
            draft.replace(place)
            copied += 1
    return copied


def _run(program: str, *arguments: str) -> None:
    """Run a client of PostgreSQL on the warehouse's database. The password goes by the environment: every user of the
    machine can read a command line."""
    target = conninfo_to_dict(db.admin_url())
    environment = os.environ | {"PGPASSWORD": str(target.pop("password", ""))}
    command = [client(program), f"--dbname={make_conninfo('', **target)}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise WarehouseError(
            f"{program} failed: {said}", remedy="Mend what it says and run again; nothing half is kept."
        )
