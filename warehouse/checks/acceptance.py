"""A person's word for a file that differs much from the vintage before: the change is true, take it in."""

from __future__ import annotations

import psycopg

from core import db
from core.errors import WarehouseError
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
# Its rows are in raw; the gate judges them again, and says of the drift rules that they are overruled.
ACCEPT = "select audit.accept_batch(%s, %s, %s)"


def accept(batch: str, name: str, reason: str) -> BatchVerdict:
    """Accept the file of a batch, named by its id or the start of it, that drift rules refused; the new verdict.

    Its contract still holds. WarehouseError where it is no such batch, or where the name or the reason is missing.
    """
    require_person(name, reason)
    with db.connect("steward") as connection:
        batch_id, dataset = _refused(connection, batch)
        connection.execute(ACCEPT, [batch_id, name, reason])
    return next(verdict for verdict in verify_pending(dataset) if verdict.batch_id == batch_id)


def require_person(name: str, reason: str) -> None:
    """WarehouseError unless somebody answers for a decision, with a reason. The database asks the same."""
    if len(name.split()) < 2 or not reason.strip():
        raise WarehouseError(
            "A decision needs a person and a reason.",
            remedy='Give both: --by "First Last" --reason "what you know about the file".',
        )


def _refused(connection: psycopg.Connection, batch: str) -> tuple[str, str]:
    found = connection.execute(FIND, [batch]).fetchall() if batch else []
    if len(found) != 1:
        raise WarehouseError(
            f"{len(found)} batches have an id that starts with {batch!r}.",
            remedy="`warehouse checks failing` shows the command to accept a file with; give one whole id.",
        )
    batch_id, dataset, status, has_drifted = found[0]
    if status != "refused" or not has_drifted:
        raise WarehouseError(
            f"Batch {batch_id} of {dataset} is {status}, and not for how it differs from the vintage before.",
            remedy="Only what drift rules refused can be accepted; `warehouse checks failing` says what fails.",
        )
    return batch_id, dataset
