"""The nightly refresh: fix the batch set, build the candidate, judge it, publish it.

Starts when a dataset's new batch was accepted, and at 02:00 Europe/London in any case; to be published by 06:00.
One run at a time. Nothing new since the last publication: nothing happens. A failed verdict publishes nothing, and
readers keep the last good figures. A day before that of the last publication (a backfill, an old run that was cleared)
is not refreshed: nobody goes back. Four coarse tasks on purpose: dbt knows its own order within one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import (
    Asset,
    AssetAny,
    AssetOrTimeSchedule,
    CronTriggerTimetable,
    ExceptionRetryPolicy,
    RetryAction,
    RetryRule,
    dag,
    task,
)

from ingest.definition.dataset import load_definitions
from warehouse.orchestration.airflow_home import PUBLICATION, asset_name
from warehouse.orchestration.tasks import skipped_if_overtaken, start_refresh

ACCEPTED = AssetAny(*(Asset(asset_name(dataset)) for dataset in load_definitions()))
# A verdict stands; what the machine did to a task (a kill, a lost connection) is tried again.
VERDICT_STANDS = ExceptionRetryPolicy([RetryRule("core.errors.WarehouseError", RetryAction.FAIL)])
# A new deployment waits for its first night (Airflow takes False for "if it was not long ago").
AT_TWO = CronTriggerTimetable("0 2 * * *", timezone="Europe/London", run_immediately=timedelta(0))


@dag(
    schedule=AssetOrTimeSchedule(timetable=AT_TWO, assets=ACCEPTED),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=1), "retry_policy": VERDICT_STANDS},
    tags=["refresh"],
    doc_md=__doc__,
)
def nightly_refresh() -> None:
    """Four steps; each is safe to run again."""

    @task.short_circuit
    def start(dag_run: Any = None) -> str | None:
        return start_refresh(dag_run)

    @task
    def build(refresh_id: str) -> None:
        from warehouse.refresh import steps as refresh

        with skipped_if_overtaken():
            refresh.build(refresh_id)

    @task
    def verify(refresh_id: str) -> None:
        from warehouse.refresh import steps as refresh

        with skipped_if_overtaken():
            refresh.verify(refresh_id)

    @task(outlets=[Asset(PUBLICATION)])
    def publish(refresh_id: str) -> int | None:
        from warehouse.refresh import steps as refresh

        with skipped_if_overtaken():
            return refresh.publish(refresh_id).publication_id

    refresh_id = start()
    build(refresh_id) >> verify(refresh_id) >> publish(refresh_id)


nightly_refresh()
