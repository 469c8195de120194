"""Airflow's surroundings: its settings, its secrets, its database. Nothing here imports Airflow before it must."""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from base64 import urlsafe_b64encode
from importlib.metadata import version
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from core import db
from core.environment import forget_airflows, no_proxy
from core.errors import WarehouseError
from core.settings import PROJECT_DIR, Settings, settings
from ingest.definition.dataset import Dataset
from warehouse.bootstrap import bootstrap
from warehouse.orchestration.log import kept_apart
from warehouse.rights.services import give, not_ours

DAGS = PROJECT_DIR / "dags"
HOST = "127.0.0.1"
USER = "admin"
ROLE = "airflow"
TASKS_AT_ONCE = 4
SECRETS = "airflow_secrets.json"
HEARTBEAT_SECONDS = 15  # a scheduler's heart beats every 5
HEARTBEAT = """
    select max(latest_heartbeat)
    from job
    where job_type = 'SchedulerJob' and state = 'running' and latest_heartbeat > now() - interval '30 seconds'
    having count(*) > 0
"""


def dag_name(dataset: str) -> str:
    """The DAG that takes in a dataset."""
    return f"ingest_{dataset}"


PUBLICATION = "publication"  # the asset that is updated when the refresh has ended well


def asset_name(dataset: str) -> str:
    """The asset that is updated when a batch of a dataset was accepted."""
    return f"raw.{dataset}"


def about(dataset: Dataset) -> str:
    """What a person asks of a feed: whose it is, how often it comes, where its files lie."""
    every = f"every {dataset.expected_every_days} days" if dataset.expected_every_days else "at no fixed times"
    folders = ", ".join(f"`{dataset.domain}/{folder}`" for folder in dataset.inbox_folders)
    where = "its publisher's address, and " if dataset.fetch else ""
    return (
        f"### {dataset.title}\n\n"
        f"- publisher: {dataset.publisher} ({dataset.homepage or 'no home page'})\n"
        f"- licence: {dataset.licence}\n"
        f"- expected: {every}\n"
        f"- files: {where}{folders} in the sources, as `{dataset.files}`"
    )


def pool_name(publisher: str) -> str:
    """The pool in which a publisher's files are fetched one at a time."""
    return re.sub(r"[^a-z0-9]+", "_", publisher.lower()).strip("_")


def pools() -> list[str]:
    """The pools of all publishers."""
    return [pool_name(publisher) for publisher in _publishers()]


def prepare() -> None:
    """Make the warehouse's database and Airflow's ready, and put Airflow's settings into this process's environment.

    Must run before the process imports Airflow, which reads its settings once.
    """
    bootstrap()
    now = settings()
    if not now.airflow_database_url:
        _require_database(now)
    forget_airflows()
    os.environ |= environment()
    db.write_private(now.airflow_dir / "passwords.json", json.dumps({USER: password()}))


def migrate() -> None:
    """Bring Airflow's metadata to the installed version and make the publishers' pools; at once where it is done."""
    publishers = _publishers()
    wanted = f"Airflow {version('apache-airflow-core')}, pools {', '.join(map(pool_name, publishers))}"
    with psycopg.connect(_database_url(settings())) as connection:
        if _stamp(connection) == wanted:
            return
    with kept_apart():
        from airflow.models.pool import Pool
        from airflow.utils.db import upgradedb

        upgradedb()
        for publisher in publishers:
            Pool.create_or_update_pool(pool_name(publisher), slots=1, description=publisher, include_deferred=False)
    with psycopg.connect(_database_url(settings())) as connection:
        connection.execute(sql.SQL("comment on table alembic_version is {}").format(sql.Literal(wanted)))


def require_no_scheduler() -> None:
    """Raise WarehouseError where a scheduler works on Airflow's database: it would run the same tasks a second time."""
    with psycopg.connect(_database_url(settings()), autocommit=True) as connection:
        if connection.execute("select to_regclass('job')").fetchone() == (None,):
            return
        first = last = connection.execute(HEARTBEAT).fetchone()
        deadline = time.monotonic() + HEARTBEAT_SECONDS
        # The record of a killed one says that it runs: only a heart that beats again is alive.
        while first and last == first and time.monotonic() < deadline:
            time.sleep(1)
            last = connection.execute(HEARTBEAT).fetchone()
    if last != first:
        raise WarehouseError(
            "An Airflow scheduler works on this database already.",
            remedy="Start the DAGs in its web UI, or stop it first.",
        )


