"""Every DAG once, in this process: what `make run` does. Airflow's own words go to a file."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from rich.console import Console

from core import db
from core.errors import WarehouseError
from ingest.sources import choose_sources
from warehouse.orchestration import airflow_home as orchestrator
from warehouse.orchestration import service as orchestrator_service
from warehouse.orchestration.log import kept_apart, waiting
from warehouse.orchestration.service import Service

if TYPE_CHECKING:
    from airflow.sdk import DAG

REFRESH = "nightly_refresh"
PAGE = "morning_page"
MARKS = {"success": "[green]✓[/]", "refused": "[yellow]![/]", "failed": "[red]✗[/]"}


@dataclass(frozen=True)
class DagOutcome:
    """What one DAG did: `state` is success, refused (files were, the others were taken in) or failed."""

    dag_id: str
    state: str
    seconds: float
    tasks: dict[str, str]
    errors: dict[str, BaseException]


def run_all() -> list[DagOutcome]:
    """Run every ingest DAG, then the refresh, then the page, with a line each on the terminal.

    Where Airflow is up already, it does the work: two at once would run the same tasks twice.
    """
    if service := orchestrator_service.running():
        return _ask(service, Console())
    _require_sources()
    orchestrator.prepare()
    orchestrator.require_no_scheduler()
    with kept_apart() as terminal:
        with waiting(terminal, "Airflow is starting"):
            orchestrator.migrate()
            dags = _dags()
        first, *others = _in_order(dags)
        outcomes = [_run(dags[first], terminal)]
        with _all_are_stored():
            return outcomes + [_run(dags[name], terminal) for name in others]


@contextmanager
def _all_are_stored() -> Iterator[None]:
    """Airflow reads every DAG again and stores all of them each time that one is tested: the square of their number.

    They do not change while this process runs, and the first test has stored them.
    """
    from airflow.dag_processing import dagbag

    def nothing(*_: Any, **__: Any) -> None: ...

    with patch.object(dagbag, "BundleDagBag", nothing), patch.object(dagbag, "sync_bag_to_db", nothing):
        yield


def _require_sources() -> None:
    """What every feed would say is said once, before the first of them."""
    with db.connect("loader") as connection:
        choose_sources(connection)


def _dags() -> dict[str, DAG]:
    from airflow.dag_processing.dagbag import BundleDagBag

    bag = BundleDagBag(dag_folder=orchestrator.DAGS, bundle_path=orchestrator.DAGS, bundle_name="dags-folder")
    for file, trace in bag.import_errors.items():
        raise WarehouseError(f"dags/{file} cannot be read: {trace.strip().splitlines()[-1]}", remedy="Mend that file.")
    return dict(bag.dags)


def _run(dag: DAG, terminal: Console) -> DagOutcome:
    errors: dict[str, BaseException] = {}

    def remember(context: Any) -> None:
        errors[context["task_instance"].task_id] = context["exception"]

    for task in dag.tasks:
        task.retries = 0  # somebody waits: what a night would try again is told now
        task.on_failure_callback = [remember]
    began = time.monotonic()
    with waiting(terminal, dag.dag_id):
        run = dag.test()
    tasks = {instance.task_id: str(instance.state) for instance in run.get_task_instances()}
    outcome = DagOutcome(dag.dag_id, _verdict(str(run.state), errors), time.monotonic() - began, tasks, errors)
    _tell(outcome, terminal)
    return outcome


def _ask(service: Service, terminal: Console) -> list[DagOutcome]:
    _require_nothing_asked(service)
    terminal.print(f"Airflow is up at {service.address}: it does the work.", highlight=False)
    names = _in_order(service.api.dags())
    service.api.make_ready(names, orchestrator.pools())
    # The refresh comes after all ingest DAGs, which run side by side.
    side_by_side = [name for name in names if name not in (REFRESH, PAGE)]
    outcomes = [*_ask_for(side_by_side, service, terminal)]
    for name in names[len(side_by_side) :]:
        outcomes += _ask_for([name], service, terminal)
    return outcomes


def _require_nothing_asked(service: Service) -> None:
    """Airflow's tasks have the settings that it was started with: what this shell asks for would not reach them."""
    if asked := [name for name in ("SOURCES", "BUSINESS_DATE") if os.environ.get(name)]:
        raise WarehouseError(
            f"Airflow is up at {service.address}, and {' and '.join(asked)} would not reach it.",
            remedy=f"`make down`, then run this again; or run it without {' and '.join(asked)}.",
        )


def _ask_for(names: list[str], service: Service, terminal: Console) -> Iterator[DagOutcome]:
    began = time.monotonic()
    for name, run_id in {name: service.api.trigger(name) for name in names}.items():
        with waiting(terminal, name):
            state = service.api.wait(name, run_id)
        tasks = service.api.tasks(name, run_id)
        where = f"Its log is at {service.address}/dags/{name}/runs/{run_id}."
        errors: dict[str, BaseException] = {
            task: WarehouseError(
                service.api.error(name, run_id, task) or f"{name}: the task {task} failed.", remedy=where
            )
            for task, ended in tasks.items()
            if ended == "failed"
        }
        outcome = DagOutcome(name, _verdict(state, errors), time.monotonic() - began, tasks, errors)
        _tell(outcome, terminal)
        yield outcome


def _in_order(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (name == PAGE, name == REFRESH, name))


def _verdict(state: str, errors: dict[str, BaseException]) -> str:
    return "refused" if set(errors) == {"report"} else state


def _tell(outcome: DagOutcome, terminal: Console) -> None:
    nothing_new = ", nothing new" if "skipped" in outcome.tasks.values() else ""
    told = f"{MARKS[outcome.state]} {outcome.dag_id} [dim]{outcome.seconds:.1f} s{nothing_new}[/]"
    terminal.print(told, highlight=False)
