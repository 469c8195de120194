"""Foreign keys, indexes, wider keys and new names of published tables: as candidates declare them."""

from __future__ import annotations

from decimal import Decimal

import psycopg
import pytest
from candidates import make_candidate, publish, seen_by_readers

from core import db
from core.errors import WarehouseError
from warehouse.past.compare import differences
from warehouse.past.query_as_of import as_of
from warehouse.past.restore import restore

KEYS = (
    "select conrelid::regclass::text, confrelid::regclass::text, condeferrable and condeferred and convalidated "
    "from pg_constraint where contype = 'f' and connamespace = 'marts'::regnamespace"
)


@pytest.fixture
def candidate(admin: psycopg.Connection) -> psycopg.Connection:
    """A small mart of fruit, and a dimension of colours that it points to."""
    make_candidate(admin)
    admin.execute("create table candidate.dim_colour (colour text primary key, warmth integer)")
    admin.execute("insert into candidate.dim_colour values ('green', 1), ('unknown', null)")
    admin.execute("alter table candidate.fruit add column colour text not null default 'green'")
    admin.execute("alter table candidate.fruit add foreign key (colour) references candidate.dim_colour not valid")
    return admin


def said(query: str, publication: int) -> list[tuple]:
    """What a reader gets who asks as of a publication."""
    with db.connect("bi_reader") as reader:
        return reader.execute(as_of(reader, query, publication).encode()).fetchall()


def changes(earlier: int, later: int) -> list[tuple]:
    """Key, column, was and now of everything that differs in the fruit."""
    with db.connect("bi_reader") as reader:
        return [
            (change.key, change.column, change.was, change.now)
            for mart in differences(reader, earlier, later, "fruit")
            for change in mart.changes
        ]


