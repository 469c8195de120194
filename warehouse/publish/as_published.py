"""Whether marts and histories are still what the last publication left, before the next difference is taken."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

from core.errors import WarehouseError
from warehouse.publish.mart_catalogue import HISTORIES, Table, checksum, history_tables, mart_name, place

MEND = 'warehouse publication mend --by "First Last" --reason "..."'

LAST = """
    select publication_id, schema_name, mart, is_retired, row_count, checksum, column_names, key_columns,
        since_checksum, history_rows, history_checksum, history_columns
    from audit.publication_mart
    where publication_id = (select max(publication_id) from audit.publication)
    order by schema_name, mart
"""
GONE = "is gone, or a column of it"
SINCE = "select coalesce(sum(hash_record_extended(row({}, _publication_id), 0)), 0)::text from {}"


@dataclass(frozen=True)
class Changed:
    """A mart, or the history of one, that is not what the last publication left; `words` say how it differs."""

    mart: str
    is_history: bool
    words: str
    columns: tuple[str, ...]

    @property
    def place(self) -> tuple[str, str]:
        """Schema and table."""
        schema, table = place(self.mart)
        return (HISTORIES[schema] if self.is_history else schema), table

    @property
    def told(self) -> str:
        """Which table, and what is wrong with it."""
        return f"{'.'.join(self.place)} {self.words}"


def changed(connection: psycopg.Connection) -> tuple[int, list[Changed]]:
    """The last publication, and every mart and history that somebody else than the publisher has written to."""
    number, found = 0, []
    for row in connection.execute(LAST).fetchall():
        number, schema, table, is_retired, rows, total, columns, key, since, past_rows, past_total, past_columns = row
        mart = mart_name(schema, table)
        if not is_retired:
            words = _differs(connection, (schema, table), (rows, total), tuple(columns))
            if words is None and since not in (None, since_sum(connection, (schema, table), key)):
                words = "has its rows, and says of some that they came in another publication"
            found += [Changed(mart, False, words, tuple(columns))] if words else []
        if past_total is not None:
            words = _differs(connection, (HISTORIES[schema], table), (past_rows, past_total), tuple(past_columns))
            found += [Changed(mart, True, words, tuple(past_columns))] if words else []
    return number, found


def require_as_published(connection: psycopg.Connection) -> None:
    """WarehouseError that names every mart and history that somebody else than the publisher has written to."""
    number, wrong = changed(connection)
    connection.commit()
    if wrong:
        has_history = any(each.is_history for each in wrong)
        raise WarehouseError(
            f"Not published: what publication {number} left was changed by somebody else: "
            f"{'; '.join(each.told for each in wrong)}.",
            remedy=f"`{MEND}{' --backup <folder>/<date>' if has_history else ''}` puts it back, equal by checksum "
            f"{'(histories from that backup)' if has_history else f'to publication {number}'}; then run again.",
        )


def since_sum(connection: psycopg.Connection, where: tuple[str, str], key: list[str]) -> str:
    """A checksum over which row of a mart came in which publication."""
    names = sql.SQL(", ").join(map(sql.Identifier, key))
    row = connection.execute(sql.SQL(SINCE).format(names, sql.Identifier(*where))).fetchone()
    return str(row[0]) if row else "0"


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


def _differs(
    connection: psycopg.Connection, where: tuple[str, str], wanted: tuple[int, str], columns: tuple[str, ...]
) -> str | None:
    try:
        with connection.transaction():
            found = checksum(connection, sql.Identifier(*where), columns)
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        return GONE
    if found[0] != wanted[0]:
        return f"has {found[0]:,} rows instead of {wanted[0]:,}"
    return None if found == wanted else f"has its {wanted[0]:,} rows, and not the same values"
