"""Airflow that stays: it comes up, its scheduler publishes what arrives, and nothing of it is left when it is down."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from core import db
from core.errors import WarehouseError
from core.server.embedded import EmbeddedServer
from core.settings import settings
from warehouse.orchestration import airflow_home as orchestrator
from warehouse.orchestration import api
from warehouse.orchestration import service as orchestrator_service
from warehouse.orchestration.run import run_all
from warehouse.orchestration.service import Service

WAREHOUSE = Path(sys.executable).with_name("warehouse")
PUBLISHED_SECONDS = 900.0


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)
    return True


def session(number: int) -> list[int]:
    """Live processes of a session, found without the code under test."""
    found = []
    for process in psutil.process_iter(["status"]):
        try:
            if process.info["status"] != psutil.STATUS_ZOMBIE and os.getsid(process.pid) == number:
                found.append(process.pid)
        except ProcessLookupError:
            continue
    return found


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A deployment of its own: its server, its ports, its Airflow; nothing of it is left behind."""
    state_dir = Path(tempfile.mkdtemp(prefix="mfw-service-"))
    for name in ("WAREHOUSE_URL", "WAREHOUSE_WORK_DIR", "WAREHOUSE_DATABASE", "SOURCES", "BUSINESS_DATE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WAREHOUSE_STATE_DIR", str(state_dir))
    try:
        yield state_dir
    finally:
        orchestrator_service.down()
        EmbeddedServer(state_dir).destroy()
        subprocess.run(["rm", "-rf", str(state_dir)], check=True)


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A session of sleeping processes in Airflow's place, one of them in a process group of its own."""
    monkeypatch.setenv("WAREHOUSE_WORK_DIR", str(tmp_path))
    script = "import os, subprocess, sys, time\nsubprocess.Popen(['sleep', '600'], process_group=0)\ntime.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", script], start_new_session=True)
    service = Service(process.pid, psutil.Process(process.pid).create_time(), 1)
    record = {"pid": service.pid, "created": service.created, "port": 1}
    db.write_private(settings().airflow_dir / "service.json", json.dumps(record))
    assert wait_for(lambda: len(session(service.pid)) == 2, 60)
    yield service
    for pid in session(service.pid):
        os.kill(pid, signal.SIGKILL)
    process.wait()


