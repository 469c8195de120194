"""What PostgreSQL gives to everybody and readers must not have: locks of ours, large objects, other databases."""

from __future__ import annotations

import logging

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from core.roles import EVERYBODY, ROLES
from core.settings import settings

# Locks by number belong to whoever comes first; large objects and WAL messages are written without any table.
OPEN = """
    select p.oid::regprocedure::text, p.proname like 'pg\\_%%advisory%%'
    from pg_proc as p
    where
        p.pronamespace = 'pg_catalog'::regnamespace
        and (
            p.proname like 'pg\\_%%advisory%%'
            or p.proname in (
                'lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lowrite', 'lo_unlink', 'lo_truncate',
                'lo_truncate64', 'pg_logical_emit_message', 'pg_export_snapshot'
            )
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
    services = sql.SQL(", ").join(map(sql.Identifier, _services(connection)))
    for function, is_lock in connection.execute(OPEN, [EVERYBODY]).fetchall():
        parts = {"function": sql.SQL(function), "services": services}
        connection.execute(sql.SQL("revoke all on function {function} from public").format(**parts))
        if is_lock:
            connection.execute(sql.SQL("grant execute on function {function} to {services}").format(**parts))
    if not settings().database_url:  # all databases of the embedded server are ours
        for (database,) in connection.execute(OTHERS).fetchall():
            connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(database)))
    still = [function for function, _ in connection.execute(OPEN, [EVERYBODY])]
    if still:
        log.warning("Readers may still call %s: only a superuser can take that away.", ", ".join(still))
    return still


def _services(connection: psycopg.Connection) -> list[str]:
    ours = [role.name for role in ROLES.values() if role.kind == "service"]
    address = settings().airflow_database_url
    theirs = str(conninfo_to_dict(address).get("user") or "") if address else ""
    known = {row[0] for row in connection.execute("select rolname from pg_roles")}
    return [*ours, *({theirs} & known)]
