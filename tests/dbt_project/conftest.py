"""One database for all builds of the whole project: the papers are loaded once, each build is a refresh of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from core import db
from core.server.embedded import EmbeddedServer
from ingest.definition.dataset import load_definitions
from ingest.load.raw_table import record_definitions
from warehouse.bootstrap import bootstrap

DATABASE = "test_dbt_project"


@pytest.fixture(scope="session")
def work_dir(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Working folder of the shared database, which has the raw tables and no batches."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_DATABASE", DATABASE)
        bootstrap()
        with db.connect("loader") as connection:
            record_definitions(connection, load_definitions().values())
    yield tmp_path_factory.mktemp("dbt_project")
    with psycopg.connect(server.admin_url("postgres"), autocommit=True) as admin:
        admin.execute(f"drop database {DATABASE} with (force)")


@pytest.fixture(scope="module")
def project(work_dir: Path) -> Iterator[psycopg.Connection]:
    """The administrator's connection to the shared database, which the settings point to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_DATABASE", DATABASE)
        patch.setenv("WAREHOUSE_WORK_DIR", str(work_dir))
        with db.connect("admin", autocommit=True) as connection:
            yield connection
