"""The gate's verdicts: batches accepted and named, or refused with a word; candidates passed, or blocked."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core import locks
from core.errors import WarehouseError
from core.locks import Lock
from warehouse.checks import gate
from warehouse.checks.gate import BatchVerdict, verify_pending

pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)")

ATTRIBUTES = {"kind": "source", "owner": "the publisher", "remedy": "Ask the publisher."}
RAW: dict[str, Any] = {
    "dataset": "warehouse/${var.DATABASE}/raw/visits",
    "filter": "_batch_id = '${var.BATCH_ID}'",
    "variables": {"DATABASE": None, "BATCH_ID": None},
    "check_attributes": ATTRIBUTES,
    "columns": [{"name": "visit_count", "checks": [{"invalid": {"name": "Not negative", "valid_min": 0}}]}],
    "checks": [
        {"row_count": {"name": "Rows", "threshold": {"must_be_greater_than": 0}}},
        {"metric": {"name": "Few", "expression": "max(visit_count)", "threshold": {"must_be_less_than": 100,
                                                                                  "level": "warn"}}},
    ],
}  # fmt: skip


@pytest.fixture
def contracts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of contracts of the test's own, with one for raw.visits."""
    for layer in ("raw", "marts"):
        (tmp_path / layer).mkdir()
    (tmp_path / "raw" / "visits.yml").write_text(json.dumps(RAW))
    monkeypatch.setattr(gate, "CONTRACTS", tmp_path)
    return tmp_path


@pytest.fixture
def visits(admin: psycopg.Connection, contracts: Path) -> psycopg.Connection:
    """A dataset with its raw table, and no batch."""
    admin.execute(
        """
        insert into audit.dataset (dataset, domain, title, publisher, licence, definition_hash)
        values ('visits', 'crime', 'Visits', 'A publisher', 'OGL', 'd1');
        create table raw.visits (visit_count integer, _batch_id text);
        grant select on raw.visits to auditor;
        """
    )
    return admin


def land(
    admin: psycopg.Connection,
    sha256: str,
    counts: list[int],
    *,
    vintage: str = "2024-01",
    day: int = 1,
    definition: str = "d1",
    is_generated: bool = False,
) -> str:
    """Land a file as ingest does: known to the audit, its rows in raw, its batch pending."""
    batch_id = f"{sha256}-{definition}"
    admin.execute(
        "insert into audit.source_file (dataset, sha256, bytes, name, address, fetched_at, licence, is_generated) "
        "values ('visits', %s, 1, 'visits.csv', 'inbox/visits.csv', make_date(2024, 2, %s), 'OGL', %s) "
        "on conflict do nothing",
        [sha256, day, is_generated],
    )
    admin.execute(
        "insert into audit.batch (batch_id, dataset, sha256, definition_hash, vintage, is_generated, status, "
        "records_read, records_loaded) values (%s, 'visits', %s, %s, %s, %s, 'pending', %s, %s)",
        [batch_id, sha256, definition, vintage, is_generated, len(counts), len(counts)],
    )
    for value in counts:
        admin.execute("insert into raw.visits values (%s, %s)", [value, batch_id])
    return batch_id


def _one(admin: psycopg.Connection, query: str, *values: object) -> Any:
    row = admin.execute(query, values).fetchone()
    assert row is not None
    return row[0] if len(row) == 1 else row


def _vintages() -> list[str | None]:
    return [verdict.vintage for verdict in verify_pending("visits")]


def test_a_good_batch_is_accepted_under_its_vintage(visits: psycopg.Connection) -> None:
    batch_id = land(visits, "a", [1, 2])
    assert verify_pending("visits") == [BatchVerdict(batch_id, "visits", "2024-01", "accepted", None)]
    status, vintage, decided, reason = _one(visits, "select status, vintage, decided_at, reason from audit.batch")
    assert (status, vintage, reason) == ("accepted", "2024-01", None)
    assert decided is not None
    assert (
        _one(visits, "select count(*) from audit.check_result where run_id = %s and outcome = 'passed'", batch_id) == 3
    )


def test_nothing_pending_is_nothing_to_do(visits: psycopg.Connection) -> None:
    assert verify_pending("visits") == []


def test_without_a_contract_it_says_so_before_any_file_comes(visits: psycopg.Connection) -> None:
    (gate.CONTRACTS / "raw" / "visits.yml").unlink()
    with pytest.raises(WarehouseError, match=r"visits has no contract: there is no quality_checks/raw/visits\.yml\."):
        verify_pending("visits")


def test_a_bad_batch_is_refused_in_words(visits: psycopg.Connection) -> None:
    batch_id = land(visits, "a", [-3, -4, 5])
    reason = "visit_count: Not negative: found 2, must be 0"
    assert verify_pending("visits") == [BatchVerdict(batch_id, "visits", "2024-01", "refused", reason)]
    assert _one(visits, "select status, reason, remedy from audit.batch") == ("refused", reason, "Ask the publisher.")
    assert _one(
        visits,
        "select run_kind, tool, table_name, kind, severity, owner, outcome, value, failing_rows, sample, message, "
        "remedy from audit.check_result where check_name = 'visits.visit_count.invalid'",
    ) == (
        "batch", "soda", "visits", "source", "fail", "the publisher", "failed", Decimal(2), 2,
        [{"_batch_id": batch_id, "visit_count": -3}, {"_batch_id": batch_id, "visit_count": -4}],
        reason, "Ask the publisher.",
    )  # fmt: skip


