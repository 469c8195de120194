"""What is told of a night, where it is sent, and what is said where nothing was published by the deadline."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import psycopg
import pytest
from candidates import make_candidate, publish

from core.errors import WarehouseError
from warehouse.cli.office.notify import deadline, notify
from warehouse.notify.deadline import LONDON, judged

FAILED = (
    "insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status, message, started_at, "
    "finished_at) values ('r9', '2026-11-23', 'c1', 'h9', 'failed', 'fruit went bad', "
    "clock_timestamp() + interval '1 second', clock_timestamp() + interval '2 seconds')"
)


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, str]]]:
    """What a server on this machine was sent, as the setting names it."""
    received: list[dict[str, str]] = []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Takes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("WAREHOUSE_NOTIFY", f"json://127.0.0.1:{server.server_port}/")
    yield received
    server.shutdown()


def test_a_good_and_a_failed_night_are_told(admin: psycopg.Connection, mailbox: list[dict[str, str]]) -> None:
    with pytest.raises(WarehouseError, match="nothing to tell"):
        notify()
    make_candidate(admin)
    publish(admin, "r1")
    notify()
    assert mailbox[-1]["title"] == "Published: 22 November 2026, 2 rows changed"
    assert mailbox[-1]["type"] == "success" and "Publication 1 at" in mailbox[-1]["message"]
    admin.execute(FAILED)
    notify()
    assert mailbox[-1]["title"] == "Not published: readers keep the figures of 22 November 2026"
    assert "because fruit went bad" in mailbox[-1]["message"] and mailbox[-1]["type"] == "warning"
    assert len(mailbox) == 2


def test_the_deadline_is_judged_without_airflow(
    admin: psycopg.Connection, mailbox: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deadline() == 1 and mailbox[-1]["title"] == "Nothing has been published yet"
    make_candidate(admin)
    publish(admin, "r1")
    assert deadline() == 0 and len(mailbox) == 1, "nobody is woken for what went well"
    tomorrow = datetime.now(LONDON) + timedelta(days=1)
    late = judged(tomorrow.replace(hour=7, minute=30))
    assert late.subject == "Not published by 07:30: readers see publication 1, for 22 November 2026"
    assert "No refresh has ended since midnight" in late.body and not late.is_good
    admin.execute(FAILED)
    assert deadline() == 1 and "fruit went bad" in mailbox[-1]["message"]
    monkeypatch.setenv("WAREHOUSE_DATABASE", "nowhere")
    assert deadline() == 1 and mailbox[-1]["title"] == "The warehouse does not answer"


def test_an_address_that_cannot_be_reached_is_named_without_its_secret(
    admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_candidate(admin)
    publish(admin, "r1")
    monkeypatch.setenv("WAREHOUSE_NOTIFY", "json://user:secret@127.0.0.1:1/")
    with pytest.raises(WarehouseError, match="did not go out to address 1 of WAREHOUSE_NOTIFY") as error:
        notify()
    assert "secret" not in str(error.value)
