"""What somebody changed in marts, histories and places, put back: all equal to the record by checksum, or nothing.

Marts come from the last publication made again, histories from a backup, places from their coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from core import db
from core.errors import WarehouseError
from core.locks import Lock, no_refresh, take_for_transaction
from ingest.definition.dataset import load_definitions
from ingest.load.convert_points import put_right, wrong_points
from warehouse.backup import copy_kept_rows
from warehouse.checks.acceptance import require_person
from warehouse.past.rebuild import RebuiltMart, rebuild, remove_rebuilt
from warehouse.publish.as_published import GONE, Changed, changed
from warehouse.publish.mart_catalogue import HISTORIES, Table, candidate_tables, place, published_tables, row_text

RECORD = "insert into audit.mending (publication_id, tables, name, reason) values (%s, %s, %s, %s)"
# A row that went is given back the publication in which its last version before was replaced, else the mart's first.
PUT_BACK = (
    "delete from {mart} as m where not exists (select from {truth} as c where {same_key})",
    "update {mart} as m set {values} from {truth} as c where {same_key} and {mart_row} is distinct from {truth_row}",
    """
    insert into {mart} ({columns}, _publication_id)
    select
        {new_columns},
        coalesce(
            (select max(m._until_publication) from {history} as m where {same_key}),
            (select min(p.publication_id) from audit.publication_mart as p
                where (p.schema_name, p.mart) = ({schema}, {table}))
        )
    from {truth} as c
    where not exists (select from {mart} as m where {same_key})
    """,
)
POINTS = "raw.converted_point"
KEPT = sql.Identifier("pg_temp", "kept")


@dataclass(frozen=True)
class Mended:
    """What was put back, of which publication; `rebuilt` is each of its marts as it was made again."""

    publication_id: int
    tables: list[str]
    rebuilt: list[RebuiltMart]


def mend(name: str, reason: str, backup: Path | None = None) -> Mended:
    """Put back what differs from the last publication, in a person's name. WarehouseError where it cannot be proved."""
    require_person(name, reason)
    with no_refresh("transformer"), db.connect("admin", autocommit=True) as connection:
        points = wrong_points(connection, load_definitions().values())
        number, wrong = changed(connection)
        _require_sources(wrong, backup)
        tables = [POINTS] if points else []
        if points:
            with connection.transaction():
                put_right(connection, points)
                connection.execute(RECORD, [number or None, tables, name, reason])
        is_built = any(not each.is_history for each in wrong)
        rebuilt = rebuild(number, keep=True) if is_built else []
        try:
            if wrong:
                truths = candidate_tables(connection, f"rebuild_{number}_candidate") if is_built else {}
                with connection.transaction():
                    put_back(connection, wrong, truths, backup)
                    tables += [".".join(each.place) for each in wrong]
                    connection.execute(RECORD, [number, tables, name, reason])
        finally:
            if is_built:
                remove_rebuilt(number)
    return Mended(number, tables, rebuilt)


def put_back(
    connection: psycopg.Connection, wrong: list[Changed], truths: dict[str, Table], backup: Path | None
) -> None:
    """Make each mart equal to its truth and each history to the backup's, all or none."""
    with connection.transaction():
        take_for_transaction(connection, Lock.PUBLISH)
        # Histories first: what a mart's rows get back is read from them.
        for each in sorted(wrong, key=lambda each: not each.is_history):
            if each.is_history:
                assert backup, "asked before"
                _history_from(connection, each, backup)
            elif each.mart in truths:
                _mart_from(connection, each, truths[each.mart])
        connection.execute("set constraints all immediate")
        _, left = changed(connection)
        if left:
            raise WarehouseError(
                f"Nothing was put back, for it would not be what was published: "
                f"{'; '.join(each.told for each in left)}.",
                remedy="Name a backup that was made after the last publication with `--backup <folder>/<date>`; if it "
                "does not help either, `warehouse restore` that backup on an empty machine.",
            )


def _require_sources(wrong: list[Changed], backup: Path | None) -> None:
    if gone := [".".join(each.place) for each in wrong if each.words == GONE]:
        raise WarehouseError(
            f"Of {', '.join(gone)} the table is gone, or a column: there is nothing to put rows back into.",
            remedy="`warehouse restore` the last backup on an empty machine: it compares every table's checksum.",
        )
    histories = [".".join(each.place) for each in wrong if each.is_history]
    if histories and backup is None:
        raise WarehouseError(
            f"{', '.join(histories)} cannot be made again from raw.",
            remedy="Name the last backup with `--backup <folder>/<date>`.",
        )


def _mart_from(connection: psycopg.Connection, wrong: Changed, truth: Table) -> None:
    mart = published_tables(connection)[wrong.mart]
    schema, table = place(wrong.mart)
    both = sql.SQL(" and ").join(sql.SQL("m.{0} = c.{0}").format(sql.Identifier(name)) for name in mart.key)
    parts = {
        "mart": mart.identifier,
        "truth": truth.identifier,
        "history": sql.Identifier(HISTORIES[schema], table),
        "same_key": both,
        "values": _each("{0} = c.{0}", wrong.columns),
        "columns": _each("{}", wrong.columns),
        "new_columns": _each("c.{}", wrong.columns),
        "mart_row": row_text("m", wrong.columns),
        "truth_row": row_text("c", wrong.columns),
        "schema": sql.Literal(schema),
        "table": sql.Literal(table),
    }
    for statement in PUT_BACK:
        connection.execute(sql.SQL(statement).format(**parts))


def _history_from(connection: psycopg.Connection, wrong: Changed, backup: Path) -> None:
    history = sql.Identifier(*wrong.place)
    parts = {"history": history, "kept": KEPT, "columns": _each("{}", wrong.columns)}
    connection.execute("drop table if exists pg_temp.kept")
    connection.execute(sql.SQL("create temp table kept (like {}) on commit drop").format(history))
    copy_kept_rows(backup, wrong.place, connection, KEPT)
    # What was replaced after the backup was made is as it stands here.
    for statement in (
        "alter table {history} disable trigger user",
        "delete from {history} where _until_publication <= (select max(_until_publication) from {kept})",
        "insert into {history} ({columns}) select {columns} from {kept}",
        "alter table {history} enable trigger user",
    ):
        connection.execute(sql.SQL(statement).format(**parts))


def _each(template: str, names: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL(template).format(sql.Identifier(name)) for name in names)
