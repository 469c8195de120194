"""One DAG a dataset: land what was published, verify it, report what was refused.

Every night at 00:15 Europe/London. One feed of a publisher at a time (its pool). A file that is known already changes
nothing; an accepted one updates the dataset's asset, which starts the refresh. A refused file is red here, and its
last good batch stands.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, Asset, CronTriggerTimetable, TriggerRule, dag, task
from airflow.sdk.exceptions import AirflowSkipException

from ingest.definition.dataset import Dataset, load_definitions
from warehouse.orchestration.airflow_home import about, asset_name, dag_name, pool_name

# A new deployment waits for its first night (Airflow takes False for "if it was not long ago").
AT_QUARTER_PAST_MIDNIGHT = CronTriggerTimetable("15 0 * * *", timezone="Europe/London", run_immediately=timedelta(0))


def ingest_dag(dataset: Dataset) -> DAG:
    """The DAG of one dataset."""

    @task(retries=2, retry_delay=timedelta(minutes=5), pool=pool_name(dataset.publisher))
    def land() -> list[dict[str, Any]]:
        from ingest.pipeline import ingest_dataset
        from warehouse.intake.take import take_dropped

        if dataset.sign_off:
            take_dropped(dataset.dataset)
        return [asdict(batch) for batch in ingest_dataset(dataset.dataset).batches]

    @task(retries=2, retry_delay=timedelta(minutes=1), outlets=[Asset(asset_name(dataset.dataset))])
    def verify(dag_run: Any = None) -> list[str]:
        from warehouse.checks.gate import verify_pending
        from warehouse.orchestration.tasks import accepted_since

        verify_pending(dataset.dataset)
        accepted = accepted_since(dataset.dataset, dag_run.start_date)
        if not accepted:
            raise AirflowSkipException("Nothing new was accepted: this dataset starts no refresh.")
        return accepted

    @task(trigger_rule=TriggerRule.NONE_FAILED)
    def report(landed: list[dict[str, Any]], dag_run: Any = None) -> None:
        from warehouse.orchestration.tasks import raise_refused

        raise_refused(dataset.dataset, landed, dag_run.start_date)

    @dag(
        dag_id=dag_name(dataset.dataset),
        description=dataset.title,
        schedule=AT_QUARTER_PAST_MIDNIGHT,
        catchup=False,
        max_active_runs=1,
        tags=["ingest", dataset.domain],
        default_args={"owner": dataset.publisher},
        doc_md=f"{about(dataset)}\n\n{__doc__}",
    )
    def ingest_dataset_dag() -> None:
        landed = land()
        landed >> verify() >> report(landed)

    return ingest_dataset_dag()


for definition in load_definitions().values():
    ingest_dag(definition)
