"""The grants feeds through the pipeline: batch, vintage, account, raw rows with their sheet."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from tax_workbooks import book, changed

from ingest.pipeline import ingest_dataset
from warehouse.checks.gate import verify_pending


def test_generated_workbooks_are_accepted_and_named_by_their_year(warehouse: str, admin: psycopg.Connection) -> None:
    ingest_dataset("council_tax_requirement")
    verdicts = verify_pending("council_tax_requirement")

    assert [(verdict.vintage, verdict.status) for verdict in verdicts] == [
        ("2015-16", "accepted"),
        ("2016-17", "accepted"),
        ("2020-21", "accepted"),
    ]
    rows = admin.execute(
        "select b.layout, r._sheet, r._row_number, r.requirement_gbp = round(r.tax_base * r.band_d_gbp) "
        "from raw.council_tax_requirement as r inner join audit.batch as b on b.batch_id = r._batch_id "
        "where r.authority_name = 'London Boroughs less CoL' order by b.vintage"
    ).fetchall()
    assert rows == [
        ("freeze_grant", "Data", 25, True),
        ("social_care", "Data", 25, True),
        ("social_care", "Data", 25, True),
    ]


@pytest.mark.parametrize("dataset", ["police_grant", "police_funding"])
def test_generated_reports_are_accepted(dataset: str, warehouse: str) -> None:
    ingest_dataset(dataset)

    assert [(v.vintage, v.status) for v in verify_pending(dataset)] == [
        ("2019-20", "accepted"),
        ("2020-21", "accepted"),
    ]


def test_a_wrong_cell_refuses_the_workbook_with_sheet_row_and_cell(
    warehouse: str, admin: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "grants" / "council_tax_requirement"
    inbox.mkdir(parents=True)
    (inbox / "ctr.xlsx").write_bytes(book(changed(5, "n/a")))
    monkeypatch.setenv("SOURCES", str(tmp_path))
    [report] = ingest_dataset("council_tax_requirement").batches

    assert report.status == "refused"
    assert report.reason == (
        "grants/council_tax_requirement/ctr.xlsx, sheet Data, row 6, column 1. Council Tax Requirement including "
        "special expenses and local precepts. > {year}: "
        'cell F6: requirement_gbp "n/a" is text, not a number (rule type).'
    )
    assert admin.execute("select sheet, row_number from audit.quarantine").fetchall() == [("Data", 6)]
