"""Airflow that stays: scheduler, DAG processor and web UI in one session of processes, started and stopped as one.

`python -m warehouse.orchestration.service` is the session's first process: it starts the others and starts one again
that ends. The record beside Airflow's logs names it; `down` ends every process of its session, however it ended.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from core import db
from core.errors import WarehouseError
from core.private import private_folder
from core.settings import settings
from warehouse.orchestration import airflow_home as orchestrator
from warehouse.orchestration.api import Api
from warehouse.orchestration.log import log_folder

# No log servers (--skip-serve-logs): they would listen on every address; the web UI reads the files itself.
# No task of ours defers, but without a triggerer the first page shows a red badge.
COMPONENTS = {
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
    "api-server": ("api-server",),
}
# Beside them, whoever opens a browser gets the morning page; it is a file that asks for nothing.
PAGE = "page"
PAGE_PORT = "WAREHOUSE_PAGE_PORT"
START_SECONDS = 300.0  # a machine with one busy core needs more than a minute
STOP_SECONDS = 15.0  # a task that needs longer is killed; a killed refresh publishes nothing
TICK_SECONDS = 1.0


@dataclass(frozen=True)
class Service:
    """The running Airflow: its first process, which is also the session's number, and the web UI's port.

    `page_port` is the morning page's; None in what an earlier version has left running.
    """

    pid: int
    created: float
    port: int
    page_port: int | None = None

    @property
    def address(self) -> str:
        """The web UI's address."""
        return f"http://{orchestrator.HOST}:{self.port}"

    @property
    def page_address(self) -> str | None:
        """The morning page's address."""
        return f"http://{orchestrator.HOST}:{self.page_port}/" if self.page_port else None

    @property
    def api(self) -> Api:
        """A client of its REST API."""
        return Api(self.port)


def up(port: int | None = None) -> tuple[Service, bool]:
    """Start Airflow and wait until it is healthy; with whether this call started it.

    Raises WarehouseError where a day is set, where the port is taken or a component does not come up; nothing is left
    running then.
    """
    if known := running():
        return known, False
    if day := settings().business_date:
        raise WarehouseError(
            f"BUSINESS_DATE={day} would be the day of every night to come.",
            remedy="Unset it: `make run` takes it, for one run.",
        )
    chosen = port or _free_port()
    _require_free(chosen)
    down()  # what a killed session may have left
    orchestrator.prepare()
    orchestrator.migrate()
    service = _launch(chosen)
    db.write_private(_record(), json.dumps(asdict(service)))
    if not _wait(lambda: service.api.is_healthy() or running() is None, START_SECONDS) or running() is None:
        down()
        raise WarehouseError("Airflow did not come up.", remedy=f"Its words are in {log_folder()}.")
    return service, True


def down() -> bool:
    """End every process of the session and wait until none is left; False where there was none."""
    service = _recorded()
    if service is None:
        return False
    found = bool(_members(service))
    for how in (signal.SIGTERM, signal.SIGKILL):
        for member in _members(service):
            _signal(member, how)
        if _wait(lambda: not _members(service), STOP_SECONDS):
            break
    if left := _members(service):
        raise WarehouseError(
            f"Airflow did not stop: {', '.join(str(process.pid) for process in left)} still run.",
            remedy="Run this as the user who started Airflow.",
        )
    _record().unlink(missing_ok=True)
    return found


def running() -> Service | None:
    """The running Airflow; None where its first process is gone."""
    service = _recorded()
    return service if service and _leader(service) else None


def left() -> bool:
    """Whether processes of a session go on whose first process is gone."""
    service = _recorded()
    return service is not None and _leader(service) is None and bool(_members(service))


def _record() -> Path:
    return settings().airflow_dir / "service.json"


def _recorded() -> Service | None:
    try:
        return Service(**json.loads(_record().read_text()))
    except FileNotFoundError:
        return None


def _launch(port: int) -> Service:
    private_folder(log_folder())
    private_folder(settings().report_dir)
    page_port = _free_port()
    with (log_folder() / "service.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            env=os.environ | orchestrator.environment(port) | {PAGE_PORT: str(page_port)},
            cwd=settings().airflow_dir,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Service(process.pid, psutil.Process(process.pid).create_time(), port, page_port)


def _leader(service: Service) -> psutil.Process | None:
    try:
        process = psutil.Process(service.pid)
        ours = abs(process.create_time() - service.created) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return None
    return process if ours else None


def _members(service: Service) -> list[psutil.Process]:
    """Every live process of the session. Its number is not given to a new process as long as one of them lives."""
    if psutil.pid_exists(service.pid) and _leader(service) is None and not _is_zombie(service.pid):
        return []  # the machine was restarted, or all had ended: the number is somebody else's now
    return [process for process in psutil.process_iter() if _session(process.pid) == service.pid]


def _session(pid: int) -> int | None:
    try:
        return None if _is_zombie(pid) else os.getsid(pid)
    except ProcessLookupError:
        return None


def _is_zombie(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _signal(process: psutil.Process, how: signal.Signals) -> None:
    # Gone meanwhile; or another user's, which `down` reports in the end.
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        process.send_signal(how)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((orchestrator.HOST, 0))
        return int(probe.getsockname()[1])


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((orchestrator.HOST, port))
        except (OSError, OverflowError) as error:
            raise WarehouseError(
                f"Port {port} cannot be used for the web UI: {getattr(error, 'strerror', None) or error}.",
                remedy="Give another one with --port, or none and a free one is taken.",
            ) from error


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def supervise() -> None:
    """Keep the components running until SIGTERM, then end them."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    api = Api(int(os.environ["AIRFLOW__API__PORT"]))
    idle: set[int] = set()
    children: dict[str, subprocess.Popen[bytes]] = {}
    while not stopping.wait(TICK_SECONDS):
        for name in (PAGE, *COMPONENTS):
            child = children.get(name)
            if child and child.poll() is not None:
                print(f"{name} ended with {child.returncode}: starting it again", flush=True)
            # A task asks the web server: one that starts before it answers has failed.
            if (child is None or child.poll() is not None) and (name != "scheduler" or api.serves_tasks()):
                children[name] = _start(name)
        idle = _end_orphans(idle)
    for child in children.values():
        child.terminate()
    for child in children.values():
        child.wait()


def _end_orphans(idle: set[int]) -> set[int]:
    """End the workers that a killed scheduler left idle: those that were so a tick ago; returns those that are so now.

    One that is at work on a task has a child, and goes when it is done.
    """
    session = os.getsid(0)
    orphans = {
        process.pid: process
        for process in psutil.process_iter()
        if _session(process.pid) == session and process.pid != os.getpid() and _is_idle_orphan(process)
    }
    for pid in orphans.keys() & idle:
        _signal(orphans[pid], signal.SIGTERM)
    return set(orphans)


def _is_idle_orphan(process: psutil.Process) -> bool:
    try:
        parent = process.parent()
        return (parent is None or _session(parent.pid) != _session(process.pid)) and not process.children()
    except psutil.NoSuchProcess:
        return False


def _start(name: str) -> subprocess.Popen[bytes]:
    with (log_folder() / f"{name}.log").open("ab") as log:
        command = _served_page() if name == PAGE else [sys.executable, "-m", "airflow", *COMPONENTS[name]]
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)


def _served_page() -> list[str]:
    folder = str(settings().report_dir)
    return [
        sys.executable,
        "-m",
        "http.server",
        os.environ[PAGE_PORT],
        "--bind",
        orchestrator.HOST,
        "--directory",
        folder,
    ]


if __name__ == "__main__":
    supervise()
