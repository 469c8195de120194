"""From published payments, notices and registers to who is paid and under which contract, worked out by hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from releases import add_input, add_refresh

from core import db
from core.settings import GENERATED_SOURCES, PROJECT_DIR
from ingest.load.load_file import BatchReport
from ingest.pipeline import ingest_dataset
from warehouse.refresh import dbt_build, layers
from warehouse.refresh.compile_releases import compile_releases

REFRESH, PREFIX = "procurement", "procurement_"
DATASETS = ("contracts_finder", "contract_register_list", "spend_over_threshold")
SPEND = Path("procurement", "spend_over_threshold", "metropolitan")
AGAIN = ',10006,Made-up Consultants,542000,Advice,5100010,"45,000.00",15/05/2024,Corporate\r\n'
D = Decimal


@pytest.fixture(scope="module")
def files(project: psycopg.Connection, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[BatchReport]]:
    """The generated extracts, and the second period's payments once more, with one more, under another name."""
    inbox = tmp_path_factory.mktemp("sources")
    shutil.copytree(GENERATED_SOURCES / "procurement", inbox / "procurement")
    second = (inbox / SPEND / "GENERATED_payments_2024-25-p02.csv").read_bytes().replace(b"120,249.75", b"165,249.75")
    total = second.rindex(b",,Grand")
    (inbox / SPEND / "payments_p02_corrected.csv").write_bytes(second[:total] + AGAIN.encode() + second[total:])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCES", str(inbox))
        loaded = [batch for dataset in DATASETS for batch in ingest_dataset(dataset).batches]
    add_refresh(project, REFRESH)
    for order, batch in enumerate(loaded):
        add_input(project, REFRESH, str(batch.batch_id), order)
    with db.connect("transformer") as connection:
        compile_releases(connection, REFRESH, PREFIX, PROJECT_DIR)
    arguments = ["build", "--exclude", "resource_type:unit_test", "--indirect-selection", "cautious", "--select"]
    response = dbt_build._invoke(
        [*arguments, "+supplier_spend", "+procurement_flag"], REFRESH, date(2024, 12, 1), PREFIX
    )
    assert response.success, [(each.node.name, each.message) for each in response.result if each.status != "success"]
    yield loaded
    for layer in (*layers.LAYERS, "compiled", "seed"):
        project.execute(f"drop schema if exists {PREFIX}{layer} cascade")


def test_every_file_is_taken_and_nothing_set_aside(files: list[BatchReport]) -> None:
    assert {(each.status, each.records_quarantined) for each in files} == {("pending", 0)}


def test_who_is_paid_and_is_it_under_contract(files: list[BatchReport], project: psycopg.Connection) -> None:
    """A corrected file replaces the one that it repeats; the withheld payee is unknown; two spellings are one firm."""
    spent = project.execute(
        f"select body_code, supplier_name, spend_gbp, credit_gbp, transaction_count, repeated_count, has_contract, "
        f"is_lookalike from {PREFIX}candidate.supplier_spend order by body_code desc, net_gbp desc"
    ).fetchall()
    assert spent == [
        ("metropolitan", "Made-up Support", D("95000.00"), 0, 2, 0, True, False),
        ("metropolitan", "Made-up Software plc", D("72000.00"), 0, 2, 1, True, False),
        ("metropolitan", "Made-up Consultants", D("45000.00"), 0, 1, 0, False, False),
        ("metropolitan", "Made-up Builders Ltd", D("35640.50"), D("-500.25"), 3, 0, True, False),
        ("metropolitan", "Unknown", D("1250.00"), 0, 1, 0, False, False),
        ("metropolitan", "Made-up Café", D("312.75"), D("-60.00"), 2, 0, True, False),
        ("lancashire", "Made-up Outfitters", D("1830.25"), 0, 1, 0, False, True),
        ("lancashire", "MADE-UP RADIOS LTD", D("975.5"), D("-75.5"), 2, 0, True, True),
        ("lancashire", "Unknown", D("640"), 0, 1, 0, False, True),
    ]
    repeats = project.execute(
        f"select source_vintage, repeated_in, line_count, shared_count "
        f"from {PREFIX}intermediate.int_procurement__payment_repeat"
    ).fetchall()
    assert repeats == [("2024-05-metropolitan", "2024-05-metropolitan", 5, 5)]


def test_what_somebody_should_ask_about(files: list[BatchReport], project: psycopg.Connection) -> None:
    """The consultants have no contract; Lancashire's outfitters have none either, and were paid too little to ask."""
    flags = project.execute(
        f"select subject_id, measured_value, evidence from {PREFIX}candidate.procurement_flag "
        "where flag_code = 'paid_without_contract'"
    ).fetchall()
    assert flags == [
        ("metropolitan name-made-up-consultants 2024/25", D("45000.00"), "payments: 2024-05-metropolitan row 9")
    ]


def test_registers_that_are_lists_join_the_notices(files: list[BatchReport], project: psycopg.Connection) -> None:
    listed = project.execute(
        f"select ocid, buyer_code, supplier_name, value_gbp, value_status, start_date, end_date "
        f"from {PREFIX}candidate.contract_register where stage = 'listed' order by ocid"
    ).fetchall()
    assert listed == [
        (
            "register-lancashire-lc_7",
            "lancashire",
            "MADE-UP RADIOS LTD",
            D(61000),
            "stated",
            date(2024, 1, 1),
            date(2026, 12, 31),
        ),
        (
            "register-metropolitan-mu_001",
            "metropolitan",
            "Made-up Software plc",
            D("180000.00"),
            "stated",
            date(2024, 4, 1),
            date(2029, 3, 31),
        ),
        (
            "register-metropolitan-mu_002",
            "metropolitan",
            "Made-up Café",
            D("4800.00"),
            "stated",
            date(2023, 1, 1),
            date(2024, 12, 31),
        ),
        ("register-metropolitan-mu_003", "metropolitan", "Unknown", None, "absent", date(2024, 7, 1), None),
    ]
