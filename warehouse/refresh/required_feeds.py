"""Feeds that a deployment calls required: where one is too old, nothing is published, and readers are told why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import psycopg

from core import db
from core.errors import WarehouseError
from core.settings import settings
from warehouse.checks.results import CheckOutcome, record_outcomes

# The last day of the last month that the newest batch of the refresh covers, as marts.data_freshness counts it.
NEWEST = """
    select
        d.expected_every_days,
        (date_trunc('month', max(i.period_end)) + interval '1 month - 1 day')::date
    from audit.dataset as d
    left join audit.refresh_input as i on i.dataset = d.dataset and i.refresh_id = %s
    where d.dataset = %s
    group by d.dataset
"""
REMEDY = "Get the publisher's newest file into the sources, or take the feed out of REQUIRED_FEEDS."


def too_old(refresh_id: str, day: date) -> list[str]:
    """Check every required feed on that day, record the outcomes, return a line for each that is too old."""
    with db.connect("transformer") as connection:
        found = {
            dataset: _check(connection, refresh_id, dataset, limit, day)
            for dataset, limit in settings().required_feeds.items()
        }
    return [message for message in found.values() if message]


def _check(connection: psycopg.Connection, refresh_id: str, dataset: str, limit: int | None, day: date) -> str | None:
    row = connection.execute(NEWEST, [refresh_id, dataset]).fetchone()
    if row is None:
        raise WarehouseError(
            f"REQUIRED_FEEDS names {dataset!r}, which is no dataset.", remedy="`warehouse status` lists them."
        )
    expected, last_day = row
    allowed = limit if limit is not None else expected
    if allowed is None:
        raise WarehouseError(
            f"REQUIRED_FEEDS names {dataset}, which says nothing about how often it comes.",
            remedy=f"Say how many days old it may be: {dataset}=<days>.",
        )
    age = (day - last_day).days if last_day else None
    message = None
    if age is None:
        message = f"the required feed {dataset} has not arrived"
    elif age > allowed:
        message = f"the required feed {dataset} ends on {last_day}, {age} days before, and may be {allowed} days old"
    outcome = CheckOutcome(
        table_name=dataset,
        check_name=f"{dataset}.required_feed",
        kind="source",
        severity="fail",
        owner="data engineer",
        outcome="failed" if message else "passed",
        value=None if age is None else Decimal(age),
        failing_rows=None,
        sample=None,
        message=message,
        remedy=REMEDY if message else None,
        tool="warehouse",
    )
    record_outcomes(connection, refresh_id, "refresh", [outcome])
    return message
