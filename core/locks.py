"""Every lock of the warehouse, in one register: rows of `audit.lock`, which no reader can reach and so none can take.

A row is held by an open transaction: it goes with its connection, so a kill frees it, and a pooler that hands its
connections on after each transaction cannot strand it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import LiteralString

import psycopg

from core import db
from core.errors import WarehouseError

LOCK_SECONDS = 5  # a busy server needs a moment to notice that a killed refresh is gone
PATIENT_SECONDS = 30 * 60  # where another does the same, or something short: it will be through


class Lock(Enum):
    """What one process at a time may do in a database. A lock with a subject is one lock for each subject."""

    BOOTSTRAP = "bootstrap"  # roles, schemas, migrations
    REFRESH = "refresh"  # a step of a refresh, or a migration
    PUBLISH = "publish"  # the transaction that changes the marts
    RAW_TABLES = "raw tables"  # the shape of the raw tables
    INGEST = "ingest"  # subject: the dataset whose files are taken in
    GATE = "gate"  # subject: the dataset whose batches are judged


# Also what the first bootstrap of an empty database runs, before any migration.
TABLE: LiteralString = """
    create schema if not exists audit;
    create table if not exists audit.lock (name text, subject text not null default '', primary key (name, subject));
    comment on table audit.lock is 'One row per lock of the warehouse; who holds it has locked the row';
"""
KNOWN: LiteralString = "insert into audit.lock (name, subject) values (%s, %s) on conflict do nothing"
TAKE: LiteralString = "select from audit.lock where (name, subject) = (%s, %s) for update"
# Whoever has locked a row is known by its transaction; everybody may see who runs that, and under which name.
HOLDER = """
    select a.application_name || ' (pid ' || a.pid || ')'
    from audit.lock as l
    inner join pg_locks as t on t.locktype = 'transactionid' and t.transactionid = l.xmax and t.granted
    inner join pg_stat_activity as a using (pid)
    where (l.name, l.subject) = (%s, %s)
"""


def make_table(connection: psycopg.Connection) -> None:
    """The table of locks, where an empty database has none yet; `connection` is the administrator's, in autocommit."""
    while connection.execute("select to_regclass('audit.lock')").fetchone() == (None,):
        try:
            connection.execute(TABLE)
        except (psycopg.errors.UniqueViolation, psycopg.errors.DuplicateTable):
            continue  # two first runs at once: the other has made it


@contextmanager
def held(role: str, lock: Lock, subject: str = "", *, seconds: int | None = None) -> Iterator[None]:
    """Hold a lock over a connection of its own, and give it back at the end of the block.

    WarehouseError where it was not free in that time; it names who holds it.
    """
    with db.connect(role, application_name=_holder(lock, subject)) as connection:
        connection.execute(KNOWN, [lock.value, subject])
        connection.commit()
        take_for_transaction(connection, lock, subject, seconds=seconds)
        yield


def take_for_transaction(
    connection: psycopg.Connection, lock: Lock, subject: str = "", *, seconds: int | None = None
) -> None:
    """Wait for the lock and hold it until the connection's transaction ends."""
    connection.execute("select set_config('idle_in_transaction_session_timeout', '0', true)")
    seconds = seconds or PATIENT_SECONDS
    row = connection.execute("select current_setting('lock_timeout')").fetchone()
    connection.execute("select set_config('lock_timeout', %s, true)", [f"{seconds}s"])
    try:
        # Without a savepoint: the row would then be locked by a transaction of which pg_locks knows nothing.
        connection.execute(TAKE, [lock.value, subject])
    except psycopg.errors.LockNotAvailable as error:
        raise _busy(connection, lock, subject, seconds) from error
    connection.execute("select set_config('lock_timeout', %s, true)", [row[0] if row else "0"])


@contextmanager
def no_refresh(role: str, *, seconds: int | None = None) -> Iterator[None]:
    """Hold `Lock.REFRESH`: no refresh and no migration besides. WarehouseError where one is at work, and stays."""
    with held(role, Lock.REFRESH, seconds=seconds or LOCK_SECONDS):
        yield


def _busy(connection: psycopg.Connection, lock: Lock, subject: str, seconds: int) -> WarehouseError:
    # The connection's own transaction has failed.
    with psycopg.connect(connection.info.dsn, password=connection.info.password) as other:
        found = other.execute(HOLDER, [lock.value, subject]).fetchone()
    who = f"held by {found[0]}" if found else "whoever held it has just gone"
    if lock is Lock.REFRESH:
        return WarehouseError(
            f"A refresh or a migration is at work on this database: {who}.",
            remedy="Wait for it (`warehouse status` shows a refresh), then run again.",
        )
    name = f"{lock.value} {subject}".strip()
    return WarehouseError(
        f"The lock `{name}` was not free for {seconds} s: {who}.",
        remedy="Wait for that process or end it, then run again.",
    )


def _holder(lock: Lock, subject: str) -> str:
    """What pg_stat_activity calls the holder: which process, on which machine."""
    name = f"{lock.value} {subject}".strip()
    return f"warehouse {name}, process {os.getpid()} on {socket.gethostname()}"[:63]
