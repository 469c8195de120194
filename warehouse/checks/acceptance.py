"""A person's word on a refused file: the change is true, take it in; or no good file will come, settle it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import psycopg
from psycopg import sql

from core import db
from core.errors import WarehouseError
from ingest.definition.dataset import load_definitions
from ingest.load_again import read_as_another
from warehouse.checks.gate import BatchVerdict, verify_pending

FIND = """
    select
        b.batch_id,
        b.dataset,
        -- Bytes that another batch has settled (under a newer definition) stay settled by that one.
        coalesce(
            (
                select max(o.status)
                from audit.batch as o
                where
                    (o.dataset, o.sha256) = (b.dataset, b.sha256)
                    and o.batch_id <> b.batch_id
                    and o.status <> 'refused'
            ),
            b.status
        ),
        exists (
            select 1
            from audit.check_result as c
            where c.run_id = b.batch_id and c.tool = 'warehouse' and c.severity = 'fail' and c.outcome = 'failed'
        )
    from audit.batch as b
    where starts_with(b.batch_id, %s)
"""
STANDING = "select batch_id, file_name from audit.standing_refusal where starts_with(batch_id, %s)"
TAKE_BACK = "select audit.take_back_withdrawal(%s, %s, %s)"
DISMISS = "select audit.dismiss_batch(%s, %s, %s)"
# Its rows are in raw; the gate judges them again, and says of the drift rules that they are overruled.
ACCEPT = "select audit.accept_batch(%s, %s, %s)"
ACCEPT_EXCEPT = "select audit.accept_batch_except(%s, %s, %s, %s)"
MONTHS = "select distinct date_trunc('month', {})::date from {} where _batch_id = %s"


def accept(batch: str, name: str, reason: str, without: Sequence[date] = ()) -> BatchVerdict:
    """Accept the file of a batch, named by its id or the start of it; the new verdict.

    Drift rules have refused it, or it was withdrawn by mistake: then it is read again, as another batch. Its contract
    still holds. The months that it is to be taken in `without` are left out of it, for good. WarehouseError where it is
    no such batch, or where the name or the reason is missing.
    """
    require_person(name, reason)
    with db.connect("steward") as connection:
        batch_id, dataset, is_withdrawn = _found(connection, batch)
        if without:
            _require_months(dataset, batch_id, without, is_withdrawn=is_withdrawn)
            connection.execute(ACCEPT_EXCEPT, [batch_id, name, reason, [day.replace(day=1) for day in without]])
        else:
            connection.execute(TAKE_BACK if is_withdrawn else ACCEPT, [batch_id, name, reason])
    if is_withdrawn or without:
        batch_id = str(read_as_another(dataset, batch_id).batch_id)
    return next(verdict for verdict in verify_pending(dataset) if verdict.batch_id == batch_id)


def _require_months(dataset: str, batch_id: str, months: Sequence[date], *, is_withdrawn: bool) -> None:
    drift = load_definitions()[dataset].drift
    if is_withdrawn or not drift or not drift.period:
        raise WarehouseError(
            f"Nothing can be left out of {dataset}"
            + (", which was withdrawn." if is_withdrawn else ": its definition does not say which month a row is of."),
            remedy="Accept the whole file, or dismiss it.",
        )
    with db.connect("auditor") as connection:
        query = sql.SQL(MONTHS).format(sql.Identifier(drift.period), sql.Identifier("raw", dataset))
        there = {row[0] for row in connection.execute(query, [batch_id])}
    if absent := [f"{day:%Y-%m}" for day in months if day.replace(day=1) not in there]:
        raise WarehouseError(
            f"The file has no rows of {', '.join(absent)}.", remedy="Name months that it has, as YYYY-MM."
        )


def require_person(name: str, reason: str) -> None:
    """WarehouseError unless somebody answers for a decision, with a reason. The database asks the same."""
    if len(name.split()) < 2 or not reason.strip():
        raise WarehouseError(
            "A decision needs a person and a reason.",
            remedy='Give both: --by "First Last" --reason "what you know about the file".',
        )


def _found(connection: psycopg.Connection, batch: str) -> tuple[str, str, bool]:
    found = connection.execute(FIND, [batch]).fetchall() if batch else []
    if len(found) != 1:
        raise WarehouseError(
            f"{len(found)} batches have an id that starts with {batch!r}.",
            remedy="`warehouse checks failing` shows the command to accept a file with; give one whole id.",
        )
    batch_id, dataset, status, has_drifted = found[0]
    if status != "withdrawn" and (status != "refused" or not has_drifted):
        raise WarehouseError(
            f"Batch {batch_id} of {dataset} is {status}, and not for how it differs from the vintage before.",
            remedy="Only what drift rules refused, or what was withdrawn, can be accepted; `warehouse checks failing` "
            "says what fails.",
        )
    return batch_id, dataset, status == "withdrawn"


def dismiss(batch: str, name: str, reason: str) -> tuple[str, int]:
    """Settle the refusal of a batch, named by its id or the start of it; its file's name, and how many still stand.

    WarehouseError where no such refusal stands, or where the name or the reason is missing.
    """
    require_person(name, reason)
    with db.connect("steward") as connection:
        found = connection.execute(STANDING, [batch]).fetchall() if batch else []
        if len(found) != 1:
            raise WarehouseError(
                f"{len(found)} refusals that stand have an id that starts with {batch!r}.",
                remedy="`warehouse checks failing` shows each with the command that settles it.",
            )
        connection.execute(DISMISS, [found[0][0], name, reason])
        left = connection.execute("select count(*) from audit.standing_refusal").fetchone()
    return found[0][1], left[0] if left else 0
