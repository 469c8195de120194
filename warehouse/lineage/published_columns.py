"""Which source columns stand behind each published column, noted once for each version of the code."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from warehouse.lineage.columns import Lineage
from warehouse.lineage.reach import Model
from warehouse.lineage.workings import Relation, definitions
from warehouse.publish.mart_catalogue import candidate_tables, place

COPY = (
    "copy audit.column_lineage (code_version, schema_name, mart, column_name, source_relation, source_column, kind, "
    "path) from stdin"
)


def note_columns(connection: psycopg.Connection, code_version: str, schema_prefix: str = "") -> None:
    """Note the origins of every column of the candidates, where they are not known of this code.

    A candidate whose SQL was not kept has none.
    """
    known = connection.execute(
        "select exists (select from audit.column_lineage where code_version = %s)", [code_version]
    ).fetchone()
    if known == (True,):
        return
    rows = list(published_columns(connection, schema_prefix))  # it asks over the same connection
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for row in rows:
            copy.write_row((code_version, *row))


def published_columns(connection: psycopg.Connection, schema_prefix: str = "") -> Iterator[tuple[str, ...]]:
    """Schema, mart, column, the relation and column that it comes from, kind, and the models on the way."""
    models = {relation: Model(relation, text) for relation, text in definitions(connection, schema_prefix).items()}
    lineage = Lineage(models)
    for mart, table in candidate_tables(connection, f"{schema_prefix}candidate").items():
        relation = Relation(table.schema, table.name)
        if relation not in models:
            continue
        names = {name: name for name in table.column_names} | {old.name: old.is_now for old in table.old_names}
        for name, is_now in names.items():
            for origin, path in lineage.origins(relation, is_now or name).items():
                way = " > ".join(each.full_name for each in path)
                yield (*place(mart), name, origin.relation.full_name, origin.column, origin.kind, way)
