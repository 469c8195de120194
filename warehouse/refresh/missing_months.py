"""A month that never came between two that did: told across the files of a feed, since no single file can show it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import psycopg

from core import db
from warehouse.checks.results import CheckOutcome, record_outcomes
from warehouse.checks.soda import SAMPLE_ROWS

# Feeds that come at least monthly and of which a file covers one month: each kind of file (a force) has its own months.
GAPS = """
    with months as (
        select distinct
            b.dataset, d.publisher, coalesce(b.label, '') as label, date_trunc('month', b.period_end)::date as month
        from audit.batch as b
        inner join audit.dataset as d using (dataset)
        left join audit.refresh_input as i on i.batch_id = b.batch_id and i.refresh_id = %(refresh)s
        where
            d.expected_every_days <= 31
            and date_trunc('month', b.period_start) = date_trunc('month', b.period_end)
            and (i.batch_id is not null or b.status = 'empty')
    ),

    followed as (
        select *, lead(month) over (partition by dataset, label order by month) as next_month
        from months
    )

    select
        dataset,
        max(publisher),
        coalesce(jsonb_agg(
            jsonb_build_object('kind', label, 'after', month, 'before', next_month) order by month desc, label
        ) filter (where next_month > month + interval '1 month'), '[]')
    from followed
    group by dataset
    having count(*) > 1
    order by dataset
"""


def record_missing_months(refresh_id: str) -> None:
    """Record for every such feed whether a month is missing; it warns and stops nothing."""
    with db.connect("transformer") as connection:
        _record(connection, refresh_id)


def _record(connection: psycopg.Connection, refresh_id: str) -> None:
    found = connection.execute(GAPS, {"refresh": refresh_id}).fetchall()
    outcomes = [_outcome(dataset, publisher, gaps) for dataset, publisher, gaps in found]
    record_outcomes(connection, refresh_id, "refresh", outcomes)


def _outcome(dataset: str, publisher: str, gaps: list[dict[str, Any]]) -> CheckOutcome:
    message = None
    if gaps:
        first, more = gaps[0], len(gaps) - 1
        kind = f" of {first['kind']}" if first["kind"] else ""
        message = (
            f"{dataset}{kind}: no file came for the months between {first['after'][:7]} and {first['before'][:7]}"
            f"{f', and {more:,} more holes' if more else ''}"
        )
    return CheckOutcome(
        table_name=dataset,
        check_name=f"{dataset}.missing_months",
        kind="source",
        severity="warn",
        owner=publisher,
        outcome="failed" if gaps else "passed",
        value=Decimal(len(gaps)),
        failing_rows=len(gaps),
        sample=gaps[:SAMPLE_ROWS] or None,
        message=message,
        remedy="Get the missing files into the sources; totals over these months lack them meanwhile."
        if gaps
        else None,
        tool="warehouse",
    )
