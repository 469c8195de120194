"""Was anything published by now? Asked from outside (cron, a timer), for Airflow may be what has died."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg

from core import db
from core.errors import WarehouseError
from warehouse.notify.message import Message
from warehouse.report.words import day

LONDON = ZoneInfo("Europe/London")
DONE = ("published", "unchanged")
LAST = "select status, business_date, message, finished_at from audit.refresh order by started_at desc limit 1"
STANDS = "select publication_id, business_date from marts.publication where is_current"


def judged(now: datetime | None = None) -> Message:
    """What to say at the deadline: good where a refresh has ended well since midnight in London."""
    moment = (now or datetime.now(LONDON)).astimezone(LONDON)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        with db.connect("auditor") as connection:
            last = connection.execute(LAST).fetchone()
            stands = connection.execute(STANDS).fetchone()
    except (psycopg.Error, WarehouseError) as error:
        told = str(error).strip().splitlines()[0]
        return Message(
            "The warehouse does not answer", f"{told}\nSee `warehouse status` on its machine.", is_good=False
        )
    if stands is None:
        return Message("Nothing has been published yet", "`make run` on the warehouse's machine.", is_good=False)
    which = f"publication {stands[0]}, for {day(stands[1])}"
    if last and last[0] in DONE and last[3] and last[3] >= midnight:
        return Message(f"In time: {which}", f"The refresh ended at {last[3].astimezone(LONDON):%H:%M}.", is_good=True)
    if last and last[0] == "failed" and last[3] and last[3] >= midnight:
        why = f"Tonight's refresh failed: {last[2]}. `warehouse checks failing` shows each check, with who mends it."
    elif last and last[0] not in (*DONE, "failed", "abandoned"):
        why = f"A refresh for {day(last[1])} has begun and not ended."
    else:
        why = "No refresh has ended since midnight. Is Airflow up? `warehouse status` says; `make up` starts it."
    return Message(f"Not published by {moment:%H:%M}: readers see {which}", why, is_good=False)