def environment(port: int | None = None) -> dict[str, str]:
    """Airflow's settings as environment variables; `port` is the web UI's, where there is one."""
    now = settings()
    home = now.airflow_dir
    private = _secrets(now)
    address = _database_url(now).partition(":")[2]
    values = {
        "CORE__DAGS_FOLDER": str(DAGS),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": str(TASKS_AT_ONCE),
        "CORE__HOSTNAME_CALLABLE": "socket.gethostname",
        "CORE__FERNET_KEY": private["fernet_key"],
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2:{address}",
        # Understands every word of such an address and works behind a pooler; asyncpg, the default, does neither.
        "DATABASE__SQL_ALCHEMY_CONN_ASYNC": f"postgresql+psycopg_async:{address}",
        "WORKERS__EXECUTION_API_TIMEOUT": "60",
        "LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(home / "logs" / "dag_processor"),
        "LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS": "0o700",
        "LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o600",
        "API__HOST": HOST,
        "API__SECRET_KEY": private["api_secret"],
        "API_AUTH__JWT_SECRET": private["jwt_secret"],
    }
    if port:
        values |= {
            "API__PORT": str(port),
            "API__BASE_URL": f"http://{HOST}:{port}",
            "CORE__EXECUTION_API_SERVER_URL": f"http://{HOST}:{port}/execution/",
        }
    named = {f"AIRFLOW__{name}": value for name, value in values.items()}
    # Tasks ask the web server; where the shell names a proxy, they would ask that one.
    return {"AIRFLOW_HOME": str(home), "DO_NOT_TRACK": "1", **no_proxy(), **named}


def password() -> str:
    """The password of the web UI's user `USER`."""
    return _secrets(settings())["user_password"]


def _publishers() -> list[str]:
    from ingest.definition.dataset import load_definitions

    return sorted({definition.publisher for definition in load_definitions().values()})


def _stamp(connection: psycopg.Connection) -> str | None:
    row = connection.execute("select obj_description(to_regclass('alembic_version'), 'pg_class')").fetchone()
    return row[0] if row else None


def _database_name(now: Settings) -> str:
    return "airflow" if now.database == "warehouse" else f"airflow_{now.database}"


def _database_url(now: Settings) -> str:
    if now.airflow_database_url:
        return now.airflow_database_url
    address = urlsplit(db.admin_url(_database_name(now)))
    account = f"{ROLE}:{quote(_secrets(now)['database_password'], safe='')}"
    return urlunsplit(address._replace(netloc=f"{account}@{address.netloc.rpartition('@')[2]}"))


def _require_database(now: Settings) -> None:
    name, password = _database_name(now), _secrets(now)["database_password"]
    try:
        with psycopg.connect(db.admin_url(None if now.database_url else "postgres"), autocommit=True) as connection:
            if said := not_ours(connection, ROLE, password, name):
                # On somebody's own server that role may be another Airflow's: its password is not ours to change.
                raise WarehouseError(
                    f"The server of WAREHOUSE_URL has a role {ROLE} already, and {said}.",
                    remedy="Set AIRFLOW_DATABASE_URL to an empty database that Airflow may own.",
                )
            give(connection, ROLE, password)
            if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                connection.execute(
                    sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(ROLE))
                )
                connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(name)))
    except psycopg.Error as error:
        raise WarehouseError(
            f"Airflow's database {name} could not be made: {str(error).strip().splitlines()[0]}",
            remedy="Set AIRFLOW_DATABASE_URL to an empty database that Airflow may own.",
        ) from error


def _secrets(now: Settings) -> dict[str, str]:
    """Airflow's passwords and keys, made at first use and kept in a file only its owner reads."""
    path = now.state_dir / SECRETS
    if path.exists():
        return dict(json.loads(path.read_text()))
    made = {name: secrets.token_urlsafe(24) for name in ("database_password", "user_password", "api_secret")}
    made["fernet_key"] = urlsafe_b64encode(secrets.token_bytes(32)).decode()
    made["jwt_secret"] = secrets.token_urlsafe(64)
    db.write_private(path, json.dumps(made, indent=1))
    return made
