"""Logins under the roles for people: one that tools share, and one a person, which can be withdrawn alone."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

import psycopg
from psycopg import sql

from core import db
from core.db import PINNED
from core.errors import WarehouseError
from core.roles import EVERYBODY, PEOPLE, shared_login
from warehouse.rights.closed import say_once
from warehouse.rights.pinned import settle

# A setting of a group is not that of its members: each login has its own. Whoever signs in may change the first three
# for the own session, which harms nobody else: the night ends readers that last too long (`audit.end_readers`).
LIMITS = {
    "default_transaction_read_only": "on",
    "statement_timeout": "10min",
    "idle_in_transaction_session_timeout": "5min",
}
# Who reads restricted detail is recorded (`audit.reading`), which a read-only transaction could not.
# Only an administrator may change these. What those do who see more than everybody is written to the server's log.
FIRM = {"temp_file_limit": "2GB"}
FIRM_RESTRICTED = {"log_statement": "all"}
# Of the server's connections: a quarter for all tools, a thirtieth a person, three quarters for all readers together.
EVERYBODYS, OWN = 4, 30
NAME = re.compile(r"[a-z][a-z0-9_.-]{1,58}")
READERS_OF = """
    select m.rolname, g.rolname, m.rolconnlimit
    from pg_auth_members as a
    inner join pg_roles as m on m.oid = a.member
    inner join pg_roles as g on g.oid = a.roleid
    where g.rolname = any(%s) and m.rolcanlogin and m.rolname <> current_user
    order by m.rolname
"""
STATE = """
    select
        pg_has_role(oid, %s, 'member'),
        rolconnlimit,
        (select bool_and(has_parameter_privilege(current_user, name, 'set')) from unnest(%s::text []) as name)
    from pg_roles where rolname = %s
"""


@dataclass(frozen=True)
class Login:
    """Who may sign in, as which reader, with how many connections at once."""

    name: str
    role: str
    connections: int


def make_groups(connection: psycopg.Connection) -> None:
    """The roles for people: nobody signs in as one of them, so that nobody can change a setting for all."""
    known = {
        row[0]: row[1]
        for row in connection.execute("select rolname, rolcanlogin or rolconfig is not null from pg_roles")
    }
    for role in PEOPLE.values():
        name = sql.Identifier(role.name)
        if role.name not in known:
            connection.execute(sql.SQL("create role {} nologin").format(name))
            connection.execute(sql.SQL("grant {} to current_user").format(name))
        elif known[role.name]:
            connection.execute(sql.SQL("alter role {0} nologin password null; alter role {0} reset all").format(name))
    for role in PEOPLE.values():
        if role.within:
            put_within(connection, role.name, role.within)


def put_within(connection: psycopg.Connection, role: str, other: str) -> None:
    """Give a role the rights of another too, where it has them not."""
    row = connection.execute("select pg_has_role(%s, %s, 'usage')", [role, other]).fetchone()
    if not (row and row[0]):
        connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(other), sql.Identifier(role)))


def limit(connection: psycopg.Connection, login: str, role: str) -> None:
    """Put a login under its role, its settings back to what they have to be, its connections to a part of all.

    Nothing is written where all of it is so.
    """
    name = sql.Identifier(login)
    firm = FIRM | (FIRM_RESTRICTED if role != EVERYBODY else {})
    usual = LIMITS | ({"default_transaction_read_only": "off"} if role != EVERYBODY else {})
    connections = max(1, _most(connection) // (EVERYBODYS if login == shared_login(EVERYBODY) else OWN))
    row = connection.execute(STATE, [role, list(firm), login]).fetchone()
    assert row is not None, "a login that was made is there"
    is_member, limited, may_be_firm = row
    if not is_member:
        connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(role), name))
    if limited != connections:
        connection.execute(sql.SQL("alter role {} connection limit {}").format(name, sql.Literal(connections)))
    settle(connection, login, PINNED | usual | (firm if may_be_firm else {}))
    if not may_be_firm:
        say_once(f"Readers' {' and '.join(firm)} stay as they are: only a superuser can set them for a login.")


def add(name: str, role: str) -> str:
    """A login of a person's own; its address, with a password that is shown once and kept nowhere."""
    if not NAME.fullmatch(name):
        raise WarehouseError(f"{name!r} is no name for a login.", remedy="Use a-z, 0-9, dot, dash: first.last.")
    password = secrets.token_urlsafe(24)
    with db.connect() as connection:
        if connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone():
            raise WarehouseError(f"There is a login {name} already.", remedy=f"`warehouse reader remove {name}` first.")
        taken = sum(max(0, login.connections) for login in logins(connection))
        most = _most(connection)
        if taken + max(1, most // OWN) > most * 3 // 4:
            raise WarehouseError(
                f"Readers may hold {taken} of the server's {most} connections; more would leave the night too few.",
                remedy="Raise max_connections, or remove a login: `warehouse reader list`.",
            )
        db.give_login(connection, name, password)
        limit(connection, name, role)
    return db.address(name, password)


def remove(name: str) -> int:
    """Withdraw a person's login; how many sessions of it were ended."""
    with db.connect(autocommit=True) as connection:
        found = {login.name for login in logins(connection)}
        if name not in found or name in map(shared_login, PEOPLE):
            raise WarehouseError(f"There is no reader {name!r}.", remedy="`warehouse reader list` shows them.")
        connection.execute(sql.SQL("alter role {} nologin").format(sql.Identifier(name)))
        row = connection.execute(
            "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where usename = %s", [name]
        ).fetchone()
        connection.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))
    return row[0] if row else 0


def logins(connection: psycopg.Connection) -> list[Login]:
    """Every login under a role for people."""
    return [Login(*row) for row in connection.execute(READERS_OF, [list(PEOPLE)])]


def _most(connection: psycopg.Connection) -> int:
    row = connection.execute("select current_setting('max_connections')::integer").fetchone()
    assert row is not None, "a select without a condition returns a row"
    return int(row[0])
