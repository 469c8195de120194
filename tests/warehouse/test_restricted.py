"""Marts for named readers: published with the others in one transaction, and hidden from everybody else."""

from __future__ import annotations

import sys
from pathlib import Path

import psycopg
import pytest
import yaml
from candidates import make_candidate, publish

from core import db
from core.errors import WarehouseError
from core.settings import PROJECT_DIR
from ingest.definition.dataset import load_definitions
from ingest.load.raw_table import record_definitions
from warehouse.checks import gate
from warehouse.checks.results import CheckOutcome, record_outcomes
from warehouse.cli import main
from warehouse.disclosure import withheld
from warehouse.disclosure.declared import load_sets
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


def test_who_reads_restricted_detail_is_recorded_or_reads_nothing(both: psycopg.Connection) -> None:
    both.execute("truncate audit.reading")
    query = "select grower from restricted.fruit where name = 'pear'"
    assert ask("estates_reader", query) == [("Joan",)]
    assert ask("estates_reader", "select count(*) from restricted_history.fruit") == [(1,)]
    assert ask("auditor", "select count(*) from restricted.fruit as a, restricted.fruit as b") == [(4,)]
    ask("estates_reader", "select count(*) from marts.fruit")
    with db.connect("estates_reader") as reader:
        assert [(each.mart, each.changed) for each in differences(reader, 1, 2)] == [("restricted.fruit", 1)]
        reader.commit()
        reader.execute("set transaction read only")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"whoever reads restricted\.fruit is recorded"):
            reader.execute(query.encode())
    kept = both.execute(
        "select relation, login, statement, read_at <= now() from audit.reading "
        'order by 1, 2, statement collate "C" desc'
    ).fetchall()
    assert kept[:3] == [
        (
            "restricted.fruit",
            "auditor_shared",
            "select count(*) from restricted.fruit as a, restricted.fruit as b",
            True,
        ),
        (
            "restricted.fruit",
            "auditor_shared",
            "select count(*) from restricted.fruit as a, restricted.fruit as b",
            True,
        ),
        ("restricted.fruit", "estates_reader_shared", query, True),
    ]
    assert {row[:2] for row in kept[3:]} == {
        ("restricted.fruit", "estates_reader_shared"), ("restricted_history.fruit", "estates_reader_shared")
    }  # fmt: skip
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask("estates_reader", "delete from audit.reading")


WITHHELD = """
register: restricted.site
withheld: is_withheld
key: [body, site]
rows: [site]
kept: [body]
figures:
  site_total: {same: [body], emptied: [sites, area]}
"""
SITES = """
    create schema candidate_restricted authorization transformer;
    grant usage on schema candidate_restricted to publisher, auditor;
    alter default privileges in schema candidate_restricted grant select on tables to publisher, auditor;
    create table candidate_restricted.site (
        body text, site text, is_withheld boolean, area integer, primary key (body, site)
    );
    grant select on candidate_restricted.site to estates_reader;
    insert into candidate_restricted.site
    values ('met', 'Oval', false, 500), ('met', 'Peel', false, 713), ('city', 'Wood', false, 9);
    create table candidate.site (body text, site text, area integer, primary key (body, site));
    create table candidate.site_total (body text primary key, sites bigint, area bigint);
"""
SHOWN = """
    truncate candidate.site, candidate.site_total;
    insert into candidate.site select body, case when is_withheld then 'withheld-1' else site end,
        case when not is_withheld then area end from candidate_restricted.site;
    insert into candidate.site_total select body, count(area), sum(area) from candidate.site group by body;
"""


