"""The running Airflow's REST API, as far as `make run` needs it: its health, a run of a DAG, what became of it."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from core.errors import WarehouseError
from warehouse.orchestration import airflow_home as orchestrator

NEEDED = ("metadatabase", "scheduler", "dag_processor")
FINISHED = ("success", "failed")
ANSWER_SECONDS = 60.0
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

    def wait(self, dag_id: str, run_id: str) -> str:
        """Wait until the run has ended; its state."""
        while (state := self._ask("GET", f"/dags/{dag_id}/dagRuns/{quote(run_id)}")["state"]) not in FINISHED:
            time.sleep(1)
        return str(state)

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
