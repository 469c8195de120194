"""One mart made equal to its candidate by writing only what differs; the replaced versions go to its history."""

from __future__ import annotations

from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from core.errors import WarehouseError
from core.faults import reached
from warehouse.publish.mart_catalogue import HISTORIES, Table, checksum, mart_name, row_text


@dataclass(frozen=True)
class MartChange:
    """What one publication did to one mart."""

    mart: str
    row_count: int
    inserted: int
    updated: int
    deleted: int
    checksum: str = field(repr=False, default="")
    is_retired: bool = False

    @property
    def changed(self) -> int:
        """Rows that a reader now sees differently."""
        return self.inserted + self.updated + self.deleted


def apply(connection: psycopg.Connection, candidate: Table, mart: Table, number: int, known: set[str]) -> MartChange:
    """Make `mart` equal to `candidate` as publication `number`, within the caller's transaction.

    `known` are the columns that some publication of this mart has had. Rows are compared on these: a column that is
    gone counts as null, so that its values go to history before it is dropped. A column that no publication has had
    is filled in place: nobody ever saw its row without it, and there is nothing to keep.
    """
    compared = tuple(name for name in mart.column_names if name in known) or candidate.column_names
    fresh = [name for name in candidate.column_names if name not in compared and name not in candidate.key]
    parts = {
        "candidate": candidate.identifier,
        "mart": mart.identifier,
        "history": sql.Identifier(HISTORIES[mart.schema], mart.name),
        "key": _names(candidate.key),
        "columns": _names(candidate.column_names),
        "mart_columns": _names(mart.column_names),
        "old_columns": _names(mart.column_names, "m"),
        "new_columns": _names(candidate.column_names, "c"),
        "first_key": sql.Identifier(candidate.key[0]),
        "candidate_row": row_text("c", compared, present=set(candidate.column_names)),
        "mart_row": row_text("m", compared),
        "number": sql.Literal(number),
    }

    def run(statement: str, **more: sql.Composable) -> int:
        return connection.execute(sql.SQL(statement).format(**parts, **more)).rowcount

    run("drop table if exists pg_temp.difference")
    run("""
        create temp table difference on commit drop as
        select {key}, c.{first_key} is null as is_gone, m.{first_key} is null as is_new
        from (select *, {candidate_row} as _text from {candidate} as c) as c
        full join (select *, {mart_row} as _text from {mart} as m) as m using ({key})
        where c._text is distinct from m._text
        """)
    run("analyze pg_temp.difference")
    run("""
        insert into {history} ({mart_columns}, _from_publication, _until_publication, _change)
        select {old_columns}, m._publication_id, {number}, case when d.is_gone then 'deleted' else 'updated' end
        from {mart} as m inner join difference as d using ({key}) where not d.is_new
        """)
    # An update is a delete and an insert: the row moves in the heap either way, and one path is easier to trust.
    removed = run("delete from {mart} where ({key}) in (select {key} from difference where not is_new)")
    reached("publish.rows_removed")
    written = run("""
        insert into {mart} ({columns}, _publication_id)
        select {new_columns}, {number} from {candidate} as c inner join difference as d using ({key})
        where not d.is_gone
        """)
    if fresh:
        _fill(connection, candidate, mart, fresh)
    inserted = _count(connection, "is_new")
    deleted = _count(connection, "is_gone")
    row_count, total = _verified_checksum(connection, candidate, mart)
    if (written - inserted) != (removed - deleted):
        raise WarehouseError(f"{mart.schema}.{mart.name}: {removed} rows removed but {written} written.")
    return MartChange(mart_name(mart.schema, mart.name), row_count, inserted, written - inserted, deleted, total)


def retire(connection: psycopg.Connection, mart: Table, number: int) -> MartChange:
    """Move every row of a mart that is no longer built to its history; its empty table goes after the publication."""
    parts = {
        "mart": mart.identifier,
        "history": sql.Identifier(HISTORIES[mart.schema], mart.name),
        "columns": _names(mart.column_names),
        "number": sql.Literal(number),
    }
    deleted = connection.execute(
        sql.SQL("""
            with gone as (delete from {mart} returning {columns}, _publication_id)
            insert into {history} ({columns}, _from_publication, _until_publication, _change)
            select {columns}, _publication_id, {number}, 'retired' from gone
            """).format(**parts)
    ).rowcount
    return MartChange(mart_name(mart.schema, mart.name), 0, 0, 0, deleted, "0", is_retired=True)


def _fill(connection: psycopg.Connection, candidate: Table, mart: Table, fresh: list[str]) -> None:
    def each(template: str, names: list[str] | tuple[str, ...], glue: str) -> sql.Composed:
        return sql.SQL(glue).join(sql.SQL(template).format(sql.Identifier(name)) for name in names)

    connection.execute(
        sql.SQL("update {mart} as m set {values} from {candidate} as c where {same_key} and ({differs})").format(
            mart=mart.identifier,
            candidate=candidate.identifier,
            values=each("{0} = c.{0}", fresh, ", "),
            same_key=each("m.{0} = c.{0}", candidate.key, " and "),
            differs=each("m.{0} is distinct from c.{0}", fresh, " or "),
        )
    )


def _count(connection: psycopg.Connection, condition: str) -> int:
    row = connection.execute(f"select count(*) from difference where {condition}").fetchone()
    return int(row[0]) if row else 0


def _verified_checksum(connection: psycopg.Connection, candidate: Table, mart: Table) -> tuple[int, str]:
    wanted = checksum(connection, candidate.identifier, candidate.column_names)
    got = checksum(connection, mart.identifier, candidate.column_names)
    if wanted != got:
        raise WarehouseError(
            f"{mart.schema}.{mart.name} would not equal its candidate: {got} instead of {wanted} (rows, checksum).",
            remedy="Nothing was published. Report this with the refresh id; it is a fault of the warehouse.",
        )
    return got


def _names(names: tuple[str, ...], alias: str | None = None) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(alias, name) if alias else sql.Identifier(name) for name in names)
