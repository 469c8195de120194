"""Publication by difference: what readers see, what history keeps, what a failure leaves."""

from __future__ import annotations

import psycopg
import pytest

from warehouse import db
from warehouse.errors import WarehouseError
from warehouse.publish import PublishReport, publish_candidate

MART = "create table candidate.fruit (name text not null primary key, price_gbp numeric, is_generated boolean)"


@pytest.fixture
def candidate(admin: psycopg.Connection) -> psycopg.Connection:
    """A candidate schema with one small mart, as dbt leaves it."""
    admin.execute("create schema candidate authorization transformer")
    admin.execute("grant usage on schema candidate to publisher, auditor")
    admin.execute("alter default privileges in schema candidate grant select on tables to publisher, auditor")
    admin.execute(MART)
    admin.execute("comment on table candidate.fruit is 'One row per fruit'")
    admin.execute("comment on column candidate.fruit.price_gbp is 'Price in pounds'")
    admin.execute("insert into candidate.fruit values ('apple', 1.10, false), ('pear', 2.00, false)")
    return admin


def passed_refresh(admin: psycopg.Connection, refresh_id: str, code: str = "c1") -> str:
    admin.execute(
        "insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status) "
        "values (%s, '2026-11-22', %s, 'h1', 'passed')",
        [refresh_id, code],
    )
    return refresh_id


def publish(admin: psycopg.Connection, refresh_id: str, code: str = "c1") -> PublishReport:
    return publish_candidate(passed_refresh(admin, refresh_id, code), "candidate")


def seen_by_readers(query: str) -> list[tuple]:
    with db.connect("bi_reader") as reader:
        return reader.execute(query).fetchall()


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


def test_columns_are_added_before_and_dropped_after_and_history_keeps_them(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    candidate.execute("alter table candidate.fruit add column colour text")
    candidate.execute("alter table candidate.fruit drop column price_gbp")

    report = publish(candidate, "r2", code="c2")

    assert seen_by_readers("select * from marts.fruit where name = 'apple'") == [("apple", False, 1, None)]
    assert report.changed_rows == 2 or report.changed_rows == 0
    columns = {row[0] for row in candidate.execute(
        "select column_name from information_schema.columns where table_schema = 'history' and table_name = 'fruit'"
    )}  # fmt: skip
    assert {"price_gbp", "colour"} <= columns


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("alter table candidate.fruit alter column price_gbp type text", "price_gbp is numeric"),
        ("drop table candidate.fruit; create table candidate.veg (name text primary key)", "was not built"),
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
