"""Publication: make `marts` equal to the candidate by difference, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from warehouse import db
from warehouse.catalogue import Table, checksum, require_key, row_text, tables
from warehouse.errors import WarehouseError
from warehouse.published_tables import align_before, describe, drop_retired_columns

PUBLISH_LOCK = 7_201_003


@dataclass(frozen=True)
class MartChange:
    """What one publication did to one mart."""

    mart: str
    row_count: int
    inserted: int
    updated: int
    deleted: int
    checksum: str = field(repr=False, default="")

    @property
    def changed(self) -> int:
        """Rows that a reader now sees differently."""
        return self.inserted + self.updated + self.deleted


@dataclass(frozen=True)
class PublishReport:
    """`publication_id` is None where nothing had changed and there is no new publication."""

    publication_id: int | None
    changed_rows: int
    marts: list[MartChange]


def publish_candidate(refresh_id: str, candidate_schema: str) -> PublishReport:
    """Publish every table of `candidate_schema` for a refresh whose verdict is passed.

    Readers see the state before or after, never a mixture: all marts change in one transaction. Columns that are new
    are added before it, columns that are gone are dropped after it, each in a short transaction of its own.
    """
    with db.connect("publisher") as connection:
        connection.execute("set timezone = 'UTC'; set datestyle = 'ISO'; set extra_float_digits = 1")
        connection.commit()
        candidates = tables(connection, candidate_schema)
        _require_publishable(candidates, candidate_schema)
        published = align_before(connection, candidates)
        report = _publish_in_one_transaction(connection, refresh_id, candidates, published)
        if report.publication_id is not None:
            drop_retired_columns(connection, candidates)
            describe(connection, candidates)
    return report


def _require_publishable(candidates: dict[str, Table], schema: str) -> None:
    if not candidates:
        raise WarehouseError(f"The schema {schema} holds no table to publish.", remedy="Build the candidate first.")
    for table in candidates.values():
        require_key(table)


def _publish_in_one_transaction(
    connection: psycopg.Connection, refresh_id: str, candidates: dict[str, Table], published: dict[str, Table]
) -> PublishReport:
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", [PUBLISH_LOCK])
        publication_id = _next_publication_id(connection)
        changes = [
            _apply(connection, candidate, published[name], publication_id) for name, candidate in candidates.items()
        ]
        changed_rows = sum(change.changed for change in changes)
        if changed_rows == 0 and _same_as_last(connection, refresh_id):
            _finish(connection, refresh_id, "unchanged", "no row changed")
            return PublishReport(None, 0, changes)
        _record(connection, publication_id, refresh_id, changes, candidates)
        _finish(connection, refresh_id, "published", f"publication {publication_id}")
    return PublishReport(publication_id, changed_rows, changes)


def _next_publication_id(connection: psycopg.Connection) -> int:
    row = connection.execute("select coalesce(max(publication_id), 0) + 1 from audit.publication").fetchone()
    return int(row[0]) if row else 1


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


def _apply(connection: psycopg.Connection, candidate: Table, mart: Table, publication_id: int) -> MartChange:
    parts = {
        "candidate": candidate.identifier,
        "mart": mart.identifier,
        "history": sql.Identifier(history_schema(mart.schema), mart.name),
        "key": _names(candidate.key),
        "columns": _names(candidate.column_names),
        "old_columns": _names(candidate.column_names, "m"),
        "new_columns": _names(candidate.column_names, "c"),
        "first_key": sql.Identifier(candidate.key[0]),
        "candidate_row": row_text("c", candidate.column_names),
        "mart_row": row_text("m", candidate.column_names),
        "number": sql.Literal(publication_id),
    }

    def run(statement: str) -> int:
        return connection.execute(sql.SQL(statement).format(**parts)).rowcount

    run("drop table if exists pg_temp.difference")
    run("""
        create temp table difference on commit drop as
        select {key}, c.{first_key} is null as is_gone, m.{first_key} is null as is_new
        from (select *, {candidate_row} as _text from {candidate} as c) as c
        full join (select *, {mart_row} as _text from {mart} as m) as m using ({key})
        where c._text is distinct from m._text
        """)
    run("""
        insert into {history} ({columns}, _from_publication, _until_publication, _change)
        select {old_columns}, m._publication_id, {number}, case when d.is_gone then 'deleted' else 'updated' end
        from {mart} as m inner join difference as d using ({key}) where not d.is_new
        """)
    # An update is a delete and an insert: the row moves in the heap either way, and one path is easier to trust.
    removed = run("delete from {mart} where ({key}) in (select {key} from difference where not is_new)")
    written = run("""
        insert into {mart} ({columns}, _publication_id)
        select {new_columns}, {number} from {candidate} as c inner join difference as d using ({key})
        where not d.is_gone
        """)
    inserted = _count(connection, "is_new")
    deleted = _count(connection, "is_gone")
    row_count, total = _verified_checksum(connection, candidate, mart)
    if (written - inserted) != (removed - deleted):
        raise WarehouseError(f"{mart.schema}.{mart.name}: {removed} rows removed but {written} written.")
    return MartChange(mart.name, row_count, inserted, written - inserted, deleted, total)


def _count(connection: psycopg.Connection, condition: str) -> int:
    row = connection.execute(f"select count(*) from difference where {condition}").fetchone()
    return int(row[0]) if row else 0


def _verified_checksum(connection: psycopg.Connection, candidate: Table, mart: Table) -> tuple[int, str]:
    wanted = checksum(connection, candidate, candidate.column_names)
    got = checksum(connection, mart, candidate.column_names)
    if wanted != got:
        raise WarehouseError(
            f"{mart.schema}.{mart.name} would not equal its candidate: {got} instead of {wanted} (rows, checksum).",
            remedy="Nothing was published. Report this with the refresh id; it is a fault of the warehouse.",
        )
    return got


def _record(
    connection: psycopg.Connection,
    publication_id: int,
    refresh_id: str,
    changes: list[MartChange],
    candidates: dict[str, Table],
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
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into audit.publication_mart values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (publication_id, "marts", c.mart, c.row_count, c.inserted, c.updated, c.deleted, c.checksum,
                 list(candidates[c.mart].column_names))
                for c in changes
            ],
        )  # fmt: skip


def _finish(connection: psycopg.Connection, refresh_id: str, status: str, message: str) -> None:
    connection.execute(
        "update audit.refresh set status = %s, message = %s, finished_at = clock_timestamp() where refresh_id = %s",
        [status, message, refresh_id],
    )


def history_schema(schema: str) -> str:
    """Where the replaced versions of a published schema's rows go."""
    return "restricted_history" if schema == "restricted" else "history"


def _names(names: tuple[str, ...], alias: str | None = None) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(alias, name) if alias else sql.Identifier(name) for name in names)
