"""A table's whole contract: what follows from definition or model, what its own file adds, and what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ingest.definition.dataset import load_definitions
from warehouse.checks import gate
from warehouse.checks.contract import Mart, RawTable, find_mart, whole_contract
from warehouse.checks.gate import verify_candidates

pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)")

MODEL = """
models:
  - name: visit
    description: One row per place and month.
    constraints: [{type: primary_key, columns: [place, month]}]
    columns:
      - {name: place, data_type: text}
      - {name: month, data_type: date}
      - {name: visit_count, data_type: integer, constraints: [{type: not_null}]}
      - {name: note, data_type: text}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "visit.yml"
    path.write_text(text)
    return path


def names(contract: dict[str, Any]) -> list[str]:
    """Every check of a whole contract, as its table will be told."""
    found = []
    for owner in [*contract["columns"], contract]:
        for check in owner.get("checks", []):
            ((kind, body),) = check.items()
            found.append(".".join(filter(None, [owner.get("name"), (body or {}).get("qualifier", kind)])))
    return found


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    (tmp_path / "models").mkdir()
    write(tmp_path / "models", MODEL)
    found = find_mart(tmp_path / "models", "visit")
    assert found
    return found


def test_a_raw_contract_follows_from_its_definition(tmp_path: Path) -> None:
    path = write(tmp_path, "owner: desk\nremedy: Ask.\nchecks: [{metric: {qualifier: areas}}]")
    whole = json.loads(whole_contract(path, RawTable(load_definitions()["mps_borough_crime"])))
    assert whole["check_attributes"] == {"kind": "source", "owner": "desk", "remedy": "Ask."}
    assert whole["filter"] == "_batch_id = '${var.BATCH_ID}'"
    assert names(whole) == [
        "area_name.missing", "offence_group.missing", "offence_subgroup.missing", "month.missing",
        "offence_count.missing", "_row_number.missing", "_source_column.missing",
        "schema", "row_count", "loaded_records", "duplicate", "areas",
    ]  # fmt: skip
    assert whole["checks"][3]["duplicate"]["columns"] == ["area_name", "offence_group", "offence_subgroup", "month"]


def test_in_one_pass_required_columns_are_one_check_and_the_key_none(tmp_path: Path) -> None:
    path = write(tmp_path, "owner: desk\nremedy: Ask.\none_pass: true")
    whole = json.loads(whole_contract(path, RawTable(load_definitions()["mps_borough_crime"])))
    assert names(whole) == ["schema", "row_count", "required", "loaded_records"]
    assert whole["checks"][2]["failed_rows"]["expression"] == (
        "num_nulls(area_name, offence_group, offence_subgroup, month, offence_count, _row_number, _source_column) > 0"
    )


def test_a_marts_contract_follows_from_its_model(tmp_path: Path, mart: Mart) -> None:
    own = "columns: [{name: note, checks: [{invalid: {valid_values: [a]}}]}]\nchecks: [{row_count: }]"
    whole = json.loads(whole_contract(write(tmp_path, own), mart))
    assert names(whole) == ["note.invalid", "schema", "duplicate", "required", "row_count"]
    assert whole["check_attributes"]["owner"] == "data engineer"
    assert whole["checks"][1]["duplicate"]["columns"] == ["place", "month"]
    assert whole["checks"][2]["failed_rows"]["expression"] == "num_nulls(place, month, visit_count) > 0"


def test_a_check_that_contracts_share_is_quoted_by_name(tmp_path: Path, mart: Mart) -> None:
    own = "columns: [{name: note, checks: [financial_year]}]\nchecks: [month_is_first_day]"
    whole = json.loads(whole_contract(write(tmp_path, own), mart))
    assert names(whole) == ["note.invalid", "schema", "duplicate", "required", "month_is_first_day"]
    assert whole["checks"][-1]["failed_rows"]["expression"] == "extract(day from month) <> 1"


def test_a_file_may_say_nothing_of_its_own(tmp_path: Path, mart: Mart) -> None:
    assert names(json.loads(whole_contract(write(tmp_path, "# Nothing."), mart))) == ["schema", "duplicate", "required"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("remedi: Mend it.", "key remedi: Extra inputs are not permitted; quality_checks/README.md"),
        ("dataset: warehouse/db/candidate/visit", "key dataset: Extra inputs are not permitted"),
        ("columns: [{name: note, data_type: text}]", r"key columns.note.checks: Field required"),
        ("columns: [{name: nothing, checks: [{missing: }]}]", "columns: visit has no column nothing"),
        ("owner: a\nowner: b", "owner stands there twice"),
        ("- a list", "key .all.: "),
        (
            "checks: [month_is_first]",
            "key checks.0: Value error, there is no shared check month_is_first; quality_checks/",
        ),
    ],
)
def test_what_a_contract_may_not_say_is_refused(
    admin: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, error: str
) -> None:
    """By the gate too: such a contract did not run, and nothing is published on it."""
    models, contracts = tmp_path / gate.MODELS / "marts", tmp_path / "quality_checks"
    for folder, content in ((models, MODEL), (contracts / "marts", text)):
        folder.mkdir(parents=True)
        write(folder, content)
    monkeypatch.setattr(gate, "CONTRACTS", contracts)
    admin.execute("create schema candidate; create table candidate.visit (place text)")
    (outcome,) = verify_candidates("r1").failed
    assert outcome.outcome == "not_evaluated"
    assert re.search(error, str(outcome.message))


def test_a_raw_contract_says_whom_to_ask(tmp_path: Path) -> None:
    definition = load_definitions()["mps_borough_crime"]
    with pytest.raises(ValueError, match="it says no owner and no remedy"):
        whole_contract(write(tmp_path, "checks: []"), RawTable(definition))