def test_what_is_withheld_after_it_was_shown_takes_its_past_with_it(
    admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Three publications show Peel, of 713 sqm among 1,213; the fourth withholds it."""
    (tmp_path / "site.yml").write_text(WITHHELD)
    monkeypatch.setattr(withheld, "FOLDER", tmp_path)
    make_candidate(admin)
    admin.execute(SITES)
    for refresh, change in (
        ("r1", "select"),
        ("r2", "update candidate_restricted.site set area = 714 where site = 'Peel'"),
        ("r3", "update candidate_restricted.site set area = 10 where site = 'Wood'"),
        ("r4", "update candidate_restricted.site set is_withheld = true where site = 'Peel'"),
    ):
        admin.execute(change.encode())
        admin.execute(SHOWN)
        publish(admin, refresh, refresh)
        if refresh == "r3":
            with db.connect("bi_reader") as reader:
                assert reader.execute(past_marts(reader, 1)["site_total"].rows()).fetchall() == [
                    ("met", 2, 1213), ("city", 1, 9)
                ]  # fmt: skip
    with db.connect("bi_reader") as reader:
        told = [
            str(row)
            for number in (1, 2, 3, 4)
            for mart in past_marts(reader, number).values()
            for row in reader.execute(mart.rows()).fetchall()
        ]
        told += [str(each.changes) for each in differences(reader, 1, 4)]
        tables = reader.execute(
            "select schemaname || '.' || tablename from pg_tables where schemaname in ('marts', 'history')"
        ).fetchall()
        told += [str(reader.execute(f"select * from {table}".encode()).fetchall()) for (table,) in tables]
    everything = "\n".join(told)
    assert "Oval" in everything and "withheld-1" in everything
    assert [secret for secret in ("Peel", "713", "714", "1213", "1214") if secret in everything] == []
    # What is known of the other body stays; so does everything for those who may read it.
    assert ask("bi_reader", "select sites, area from history.site_total where body = 'city'") == [(1, 9)]
    assert ask("estates_reader", "select site, area from restricted.site where is_withheld") == [("Peel", 714)]
    with pytest.raises(WarehouseError, match="that may not be shown any more"):
        restore(1)
    assert admin.execute("select count(*) > 0, min(login) from audit.history_closing").fetchone() == (True, "publisher")


def test_what_is_declared_as_withheld_is_in_the_models() -> None:
    columns = {
        model.get("config", {}).get("alias", model["name"]) + ("@" if "restricted" in str(path) else ""): {
            column["name"] for column in model["columns"]
        }
        for path in (PROJECT_DIR / "dbt_project/models").rglob("*.yml")
        for model in yaml.safe_load(path.read_text()).get("models", [])
        if "columns" in model
    }
    declared = withheld.load_withheld()
    assert [each.register_ for each in declared] == ["restricted.estate_asset"]
    for each in declared:
        assert {each.withheld, *each.key} <= columns[each.register_.removeprefix("restricted.") + "@"]
        for mart in each.rows:
            assert {*each.key} <= columns[mart] and {*each.kept} - {"is_withheld"} <= columns[mart]
        for mart, figures in each.figures.items():
            assert {*figures.same, *figures.emptied} <= columns[mart]


def test_no_reason_that_readers_see_quotes_a_restricted_file(admin: psycopg.Connection) -> None:
    said = "hr.csv, row 21, column headcount: 1 asian chief superintendent is no count"
    with db.connect("loader") as loader:
        record_definitions(loader, load_definitions().values())
    for dataset in ("intake_hr_extract", "intake_savings_delivery"):
        admin.execute(
            "insert into audit.source_file (dataset, sha256, bytes, name, address, fetched_at, licence, is_generated) "
            "values (%s, 'f', 1, 'hr.csv', 'x', now(), 'x', true)", [dataset]
        )  # fmt: skip
        admin.execute(
            "insert into audit.batch (batch_id, dataset, sha256, definition_hash, is_generated, status, reason) "
            "values (%s, %s, 'f', 'h', true, 'refused', %s)", [dataset, dataset, said]
        )  # fmt: skip
        failed = CheckOutcome(dataset, "c", "source", "fail", "o", "failed", None, 1, None, said, "mend")
        with db.connect("gate") as judge:
            record_outcomes(judge, dataset, "batch", [failed])
    reasons = "select dataset, status_reason from marts.data_freshness where status = 'failing' order by 1"
    messages = "select table_name, message from marts.quality_result order by 1"
    with db.connect("bi_reader") as reader:
        assert reader.execute(reasons).fetchall() == [
            ("intake_hr_extract", "refused: why is told to auditors alone, for it could quote the file"),
            ("intake_savings_delivery", said),
        ]
        assert reader.execute(messages).fetchall() == [("intake_hr_extract", None), ("intake_savings_delivery", said)]


def test_what_control_counts_comes_from_restricted_files() -> None:
    restricted = {name for name, definition in load_definitions().items() if definition.is_restricted}
    counted = {name for declared in load_sets() for name in declared.made_of}
    assert counted & load_definitions().keys() <= restricted