def test_a_refusal_counts_the_other_failures(visits: psycopg.Connection, contracts: Path) -> None:
    (contracts / "raw" / "visits.yml").write_text(
        json.dumps(RAW | {"checks": [{"row_count": {"name": "Rows", "threshold": {"must_be": 9}}}]})
    )
    land(visits, "a", [-3])
    (verdict,) = verify_pending("visits")
    assert verdict.reason == "visit_count: Not negative: found 1, must be 0 (and 1 more failed checks)"


def test_a_bad_batch_does_not_touch_the_others(visits: psycopg.Connection) -> None:
    """Each is judged on its own rows, in the order the files were fetched."""
    land(visits, "b", [1], day=2)
    land(visits, "a", [-1], day=1)
    land(visits, "c", [], day=3)
    assert [(v.batch_id, v.status) for v in verify_pending("visits")] == [
        ("a-d1", "refused"),
        ("b-d1", "accepted"),
        ("c-d1", "refused"),
    ]


def test_a_warning_does_not_refuse(visits: psycopg.Connection) -> None:
    land(visits, "a", [500])
    assert [verdict.status for verdict in verify_pending("visits")] == ["accepted"]
    row = _one(visits, "select outcome, severity, value from audit.check_result where check_name = 'visits.metric'")
    assert row == ("failed", "warn", 500)


def test_other_bytes_of_a_period_are_numbered(visits: psycopg.Connection) -> None:
    land(visits, "a", [1], day=1)
    land(visits, "b", [-2], day=2)  # refused: takes no name
    land(visits, "c", [3], day=3)
    land(visits, "d", [4], day=4, vintage="2024-02")
    assert _vintages() == ["2024-01", "2024-01", "2024-01.2", "2024-02"]
    land(visits, "e", [5], day=5)
    assert _vintages() == ["2024-01.3"]


def test_a_withdrawn_batch_keeps_its_name(visits: psycopg.Connection) -> None:
    land(visits, "a", [1])
    verify_pending("visits")
    visits.execute("update audit.batch set status = 'withdrawn', reason = 'wrong file'")
    land(visits, "b", [1], day=2)
    assert _vintages() == ["2024-01.2"]


def test_generated_files_have_names_of_their_own(visits: psycopg.Connection) -> None:
    land(visits, "a", [1], is_generated=True)
    land(visits, "b", [1], day=2)
    assert _vintages() == ["2024-01", "2024-01"]


def test_a_file_read_again_keeps_its_name(visits: psycopg.Connection) -> None:
    """A new definition makes a new batch of the same bytes: the same release, even where it reads another period."""
    land(visits, "a", [1])
    land(visits, "b", [2], day=2)
    verify_pending("visits")
    land(visits, "b", [2], day=2, definition="d2", vintage="2023-12")
    land(visits, "a", [1], definition="d2")
    assert _vintages() == ["2024-01", "2024-01.2"]


def test_without_a_contract_a_batch_waits(visits: psycopg.Connection, contracts: Path) -> None:
    (contracts / "raw" / "visits.yml").unlink()
    land(visits, "a", [1])
    with pytest.raises(WarehouseError, match=r"there is no quality_checks/raw/visits\.yml"):
        verify_pending("visits")
    assert _one(visits, "select outcome, remedy from audit.check_result") == (
        "not_evaluated",
        "Write quality_checks/raw/visits.yml.",
    )
    assert _one(visits, "select status from audit.batch") == "pending"


def test_a_contract_that_does_not_run_decides_nothing_until_it_is_mended(
    visits: psycopg.Connection, contracts: Path
) -> None:
    (contracts / "raw" / "visits.yml").write_text("dataset: [")
    batch_id = land(visits, "a", [1])
    with pytest.raises(WarehouseError, match=r"raw/visits\.yml did not run: "):
        verify_pending("visits")
    (contracts / "raw" / "visits.yml").write_text(json.dumps(RAW))
    assert verify_pending("visits") == [BatchVerdict(batch_id, "visits", "2024-01", "accepted", None)]


def test_a_killed_verification_is_repeated(visits: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before the verdict is committed: nothing of it is there, and the next run decides."""
    batch_id = land(visits, "a", [1])
    naming = gate._vintage_name

    def killed(connection: psycopg.Connection, batch: str) -> str:
        assert connection.execute("select count(*) from audit.check_result").fetchone() == (3,)
        raise KeyboardInterrupt

    monkeypatch.setattr(gate, "_vintage_name", killed)
    with pytest.raises(KeyboardInterrupt):
        verify_pending("visits")
    assert _one(visits, "select status, (select count(*) from audit.check_result) from audit.batch") == ("pending", 0)
    monkeypatch.setattr(gate, "_vintage_name", naming)
    assert verify_pending("visits") == [BatchVerdict(batch_id, "visits", "2024-01", "accepted", None)]


def test_two_gates_take_turns(visits: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one holds the dataset's lock, another waits; it does not judge the same batches twice."""
    land(visits, "a", [1])
    monkeypatch.setattr(locks, "PATIENT_SECONDS", 1)
    words = "`gate visits` was not free for 1 s: held by warehouse gate visits"
    with locks.held("gate", Lock.GATE, "visits"), pytest.raises(WarehouseError, match=words):
        verify_pending("visits")
    assert _vintages() == ["2024-01"]
