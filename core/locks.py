"""Every advisory lock of the warehouse, in one register. A lock goes with its connection, so a kill frees it."""

from __future__ import annotations

from enum import Enum

import psycopg

from core.errors import WarehouseError

LOCK_SECONDS = 5  # a busy server needs a moment to notice that a killed refresh is gone


class Lock(Enum):
    """What one process at a time may do in a database. A lock with a subject is one lock for each subject."""

    BOOTSTRAP = 7_201_001  # roles, schemas, migrations
    REFRESH = 7_201_002  # a step of a refresh, or a migration
    PUBLISH = 7_201_003  # the transaction that changes the marts
    RAW_TABLES = 7_202_001  # the shape of the raw tables
    INGEST = 7_202  # subject: the dataset whose files are taken in
    GATE = 7_203  # subject: the dataset whose batches are judged


def take(connection: psycopg.Connection, lock: Lock, subject: str = "") -> None:
    """Wait for the lock and hold it until it is given back or the connection ends."""
    _call(connection, "pg_advisory_lock", lock, subject)


def take_for_transaction(connection: psycopg.Connection, lock: Lock, subject: str = "") -> None:
    """Wait for the lock and hold it until the connection's transaction ends."""
    _call(connection, "pg_advisory_xact_lock", lock, subject)


def give_back(connection: psycopg.Connection, lock: Lock, subject: str = "") -> None:
    """Free the lock now, and not when the server gets round to a closed connection: the next may be waiting."""
    _call(connection, "pg_advisory_unlock", lock, subject)


def keep_refreshes_out(connection: psycopg.Connection) -> None:
    """Hold `Lock.REFRESH`: no refresh and no migration besides. WarehouseError where one is at work."""
    try:
        connection.execute(f"set lock_timeout = '{LOCK_SECONDS}s'")
        take(connection, Lock.REFRESH)
    except psycopg.errors.LockNotAvailable as error:
        raise WarehouseError(
            "A refresh or a migration is at work on this database.",
            remedy="Wait for it (`warehouse status` shows a refresh), then run again.",
        ) from error


def _call(connection: psycopg.Connection, function: str, lock: Lock, subject: str) -> None:
    if subject:
        connection.execute(f"select {function}(%s, hashtext(%s))", [lock.value, subject])
    else:
        connection.execute(f"select {function}(%s)", [lock.value])
