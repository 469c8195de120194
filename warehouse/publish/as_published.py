"""Whether marts and histories are still what the last publication left, before the next difference is taken."""

from __future__ import annotations

import psycopg
from psycopg import sql

from core.errors import WarehouseError
from warehouse.publish.mart_catalogue import HISTORIES, Table, checksum, history_tables

LAST = """
    select publication_id, schema_name, mart, is_retired, row_count, checksum, column_names,
        history_rows, history_checksum, history_columns
    from audit.publication_mart
    where publication_id = (select max(publication_id) from audit.publication)
    order by schema_name, mart
"""


def require_as_published(connection: psycopg.Connection) -> None:
    """WarehouseError that names every mart and history that somebody else than the publisher has written to."""
    last = connection.execute(LAST).fetchall()
    wrong = []
    for _, schema, mart, is_retired, rows, total, columns, *history in last:
        places = [] if is_retired else [(schema, rows, total, columns)]
        places += [(HISTORIES[schema], *history)] if history[1] is not None else []
        for place, wanted_rows, wanted, names in places:
            found = _found(connection, (place, mart), tuple(names))
            if found != (wanted_rows, wanted):
                wrong.append(f"{place}.{mart} {_told(found, wanted_rows)}")
    connection.commit()
    if wrong:
        number = last[0][0]
        raise WarehouseError(
            f"Not published: what publication {number} left was changed by somebody else: {'; '.join(wrong)}.",
            remedy=f"`warehouse rebuild {number} --keep` makes it again in the schema rebuild_{number}_candidate: put "
            "the marts' rows back from there, a history's from the last backup, then run again.",
        )


def history_sums(
    connection: psycopg.Connection, marts: list[str]
) -> dict[str, tuple[int | None, str | None, list[str] | None]]:
    """Rows, checksum and columns of the history of each mart, for the publication's record."""
    found: dict[str, Table] = history_tables(connection)
    return {
        mart: (*checksum(connection, found[mart].identifier, _all(found[mart])), list(_all(found[mart])))
        if mart in found
        else (None, None, None)
        for mart in marts
    }


def _all(history: Table) -> tuple[str, ...]:
    return (*history.column_names, "_from_publication", "_until_publication", "_change")


def _found(connection: psycopg.Connection, place: tuple[str, str], columns: tuple[str, ...]) -> tuple[int, str] | None:
    try:
        with connection.transaction():
            return checksum(connection, sql.Identifier(*place), columns)
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        return None


def _told(found: tuple[int, str] | None, wanted: int) -> str:
    if found is None:
        return "is gone, or a column of it"
    if found[0] != wanted:
        return f"has {found[0]:,} rows instead of {wanted:,}"
    return f"has its {wanted:,} rows, and not the same values"
