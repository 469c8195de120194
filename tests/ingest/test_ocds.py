"""The contract publishers' release packages through the pipeline: batches, vintages, raw rows, real notices."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from ingest.pipeline import ingest_dataset
from warehouse.checks.gate import verify_pending


@pytest.mark.parametrize(
    ("dataset", "vintages"), [("contracts_finder", ["2024-05", "2024-06"]), ("find_a_tender", ["2024-05"])]
)
def test_generated_packages_are_accepted_and_named_by_their_month(
    dataset: str, vintages: list[str], warehouse: str
) -> None:
    ingest_dataset(dataset)
    assert [(each.vintage, each.status) for each in verify_pending(dataset)] == [(v, "accepted") for v in vintages]


def test_a_row_says_where_in_its_notice_it_stands(warehouse: str, admin: psycopg.Connection) -> None:
    ingest_dataset("contracts_finder")
    rows = admin.execute(
        "select _row_number, _source_column, award_value, supplier_register_id from raw.contracts_finder "
        "where release_id = '0001-3' order by _source_column"
    ).fetchall()
    assert rows == [
        (1, "awards[0].suppliers[0]", Decimal("1712500.75"), "00000001"),
        (1, "awards[0].suppliers[1]", Decimal("1712500.75"), None),
    ]


def test_a_notice_that_does_not_fit_refuses_its_page_with_place_and_remedy(
    warehouse: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "procurement" / "contracts_finder"
    inbox.mkdir(parents=True)
    releases = [{"ocid": "ocds-1", "id": "1", "date": "2024-05-21T11:22:50Z", "tag": ["award"], "awards": "none"}]
    document = {"uri": "u", "publishedDate": "2024-05-21", "publisher": {}, "releases": releases}
    (inbox / "page.json").write_text(json.dumps(document))
    monkeypatch.setenv("SOURCES", str(tmp_path))

    [report] = ingest_dataset("contracts_finder").batches

    assert report.reason == (
        "procurement/contracts_finder/page.json, row 1, column awards: awards is text, not a list (rule structure)."
    )
    assert report.remedy is not None
    assert "Ask Cabinet Office for a corrected file" in report.remedy


def test_real_notices_are_all_read(
    warehouse: str, admin: psycopg.Connection, real_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES", str(real_data))
    batches = ingest_dataset("contracts_finder").batches

    assert {batch.status for batch in batches} == {"pending"}
    assert len(batches) == 201
    assert sum(batch.records_read for batch in batches) == sum(batch.records_loaded for batch in batches) == 903
    # A notice of each buyer that is the authority, as its page shows it.
    notices = admin.execute(
        "select buyer_name, tender_title, tender_value, count(supplier_name), min(_source_column) "
        "from raw.contracts_finder where buyer_name ~ 'Policing and Crime' group by 1, 2, 3 order by 1"
    ).fetchall()
    assert notices == [
        ("Mayor's Office for Policing and Crime", "Pan London Sexual Violence Support Service", 65387492, 0, None),
        (
            "Mayors Office for Policing and Crime (MOPAC)",
            "GLA81404 For Embedded Youth Work Hospital Accident & Emergency (A&E) Service",
            2500000,
            2,
            "awards[0].suppliers[0]",
        ),
    ]
    # Sums of the published files, computed without the reader.
    awards: dict[str, Decimal] = {}
    for path in (real_data / "procurement" / "ocds_releases").rglob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)
        for release in document.get("releases", [document]):
            for award in release.get("awards", []):
                awards[award["id"]] = award["value"]["amount"]
    row = admin.execute(
        "select count(*), sum(award_value) from (select distinct award_id, award_value from raw.contracts_finder "
        "where award_id is not null) as awards"
    ).fetchone()
    assert row == (len(awards), sum(awards.values()))
