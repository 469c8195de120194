"""Marts for named readers: published with the others in one transaction, and hidden from everybody else."""

from __future__ import annotations

import sys

import psycopg
import pytest
from candidates import make_candidate, publish

from core import db
from core.errors import WarehouseError
from warehouse.checks import gate
from warehouse.cli import main
from warehouse.past.as_of import past_marts
from warehouse.past.compare import differences
from warehouse.past.query_as_of import as_of
from warehouse.past.restore import restore

DETAIL = """
    create schema candidate_restricted authorization transformer;
    grant usage on schema candidate_restricted to publisher, auditor;
    alter default privileges in schema candidate_restricted grant select on tables to publisher, auditor;
    create table candidate_restricted.fruit (name text primary key, grower text);
    comment on table candidate_restricted.fruit is 'One row per fruit, with its grower';
    insert into candidate_restricted.fruit values ('apple', 'Ada'), ('pear', 'Grace');
    grant select on candidate_restricted.fruit to estates_reader;
"""


@pytest.fixture
def both(admin: psycopg.Connection) -> psycopg.Connection:
    """A mart and its detail of the same name, published twice: a grower has changed."""
    make_candidate(admin)
    admin.execute(DETAIL)
    publish(admin, "r1")
    admin.execute("update candidate_restricted.fruit set grower = 'Joan' where name = 'pear'")
    publish(admin, "r2")
    return admin


def ask(role: str, query: str) -> list[tuple]:
    """What a reader gets."""
    with db.connect(role) as reader:
        return reader.execute(query).fetchall()


def test_the_detail_is_published_with_the_mart_for_its_readers(both: psycopg.Connection) -> None:
    assert ask("estates_reader", "select name, grower, _publication_id from restricted.fruit order by 1") == [
        ("apple", "Ada", 1),
        ("pear", "Joan", 2),
    ]
    assert ask("estates_reader", "select grower from restricted_history.fruit") == [("Grace",)]
    assert ask("estates_reader", "select count(*) from marts.fruit") == [(2,)]
    assert both.execute(
        "select publication_id, schema_name, updated from audit.publication_mart order by 1, 2"
    ).fetchall() == [(1, "marts", 0), (1, "restricted", 0), (2, "marts", 0), (2, "restricted", 1)]


@pytest.mark.parametrize("role", ["bi_reader", "finance_reader"])
@pytest.mark.parametrize("table", ["restricted.fruit", "restricted_history.fruit", "candidate_restricted.fruit"])
def test_nobody_else_reads_it(both: psycopg.Connection, role: str, table: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(role, f"select * from {table}")


def test_nobody_reads_what_is_not_judged_yet(both: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask("estates_reader", "select * from candidate_restricted.fruit")


def test_a_reader_who_is_named_no_more_loses_the_past_too(both: psycopg.Connection) -> None:
    both.execute("revoke select on candidate_restricted.fruit from estates_reader")
    both.execute("grant select on candidate_restricted.fruit to finance_reader")
    publish(both, "r3", "c2")
    for table in ("restricted.fruit", "restricted_history.fruit"):
        assert ask("finance_reader", f"select count(*) > 0 from {table}") == [(True,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask("estates_reader", f"select * from {table}")


def test_the_past_is_asked_under_the_readers_own_rights(both: psycopg.Connection) -> None:
    query = "select grower from restricted.fruit where name = 'pear'"
    with db.connect("estates_reader") as reader:
        assert list(past_marts(reader, 1)) == ["fruit", "restricted.fruit"]
        assert reader.execute(as_of(reader, query, 1).encode()).fetchall() == [("Grace",)]
        assert [(each.mart, each.changed) for each in differences(reader, 1, 2)] == [("restricted.fruit", 1)]
    with db.connect("bi_reader") as reader:
        assert list(past_marts(reader, 1)) == ["fruit"]
        with pytest.raises(WarehouseError, match=r"no mart 'restricted\.fruit' for this reader"):
            as_of(reader, query, 1)
        assert differences(reader, 1, 2) == []
        assert reader.execute("select distinct schema_name from marts.publication_mart").fetchall() == [("marts",)]


def test_the_command_line_asks_as_the_reader_it_is_told(
    both: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["warehouse", *arguments])
        with pytest.raises(SystemExit):
            main()
        said = capsys.readouterr()
        return said.out + said.err

    query = "select grower from restricted.fruit"
    assert "permission denied" in run("query", query)
    assert "Joan" in run("query", query, "--role", "estates_reader")
    assert "Grace" in run("query", query, "--as-of", "1", "--role", "estates_reader")
    assert "Grace" in run("diff", "1", "2", "--role", "estates_reader")
    assert "Grace" not in run("diff", "1", "2")
    assert "'loader' is no reader" in run("query", query, "--role", "loader")


def test_restore_gives_the_detail_back_to_its_readers(both: psycopg.Connection) -> None:
    assert restore(1).publication_id == 3
    assert ask("estates_reader", "select grower from restricted.fruit where name = 'pear'") == [("Grace",)]


def test_a_detail_that_is_no_longer_built_is_retired_alone(both: psycopg.Connection) -> None:
    both.execute("drop table candidate_restricted.fruit")
    report = publish(both, "r3", "c2")
    assert [(change.mart, change.is_retired) for change in report.marts] == [
        ("fruit", False),
        ("restricted.fruit", True),
    ]
    assert ask("estates_reader", "select count(*) from restricted_history.fruit") == [(3,)]
    assert ask("bi_reader", "select count(*) from marts.fruit") == [(2,)]


@pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)")
def test_a_detail_without_a_contract_fails_the_gate(
    both: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(gate, "CONTRACTS", tmp_path)
    verdict = gate.verify_candidates("r2")
    assert [check.table_name for check in verdict.failed] == ["fruit", "restricted.fruit"]
