"""A table's whole contract: what follows from its definition or its model, and what its own file adds to that.

A file under `quality_checks` says who mends the table and what is its own. Columns, types, required columns, key and
the other standard checks are said once, by the dataset's definition (raw) or the model's YAML (marts).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Protocol

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from core.settings import PROJECT_DIR
from ingest.definition.checks import UniqueKeys
from ingest.definition.dataset import Dataset
from ingest.load.raw_table import raw_columns
from warehouse.checks.mappings import Mapping
from warehouse.checks.spelling import Spelling

Check = dict[str, Any]
# Readers that say of every value or row where it stood; others only where a row is one of a list.
PLACED = ("wide_months", "workbook")
LOADED_RECORDS = """
select b.batch_id, b.records_loaded, count(r._batch_id) as rows_found
from audit.batch as b
left join raw.{table} as r on r._batch_id = b.batch_id
where b.batch_id = '${{var.BATCH_ID}}'
group by b.batch_id, b.records_loaded
having b.records_loaded <> count(r._batch_id)
"""
SIGNED = """
select b.batch_id
from audit.batch as b
left join audit.sign_off as s using (dataset, sha256)
where b.batch_id = '${var.BATCH_ID}' and s.name is null
"""
NOT_AFTER_SIGN_OFF = """
select r.{period}, s.signed_on
from raw.{table} as r
inner join audit.batch as b on b.batch_id = r._batch_id
inner join audit.sign_off as s using (dataset, sha256)
where r._batch_id = '${{var.BATCH_ID}}' and {last_day} > s.signed_on
"""
LAST_DAY = {"financial_year": "make_date(left(r.{period}, 4)::integer + 1, 3, 31)"}
DATA_ENGINEER = {"kind": "integrity", "owner": "data engineer"}
# Checks that contracts quote by name.
SHARED = PROJECT_DIR / "quality_checks" / "shared.yml"


def _written_out(check: Any) -> Any:
    """The check itself, where a contract quotes a shared one by name."""
    if not isinstance(check, str):
        return check
    shared = _shared()
    if check not in shared:
        raise ValueError(f"there is no shared check {check}; quality_checks/{SHARED.name} has {', '.join(shared)}")
    return shared[check]


@cache
def _shared() -> dict[str, Check]:
    checks: dict[str, Check] = yaml.load(SHARED.read_text(encoding="utf-8"), Loader=UniqueKeys)  # noqa: S506
    return checks


OwnCheck = Annotated[Check, BeforeValidator(_written_out)]


class OwnColumn(BaseModel):
    """The checks of one column that follow from nothing else."""

    model_config = ConfigDict(extra="forbid")

    name: str
    checks: list[OwnCheck] = Field(min_length=1)


class OwnPart(BaseModel):
    """What a contract's file may say: who mends the table, and the checks that follow from nothing else.

    `one_pass` is for files too long or too wide for a check a column and a sort of every row: their required columns
    are one check, and their key is checked by one of the contract's own, or not at all. `mappings` name the seeds that
    must know each value of a batch, `spelt` the columns of codes in which somebody may have mistyped one.
    """

    model_config = ConfigDict(extra="forbid")

    owner: str | None = None
    remedy: str | None = None
    one_pass: bool = False
    mappings: list[Mapping] = []
    spelt: list[Spelling] = []
    columns: list[OwnColumn] = []
    checks: list[OwnCheck] = []


class Standard(Protocol):
    """What is known of a table before its contract is read, as the parts of a Soda contract."""

    @property
    def columns(self) -> dict[str, str]:
        """Name and type of every column."""

    @property
    def attributes(self) -> dict[str, str]:
        """Kind, owner and remedy of checks whose contract does not say; the contract must say what is not here."""

    def head(self) -> dict[str, Any]:
        """The contract's address, filter and variables."""

    def checks(self, own: OwnPart) -> tuple[dict[str, list[Check]], list[Check]]:
        """The standard checks: those of columns by name, and those of the table."""


