"""What readers see at every moment of a publication is one publication; publishers that break that are caught."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from candidates import make_candidate, passed_refresh, publish
from half_publishers import MUTANTS

from core import db, faults
from warehouse.publish import publish as publisher
from warehouse.publish import stable_tables, write_difference

SEEN = """
    select (select max(publication_id) from marts.publication), (select sum(price_gbp)::text from marts.fruit),
        (select count(*) from marts.basket)
"""
MARTS = ("marts.fruit", "marts.basket")
BEFORE, AFTER = (1, "3.10", 1), (2, "18", 2)


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


def test_readers_see_one_publication_at_every_moment(watch: Watch) -> None:
    assert publisher.publish_candidate("r2", "candidate").publication_id == 2
    watch.look("over")
    assert watch.wrong == {}


# Of two marts, the first is done at `first_mart`; both have been emptied or committed by `all_marts`.
WRONG_FROM = {
    "a_commit_a_mart": {"publish.first_mart", "publish.rows_removed", "publish.all_marts", "publish.recorded"},
    "truncate_and_refill": {"publish.rows_removed", "publish.first_mart", "publish.all_marts", "publish.recorded"},
    "marts_before_number": {"publish.recorded"},
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_publisher_that_shows_half_is_caught_at_every_point_where_it_does(
    watch: Watch, monkeypatch: pytest.MonkeyPatch, mutant: str
) -> None:
    MUTANTS[mutant](monkeypatch.setattr)
    assert publisher.publish_candidate("r2", "candidate").publication_id == 2
    watch.look("over")
    after = {"publish.committed", "publish.tidied", "over"}  # an old snapshot shows what was truncated as empty
    assert set(watch.wrong) == WRONG_FROM[mutant] | (after if mutant == "truncate_and_refill" else set())
