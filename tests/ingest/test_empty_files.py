"""A file that may rightly be empty is known as empty: no failure, no figure, and not read again."""

from __future__ import annotations

from pathlib import Path

import psycopg
from crime_files import Inbox

from ingest.pipeline import ingest_dataset
from warehouse.checks.gate import verify_pending

HEADER = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name"


def put(inbox: Inbox, dataset: str, name: str, content: str) -> Path:
    home = inbox.root / "crime" / dataset
    home.mkdir(parents=True, exist_ok=True)
    (home / name).write_text(content)
    return home


def test_a_month_without_outcomes_is_known(inbox: Inbox, admin: psycopg.Connection) -> None:
    put(inbox, "police_uk_outcomes", "2024-03-gwent-outcomes.csv", f"{HEADER},Outcome type\n")

    assert [batch.status for batch in ingest_dataset("police_uk_outcomes").batches] == ["empty"]
    assert [batch.status for batch in ingest_dataset("police_uk_outcomes").batches] == ["known"]
    assert verify_pending("police_uk_outcomes") == []
    [(status, rows)] = admin.execute(
        "select status, rows_loaded from marts.data_freshness where dataset = 'police_uk_outcomes'"
    ).fetchall()
    assert status != "failing"
    assert rows == 0


def test_a_month_without_any_crime_is_no_publication(inbox: Inbox) -> None:
    content = f"{HEADER},Crime type,Last outcome category,Context\n"
    put(inbox, "police_uk_street", "2024-03-gwent-street.csv", content)
    [batch] = ingest_dataset("police_uk_street").batches

    assert batch.status == "refused"
    assert "a header and no rows" in str(batch.reason)


def test_blank_rows_alone_are_no_rows(inbox: Inbox) -> None:
    put(inbox, "police_uk_outcomes", "2024-03-gwent-outcomes.csv", f"{HEADER},Outcome type\n,,,,,,,,,\n\n")

    assert [batch.status for batch in ingest_dataset("police_uk_outcomes").batches] == ["empty"]
