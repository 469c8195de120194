"""A reader cannot stop the night: each way that once did is tried while a publication is at work."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psycopg
import pytest
from candidates import make_candidate, publish, seen_by_readers
from psycopg import errors

from core import db, faults
from core.errors import WarehouseError
from core.locks import Lock, held
from core.roles import PEOPLE, ROLES
from warehouse.bootstrap import bootstrap
from warehouse.publish import alter, write_difference
from warehouse.rights import logins

REFUSED = [
    "select from audit.lock for update",
    "lock table audit.lock in access share mode",
    "select lo_from_bytea(0, 'x')",
    "select lo_create(0)",
    "select pg_logical_emit_message(false, 'x', repeat('x', 1000))",
    "create temp table mine (a integer)",
    "create table public.mine (a integer)",
    "create schema mine",
    "create table marts.mine (a integer)",
    "insert into marts.fruit values ('fig', 1, false, 1)",
    "delete from history.fruit",
    "lock table marts.fruit in row share mode",
    "select * from marts.fruit for share",
    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'publisher'",
    "alter role bi_reader_shared superuser",
    "alter role publisher set statement_timeout = 1",
    "alter role estates_reader_shared set statement_timeout = 1",
    "alter database {database} set statement_timeout = 1",
    "set temp_file_limit = -1",
    "set role publisher",
    "select pg_read_file('/etc/passwd')",
    "copy marts.fruit to '/tmp/fruit'",
    "copy marts.fruit to program 'true'",
]


@pytest.fixture
def published(admin: psycopg.Connection, warehouse: str) -> psycopg.Connection:
    """One small mart, published; the database is as a bootstrap leaves it."""
    make_candidate(admin)
    publish(admin, "r1")
    return admin


@pytest.fixture
def jane(published: psycopg.Connection) -> Iterator[str]:
    """The address of a person's own login."""
    address = logins.add("jane.doe", "bi_reader")
    yield address
    with contextlib.suppress(WarehouseError):
        logins.remove("jane.doe")


def during_publication(monkeypatch: pytest.MonkeyPatch, attack: object) -> None:
    """Have it done when the publication has removed rows and has not committed."""

    def at(point: str) -> None:
        faults.reached(point)
        if point == "publish.rows_removed":
            attack()  # type: ignore[operator]

    monkeypatch.setattr(write_difference, "reached", at)


