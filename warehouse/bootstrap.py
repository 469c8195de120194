"""Bring a database to the shape this code expects: roles, schemas, audit tables. Running it again changes nothing."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

from core import db
from core.errors import WarehouseError
from core.locks import Lock, held, make_table, no_refresh
from core.roles import PEOPLE, ROLES
from core.server.usable import require_usable
from core.settings import settings
from warehouse import live_views
from warehouse.rights import services
from warehouse.rights.closed import close
from warehouse.rights.logins import limit, make_groups, put_within
from warehouse.rights.pinned import pin

MIGRATIONS = Path(__file__).parent / "migrations"


def bootstrap() -> None:
    """Create the database (embedded server only), the roles and every schema; apply outstanding migrations.

    WarehouseError where a migration is outstanding while a refresh is at work.
    """
    if not settings().database_url:
        create_database(settings().database)
    with db.connect(autocommit=True) as connection:
        require_usable(connection)
        services.require_ours(connection, db.passwords(settings()))
        _require_known(connection)
        make_table(connection)
    with held("admin", Lock.BOOTSTRAP), db.connect() as connection:
        create_roles(connection)
        connection.commit()
        if _current_revision(connection) != _head_revision() or not live_views.are_current(connection):
            connection.commit()
            with no_refresh("admin"):
                _migrate()


def grant_connections(connection: psycopg.Connection, database: str) -> None:
    """Let the roles into a database, as the first migration does: a copied or restored one has lost these rights."""
    connection.execute(
        sql.SQL(
            "revoke all on database {0} from public; "
            "grant connect on database {0} to {1}; "
            "grant create, temporary on database {0} to transformer; "
            "grant temporary on database {0} to loader, gate, publisher"
        ).format(sql.Identifier(database), sql.SQL(", ").join(map(sql.Identifier, ROLES)))
    )


def create_database(name: str) -> None:
    """Create a database of the embedded server, where it is not there."""
    with psycopg.connect(db.admin_url("postgres"), autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))


def create_roles(connection: psycopg.Connection) -> None:
    """Create the roles, or give them the passwords that this deployment knows.

    WarehouseError, before anything has changed, where they are another deployment's.
    """
    passwords = db.passwords(settings())
    services.require_ours(connection, passwords)
    make_groups(connection)
    for role in ROLES.values():
        services.give(connection, role.login, passwords[role.login])
        if role.kind == "service":
            pin(connection, role.name)
            if role.within:
                put_within(connection, role.name, role.within)
    for role in PEOPLE.values():
        limit(connection, role.login, role.name)
    close(connection)


def _require_known(connection: psycopg.Connection) -> None:
    current, head = _current_revision(connection), _head_revision()
    if current and current > head:
        raise WarehouseError(
            f"The database is newer (revision {current}) than this code ({head}).",
            remedy="Use the code that it was last used with, or newer; or restore a backup from before.",
        )


def _current_revision(connection: psycopg.Connection) -> str | None:
    present = connection.execute("select to_regclass('audit.alembic_version')").fetchone()
    if not present or present[0] is None:
        return None
    row = connection.execute("select version_num from audit.alembic_version").fetchone()
    return row[0] if row else None


def _head_revision() -> str:
    # The newest file name starts with its revision: no need to import Alembic on a quiet night.
    return max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).split("_")[0]


def _migrate() -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    command.upgrade(config, "head")
