"""What the YAML of datasets, tables and checks says: once, beside what it is about, and to the end."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.settings import PROJECT_DIR

MODELS, SEEDS = PROJECT_DIR / "dbt_project" / "models", PROJECT_DIR / "seeds"
CONTRACTS = PROJECT_DIR / "quality_checks"
QUOTE = re.compile(r"""^\{\{ doc\(["'](\w+)["']\) \}\}$""")
BLOCK = re.compile(r"{% docs (\w+) %}\n(.*?)\n{% enddocs %}", re.DOTALL)
SHIPPED = ("ingest/definitions", "ingest/generated", "quality_checks", "dbt_project", "seeds")
# How many wordings models have, blocks included, of columns that say where a row comes from. One more must mean more.
WORDINGS = {
    "is_generated": 2,
    "source_dataset": 5,
    "source_vintage": 10,
    "vintage_order": 1,
    "coverage": 4,
    "authority_code": 5,
}


@dataclass(frozen=True)
class Described:
    """A column of a model, seed or source, and what its YAML says of it."""

    table: str
    column: str
    text: str


def described(declarations: dict[Path, dict[str, Any]]) -> Iterator[Described]:
    """Every description of a column, as it is written."""
    for content in declarations.values():
        for group in (*content.get("models", []), *content.get("seeds", []), *content.get("sources", [])):
            for table in group.get("tables", [group]):
                for column in table.get("columns", []):
                    if text := " ".join(column.get("description", "").split()):
                        yield Described(table["name"], column["name"], text)


@pytest.fixture(scope="module")
def declarations() -> dict[Path, dict[str, Any]]:
    """What is said of models and seeds, by file."""
    paths = [path for folder in (MODELS, SEEDS) for path in sorted(folder.rglob("*.yml"))]
    return {path: yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) for path in paths}


@pytest.fixture(scope="module")
def columns(declarations: dict[Path, dict[str, Any]]) -> list[Described]:
    """Every description of a column."""
    found = list(described(declarations))
    assert len(found) > 1500
    return found


@pytest.fixture(scope="module")
def blocks() -> dict[str, str]:
    """The shared descriptions by name, each in one line."""
    found = [
        (name, " ".join(text.split()))
        for folder in (MODELS, SEEDS)
        for path in sorted(folder.rglob("*.md"))
        for name, text in BLOCK.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(found) == len(dict(found)) > 90
    return dict(found)


def test_a_description_that_a_third_table_needs_is_a_block(columns: list[Described], blocks: dict[str, str]) -> None:
    written_out = Counter(column.text for column in columns if not QUOTE.match(column.text))
    repeated = [f"{count} times: {text}" for text, count in written_out.items() if count > 2]
    assert not repeated, "write it once as a block of a _columns.md, and quote that: " + "; ".join(repeated)
    copied = sorted(f"{c.table}.{c.column}" for c in columns if c.text in blocks.values())
    assert not copied, f"these say what a block says: {', '.join(copied)}"


def test_every_block_is_quoted_and_each_quote_is_of_a_block(columns: list[Described], blocks: dict[str, str]) -> None:
    quoted = {match[1] for column in columns if (match := QUOTE.match(column.text))}
    assert quoted == set(blocks)
    twice = [text for text, count in Counter(blocks.values()).items() if count > 1]
    assert not twice, f"two blocks say the same: {twice}"


def test_where_a_row_comes_from_reads_the_same_everywhere(columns: list[Described]) -> None:
    models = [each for each in columns if not each.table.startswith(("ref_", "paper_"))]
    wordings = {name: sorted({c.text for c in models if c.column == name}) for name in WORDINGS}
    too_many = {name: texts for name, texts in wordings.items() if len(texts) > WORDINGS[name]}
    assert not too_many
    assert wordings["is_generated"] == ['{{ doc("is_generated") }}', '{{ doc("is_never_generated") }}']


def test_a_check_that_a_third_contract_needs_is_shared() -> None:
    shared = yaml.safe_load((CONTRACTS / "shared.yml").read_text(encoding="utf-8"))
    contracts = [yaml.safe_load(path.read_text(encoding="utf-8")) or {} for path in sorted(CONTRACTS.glob("*/*.yml"))]
    own = [
        check
        for contract in contracts
        for part in (contract, *contract.get("columns", []))
        for check in part.get("checks", [])
    ]
    quoted = Counter(check for check in own if isinstance(check, str))
    assert {name for name, count in quoted.items() if count > 2} == set(shared)
    written_out = Counter(json.dumps(check, sort_keys=True) for check in own if not isinstance(check, str))
    assert [check for check, count in written_out.items() if count > 2] == []


def test_unit_tests_lie_beside_their_model(declarations: dict[Path, dict[str, Any]]) -> None:
    models = {path.stem: path.parent for path in MODELS.rglob("*.sql")}
    away = [
        f"{test['name']} in {path.relative_to(PROJECT_DIR)}"
        for path, content in declarations.items()
        for test in content.get("unit_tests", [])
        if models[test["model"]] != path.parent
    ]
    assert not away


def test_nothing_that_ships_waits_for_a_person_to_fill_it_in() -> None:
    paths = [
        path
        for folder in SHIPPED
        for path in sorted((PROJECT_DIR / folder).rglob("*"))
        if path.suffix in (".yml", ".sql", ".md") and path.name != "README.md"
    ]
    assert len(paths) > 400
    waiting = [str(path.relative_to(PROJECT_DIR)) for path in paths if "TODO" in path.read_text(encoding="utf-8")]
    assert not waiting


def test_papers_quote_their_columns_and_say_no_block_of_yaml_twice() -> None:
    anchors = Counter(
        anchor
        for path in sorted((SEEDS / "papers").glob("*.yml"))
        for anchor in re.findall(r"^  - &(\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert [anchor for anchor, count in anchors.items() if count > 1] == []
