"""The running Airflow's REST API, as far as `make run` needs it: its health, a run of a DAG, what became of it."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from core.errors import WarehouseError
from warehouse.orchestration import airflow_home as orchestrator

NEEDED = ("metadatabase", "scheduler", "dag_processor")
FINISHED = ("success", "failed")
ANSWER_SECONDS = 60.0
STILL_SECONDS = 60 * 60  # a task may be at work for long without a word
QUEUED_SECONDS = 5 * 60  # none that waits for its turn, where nothing else runs, waits that long
REMEDY = "`make down`, then `make up`; Airflow's logs say more (`warehouse status` says where)."


@dataclass
class Api:
    """A client of the web server on `port`; it signs in when it first has to."""

    port: int
    _token: str | None = field(default=None, repr=False)

    def serves_tasks(self) -> bool:
        """Whether it answers what tasks ask. The first such question takes it seconds, longer than a task waits."""
        return self._look("/execution/health") is not None

    def is_healthy(self) -> bool:
        """Whether it answers and says that scheduler, DAG processor and database are well."""
        state = self._look("/api/v2/monitor/health") or {}
        return all((state.get(part) or {}).get("status") == "healthy" for part in NEEDED)

    def dags(self) -> set[str]:
        """Names of the DAGs that it knows."""
        return {dag["dag_id"] for dag in self._ask("GET", "/dags?limit=100")["dags"]}

    def trigger(self, dag_id: str) -> str:
        """Start a run of the DAG; its id."""
        return str(self._ask("POST", f"/dags/{dag_id}/dagRuns", {"logical_date": None})["dag_run_id"])

    def make_ready(self, dag_ids: list[str], pools: Iterable[str]) -> None:
        """Make again what a run would wait for without end: a DAG that somebody paused, a pool that was deleted."""
        for dag_id in dag_ids:
            self._ask("PATCH", f"/dags/{dag_id}", {"is_paused": False})
        known = {pool["name"] for pool in self._ask("GET", "/pools?limit=1000")["pools"]}
        for name in sorted(set(pools) - known):
            self._ask("POST", "/pools", {"name": name, "slots": 1})

    def wait(self, dag_id: str, run_id: str) -> str:
        """Wait until the run has ended; its state. WarehouseError where nothing of it moves any more."""
        run, seen, since = f"/dags/{dag_id}/dagRuns/{quote(run_id)}", None, time.monotonic()
        while (state := self._ask("GET", run)["state"]) not in FINISHED:
            tasks = self.tasks(dag_id, run_id)
            if (state, tasks) != seen:
                seen, since = (state, tasks), time.monotonic()
            elif time.monotonic() - since > (STILL_SECONDS if "running" in tasks.values() else QUEUED_SECONDS):
                waits = ", ".join(f"{task} is {how or 'not scheduled'}" for task, how in sorted(tasks.items()))
                well = "" if self.is_healthy() else " Its scheduler does not answer."
                raise WarehouseError(
                    f"{dag_id} is {state}, and for {time.monotonic() - since:.0f} s nothing has moved: "
                    f"{waits or 'it has no tasks yet'}.{well}",
                    remedy=REMEDY,
                )
            time.sleep(1)
        return str(state)

    def error(self, dag_id: str, run_id: str, task_id: str) -> str | None:
        """The error that a task ended with, as its log has it; None where it has none."""
        task = f"/dags/{dag_id}/dagRuns/{quote(run_id)}/taskInstances/{task_id}"
        last = self._ask("GET", task)["try_number"]
        lines = self._ask("GET", f"{task}/logs/{last}?full_content=true").get("content") or []
        told = [each for line in lines if isinstance(line, dict) for each in line.get("error_detail") or []]
        return next((str(each["exc_value"]) for each in told if each.get("exc_value")), None)

    def tasks(self, dag_id: str, run_id: str) -> dict[str, str]:
        """The state of each task of a run."""
        found = self._ask("GET", f"/dags/{dag_id}/dagRuns/{quote(run_id)}/taskInstances")
        return {task["task_id"]: task["state"] for task in found["task_instances"]}

    def _look(self, path: str) -> dict[str, Any] | None:
        try:
            return self._call("GET", path)
        except (OSError, http.client.HTTPException, WarehouseError):
            return None

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            if self._token is None:
                account = {"username": orchestrator.USER, "password": orchestrator.password()}
                self._token = self._call("POST", "/auth/token", account)["access_token"]
            return self._call(method, f"/api/v2{path}", body)
        except (OSError, http.client.HTTPException) as error:
            raise WarehouseError(f"Airflow does not answer on port {self.port}: {error}.", remedy=REMEDY) from error

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        connection = http.client.HTTPConnection(orchestrator.HOST, self.port, timeout=ANSWER_SECONDS)
        try:
            headers = {"Content-Type": "application/json"}
            if self._token:
                headers["Authorization"] = f"Bearer {self._token}"
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status >= http.client.BAD_REQUEST:
                raise WarehouseError(
                    f"Airflow answered {answer.status} to {method} {path}: {text[:200].decode(errors='replace')}",
                    remedy=REMEDY,
                )
            content: dict[str, Any] = json.loads(text)
            return content
        finally:
            connection.close()
