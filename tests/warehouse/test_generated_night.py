"""Every generated extract the whole way to readers: made again, sorted by any server, with any feed missing."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import date
from itertools import combinations

import psycopg
import pytest
from collations import orders_by_a_servers_collation

from core import db
from core.settings import settings
from ingest.definition.dataset import load_definitions
from ingest.pipeline import ingest_dataset
from warehouse.checks.gate import verify_pending
from warehouse.past.rebuild import rebuild, reread
from warehouse.refresh import steps

DAY = date(2024, 12, 1)
FEEDS = sorted(load_definitions())
NIGHTS = 8


@pytest.fixture(scope="module")
def night(shared_warehouse: str) -> Iterator[psycopg.Connection]:
    """A database with a publication of every generated extract."""
    with pytest.MonkeyPatch.context() as patch, db.connect("admin", autocommit=True) as admin:
        patch.setenv("SOURCES", "generated")
        for dataset in FEEDS:
            ingest_dataset(dataset)
            verdicts = verify_pending(dataset)
            assert {verdict.status for verdict in verdicts} == {"accepted"}, verdicts
        report = steps.refresh(DAY)
        assert report and report.publication_id == 1
        yield admin


def test_what_generated_extracts_say_is_made_again_from_the_archive(night: psycopg.Connection) -> None:
    batches = reread(1)
    assert {batch.dataset for batch in batches} == set(FEEDS)
    assert [batch for batch in batches if batch.differing != 0] == []

    marts = rebuild(1)
    assert [mart for mart in marts if not mart.is_equal] == []
    published = night.execute("select count(*), count(*) filter (where row_count > 0) from audit.publication_mart")
    (tables, filled) = published.fetchone() or (0, 0)
    assert len(marts) == tables
    assert filled > 50


def test_no_figure_depends_on_how_a_server_sorts(night: psycopg.Connection) -> None:
    """Each model as a view, whose collations PostgreSQL has resolved: no order that shows is the server's."""
    compiled = settings().dbt_target_dir / "target" / "compiled" / "met_forward" / "models"
    models = {path.stem: path.read_text(encoding="utf-8") for path in compiled.rglob("*.sql")}
    assert len(models) > 200
    assert orders_by_a_servers_collation(night, models) == []
    wrong = "select max(name) as a, string_agg(distinct name, ',' order by name) as b from (values ('a')) as v (name)"
    right = "select string_agg(name, ',' order by name collate \"C\") as a from (values ('a')) as v (name)"
    assert len(orders_by_a_servers_collation(night, {"wrong": wrong, "right": right})) == 2


def some_missing() -> dict[str, set[str]]:
    """Which feeds there are, night by night: of any two, some night has the first without the second.

    Each feed has a four of the eight nights to itself. FEEDS=all has all of these, FEEDS=each every feed alone and
    every one missing, which takes an hour. Without it, there are only the nights of other tests: one of all feeds, one
    of a single one, one of none.
    """
    fours = random.Random(1).sample(list(combinations(range(NIGHTS), NIGHTS // 2)), len(FEEDS))
    nights = [{feed for feed, its in zip(FEEDS, fours, strict=True) if night in its} for night in range(NIGHTS)]
    asked = os.environ.get("FEEDS")
    if not asked:
        return {"FEEDS is not set": set()}
    if asked == "each":
        return {f"{feed} alone": {feed} for feed in FEEDS} | {f"no {feed}": {*FEEDS} - {feed} for feed in FEEDS}
    return {f"night {number}": feeds for number, feeds in enumerate(nights)}


@pytest.mark.parametrize("feeds", some_missing().values(), ids=some_missing())
def test_whatever_feeds_are_missing_the_others_are_published(
    night: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, feeds: set[str]
) -> None:
    if not feeds:
        pytest.skip("FEEDS is not set (all, each): no night with some feeds missing was tried")
    there = ", ".join(f"'{feed}'" for feed in feeds)
    only = steps.BATCH_SET.replace("b.status = 'accepted'", f"b.dataset in ({there}) and b.status = 'accepted'")
    assert only != steps.BATCH_SET
    monkeypatch.setattr(steps, "BATCH_SET", only)
    report = steps.refresh(DAY)
    assert report and report.publication_id
    found = night.execute("select distinct dataset from audit.refresh_input as i inner join audit.publication as p "
                          "using (refresh_id) where p.publication_id = %s", [report.publication_id])  # fmt: skip
    assert {row[0] for row in found} == feeds
