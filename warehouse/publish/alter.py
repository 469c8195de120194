"""Statements on tables that readers hold.

A waiting ALTER blocks every new reader behind it: wait shortly, let them pass, try again; in the end, end who holds on.
"""

from __future__ import annotations

import logging
import time

import psycopg
from psycopg import sql

from core.errors import WarehouseError
from core.faults import reached
from warehouse.publish.mart_catalogue import MARTS, place, published_tables

LOCK_TIMEOUT_MS = 200
PAUSE_SECONDS = 0.8
PATIENT = 120  # attempts for what the publication needs: two minutes
BRIEF = 10  # for what can as well be done after the next one
HELD = "10 seconds"  # what holds a table so long that it cannot be altered is ended too
LONGEST_READ = "1 hour"  # what reads longer than that when a publication begins is ended
log = logging.getLogger(__name__)


def alter_for_publication(connection: psycopg.Connection, name: str, statements: list[sql.Composed]) -> None:
    """What a publication cannot do without; WarehouseError where something that is no reader holds the table."""
    connection.commit()
    try:
        alter(connection, statements, PATIENT)
    except psycopg.errors.LockNotAvailable:
        _alter_without_readers(connection, name, statements)
    reached("publish.table_altered")


def end_long_readers(connection: psycopg.Connection) -> None:
    """End what has been read for too long: nobody's query without end may hold up the night."""
    _end_readers(connection, LONGEST_READ, None)


def _alter_without_readers(connection: psycopg.Connection, name: str, statements: list[sql.Composed]) -> None:
    try:
        _end_readers(connection, HELD, name)
        alter(connection, statements, BRIEF)
    except psycopg.errors.LockNotAvailable as error:
        raise WarehouseError(
            f"{'.'.join(place(name))} could not be altered: something held it, and no reader.",
            remedy="See pg_stat_activity for the long transaction, end it, run again.",
        ) from error


def _end_readers(connection: psycopg.Connection, longer_than: str, holding: str | None) -> None:
    """End readers whose transaction lasts longer; only those that hold that mart, or (`marts`) any of them."""
    held = None
    if holding is not None:
        found = published_tables(connection).items()
        held = [table.full_name for name, table in found if holding in (name, MARTS)]
    row = connection.execute(
        "select audit.end_readers(%s::interval, %s::text[]::regclass[]::oid[])", [longer_than, held]
    )
    ended = (row.fetchone() or ([],))[0]
    connection.commit()
    if ended:
        log.warning("Ended, because the publication could not wait any longer: sessions of %s", ", ".join(ended))


def alter(connection: psycopg.Connection, statements: list[sql.Composed], attempts: int) -> None:
    """Run the statements in one transaction; LockNotAvailable where readers did not let go through all attempts."""
    for attempt in range(1, attempts + 1):
        try:
            with connection.transaction():
                connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT_MS}ms'")
                for statement in statements:
                    connection.execute(statement)
            return
        except psycopg.errors.LockNotAvailable:
            if attempt == attempts:
                raise
            time.sleep(PAUSE_SECONDS)
