"""Drift: how far a pending batch differs from the vintage before it, by the rules of its dataset's definition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from ingest.definition.dataset import Dataset
from ingest.definition.drift_rules import Drift, Level, RecordsRule, TotalsRule
from warehouse.checks.results import SAMPLE_ROWS, CheckOutcome

SHOWN_PERIODS = 3

# The accepted file before it in the order of vintages, whenever it arrived; of its own kind, coverage and label.
PAIR = """
    select
        f.name as file_name,
        before.batch_id as before_id,
        before.vintage,
        before.layout is not distinct from this.layout as has_same_header,
        this.records_loaded as loaded,
        before.records_loaded as loaded_before
    from audit.batch as this
    inner join audit.batch_file as f using (batch_id)
    inner join lateral (
        select b.*
        from audit.batch as b
        inner join audit.batch_file as bf using (batch_id)
        where
            b.status = 'accepted'
            and (b.dataset, b.is_generated, b.coverage) = (this.dataset, this.is_generated, this.coverage)
            and b.label is not distinct from this.label
            and (b.period_end, bf.arrived_at, b.sha256) < (this.period_end, f.arrived_at, this.sha256)
        order by b.period_end desc, bf.arrived_at desc, b.sha256 desc, b.decided_at desc
        limit 1
    ) as before on true
    where this.batch_id = %s
"""
ACCEPTED = """
    select a.name || ' on ' || to_char(a.accepted_at at time zone 'Europe/London', 'YYYY-MM-DD') || ': ' || a.reason
    from audit.acceptance as a
    inner join audit.batch as b using (dataset, sha256)
    where b.batch_id = %s
"""
PERIODS = """
    select
        {period},
        count(*) filter (where _batch_id = {before}),
        count(*) filter (where _batch_id = {now}),
        sum({number}) filter (where _batch_id = {before}),
        sum({number}) filter (where _batch_id = {now})
    from {table}
    where _batch_id in ({before}, {now}) and {period} is not null
    group by {period}
    order by {period}
"""


@dataclass(frozen=True)
class Pair:
    """A batch and the one before it."""

    file_name: str
    before_id: str
    vintage: str
    has_same_header: bool
    loaded: int
    loaded_before: int


class _Period(NamedTuple):
    """Records and totals of one period in both batches; a total is None where no row has a number."""

    period: date
    records_before: int
    records: int
    total_before: Decimal | int | None
    total: Decimal | int | None

    @property
    def is_comparable(self) -> bool:
        """Whether both batches have the period, and the earlier one a number for it."""
        return self.records > 0 and self.total_before is not None


class _Finding(NamedTuple):
    """What a rule measured; `message` where that is too much, with the periods that show it."""

    rule: str
    level: Level
    value: Decimal
    message: str | None
    periods: list[dict[str, Any]] | None = None


def drift_outcomes(connection: psycopg.Connection, definition: Dataset, batch_id: str) -> list[CheckOutcome]:
    """An outcome for each of the definition's drift rules; none where no vintage stands before the batch's."""
    if not definition.drift:
        return []
    pair = pair_of(connection, batch_id)
    if pair is None:
        return []
    periods = _periods(connection, definition, definition.drift, pair, batch_id)
    accepted = accepted_by(connection, batch_id)
    return [
        _outcome(definition, batch_id, pair, found, accepted) for found in _findings(definition.drift, pair, periods)
    ]


def accepted_by(connection: psycopg.Connection, batch_id: str) -> str | None:
    """Who has accepted the batch's file whatever such rules say, and why; None where nobody has."""
    row = connection.execute(ACCEPTED, [batch_id]).fetchone()
    return str(row[0]) if row else None


def pair_of(connection: psycopg.Connection, batch_id: str) -> Pair | None:
    """The batch with the accepted one before it; None where there is none."""
    with connection.cursor(row_factory=class_row(Pair)) as cursor:
        return cursor.execute(PAIR, [batch_id]).fetchone()


def _periods(
    connection: psycopg.Connection, definition: Dataset, drift: Drift, pair: Pair, batch_id: str
) -> list[_Period]:
    if not drift.period:
        return []
    query = sql.SQL(PERIODS).format(
        period=sql.Identifier(drift.period),
        number=sql.Identifier(drift.totals.field) if drift.totals else sql.SQL("null::numeric"),
        before=sql.Literal(pair.before_id),
        now=sql.Literal(batch_id),
        table=sql.Identifier("raw", definition.dataset),
    )
    return [_Period(*row) for row in connection.execute(query)]


