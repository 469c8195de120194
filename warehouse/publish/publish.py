"""Publication: make `marts` and `restricted` equal to the candidate by difference, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field

import psycopg

from core import db
from core.errors import WarehouseError
from core.faults import reached
from core.locks import Lock, take_for_transaction
from warehouse.disclosure.history import close_history
from warehouse.disclosure.withheld import close_withheld
from warehouse.publish.alter import end_long_readers
from warehouse.publish.as_published import history_sums, require_as_published, since_sum
from warehouse.publish.keys import both_names
from warehouse.publish.links import hold
from warehouse.publish.manifest import write_manifest
from warehouse.publish.mart_catalogue import Table, candidate_tables, mart_name, place, require_key
from warehouse.publish.stable_tables import (
    align_before,
    describe,
    ever_published,
    last_published,
    tidy,
)
from warehouse.publish.write_difference import MartChange, apply, retire


@dataclass(frozen=True)
class PublishReport:
    """`publication_id` is None where nothing had changed and there is no new publication.

    `left` names what is retired and empty, but still there because readers hold it.
    """

    publication_id: int | None
    changed_rows: int
    marts: list[MartChange]
    left: list[str] = field(default_factory=list)


def publish_candidate(refresh_id: str, candidate_schema: str) -> PublishReport:
    """Publish every candidate, those for readers who are named included, for a refresh whose verdict is passed."""
    with db.connect("publisher") as connection:
        built = candidate_tables(connection, candidate_schema)
        if not built:
            raise WarehouseError(
                f"The schema {candidate_schema} holds no table to publish.", remedy="Build the candidate first."
            )
        return publish_tables(connection, refresh_id, built)


def publish_tables(connection: psycopg.Connection, refresh_id: str, candidates: dict[str, Table]) -> PublishReport:
    """Publish the candidates by name: all of `marts` is then equal to them, and marts that are not here are retired.

    Readers see the state before or after, never a mixture: all marts change in one transaction. Columns that are new
    are added before it; columns and marts that are gone are dropped after it, each in a short transaction of its own.
    """
    for table in candidates.values():
        require_key(table)
    reached("publish.begun")
    require_as_published(connection)
    end_long_readers(connection)
    last = last_published(connection)
    candidates = {name: both_names(table, last.get(name)) for name, table in candidates.items()}
    published = align_before(connection, candidates)
    reached("publish.aligned")
    report = _publish_in_one_transaction(connection, refresh_id, candidates, published)
    reached("publish.committed")
    write_manifest(connection)
    left = tidy(connection)
    reached("publish.tidied")
    return PublishReport(report.publication_id, report.changed_rows, report.marts, left)


def finish_last() -> None:
    """Do what a publication that was killed after its commit has left undone: manifest, retired columns and marts."""
    with db.connect("publisher") as connection:
        write_manifest(connection)
        tidy(connection)


def published_by(refresh_id: str) -> int | None:
    """The publication that this refresh has made."""
    with db.connect("publisher") as connection:
        row = connection.execute(
            "select publication_id from audit.publication where refresh_id = %s", [refresh_id]
        ).fetchone()
    return row[0] if row else None


def _publish_in_one_transaction(
    connection: psycopg.Connection, refresh_id: str, candidates: dict[str, Table], published: dict[str, Table]
) -> PublishReport:
    with connection.transaction():
        take_for_transaction(connection, Lock.PUBLISH)
        number = _next_publication_id(connection)
        known = ever_published(connection)
        changes = []
        for name, candidate in candidates.items():
            changes.append(apply(connection, candidate, published[name], number, known.get(name, set())))
            if len(changes) == 1:
                reached("publish.first_mart")
        changes += [
            retire(connection, published[name], number) for name in _to_retire(connection, candidates, published)
        ]
        close_history(connection, refresh_id)
        close_withheld(connection, candidates)
        reached("publish.all_marts")
        hold(connection, candidates, published)
        describe(connection, candidates)
        changed_rows = sum(change.changed for change in changes)
        if changed_rows == 0 and _same_as_last(connection, refresh_id):
            _finish(connection, refresh_id, "unchanged", "no row changed")
            return PublishReport(None, 0, changes)
        _record(connection, number, refresh_id, changes, {**published, **candidates})
        _finish(connection, refresh_id, "published", f"publication {number}")
        reached("publish.recorded")
    return PublishReport(number, changed_rows, changes)


def _next_publication_id(connection: psycopg.Connection) -> int:
    row = connection.execute("select coalesce(max(publication_id), 0) + 1 from audit.publication").fetchone()
    return int(row[0]) if row else 1


def _to_retire(connection: psycopg.Connection, candidates: dict[str, Table], published: dict[str, Table]) -> list[str]:
    """Marts of the last publication that are no longer built; one that was retired before stays out."""
    last = connection.execute(
        "select schema_name, mart from audit.publication_mart where not is_retired "
        "and publication_id = (select max(publication_id) from audit.publication) order by schema_name, mart"
    )
    return [mart for mart in (mart_name(*row) for row in last) if mart in published and mart not in candidates]


def _same_as_last(connection: psycopg.Connection, refresh_id: str) -> bool:
    row = connection.execute(
        """
        select p.input_hash = r.input_hash and p.code_version = r.code_version
        from audit.publication as p, audit.refresh as r
        where r.refresh_id = %s
        order by p.publication_id desc
        limit 1
        """,
        [refresh_id],
    ).fetchone()
    return bool(row and row[0])


def _record(
    connection: psycopg.Connection,
    publication_id: int,
    refresh_id: str,
    changes: list[MartChange],
    shapes: dict[str, Table],
) -> None:
    connection.execute(
        """
        insert into audit.publication
            (publication_id, refresh_id, business_date, code_version, input_hash, changed_rows, verdict)
        select %s, refresh_id, business_date, code_version, input_hash, %s, 'passed'
        from audit.refresh where refresh_id = %s
        """,
        [publication_id, sum(change.changed for change in changes), refresh_id],
    )
    histories = history_sums(connection, [change.mart for change in changes])
    since = {
        c.mart: None if c.is_retired else since_sum(connection, place(c.mart), list(shapes[c.mart].key))
        for c in changes
    }
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into audit.publication_mart (publication_id, schema_name, mart, row_count, inserted, updated, "
            "deleted, checksum, is_retired, column_names, key_columns, history_rows, history_checksum, "
            "history_columns, since_checksum) "
            "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (publication_id, *place(c.mart), c.row_count, c.inserted, c.updated, c.deleted, c.checksum,
                 c.is_retired, list(shapes[c.mart].column_names), list(shapes[c.mart].key), *histories[c.mart],
                 since[c.mart])
                for c in changes
            ],
        )  # fmt: skip


def _finish(connection: psycopg.Connection, refresh_id: str, status: str, message: str) -> None:
    connection.execute(
        "update audit.refresh set status = %s, message = %s, finished_at = clock_timestamp() where refresh_id = %s",
        [status, message, refresh_id],
    )