def test_a_declared_key_holds_in_the_published_tables(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    assert candidate.execute(KEYS).fetchall() == [("marts.fruit", "marts.dim_colour", True)]
    with pytest.raises(psycopg.errors.ForeignKeyViolation), candidate.transaction():
        candidate.execute("insert into marts.fruit values ('kiwi', 1, false, 'blue', 1)")


def test_members_come_change_and_go_with_their_rows_in_one_publication(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    candidate.execute("update candidate.dim_colour set warmth = 2 where colour = 'green'")
    candidate.execute("insert into candidate.dim_colour values ('red', 9)")
    candidate.execute("update candidate.fruit set colour = 'red' where name = 'apple'")
    assert publish(candidate, "r2").changed_rows == 3
    candidate.execute("delete from candidate.fruit where name = 'apple'")
    candidate.execute("delete from candidate.dim_colour where colour = 'red'")
    assert publish(candidate, "r3").changed_rows == 2


def test_a_row_that_points_to_nothing_is_not_published(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    candidate.execute("alter table candidate.fruit disable trigger all")
    candidate.execute("update candidate.fruit set colour = 'blue', price_gbp = 9 where name = 'apple'")
    with pytest.raises(WarehouseError, match=r"marts\.fruit has a row that points to nothing: .*\(blue\)"):
        publish(candidate, "r2")
    assert seen_by_readers("select price_gbp::text from marts.fruit where name = 'apple'") == [("1.10",)]

    candidate.execute("drop table marts.fruit, marts.dim_colour")
    with pytest.raises(WarehouseError, match=r"changed by somebody else: .*marts\.fruit is gone"):
        publish(candidate, "r3")


def test_a_key_that_is_no_longer_declared_goes_and_a_restored_publication_has_none(
    candidate: psycopg.Connection,
) -> None:
    publish(candidate, "r1")
    candidate.execute("alter table candidate.fruit drop constraint fruit_colour_fkey")
    candidate.execute("update candidate.fruit set colour = 'blue'")
    publish(candidate, "r2")
    assert candidate.execute(KEYS).fetchall() == []
    candidate.execute("insert into candidate.dim_colour values ('blue', 0)")
    candidate.execute("alter table candidate.fruit add foreign key (colour) references candidate.dim_colour")
    publish(candidate, "r3")
    restore(2)
    assert candidate.execute(KEYS).fetchall() == []
    assert seen_by_readers("select distinct colour from marts.fruit") == [("blue",)]


def test_a_mart_that_goes_takes_the_keys_to_it_along(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    candidate.execute("drop table candidate.dim_colour cascade")
    assert publish(candidate, "r2").left == []
    assert seen_by_readers("select to_regclass('marts.dim_colour')") == [(None,)]


def test_readers_tables_have_the_indexes_of_the_candidate(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    candidate.execute("create index on candidate.fruit (colour, price_gbp)")
    publish(candidate, "r2", code="c2")
    publish(candidate, "r3", code="c3")
    assert [
        row[0].partition("USING ")[2]
        for row in candidate.execute(
            "select indexdef from pg_indexes where schemaname = 'marts' and tablename = 'fruit'"
        )
    ] == ["btree (name)", "btree (colour, price_gbp)"]


def test_a_key_is_widened_by_a_column_and_the_past_goes_on_answering(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    candidate.execute("update candidate.fruit set price_gbp = 1.20 where name = 'apple'")
    publish(candidate, "r2")
    candidate.execute("alter table candidate.fruit add column shop text not null default 'north'")
    candidate.execute("alter table candidate.fruit drop constraint fruit_pkey, add primary key (shop, name)")
    candidate.execute("insert into candidate.fruit values ('apple', 5, false, 'green', 'south')")
    candidate.execute("update candidate.fruit set price_gbp = 3 where name = 'pear'")

    assert publish(candidate, "r3", code="c2").changed_rows == 2

    assert seen_by_readers("select shop, name, price_gbp::text, _publication_id from marts.fruit order by 1, 2") == [
        ("north", "apple", "1.20", 2), ("north", "pear", "3", 3), ("south", "apple", "5", 3),
    ]  # fmt: skip
    assert said("select * from fruit order by name", 1)[0] == ("apple", Decimal("1.10"), False, "green")
    assert said("select count(*), count(distinct shop) from fruit", 3) == [(3, 2)]
    assert changes(1, 3) == [
        ({"shop": "north", "name": "apple"}, "price_gbp", Decimal("1.10"), Decimal("1.20")),
        ({"shop": "north", "name": "pear"}, "price_gbp", Decimal("2.00"), Decimal("3")),
        ({"shop": "south", "name": "apple"}, None, False, True),
    ]
    restore(1)
    assert seen_by_readers("select name, price_gbp::text from marts.fruit order by 1") == [
        ("apple", "1.10"), ("pear", "2.00"),
    ]  # fmt: skip


def test_a_column_that_readers_had_may_join_the_key(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    candidate.execute("alter table candidate.fruit drop constraint fruit_pkey, add primary key (name, colour)")
    candidate.execute("insert into candidate.fruit values ('apple', 9, false, 'unknown')")
    assert publish(candidate, "r2", code="c2").changed_rows == 1
    assert changes(1, 2) == [({"name": "apple", "colour": "unknown"}, None, False, True)]


def test_a_key_is_not_widened_by_what_the_rows_before_have_no_value_of(candidate: psycopg.Connection) -> None:
    publish(candidate, "r1")
    candidate.execute("alter table candidate.fruit add column shop text")
    candidate.execute("update candidate.fruit set shop = 'north'")
    candidate.execute("alter table candidate.fruit drop constraint fruit_pkey, add primary key (shop, name)")
    with pytest.raises(WarehouseError, match=r"has the key \(name\), the new model \(shop, name\)"):
        publish(candidate, "r2")


@pytest.mark.parametrize("column", ["price_gbp", "name"])
def test_a_renamed_column_has_both_names_for_one_publication(candidate: psycopg.Connection, column: str) -> None:
    """Be it part of the key or not."""
    publish(candidate, "r1")
    candidate.execute("update candidate.fruit set price_gbp = 1.20 where name = 'apple'")
    candidate.execute(f"alter table candidate.fruit rename column {column} to called")
    kind = "numeric" if column == "price_gbp" else "text"
    candidate.execute(f"alter table candidate.fruit add column {column} {kind} generated always as (called) stored")

    assert publish(candidate, "r2", code="c2").changed_rows == 1
    assert seen_by_readers(f"select bool_and(called = {column}), count(*) from marts.fruit") == [(True, 2)]
    assert seen_by_readers(f"select col_description('marts.fruit'::regclass, attnum) from pg_attribute "
                           f"where attrelid = 'marts.fruit'::regclass and attname = '{column}'") == [
        ("Old name of `called`; it goes with the next publication.",)
    ]  # fmt: skip
    candidate.execute("update candidate.fruit set is_generated = true")
    publish(candidate, "r3", code="c2")

    with pytest.raises(psycopg.errors.UndefinedColumn):
        seen_by_readers(f"select {column} from marts.fruit")
    assert said(f"select max({column}) from fruit", 1) == said(f"select max({column}) from fruit", 2)
    assert said("select max(called) from fruit", 3) == said(f"select max({column}) from fruit", 2)
    price = "called" if column == "price_gbp" else "price_gbp"
    key = "name" if column == "price_gbp" else "called"
    assert ({key: "apple"}, price, Decimal("1.10"), Decimal("1.20")) in changes(1, 3) or column == "price_gbp"
    assert {change[1] for change in changes(2, 3)} == {"is_generated"}
