"""A refresh: fix the batch set, build the candidate, judge it, publish it. Each step is safe to run again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import NoReturn
from zoneinfo import ZoneInfo

import psycopg

from core import db
from core.errors import Overtaken, WarehouseError
from core.faults import reached
from core.locks import PATIENT_SECONDS, no_refresh
from core.settings import settings
from ingest.readers.file_name import RELEASED
from warehouse.checks.archive_as_kept import record_archive_state
from warehouse.checks.raw_as_loaded import changed_batches
from warehouse.lineage.published_columns import note_columns
from warehouse.publish.publish import PublishReport, finish_last, publish_candidate, published_by
from warehouse.refresh import layers
from warehouse.refresh.causes import note_causes
from warehouse.refresh.code_archive import archive_code, code_commit, code_version
from warehouse.refresh.missing_months import record_missing_months
from warehouse.refresh.required_feeds import too_old
from warehouse.refresh.run_events import tell

# The states of a refresh, in their order; a step that was done before is not done again.
UNFINISHED = ("running", "built", "passed")
DONE = ("published", "unchanged")

# Of each file, the one batch that counts; generated batches only where the database never accepted a real one. The
# latest is the one released last, where every file of the dataset lies in a folder that says when it was; one that does
# not would have to be put among the others by guess.
BATCH_SET = f"""
    with there as (
        select distinct on (dataset, name) dataset, name, state, sha256
        from audit.arrival
        where name like '%released-%'
        order by dataset, name, arrival_id desc
    ),

    usable as (
        select
            b.*,
            f.arrived_at as came_at,
            coalesce(
                (
                    select min(substring(t.name from '{RELEASED}')::date)
                    from there as t
                    where (t.dataset, t.sha256) = (b.dataset, b.sha256) and t.state = 'read'
                ),
                substring(f.name from '{RELEASED}')::date
            ) as released_on
        from audit.batch as b
        inner join audit.batch_file as f using (batch_id)
        where
            b.status = 'accepted'
            and b.is_generated = not exists (
                select from audit.batch as r where r.status in ('accepted', 'withdrawn') and not r.is_generated
            )
    ),

    dated as (
        select *, not bool_and(released_on is not null) over (partition by dataset) as order_assumed from usable
    )

    select
        batch_id, dataset, vintage,
        row_number() over (
            partition by dataset
            order by case when not order_assumed then released_on end, period_end, came_at, sha256 collate "C"
        ) as vintage_order,
        layout, period_start, period_end, coverage, is_generated, released_on, order_assumed
    from dated
    order by dataset, vintage_order
"""


def start(business_date: date | None = None, *, force: bool = False, patience: int | None = None) -> str | None:
    """Fix the batch set, the code and the business date of a new refresh; its id, or None when nothing is new.

    One of the very same that has not ended is gone on with. `force` makes one all the same, which builds everything
    from nothing; `patience` says for how many seconds another's step is waited for.
    """
    day = business_date or settings().business_date or datetime.now(ZoneInfo("Europe/London")).date()
    with no_refresh("transformer", seconds=patience):
        code = archive_code()
        reached("build.code_archived")
        with db.connect("transformer") as connection:
            batches = connection.execute(BATCH_SET).fetchall()
            input_hash = hashlib.sha256(json.dumps(batches, default=str).encode()).hexdigest()
            # Only who has something else to do takes another's place; the very same is gone on with.
            refresh_id = None if force else _at_work_on(connection, input_hash, code, day)
            if not refresh_id and (force or not _already_done(connection, input_hash, code, day)):
                refresh_id = _record(connection, batches, input_hash, code, day)
                connection.execute(
                    "update audit.refresh set status = 'abandoned', message = 'refresh ' || %s || ' took its place' "
                    "where status = any(%s) and refresh_id <> %s",
                    [refresh_id, list(UNFINISHED), refresh_id],
                )
                if force:
                    layers.forget(connection)
                reached("build.inputs_fixed")
        if refresh_id is None:
            finish_last()
            return None
        _tell_the_planner()
        if changed := changed_batches(refresh_id):
            _fail(refresh_id, "; ".join(changed))
        record_archive_state(refresh_id)
        record_missing_months(refresh_id)
        if late := too_old(refresh_id, day):
            _fail(refresh_id, "; ".join(late))
    reached("build.started")
    return refresh_id


def build(refresh_id: str) -> None:
    """Build every layer up to the candidate with dbt and run its tests. Raises WarehouseError when anything fails."""
    from warehouse.refresh.dbt_build import build as dbt_build

    with _step(refresh_id, "running") as todo:
        if todo is None:
            return
        result = dbt_build(refresh_id, todo.business_date, todo.schema_prefix)
        if not result.passed:
            names = "; ".join(f"{failure.node}: {failure.message}" for failure in result.failures[:3])
            _fail(refresh_id, f"{len(result.failures)} models or tests failed: {names}")
        _set_status(refresh_id, "built", f"{result.nodes} nodes")
    reached("build.built")


def verify(refresh_id: str) -> None:
    """Run the Soda contracts on the candidate. Raises WarehouseError when one fails, errs or does not run."""
    from warehouse.checks.gate import verify_candidates

    with _step(refresh_id, "built") as todo:
        if todo is None:
            return
        verdict = verify_candidates(refresh_id, todo.candidate)
        reached("verify.recorded")
        if not verdict.passed:
            names = "; ".join(f"{check.check_name}: {check.message}" for check in verdict.failed[:3])
            _fail(refresh_id, f"{len(verdict.failed)} checks failed: {names}")
        _set_status(refresh_id, "passed", f"{verdict.checks} checks passed, {len(verdict.warned)} warnings")
    reached("verify.passed")


def publish(refresh_id: str) -> PublishReport:
    """Publish the candidate of a refresh whose verdict is passed."""
    with _step(refresh_id, "passed") as todo:
        if todo is None:
            finish_last()
            return PublishReport(published_by(refresh_id), 0, [])
        if code_version() != todo.code_version:
            _fail(refresh_id, "the code was changed after the refresh had started")
        with db.connect("transformer") as connection:
            note_columns(connection, todo.code_version, todo.schema_prefix)
            note_causes(connection, refresh_id)
        report = publish_candidate(refresh_id, todo.candidate)
    tell(refresh_id)
    return report


def refresh(business_date: date | None = None, *, force: bool = False) -> PublishReport | None:
    """All four steps; None when nothing is new."""
    refresh_id = start(business_date, force=force)
    if refresh_id is None:
        return None
    build(refresh_id)
    verify(refresh_id)
    return publish(refresh_id)


def _already_done(connection: psycopg.Connection, input_hash: str, code: str, day: date) -> bool:
    row = connection.execute(
        "select input_hash, code_version, business_date from audit.refresh "
        "where status = any(%s) order by finished_at desc limit 1",
        [list(DONE)],
    ).fetchone()
    return row == (input_hash, code, day)


def _at_work_on(connection: psycopg.Connection, input_hash: str, code: str, day: date) -> str | None:
    """The refresh of the same that was begun and has not ended: another run's that goes on, or one that was killed."""
    row = connection.execute(
        "select refresh_id from audit.refresh where status = any(%s) "
        "and (input_hash, code_version, business_date) = (%s, %s, %s)",
        [list(UNFINISHED), input_hash, code, day],
    ).fetchone()
    return row[0] if row else None


