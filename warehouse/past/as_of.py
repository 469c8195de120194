"""What a past publication said: its rows are those of `marts` that it has not seen replaced, and those of `history`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import psycopg
from psycopg import sql

from core.errors import WarehouseError
from warehouse.publish.as_published import MEND
from warehouse.publish.mart_catalogue import Table, checksum, history_tables, mart_name, published_tables

SAID = """
    select schema_name, mart, column_names, key_columns, row_count, checksum
    from marts.publication_mart
    where publication_id = %s and not is_retired
    order by schema_name, mart
"""


@dataclass(frozen=True)
class PastMart:
    """A mart, by what it is called, as one publication had it: its columns then, and what of it is where now.

    `checksum` is the one recorded when it was published, None where small counts were closed since; `live` is None
    where the mart has been retired since.
    """

    publication_id: int
    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    row_count: int
    checksum: str | None
    live: Table | None
    past: Table

    @property
    def types(self) -> dict[str, str]:
        """SQL type of each column: history keeps every column that the mart ever had."""
        return {column.name: column.sql_type for column in self.past.columns}

    def rows(self) -> sql.Composed:
        """A select of the rows as they were, with the columns as they were."""
        return sql.SQL("select {} from ({}) as said").format(self._names(), self._versions())

    def with_columns(self, names: tuple[str, ...]) -> PastMart:
        """The same with columns that it did not have, as far as its rows are known to have a value of them."""
        more = tuple(name for name in names if name not in self.columns and name in self.types)
        return replace(self, columns=(*self.columns, *more))

    def rows_gone_by(self, later: int) -> sql.Composed:
        """Those of its rows that did not stand any more in publication `later`."""
        return sql.SQL("select {} from ({}) as said where _until <= {}").format(
            self._names(), self._versions(), sql.Literal(later)
        )

    def rows_come_since(self, earlier: int) -> sql.Composed:
        """Those of its rows that did not stand yet in publication `earlier`."""
        return sql.SQL("select {} from ({}) as said where _since > {}").format(
            self._names(), self._versions(), sql.Literal(earlier)
        )

    def _versions(self) -> sql.Composed:
        number = sql.Literal(self.publication_id)
        replaced = sql.SQL(
            "select {}, _from_publication as _since, _until_publication as _until from {} "
            "where _from_publication <= {number} and _until_publication > {number}"
        ).format(self._values(self.past), self.past.identifier, number=number)
        if self.live is None:
            return replaced
        standing = sql.SQL("select {}, _publication_id as _since, null as _until from {} where _publication_id <= {}")
        return sql.SQL(" union all ").join(
            [replaced, standing.format(self._values(self.live), self.live.identifier, number)]
        )

    def _names(self) -> sql.Composed:
        return sql.SQL(", ").join(map(sql.Identifier, self.columns))

    def _values(self, table: Table) -> sql.Composed:
        present = set(table.column_names)
        return sql.SQL(", ").join(
            sql.Identifier(name)
            if name in present
            # The rows that still stand had nothing in a column that has been dropped: see difference.apply.
            else sql.SQL("null::" + self.types[name] + " as {}").format(sql.Identifier(name))
            for name in self.columns
        )


def require_itself(connection: psycopg.Connection, mart: PastMart) -> None:
    """WarehouseError where mart and history do not give the publication back: somebody has changed one of them."""
    if mart.checksum is None:
        return
    found = checksum(connection, sql.SQL("({})").format(mart.rows()), mart.columns)
    if found != (mart.row_count, mart.checksum):
        raise WarehouseError(
            f"{mart.name} with its history does not give publication {mart.publication_id} back: {found} instead "
            f"of {(mart.row_count, mart.checksum)} (rows, checksum). Somebody else than the publisher wrote there.",
            remedy=f"`{MEND} --backup <folder>/<date>` puts them back.",
        )


def past_marts(connection: psycopg.Connection, publication_id: int) -> dict[str, PastMart]:
    """The marts of a publication that the connection's role may read, by what they are called.

    WarehouseError where there is no such publication.
    """
    said = connection.execute(SAID, [publication_id]).fetchall()
    if not said:
        row = connection.execute("select min(publication_id), max(publication_id) from marts.publication").fetchone()
        known = f"they are numbered {row[0]} to {row[1]}" if row and row[0] else "nothing has been published yet"
        raise WarehouseError(
            f"There is no publication {publication_id}: {known}.", remedy="`warehouse publication list` shows them."
        )
    live, past = published_tables(connection), history_tables(connection)
    marts = {}
    for schema, table, columns, key, rows, total in said:
        mart = mart_name(schema, table)
        columns, key = tuple(columns), tuple(key) or live[mart].key
        marts[mart] = PastMart(publication_id, mart, columns, key, rows, total, live.get(mart), past[mart])
    return marts