def test_scheduler_publishes_what_arrives_and_down_leaves_nothing(
    scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = subprocess.run([WAREHOUSE, "up"], capture_output=True, text=True)
    assert up.returncode == 0, up.stderr
    service = orchestrator_service.running()
    assert service is not None and service.address in up.stdout and orchestrator.password() in up.stdout
    assert "up already" in subprocess.run([WAREHOUSE, "up"], capture_output=True, text=True).stdout
    assert only_on_loopback(session(service.pid))
    for name in ("airflow_secrets.json", "airflow/passwords.json", "airflow/service.json", "airflow/airflow.cfg"):
        assert stat.S_IMODE((scratch / name).stat().st_mode) == 0o600, name

    # What would be waited for without end is made again, or told.
    waits, paused = orchestrator.dag_name("lookups"), orchestrator.dag_name("population")
    for name in (waits, paused):
        service.api._ask("PATCH", f"/dags/{name}", {"is_paused": True})
    with psycopg.connect(db.admin_url("airflow"), autocommit=True) as connection:
        connection.execute("delete from slot_pool where pool = %s", [orchestrator.pools()[0]])
        service.api.make_ready([paused], orchestrator.pools())
        ready = "select is_paused, (select count(*) from slot_pool where pool = %s) from dag where dag_id = %s"
        assert connection.execute(ready, [orchestrator.pools()[0], paused]).fetchone() == (False, 1)
    monkeypatch.setattr(api, "QUEUED_SECONDS", 2)
    with pytest.raises(WarehouseError, match=f"{waits} is queued, and for . s nothing has moved: "):
        service.api.wait(waits, service.api.trigger(waits))

    # Only the feed is started by hand: that its asset starts the refresh is the scheduler's doing.
    run_id = service.api.trigger(orchestrator.dag_name("mps_borough_crime"))
    assert wait_for(is_published, PUBLISHED_SECONDS), logs_of(scratch)
    assert service.api.tasks(orchestrator.dag_name("mps_borough_crime"), run_id)["verify"] == "success"
    with psycopg.connect(db.admin_url("airflow")) as connection:
        how = connection.execute("select distinct run_type from dag_run where dag_id = 'nightly_refresh'").fetchall()
    assert ("asset_triggered",) in how
    # The publication starts the page, which whoever sits at this machine gets from a browser.
    assert service.page_address and service.page_address in up.stdout
    assert wait_for(lambda: "This morning" in httpx.get(str(service.page_address)).text, 300), logs_of(scratch)

    down = subprocess.run([WAREHOUSE, "down"], capture_output=True, text=True)
    assert down.returncode == 0, down.stderr
    assert session(service.pid) == []
    assert orchestrator_service.running() is None
    assert not EmbeddedServer(scratch).is_running()
    assert "Nothing was running" in subprocess.run([WAREHOUSE, "down"], capture_output=True, text=True).stdout


def is_published() -> bool:
    with db.connect("bi_reader") as connection:
        return connection.execute("select from marts.publication").fetchone() is not None


def only_on_loopback(pids: list[int]) -> bool:
    listening = set()
    for pid in pids:
        with suppress(psutil.NoSuchProcess):  # it may end at any moment
            connections = psutil.Process(pid).net_connections("inet")
            listening |= {each.laddr.ip for each in connections if each.status == psutil.CONN_LISTEN}
    return listening == {"127.0.0.1"}


def logs_of(state_dir: Path) -> str:
    parts = sorted((state_dir / "airflow" / "logs").glob("*.log"))
    return "\n".join(f"{part.name}:\n{part.read_text()[-3000:]}" for part in parts)


def test_down_ends_the_whole_session(stand_in: Service) -> None:
    assert orchestrator_service.running() == stand_in
    assert orchestrator_service.down()
    assert session(stand_in.pid) == []
    assert not orchestrator_service.down()


def test_down_ends_what_a_killed_leader_left(stand_in: Service) -> None:
    os.kill(stand_in.pid, signal.SIGKILL)
    assert wait_for(lambda: orchestrator_service.running() is None, 60)
    assert session(stand_in.pid) != [], "there is nothing left to end: this proves nothing"
    assert orchestrator_service.left()
    assert orchestrator_service.down()
    assert session(stand_in.pid) == []
    assert not orchestrator_service.left()


def test_idle_workers_of_a_killed_scheduler_are_ended_and_those_at_work_are_not() -> None:
    """A supervisor; below it a scheduler with two workers, one of which has a task; then the scheduler is killed."""
    worker = "import subprocess, sys, time; sys.argv[1:] and subprocess.Popen(['sleep', '600']); time.sleep(600)"
    scheduler = (
        "import subprocess, sys, time\n"
        f"for more in ([], ['task']): subprocess.Popen([sys.executable, '-c', {worker!r}, *more])\n"
        "time.sleep(600)"
    )
    supervisor = (
        "import subprocess, sys, time\n"
        "from warehouse.orchestration.service import _end_orphans\n"
        f"print(subprocess.Popen([sys.executable, '-c', {scheduler!r}]).pid, flush=True)\n"
        "idle = set()\n"
        "while True: idle = _end_orphans(idle); time.sleep(0.2)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", supervisor], start_new_session=True, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        scheduled = psutil.Process(int(process.stdout.readline()))
        assert wait_for(lambda: len(session(process.pid)) == 5, 60)
        idle, busy = sorted(scheduled.children(), key=lambda each: len(each.children()))
        scheduled.kill()
        assert wait_for(lambda: not idle.is_running() or idle.status() == psutil.STATUS_ZOMBIE, 60)
        assert busy.is_running() and len(busy.children()) == 1
    finally:
        for pid in session(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.wait()


def test_down_leaves_a_stranger_who_got_the_number(stand_in: Service) -> None:
    record = {"pid": stand_in.pid, "created": stand_in.created - 3600, "port": 1}
    db.write_private(settings().airflow_dir / "service.json", json.dumps(record))
    assert orchestrator_service.running() is None
    assert not orchestrator_service.down()
    assert stand_in.pid in session(stand_in.pid)


@pytest.mark.parametrize("asked", ["SOURCES", "BUSINESS_DATE"])
def test_what_would_not_reach_an_airflow_that_is_up_is_refused(
    stand_in: Service, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setenv(asked, "2024-11-22")
    with pytest.raises(WarehouseError, match=f"Airflow is up at {stand_in.address}, and {asked} would not reach it"):
        run_all()


def test_up_takes_no_day_for_all_nights(warehouse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUSINESS_DATE", "2024-11-22")
    with pytest.raises(WarehouseError, match="BUSINESS_DATE=2024-11-22 would be the day of every night to come"):
        orchestrator_service.up()


def test_up_says_that_the_port_is_taken(warehouse: str, server: EmbeddedServer) -> None:
    taken = server.status()
    assert taken is not None
    with pytest.raises(WarehouseError, match=f"Port {taken.port} cannot be used"):
        orchestrator_service.up(taken.port)
    assert orchestrator_service.running() is None
