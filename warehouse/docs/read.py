"""What the pages say: read as a reader from the status views and the database's own catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import dict_row

from core.roles import ROLES
from warehouse.lineage.columns import OF_VALUES
from warehouse.publish.mart_catalogue import HISTORIES, MARTS, mart_name

Row = dict[str, Any]
PUBLICATIONS_TOLD = 20
MOST_CHANGES = 50  # values shown of a mart that the current publication changed
MOST_COMPARED = 5_000  # changed rows of a mart: beyond, the page says which command lists them
SCHEMAS = ("marts", "history", "restricted", "restricted_history", "raw", "seed", "staging", "intermediate",
           "candidate", "workings", "audit")  # fmt: skip
RIGHTS = ("select", "insert", "update", "delete")
COLUMNS = """
    select
        n.nspname as schema, c.relname as name, obj_description(c.oid, 'pg_class') as told, c.relkind = 'v' as is_live,
        a.attname as column, format_type(a.atttypid, a.atttypmod) as type, col_description(c.oid, a.attnum) as says,
        a.attnum = any(k.conkey) as is_key
    from pg_class as c
    inner join pg_namespace as n on n.oid = c.relnamespace
    inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_constraint as k on k.conrelid = c.oid and k.contype = 'p'
    where n.nspname = any(%s) and c.relkind in ('r', 'v') and not starts_with(a.attname, '_')
    order by c.relkind, n.nspname, c.relname, a.attnum
"""
VALUES = """
    select mart, column_name, source_column, kind, path
    from marts.column_lineage
    where kind = any(%s)
    order by source_column
"""
DECIDING = """
    select distinct mart, kind, source_column
    from marts.column_lineage
    where kind <> all(%s)
    order by mart, kind, source_column
"""
CHECKS = """
    select distinct on (check_name, table_name)
        check_name, table_name, tool, severity, kind, owner, outcome, failing_since, remedy, checked_at
    from marts.quality_result
    order by check_name, table_name, checked_at desc
"""
RIGHTS_BY_ROLE = """
    select r.name as role, n.nspname as schema, p.name as privilege,
        count(*) filter (where has_table_privilege(r.name, c.oid, p.name)) as held, count(*) as tables
    from unnest(%s::text[]) as r (name)
    cross join unnest(%s::text[]) as p (name)
    cross join pg_class as c
    inner join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = any(%s) and c.relkind in ('r', 'v')
    group by r.name, n.nspname, p.name
"""
FEEDS = """
    select dataset, title, publisher, licence, latest_vintage, last_publication_date, status
    from marts.data_freshness
    order by title
"""
PUBLICATIONS = """
    select publication_id, published_at, business_date, changed_rows, code_version, code_commit, is_generated, note
    from marts.publication
    order by publication_id desc
    limit %s
"""
CAUSES = """
    select c.publication_id, c.mart, c.cause, c.cause_detail, m.inserted, m.updated, m.deleted
    from marts.change_cause as c
    inner join marts.publication_mart as m
        on m.publication_id = c.publication_id
        and c.mart = case m.schema_name when 'marts' then m.mart else m.schema_name || '.' || m.mart end
    where c.publication_id = any(%s)
    order by c.publication_id desc, c.mart
"""
CHANGES = "select * from marts.figure_change where publication_id = %s and mart = %s limit %s"


@dataclass(frozen=True)
class Behind:
    """Where one column comes from: what goes into it, with what becomes of each, and the models on the way."""

    values: list[tuple[str, str]] = field(default_factory=list)
    models: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Mart:
    """A published table or status view, with its columns, what is behind each, and what decides which rows it has."""

    name: str
    told: str
    is_live: bool
    columns: list[Row]
    behind: dict[str, Behind]
    deciding: dict[str, list[str]]


@dataclass(frozen=True)
class Site:
    """Everything that the pages say."""

    publications: list[Row]
    marts: list[Mart]
    checks: list[Row]
    rights: dict[tuple[str, str], str]
    feeds: list[Row]
    causes: dict[int, list[Row]]
    changes: dict[str, list[Row]]

    @property
    def current(self) -> Row:
        """The publication that readers see."""
        return self.publications[0]


def read_site(connection: psycopg.Connection) -> Site | None:
    """All of it; None where nothing was published."""
    publications = _rows(connection, PUBLICATIONS, [PUBLICATIONS_TOLD])
    if not publications:
        return None
    causes: defaultdict[int, list[Row]] = defaultdict(list)
    for row in _rows(connection, CAUSES, [[each["publication_id"] for each in publications]]):
        causes[row["publication_id"]].append(row)
    changes = {
        row["mart"]: _rows(connection, CHANGES, [row["publication_id"], row["mart"], MOST_CHANGES])
        for row in causes[publications[0]["publication_id"]]
        if row["inserted"] + row["updated"] + row["deleted"] <= MOST_COMPARED
    }
    return Site(
        publications,
        _marts(connection),
        _rows(connection, CHECKS),
        _rights(connection),
        _rows(connection, FEEDS),
        causes,
        {mart: rows for mart, rows in changes.items() if rows},
    )


def _marts(connection: psycopg.Connection) -> list[Mart]:
    behind: defaultdict[str, dict[str, Behind]] = defaultdict(dict)
    for row in _rows(connection, VALUES, [list(OF_VALUES)]):
        found = behind[row["mart"]].setdefault(row["column_name"], Behind())
        found.values.append((row["source_column"], row["kind"]))
        found.models.extend(each for each in row["path"].split(" > ") if each and each not in found.models)
    deciding: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
    for row in _rows(connection, DECIDING, [list(OF_VALUES)]):
        deciding[row["mart"]].setdefault(row["kind"], []).append(row["source_column"])
    tables: dict[tuple[str, str], list[Row]] = {}
    for row in _rows(connection, COLUMNS, [list(HISTORIES)]):
        tables.setdefault((row["schema"], row["name"]), []).append(row)
    return [
        Mart(name, columns[0]["told"] or "", columns[0]["is_live"], columns, behind[name], deciding[name])
        for (schema, table), columns in tables.items()
        for name in [mart_name(schema, table)]
        if not columns[0]["is_live"] or schema == MARTS
    ]


def _rights(connection: psycopg.Connection) -> dict[tuple[str, str], str]:
    """What each role may do in each schema: `all` of its tables, or how many of them."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    rows = _rows(connection, RIGHTS_BY_ROLE, [list(ROLES), list(RIGHTS), list(SCHEMAS)])
    for row in sorted(rows, key=lambda row: RIGHTS.index(row["privilege"])):
        if row["held"]:
            share = "" if row["held"] == row["tables"] else f" ({row['held']} of {row['tables']})"
            found[row["role"], row["schema"]].append(f"{row['privilege']}{share}")
    return {place: ", ".join(said) for place, said in found.items()}


def _rows(connection: psycopg.Connection, query: str, values: Iterable[Any] = ()) -> list[Row]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.encode(), list(values)).fetchall()
