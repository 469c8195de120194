"""Take a batch that was published but is wrong out of the figures. Its rows, its name and the reason stay."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from core import db
from core.errors import WarehouseError
from warehouse.checks.acceptance import require_person

FIND = """
    select b.batch_id, b.dataset, b.vintage, b.status, f.name
    from audit.batch as b
    inner join audit.batch_file as f using (batch_id)
    where starts_with(b.batch_id, %s)
"""
WITHDRAW = "select audit.withdraw_batch(%s, %s, %s, %s)"
PUBLISHED_IN = """
    select array_agg(p.publication_id order by p.publication_id)
    from audit.publication as p
    inner join audit.refresh_input as i using (refresh_id)
    where i.batch_id = %s
"""
REMEDY = "Ask the publisher for a corrected file and put it into the sources."


@dataclass(frozen=True)
class Withdrawn:
    """A batch that no longer counts, and the publications that were made with it."""

    batch_id: str
    dataset: str
    vintage: str
    file_name: str
    publications: list[int]


def withdraw(batch: str, name: str, reason: str) -> Withdrawn:
    """Withdraw an accepted batch, named by its id or the start of it, in a person's name. The next refresh does
    without it.

    The same bytes are never taken in again: they are known. WarehouseError where it is not one accepted batch.
    """
    require_person(name, reason)
    with db.connect("steward") as connection:
        batch_id, dataset, vintage, file_name = _accepted(connection, batch)
        connection.execute(WITHDRAW, [batch_id, name, reason, REMEDY])
        row = connection.execute(PUBLISHED_IN, [batch_id]).fetchone()
    return Withdrawn(batch_id, dataset, vintage, file_name, (row[0] if row else None) or [])


def _accepted(connection: psycopg.Connection, batch: str) -> tuple[str, str, str, str]:
    found = connection.execute(FIND, [batch]).fetchall() if batch else []
    if len(found) != 1:
        raise WarehouseError(
            f"{len(found)} batches have an id that starts with {batch!r}.",
            remedy="`warehouse publication show <publication>` lists the batches behind it; give one whole id.",
        )
    batch_id, dataset, vintage, status, name = found[0]
    if status != "accepted":
        raise WarehouseError(
            f"Batch {batch_id} of {dataset} is {status}: only an accepted one can be withdrawn.",
            remedy="Nothing to do: it is not behind any figures.",
        )
    return batch_id, dataset, vintage, name