def _findings(drift: Drift, pair: Pair, periods: list[_Period]) -> Iterator[_Finding]:
    if drift.records and pair.has_same_header and pair.loaded_before:
        yield _records(drift.records, pair, periods)
    if drift.missing_periods and periods:
        yield _missing_periods(drift.missing_periods, pair, periods)
    if drift.totals and any(each.is_comparable for each in periods):
        yield _totals(drift.totals, pair, periods)


def _records(rule: RecordsRule, pair: Pair, periods: list[_Period]) -> _Finding:
    now, before = Decimal(pair.loaded), Decimal(pair.loaded_before)
    if periods:
        now /= max(1, sum(each.records > 0 for each in periods))
        before /= max(1, sum(each.records_before > 0 for each in periods))
    change, allowed = _change(before, now), rule.shrink if now < before else rule.grow
    message = None
    if abs(change) > allowed:
        message = (
            f"records{' a period' if periods else ''} {'fell' if now < before else 'rose'} by {abs(change):.1%}, "
            f"from {before:,.0f} to {now:,.0f}, against vintage {pair.vintage}; {allowed:.1%} is let through"
        )
    return _Finding("records", rule.level, change, message)


def _missing_periods(level: Level, pair: Pair, periods: list[_Period]) -> _Finding:
    own = [each.period for each in periods if each.records]
    missing = [each for each in periods if own and own[0] < each.period < own[-1] and not each.records]
    message = None
    if missing:
        shown = ", ".join(str(each.period) for each in missing[:SHOWN_PERIODS])
        more = f" and {len(missing) - SHOWN_PERIODS} more" if len(missing) > SHOWN_PERIODS else ""
        message = f"no record of {shown}{more}, which vintage {pair.vintage} has"
    rows = [{"period": str(each.period), "records_before": each.records_before} for each in missing]
    return _Finding("missing_periods", level, Decimal(len(missing)), message, rows)


def _totals(rule: TotalsRule, pair: Pair, periods: list[_Period]) -> _Finding:
    changes = [(_change(each.total_before or 0, each.total or 0), each) for each in periods if each.is_comparable]
    changes.sort(key=lambda found: abs(found[0]), reverse=True)
    jumps = [(change, each) for change, each in changes if abs(change) > rule.change]
    message = None
    if jumps:
        change, most = jumps[0]
        message = (
            f"{rule.field} of {len(jumps)} of the {len(changes)} periods that vintage {pair.vintage} has too changed "
            f"by more than {rule.change:.1%}, most {most.period}: {most.total_before:,} then, {most.total or 0:,} now "
            f"({change:+.1%})"
        )
    rows = [
        {"period": str(each.period), "before": str(each.total_before), "now": str(each.total or 0)} for _, each in jumps
    ]
    return _Finding("totals", rule.level, changes[0][0], message, rows)


def _change(before: Decimal | int, now: Decimal | int) -> Decimal:
    """As a share of what it was; from nothing to something is a change by all of it."""
    return Decimal(round((Decimal(now) - before) / before, 4)) if before else Decimal(bool(now))


def _outcome(definition: Dataset, batch_id: str, pair: Pair, found: _Finding, accepted: str | None) -> CheckOutcome:
    is_overruled = found.message is not None and found.level == "fail" and accepted is not None
    message = found.message and f"{pair.file_name}: {found.message}"
    return CheckOutcome(
        table_name=definition.dataset,
        check_name=f"{definition.dataset}.drift.{found.rule}",
        kind="source",
        severity=found.level,
        owner=definition.publisher,
        outcome="overruled" if is_overruled else "failed" if message else "passed",
        value=found.value,
        failing_rows=None if found.periods is None else len(found.periods),
        sample=found.periods[:SAMPLE_ROWS] if found.periods else None,
        message=f"{message}; accepted by {accepted}" if is_overruled else message,
        remedy=(
            f"Ask {definition.publisher} whether this is true. If so: "
            f'`warehouse accept {batch_id[:12]} --by "First Last" --reason "..."`; if not, get a corrected file.'
        ),
        tool="warehouse",
    )
