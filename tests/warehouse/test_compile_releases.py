"""Releases merged into the state of their process: the standard's rules, and that nothing else decides."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core import db
from core.settings import PROJECT_DIR
from ingest.pipeline import ingest_dataset
from warehouse.checks.gate import verify_pending
from warehouse.past.withdraw import withdraw
from warehouse.refresh import steps
from warehouse.refresh.compile_releases import compile_releases

CHECKSUM = """
    select md5(string_agg(ocid || process::text, '|' order by ocid)), count(*), sum(jsonb_array_length(releases))
    from compiled.contracts_finder
"""


def release(number: int, date: str, **parts: Any) -> dict[str, Any]:
    """A release of the one process, and what it says beside its head."""
    head = {"ocid": "ocds-b5fd17-1", "id": f"r-{number}", "date": date, "tag": ["tender"], "tender": {}, "buyer": {}}
    return {**head, **parts}


def put(inbox: Path, files: Iterable[list[dict[str, Any]]]) -> None:
    """A page of the publisher for each list of releases."""
    folder = inbox / "procurement" / "contracts_finder"
    folder.mkdir(parents=True, exist_ok=True)
    for number, releases in enumerate(files, len(list(folder.iterdir()))):
        page = {"uri": f"u{number}", "publishedDate": "2024-05-21", "publisher": {}, "releases": releases}
        (folder / f"{number}.json").write_text(json.dumps(page))


def compiled(admin: psycopg.Connection) -> dict[str, Any]:
    """Take in what lies in the sources, merge it, and give the one process."""
    merge()
    [(process,)] = admin.execute("select process from compiled.contracts_finder").fetchall()
    return process


def merge() -> None:
    ingest_dataset("contracts_finder")
    verify_pending("contracts_finder")
    refresh_id = steps.start(force=True)
    assert refresh_id
    with db.connect("transformer") as connection:
        compile_releases(connection, refresh_id, "", PROJECT_DIR)


@pytest.fixture
def inbox(warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOURCES", str(tmp_path / "inbox"))
    return tmp_path / "inbox"


def test_a_later_release_changes_what_it_says_and_leaves_the_rest(inbox: Path, admin: psycopg.Connection) -> None:
    first = {"title": "Boats", "status": "active", "value": {"amount": 100, "currency": "GBP"}}
    second = {"status": None, "value": {"amount": 90.50, "currency": "GBP"}}
    put(inbox, [[release(2, "2024-05-02T00:00:00Z", tender=second), release(1, "2024-05-01T00:00:00Z", tender=first)]])
    assert compiled(admin)["tender"] == {"title": "Boats", "value": {"amount": 90.5, "currency": "GBP"}}


def test_awards_and_suppliers_merge_by_their_ids_and_roles_as_a_whole(inbox: Path, admin: psycopg.Connection) -> None:
    one, two = {"id": "s1", "name": "One"}, {"id": "s2", "name": "Two"}
    first = release(
        1,
        "2024-05-01T00:00:00Z",
        awards=[{"id": "a1", "value": {"amount": 5, "currency": "GBP"}, "suppliers": [one, two]}],
        parties=[{"id": "s1", "roles": ["supplier", "tenderer"]}],
    )
    second = release(
        2,
        "2024-05-02T00:00:00Z",
        awards=[{"id": "a1", "status": "active"}, {"id": "a2"}],
        parties=[{"id": "s1", "roles": ["supplier"]}],
    )
    put(inbox, [[first], [second]])
    process = compiled(admin)
    assert process["awards"] == [
        {"id": "a1", "status": "active", "value": {"amount": 5, "currency": "GBP"}, "suppliers": [one, two]},
        {"id": "a2"},
    ]
    assert process["parties"] == [{"id": "s1", "roles": ["supplier"]}]


def test_moments_are_compared_as_moments_and_not_as_text(inbox: Path, admin: psycopg.Connection) -> None:
    """Half past midnight in summer time is before midnight."""
    local = release(1, "2024-05-02T00:30:00+01:00", tender={"title": "before"})
    put(inbox, [[local, release(2, "2024-05-02T00:00:00Z", tender={"title": "after"})]])
    assert compiled(admin)["tender"] == {"title": "after"}


def test_of_one_moment_the_last_id_is_the_last_release(inbox: Path, admin: psycopg.Connection) -> None:
    same = "2024-05-02T00:00:00Z"
    put(inbox, [[release(2, same, tender={"title": "two"})], [release(1, same, tender={"title": "one"})]])
    assert compiled(admin)["tender"] == {"title": "two"}


def test_a_release_that_was_edited_under_its_id_is_what_the_later_vintage_says(
    inbox: Path, admin: psycopg.Connection
) -> None:
    """Not both of them one after the other: a field that was taken out would stay."""
    edited = release(1, "2024-05-02T00:00:00Z", tender={"title": "new"})
    later = release(2, "2024-06-02T00:00:00Z", ocid="ocds-b5fd17-2")
    put(inbox, [[release(1, "2024-05-02T00:00:00Z", tender={"title": "old", "status": "active"})], [edited, later]])
    merge()
    row = admin.execute(
        "select process -> 'tender', source_vintage, jsonb_array_length(releases) from compiled.contracts_finder "
        "where ocid = 'ocds-b5fd17-1'"
    ).fetchone()
    assert row == ({"title": "new"}, "2024-06", 1)


def test_nobodys_contact_point_leaves_the_archive(inbox: Path, admin: psycopg.Connection) -> None:
    person = {"name": "Somebody", "email": "somebody@example.org", "telephone": "020 7946 0000"}
    party = {"id": "b", "name": "Buyer", "contactPoint": person, "address": {"streetAddress": "1 Street"}}
    tender = {"title": "Boats", "description": "Write to somebody@example.org", "submissionMethodDetails": "020 7946"}
    put(inbox, [[release(1, "2024-05-02T00:00:00Z", tender=tender, parties=[party])]])
    assert compiled(admin)["parties"] == [{"id": "b", "name": "Buyer"}]
    kept = admin.execute("select string_agg(concat(release, process), '') from raw.contracts_finder, "
                         "compiled.contracts_finder").fetchone()  # fmt: skip
    assert kept is not None
    assert "Boats" in kept[0]
    assert all(word not in kept[0] for word in ("somebody", "Somebody", "7946", "Street"))


def test_a_withdrawn_batch_leaves_the_process_at_the_next_refresh(inbox: Path, admin: psycopg.Connection) -> None:
    put(inbox, [[release(1, "2024-05-01T00:00:00Z", tender={"title": "right"})]])
    assert compiled(admin)["tender"] == {"title": "right"}
    put(inbox, [[release(2, "2024-06-01T00:00:00Z", tender={"title": "wrong"})]])
    assert compiled(admin)["tender"] == {"title": "wrong"}
    row = admin.execute("select batch_id from audit.batch where vintage = '2024-06'").fetchone()
    assert row
    withdraw(row[0], "Ada Smith", "It is wrong.")
    assert compiled(admin)["tender"] == {"title": "right"}


def test_a_row_says_which_batches_and_rows_it_was_merged_from(inbox: Path, admin: psycopg.Connection) -> None:
    put(inbox, [[release(1, "2024-05-01T00:00:00Z"), release(2, "2024-05-02T00:00:00+01:00")]])
    merge()
    rows = admin.execute(
        "select r ->> 'id', r ->> 'date', r -> 'tags', f.release_id from compiled.contracts_finder, "
        "jsonb_array_elements(releases) as r inner join raw.contracts_finder as f "
        "on f._batch_id = r ->> 'batch_id' and f._row_number = (r ->> 'row_number')::bigint"
    ).fetchall()
    assert [(row[0], row[2], row[3]) for row in rows] == [("r-1", ["tender"], "r-1"), ("r-2", ["tender"], "r-2")]


def test_real_notices_in_any_order_and_any_files_are_the_same_processes(
    warehouse: str, admin: psycopg.Connection, real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reversed, each twice, and split over many files: the state follows from what the notices say alone."""
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for path in sorted((real_data / "procurement" / "ocds_releases").rglob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        told |= {(each["ocid"], each["id"]): each for each in document.get("releases", [document])}
    releases = list(told.values())
    found = set()
    arrangements = {
        "one": [releases],
        "reversed": [releases[::-1]],
        "twice": [releases, releases[::-1]],
        "split": [releases[start::40] for start in range(40)],
    }
    for name, files in arrangements.items():
        put(tmp_path / name, files)
        monkeypatch.setenv("SOURCES", str(tmp_path / name))
        monkeypatch.setenv("WAREHOUSE_WORK_DIR", str(tmp_path / f"work_{name}"))
        merge()
        found.add(admin.execute(CHECKSUM).fetchone())
        admin.execute("update audit.batch set status = 'withdrawn', reason = 'the next arrangement'")
    assert len(found) == 1
    [(_, processes, merged)] = found
    assert (processes, merged) == (len({ocid for ocid, _ in told}), len(told))
