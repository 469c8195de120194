"""Each rule about what a publication says twice: rows that keep it pass, rows that break it are shown and refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from ingest.archive.store import Archive, Arrival
from ingest.definition.dataset import Dataset, load_definitions
from ingest.load.load_file import load_file
from ingest.load.raw_table import record_definitions
from warehouse.checks.redundancies import redundancy_outcomes

NAMES = ("lake", "day", "number", "county", "fish", "kept", "mean")
DEFINITION: dict[str, Any] = {
    "dataset": "catch",
    "domain": "fish",
    "title": "Catches",
    "publisher": "Anglers",
    "licence": "none",
    "homepage": "none",
    "expected_every_days": 31,
    "files": "*.csv",
    "coverage": "full",
    "vintage": "last_period",
    "tolerance": 0,
    "reader": {
        "format": "delimited", "delimiter": ",", "encoding": "utf-8", "period_field": "day",
        "final_newline": "required",
    },
    "fields": [
        {"name": "lake", "type": "text", "required": True, "description": "Lake"},
        {"name": "day", "type": "date", "required": True, "description": "Day"},
        {"name": "number", "type": "integer", "required": False, "description": "Number"},
        {"name": "county", "type": "text", "required": False, "description": "County"},
        {"name": "fish", "type": "integer", "required": False, "description": "Fish"},
        {"name": "kept", "type": "integer", "required": False, "description": "Kept"},
        {"name": "mean", "type": "decimal", "required": False, "description": "Mean"},
    ],
    "key": ["lake", "day"],
    "layouts": [{"name": "catches", "columns": {name: name for name in NAMES}}],
}  # fmt: skip
HEADER = "lake,day,number,county,fish,kept,mean\n"
BEFORE = (
    "Ullswater,2020-01-01,1,Cumbria,100,10,100\nUllswater,2020-01-02,2,Cumbria,110,10,\n"
    "Bala,2020-01-01,3,Gwynedd,50,5,\n"
)
RULES: dict[str, tuple[dict[str, Any], str, str, dict[str, str]]] = {
    # rule: what it says, rows that keep it, a row that breaks it, what is shown of that row
    "descending": (
        {"of": ["fish", "kept"]},
        "a,2020-02-01,1,x,9,9,\na,2020-02-02,2,x,,7,\n",
        "a,2020-02-03,3,x,9,10,\n",
        {"lake": "a", "day": "2020-02-03", "fish": "9", "kept": "10"},
    ),
    "product": (
        {"whole": "fish", "factors": ["kept", "mean"], "within": 0.01},
        "a,2020-02-01,1,x,100,10,10.05\na,2020-02-02,2,x,100,,10\n",
        "a,2020-02-03,3,x,100,10,10.2\n",
        {"lake": "a", "day": "2020-02-03", "fish": "100", "kept": "10", "mean": "10.2", "product": "102.00"},
    ),
    "one_for": (
        {"one": ["county"], "by": ["lake"]},
        "a,2020-02-01,1,x,1,1,\na,2020-02-02,2,x,1,1,\nb,2020-02-02,2,y,1,1,\n",
        "a,2020-02-03,3,y,1,1,\n",
        {"lake": "a", "found": "2"},
    ),
    "average": (
        {"whole": "mean", "parts": "fish", "by": ["day"], "amount": 1},
        "a,2020-02-01,1,x,10,,21\nb,2020-02-01,1,x,30,,21\n",
        "a,2020-02-02,1,x,10,,21\nb,2020-02-02,1,x,28,,21\n",
        {"day": "2020-02-02", "whole": "21", "average": "19.0000"},
    ),
    "within": (
        {"value": "fish", "least": 3, "most": 9},
        "a,2020-02-01,1,x,3,,\na,2020-02-02,1,x,9,,\na,2020-02-03,1,x,,,\n",
        "a,2020-02-04,1,x,10,,\n",
        {"lake": "a", "day": "2020-02-04", "fish": "10"},
    ),
    "near": (
        {"value": "kept", "to": "fish", "least": 0.1, "most": 1},
        "a,2020-02-01,1,x,10,1,\na,2020-02-02,1,x,0,5,\na,2020-02-03,1,x,,5,\n",
        "a,2020-02-04,1,x,100,9,\n",
        {"lake": "a", "day": "2020-02-04", "kept": "9", "fish": "100"},
    ),
    "steps": (
        {"value": "fish", "by": ["lake"], "along": "day", "amount": 1, "share": 0.1},
        "a,2020-02-01,1,x,10,,\na,2020-02-02,1,x,12,,\nb,2020-02-01,1,x,99,,\n",
        "a,2020-02-03,1,x,15,,\n",
        {"lake": "a", "day": "2020-02-03", "fish": "15", "before": "12"},
    ),
    "spikes": (
        {"value": "fish", "by": ["lake"], "times": 10, "over": 50},
        "a,2020-02-01,1,x,4,,\na,2020-02-02,1,x,6,,\nb,2020-02-01,1,x,0,,\nb,2020-02-02,1,x,0,,\nb,2020-02-03,1,x,90,,\n",
        "a,2020-02-03,1,x,61,,\n",
        {"lake": "a", "highest": "61", "median": "6.0"},
    ),
    "counting": (
        {"number": "number"},
        "a,2020-02-01,7,x,,,\na,2020-02-02,8,x,,,\na,2020-02-03,,x,,,\n",
        "a,2020-02-04,10,x,,,\n",
        {"first": "7", "last": "10", "found": "3"},
    ),
    "crossed": (
        {"one": ["lake"], "by": ["county"], "value": "fish", "over": 50},
        "a,2020-02-01,1,x,40,,\na,2020-02-02,1,x,30,,\nb,2020-02-01,1,x,60,,\na,2020-02-03,1,y,50,,\n",
        "c,2020-02-01,1,y,9,,\n",
        {"lake": "c", "county": "x", "median": "65.0"},
    ),
    "together": (
        {"of": ["fish", "kept"]},
        "a,2020-02-01,1,x,9,9,\na,2020-02-02,2,x,,,\n",
        "a,2020-02-03,3,x,9,,\n",
        {"lake": "a", "day": "2020-02-03", "fish": "9", "kept": "None"},
    ),
    "usual": (
        {"field": "county", "values": ["Cumbria", "Gwynedd"]},
        "a,2020-02-01,7,Cumbria,,,\na,2020-02-02,8,,,,\n",
        "a,2020-02-04,10,Kent,,,\n",
        {"county": "Kent", "records": "1"},
    ),
    "restated": (
        {"value": "fish", "by": ["lake", "day"], "amount": 1, "share": 0.1},
        "Ullswater,2020-01-01,1,x,111,,\nUllswater,2020-02-01,1,x,999,,\n",
        "Bala,2020-01-01,1,x,57,,\n",
        {"lake": "Bala", "day": "2020-01-01", "before": "50", "fish": "57"},
    ),
    "vanished": (
        {"value": "fish", "by": ["lake"], "period": "day", "over": 40},
        "Ullswater,2020-02-01,1,x,110,,\nBala,2020-02-01,1,x,50,,\n",
        "Ullswater,2020-02-01,1,x,110,,\n",  # and no row of Bala
        {"lake": "Bala", "before": "50"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_rows_that_keep_a_rule_pass_and_one_that_breaks_it_is_shown(
    rule: str, admin: psycopg.Connection, tmp_path: Path
) -> None:
    says, good, bad, shown = RULES[rule]
    definition = _definition(tmp_path, {"rule": rule, "name": "catches", "says": "Fish add up", **says})
    record_definitions(admin, [definition])
    first = _load(admin, definition, tmp_path, "before.csv", BEFORE)
    admin.execute("update audit.batch set status = 'accepted' where batch_id = %s", [first])
    [passed] = redundancy_outcomes(admin, definition, _load(admin, definition, tmp_path, "good.csv", good))
    assert (passed.outcome, passed.failing_rows) == ("passed", 0)
    content = bad if rule == "vanished" else good + bad
    [failed] = redundancy_outcomes(admin, definition, _load(admin, definition, tmp_path, "bad.csv", content))
    assert (failed.check_name, failed.outcome, failed.sample) == ("catch.held.catches", "failed", [shown])
    assert failed.message == f"catch: Fish add up, but: {', '.join(f'{name} {value}' for name, value in shown.items())}"


def test_without_a_file_before_there_is_nothing_to_be_restated(admin: psycopg.Connection, tmp_path: Path) -> None:
    says = {"rule": "restated", "name": "catches", "says": "Fish add up", "value": "fish", "by": ["lake"]}
    definition = _definition(tmp_path, says)
    record_definitions(admin, [definition])
    assert redundancy_outcomes(admin, definition, _load(admin, definition, tmp_path, "a.csv", BEFORE)) == []


def test_a_persons_word_overrules_a_rule(admin: psycopg.Connection, tmp_path: Path) -> None:
    says = {"rule": "within", "name": "catches", "says": "Fish add up", "value": "fish", "least": 0, "most": 99}
    definition = _definition(tmp_path, says)
    record_definitions(admin, [definition])
    batch_id = _load(admin, definition, tmp_path, "a.csv", BEFORE)
    [refused] = redundancy_outcomes(admin, definition, batch_id)
    assert (refused.outcome, refused.failing_rows) == ("failed", 2)
    admin.execute(
        "insert into audit.acceptance (dataset, sha256, name, reason) "
        "select dataset, sha256, 'Ann Angler', 'I counted them' from audit.batch where batch_id = %s", [batch_id],
    )  # fmt: skip
    [overruled] = redundancy_outcomes(admin, definition, batch_id)
    assert overruled.outcome == "overruled"
    assert "Ann Angler" in (overruled.message or "")


def _definition(folder: Path, rule: dict[str, Any]) -> Dataset:
    home = folder / "definitions"
    home.mkdir(exist_ok=True)
    content = {**DEFINITION, "redundancies": {"rules": [rule]}}
    (home / "catch.yml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return load_definitions(home)["catch"]


def _load(admin: psycopg.Connection, definition: Dataset, folder: Path, name: str, rows: str) -> str:
    path = folder / name
    path.write_text(HEADER + rows, encoding="utf-8")
    archive = Archive(folder / "archive")
    file = archive.keep(Arrival(path, f"fish/catch/{name}", "catch", "none", is_generated=False))
    report = load_file(admin, definition, file, archive.path(file.sha256))
    assert report.status == "pending", report.reason
    assert report.batch_id
    return report.batch_id
