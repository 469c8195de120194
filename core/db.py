"""Connections: which server, which role, which password."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from core.errors import WarehouseError
from core.roles import ROLES
from core.settings import Settings, settings

# What every client takes, JDBC's included. dbt signs in anew for every model and test, with a random password that
# needs no stretching: the hashing would be more than half of that.
SCRAM_ITERATIONS = 4096
FEWER_ITERATIONS = {"transformer": 64}
# Values as text in one form, names looked up in one place: figures do not depend on a server's or a shell's habits.
PINNED = {
    "datestyle": "ISO, MDY",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "search_path": "public",
    "default_transaction_isolation": "read committed",
}
LOST = ("08", "57P")  # SQLSTATEs of a connection that failed and of a server that goes down
UNDONE = "Then run again: what was not committed is undone, readers keep what they had."


class NoConnection(WarehouseError):
    """Somebody could not sign in, for whatever reason."""


def admin_url(database: str | None = None) -> str:
    """URL of the administrator. Starts the embedded server where no WAREHOUSE_URL is set and it is down."""
    now = settings()
    if now.database_url:
        return _with(now.database_url, database=database)
    from core.server.embedded import EmbeddedServer

    server = EmbeddedServer(now.state_dir, now.port)
    server.start()
    return server.admin_url(database or now.database)


def url(role: str, database: str | None = None) -> str:
    """URL of one of the warehouse's own roles (`ROLES`), with its password."""
    if role not in ROLES:
        raise WarehouseError(f"There is no role {role!r}.", remedy=f"Use one of {', '.join(ROLES)}.")
    login = ROLES[role].login
    return address(login, passwords(settings())[login], database)


def address(login: str, password: str, database: str | None = None) -> str:
    """URL of anybody who may sign in."""
    return _with(admin_url(database), user=login, password=password)


def connect(role: str = "admin", **options: Any) -> psycopg.Connection:
    """A psycopg connection as `role`, named in pg_stat_activity. Options go to psycopg.connect."""
    target = admin_url() if role == "admin" else url(role)
    try:
        connection = psycopg.connect(target, **{"application_name": f"warehouse {role}", **options})
        if role == "admin":  # the others have it from their logins
            connection.execute("select set_config(n, v, false) from unnest(%s::text[], %s::text[]) as p (n, v)",
                               [list(PINNED), list(PINNED.values())])  # fmt: skip
            connection.commit()
        return connection
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise NoConnection(
            f"No connection to PostgreSQL as {role}: {reason}",
            remedy="Check WAREHOUSE_URL, or run `warehouse status` to see the embedded server.",
        ) from error


def is_empty() -> bool:
    """Whether the database can be reached, and no bootstrap has made anything in it yet."""
    try:
        with connect() as connection:
            return connection.execute("select to_regclass('audit.publication')").fetchone() == (None,)
    except (WarehouseError, psycopg.Error):
        return False


def in_words(error: BaseException) -> WarehouseError | None:
    """A full disk or a lost connection as a word for people; None for every other error."""
    if not isinstance(error, psycopg.OperationalError):
        return None
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if isinstance(error, psycopg.errors.DiskFull):
        return WarehouseError(f"The database's disk is full: {first}.", remedy=f"Make room there. {UNDONE}")
    if error.sqlstate is None or error.sqlstate.startswith(LOST):
        return WarehouseError(
            f"The connection to the database was lost: {first}.", remedy=f"See the server's log. {UNDONE}"
        )
    return None


def passwords(now: Settings) -> dict[str, str]:
    """Passwords of the warehouse's logins, made at first use and kept in a file only its owner reads."""
    path = now.state_dir / "credentials.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [role.login for role in ROLES.values() if role.login not in known]
    if missing:
        known |= {login: secrets.token_urlsafe(24) for login in missing}
        write_private(path, json.dumps(known, indent=1))
    return known


def give_login(connection: psycopg.Connection, role: str, password: str) -> None:
    """Create a role that may log in and nothing else, or set the password of one that is there.

    Only the password's SCRAM hash is sent: a statement may end up in the server's log.
    """
    known = connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
    hashed = _scram_verifier(password, FEWER_ITERATIONS.get(role, SCRAM_ITERATIONS))
    connection.execute(
        sql.SQL("{} role {} login nosuperuser nocreatedb nocreaterole password {}").format(
            sql.SQL("alter" if known else "create"), sql.Identifier(role), sql.Literal(hashed)
        )
    )
    connection.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(role)))


def _scram_verifier(password: str, iterations: int) -> str:
    """What PostgreSQL keeps of a password (RFC 5803); libpq's own function always makes 4,096 iterations."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    texts = [b64encode(each).decode() for each in (salt, stored, server)]
    return f"SCRAM-SHA-256${iterations}:{texts[0]}${texts[1]}:{texts[2]}"


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def _with(address: str, *, user: str | None = None, password: str = "", database: str | None = None) -> str:
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{quote(user, safe='')}:{quote(password, safe='')}@{host}" if user else parts.netloc
    path = f"/{quote(database, safe='')}" if database else parts.path
    return urlunsplit(parts._replace(netloc=netloc, path=path))
