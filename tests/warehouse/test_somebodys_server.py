"""A server that is somebody's own: what cannot hold a warehouse is said in a line, and nobody else's logins change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pooler import TransactionPooler
from psycopg import sql

from core import db
from core.errors import WarehouseError
from core.server.embedded import EmbeddedServer
from core.settings import settings
from warehouse import bootstrap as bootstrapping
from warehouse.bootstrap import bootstrap
from warehouse.cli import main

LOGINS = "select rolname, rolpassword, oid::text from pg_authid where rolname !~ '^pg_' order by 1"


@pytest.fixture
def theirs(server: EmbeddedServer, warehouse: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    """The session's server as if it were somebody's own; its administrator."""
    monkeypatch.setenv("WAREHOUSE_URL", server.admin_url(warehouse))
    with psycopg.connect(server.admin_url(warehouse), autocommit=True) as connection:
        yield connection


def test_another_deployments_logins_are_left_as_they_are(
    theirs: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = theirs.execute(LOGINS).fetchall()
    bootstrap()
    monkeypatch.setenv("WAREHOUSE_STATE_DIR", str(tmp_path))
    with pytest.raises(WarehouseError, match="has a login loader already, and it has the password of another") as told:
        bootstrap()
    assert "WAREHOUSE_TAKE_OVER" in told.value.remedy
    assert theirs.execute(LOGINS).fetchall() == before


def test_a_login_from_before_there_were_notes_is_asked_by_signing_in(
    theirs: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = "select shobj_description(oid, 'pg_authid') from pg_roles where rolname = 'gate'"
    before = theirs.execute(note).fetchone()
    theirs.execute("comment on role gate is null")
    bootstrap()
    assert theirs.execute(note).fetchone() == before
    theirs.execute("comment on role gate is null; alter role gate connection limit 0")
    try:
        with pytest.raises(WarehouseError, match=r'signing in as it fails: .*too many connections for role "gate"'):
            bootstrap()
    finally:
        theirs.execute("alter role gate connection limit -1")
        bootstrap()


def test_a_lost_state_folder_is_taken_over_when_told_so(
    theirs: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known, before = settings().state_dir, theirs.execute(LOGINS).fetchall()
    monkeypatch.setenv("WAREHOUSE_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("WAREHOUSE_TAKE_OVER", "yes")
    try:
        bootstrap()
        assert theirs.execute(LOGINS).fetchall() != before, "every login has a new password"
        monkeypatch.delenv("WAREHOUSE_TAKE_OVER")
        bootstrap()  # it is this folder's now
        with db.connect("gate") as gate:
            assert gate.execute("select current_user").fetchone() == ("gate",)
    finally:
        monkeypatch.setenv("WAREHOUSE_STATE_DIR", str(known))
        monkeypatch.setenv("WAREHOUSE_TAKE_OVER", "yes")
        bootstrap()


@pytest.mark.parametrize(
    ("setting", "words"),
    [("default_transaction_read_only = on", "is read-only"), ("datestyle = 'SQL, DMY'", None)],
)
def test_a_database_that_reads_only_is_refused_and_its_habits_are_not(
    theirs: psycopg.Connection, setting: str, words: str | None
) -> None:
    theirs.execute(sql.SQL("alter database {} set {}").format(sql.Identifier(theirs.info.dbname), sql.SQL(setting)))  # type: ignore[arg-type]
    if words:
        with pytest.raises(WarehouseError, match=words):
            bootstrap()
        return
    bootstrap()
    for role in ("admin", "transformer", "gate", "publisher", "bi_reader"):
        with db.connect(role) as connection:
            assert connection.execute("select date '2024-02-01' || ''").fetchone() == ("2024-02-01",)


def test_another_encoding_is_refused(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, warehouse: str) -> None:
    name = f"{warehouse}_latin"
    with psycopg.connect(server.admin_url("postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name} encoding 'LATIN1' locale 'C' template template0")
        monkeypatch.setenv("WAREHOUSE_URL", server.admin_url(name))
        try:
            with pytest.raises(WarehouseError, match=f"The database {name} is in LATIN1"):
                bootstrap()
            with psycopg.connect(server.admin_url(name)) as latin:
                assert latin.execute("select to_regnamespace('audit')").fetchone() == (None,)
        finally:
            admin.execute(f"drop database {name} with (force)")


def test_a_name_that_a_tool_cannot_take_is_refused(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, warehouse: str
) -> None:
    odd = f"{warehouse} a/b"
    with psycopg.connect(server.admin_url("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("create database {} template template0").format(sql.Identifier(odd)))
        monkeypatch.setenv("WAREHOUSE_URL", server.admin_url(odd))
        try:
            with pytest.raises(WarehouseError, match=f"The name of the database {odd} has one of /%"):
                bootstrap()
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(odd)))


def test_a_pooler_that_hands_connections_on_is_refused(
    theirs: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = theirs.execute(LOGINS).fetchall()
    with TransactionPooler(theirs.info.port) as pooler:
        address = settings().database_url or ""
        plain = f"{address.replace(f':{theirs.info.port}/', f':{pooler.port}/')}?sslmode=disable&gssencmode=disable"
        monkeypatch.setenv("WAREHOUSE_URL", plain)
        with psycopg.connect(plain, autocommit=True) as one, psycopg.connect(plain, autocommit=True) as other:
            pids = {each.execute("select pg_backend_pid()").fetchone() for each in (one, other)}
        assert len(pids) == 1, "it pools nothing: this proves nothing"
        with pytest.raises(WarehouseError, match="A pooler stands before the server"):
            bootstrap()
    assert theirs.execute(LOGINS).fetchall() == before


def test_an_empty_database_has_a_word_for_every_command(
    server: EmbeddedServer, warehouse: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"{warehouse}_empty"
    with psycopg.connect(server.admin_url("postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name} template template0")
        admin.execute(f"revoke all on database {name} from public")
        monkeypatch.setenv("WAREHOUSE_URL", server.admin_url(name))
        try:
            for command in (
                ["query", "select 1"], ["summary"], ["checks", "failing"], ["publication", "list"], ["diff", "1", "2"],
                ["withdraw", "x", "--by", "Ada Smith", "--reason", "c"], ["rebuild", "1"], ["reader", "list"],
            ):  # fmt: skip
                monkeypatch.setattr("sys.argv", ["warehouse", *command])
                with pytest.raises(SystemExit):
                    main()
                said = capsys.readouterr()
                assert "The database is empty." in said.err or (command[0] == "reader" and said.out), command
        finally:
            admin.execute(f"drop database {name} with (force)")


def test_a_database_that_is_newer_than_the_code_says_so(
    admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrapping, "_head_revision", lambda: "0001")
    with pytest.raises(WarehouseError, match=r"The database is newer \(revision 00\d\d\) than this code \(0001\)"):
        bootstrap()