@pytest.mark.parametrize("statement", REFUSED)
def test_what_a_reader_may_not_do_is_refused_during_a_publication(
    published: psycopg.Connection, warehouse: str, jane: str, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    statement = statement.format(database=warehouse)
    outcomes: list[object] = []

    def attack() -> None:
        with psycopg.connect(jane, autocommit=True) as reader:
            reader.execute("set default_transaction_read_only = off")
            assert reader.execute("select count(*) from marts.fruit").fetchone() == (2,)
            try:
                with reader.transaction():
                    outcomes.append(reader.execute(statement.encode()).fetchall())
            except psycopg.Error as error:
                outcomes.append(error)

    during_publication(monkeypatch, attack)
    published.execute("update candidate.fruit set price_gbp = 9")
    assert publish(published, "r2").publication_id == 2
    assert outcomes and all(isinstance(each, errors.InsufficientPrivilege) for each in outcomes), outcomes
    assert seen_by_readers("select sum(price_gbp)::text from marts.fruit") == [("18",)]


def test_the_services_hold_locks_that_auditors_cannot(published: psycopg.Connection) -> None:
    for role in (role.name for role in ROLES.values() if role.kind == "service"):
        with held(role, Lock.INGEST, role):
            pass
    with db.connect("auditor", autocommit=True) as auditor:
        auditor.execute("set default_transaction_read_only = off")
        for statement in ("select from audit.lock for share", "lock table audit.lock in row share mode"):
            with pytest.raises(errors.InsufficientPrivilege), auditor.transaction():
                auditor.execute(statement.encode())


def test_locks_by_number_are_nobodys_business(published: psycopg.Connection, jane: str) -> None:
    """Whatever a reader locks by number, the night locks rows."""
    with psycopg.connect(jane, autocommit=True) as reader:
        for number in (1, 7_201_001, 7_201_002, 7_201_003, 7_202_001, 7_202, 7_203):
            reader.execute("select pg_advisory_lock(%s), pg_advisory_lock(%s, 1)", [number, number])
        published.execute("update candidate.fruit set price_gbp = 9")
        bootstrap()
        with held("transformer", Lock.REFRESH), held("loader", Lock.INGEST, "fruit"), held("gate", Lock.GATE, "fruit"):
            assert publish(published, "r2").publication_id == 2


def test_readers_who_take_all_they_can_leave_the_night_its_connections(
    published: psycopg.Connection, jane: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = published.execute("select current_setting('max_connections')::integer").fetchone()
    held: list[psycopg.Connection] = []

    def attack() -> None:
        for address in (jane, *(db.url(role) for role in PEOPLE)):
            with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
                while True:
                    held.append(psycopg.connect(address))

    during_publication(monkeypatch, attack)
    published.execute("update candidate.fruit set price_gbp = 9")
    try:
        assert publish(published, "r2").publication_id == 2
        assert most and len(held) <= most[0] * 4 // 5
    finally:
        for connection in held:
            connection.close()


def test_logins_are_refused_before_they_leave_the_night_too_few_connections(
    published: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logins, "OWN", 1)
    with pytest.raises(WarehouseError, match="would leave the night too few"):
        logins.add("jane.doe", "bi_reader")
    assert published.execute("select from pg_roles where rolname = 'jane.doe'").fetchone() is None


def test_a_setting_that_a_reader_stores_harms_nobody_else(
    published: psycopg.Connection, jane: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def attack() -> None:
        with psycopg.connect(jane, autocommit=True) as reader:
            reader.execute("set default_transaction_read_only = off")
            reader.execute("set role bi_reader")
            reader.execute("alter role bi_reader set statement_timeout = 1")
            reader.execute("alter role bi_reader password 'mine'")
        with db.connect("bi_reader", autocommit=True) as shared:
            shared.execute("set default_transaction_read_only = off")
            shared.execute("alter role bi_reader_shared set statement_timeout = 1")

    during_publication(monkeypatch, attack)
    published.execute("update candidate.fruit set price_gbp = 9")
    assert publish(published, "r2").publication_id == 2
    with psycopg.connect(jane) as reader:
        assert reader.execute("select current_setting('statement_timeout')").fetchone() == ("10min",)
    bootstrap()  # as every night begins
    with db.connect("bi_reader") as shared:
        assert shared.execute("select current_setting('statement_timeout')").fetchone() == ("10min",)
    assert published.execute("select rolcanlogin, rolconfig from pg_roles where rolname = 'bi_reader'").fetchall() == [
        (False, None)
    ]


def test_a_query_without_end_is_ended_by_the_next_publication(
    published: psycopg.Connection, jane: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alter, "LONGEST_READ", "0 seconds")
    with psycopg.connect(jane) as reader:
        reader.execute("set statement_timeout = 0; set idle_in_transaction_session_timeout = 0")
        reader.execute("select count(*) from marts.fruit")
        published.execute("update candidate.fruit set price_gbp = 9")
        assert publish(published, "r2").publication_id == 2
        with pytest.raises(psycopg.OperationalError, match="terminating connection"):
            reader.execute("select 1")


def test_a_reader_who_holds_a_table_cannot_keep_it_from_a_new_column(
    published: psycopg.Connection, jane: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alter, "PATIENT", 1)
    monkeypatch.setattr(alter, "HELD", "0 seconds")
    published.execute("alter table candidate.fruit add column colour text")
    with psycopg.connect(jane) as reader, db.connect("bi_reader") as innocent:
        reader.execute("lock table marts.fruit in access share mode")
        innocent.execute("select 1")
        assert publish(published, "r2", "c2").publication_id == 2
        with pytest.raises(psycopg.OperationalError, match="terminating connection"):
            reader.execute("select 1")
        innocent.execute("select 1")


def test_only_readers_are_ended(published: psycopg.Connection) -> None:
    with db.connect("gate") as judge, db.connect("publisher", autocommit=True) as publisher:
        judge.execute("select 1")
        published.execute("begin")
        assert publisher.execute("select audit.end_readers('0 seconds')").fetchone() == ([],)
        published.execute("commit")
        judge.execute("select 1")


def test_a_reader_reaches_no_other_database_of_the_embedded_server(jane: str) -> None:
    # Only the server's own two: a database that another test is making has no rights yet.
    for database in ("postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(jane, dbname=database)


def test_a_persons_login_is_withdrawn_alone(published: psycopg.Connection, jane: str) -> None:
    john = logins.add("john.doe", "estates_reader")
    try:
        with psycopg.connect(jane) as hers, psycopg.connect(john) as his:
            assert logins.remove("jane.doe") == 1
            with pytest.raises(psycopg.OperationalError):
                hers.execute("select 1")
            his.execute("select count(*) from marts.fruit")
        with pytest.raises(psycopg.OperationalError, match="authentication failed"):
            psycopg.connect(jane)
        psycopg.connect(john).close()
    finally:
        logins.remove("john.doe")


@pytest.mark.parametrize("name", ["bi_reader_shared", "publisher", "nobody"])
def test_only_a_persons_login_is_removed(published: psycopg.Connection, name: str) -> None:
    with pytest.raises(WarehouseError, match="There is no reader"):
        logins.remove(name)


@pytest.mark.parametrize("name", ["Jane", "x; drop role publisher", "publisher", ""])
def test_a_login_has_a_plain_name_that_is_free(published: psycopg.Connection, name: str) -> None:
    with pytest.raises(WarehouseError):
        logins.add(name, "bi_reader")


def test_bootstrap_again_writes_nothing_about_roles(published: psycopg.Connection) -> None:
    rows = """
        select oid, xmin::text from pg_authid union all select setrole, xmin::text from pg_db_role_setting order by 1, 2
    """
    before = published.execute(rows).fetchall()
    bootstrap()
    assert published.execute(rows).fetchall() == before


def test_a_role_that_people_once_signed_in_as_becomes_a_group(published: psycopg.Connection) -> None:
    published.execute("alter role bi_reader login password 'known to many'; alter role bi_reader set work_mem = '1GB'")
    bootstrap()
    assert published.execute("select rolcanlogin, rolconfig from pg_roles where rolname = 'bi_reader'").fetchall() == [
        (False, None)
    ]
    assert seen_by_readers("select count(*) from marts.fruit") == [(2,)]
