"""A backup, restored into a new server: equal checksums, working roles, files and all."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import psycopg
import pytest
from candidates import make_candidate, publish, seen_by_readers

from core import db
from core.errors import WarehouseError
from core.server.embedded import EmbeddedServer
from core.settings import settings
from warehouse.backup import CHECKSUMS, DUMP, _known_to_all, backup, restore


def test_a_backup_fills_a_new_server_with_the_same(
    admin: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_candidate(admin)
    publish(admin, "r1")
    admin.execute("update candidate.fruit set price_gbp = 3 where name = 'pear'")
    publish(admin, "r2")
    file = settings().archive_dir / "ab" / "abc"
    file.parent.mkdir(parents=True)
    file.write_text("published")
    (settings().archive_dir / "manifest.jsonl").write_text("{}\n")

    before = os.umask(0)
    made = backup(tmp_path / "backups")
    os.umask(before)
    closed = {path.name: oct(path.stat().st_mode & 0o777) for path in (tmp_path / "backups").iterdir()}
    assert closed == dict.fromkeys((made.folder.name, "archive"), "0o700"), "whatever the umask"
    # The file and its manifest, and what each of the two publications proves itself by.
    assert (made.files, made.tables) == (4, len(json.loads((made.folder / CHECKSUMS).read_text())))
    assert backup(tmp_path / "backups").files == 0
    with pytest.raises(WarehouseError, match="already holds a warehouse"):
        restore(made.folder)

    state = tmp_path / "elsewhere"
    monkeypatch.setenv("WAREHOUSE_STATE_DIR", str(state))
    monkeypatch.setenv("WAREHOUSE_WORK_DIR", str(state))
    monkeypatch.setenv("WAREHOUSE_DATABASE", "warehouse")
    server = EmbeddedServer(state)
    try:
        report = restore(made.folder)
        assert (report.tables, report.rows) == (made.tables, made.rows)
        assert seen_by_readers("select name, price_gbp::text from marts.fruit order by 1") == [
            ("apple", "1.10"),
            ("pear", "3"),
        ]
        assert (settings().archive_dir / "ab" / "abc").read_text() == "published"
        with db.connect("bi_reader") as reader, pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("select from audit.batch")
        with db.connect("admin", autocommit=True) as restored:
            make_candidate(restored)
            assert publish(restored, "r3").publication_id == 3
    finally:
        server.destroy()


def test_a_damaged_backup_is_not_taken_for_good(
    admin: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_candidate(admin)
    publish(admin, "r1")
    made = backup(tmp_path / "backups")
    sums = json.loads((made.folder / CHECKSUMS).read_text())
    sums["marts.fruit"][0] += 1
    (made.folder / CHECKSUMS).write_text(json.dumps(sums))
    name = f"{settings().database}_copy"
    with psycopg.connect(db.admin_url("postgres"), autocommit=True) as server:
        monkeypatch.setenv("WAREHOUSE_DATABASE", name)
        try:
            with pytest.raises(WarehouseError, match=r"1 tables are not what was backed up, the first is marts\.fruit"):
                restore(made.folder)
            (made.folder / DUMP).write_bytes(b"PGDMP")
            server.execute(f"drop database {name} with (force)")
            with pytest.raises(WarehouseError, match="pg_restore failed"):
                restore(made.folder)
        finally:
            server.execute(f"drop database {name} with (force)")
    shutil.rmtree(made.folder)
    with pytest.raises(WarehouseError, match="is no backup"):
        restore(made.folder)


def test_a_restore_that_ends_half_way_leaves_nothing(
    admin: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dump is cut off in the rows of raw: what came before is not kept either."""
    admin.execute("create table raw.many as select n, repeat(md5(n::text), 9) as t from generate_series(1, 20000) as n")
    made = backup(tmp_path / "backups")
    dump = made.folder / DUMP
    dump.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])
    name = f"{settings().database}_copy"
    monkeypatch.setenv("WAREHOUSE_DATABASE", name)
    try:
        with pytest.raises(WarehouseError, match="pg_restore failed: pg_restore: error: "):
            restore(made.folder)
        with psycopg.connect(db.admin_url()) as copy:
            assert copy.execute("select count(*) from pg_tables where schemaname = 'audit'").fetchone() == (0,)
    finally:
        with psycopg.connect(db.admin_url("postgres"), autocommit=True) as server:
            server.execute(f"drop database {name} with (force)")


def test_older_servers_are_not_sent_what_they_do_not_know() -> None:
    lines = [b"SET transaction_timeout = 0;\n", b"CREATE TABLE t (a text);\n", b"SET transaction_timeout = 0;\n"]
    assert list(_known_to_all([b"SET lock_timeout = 0;\n", *lines])) == [b"SET lock_timeout = 0;\n", *lines[1:]]
