"""The contracts themselves: well-formed, about known columns, and every check seen to pass and to fail.

`good/*.sql` fills the contracts' tables with a few rows that pass. `spoilings/<contract>.yml` spoils them, one rule of
the contract's own at a time, and names the checks that must notice. The standard checks are spoilt here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import psycopg
import pytest
import yaml

from core import db
from core.settings import PROJECT_DIR
from ingest.definition.dataset import load_definitions
from warehouse.checks.contract import RawTable, Standard, find_mart, own_part, whole_contract
from warehouse.checks.soda import ContractRunner

pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)")

HERE = Path(__file__).parent
RAW = sorted((PROJECT_DIR / "quality_checks" / "raw").glob("*.yml"))
MARTS = sorted((PROJECT_DIR / "quality_checks" / "marts").glob("*.yml"))
RESTRICTED = sorted((PROJECT_DIR / "quality_checks" / "restricted").glob("*.yml"))
MODELS = PROJECT_DIR / "dbt_project" / "models"
SCHEMAS = {"raw": "raw", "marts": "candidate", "restricted": "candidate_restricted"}
VARIABLES = {"REFRESH_ID": "r1", "BATCH_ID": "b2"}  # as good/*.sql has them
MADE_UP = {
    "text": "'made up ' || n",
    "integer": "n",
    "bigint": "n",
    "numeric": "n + 0.5",
    "boolean": "true",
    "date": "make_date(2024, n, 1)",
    "timestamp with time zone": "make_timestamptz(2024, n, 1, 12, 0, 0)",
}

each_contract = pytest.mark.parametrize(
    "path", RAW + MARTS + RESTRICTED, ids=lambda path: f"restricted.{path.stem}" if path in RESTRICTED else path.stem
)


@cache
def _standard(path: Path) -> Standard:
    folder = MODELS / path.parent.stem
    standard = RawTable(load_definitions()[path.stem]) if path in RAW else find_mart(folder, path.stem)
    assert standard, f"no model declares {path.stem}"
    return standard


def _contract(path: Path) -> dict[str, Any]:
    """The whole contract, as Soda reads it."""
    return yaml.safe_load(whole_contract(path, _standard(path)))


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


def test_every_mart_has_a_contract() -> None:
    assert {path.stem for path in (MODELS / "marts").rglob("*.sql")} == {path.stem for path in MARTS}
    models = (MODELS / "restricted").rglob("*.sql")
    assert {path.stem.removeprefix("restricted_") for path in models} == {path.stem for path in RESTRICTED}


@pytest.fixture(scope="module")
def good(shared_warehouse: str) -> Iterator[psycopg.Connection]:
    """Every contract's table with a few good rows, and the batches behind them; who spoils them takes it back."""
    with db.connect("admin", autocommit=True) as admin:
        admin.execute("create schema candidate; create schema candidate_restricted")
        for path in RAW + MARTS + RESTRICTED:
            columns = ", ".join(f"{name} {kind}" for name, kind in _standard(path).columns.items())
            admin.execute(f"create table {SCHEMAS[path.parent.stem]}.{path.stem} ({columns})")
        admin.execute("set search_path to candidate")
        for path in sorted((HERE / "good").glob("*.sql")):
            admin.execute(path.read_text())
        for path in RAW + MARTS + RESTRICTED:
            _fill(admin, path)
        yield admin


def _fill(admin: psycopg.Connection, path: Path) -> None:
    """Rows for a table that nobody wrote any for: enough where its contract has no checks of its own."""
    columns = _standard(path).columns
    table = f"{SCHEMAS[path.parent.stem]}.{path.stem}"
    values = ", ".join("'b2'" if name == "_batch_id" else MADE_UP[kind] for name, kind in columns.items())
    admin.execute(
        f"insert into {table} select {values} from generate_series(1, 8) as n "
        f"where not exists (select from {table})"  # eight: what batch b2 has loaded
    )


