"""The logins that the warehouse makes for itself on a server, which knows them for all of its databases.

A comment on each says which deployment's password it has: another's is never changed, and a sign-in that fails for some
other reason (a full server, say) is not taken for a wrong password.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import psycopg
from psycopg import sql

from core import db
from core.errors import WarehouseError
from core.settings import settings

KNOWN = """
    select rolname, shobj_description(oid, 'pg_authid') from pg_roles where rolname = any(%s) and rolcanlogin
"""


def require_ours(connection: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    """WarehouseError, before anything has changed, where a login on somebody's server may be another deployment's.

    The embedded server is this deployment's own.
    """
    for login, password in passwords.items():
        if said := not_ours(connection, login, password):
            raise WarehouseError(
                f"The server has a login {login} already, and {said}.",
                remedy="Nothing was changed. Two deployments need a server each. If it is this one's, and its state "
                "folder is lost: WAREHOUSE_TAKE_OVER=yes, once, gives every login a new password.",
            )


def not_ours(connection: psycopg.Connection, login: str, password: str, database: str | None = None) -> str | None:
    """What speaks against a login of that name being ours; None where it is, or where there is none.

    One that was made before there were notes is asked by signing in to a database that it may enter.
    """
    now = settings()
    row = connection.execute(KNOWN, [[login]]).fetchone()
    if not now.database_url or now.take_over or row is None or row[1] == _note(login, password):
        return None
    if row[1] and row[1].startswith(NOTE):
        return "it has the password of another deployment"
    try:
        psycopg.connect(db.address(login, password, database)).close()
    except psycopg.OperationalError as error:
        return f"signing in as it fails: {str(error).strip().splitlines()[-1]}"
    return None


def give(connection: psycopg.Connection, login: str, password: str) -> None:
    """Make the login, or give it the password that this deployment knows. Nothing is written where it has it."""
    row = connection.execute(KNOWN, [[login]]).fetchone()
    note = _note(login, password)
    if row and row[1] == note:
        return
    db.give_login(connection, login, password)
    connection.execute(sql.SQL("comment on role {} is {}").format(sql.Identifier(login), sql.Literal(note)))


NOTE = "Met Forward Warehouse, password "


def _note(login: str, password: str) -> str:
    # The password is 24 random bytes: nobody finds it by its hash.
    return NOTE + hashlib.sha256(f"{login} {password}".encode()).hexdigest()[:16]
