"""One ground for all trials of the session's share."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from drill import Ground, Place

from core.server.embedded import EmbeddedServer


@pytest.fixture(scope="session")
def ground(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A first night published, a second one due."""
    prepared = Ground(server, tmp_path_factory.mktemp("faults"))
    prepared.prepare()
    yield prepared
    with psycopg.connect(server.admin_url("postgres"), autocommit=True) as admin:
        admin.execute("drop database drill_first with (force)")


@pytest.fixture
def place(ground: Ground, request: pytest.FixtureRequest) -> Iterator[Place]:
    """A copy of the state after the first night, for one test."""
    copied = ground.copy(request.node.originalname[:40])
    yield copied
    copied.remove()
