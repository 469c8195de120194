"""`up`, `down`, `server` and `reset`: what runs on this machine."""

from __future__ import annotations

import os
import shutil
import sys
from typing import NoReturn

import typer

from core.environment import AIRFLOWS_PLACE
from core.errors import WarehouseError
from core.server.embedded import EmbeddedServer
from core.settings import settings
from warehouse.cli import screen
from warehouse.orchestration import airflow_home as orchestrator
from warehouse.orchestration import service as orchestrator_service
from warehouse.orchestration.log import kept_apart, log_folder, waiting


def up(port: int | None) -> None:
    """Start Airflow, wait until it is healthy, say where to look."""
    with kept_apart() as terminal, waiting(terminal, "Airflow is starting"):
        service, started = orchestrator_service.up(port)
    screen.say(f"Airflow is {'up' if started else 'up already'}: [bold]{service.address}[/]")
    screen.say(f"  user {orchestrator.USER}, password {orchestrator.password()}")
    if service.page_address:
        screen.say(f"  the morning page: {service.page_address}")
    screen.say(f"  logs in {log_folder()}")
    screen.say("Next: `make run` takes everything in now, or wait for the night; `make down` stops it all.")


def down() -> None:
    """Stop Airflow, then the embedded server."""
    with screen.out.status("Stopping"):
        airflow = orchestrator_service.down()
        database = stopped_server()
    stopped = [name for name, was_up in (("Airflow", airflow), ("the embedded server", database)) if was_up]
    screen.say(f"Stopped: {' and '.join(stopped)}. The data stays." if stopped else "Nothing was running.")


def run_airflow(arguments: list[str]) -> NoReturn:
    """Become `airflow <arguments>`."""
    asked = {name: os.environ[name] for name in AIRFLOWS_PLACE if name in os.environ}
    orchestrator.prepare()
    service = orchestrator_service.running()
    values = orchestrator.environment(service.port if service else None) | asked
    os.execve(sys.executable, [sys.executable, "-m", "airflow", *arguments], os.environ | values)  # noqa: S606 (no shell is wanted)


def start_server() -> None:
    """Start the embedded server and say where it listens."""
    now = settings()
    _require_embedded()
    info = EmbeddedServer(now.state_dir, now.port).start()
    screen.say(f"PostgreSQL is up on port {info.port}, its data in {info.data_dir}. Next: `warehouse url`.")


def stop_server() -> None:
    """Stop the embedded server."""
    _require_embedded()
    screen.say("Stopped: the data stays." if stopped_server() else "It was not running.")


def stopped_server() -> bool:
    """Stop the embedded server; False where it was not running, or where the database is somebody else's."""
    now = settings()
    return False if now.database_url else EmbeddedServer(now.state_dir, now.port).stop()


def reset(yes: bool) -> None:
    """Stop everything and remove the embedded database, Airflow's folder and dbt's; keep the archive."""
    now = settings()
    _require_embedded()
    if not yes:
        typer.confirm(f"Remove the database of {now.state_dir}? The archive of published files stays.", abort=True)
    orchestrator_service.down()
    EmbeddedServer(now.state_dir, now.port).destroy()
    for folder in (now.airflow_dir, now.dbt_target_dir):
        shutil.rmtree(folder, ignore_errors=True)
    screen.say("Removed. Next: `make run` starts anew.")


def _require_embedded() -> None:
    if settings().database_url:
        raise WarehouseError(
            "WAREHOUSE_URL is set: that server is not this project's to start, stop or remove.",
            remedy="Use the server's own tools, or unset WAREHOUSE_URL.",
        )
