"""A warehouse to be ill-treated: a first night is published, a second one is due; copies of it are made per trial."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import multiprocessing
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import forkserver
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from core.faults import HALT_AT
from core.server.embedded import EmbeddedServer
from core.settings import GENERATED_SOURCES, PROJECT_DIR
from warehouse.bootstrap import bootstrap, grant_connections

HERE = Path(__file__).parent
FEED = Path("crime") / "mps_borough_crime"
EXTRACT = "GENERATED_group_subgroup_bocu_202404-202603.csv"
SHIPPED = (
    "dbt_project/profiles.yml",
    "dbt_project/macros/generate_schema_name.sql",
    "dbt_project/macros/refresh.sql",
    "ingest/definitions",
    "quality_checks/raw",
)
NIGHT_SECONDS = 300
PAUSE_SECONDS = 0.02
MONTHS, OFFENCES = 6, 40  # of the extract: enough to restate, little enough to be read a thousand times
# What readers may see: the number of a publication, and both of its marts, whose sums agree.
STATE = """
    select
        (select max(publication_id) from marts.publication),
        (select sum(offence_count) from marts.crime_count), (select count(*) from marts.crime_count),
        (select sum(offence_count) from marts.crime_total), (select count(*) from marts.crime_total)
"""
# Everything that must come out the same: whole rows of marts, histories and raw, what was decided and published.
TABLES = ("marts", "history", "raw")
DECIDED = "select batch_id, status, vintage, records_read, records_loaded from audit.batch order by 1"
PUBLISHED = (
    "select publication_id, mart, row_count, inserted, updated, deleted, checksum, column_names "
    "from audit.publication_mart order by 1, 2"
)


@dataclass
class Place:
    """One copy: a database and a working folder of its own."""

    ground: Ground
    database: str
    work_dir: Path

    @property
    def log(self) -> str:
        """What its nights said."""
        path = self.work_dir / "night.log"
        return path.read_text() if path.exists() else ""

    def url(self) -> str:
        """Its database, as administrator."""
        return self.ground.server.admin_url(self.database)

    def night(self, project: Path | None = None, sources: Path | None = None, **settings: str) -> int:
        """Run a night in a process of its own; its exit code, -9 where it was killed."""
        return self.end(self.begin(project, sources, **settings))

    def begin(
        self, project: Path | None = None, sources: Path | None = None, **settings: str
    ) -> multiprocessing.process.BaseProcess:
        """Start a night with tonight's code and feed, or these, and leave it running."""
        environment = {
            "WAREHOUSE_STATE_DIR": str(self.ground.server.state_dir),
            "WAREHOUSE_DATABASE": self.database,
            "WAREHOUSE_WORK_DIR": str(self.work_dir),
            "SOURCES": str(sources or self.ground.inbox),
            **settings,
        }
        self.work_dir.mkdir(parents=True, exist_ok=True)
        arguments = (environment, str(project or self.ground.tonight), str(self.work_dir / "night.log"))
        process = self.ground.context.Process(target=_run, args=arguments)
        process.start()
        return process

    def end(self, process: multiprocessing.process.BaseProcess) -> int:
        """Wait for a night that was begun; its exit code."""
        process.join(NIGHT_SECONDS)
        if process.is_alive():
            process.kill()
            raise TimeoutError(f"a night took longer than {NIGHT_SECONDS} s:\n{self.log}")
        return int(process.exitcode or 0)

    def halted(self, point: str, sources: Path | None = None) -> multiprocessing.process.BaseProcess:
        """Start a night and wait until it halts at `point`; `go_on` has it go on."""
        process = self.begin(sources=sources, **{HALT_AT: point})
        watched = psutil.Process(process.pid)
        while watched.status() != psutil.STATUS_STOPPED:
            if not process.is_alive():
                raise RuntimeError(f"a night never came to {point}:\n{self.log}")
            time.sleep(PAUSE_SECONDS)
        return process

    def go_on(self, process: multiprocessing.process.BaseProcess) -> int:
        """Have a halted night go on to its end; its exit code."""
        psutil.Process(process.pid).resume()
        return self.end(process)

    def state(self) -> tuple:
        """What a reader sees now."""
        with psycopg.connect(self.url()) as connection:
            row = connection.execute(STATE).fetchone()
        assert row is not None, "a select without a condition returns a row"
        return row

    def fingerprint(self) -> dict[str, object]:
        """All that a night leaves, table by table: equal fingerprints, equal warehouses."""
        found: dict[str, object] = {}
        with psycopg.connect(self.url()) as connection:
            names = connection.execute(
                "select schemaname, tablename from pg_tables where schemaname = any(%s) order by 1, 2", [list(TABLES)]
            ).fetchall()
            for schema, table in names:
                whole = sql.SQL("select count(*), md5(string_agg(t::text, '' order by t::text)) from {} as t")
                found[f"{schema}.{table}"] = connection.execute(whole.format(sql.Identifier(schema, table))).fetchone()
            found["batches"] = connection.execute(DECIDED).fetchall()
            found["publications"] = connection.execute(PUBLISHED).fetchall()
        archive = self.work_dir / "archive"
        lines = [json.loads(line) for line in (archive / "manifest.jsonl").read_text().splitlines()]
        found["manifest"] = [(line["sha256"], line["name"]) for line in lines]
        found["archive"] = sorted(
            (path.name, hashlib.sha256(path.read_bytes()).hexdigest() == path.name)
            for path in archive.glob("[0-9a-f][0-9a-f]/*")
        )
        return found

    def remove(self) -> None:
        """Drop the database and the folder."""
        with psycopg.connect(self.ground.server.admin_url("postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(self.database)))
        shutil.rmtree(self.work_dir)


@dataclass
class Ground:
    """The state after the first night, what may be seen from then on, and what the second night leaves undisturbed."""

    server: EmbeddedServer
    folder: Path
    before: tuple = ()
    after: tuple = ()
    undisturbed: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(["night"])
        with _environment(PYTHONPATH=str(HERE)):  # where it finds `night`: it does not inherit our path
            forkserver.ensure_running()
        self.inbox = self.folder / "inbox"
        self.first, self.tonight = _project(self.folder / "first"), _project(self.folder / "tonight")
        shutil.copytree(HERE / "project_tonight", self.tonight / "dbt_project", dirs_exist_ok=True)

    def prepare(self) -> None:
        """Publish the first night, then run the second one undisturbed on a copy."""
        release = first_release()
        put(self.inbox, "first.csv", release)
        origin = Place(self, "drill_first", self.folder / "first_night")
        with _environment(WAREHOUSE_DATABASE=origin.database):
            bootstrap()
        _must(origin.night(self.first) == 0, origin)
        self.before = origin.state()
        put(self.inbox, "second.csv", next_release(release))
        place = self.copy("undisturbed")
        _must(place.night() == 0, place)
        self.after, self.undisturbed = place.state(), place.fingerprint()
        place.remove()

    def copy(self, name: str) -> Place:
        """A copy of the state after the first night."""
        place = Place(self, f"drill_{name.replace('.', '_')}", self.folder / name)
        with psycopg.connect(self.server.admin_url("postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("create database {} template drill_first").format(sql.Identifier(place.database)))
            grant_connections(admin, place.database)
        shutil.copytree(self.folder / "first_night", place.work_dir)
        return place


def put(inbox: Path, name: str, text: str) -> Path:
    """A release in an inbox."""
    path = inbox / FEED / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def first_release() -> str:
    """A release of every borough, as somebody's own file: some offences and months of a generated extract."""
    header, *rows = csv.reader((GENERATED_SOURCES / FEED / EXTRACT).read_text().splitlines())
    offences = {tuple(row[:2]): row[3 : 3 + MONTHS] for row in rows[:OFFENCES]}
    with (PROJECT_DIR / "seeds" / "reference" / "ref_borough.csv").open() as file:
        boroughs = [row["area_name"] for row in csv.DictReader(file) if row["area_type"] == "borough"]
    return written(
        [header[: 3 + MONTHS], *([*names, area, *counts] for area in boroughs for names, counts in offences.items())]
    )


def next_release(text: str) -> str:
    """The release a month later: the window moves on, the last three months are restated."""
    header, *rows = csv.reader(text.splitlines())
    last = header[-1]
    following = f"{int(last[:4]) + 1}01" if last.endswith("12") else str(int(last) + 1)
    lines = [[*header[:3], *header[4:], following]]
    for row in rows:
        counts = [int(count) for count in row[4:]]
        lines.append([*row[:3], *map(str, [*counts[:-3], *(count + 1 for count in counts[-3:]), counts[-1]])])
    return written(lines)


def written(lines: list[list[str]]) -> str:
    """A file of these lines."""
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue()


def _project(folder: Path) -> Path:
    shutil.copytree(HERE / "project", folder)
    for shipped in SHIPPED:
        (folder / shipped).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (PROJECT_DIR / shipped).is_dir() else shutil.copy
        copy(PROJECT_DIR / shipped, folder / shipped)
    return folder


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _must(done: bool, place: Place) -> None:
    if not done:
        raise RuntimeError(f"an undisturbed night failed:\n{place.log}")


def _run(environment: dict[str, str], project: str, log: str) -> None:
    import night

    night.run(environment, project, log)
