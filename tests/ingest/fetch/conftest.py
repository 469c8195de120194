"""A clock that takes no time, and servers that end with the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from misbehaving import Behaviour, Server

from ingest.fetch.http import Publisher


@dataclass
class Clock:
    """Counts what was waited instead of waiting."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        if seconds:
            self.waits.append(seconds)

    def now(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def publisher(clock: Clock) -> Iterator[Publisher]:
    """No pace, a limit of a thousand bytes, an answer within a fifth of a second."""
    publisher = Publisher(0, 1000, clock.wait, clock.now, timeout=0.2)
    yield publisher
    publisher.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """A server with these behaviours: `serve(first, second, ...)`."""
    servers: list[Server] = []

    def start(*behaviours: Behaviour) -> Server:
        servers.append(Server(list(behaviours)))
        return servers[-1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
