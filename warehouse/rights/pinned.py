"""What every session of ours finds set, whatever the server, the database or somebody's shell has said.

Settings of the logins, so that dbt and Soda have them too, and a pooler does not lose them.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from core.db import PINNED

# Nothing ends a night but the night itself.
UNLIMITED = {
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
    "default_transaction_read_only": "off",
}
FROM_17 = {"transaction_timeout": "0"}


def pin(connection: psycopg.Connection, login: str) -> None:
    """Give a service's login the settings of all, and no limits. Nothing is written where it has them."""
    newer = FROM_17 if connection.info.server_version >= 170_000 else {}
    settle(connection, login, PINNED | UNLIMITED | newer)


def settle(connection: psycopg.Connection, login: str, wanted: dict[str, str]) -> None:
    """Give a login these settings and no others. Nothing is written where it has them."""
    row = connection.execute("select coalesce(rolconfig, '{}') from pg_roles where rolname = %s", [login]).fetchone()
    if row and {each.lower() for each in row[0]} == {f"{name}={value}".lower() for name, value in wanted.items()}:
        return
    role = sql.Identifier(login)
    connection.execute(sql.SQL("alter role {} reset all").format(role))
    for name, value in wanted.items():
        setting = sql.SQL("alter role {} set {} = {}").format(role, sql.Identifier(name), sql.Literal(value))
        connection.execute(setting)
