"""Candidates as dbt leaves them, and refreshes that may publish them: for the tests of publication."""

from __future__ import annotations

import psycopg

from core import db
from warehouse.publish.publish import PublishReport, publish_candidate

MART = "create table candidate.fruit (name text not null primary key, price_gbp numeric, is_generated boolean)"


def make_candidate(admin: psycopg.Connection) -> None:
    """A candidate schema with one small mart, described, of two rows."""
    admin.execute("create schema candidate authorization transformer")
    admin.execute("grant usage on schema candidate to publisher, auditor")
    admin.execute("alter default privileges in schema candidate grant select on tables to publisher, auditor")
    admin.execute(MART)
    admin.execute("comment on table candidate.fruit is 'One row per fruit'")
    admin.execute("comment on column candidate.fruit.price_gbp is 'Price in pounds'")
    admin.execute("insert into candidate.fruit values ('apple', 1.10, false), ('pear', 2.00, false)")


def passed_refresh(admin: psycopg.Connection, refresh_id: str, code: str = "c1") -> str:
    """A refresh whose verdict is passed; its id."""
    admin.execute(
        "insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status) "
        "values (%s, '2026-11-22', %s, 'h1', 'passed')",
        [refresh_id, code],
    )
    return refresh_id


def publish(admin: psycopg.Connection, refresh_id: str, code: str = "c1") -> PublishReport:
    """Publish the candidate as it stands."""
    return publish_candidate(passed_refresh(admin, refresh_id, code), "candidate")


def seen_by_readers(query: str) -> list[tuple]:
    """What a reader gets."""
    with db.connect("bi_reader") as reader:
        return reader.execute(query).fetchall()
