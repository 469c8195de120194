"""A refresh beside a migration, and beside a backfill."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from drill import Place, first_release, next_release, put

from core import locks
from core.errors import WarehouseError
from ingest.pipeline import ingest_dataset
from warehouse import bootstrap
from warehouse.checks import gate
from warehouse.refresh import steps as refresh

DATASET = "mps_borough_crime"
MIGRATION = """
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade() -> None:
    op.execute("select pg_advisory_xact_lock(1); create table audit.migrated ()")
"""


@pytest.fixture
def admin(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    """This process works on that place too; the administrator's connection."""
    monkeypatch.setenv("WAREHOUSE_DATABASE", place.database)
    monkeypatch.setenv("WAREHOUSE_WORK_DIR", str(place.work_dir))
    with psycopg.connect(place.url(), autocommit=True) as connection:
        yield connection


@pytest.fixture
def migration(admin: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A migration is outstanding, which waits for the advisory lock 1; a query that tells whether it was done."""
    copied = Path(shutil.copytree(bootstrap.MIGRATIONS, tmp_path / "migrations"))
    row = admin.execute("select version_num from audit.alembic_version").fetchone()
    assert row is not None
    (copied / "versions" / "9999_test.py").write_text(MIGRATION.format(head=row[0]))
    monkeypatch.setattr(bootstrap, "MIGRATIONS", copied)
    monkeypatch.setattr(locks, "LOCK_SECONDS", 1)
    return "select to_regclass('audit.migrated') is not null"


def test_a_refresh_is_refused_while_a_migration_is_at_work(admin: psycopg.Connection, migration: str) -> None:
    admin.execute("select pg_advisory_lock(1)")
    migrating = threading.Thread(target=bootstrap.bootstrap, daemon=True)
    migrating.start()
    waiting = "select 1 from pg_locks where locktype = 'advisory' and not granted and objid = 1"
    while not admin.execute(waiting).fetchone():
        assert migrating.is_alive(), "the migration did not wait"
    with pytest.raises(WarehouseError, match="A refresh or a migration is at work"):
        refresh.start()
    admin.execute("select pg_advisory_unlock(1)")
    migrating.join()
    assert admin.execute(migration).fetchone() == (True,)
    assert refresh.start() is not None


def test_beside_a_refresh_a_migration_is_refused_and_a_backfill_waits_for_the_next_one(
    place: Place, admin: psycopg.Connection, migration: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backfill need not wait: a refresh reads the batches that it fixed at its start, and no others."""
    night = place.halted("build.first_model")
    with pytest.raises(WarehouseError, match="A refresh or a migration is at work"):
        bootstrap.bootstrap()
    assert admin.execute(migration).fetchone() == (False,)

    inbox = Path(shutil.copytree(place.ground.inbox, place.work_dir / "inbox"))
    put(inbox, "third.csv", next_release(next_release(first_release())))
    monkeypatch.setenv("SOURCES", str(inbox))
    assert [batch.status for batch in ingest_dataset(DATASET).batches] == ["known", "known", "pending"]
    assert [verdict.status for verdict in gate.verify_pending(DATASET)] == ["accepted"]

    assert place.go_on(night) == 0, place.log
    assert place.state() == place.ground.after
    bootstrap.bootstrap()
    assert admin.execute(migration).fetchone() == (True,)
    following = refresh.start()
    inputs = admin.execute(
        "select count(*), count(*) filter (where refresh_id = %s) from audit.refresh_input", [following]
    )
    assert inputs.fetchone() == (1 + 2 + 3, 3)
