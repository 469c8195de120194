"""Every seed that maps what publishers write: without its rows a feed is refused alone, and with them it is taken."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from core import db
from core.settings import PROJECT_DIR
from ingest.definition.dataset import load_definitions
from ingest.pipeline import ingest_dataset
from warehouse.checks import mappings
from warehouse.checks.contract import own_part
from warehouse.checks.gate import CONTRACTS, verify_pending
from warehouse.checks.mappings import drafted_rows

pytestmark = [
    pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)"),
    pytest.mark.skipif(not os.environ.get("FEEDS"), reason="FEEDS is not set: two mappings are tried, not every one"),
]
SHIPPED = PROJECT_DIR / "seeds"
MAPPED = {path.stem: found for path in sorted((CONTRACTS / "raw").glob("*.yml")) if (found := own_part(path).mappings)}


@pytest.fixture(scope="module")
def loader(shared_warehouse: str) -> Iterator[psycopg.Connection]:
    with pytest.MonkeyPatch.context() as patch, db.connect("gate", autocommit=True) as connection:
        patch.setenv("SOURCES", "generated")
        yield connection


def knows_nothing(folder: Path, seed: str, word: str) -> None:
    """Leave the header of a seed and a row of this word, which is nobody's. What is the same judges nothing anew."""
    path = next(folder.rglob(f"{seed}.csv"))
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    path.write_text(",".join(header) + "\n" + ",".join(word for _ in header) + "\n", encoding="utf-8")


@pytest.mark.parametrize("dataset", MAPPED)
def test_without_a_seeds_rows_the_feed_waits_alone(
    loader: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, dataset: str
) -> None:
    folder, definition = tmp_path / "seeds", load_definitions()[dataset]
    monkeypatch.setattr(mappings, "SEEDS", folder)
    shutil.copytree(SHIPPED, folder)
    seeds = {mapping.seed for mapping in MAPPED[dataset]}
    for seed in seeds:
        knows_nothing(folder, seed, "zz")
    ingest_dataset(dataset)
    others = loader.execute("select count(*) from audit.batch where dataset <> %s", [dataset]).fetchone()
    assert "refused" in {verdict.status for verdict in verify_pending(dataset)}

    for mapping in MAPPED[dataset]:
        shutil.copytree(SHIPPED, folder, dirs_exist_ok=True)
        knows_nothing(folder, mapping.seed, "yy")
        refused = [verdict for verdict in verify_pending(dataset) if verdict.status == "refused"]
        assert refused and mapping.seed in (refused[0].reason or ""), (mapping.seed, refused)
        header, rows = drafted_rows(loader, definition, mapping)
        assert rows and all(row[header.index(name)] for row in rows for name in mapping.columns)

    shutil.copytree(SHIPPED, folder, dirs_exist_ok=True)
    assert {verdict.status for verdict in verify_pending(dataset)} == {"accepted"}
    states = loader.execute(
        "select dataset = %s, status, count(*) from audit.batch group by 1, 2", [dataset]
    ).fetchall()
    assert {row[:2] for row in states} <= {(True, "accepted"), (False, "accepted"), (True, "empty"), (False, "empty")}
    assert loader.execute("select count(*) from audit.batch where dataset <> %s", [dataset]).fetchone() == others
