"""A refresh as OpenLineage events: to a file or a server; whoever does not hear holds nothing up."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest
from candidates import make_candidate, publish

from warehouse.lineage.published_columns import note_columns
from warehouse.lineage.workings import Relation, keep
from warehouse.refresh.run_events import tell

FRUIT = "select name, price_gbp * 2 as price_gbp, is_generated from seed.crate where price_gbp > 0"
FEED = """
    insert into audit.dataset (dataset, domain, title, publisher, licence, expected_every_days, definition_hash)
    values ('orchard', 'farms', 'Orchards', 'P', 'OGL', 31, 'h');
    insert into audit.source_file (dataset, sha256, bytes, name, address, fetched_at, licence, is_generated)
    values ('orchard', 'abc', 1, 'orchard.csv', 'file:///orchard.csv', now(), 'OGL', false);
    insert into audit.batch (batch_id, dataset, sha256, definition_hash, vintage, is_generated, status, records_read,
        records_loaded) values ('b1', 'orchard', 'abc', 'h', '2026-10', false, 'accepted', 7, 7);
"""
STANDS = """
    insert into audit.refresh_input (refresh_id, batch_id, dataset, vintage, vintage_order, coverage, is_generated)
    values ('r1', 'b1', 'orchard', '2026-10', 1, 'full', false)
"""


@pytest.fixture
def fruit(admin: psycopg.Connection) -> psycopg.Connection:
    """A publication of a mart whose SQL is known; then a refresh that failed."""
    make_candidate(admin)
    admin.execute("create schema if not exists seed")
    admin.execute("create table seed.crate (name text, price_gbp numeric, is_generated boolean)")
    keep(admin, [(Relation("candidate", "fruit"), FRUIT)])
    note_columns(admin, "c1")
    admin.execute(FEED)
    publish(admin, "r1")
    with admin.transaction():
        admin.execute("set local session_replication_role = replica")  # its inputs were not told before it was over
        admin.execute(STANDS)
    admin.execute("insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status, message) "
                  "values ('r2', '2026-11-23', 'c1', 'h2', 'failed', 'the pear is unripe')")  # fmt: skip
    return admin


@pytest.fixture
def listener() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Somebody who takes events: the address, and what came."""
    came: list[dict[str, Any]] = []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(201 if self.path == "/api/v1/lineage" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Takes) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}/api/v1/lineage", came
        listening.shutdown()


def test_a_publication_tells_its_vintages_and_where_each_column_comes_from(
    fruit: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tell("r1")  # to nobody
    monkeypatch.setenv("WAREHOUSE_LINEAGE", str(tmp_path / "events.jsonl"))
    tell("r1")
    tell("r2")
    begun, done, again, failed = map(json.loads, (tmp_path / "events.jsonl").read_text().splitlines())
    assert [event["eventType"] for event in (begun, done, again, failed)] == ["START", "COMPLETE", "START", "FAIL"]
    assert begun["run"]["runId"] == done["run"]["runId"] != failed["run"]["runId"]
    assert failed["run"]["facets"]["errorMessage"]["message"] == "the pear is unripe"
    assert failed["outputs"] == [] and done["run"]["facets"]["metForward_refresh"]["publication"] == 1

    (orchard,) = done["inputs"]
    assert orchard["name"].endswith(".raw.orchard") and orchard["facets"]["version"]["datasetVersion"] == "2026-10"
    assert orchard["facets"]["metForward_vintages"]["vintages"] == [
        {"vintage": "2026-10", "batch": "b1", "sha256": "abc", "rows": 7}
    ]
    (mart,) = done["outputs"]
    assert mart["name"].endswith(".marts.fruit") and mart["outputFacets"]["outputStatistics"]["rowCount"] == 2
    assert mart["facets"]["schema"]["fields"][1] == {
        "name": "price_gbp", "type": "numeric", "description": "Price in pounds"
    }  # fmt: skip
    lineage = mart["facets"]["columnLineage"]
    crate = orchard["name"].replace("raw.orchard", "seed.crate")

    def said(sources: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
        return [(each["name"], each["field"], each["transformations"][0]["subtype"]) for each in sources]

    assert {name: said(behind["inputFields"]) for name, behind in lineage["fields"].items()} == {
        "name": [(crate, "name", "IDENTITY")],
        "price_gbp": [(crate, "price_gbp", "TRANSFORMATION")],
        "is_generated": [(crate, "is_generated", "IDENTITY")],
    }
    assert said(lineage["dataset"]) == [(crate, "price_gbp", "FILTER")]
    facets = [*done["run"]["facets"].values(), *orchard["facets"].values(), *mart["facets"].values()]
    assert all({"_producer", "_schemaURL"} <= facet.keys() for facet in facets)


def test_a_server_is_told_and_one_that_does_not_hear_is_logged(
    fruit: psycopg.Connection,
    listener: tuple[str, list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    address, came = listener
    monkeypatch.setenv("WAREHOUSE_LINEAGE", address)
    tell("r1")
    assert [event["eventType"] for event in came] == ["START", "COMPLETE"]
    for wrong in (address.replace("lineage", "nothing"), "http://127.0.0.1:1/", "/nowhere/events.jsonl"):
        monkeypatch.setenv("WAREHOUSE_LINEAGE", wrong)
        with caplog.at_level(logging.WARNING):
            tell("r1")
        assert f"did not reach {wrong}" in caplog.text
