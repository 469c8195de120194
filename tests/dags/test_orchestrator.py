"""Airflow's surroundings: its settings, its secrets, its database, and what its tasks ask besides the steps."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from core.errors import WarehouseError
from core.server.embedded import EmbeddedServer
from core.settings import settings
from warehouse.orchestration import airflow_home as orchestrator
from warehouse.orchestration.tasks import FilesRefused, accepted_since, business_date, raise_refused, start_refresh

ELEVEN_AT_NIGHT_UTC = datetime(2024, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight of the 2nd in London
BATCHES = """
    insert into audit.dataset (dataset, domain, title, publisher, licence, definition_hash)
    values ('d', 'crime', 'A dataset', 'P', 'OGL', 'h');
    insert into audit.source_file (dataset, sha256, bytes, name, address, fetched_at, licence, is_generated)
    select 'd', name, 1, name, 'x', now(), 'OGL', false from unnest(array['old', 'good', 'bad', 'held']) as name;
    insert into audit.batch (batch_id, dataset, sha256, definition_hash, vintage, is_generated, status, loaded_at,
        decided_at, reason, remedy)
    values
        ('1', 'd', 'old', 'h', null, false, 'refused', '2024-01-01', null, 'old: no header.', 'Ask.'),
        ('2', 'd', 'good', 'h', '2024-01', false, 'accepted', '2024-01-01', '2024-01-03', null, null),
        ('3', 'd', 'bad', 'h', null, false, 'refused', '2024-01-03', null, 'no rows.', 'Mend.'),
        ('4', 'd', 'held', 'h', null, false, 'pending', '2024-01-03', null, null, null);
