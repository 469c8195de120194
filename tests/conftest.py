"""One real PostgreSQL a test session; a fresh, bootstrapped database a test."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from core import db
from core.server.embedded import EmbeddedServer
from warehouse.bootstrap import bootstrap, grant_connections

TEMPLATE = "template_warehouse"
OURS = ("WAREHOUSE_URL", "AIRFLOW_DATABASE_URL", "WAREHOUSE_PORT", "SOURCES", "BUSINESS_DATE", "WAREHOUSE_FORCE")

# They take minutes: begun last, one of two workers would wait for the other.
FIRST = ("test_generated_night", "test_upgrade")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first."""
    items.sort(key=lambda item: item.path.stem not in FIRST)


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """The session's own server, with a bootstrapped database to copy from."""
    state_dir = Path(tempfile.mkdtemp(prefix="mfw-test-"))
    for name in OURS:
        os.environ.pop(name, None)
    os.environ |= {"WAREHOUSE_STATE_DIR": str(state_dir), "WAREHOUSE_DATABASE": TEMPLATE}
    embedded = EmbeddedServer(state_dir)
    try:
        embedded.start()
        with psycopg.connect(embedded.admin_url("postgres"), autocommit=True) as admin:
            # Only a machine that loses its power needs it; killed processes leave what they wrote.
            admin.execute("alter system set fsync = off")
            admin.execute("select pg_reload_conf()")
        bootstrap()
        yield embedded
    finally:
        embedded.destroy()
        shutil.rmtree(state_dir, ignore_errors=True)


@contextmanager
def fresh_database(server: EmbeddedServer, work_dir: Path) -> Iterator[str]:
    """A bootstrapped database that the settings point to, with an archive and Airflow home of its own; its name."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server.admin_url("postgres"), autocommit=True) as admin:
        copy = sql.SQL("create database {} template {} strategy file_copy")
        admin.execute(copy.format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
        grant_connections(admin, name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_DATABASE", name)
        patch.setenv("WAREHOUSE_WORK_DIR", str(work_dir))
        yield name
    with psycopg.connect(server.admin_url("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def warehouse(server: EmbeddedServer, tmp_path: Path) -> Iterator[str]:
    """A fresh database with every role, schema and audit table; its name. Archive and Airflow home are its own."""
    with fresh_database(server, tmp_path / "work") as name:
        yield name


@pytest.fixture(scope="module")
def shared_warehouse(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same for tests of one file that undo what they do."""
    with fresh_database(server, tmp_path_factory.mktemp("work")) as name:
        yield name


@pytest.fixture
def admin(warehouse: str) -> Iterator[psycopg.Connection]:
    """The administrator's connection to the test's database, autocommit: a second pair of eyes."""
    with db.connect("admin", autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def national_data() -> Path:
    """The folder of other forces' and national publications; the test is skipped, loudly, without it."""
    folder = os.environ.get("NATIONAL_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("NATIONAL_DATA is not set to the folder of national publications: this test proves nothing here")
    return Path(folder)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real publications, laid out as an inbox; the test is skipped, loudly, without it."""
    folder = os.environ.get("REAL_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("REAL_DATA is not set to the folder of real publications: this test proves nothing here")
    return Path(folder)