@dataclass(frozen=True)
class RawTable:
    """A raw table, known by its dataset's definition; a contract looks at one batch of it."""

    definition: Dataset

    @property
    def columns(self) -> dict[str, str]:
        """Name and type of every column."""
        return {name: kind for name, kind, _ in raw_columns(self.definition)}

    @property
    def attributes(self) -> dict[str, str]:
        """What the publisher promised: only the contract knows whom to ask."""
        return {"kind": "source"}

    def head(self) -> dict[str, Any]:
        """The contract's address, filter and variables."""
        return {
            "dataset": f"warehouse/${{var.DATABASE}}/raw/{self.definition.dataset}",
            "filter": "_batch_id = '${var.BATCH_ID}'",
            "variables": {"DATABASE": None, "BATCH_ID": None},
        }

    def checks(self, own: OwnPart) -> tuple[dict[str, list[Check]], list[Check]]:
        """Schema, rows, required columns, loaded records; a key and a sign-off where the definition asks for one."""
        required = [rule.name for rule in self.definition.fields if rule.required] + ["_row_number"]
        if self.definition.reader.format in PLACED:
            required.append(list(self.columns)[-1])
        lagging = "Run the ingest of any dataset: it brings the raw tables to their definitions."
        attributes = DATA_ENGINEER | {"remedy": "Load the file again with `warehouse backfill --reload`."}
        query = LOADED_RECORDS.format(table=self.definition.dataset).strip()
        table = [
            _schema("The table has the definition's columns", DATA_ENGINEER | {"remedy": lagging}),
            {"row_count": {"name": "The file has rows", "threshold": {"must_be_greater_than": 0}}},
            *([_required(required)] if own.one_pass else []),
            _rows("Every record that was loaded is there", "loaded_records", query=query, attributes=attributes),
            *([_one_row_for(self.definition.key)] if self.definition.key and not own.one_pass else []),
            *(self._signed() if self.definition.sign_off else []),
            *(mapping.check(self.definition) for mapping in own.mappings),
        ]
        return {} if own.one_pass else {name: [{"missing": None}] for name in required}, table

    def _signed(self) -> list[Check]:
        add = DATA_ENGINEER | {"remedy": "Add the file with `warehouse intake add`, which records who signs it."}
        signed = _rows("A named person has signed the file", "signed", query=SIGNED.strip(), attributes=add)
        if not (period := self.definition.reader.dated_by):
            return [signed]
        last_day = LAST_DAY.get(self.definition.field(period).type, "r.{period}").format(period=period)
        query = NOT_AFTER_SIGN_OFF.format(period=period, table=self.definition.dataset, last_day=last_day)
        return [signed, _rows("Nothing is dated after the sign-off", "not_after_sign_off", query=query.strip())]


@dataclass(frozen=True)
class Mart:
    """A table of the candidate, known by its model's YAML."""

    model: dict[str, Any]

    @property
    def table(self) -> str:
        """The table's name: a mart for named readers may have that of its open counterpart, as its alias."""
        return str(self.model.get("config", {}).get("alias", self.model["name"]))

    @property
    def columns(self) -> dict[str, str]:
        """Name and type of every column."""
        return {column["name"]: column["data_type"] for column in self.model["columns"]}

    @property
    def attributes(self) -> dict[str, str]:
        """Who mends a model that has done wrong."""
        remedy = f"Mend the model {self.model['name']} or what it reads, then build again."
        return DATA_ENGINEER | {"remedy": remedy}

    def head(self) -> dict[str, Any]:
        """The contract's address and variables."""
        return {
            "dataset": f"warehouse/${{var.DATABASE}}/${{var.SCHEMA}}/{self.table}",
            "variables": {"DATABASE": None, "SCHEMA": None, "REFRESH_ID": None},
        }

    def checks(self, own: OwnPart) -> tuple[dict[str, list[Check]], list[Check]]:
        """Schema, key and required columns."""
        keys = [each["columns"] for each in self.model.get("constraints", []) if each["type"] == "primary_key"]
        key = keys[0] if keys else []
        filled = [name for name, column in self._constraints() if name in key or "not_null" in column]
        table = [_schema("The published columns are there"), *([_required(filled)] if filled else [])]
        if len(key) == 1:
            return {key[0]: [{"duplicate": {"name": _one_row_for(key)["duplicate"]["name"]}}]}, table
        return {}, [table[0], *([_one_row_for(key)] if key else []), *table[1:]]

    def _constraints(self) -> list[tuple[str, set[str]]]:
        return [
            (column["name"], {constraint["type"] for constraint in column.get("constraints", [])})
            for column in self.model["columns"]
        ]


