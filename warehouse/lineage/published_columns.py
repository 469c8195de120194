"""Which source columns stand behind each published column, noted once for each version of the code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import psycopg

from warehouse.lineage.columns import OF_VALUES, ROWS, Lineage
from warehouse.lineage.model import Model
from warehouse.lineage.workings import LIVE, Relation, definitions
from warehouse.publish.mart_catalogue import MARTS, candidate_tables, place

COPY = (
    "copy audit.column_lineage (code_version, schema_name, mart, column_name, source_relation, source_column, kind, "
    "path) from stdin"
)
NOTED = "select distinct schema_name, mart, column_name from audit.column_lineage where code_version = %s"
VIEWS = """
    select c.relname, a.attname
    from pg_class as c
    inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = %s::regnamespace and c.relkind = 'v'
    order by c.relname, a.attnum
"""


class Published(NamedTuple):
    """A published column, and the relation and column that its SQL is found under."""

    schema: str
    mart: str
    name: str
    made_in: Relation
    made_as: str


def note_columns(connection: psycopg.Connection, code_version: str, schema_prefix: str = "") -> None:
    """Note the origins of every column of the candidates and of the status views, where they are not known yet.

    A candidate whose SQL was not kept has none.
    """
    noted = set(connection.execute(NOTED, [code_version]).fetchall())
    new = [each for each in published_columns(connection, schema_prefix) if each[:3] not in noted]
    if not new:
        return
    found = dict.fromkeys(_origins(connection, new, schema_prefix))  # it asks over the same connection
    rows = [row for row in found if row[2] != ROWS or row[:3] not in noted]
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row((code_version, *row))


def published_columns(connection: psycopg.Connection, schema_prefix: str = "") -> Iterator[Published]:
    """Every column that a publication of the candidates has, old names and those of the status views included."""
    for mart, table in candidate_tables(connection, f"{schema_prefix}candidate").items():
        relation = Relation(table.schema, table.name)
        for name in table.column_names:
            yield Published(*place(mart), name, relation, name)
        for old in table.old_names:
            yield Published(*place(mart), old.name, relation, old.is_now or old.name)
    for view, name in connection.execute(VIEWS, [MARTS]).fetchall():
        yield Published(MARTS, view, name, Relation(MARTS, view), name)


def _origins(connection: psycopg.Connection, columns: list[Published], schema_prefix: str) -> Iterator[tuple[str, ...]]:
    """What goes into the columns, each with its way; what decides about rows once for each mart, for it is the same."""
    texts = definitions(connection, schema_prefix, besides=LIVE)
    lineage = Lineage({relation: Model(relation, text) for relation, text in texts.items()})
    for column in columns:
        if column.made_in not in lineage.models:
            continue
        for origin, path in lineage.origins(column.made_in, column.made_as).items():
            is_value = origin.kind in OF_VALUES
            way = " > ".join(each.full_name for each in path) if is_value else ""
            name = column.name if is_value else ROWS
            yield (column.schema, column.mart, name, origin.relation.full_name, origin.column, origin.kind, way)
