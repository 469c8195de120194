"""The morning page, its workbooks, those of the intake and the documentation: on a publication, and at 06:30 in London.

So it says of a night that published nothing why, and how old the figures have become. It comes after the publication
and apart from it: what fails here is red here, and changes nothing that readers have.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import Asset, AssetOrTimeSchedule, CronTriggerTimetable, TriggerRule, dag, task

from warehouse.orchestration.airflow_home import PUBLICATION

# A new deployment waits for its first night (Airflow takes False for "if it was not long ago").
AT_HALF_PAST_SIX = CronTriggerTimetable("30 6 * * *", timezone="Europe/London", run_immediately=timedelta(0))


@dag(
    schedule=AssetOrTimeSchedule(timetable=AT_HALF_PAST_SIX, assets=[Asset(PUBLICATION)]),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=1)},
    tags=["report"],
    doc_md=__doc__,
)
def morning_page() -> None:
    """Nothing new, and nothing is drawn, told or written."""

    @task
    def document() -> None:
        from warehouse.docs.make import make_if_new

        make_if_new()

    # The page links to the documentation, and comes without it where that failed.
    @task.short_circuit(trigger_rule=TriggerRule.ALL_DONE)
    def draw() -> str | None:
        from warehouse.export.nightly import write_books
        from warehouse.intake.take import write_templates
        from warehouse.report.make import make_if_new

        made = make_if_new(beforehand=write_books)
        if made:
            write_templates()
        return str(made.path) if made else None

    @task
    def tell() -> None:
        from warehouse.export.read import reading
        from warehouse.notify.message import of_the_night
        from warehouse.notify.send import send
        from warehouse.report.state import read_state

        with reading() as connection:
            state = read_state(connection)
        if state:
            send(of_the_night(state))

    document() >> draw() >> tell()


morning_page()