def _record(connection: psycopg.Connection, batches: list[tuple], input_hash: str, code: str, day: date) -> str:
    refresh_id = _new_id(connection, f"{input_hash} {code} {day}")
    connection.execute(
        "insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status, code_commit) "
        "values (%s, %s, %s, %s, 'running', %s)",
        [refresh_id, day, code, input_hash, code_commit()],
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into audit.refresh_input (refresh_id, batch_id, dataset, vintage, vintage_order, layout, "
            "period_start, period_end, coverage, is_generated, released_on, order_assumed) "
            "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [(refresh_id, *batch) for batch in batches],
        )
    return refresh_id


def _tell_the_planner() -> None:
    """Statistics of the batch set: without, a plan expects one row of a join with it, and takes minutes for seconds."""
    with db.connect("admin", autocommit=True) as connection:  # only its owner may
        connection.execute("analyze audit.refresh_input")


def _new_id(connection: psycopg.Connection, content: str) -> str:
    stem = hashlib.sha256(content.encode()).hexdigest()[:12]
    row = connection.execute("select count(*) from audit.refresh where starts_with(refresh_id, %s)", [stem]).fetchone()
    return f"{stem}-{(row[0] if row else 0) + 1}"


@dataclass(frozen=True)
class _Todo:
    """What a step needs to know of its refresh."""

    business_date: date
    schema_prefix: str
    code_version: str

    @property
    def candidate(self) -> str:
        return f"{self.schema_prefix}candidate"


@contextmanager
def _step(refresh_id: str, expected: str) -> Iterator[_Todo | None]:
    """Hold the refresh for one step; None where the step was done before (its task was killed after its work)."""
    # Another run may go on with the same refresh: who comes second finds the step done.
    with no_refresh("transformer", seconds=PATIENT_SECONDS):
        with db.connect("transformer") as connection:
            row = connection.execute(
                "select status, business_date, schema_prefix, code_version from audit.refresh where refresh_id = %s",
                [refresh_id],
            ).fetchone()
        if row and row[0] in (*UNFINISHED[UNFINISHED.index(expected) + 1 :], *DONE):
            yield None
        elif row and row[0] == expected:
            yield _Todo(*row[1:])
        else:
            kind = Overtaken if row and row[0] == "abandoned" else WarehouseError
            raise kind(
                f"Refresh {refresh_id} is {row[0] if row else 'unknown'}, this step needs it {expected}.",
                remedy="Start a new refresh: `make run`.",
            )


def _set_status(refresh_id: str, status: str, message: str) -> None:
    with db.connect("transformer") as connection:
        connection.execute(
            "update audit.refresh set status = %s, message = %s, "
            "finished_at = case when %s = 'failed' then clock_timestamp() end "
            "where refresh_id = %s and status <> 'abandoned'",
            [status, message, status, refresh_id],
        )


def _fail(refresh_id: str, message: str) -> NoReturn:
    _set_status(refresh_id, "failed", message)
    tell(refresh_id)
    raise WarehouseError(
        f"Not published, readers keep the last good figures: {message}.",
        remedy="`warehouse checks failing` shows each, with its rows and what to do.",
    )
