"""Publication by difference: what readers see, what history keeps, what a failure leaves."""

from __future__ import annotations

import psycopg
import pytest
from candidates import MART, make_candidate, publish, seen_by_readers

from core import db
from core.errors import WarehouseError
from warehouse.cli.status import RETIRED
from warehouse.publish.publish import finish_last


@pytest.fixture
def candidate(admin: psycopg.Connection) -> psycopg.Connection:
    """A candidate schema with one small mart, as dbt leaves it."""
    make_candidate(admin)
    return admin


def test_first_publication_is_what_readers_see_with_key_and_description(candidate: psycopg.Connection) -> None:
    report = publish(candidate, "r1")

    assert (report.publication_id, report.changed_rows) == (1, 2)
    assert seen_by_readers("select name, price_gbp::text from marts.fruit order by name") == [
        ("apple", "1.10"),
        ("pear", "2.00"),
    ]
    assert seen_by_readers("select obj_description('marts.fruit'::regclass)") == [("One row per fruit",)]
    with pytest.raises(psycopg.errors.UniqueViolation):
        candidate.execute("insert into marts.fruit select * from marts.fruit")


def test_only_the_difference_is_written_and_replaced_rows_go_to_history(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    candidate.execute("update candidate.fruit set price_gbp = 1.20 where name = 'apple'")
    candidate.execute("delete from candidate.fruit where name = 'pear'")
    candidate.execute("insert into candidate.fruit values ('fig', 3, false)")

    report = publish(candidate, "r2")

    [change] = report.marts
    assert (change.inserted, change.updated, change.deleted) == (1, 1, 1)
    assert seen_by_readers("select name, _publication_id from marts.fruit order by name") == [("apple", 2), ("fig", 2)]
    assert seen_by_readers(
        "select name, price_gbp::text, _from_publication, _until_publication, _change from history.fruit order by name"
    ) == [("apple", "1.10", 1, 2, "updated"), ("pear", "2.00", 1, 2, "deleted")]


def test_a_null_that_becomes_a_value_is_a_change(candidate: psycopg.Connection) -> None:
    candidate.execute("update candidate.fruit set price_gbp = null")
    publish(candidate, "r1")
    candidate.execute("update candidate.fruit set price_gbp = 0 where name = 'apple'")
    assert publish(candidate, "r2").changed_rows == 1


def test_nothing_new_makes_no_publication(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    report = publish(candidate, "r2")
    assert report.publication_id is None
    assert candidate.execute("select count(*) from audit.publication").fetchone() == (1,)
    assert candidate.execute("select status from audit.refresh where refresh_id = 'r2'").fetchone() == ("unchanged",)


def test_new_code_with_the_same_rows_is_a_publication_of_no_rows(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    report = publish(candidate, "r2", code="c2")
    assert (report.publication_id, report.changed_rows) == (2, 0)


def test_a_failing_mart_leaves_all_marts_as_they_were(candidate: psycopg.Connection) -> None:
    candidate.execute("create table candidate.veg (name text not null primary key)")
    candidate.execute("insert into candidate.veg values ('kale')")
    publish(candidate, "r1")
    candidate.execute("update candidate.fruit set price_gbp = 9")
    candidate.execute("insert into candidate.veg values ('leek')")
    candidate.execute("alter table marts.veg add constraint no_leeks check (name <> 'leek')")

    with pytest.raises(psycopg.errors.CheckViolation):
        publish(candidate, "r2")

    assert seen_by_readers("select max(price_gbp)::text from marts.fruit") == [("2.00",)]
    assert candidate.execute("select count(*) from audit.publication").fetchone() == (1,)


def test_an_added_column_is_filled_in_place_and_writes_no_history(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    candidate.execute("alter table candidate.fruit add column colour text")
    candidate.execute("update candidate.fruit set colour = 'green'")

    report = publish(candidate, "r2", code="c2")

    assert (report.publication_id, report.changed_rows) == (2, 0)
    assert seen_by_readers("select name, colour, _publication_id from marts.fruit order by name") == [
        ("apple", "green", 1),
        ("pear", "green", 1),
    ]
    assert seen_by_readers("select count(*) from history.fruit") == [(0,)]
    assert candidate.execute(
        "select publication_id, column_names from audit.publication_mart order by 1"
    ).fetchall() == [
        (1, ["name", "price_gbp", "is_generated"]),
        (2, ["name", "price_gbp", "is_generated", "colour"]),
    ]


def test_a_row_that_changes_while_a_column_comes_is_in_history_as_it_was(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    candidate.execute("alter table candidate.fruit add column colour text")
    candidate.execute("update candidate.fruit set colour = 'green', price_gbp = price_gbp + (name = 'pear')::int")
    assert publish(candidate, "r2", code="c2").changed_rows == 1
    assert seen_by_readers("select name, price_gbp::text, colour from history.fruit") == [("pear", "2.00", None)]


def test_a_retired_column_goes_after_the_publication_and_history_keeps_its_values(
    candidate: psycopg.Connection,
) -> None:
    publish(candidate, "r1")
    candidate.execute("alter table candidate.fruit drop column price_gbp")

    report = publish(candidate, "r2", code="c2")

    assert report.changed_rows == 2
    assert seen_by_readers("select * from marts.fruit order by name") == [("apple", False, 2), ("pear", False, 2)]
    assert seen_by_readers("select name, price_gbp::text from history.fruit order by name") == [
        ("apple", "1.10"),
        ("pear", "2.00"),
    ]


def test_a_column_that_comes_back_is_a_change_since_readers_had_it(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    candidate.execute("alter table candidate.fruit drop column price_gbp")
    publish(candidate, "r2", code="c2")
    candidate.execute("alter table candidate.fruit add column price_gbp numeric")
    candidate.execute("update candidate.fruit set price_gbp = 7 where name = 'pear'")

    assert publish(candidate, "r3", code="c3").changed_rows == 1
    assert seen_by_readers("select name, price_gbp::text, _publication_id from marts.fruit order by name") == [
        ("apple", None, 2),
        ("pear", "7", 3),
    ]
    candidate.execute("alter table candidate.fruit alter column price_gbp type text")
    with pytest.raises(WarehouseError, match="price_gbp is numeric"):
        publish(candidate, "r4", code="c4")


def test_a_mart_that_is_no_longer_built_is_retired_into_its_history(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    candidate.execute("drop table candidate.fruit; create table candidate.veg (name text primary key)")

    report = publish(candidate, "r2", code="c2")

    assert [(change.mart, change.deleted, change.is_retired) for change in report.marts] == [
        ("veg", 0, False),
        ("fruit", 2, True),
    ]
    assert seen_by_readers("select to_regclass('marts.fruit')::text") == [(None,)]
    assert seen_by_readers("select name, price_gbp::text, _change from history.fruit order by name") == [
        ("apple", "1.10", "retired"),
        ("pear", "2.00", "retired"),
    ]
    assert publish(candidate, "r3", code="c2").publication_id is None
    candidate.execute(MART)
    assert publish(candidate, "r4", code="c3").publication_id == 3
    assert seen_by_readers("select count(*) from marts.fruit") == [(0,)]


def test_what_a_reader_holds_is_retired_without_waiting_and_goes_the_next_time(
    candidate: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.publish.stable_tables.BRIEF", 1)
    publish(candidate, "r1")
    with db.connect("bi_reader") as reader:
        reader.execute("set transaction isolation level repeatable read")
        reader.execute("select from marts.fruit")
        candidate.execute("drop table candidate.fruit; create table candidate.veg (name text primary key)")
        assert publish(candidate, "r2", code="c2").left == ["fruit"]
        assert reader.execute("select count(*) from marts.fruit").fetchone() == (2,)
    assert seen_by_readers("select count(*) from marts.fruit") == [(0,)]
    finish_last()
    assert seen_by_readers("select to_regclass('marts.fruit')::text") == [(None,)]


def test_a_view_of_somebodys_keeps_a_retired_column_and_blocks_nothing(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    candidate.execute("create view public.prices as select price_gbp from marts.fruit")
    candidate.execute("alter table candidate.fruit drop column price_gbp")
    assert candidate.execute(RETIRED).fetchall() == []
    assert publish(candidate, "r2", code="c2").left == ["fruit.price_gbp"]
    assert candidate.execute(RETIRED).fetchall() == [("marts.fruit.price_gbp", ["prices"])], "as `status` says"
    candidate.execute("create view public.all_of_it as select name from marts.fruit")
    candidate.execute("drop table candidate.fruit; create table candidate.veg (name text primary key)")
    assert publish(candidate, "r3", code="c3").left == ["fruit"]
    assert candidate.execute(RETIRED).fetchall() == [("marts.fruit", ["all_of_it", "prices"])]


def test_a_table_that_no_publication_made_is_refused_not_retired(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    candidate.execute("create table marts.mine as select 1 as one; alter table marts.mine owner to publisher")
    with pytest.raises(WarehouseError, match=r"marts\.mine is in the way"):
        publish(candidate, "r2")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("alter table candidate.fruit alter column price_gbp type text", "price_gbp is numeric"),
        ("alter table candidate.fruit drop constraint fruit_pkey", "no primary key"),
        ("drop table candidate.fruit", "no table to publish"),
    ],
)
def test_what_readers_rely_on_is_not_changed_in_silence(candidate: psycopg.Connection, change: str, words: str) -> None:
    publish(candidate, "r1")
    candidate.execute(change)
    with pytest.raises(WarehouseError, match=words):
        publish(candidate, "r2")


def test_a_reader_in_a_snapshot_keeps_the_old_state_and_a_new_statement_sees_the_new(
    candidate: psycopg.Connection,
) -> None:
    publish(candidate, "r1")
    with db.connect("bi_reader") as old, db.connect("bi_reader", autocommit=True) as new:
        old.execute("set transaction isolation level repeatable read")
        assert old.execute("select sum(price_gbp)::text from marts.fruit").fetchone() == ("3.10",)
        candidate.execute("update candidate.fruit set price_gbp = 5")
        publish(candidate, "r2")
        assert old.execute("select sum(price_gbp)::text from marts.fruit").fetchone() == ("3.10",)
        assert new.execute("select sum(price_gbp)::text from marts.fruit").fetchone() == ("10",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("update marts.fruit set price_gbp = 9 where name = 'apple'", "marts.fruit has its 2 rows, and not the same"),
        ("delete from marts.fruit where name = 'apple'", "marts.fruit has 1 rows instead of 2"),
        ("insert into marts.fruit values ('fig', 1, false, 1)", "marts.fruit has 3 rows instead of 2"),
        (
            "update marts.fruit set _publication_id = 2 where name = 'apple'",
            "marts.fruit has its rows, and says of some",
        ),
        ("update history.fruit set price_gbp = 9", "history.fruit has its 1 rows, and not the same values"),
        ("delete from history.fruit", "history.fruit has 0 rows instead of 1"),
        ("drop table history.fruit", "history.fruit is gone"),
    ],
)
def test_what_somebody_else_wrote_is_named_before_it_becomes_history(
    candidate: psycopg.Connection, change: str, words: str
) -> None:
    publish(candidate, "r1")
    candidate.execute("update candidate.fruit set price_gbp = 3 where name = 'pear'")
    publish(candidate, "r2", "c2")
    candidate.execute(change)
    candidate.execute("update candidate.fruit set price_gbp = 4 where name = 'pear'")
    with pytest.raises(WarehouseError, match=f"what publication 2 left was changed by somebody else: {words}"):
        publish(candidate, "r3", "c3")
    assert candidate.execute("select max(publication_id) from audit.publication").fetchone() == (2,)
    assert candidate.execute("select price_gbp from marts.fruit where name = 'pear'").fetchone() == (3,)
