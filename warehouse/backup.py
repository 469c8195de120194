"""A copy of everything that cannot be made again: the database, the archive with its manifest and code, the intake.

A backup knows the checksum of every table that it holds; restoring compares each.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from core import db
from core.errors import WarehouseError
from core.private import private_folder
from core.server.usable import require_usable
from core.server.wheel import client
from core.settings import settings
from ingest.archive.store import Archive
from ingest.archive.tombstones import remove_buried
from ingest.archive.verify import verify_archive
from warehouse.bootstrap import create_database, create_roles, grant_connections
from warehouse.refresh.code_archive import code_faults

DUMP, CHECKSUMS = "database.dump", "checksums.json"
KEPT = ("audit", "raw", "marts", "history", "restricted", "restricted_history")  # a refresh makes the others again
NEWER_SETTINGS = (b"SET transaction_timeout ",)  # from PostgreSQL 17 on
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
    faults: tuple[str, ...] = ()  # what of the archive is not as it was kept


def backup(target: Path) -> BackupReport:
    """Write a backup into a new folder of `target`; archived files, which never change, lie once beside them all."""
    folder = target.absolute() / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    draft = folder.with_name(f"{folder.name}.part")
    private_folder(draft)
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
    copy = target.absolute() / FOLDERS[0]
    remove_buried(copy)
    faults = (*_archive_faults(copy), *code_faults(copy)[1])
    return BackupReport(folder, len(sums), sum(rows for rows, _ in sums.values()), files, faults)


def _archive_faults(folder: Path) -> list[str]:
    try:
        return verify_archive(Archive(folder)).faults
    except WarehouseError as error:  # the manifest itself: what is in the database is backed up all the same
        return [error.message]


def restore(folder: Path) -> BackupReport:
    """Fill an empty database and working folder from a backup, then compare every table's checksum.

    WarehouseError where the database already holds a warehouse, or where a table is not what was backed up.
    """
    folder = folder.absolute()
    if not (folder / CHECKSUMS).exists():
        raise WarehouseError(f"{folder} is no backup: it has no {CHECKSUMS}.", remedy="Name one of the dated folders.")
    if not settings().database_url:
        create_database(settings().database)
    with db.connect(autocommit=True) as connection:
        require_usable(connection)
    with db.connect() as connection:
        found = connection.execute("select to_regnamespace('audit')").fetchone()
        if found and found[0]:
            raise WarehouseError(
                f"The database {connection.info.dbname} already holds a warehouse.",
                remedy="Restore into an empty one: another WAREHOUSE_STATE_DIR, or after `make reset`.",
            )
        create_roles(connection)
        grant_connections(connection, connection.info.dbname)
    _fill(folder / DUMP)
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


def copy_kept_rows(
    folder: Path, place: tuple[str, str], connection: psycopg.Connection, target: sql.Identifier
) -> None:
    """Copy the rows that a backup holds of a table into another one of the same columns, row by row."""
    schema, table = place
    command = [client("pg_restore"), "--data-only", f"--schema={schema}", f"--table={table}", "--file=-",
               str(folder.absolute() / DUMP)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as read:
        assert read.stdout and read.stderr, "both are pipes"
        head = next((line for line in read.stdout if line.startswith(b"COPY ")), b"")
        if head:
            names = head[head.index(b"(") + 1 : head.rindex(b")")].decode().split(", ")
            columns = sql.SQL(", ").join(sql.Identifier(name.strip('"')) for name in names)
            with connection.cursor().copy(sql.SQL("copy {} ({}) from stdin").format(target, columns)) as copy:
                for line in read.stdout:
                    if line == b"\\.\n":
                        break
                    copy.write(line)
        read.stdout.read()
        said = read.stderr.read()
    _require("pg_restore", read.returncode, said)
    if not head:
        raise WarehouseError(f"{folder} holds no {schema}.{table}.", remedy="Name a later backup.")


def _checksums(connection: psycopg.Connection) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for schema, table in connection.execute(TABLES, [list(KEPT)]).fetchall():
        row = connection.execute(sql.SQL(CHECKSUM).format(sql.Identifier(schema, table))).fetchone()
        found[f"{schema}.{table}"] = row or (0, "0")
    return found


def _copy_missing(source: Path, target: Path) -> int:
    copied = 0
    if source.exists():
        private_folder(target)
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
    """Run a client of PostgreSQL on the warehouse's database."""
    target, environment = _target()
    command = [client(program), target, *arguments]
    done = subprocess.run(command, capture_output=True, env=environment)
    _require(program, done.returncode, done.stderr)


def _fill(dump: Path) -> None:
    """Run a dump's statements, all or none. Through psql: pg_restore itself sends older servers what they refuse."""
    target, environment = _target()
    reading = [client("pg_restore"), "--file=-", str(dump)]
    writing = [client("psql"), target, "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
               "--output=/dev/null"]  # fmt: skip
    with (
        tempfile.TemporaryFile() as words,
        subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=words) as read,
        subprocess.Popen(writing, stdin=subprocess.PIPE, stderr=words, env=environment) as write,
    ):
        assert read.stdout and write.stdin, "both are pipes"
        with contextlib.suppress(BrokenPipeError):  # a psql that has failed hears no more: it says why
            for line in _known_to_all(read.stdout):
                write.stdin.write(line)
        read.stdout.close()
        if read.wait():
            write.kill()  # else it would commit the half that it has
        with contextlib.suppress(BrokenPipeError):
            write.stdin.close()
        write.wait()
        words.seek(0)
        said = words.read()
    # Where psql fails, pg_restore has nobody to write to; where pg_restore does, psql was ended by us.
    was_ended = read.returncode != 0 and write.returncode < 0
    _require("psql", 0 if was_ended else write.returncode, said)
    _require("pg_restore", read.returncode, said)


def _known_to_all(lines: Iterable[bytes]) -> Iterator[bytes]:
    """A dump without those of its first settings that not every server that we support knows."""
    before_anything = True
    for line in lines:
        before_anything = before_anything and not line.startswith(b"CREATE ")
        if not (before_anything and line.startswith(NEWER_SETTINGS)):
            yield line


def _target() -> tuple[str, dict[str, str]]:
    """The warehouse's database for a client. The password goes by the environment: anybody may read a command line."""
    target = conninfo_to_dict(db.admin_url())
    environment = os.environ | {"PGPASSWORD": str(target.pop("password", ""))}
    return f"--dbname={make_conninfo('', **target)}", environment


def _require(program: str, code: int, said: bytes) -> None:
    if code:
        lines = said.decode(errors="replace").strip().splitlines() or ["it said nothing"]
        first = next((line for line in lines if "error" in line.lower()), lines[0])
        raise WarehouseError(
            f"{program} failed: {first}", remedy="Mend what it says and run again; nothing half is kept."
        )
