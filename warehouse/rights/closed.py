"""What PostgreSQL gives to everybody and readers must not have: large objects, messages, other databases."""

from __future__ import annotations

import logging
from functools import cache

import psycopg
from psycopg import sql

from core.roles import EVERYBODY
from core.settings import settings

# Large objects and WAL messages are written without any table.
OPEN = """
    select p.oid::regprocedure::text
    from pg_proc as p
    where
        p.pronamespace = 'pg_catalog'::regnamespace
        and p.proname in (
            'lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lowrite', 'lo_unlink', 'lo_truncate',
            'lo_truncate64', 'pg_logical_emit_message', 'pg_export_snapshot'
        )
        and has_function_privilege(%s, p.oid, 'execute')
    order by 1
"""
OTHERS = """
    select datname from pg_database
    where
        datname <> current_database()
        and exists (select from aclexplode(coalesce(datacl, acldefault('d', datdba))) where grantee = 0)
"""
log = logging.getLogger(__name__)


def close(connection: psycopg.Connection) -> list[str]:
    """Take from everybody what readers must not have; what this administrator could not take away is returned.

    Nothing is written where all of it is closed.
    """
    for (function,) in connection.execute(OPEN, [EVERYBODY]).fetchall():
        connection.execute(sql.SQL("revoke all on function {} from public").format(sql.SQL(function)))
    if not settings().database_url:  # all databases of the embedded server are ours
        for (database,) in connection.execute(OTHERS).fetchall():
            connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(database)))
    still = [function for (function,) in connection.execute(OPEN, [EVERYBODY])]
    if still:
        names = ", ".join(dict.fromkeys(each.partition("(")[0] for each in still))
        say_once(f"Readers may still call {names}: only a superuser can take that away.")
    return still


@cache
def say_once(words: str) -> None:
    """A line in the log about what this administrator may not do: once a process, however often it is met."""
    log.warning("%s Ask whoever runs the server.", words)
