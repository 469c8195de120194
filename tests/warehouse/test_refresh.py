"""Two refreshes at once, and a refresh after one that was killed."""

from __future__ import annotations

import os
import subprocess
import threading
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import psycopg
import pytest

from core import locks
from core.errors import Overtaken, WarehouseError
from core.locks import Lock, held
from warehouse.refresh import steps as refresh
from warehouse.refresh.code_archive import code_commit


def test_a_second_refresh_is_refused_in_a_word(admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "LOCK_SECONDS", 1)
    words = "A refresh or a migration is at work on this database: held by warehouse refresh, process"
    with held("admin", Lock.REFRESH), pytest.raises(WarehouseError, match=words):
        refresh.start()
    assert admin.execute("select count(*) from audit.refresh").fetchone() == (0,)


def test_a_lock_that_a_killed_refresh_still_holds_is_waited_for(admin: psycopg.Connection) -> None:
    killed = ExitStack()
    killed.enter_context(held("admin", Lock.REFRESH))
    released = threading.Timer(0.2, killed.close)
    released.start()
    assert refresh.start() is not None
    released.join()


def test_a_step_of_a_refresh_that_another_has_overtaken_is_refused(admin: psycopg.Connection) -> None:
    first = refresh.start(force=True)
    second = refresh.start(force=True)
    assert first and second and first != second
    with pytest.raises(WarehouseError, match=f"{first} is abandoned"):
        refresh.build(first)


def test_who_has_nothing_to_do_leaves_anothers_refresh_alone(admin: psycopg.Connection) -> None:
    """An Airflow backfill: one run is at work on another day, the next finds its own day published already."""
    day = date(2024, 11, 22)
    done, at_work = refresh.start(day), refresh.start(date(2024, 11, 23))
    assert done and at_work
    admin.execute(
        "update audit.refresh set status = case refresh_id when %s then 'published' else 'built' end, "
        "finished_at = case refresh_id when %s then clock_timestamp() end",
        [done, done],
    )
    assert refresh.start(day) is None
    states = dict(admin.execute("select refresh_id, status from audit.refresh").fetchall())
    assert states == {done: "published", at_work: "built"}


def test_the_very_same_is_gone_on_with(admin: psycopg.Connection) -> None:
    """Two runs of one night, or one after a kill: neither fails the other, each finds the other's steps done."""
    day = date(2024, 11, 22)
    first = refresh.start(day)
    assert first and refresh.start(day) == first
    admin.execute("update audit.refresh set status = 'passed'")
    assert refresh.start(day) == first
    refresh.verify(first)
    other = refresh.start(date(2024, 11, 23))
    assert other and other != first
    with pytest.raises(Overtaken, match=f"{first} is abandoned"):
        refresh.publish(first)
    told = admin.execute("select status, message from audit.refresh where refresh_id = %s", [first]).fetchone()
    assert told == ("abandoned", f"refresh {other} took its place")


def test_a_step_whose_work_was_done_before_the_kill_is_not_done_again(admin: psycopg.Connection) -> None:
    refresh_id = refresh.start(force=True)
    assert refresh_id
    admin.execute("update audit.refresh set status = 'passed'")
    refresh.build(refresh_id)
    refresh.verify(refresh_id)
    assert admin.execute("select count(*) from audit.node_result").fetchone() == (0,)


def test_a_refresh_names_the_commit_that_its_code_was_checked_out_at(
    admin: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    refresh_id = refresh.start()
    row = admin.execute("select code_commit from audit.refresh where refresh_id = %s", [refresh_id]).fetchone()
    assert row == (code_commit(),)

    assert code_commit(tmp_path) is None, "no git, no commit"
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.csv").write_text("a\n")
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    who = ["-c", "user.name=Ada Smith", "-c", "user.email=ada@example.org"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "One seed"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], env=ours, check=True)
    commit = code_commit(tmp_path)
    assert commit and len(commit) == 12
    (tmp_path / "notes.txt").write_text("decides nothing")
    assert code_commit(tmp_path) == commit
    (tmp_path / "seeds" / "a.csv").write_text("a\n1\n")
    assert code_commit(tmp_path) == f"{commit}+"


def test_the_planner_is_told_of_the_batch_set(admin: psycopg.Connection) -> None:
    known = "select reltuples >= 0 from pg_class where oid = 'audit.refresh_input'::regclass"
    assert admin.execute(known).fetchone() == (False,)  # as a new table, of which nothing is known
    refresh.start()
    assert admin.execute(known).fetchone() == (True,)
