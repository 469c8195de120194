"""Payments of public bodies through the pipeline: every real file, row by row and pound by pound."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from ingest.definition.dataset import load_definitions
from ingest.pipeline import ingest_dataset
from warehouse.checks.gate import verify_pending

# Files, rows, pounds and credits of each body, as counted in the files themselves by other means than ours: the numbers
# in the column of amounts, without those of total rows.
BODIES = {
    "home_office_cards": (1, 872, "2097376.09", 0),
    "hyndburn_bc": (82, 25680, "151822106.13", 211),
    "lambeth": (2, 2082, "79593709.03", 0),
    "lancashire": (5, 35946, "353068869.80", 252),
    "lancashire_fra": (4, 14202, "71394751.84", 440),
    "oxford_city": (3, 8903, "37254644.34", 16),
}
LANCASHIRE = {
    "pcc-2018-19.xlsx": (7986, 7974, 12, "62208683.77", 67),
    "pcc-2019-20.xlsx": (7223, 7211, 12, "50267675.95", 2),
    "pcc-2020-21.xlsx": (5262, 5250, 12, "53401238.75", 41),
    "pcc-2022-23.xlsx": (7666, 7654, 12, "76228986.50", 52),
    "pcc-2024-25.xlsx": (7867, 7857, 10, "110962284.83", 90),
}


def test_the_generated_lists_are_accepted(warehouse: str) -> None:
    for dataset in ("spend_over_threshold", "contract_register_list"):
        ingest_dataset(dataset)
        assert {each.status for each in verify_pending(dataset)} == {"accepted"}


def test_every_real_list_of_payments(
    real_data: Path,
    national_data: Path,
    warehouse: str,
    admin: psycopg.Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is set aside; the one printed total (Lambeth's of August 2011, 41,146,090.89) is the sum of its rows."""
    for root in (real_data, national_data):
        for folder in load_definitions()["spend_over_threshold"].inbox_folders:
            if (root / "procurement" / folder).is_dir():
                shutil.copytree(root / "procurement" / folder, tmp_path / "procurement" / folder, dirs_exist_ok=True)
    monkeypatch.setenv("SOURCES", str(tmp_path))
    report = ingest_dataset("spend_over_threshold")
    assert {each.status for each in verify_pending("spend_over_threshold")} == {"accepted"}
    assert sum(each.records_quarantined for each in report.batches) == 0
    assert report.notes == []

    sums = admin.execute(
        "select body_code, count(distinct _batch_id), count(*), sum(amount_gbp), "
        "count(*) filter (where amount_gbp < 0) from raw.spend_over_threshold group by body_code"
    ).fetchall()
    assert {body: tuple(figures) for body, *figures in sums} == {
        body: (files, rows, Decimal(total), credits) for body, (files, rows, total, credits) in BODIES.items()
    }
    by_file = admin.execute(
        "select name, sum(amount_gbp), count(*) filter (where amount_gbp < 0) from raw.spend_over_threshold "
        "inner join audit.batch on batch_id = _batch_id inner join audit.source_file using (dataset, sha256) "
        "where body_code = 'lancashire' group by name"
    ).fetchall()
    found = {Path(name).name: (total, credits) for name, total, credits in by_file}
    accounts = {
        Path(each.file_name).name: (each.records_read, each.records_loaded, each.records_skipped, *found[name])
        for each in report.batches
        if (name := Path(each.file_name).name) in LANCASHIRE
    }
    assert accounts == {name: (*rest, Decimal(total), n) for name, (*rest, total, n) in LANCASHIRE.items()}
    assert admin.execute("select sum(record_count) from audit.skipped_record where rule = 'total'").fetchone() == (1,)
