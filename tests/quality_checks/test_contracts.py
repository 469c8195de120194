"""The contracts themselves: well-formed, about the published columns, and every check seen to pass and to fail.

`good/*.sql` fills the contracts' tables with a few rows that pass. `spoilings/<contract>.yml` spoils them, one rule at
a time, and names the checks that must notice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import psycopg
import pytest
import yaml

from core.settings import PROJECT_DIR
from warehouse.checks.soda import ContractRunner

pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)")

HERE = Path(__file__).parent
RAW = sorted((PROJECT_DIR / "quality_checks" / "raw").glob("*.yml"))
MARTS = sorted((PROJECT_DIR / "quality_checks" / "marts").glob("*.yml"))
MODELS = {path.stem: path for path in (PROJECT_DIR / "dbt_project" / "models" / "marts").rglob("*.sql")}
VARIABLES = {"SCHEMA": "candidate", "REFRESH_ID": "r1", "BATCH_ID": "b2"}  # as good/*.sql has them

each_contract = pytest.mark.parametrize("path", RAW + MARTS, ids=lambda path: path.stem)


def _contract(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text())


def _checks(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each check's name within its table, as the adapter makes it, and its body."""
    contract = _contract(path)
    for owner in [*contract["columns"], contract]:
        for check in owner.get("checks", []):
            ((kind, body),) = check.items()
            body = body or {}
            yield ".".join(filter(None, [owner.get("name"), body.get("qualifier", kind)])), body


@pytest.fixture(scope="module")
def soda_schema() -> jsonschema.Draft202012Validator:
    """Soda's own schema of a contract, with the keys that its engine reads and its schema forgot."""
    schema = json.loads((files("soda_core.contracts") / "soda_data_contract_json_schema_1_0_0.json").read_text())
    attributes = {"$ref": "#/$defs/attributes"}
    schema["properties"]["check_attributes"] = attributes
    for check in schema["properties"]["checks"]["items"]["anyOf"]:
        if "failed_rows" in check["properties"]:
            check["properties"]["failed_rows"]["oneOf"][0]["properties"] |= {
                "attributes": attributes,
                "filter": {"type": "string"},
            }
    return jsonschema.Draft202012Validator(schema)


@each_contract
def test_a_contract_follows_sodas_schema(path: Path, soda_schema: jsonschema.Draft202012Validator) -> None:
    """Soda itself passes over a misspelt key, and over what it was to check."""
    errors = soda_schema.iter_errors(_contract(path))
    assert [jsonschema.exceptions.best_match([error]).message for error in errors] == []


def test_sodas_schema_notices_a_misspelt_key(soda_schema: jsonschema.Draft202012Validator) -> None:
    contract = _contract(MARTS[0])
    contract["checks"][0] = {"schema": {"allow_extra_column": True}}
    assert not soda_schema.is_valid(contract)


@each_contract
def test_check_names_are_unique(path: Path) -> None:
    names = [name for name, _ in _checks(path)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", RAW, ids=lambda path: path.stem)
def test_a_raw_contract_looks_at_one_batch(path: Path) -> None:
    assert _contract(path)["filter"] == "_batch_id = '${var.BATCH_ID}'"
    for name, body in _checks(path):
        assert "BATCH_ID" in body.get("query", "BATCH_ID"), name


@pytest.mark.parametrize("path", MARTS, ids=lambda path: path.stem)
def test_a_mart_contract_agrees_with_its_model(path: Path) -> None:
    """The same types, and the model's primary key checked for duplicates."""
    (model,) = yaml.safe_load(MODELS[path.stem].with_suffix(".yml").read_text())["models"]
    types = {column["name"]: column["data_type"] for column in model["columns"]}
    contract = _contract(path)
    assert {column["name"]: column["data_type"] for column in contract["columns"]}.items() <= types.items()
    (key,) = [each["columns"] for each in model["constraints"] if each["type"] == "primary_key"]
    unique = [[c["name"]] for c in contract["columns"] for check in c.get("checks", []) if "duplicate" in check]
    unique += [check["duplicate"]["columns"] for check in contract["checks"] if "duplicate" in check]
    assert sorted(key) in [sorted(columns) for columns in unique]


def test_every_mart_has_a_contract() -> None:
    assert MODELS.keys() == {path.stem for path in MARTS}


@pytest.fixture
def good(admin: psycopg.Connection) -> psycopg.Connection:
    """Every contract's table with a few good rows, and the batches behind them."""
    admin.execute("create schema candidate")
    for schema, paths in (("raw", RAW), ("candidate", MARTS)):
        for path in paths:
            columns = ", ".join(f"{column['name']} {column['data_type']}" for column in _contract(path)["columns"])
            admin.execute(f"create table {schema}.{path.stem} ({columns})")
    admin.execute("set search_path to candidate")
    for path in sorted((HERE / "good").glob("*.sql")):
        admin.execute(path.read_text())
    return admin


@pytest.fixture
def insider(good: psycopg.Connection) -> Iterator[ContractRunner]:
    """A runner inside the administrator's transactions, so that what was spoilt there can be rolled back."""
    with ContractRunner() as runner:
        runner._source.open_connection()
        connection = runner._source.data_source_connection
        own, connection.connection = connection.connection, good
        yield runner
        connection.connection = own


def _failing(runner: ContractRunner, path: Path) -> set[str]:
    outcomes = runner.run_contract(path, VARIABLES)
    assert [each.message for each in outcomes if each.outcome == "not_evaluated"] == []
    return {each.check_name.removeprefix(f"{path.stem}.") for each in outcomes if each.outcome == "failed"}


@each_contract
def test_every_check_passes_and_can_fail(good: psycopg.Connection, insider: ContractRunner, path: Path) -> None:
    """Good rows pass all checks; a spoiling fails the checks it names and no other; together they fail every check."""
    assert _failing(insider, path) == set()
    spoilings = yaml.safe_load((HERE / "spoilings" / path.name).read_text())
    for spoiling in spoilings:
        with good.transaction(force_rollback=True):
            good.execute(spoiling["sql"])
            assert _failing(insider, path) == set(spoiling["fails"]), spoiling["sql"]
    noticed = {check for spoiling in spoilings for check in spoiling["fails"]}
    assert noticed == {name for name, _ in _checks(path)}
