"""Whether a server can hold a warehouse at all, said in a line before anything is changed on it."""

from __future__ import annotations

import psycopg

from core.errors import WarehouseError

OLDEST = 15
UNUSABLE = "/%'\""  # Soda takes the first for the end of the name, dbt cannot quote the others
ASKED = """
    select
        current_setting('server_version_num')::integer / 10000,
        current_setting('server_encoding'),
        pg_is_in_recovery(),
        current_setting('transaction_read_only') = 'on',
        current_database(),
        pg_backend_pid()
"""


def require_usable(connection: psycopg.Connection) -> None:
    """WarehouseError where the server is too old, reads only or hands connections on, or where the database has
    another encoding or a name that a tool of ours cannot take.

    `connection` is the administrator's, in autocommit.
    """
    row = connection.execute(ASKED).fetchone()
    assert row is not None, "a select without a condition returns a row"
    version, encoding, is_copy, reads_only, database, pid = row
    if version < OLDEST:
        raise WarehouseError(f"The server is PostgreSQL {version}.", remedy=f"Use {OLDEST} or newer.")
    if encoding != "UTF8":
        raise WarehouseError(
            f"The database {database} is in {encoding}: names of places and firms would not fit in.",
            remedy=f"Make it anew: create database \"{database}\" encoding 'UTF8' template template0.",
        )
    if any(character in database for character in UNUSABLE):
        raise WarehouseError(
            f"The name of the database {database} has one of {UNUSABLE}, which not all of our tools take.",
            remedy="Give it another name: alter database ... rename to ...",
        )
    if is_copy or reads_only:
        raise WarehouseError(
            f"The database {database} is read-only{', a copy of another server' if is_copy else ''}.",
            remedy="Name the server that is written to in WAREHOUSE_URL.",
        )
    # Behind a pooler, the process that answers is not the one that was greeted.
    if pid != connection.info.backend_pid and _is_handed_on(connection):
        raise WarehouseError(
            "A pooler stands before the server that hands its connections on after each transaction.",
            remedy="Use the server's own address in WAREHOUSE_URL, or a pool in session mode.",
        )


def _is_handed_on(connection: psycopg.Connection) -> bool:
    """Whether another connection, in a transaction, gets the process that has just answered this one."""
    address, password = connection.info.dsn, connection.info.password
    with psycopg.connect(address, password=password) as other:
        mine = connection.execute("select pg_backend_pid()").fetchone()
        return other.execute("select pg_backend_pid()").fetchone() == mine