"""
SECOND = datetime(2024, 1, 2, tzinfo=UTC)


@pytest.fixture
def airflow(warehouse: str) -> Iterator[psycopg.Connection]:
    """A connection as Airflow's own role to its own database, which `prepare` made."""
    before = dict(os.environ)
    orchestrator.prepare()
    address = orchestrator.environment()["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].replace("+psycopg2", "")
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection
    for name in set(os.environ) - set(before):
        del os.environ[name]


def run_of(**given: Any) -> SimpleNamespace:
    return SimpleNamespace(**{"logical_date": None, "run_after": ELEVEN_AT_NIGHT_UTC, **given})


def test_business_date_is_the_day_in_london(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUSINESS_DATE", raising=False)
    assert business_date(run_of()) == date(2024, 7, 2)
    assert business_date(run_of(logical_date=datetime(2024, 1, 1, 23, 30, tzinfo=UTC))) == date(2024, 1, 1)
    monkeypatch.setenv("BUSINESS_DATE", "2011-03-31")
    assert business_date(run_of()) == date(2011, 3, 31)


def test_no_run_of_airflows_takes_readers_back(admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backfill over past nights, or an old run that somebody cleared, finds nothing to do and harms no other run."""
    monkeypatch.delenv("BUSINESS_DATE", raising=False)
    at_work = start_refresh(run_of(logical_date=datetime(2024, 11, 23, tzinfo=UTC), run_type="scheduled"))
    admin.execute(
        "insert into audit.publication (publication_id, refresh_id, business_date, code_version, input_hash, "
        "changed_rows, verdict) select 1, refresh_id, business_date, code_version, input_hash, 1, 'passed' "
        "from audit.refresh"
    )
    past = run_of(logical_date=datetime(2024, 11, 22, tzinfo=UTC), run_type="backfill")
    assert start_refresh(past) is None
    assert admin.execute("select refresh_id, status from audit.refresh").fetchall() == [(at_work, "running")]
    monkeypatch.setenv("BUSINESS_DATE", "2024-11-22")
    assert start_refresh(past) not in (None, at_work), "a person who names the day means it"


def test_only_what_this_run_decided_is_reported(warehouse: str, admin: psycopg.Connection) -> None:
    admin.execute(BATCHES)
    assert accepted_since("d", SECOND) == ["good"]
    assert accepted_since("d", datetime(2024, 1, 4, tzinfo=UTC)) == []
    landed = [
        {"batch_id": None, "file_name": "locked", "reason": "locked could not be read.", "remedy": "Unlock."},
        {"batch_id": "3", "file_name": "bad", "reason": "no rows.", "remedy": "Mend."},
    ]
    with pytest.raises(FilesRefused) as told:
        raise_refused("d", landed, SECOND)
    assert told.value.message == "d: 2 refused. locked could not be read. bad: no rows."
    assert [refusal.is_recorded for refusal in told.value.refusals] == [False, True]
    raise_refused("d", [], datetime(2024, 1, 4, tzinfo=UTC))


def test_airflow_owns_its_database_and_reads_nothing_of_the_warehouse(
    airflow: psycopg.Connection, admin: psycopg.Connection, warehouse: str
) -> None:
    assert airflow.execute("select current_user, current_database()").fetchone() == ("airflow", f"airflow_{warehouse}")
    airflow.execute("create table mine (a integer)")
    readable = "select nspname from pg_namespace where nspname !~ '^(pg_|information_schema|public)'"
    schemas = admin.execute(f"{readable} and has_schema_privilege('airflow', oid, 'usage')").fetchall()
    assert schemas == []
    assert len(admin.execute(readable).fetchall()) > 0


def test_prepare_again_keeps_keys_and_passwords(airflow: psycopg.Connection) -> None:
    before = orchestrator.environment()
    orchestrator.prepare()
    assert orchestrator.environment() == before
    for path in (settings().state_dir / orchestrator.SECRETS, settings().airflow_dir / "passwords.json"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_own_database_url_is_taken_as_it_is(warehouse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_DATABASE_URL", "postgresql://a:p%40ss@h:5433/d?sslmode=require&application_name=x")
    values = orchestrator.environment(8081)
    names = ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC")
    assert [values[name] for name in names] == [
        "postgresql+psycopg2://a:p%40ss@h:5433/d?application_name=x&sslmode=require",
        "postgresql+psycopg_async://a:p%40ss@h:5433/d?application_name=x&sslmode=require",
    ]
    assert values["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8081/execution/"
    assert values["AIRFLOW__API__HOST"] == "127.0.0.1"


def test_a_role_of_that_name_on_somebodys_server_is_left_alone(
    server: EmbeddedServer, warehouse: str, airflow: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_URL", server.admin_url(warehouse))
    monkeypatch.setattr(orchestrator, "SECRETS", "another_deployment.json")
    with pytest.raises(WarehouseError, match="has a role airflow already") as told:
        orchestrator.prepare()
    assert "AIRFLOW_DATABASE_URL" in told.value.remedy
    psycopg.connect(airflow.info.dsn, password=airflow.info.password).close()


def test_a_dead_schedulers_record_does_not_count(airflow: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not scheduler_is_at_work()  # no metadata yet
    record_heartbeat(airflow)
    monkeypatch.setattr(orchestrator, "HEARTBEAT_SECONDS", 1)
    assert not scheduler_is_at_work()


def test_a_live_scheduler_is_not_joined_by_a_second(airflow: psycopg.Connection) -> None:
    record_heartbeat(airflow)
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(0.1):
            airflow.execute("update job set latest_heartbeat = clock_timestamp()")

    heart = threading.Thread(target=beat)
    heart.start()
    try:
        with pytest.raises(WarehouseError, match="scheduler works on this database"):
            orchestrator.require_no_scheduler()
    finally:
        stop.set()
        heart.join()


def scheduler_is_at_work() -> bool:
    try:
        orchestrator.require_no_scheduler()
    except WarehouseError:
        return True
    return False


def record_heartbeat(airflow: psycopg.Connection) -> None:
    airflow.execute("create table job (job_type text, state text, latest_heartbeat timestamptz)")
    airflow.execute("insert into job values ('SchedulerJob', 'running', now())")


def test_pool_is_named_by_the_publisher() -> None:
    assert orchestrator.pool_name("Met Police, London Datastore (desk)") == "met_police_london_datastore_desk"
