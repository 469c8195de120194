"""What may befall the machine in the middle of a night: a full disk, a restarted server, a lost connection."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from drill import Place
from psycopg import sql

from core.server.process import alive, wait

ARCHIVE_BYTES, DATABASE_BYTES = 1 << 20, 64 << 20
ROOM_BYTES = 8 << 10  # less than a release takes, in the archive and in raw
STOP_SECONDS = 60


class NoSmallDisk(Exception):
    """This user may not mount a file system here."""


def archive_full(place: Place) -> int:
    """The archive's disk is full while the release is archived; nothing half stays. Last night's code is there."""
    archive = place.work_dir / "archive"
    aside = archive.rename(place.work_dir / "aside")
    archive.mkdir()
    with _small_disk(archive, ARCHIVE_BYTES, os.geteuid(), os.getegid()):
        shutil.copytree(aside, archive, dirs_exist_ok=True)
        filler = _fill(archive)
        before = _files(archive)
        exit_code = place.night(place.ground.first)
        assert _files(archive) == before, f"half of something stays: {_files(archive) - before}"
        filler.unlink()
        shutil.copytree(archive, aside, dirs_exist_ok=True)
    archive.rmdir()
    aside.rename(archive)
    return exit_code


def database_full(place: Place) -> int:
    """The database's files are on a disk that is full while rows are copied into raw."""
    server = place.ground.server.status()
    assert server is not None, "the ground's server runs"
    disk, owner = server.data_dir.parent / "small", server.data_dir.stat()
    disk.mkdir(exist_ok=True)
    with (
        _small_disk(disk, DATABASE_BYTES, owner.st_uid, owner.st_gid),
        psycopg.connect(place.ground.server.admin_url(), autocommit=True) as admin,
    ):
        admin.execute(f"create tablespace small location '{disk}'".encode())
        try:
            _move(place, "small")
            filler = _fill(disk)
            exit_code = place.night()
            filler.unlink()
        finally:
            _move(place, "pg_default")
            admin.execute("drop tablespace small")
    disk.rmdir()
    return exit_code


def restarted(how: signal.Signals, point: str) -> Callable[[Place], int]:
    """The server is stopped, fast or at once as in a crash, while the night is at `point`, and started again."""

    def happens(place: Place) -> int:
        night = place.halted(point)
        server = place.ground.server.status()
        assert server is not None and server.pid is not None, "the ground's server runs"
        pid = server.pid
        os.kill(pid, how)
        assert wait(lambda: not alive(pid), STOP_SECONDS), "the server did not stop"
        place.ground.server.start()
        return place.go_on(night)

    return happens


def lost(role: str, point: str) -> Callable[[Place], int]:
    """Every connection of the role is ended while the night is at `point`."""

    def happens(place: Place) -> int:
        night = place.halted(point)
        with psycopg.connect(place.url(), autocommit=True) as admin:
            ended = admin.execute(
                "select count(pg_terminate_backend(pid, 10000)) from pg_stat_activity "
                "where datname = current_database() and usename = %s",
                [role],
            ).fetchone()
        assert ended and ended[0] > 0, f"the {role} had no connection"
        return place.go_on(night)

    return happens


@contextmanager
def _small_disk(folder: Path, size: int, uid: int, gid: int) -> Iterator[None]:
    options = f"size={size},uid={uid},gid={gid},mode=0700"
    try:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, text=True)
    except OSError as error:
        raise NoSmallDisk(f"mount: {error.strerror}") from error
    if done.returncode:
        raise NoSmallDisk(done.stderr.strip() or "mount failed")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def _fill(disk: Path) -> Path:
    """A file that leaves `ROOM_BYTES`."""
    filler = disk / "filler"
    found = os.statvfs(disk)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, found.f_bavail * found.f_frsize - ROOM_BYTES)
    return filler


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def _move(place: Place, tablespace: str) -> None:
    """Move the database's files; readers who come back at once stay out meanwhile."""
    database = sql.Identifier(place.database)
    with psycopg.connect(place.ground.server.admin_url(), autocommit=True) as admin:
        admin.execute(sql.SQL("alter database {} allow_connections false").format(database))
        admin.execute(
            "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = %s", [place.database]
        )
        admin.execute(sql.SQL("alter database {} set tablespace {}").format(database, sql.Identifier(tablespace)))
        admin.execute(sql.SQL("alter database {} allow_connections true").format(database))