@pytest.fixture(scope="module")
def insider(good: psycopg.Connection) -> Iterator[ContractRunner]:
    """A runner inside the administrator's transactions, so that what was spoilt there can be rolled back."""
    with ContractRunner() as runner:
        runner._source.open_connection()
        connection = runner._source.data_source_connection
        own, connection.connection = connection.connection, good
        yield runner
        connection.connection = own


def _failing(runner: ContractRunner, path: Path) -> set[str]:
    outcomes = runner.run_contract(path, VARIABLES | {"SCHEMA": SCHEMAS[path.parent.stem]}, _standard(path))
    assert [each.message for each in outcomes if each.outcome == "not_evaluated"] == []
    return {each.check_name.removeprefix(f"{path.stem}.") for each in outcomes if each.outcome == "failed"}


def _standard_spoilings(path: Path) -> Iterator[tuple[str, set[str]]]:
    """What spoils good rows of any table, and the standard checks that must notice; others may."""
    is_raw, standard = path in RAW, _standard(path)
    table, rows = f"{SCHEMAS[path.parent.stem]}.{path.stem}", "_batch_id = 'b2'" if is_raw else "true"
    text = next(name for name, kind in standard.columns.items() if kind == "text")
    yield f"alter table {table} alter {text} type varchar", {"schema"}
    if is_raw:
        yield f"delete from {table} where {rows}", {"row_count", "loaded_records"}
    by_column, of_table = standard.checks(own_part(path))
    keys = [f"{name}.duplicate" for name, checks in by_column.items() if "duplicate" in checks[0]]
    if keys or any("duplicate" in check for check in of_table):
        yield f"insert into {table} select * from {table} where {rows} limit 1", {*(keys or ["duplicate"])}
    for mapping in own_part(path).mappings if is_raw else []:
        check = {mapping.check(standard.definition)["failed_rows"]["qualifier"]}
        texts = [name for name, kind in standard.columns.items() if kind == "text" and name in str(mapping.columns)]
        if texts:
            yield f"update {table} set {texts[0]} = 'Erewhon' where {rows}", check
        else:
            yield "update audit.batch set layout = 'a new header' where batch_id = 'b2'", check
    missing = [name for name, checks in by_column.items() if "missing" in checks[0]]
    if missing:
        nothing = ", ".join(f"{name} = null" for name in missing)
        yield f"update {table} set {nothing} where {rows}", {f"{name}.missing" for name in missing}
    for check in of_table:
        if check.get("failed_rows", {}).get("qualifier") == "required":
            required = re.findall(r"\w+", check["failed_rows"]["expression"])[1:-1]
            yield f"update {table} set {required[-1]} = null where {rows}", {"required"}


@each_contract
def test_every_check_passes_and_can_fail(good: psycopg.Connection, insider: ContractRunner, path: Path) -> None:
    """Good rows pass all checks; a spoiling fails the checks it names and no other; together they fail every check."""
    with good.transaction(force_rollback=True):
        if path in RAW:
            (layout, *_) = load_definitions()[path.stem].layouts
            good.execute("update audit.batch set layout = %s where batch_id = 'b2'", [layout.name])
        assert _failing(insider, path) == set()
        _assert_each_can_fail(good, insider, path)


def _assert_each_can_fail(good: psycopg.Connection, insider: ContractRunner, path: Path) -> None:
    own_spoilings = HERE / "spoilings" / ("restricted" if path in RESTRICTED else "") / path.name
    noticed: set[str] = set()
    for sql, fails in _standard_spoilings(path):
        with good.transaction(force_rollback=True):
            good.execute(sql)
            assert fails <= _failing(insider, path), sql
        noticed |= fails
    for spoiling in yaml.safe_load(own_spoilings.read_text()) if own_spoilings.exists() else []:
        with good.transaction(force_rollback=True):
            good.execute(spoiling["sql"])
            assert _failing(insider, path) == set(spoiling["fails"]), spoiling["sql"]
        noticed |= set(spoiling["fails"])
    assert noticed == {name for name, _ in _checks(path)}
