"""Every role with every relation: what the catalogue allows is what `rights.yml` says, and what is tried goes so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from candidates import make_candidate, publish
from psycopg import errors, sql
from test_restricted import DETAIL

from core import db
from core.roles import ROLES
from ingest.definition.dataset import load_definitions
from ingest.load.raw_table import record_definitions
from warehouse.publish.mart_catalogue import HISTORIES
from warehouse.rights import logins

RULES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("rights.yml").read_text())
RELATIONS = """
    select n.nspname, c.relname, array_agg(a.attname::text order by a.attidentity, a.attnum) from pg_class as c
    inner join pg_namespace as n on n.oid = c.relnamespace
    inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname !~ '^(pg_|information_schema)' and c.relkind in ('r', 'v', 'm', 'p', 'f')
    group by n.nspname, c.relname, c.oid order by 1, 2
"""
ALLOWED = """
    select has_schema_privilege(%(role)s, %(schema)s, 'usage') and case
        when %(privilege)s in ('delete', 'truncate') then has_table_privilege(%(role)s, c.oid, %(privilege)s)
        else has_any_column_privilege(%(role)s, c.oid, %(privilege)s)
    end
    from pg_class as c where c.relnamespace = %(schema)s::regnamespace and c.relname = %(relation)s
"""
TRIED = {
    "select": "select count(*) from {relation} where false",
    "insert": "insert into {relation} ({column}) select null where false",
    "update": "update {relation} set {column} = null where false",
    "delete": "delete from {relation} where false",
    "truncate": "truncate {relation} cascade",
}
NO_TABLE = (errors.ObjectNotInPrerequisiteState, errors.FeatureNotSupported, errors.WrongObjectType)  # a view


@pytest.fixture
def filled(admin: psycopg.Connection) -> psycopg.Connection:
    """A database with every raw table, a mart and its detail, published."""
    with db.connect("loader") as loader:
        record_definitions(loader, load_definitions().values())
    make_candidate(admin)
    admin.execute(DETAIL)
    publish(admin, "r1")
    return admin


def ruled(schema: str, relation: str, privilege: str) -> set[str]:
    """Who may, by the rules. KeyError where there is no rule."""
    zone = RULES[schema]
    own = zone["named"][relation] if "named" in zone else {}
    never = set(own.get("never", {}).get(privilege, []))
    named = set(zone["every"].get(privilege, [])) - never | set(own.get(privilege, []))
    return named | {role.name for role in ROLES.values() if role.within in named}


def relations(connection: psycopg.Connection) -> list[tuple[str, str, list[str]]]:
    return connection.execute(RELATIONS).fetchall()


def pairs(connection: psycopg.Connection) -> Iterator[tuple[str, str, str, str, bool]]:
    for schema, relation, _ in relations(connection):
        for privilege in TRIED:
            may = ruled(schema, relation, privilege)
            for role in ROLES:
                yield schema, relation, privilege, role, role in may


def test_every_relation_has_a_rule(filled: psycopg.Connection) -> None:
    for schema, relation, _ in relations(filled):
        ruled(schema, relation, "select")
    assert {schema for schema, _, _ in relations(filled)} == set(RULES)
    assert set(HISTORIES) | set(HISTORIES.values()) <= set(RULES)
    filled.execute("create table audit.forgotten ()")
    with pytest.raises(KeyError, match="forgotten"):
        ruled("audit", "forgotten", "select")


def test_the_catalogue_allows_what_the_rules_say_and_nothing_else(filled: psycopg.Connection) -> None:
    count: Counter[bool] = Counter()
    wrong = []
    for schema, relation, privilege, role, wanted in pairs(filled):
        given = {"schema": schema, "relation": relation, "privilege": privilege, "role": role}
        row = filled.execute(ALLOWED, given).fetchone()
        count[wanted] += 1
        if row != (wanted,):
            wrong.append(f"{role} {'may not' if wanted else 'may'} {privilege} {schema}.{relation}")
    assert not wrong
    assert count[True] > 100 and count[False] > 1000
    print(f"{count.total()} pairs, {count[False]} denials")


def test_each_denial_is_tried_beside_somebody_who_may(filled: psycopg.Connection) -> None:
    columns = {(schema, relation): names for schema, relation, names in relations(filled)}
    wrong = []
    for schema, relation, privilege, role, wanted in pairs(filled):
        first, name = _writable(filled, schema, relation, privilege, role, columns[schema, relation]), sql.Identifier
        statement = sql.SQL(TRIED[privilege]).format(relation=name(schema, relation), column=name(first))
        try:
            with filled.transaction(force_rollback=True):
                filled.execute(sql.SQL("set local role {}").format(name(role)))
                filled.execute(statement)
                done = True
        except (errors.InsufficientPrivilege, *NO_TABLE):
            done = False
        if done != wanted:
            wrong.append(f"{role} {privilege} {schema}.{relation}: {'done' if done else 'denied'}")
    assert not wrong


def _writable(
    connection: psycopg.Connection, schema: str, relation: str, privilege: str, role: str, columns: list[str]
) -> str:
    """A column that the role may write, else the first."""
    if privilege not in ("insert", "update"):
        return columns[0]
    for column in columns:
        given = [role, f"{schema}.{relation}", column, privilege]
        if connection.execute("select has_column_privilege(%s, %s::regclass, %s, %s)", given).fetchone() == (True,):
            return column
    return columns[0]


def test_the_loader_takes_nothing_of_a_recorded_batch_out_of_raw(filled: psycopg.Connection) -> None:
    filled.execute(
        """
        insert into audit.source_file values ('mps_borough_crime', 'f', 1, 'n', 'a', now(), null, 'l', true);
        insert into audit.batch (batch_id, dataset, sha256, definition_hash, is_generated, status)
        values ('recorded', 'mps_borough_crime', 'f', 'd', true, 'pending');
        insert into raw.mps_borough_crime (_batch_id, _row_number) values ('recorded', 1), ('new', 1)
        """
    )
    with db.connect("loader", autocommit=True) as loader:
        for statement in (
            "delete from raw.mps_borough_crime where _batch_id = 'recorded'",
            "delete from raw.mps_borough_crime",
            "update raw.mps_borough_crime set _row_number = 2",
            "truncate raw.mps_borough_crime",
            "drop table raw.mps_borough_crime",
            "alter table raw.mps_borough_crime disable trigger all",
            "update audit.batch set status = 'accepted'",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                loader.execute(statement)
        assert loader.execute("delete from raw.mps_borough_crime where _batch_id = 'new'").rowcount == 1
        assert (
            loader.execute("insert into raw.mps_borough_crime (_batch_id, _row_number) values ('n', 2)").rowcount == 1
        )
    assert filled.execute("select count(*) from raw.mps_borough_crime where _batch_id = 'recorded'").fetchone() == (1,)


def test_the_transformer_cannot_touch_what_a_past_refresh_was_made_from(filled: psycopg.Connection) -> None:
    again = "update audit.refresh set status = 'passed' where refresh_id = 'r1'"
    more = """
        insert into audit.refresh_input
            (refresh_id, batch_id, dataset, vintage, vintage_order, coverage, is_generated)
        values (%s, 'recorded', 'mps_borough_crime', 'v', 1, 'full', true)
    """
    filled.execute(
        """
        insert into audit.source_file values ('mps_borough_crime', 'f', 1, 'n', 'a', now(), null, 'l', true);
        insert into audit.batch (batch_id, dataset, sha256, definition_hash, is_generated, status)
        values ('recorded', 'mps_borough_crime', 'f', 'd', true, 'pending');
        insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status)
        values ('r2', '2026-11-22', 'c1', 'h1', 'running')
        """
    )
    with db.connect("transformer", autocommit=True) as transformer:
        for statement in (
            again,
            more.replace("%s", "'r1'"),
            "update audit.refresh_input set vintage = 'x'",
            "delete from audit.refresh_input",
            "update audit.refresh set input_hash = 'x' where refresh_id = 'r2'",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                transformer.execute(statement.encode())
        assert transformer.execute(more, ["r2"]).rowcount == 1
        assert transformer.execute("update audit.refresh set status = 'built' where refresh_id = 'r2'").rowcount == 1


def test_the_publisher_adds_to_history_and_cannot_rewrite_it(filled: psycopg.Connection) -> None:
    filled.execute("update candidate.fruit set price_gbp = 9")
    publish(filled, "r2")
    before = filled.execute("select * from history.fruit order by name").fetchall()
    with db.connect("publisher", autocommit=True) as publisher:
        for statement in (
            "update history.fruit set price_gbp = 0",
            "delete from history.fruit",
            "truncate history.fruit",
            "drop table history.fruit",
            "alter table history.fruit disable trigger all",
            "alter table history.fruit drop column price_gbp",
            "create table history.mine (a integer)",
            "insert into history.fruit select * from history.fruit",
            "select audit.make_history('fruit', '{x}', '{integer); drop table history.fruit; --}', '{null}', '{null}')",
        ):
            with pytest.raises((errors.InsufficientPrivilege, errors.SyntaxError)):
                publisher.execute(statement.encode())
        # What may not be shown any more is closed by name, and that is kept.
        publisher.execute("select audit.close_history('fruit', '{price_gbp}', null, '{\"name\": \"pear\"}', '{1}')")
    assert [row[:2] for row in before] == [(1, 2), (1, 2)]
    assert filled.execute("select name, price_gbp, _change from history.fruit order by name").fetchall() == [
        ("apple", before[0][4], "updated"),
        ("pear", None, "closed"),
    ]
    assert filled.execute("select mart, which, closed_rows, login from audit.history_closing").fetchall() == [
        ("fruit", {"name": "pear"}, 1, "publisher")
    ]


def test_decisions_are_a_persons_and_neither_auditors_nor_the_gate_make_them(filled: psycopg.Connection) -> None:
    filled.execute(
        """
        insert into audit.source_file values ('mps_borough_crime', 'f', 1, 'n', 'a', now(), null, 'l', true);
        insert into audit.batch (batch_id, dataset, sha256, definition_hash, is_generated, status, vintage)
        values ('b1', 'mps_borough_crime', 'f', 'd', true, 'accepted', 'v')
        """
    )
    withdraw = "select audit.withdraw_batch('b1', %s, %s, 'Ask.')"
    person = ["Ada Smith", "It is wrong."]
    ada = logins.add("ada.smith", "steward")
    try:
        for role in ("auditor", "gate", "publisher", "bi_reader", "loader"):
            with db.connect(role, autocommit=True) as other:
                other.execute("set default_transaction_read_only = off")
                for statement in (
                    withdraw,
                    "select audit.decide('accept', 'b1', %s, %s)",
                    "insert into audit.decision (kind, batch_id, name, reason) values ('accept', 'b1', %s, %s)",
                    "insert into audit.acceptance (dataset, sha256, name, reason) values ('d', 'f', %s, %s)",
                    "update audit.batch set status = 'withdrawn', reason = %s || %s",
                ):
                    with pytest.raises(errors.InsufficientPrivilege):
                        other.execute(statement.encode(), person)
        with psycopg.connect(ada, autocommit=True) as steward:
            for name, reason in (("", "It is wrong."), ("Ada", "It is wrong."), ("Ada Smith", " "), (None, None)):
                with pytest.raises(errors.InsufficientPrivilege, match="needs a person"):
                    steward.execute(withdraw, [name, reason])
            with pytest.raises(errors.InsufficientPrivilege):
                steward.execute("update audit.batch set status = 'withdrawn'")
            steward.execute(withdraw, person)
        with db.connect("gate", autocommit=True) as judge, pytest.raises(errors.InsufficientPrivilege, match="cannot"):
            judge.execute("update audit.batch set status = 'accepted'")
    finally:
        logins.remove("ada.smith")
    assert filled.execute("select kind, batch_id, name, reason, login from audit.decision").fetchall() == [
        ("withdraw", "b1", "Ada Smith", "It is wrong.", "ada.smith")
    ]
