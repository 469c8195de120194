"""What lay under each name of the sources, run by run: `audit.arrival`, to which a row is added where that changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import psycopg

from ingest.load.standing import Place

LAST = """
    select distinct on (name)
        name, state, reason,
        (array_agg(sha256) filter (where sha256 is not null) over names)[1] as sha256
    from audit.arrival
    where dataset = %s
    window names as (
        partition by name order by arrival_id desc rows between unbounded preceding and unbounded following
    )
    order by name, arrival_id desc
"""
ADD = "insert into audit.arrival (dataset, name, state, sha256, reason, remedy) values (%s, %s, %s, %s, %s, %s)"


class Seen(NamedTuple):
    """The last that was seen of a name; `sha256` are the last bytes that could be read there."""

    state: str
    reason: str | None
    sha256: str | None


class Arrivals:
    """The names of a dataset's files in one run, and what is known of each."""

    def __init__(self, connection: psycopg.Connection, dataset: str, names: Iterable[str]) -> None:
        self._connection, self._dataset = connection, dataset
        self._seen = {row[0]: Seen(*row[1:]) for row in connection.execute(LAST, [dataset])}
        self._here = {name: self._last(name).sha256 for name in names}

    def place(self, name: str) -> Place:
        """What is known of the name before this run looks into the file."""
        return Place(name, self._last(name).sha256, self._here)

    def read(self, name: str, sha256: str) -> None:
        """The file under this name has these bytes."""
        self._here[name] = sha256
        self._add(name, Seen("read", None, sha256))

    def unread(self, name: str, reason: str, remedy: str) -> None:
        """The file under this name could not be read."""
        self._add(name, Seen("unread", reason, None), remedy)

    def end(self) -> None:
        """What was seen before and lies there no more has gone; where nothing lies there at all, nobody can tell."""
        for name, last in list(self._seen.items()):
            if self._here and name not in self._here and last.state != "gone":
                self._add(name, Seen("gone", None, None))

    def _last(self, name: str) -> Seen:
        return self._seen.get(name, Seen("gone", None, None))

    def _add(self, name: str, now: Seen, remedy: str | None = None) -> None:
        last = self._last(name)
        is_same = now.sha256 == last.sha256 if now.state == "read" else now.reason == last.reason
        if now.state != last.state or not is_same:
            self._connection.execute(ADD, [self._dataset, name, now.state, now.sha256, now.reason, remedy])
            self._seen[name] = now._replace(sha256=now.sha256 or last.sha256)
