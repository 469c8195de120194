"""Readers who look at two marts and the number of their publication the whole time, in both isolation levels."""

from __future__ import annotations

import threading
import time
from collections import Counter
from types import TracebackType

import psycopg
from drill import PAUSE_SECONDS, STATE, Place

NUMBER = "select max(publication_id) from marts.publication"
COUNTS = "select sum(offence_count), count(*) from marts.crime_count"
TOTALS = "select sum(offence_count), count(*) from marts.crime_total"


class Readers:
    """One reader in read committed (one statement over both marts), one in repeatable read (one after the other).

    `through_restarts`: who loses the connection asks for another.
    """

    def __init__(self, place: Place, *, through_restarts: bool = False) -> None:
        self.seen: Counter[tuple] = Counter()
        self.longest_wait = 0.0
        self.errors: list[BaseException] = []
        self._url, self._through_restarts = place.url(), through_restarts
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._loop, args=[read]) for read in (self._committed, self._repeatable)
        ]

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def torn(self, *allowed: tuple) -> int:
        """How many of the reads saw something that no publication said."""
        return sum(count for state, count in self.seen.items() if state not in allowed)

    def _loop(self, read: object) -> None:
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True) as connection:
                    self._poll(connection, read)
            except psycopg.Error as error:
                if not (self._through_restarts and isinstance(error, psycopg.OperationalError)):
                    self.errors.append(error)
                    return
                time.sleep(PAUSE_SECONDS)

    def _poll(self, connection: psycopg.Connection, read: object) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            self.seen[read(connection)] += 1  # type: ignore[operator]
            self.longest_wait = max(self.longest_wait, time.monotonic() - began - PAUSE_SECONDS)
            time.sleep(PAUSE_SECONDS)

    def _committed(self, connection: psycopg.Connection) -> tuple:
        return connection.execute(STATE).fetchone() or ()

    def _repeatable(self, connection: psycopg.Connection) -> tuple:
        with connection.transaction():
            connection.execute("set transaction isolation level repeatable read")
            number = connection.execute(NUMBER).fetchone() or ()
            counts = connection.execute(COUNTS).fetchone() or ()
            time.sleep(PAUSE_SECONDS)
            totals = connection.execute(TOTALS).fetchone() or ()
            again = connection.execute(COUNTS).fetchone() or ()
        return (*number, *counts, *totals) if again == counts else ("not repeatable", *counts, *again)
