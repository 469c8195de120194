"""Processes of the embedded server: make its data, launch it, tell it from others, clear up after a crash."""

from __future__ import annotations

import errno
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from core.errors import WarehouseError
from core.server.files import Home, OsUser, server_user

ADMIN = "warehouse_admin"
HOST = "127.0.0.1"
START_SECONDS = 120.0  # crash recovery of a large load takes its time
CRASH_SECONDS = 5.0  # what PostgreSQL itself grants its processes before it kills them
# Written to postgresql.conf at first use, so that `alter system` may change them. Sized for two cores and 4 GB.
SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "wal_level": "replica",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
# The shell returns at once and leaves the server to init: no zombie, no pipe and no terminal shared with the caller.
LAUNCH = 'log=$1; shift; "$@" </dev/null >>"$log" 2>&1 & echo $!'

# Which line of the log to show: the last that names a cause, not one that only says that there was one.
TELLING = ("error:", "FATAL:", "PANIC:", "could not", "invalid value", "unrecognized configuration")
EMPTY = (
    "contains errors",
    "could not create any TCP/IP sockets",
    "could not create listen socket",
    "system is starting",
)
STAMP = re.compile(r"^.*?\[\d+\] (\S+@\S+ )?(?=[A-Z]+:)")


@dataclass(frozen=True)
class Postmaster:
    """The server's main process, as its own lock file describes it."""

    pid: int
    port: int
    state: str  # starting, ready or stopping


def initialise(home: Home, user: OsUser, binaries: Path, password: str) -> None:
    """Make the data folder aside and move it into place, so that a killed initdb leaves nothing half-made."""
    for stale in home.folder.glob("init-*"):
        shutil.rmtree(stale, ignore_errors=True)  # an initdb that outlived its caller may still write there
    draft = Path(tempfile.mkdtemp(prefix="init-", dir=home.folder))
    try:
        password_file = draft / "password"
        password_file.touch(0o600)
        password_file.write_text(password)
        for path in (password_file, draft):
            user.give(path)
        command = [str(binaries / "initdb"), f"--pgdata={draft / 'data'}", f"--username={ADMIN}"]
        command += ["--auth=scram-sha-256", f"--pwfile={password_file}", "--data-checksums", "--encoding=UTF8"]
        # Sorted by code point on every machine, whatever its C library; letters beyond ASCII still have a case.
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
        command += [f"--set={name}={value}" for name, value in SETTINGS.items()]
        done = subprocess.run(command, **_quiet(home, user), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        log = home.folder / "initdb.log"
        log.write_bytes(done.stdout)
        if done.returncode:
            raise _failure("initdb failed", done.stdout.decode(errors="replace"), log)
        (draft / "data").rename(home.data)
    finally:
        shutil.rmtree(draft)


def launch(home: Home, user: OsUser, binaries: Path, port: int) -> None:
    """Start the server in a session of its own and wait until it takes connections."""
    log = home.log_file
    log.parent.mkdir(0o700, exist_ok=True)
    user.give(log.parent)
    log_before = log.stat().st_size if log.exists() else 0
    options = {"port": port, "listen_addresses": HOST, "unix_socket_directories": "", "cluster_name": home.cluster_name}
    command = ["/bin/sh", "-c", LAUNCH, "launch", str(log), str(binaries / "postgres"), "-D", str(home.data)]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    done = subprocess.run(command, **_quiet(home, user), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    pid = int(done.stdout)
    if not wait(lambda: _is_ready(home, pid) or not alive(pid), START_SECONDS):
        raise too_long(home, "start", START_SECONDS)
    if not _is_ready(home, pid):
        raise _failure(f"PostgreSQL did not start on port {port}", _text_from(log, log_before), log)


def _quiet(home: Home, user: OsUser) -> dict[str, Any]:
    """Arguments for subprocess: that OS user, a session of its own, none of the caller's PG* settings."""
    return user.spawn | {
        "cwd": home.folder,
        "env": {"PATH": os.defpath, "LC_ALL": "C"},
        "stdin": subprocess.DEVNULL,
        "start_new_session": True,
        "umask": 0o077,
    }


def postmaster(home: Home) -> Postmaster | None:
    """The running main process. postmaster.pid alone proves nothing: after a crash its number may be another's."""
    try:
        lines = (home.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 4 or not _is_ours(home, int(lines[0])):
        return None
    return Postmaster(int(lines[0]), int(lines[3]), lines[7].strip() if len(lines) > 7 else "starting")


def _is_ready(home: Home, pid: int) -> bool:
    found = postmaster(home)
    return found is not None and found.pid == pid and found.state == "ready"


def _is_ours(home: Home, pid: int) -> bool:
    """Whether a live process serves this data folder, judged by its command line (that of a zombie is empty)."""
    try:
        process = psutil.Process(pid)
        words: list[str] = process.cmdline()
        owner = process.uids().effective
    except psutil.Error:
        return False
    if owner != home.data.stat().st_uid:
        return False
    title = f"postgres: {home.cluster_name}: "
    return words[1:3] == ["-D", str(home.data)] or " ".join(words).startswith(title)


def alive(pid: int) -> bool:
    """Whether the process still does anything; one that merely waits to be reaped does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def end_all(home: Home) -> None:
    """End every process of this server at once, as after a crash, and remove its postmaster.pid."""
    if not home.data.exists():
        return
    for how in ("QUIT", "KILL"):
        if left := [str(pid) for pid in psutil.pids() if _is_ours(home, pid)]:
            # Sent as the server's own OS user: whatever root may end, this reaches nobody else's processes.
            kill = ["/bin/sh", "-c", 'kill -s "$0" "$@"', how, *left]
            subprocess.run(kill, cwd="/", capture_output=True, **server_user(home.data).spawn)
        if wait(lambda: not any(_is_ours(home, pid) for pid in psutil.pids()), CRASH_SECONDS):
            break
    else:
        raise too_long(home, "end all its processes", CRASH_SECONDS)
    (home.data / "postmaster.pid").unlink(missing_ok=True)


def free_port() -> int:
    """A loopback port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def require_free(port: int) -> None:
    """Raise WarehouseError where another process holds the port, or the system refuses it."""
    with socket.socket() as probe:
        # As PostgreSQL does: connections that linger from the last run do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise WarehouseError(
                f"Port {port} cannot be used for the database: {getattr(error, 'strerror', None) or error}.",
                remedy="Set WAREHOUSE_PORT to a free port, or stop the process that holds this one.",
            ) from error


def wait(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for the condition; False if it did not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _text_from(log: Path, offset: int) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(offset)
        return file.read().decode(errors="replace")


def _failure(what: str, output: str, log: Path) -> WarehouseError:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in TELLING) and not any(w in line for w in EMPTY)]
    reason = STAMP.sub("", (telling or lines or ["it left no word"])[-1])
    remedy = "Free space on that disk" if os.strerror(errno.ENOSPC) in reason else "Mend that"
    return WarehouseError(f"{what}: {reason}", remedy=f"{remedy} and run again; the whole story is in {log}.")


def too_long(home: Home, what: str, seconds: float) -> WarehouseError:
    """The error for a server that neither did it nor gave up."""
    return WarehouseError(
        f"PostgreSQL did not {what} within {seconds:.0f} seconds and is still at it.",
        remedy=f"Look at {home.log_file}; wait for it to finish and run again.",
    )
