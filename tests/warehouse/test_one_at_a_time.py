"""What readers see at every moment of a publication is one publication; publishers that break that are caught."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from candidates import make_candidate, passed_refresh, publish
from psycopg import sql

from core import db, faults
from warehouse.publish import publish as publisher
from warehouse.publish import stable_tables, write_difference

SEEN = """
    select (select max(publication_id) from marts.publication), (select sum(price_gbp)::text from marts.fruit),
        (select count(*) from marts.basket)
"""
MARTS = ("marts.fruit", "marts.basket")
BEFORE, AFTER = (1, "3.10", 1), (2, "18", 2)
Mutant = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture
def due(admin: psycopg.Connection) -> psycopg.Connection:
    """Two marts, published, and a second publication that changes both is due."""
    make_candidate(admin)
    admin.execute("create table candidate.basket (basket text not null primary key, is_generated boolean)")
    admin.execute("insert into candidate.basket values ('small', false)")
    publish(admin, "r1")
    admin.execute("update candidate.fruit set price_gbp = 9; insert into candidate.basket values ('large', false)")
    passed_refresh(admin, "r2")
    return admin


class Watch:
    """At every point of a publication: a reader who comes then, and one who came before it began."""

    def __init__(self, early: psycopg.Connection) -> None:
        self.early, self.wrong = early, dict[str, list[str]]()

    def reached(self, point: str) -> None:
        faults.reached(point)
        self.look(point)

    def look(self, point: str) -> None:
        wanted = AFTER if point in ("publish.committed", "publish.tidied", "over") else BEFORE
        with db.connect("bi_reader") as reader:
            found = {"reader": self.read(reader, wanted), "early reader": self.read(self.early, BEFORE)}
        if told := [f"{who} {what}" for who, what in found.items() if what]:
            self.wrong[point] = told

    def read(self, reader: psycopg.Connection, wanted: tuple) -> str:
        """What is wrong; nothing where it is not. Nobody waits for a publication."""
        try:
            with reader.transaction(force_rollback=True):  # a lock that it kept would stop who truncates
                reader.execute("set local lock_timeout = '50ms'")
                seen = reader.execute(SEEN).fetchone()
        except psycopg.errors.LockNotAvailable:
            return "waits"
        return "" if seen == wanted else f"sees {seen}"


@pytest.fixture
def watch(due: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    with db.connect("bi_reader") as early:
        early.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        early.execute("select")  # its snapshot is of before
        found = Watch(early)
        for module in (publisher, stable_tables, write_difference):
            if hasattr(module, "reached"):
                monkeypatch.setattr(module, "reached", found.reached)
        yield found


def end_transaction(connection: psycopg.Connection) -> None:
    connection.execute("commit")
    connection.execute("begin")


def a_commit_a_mart(patch: pytest.MonkeyPatch) -> None:
    def apply(connection: psycopg.Connection, *arguments: object) -> object:
        change = write_difference.apply(connection, *arguments)  # type: ignore[arg-type]
        end_transaction(connection)
        return change

    patch.setattr(publisher, "apply", apply)


def truncate_and_refill(patch: pytest.MonkeyPatch) -> None:
    def apply(connection: psycopg.Connection, candidate: object, mart: object, *arguments: object) -> object:
        connection.execute(sql.SQL("truncate {}").format(mart.identifier))  # type: ignore[attr-defined]
        return write_difference.apply(connection, candidate, mart, *arguments)  # type: ignore[arg-type]

    patch.setattr(publisher, "apply", apply)


def marts_before_number(patch: pytest.MonkeyPatch) -> None:
    record = publisher._record

    def later(connection: psycopg.Connection, *arguments: object) -> None:
        end_transaction(connection)
        record(connection, *arguments)  # type: ignore[arg-type]

    patch.setattr(publisher, "_record", later)


def test_readers_see_one_publication_at_every_moment(watch: Watch) -> None:
    assert publisher.publish_candidate("r2", "candidate").publication_id == 2
    watch.look("over")
    assert watch.wrong == {}


@pytest.mark.parametrize(
    ("mutant", "point"),
    [
        (a_commit_a_mart, "publish.first_mart"),
        (truncate_and_refill, "publish.rows_removed"),
        (truncate_and_refill, "publish.all_marts"),
        (truncate_and_refill, "over"),
        (marts_before_number, "publish.recorded"),
    ],
)
def test_a_publisher_that_shows_half_is_caught(
    watch: Watch, monkeypatch: pytest.MonkeyPatch, mutant: Mutant, point: str
) -> None:
    mutant(monkeypatch)
    assert publisher.publish_candidate("r2", "candidate").publication_id == 2
    watch.look("over")
    assert point in watch.wrong, watch.wrong
