"""The stable tables that readers hang on: created once, widened before a publication, narrowed after it."""

from __future__ import annotations

import logging

import psycopg
from psycopg import sql

from core.errors import WarehouseError
from warehouse.publish import keys, links
from warehouse.publish.alter import BRIEF, alter, alter_for_publication
from warehouse.publish.mart_catalogue import (
    MARTS,
    Column,
    Table,
    history_tables,
    mart_name,
    place,
    published_tables,
)

READERS = {MARTS: frozenset({"bi_reader", "auditor", "transformer"})}
NAMED_ONLY = frozenset({"auditor"})  # elsewhere those whom the candidate names, and who answers for the whole
PUBLISHED = """
    select schema_name, mart, column_names
    from audit.publication_mart
    where publication_id = (select max(publication_id) from audit.publication) and not is_retired
"""
EVER_PUBLISHED = (
    "select schema_name, mart, array_agg(distinct name) from audit.publication_mart, unnest(column_names) as name "
    "group by schema_name, mart"
)
log = logging.getLogger(__name__)


def ever_published(connection: psycopg.Connection) -> dict[str, set[str]]:
    """The columns that each mart has had in any publication."""
    return {mart_name(*mart): set(names) for *mart, names in connection.execute(EVER_PUBLISHED)}


def align_before(connection: psycopg.Connection, candidates: dict[str, Table]) -> dict[str, Table]:
    """Create missing marts and their histories, add new columns (nullable), widen keys; foreign keys that are gone go.

    Returns the published tables by name.
    """
    published = published_tables(connection)
    connection.commit()
    _refuse_strangers(connection, published, candidates)
    for name, candidate in candidates.items():
        if name in published:
            _require_same_shape(candidate, published[name])
    for statement in links.undeclared(connection, candidates, published):
        alter_for_publication(connection, "marts", [statement])
    for name, candidate in candidates.items():
        _create_or_widen(connection, name, candidate, published.get(name))
    published = published_tables(connection)
    for statement in links.missing_indexes(connection, candidates, published):
        alter_for_publication(connection, "marts", [statement])
    connection.commit()
    return published


def last_published(connection: psycopg.Connection) -> dict[str, set[str]]:
    """The columns that each mart had in the last publication."""
    return {mart_name(*mart): set(names) for *mart, names in connection.execute(PUBLISHED)}


def tidy(connection: psycopg.Connection) -> list[str]:
    """Drop the columns and marts that the last publication no longer has: all they held is in history.

    Each in a transaction of its own. What readers hold, or what a view of theirs needs, stays until the next time:
    these are returned, as `mart` or `mart.column`.
    """
    wanted = last_published(connection)
    left: list[str] = []
    present = published_tables(connection) if wanted else {}
    connection.commit()
    for name, mart in present.items():
        if name not in wanted:
            drops = [(name, sql.SQL("drop table {}").format(mart.identifier))]
        else:
            gone = sorted(set(mart.column_names) - wanted[name])
            drops = [
                (f"{name}.{column}", _sql("alter table {} drop column {}", place(name), column)) for column in gone
            ]
        for what, statement in drops:
            try:
                alter(connection, [statement], BRIEF)
            except (psycopg.errors.LockNotAvailable, psycopg.errors.DependentObjectsStillExist) as error:
                who = " ".join((error.diag.message_detail or "").split())
                log.warning("%s is retired and empty, but stays for now: %s. %s", what, error.diag.message_primary, who)
                left.append(what)
    return left


def describe(connection: psycopg.Connection, candidates: dict[str, Table]) -> None:
    """Give the published tables their descriptions and readers, where these differ; blocks nobody."""
    published = published_tables(connection)
    for name, candidate in candidates.items():
        _give_to_readers(connection, name, candidate, published[name])
        current = {column.name: column.comment for column in published[name].columns}
        if candidate.comment != published[name].comment:
            connection.execute(_comment("table", place(name), candidate.comment))
        for column in candidate.columns:
            if column.comment != current[column.name]:
                connection.execute(_comment("column", (*place(name), column.name), column.comment))


def _refuse_strangers(
    connection: psycopg.Connection, published: dict[str, Table], candidates: dict[str, Table]
) -> None:
    """A table that no publication made is nobody's to retire, unless it is empty: then a killed one has left it."""
    ours = ever_published(connection)
    for name in sorted(set(published) - set(candidates) - set(ours)):
        filled = sql.SQL("select exists (select from {})").format(published[name].identifier)
        row = connection.execute(filled).fetchone()
        if row and row[0]:
            raise WarehouseError(
                f"{published[name].full_name} is in the way: no publication made it, and no model builds it.",
                remedy="Move it into a schema of its own: `alter table ... set schema ...`.",
            )
    connection.commit()


def _require_same_shape(candidate: Table, mart: Table) -> None:
    known = {column.name: column.sql_type for column in mart.columns}
    for column in candidate.columns:
        if known.get(column.name, column.sql_type) != column.sql_type:
            raise WarehouseError(
                f"{mart.full_name}.{column.name} is {known[column.name]}, the new model makes it {column.sql_type}.",
                remedy="Readers rely on the type: give the changed column a new name.",
            )
    keys.require_same_key(candidate, mart)