def find_mart(models: Path, name: str) -> Mart | None:
    """The mart of that name in a folder of models, by the YAML beside its SQL; None where there is none."""
    for path in models.rglob(f"*{name}.yml"):
        for model in yaml.load(path.read_text(encoding="utf-8"), Loader=UniqueKeys)["models"]:  # noqa: S506 (safe)
            if Mart(model).table == name:
                return Mart(model)
    return None


def whole_contract(path: Path, standard: Standard) -> str:
    """The contract of a table as Soda reads it. ValueError says what its own file may not say, or lacks."""
    own = own_part(path)
    column_checks, table_checks = standard.checks(own)
    if unknown := [column.name for column in own.columns if column.name not in standard.columns]:
        raise ValueError(f"columns: {path.stem} has no column {unknown[0]}")
    for column in own.columns:
        column_checks[column.name] = column_checks.get(column.name, []) + column.checks
    said = {key: value for key, value in (("owner", own.owner), ("remedy", own.remedy)) if value}
    attributes = standard.attributes | said
    if lacking := [key for key in ("owner", "remedy") if key not in attributes]:
        raise ValueError(f"it says no {' and no '.join(lacking)}")
    columns = [
        {"name": name, "data_type": kind} | ({"checks": column_checks[name]} if name in column_checks else {})
        for name, kind in standard.columns.items()
    ]
    parts = {"check_attributes": attributes, "columns": columns, "checks": table_checks + own.checks}
    return json.dumps(standard.head() | parts, default=str)


def own_part(path: Path) -> OwnPart:
    """What a contract's file says. ValueError names the key that is wrong."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=UniqueKeys)  # noqa: S506 (a SafeLoader)
        return OwnPart.model_validate(content or {})
    except ValidationError as error:
        first = error.errors()[0]
        key = _named(content, first["loc"]) or "(all)"
        is_derived = first["type"] == "extra_forbidden"
        hint = "; quality_checks/README.md says what is derived and what a contract may say" if is_derived else ""
        raise ValueError(f"key {key}: {first['msg']}{hint}") from error


def _named(content: Any, place: tuple[int | str, ...]) -> str:
    """Where in the file something stands: columns and checks by what they are called, not by their number."""
    names = []
    for step in place:
        inside = isinstance(content, list | dict) and (isinstance(content, dict) or isinstance(step, int))
        content = content[step] if inside and (isinstance(step, int) or step in content) else None
        name = content.get("name") if isinstance(content, dict) and isinstance(step, int) else None
        names.append(str(name or step))
    return ".".join(names)


def _schema(name: str, attributes: dict[str, str] | None = None) -> Check:
    allowed = {"allow_extra_columns": True, "allow_other_column_order": True}
    return {"schema": {"name": name, **allowed, **({"attributes": attributes} if attributes else {})}}


def _rows(name: str, qualifier: str, **rule: Any) -> Check:
    return {"failed_rows": {"name": name, "qualifier": qualifier, **rule}}


def _required(columns: list[str]) -> Check:
    return _rows("Required columns are filled", "required", expression=f"num_nulls({', '.join(columns)}) > 0")


def _one_row_for(key: Any) -> Check:
    return {"duplicate": {"name": f"One row for each {', '.join(key)}", "columns": list(key)}}
