"""What past publications said: asked, compared, restored."""

from __future__ import annotations

import sys
from collections.abc import Callable

import psycopg
import pytest
from candidates import make_candidate, publish, seen_by_readers

from core import db
from core.errors import NOT_REACHED, WarehouseError
from warehouse.cli import main
from warehouse.past.as_of import past_marts
from warehouse.past.compare import Change, differences
from warehouse.past.query_as_of import as_of
from warehouse.past.restore import restore
from warehouse.publish.mart_catalogue import checksum


@pytest.fixture
def past(admin: psycopg.Connection) -> psycopg.Connection:
    """Six publications: rows change, a column comes and goes and comes back, a mart is retired and another comes."""
    make_candidate(admin)
    publish(admin, "r1", "c1")
    admin.execute("update candidate.fruit set price_gbp = 1.20 where name = 'apple'")
    admin.execute("insert into candidate.fruit values ('fig', 3, false)")
    publish(admin, "r2", "c2")
    admin.execute("alter table candidate.fruit add column colour text")
    admin.execute("update candidate.fruit set colour = 'green'")
    publish(admin, "r3", "c3")
    admin.execute("alter table candidate.fruit drop column price_gbp; delete from candidate.fruit where name = 'fig'")
    publish(admin, "r4", "c4")
    admin.execute("alter table candidate.fruit add column price_gbp numeric")
    admin.execute("update candidate.fruit set price_gbp = 9 where name = 'pear'")
    publish(admin, "r5", "c5")
    admin.execute("drop table candidate.fruit; create table candidate.veg (name text primary key)")
    admin.execute("insert into candidate.veg values ('kale')")
    publish(admin, "r6", "c6")
    return admin


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run `warehouse <arguments>` in this process; what it printed, and its error."""

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["warehouse", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit):
            main()
        said = capsys.readouterr()
        return said.out + said.err

    return run


def test_every_publication_can_be_had_again_checksum_for_checksum(past: psycopg.Connection) -> None:
    with db.connect("auditor") as auditor:
        for number in range(1, 7):
            for mart in past_marts(auditor, number).values():
                rows = psycopg.sql.SQL("({})").format(mart.rows())
                assert checksum(auditor, rows, mart.columns) == (mart.row_count, mart.checksum), (number, mart.name)


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        (1, [("apple", "1.10"), ("pear", "2.00")]),
        (2, [("apple", "1.20"), ("fig", "3"), ("pear", "2.00")]),
        (5, [("apple", None), ("pear", "9")]),
    ],
)
def test_a_query_is_answered_as_it_was(past: psycopg.Connection, number: int, answer: list[tuple]) -> None:
    with db.connect("auditor") as auditor:
        statement = as_of(auditor, "select name, price_gbp::text from marts.Fruit order by 1 -- as was", number)
    assert seen_by_readers(statement) == answer


def test_tables_are_found_wherever_they_stand_in_a_query(past: psycopg.Connection) -> None:
    query = """
        with fruit as (select name, price_gbp from fruit where name in (select name from "marts"."fruit"))
        select f.name, (select count(*) from marts.fruit), fruit.price_gbp
        from fruit join marts.fruit as f using (name)
        union all select 'fruit from marts.fruit', 0, null
        order by 1
    """
    with db.connect("auditor") as auditor:
        statement = as_of(auditor, query, 1)
    assert [row[:2] for row in seen_by_readers(statement)] == [("apple", 2), ("fruit from marts.fruit", 0), ("pear", 2)]


def test_samples_and_functions_that_return_rows_are_kept(past: psycopg.Connection) -> None:
    queries = {
        "select name, n from marts.fruit, generate_series(1, 2) as n order by 1, 2": [
            ("apple", 1), ("apple", 2), ("pear", 1), ("pear", 2)],
        "select count(*) from fruit tablesample bernoulli (0)": [(0,)],
        "select count(*) from fruit as f tablesample system (100) repeatable (7)": [(2,)],
        "select x from jsonb_to_recordset('[{\"x\": 1}]') as r (x integer)": [(1,)],
    }  # fmt: skip
    for query, answer in queries.items():
        with db.connect("auditor") as auditor:
            assert seen_by_readers(as_of(auditor, query, 1)) == answer, query
    half = "select name from marts.fruit tablesample bernoulli (50) repeatable (1)"
    with db.connect("auditor") as auditor:
        statement = as_of(auditor, half, 1)
    assert seen_by_readers(statement) == seen_by_readers(statement)


@pytest.mark.parametrize(
    ("query", "number", "words"),
    [
        ("select * from data_freshness", 1, "live view"),
        ("select * from marts.veg", 1, "Publication 1 had no mart 'veg'"),
        ("select price_gbp from fruit, audit.batch", 1, r"audit\.batch has no past"),
        ("select * from history.fruit", 1, r"history\.fruit has no past"),
        (
            "select query_to_xml('select * from marts.fruit', true, false, '')",
            1,
            "query_to_xml reads what it names as it",
        ),
        ("select pg_catalog.table_to_xml('marts.fruit', true, false, '')", 1, "table_to_xml reads what it names"),
        ("select word from ts_stat('select name::tsvector from marts.fruit')", 1, "ts_stat reads what it names"),
        ("select * from marts.changes_of(1, 'marts', 'fruit', '{}', '{}')", 1, "changes_of reads what it names"),
        ("select * from fruit tablesample bernoulli (1 rows)", 1, "only a percentage"),
        ("select 1; select 2", 1, "one query, nothing else"),
        ("delete from marts.fruit", 1, "one query, nothing else"),
        ("selekt 1", 1, "one query|cannot be read"),
        ("select (1", 1, "cannot be read"),
        ("select 1", 7, "no publication 7: they are numbered 1 to 6"),
    ],
)
def test_what_has_no_past_is_refused_in_words(past: psycopg.Connection, query: str, number: int, words: str) -> None:
    with db.connect("auditor") as auditor, pytest.raises(WarehouseError, match=words):
        as_of(auditor, query, number)


def test_differences_name_row_value_was_and_is(past: psycopg.Connection) -> None:
    with db.connect("auditor") as auditor:
        [fruit] = differences(auditor, 1, 3)
        assert (fruit.appeared, fruit.vanished, fruit.changed, fruit.columns_added) == (1, 0, 1, ("colour",))
        assert [(c.key["name"], c.column, str(c.was), str(c.now)) for c in fruit.changes] == [
            ("apple", "price_gbp", "1.10", "1.20"),
            ("fig", None, "False", "True"),
        ]
        [fruit] = differences(auditor, 3, 5)
        assert (fruit.vanished, fruit.changed) == (1, 2)
        [fruit, veg] = differences(auditor, 5, 6)
        assert (fruit.vanished, veg.appeared) == (2, 1)
        assert veg.changes == [Change({"name": "kale"}, None, False, True)]
        assert differences(auditor, 2, 3, "fruit")[0].rows == 0
        with pytest.raises(WarehouseError, match="has a mart 'nut'"):
            differences(auditor, 1, 2, "nut")


def test_what_was_put_back_is_no_difference(past: psycopg.Connection) -> None:
    restore(1)
    with db.connect("auditor") as auditor:
        assert differences(auditor, 1, 7) == []


def test_a_restored_publication_is_a_new_one_and_loses_nothing(past: psycopg.Connection) -> None:
    report = restore(2)
    assert report.publication_id == 7
    assert seen_by_readers("select name, price_gbp::text from marts.fruit order by name") == [
        ("apple", "1.20"),
        ("fig", "3"),
        ("pear", "2.00"),
    ]
    assert seen_by_readers("select to_regclass('marts.veg')::text") == [(None,)]
    assert past.execute(
        "select p.code_version, r.status from audit.publication as p join audit.refresh as r using (refresh_id) "
        "where p.publication_id = 7"
    ).fetchone() == ("c2", "published")
    restore(6)
    assert seen_by_readers("select name from marts.veg") == [("kale",)]
    with db.connect("auditor") as auditor:
        assert seen_by_readers(as_of(auditor, "select count(*) from fruit", 7)) == [(3,)]
    assert restore(6).publication_id is None


def test_history_that_was_tampered_with_is_not_published(past: psycopg.Connection) -> None:
    past.execute("update history.fruit set price_gbp = 99 where name = 'apple' and _from_publication = 1")
    with pytest.raises(WarehouseError, match="does not give publication 1 back"):
        restore(1)
    assert past.execute("select max(publication_id) from audit.publication").fetchone() == (6,)


def test_the_commands_say_it_in_words(past: psycopg.Connection, ask: Callable[..., str]) -> None:
    assert "1.10" in ask("diff", "1", "3") and "0.10" in ask("diff", "1", "2", "--mart", "fruit")
    assert "The code is another." in ask("diff", "1", "3")
    assert "2 is not before 1" in ask("diff", "2", "1")
    assert "fruit (retired)" in ask("publication", "show", "6")
    assert "Publication 7 repeats publication 3: 4 changed rows" in ask("publication", "restore", "3")
    assert "say the same" in ask("diff", "3", "7")
    assert "restore-3-1" in ask("publication", "list")
    assert "1.10" in ask("query", "select price_gbp from fruit", "--as-of", "1", "--csv")
    assert "No check fails" in ask("checks", "failing")
    past.execute(
        "insert into audit.check_result (run_id, run_kind, tool, table_name, check_name, kind, severity, owner, "
        "outcome, failing_rows, sample, message, remedy) select refresh_id, 'refresh', 'soda', 'fruit', 'fruit.ripe', "
        "'review', 'warn', 'the greengrocer', 'failed', 12, '[{\"name\": \"fig\"}]', 'fruit is unripe', 'Wait.' "
        "from audit.refresh order by started_at desc limit 1"
    )
    past.execute(
        "insert into audit.check_result (run_id, run_kind, tool, table_name, check_name, kind, severity, owner, "
        "outcome, message) select refresh_id, 'refresh', 'dbt', 'fruit', 'fruit_is_eaten', 'integrity', 'fail', "
        "'the greengrocer', 'not_evaluated', %s from audit.refresh order by started_at desc limit 1",
        [NOT_REACHED],
    )
    said = ask("checks", "failing")
    assert "1 more did not run" in said and "fruit_is_eaten" not in said
    assert all(word in said for word in ("fruit.ripe", "the greengrocer", "unripe", "Wait.", "fig", "1 of 12"))
