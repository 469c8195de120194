"""What the DAGs' tasks ask of the warehouse besides the steps themselves."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core import db
from core.errors import Overtaken, WarehouseError
from core.locks import PATIENT_SECONDS
from core.settings import settings

LONDON = ZoneInfo("Europe/London")
LAST_DAY = "select max(business_date) from audit.publication"
log = logging.getLogger(__name__)
DECIDED = """
    select f.name, b.reason, b.remedy
    from audit.batch as b
    inner join audit.batch_file as f using (batch_id)
    where b.dataset = %s and b.status = %s and greatest(b.loaded_at, b.decided_at) >= %s
    order by b.loaded_at, f.name
"""


@dataclass(frozen=True)
class Refusal:
    """A refused file. `is_recorded` is false where it could not even be read: the database does not know it."""

    file_name: str
    reason: str
    remedy: str
    is_recorded: bool = True

    @property
    def line(self) -> str:
        """The reason in one line that names the file."""
        return self.reason if self.file_name in self.reason else f"{self.file_name}: {self.reason}"


class FilesRefused(WarehouseError):
    """Files of one dataset were refused; the others were taken in and its last good batch stands."""

    def __init__(self, dataset: str, refusals: list[Refusal]) -> None:
        lines = " ".join(refusal.line for refusal in refusals)
        super().__init__(f"{dataset}: {len(refusals)} refused. {lines}", remedy=refusals[0].remedy)
        self.refusals = refusals


def accepted_since(dataset: str, moment: datetime) -> list[str]:
    """Names of the dataset's files that were accepted since `moment`."""
    with db.connect("gate") as connection:
        return [row[0] for row in connection.execute(DECIDED, [dataset, "accepted", moment])]


def raise_refused(dataset: str, landed: list[dict[str, Any]], moment: datetime) -> None:
    """Raise FilesRefused where files were refused since `moment`, or (`landed`) could not be read at all."""
    refusals = [
        Refusal(each["file_name"], each["reason"], each["remedy"], is_recorded=False)
        for each in landed
        if each["batch_id"] is None
    ]
    with db.connect("gate") as connection:
        refusals += [Refusal(*row) for row in connection.execute(DECIDED, [dataset, "refused", moment])]
    if refusals:
        raise FilesRefused(dataset, refusals)


def business_date(dag_run: Any) -> date:
    """BUSINESS_DATE, else the day in London that the run is for, else the day on which it became due."""
    # A run at a set time or by hand has a logical date; one that an asset started has none.
    moment: datetime = dag_run.logical_date or dag_run.run_after
    return settings().business_date or moment.astimezone(LONDON).date()


@contextmanager
def skipped_if_overtaken() -> Iterator[None]:
    """A task is skipped whose refresh another one has overtaken: it has nothing left to do."""
    from airflow.sdk.exceptions import AirflowSkipException

    try:
        yield
    except Overtaken as overtaken:
        raise AirflowSkipException(overtaken.message) from overtaken


def start_refresh(dag_run: Any) -> str | None:
    """Start a refresh for the run's day; None where nothing is new, or where readers would go back to a day before.

    Airflow's backfill, or a run of last week that somebody cleared, asks for such days.
    """
    from warehouse.refresh.steps import start

    day = business_date(dag_run)
    with db.connect("auditor") as connection:
        last = (connection.execute(LAST_DAY).fetchone() or (None,))[0]
    if last and day < last and not settings().business_date:
        log.warning("Nothing is refreshed: %s lies before %s, the day of the last publication.", day, last)
        return None
    # What runs by hand is waited for by somebody, who is told at once that another refresh is at work.
    is_by_hand = str(getattr(dag_run.run_type, "value", dag_run.run_type)) == "manual"
    return start(day, patience=None if is_by_hand else PATIENT_SECONDS)