def _create_or_widen(connection: psycopg.Connection, name: str, candidate: Table, mart: Table | None) -> None:
    kept = history_tables(connection).get(name)
    connection.commit()
    statements: list[sql.Composed] = []
    if kept is None or _missing(candidate, kept):
        statements.append(_make_history(connection, name, candidate))
        connection.commit()
    if mart is None:
        readers = _readers(name, candidate)
        statements += [_create_mart(name, candidate), _grant(name, readers), _open_history(name, readers)]
        if place(name)[0] != MARTS:
            statements += _keep_readings(name)
    else:
        statements += _missing_columns(candidate, mart)
    if statements:
        alter_for_publication(connection, name, statements)
    if mart is not None and candidate.key != mart.key:
        alter_for_publication(connection, name, [keys.index_of_key(candidate, mart)])
        alter_for_publication(connection, name, [keys.change_of_key(connection, candidate, mart)])


def _missing(candidate: Table, table: Table) -> list[Column]:
    """The candidate's columns that a mart or its history has not got. WarehouseError where one has another type."""
    known = {column.name: column.sql_type for column in table.columns}
    for column in candidate.columns:
        if known.get(column.name, column.sql_type) != column.sql_type:
            raise WarehouseError(
                f"{table.full_name}.{column.name} once was {known[column.name]}, as its history keeps it; "
                f"the new model makes it {column.sql_type}.",
                remedy="Give the column a name that it never had.",
            )
    return [column for column in candidate.columns if column.name not in known]


def _missing_columns(candidate: Table, mart: Table) -> list[sql.Composed]:
    return keys.new_key_columns(candidate, mart) + [
        _sql("alter table {} add column {} " + column.sql_type, (mart.schema, mart.name), column.name)
        for column in _missing(candidate, mart)
        if column.name not in candidate.key
    ]


def _create_mart(name: str, table: Table) -> sql.Composed:
    columns = _definitions(table)
    key = sql.SQL(", ").join(map(sql.Identifier, table.key))
    return sql.SQL("create table {} ({}, _publication_id integer not null, primary key ({}))").format(
        sql.Identifier(*place(name)), columns, key
    )


def _make_history(connection: psycopg.Connection, name: str, candidate: Table) -> sql.Composed:
    """The statement that gives a mart its history, or the history its columns; the tables are not the publisher's."""
    columns = candidate.columns
    old_names = {column.is_now: column.name for column in candidate.old_names if column.is_now in candidate.key}
    return sql.SQL("select audit.make_history({}, {}, {}, {}, {})").format(
        sql.Literal(name),
        sql.Literal(list(candidate.column_names)),
        sql.Literal([column.sql_type for column in columns]),
        sql.Literal([keys.meant_before(connection, column, candidate) for column in columns]),
        sql.Literal([old_names.get(column.name) for column in columns]),
    )


def _definitions(table: Table) -> sql.Composed:
    return sql.SQL(", ").join(
        sql.SQL("{} " + column.sql_type).format(sql.Identifier(column.name)) for column in table.columns
    )


def _readers(name: str, candidate: Table) -> frozenset[str]:
    """Who may read a mart and its history: everybody, or whom its model names."""
    return READERS.get(place(name)[0], NAMED_ONLY | candidate.readers)


def _give_to_readers(connection: psycopg.Connection, name: str, candidate: Table, mart: Table) -> None:
    if place(name)[0] in READERS or candidate.readers == mart.readers:
        return
    if gone := mart.readers - candidate.readers:
        connection.execute(_grant(name, gone, "revoke select on {} from {}"))
    if come := candidate.readers - mart.readers:
        connection.execute(_grant(name, come))
    connection.execute(_open_history(name, _readers(name, candidate)))


def _grant(name: str, readers: frozenset[str], statement: str = "grant select on {} to {}") -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, sorted(readers)))
    return sql.SQL(statement).format(sql.Identifier(*place(name)), names)


def _keep_readings(name: str) -> list[sql.Composed]:
    """Who reads restricted detail is recorded: every query but the publisher's own comes through that policy."""
    table = sql.Identifier(*place(name))
    policy = "create policy readings_are_kept on {} for select using ((select audit.note_reading({})))"
    return [
        sql.SQL("alter table {} enable row level security").format(table),
        sql.SQL(policy).format(table, sql.Literal(name)),
    ]


def _open_history(name: str, readers: frozenset[str]) -> sql.Composed:
    return sql.SQL("select audit.open_history({}, {})").format(sql.Literal(name), sql.Literal(sorted(readers)))


def _comment(kind: str, path: tuple[str, ...], text: str | None) -> sql.Composed:
    return sql.SQL("comment on {} {} is {}").format(sql.SQL(kind), sql.Identifier(*path), sql.Literal(text))


def _sql(statement: str, path: tuple[str, ...], column: str) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(*path), sql.Identifier(column))
