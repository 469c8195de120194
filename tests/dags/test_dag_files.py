"""The DAG files: they parse, they are cheap to parse, every dataset has its DAG and starts the refresh."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ingest.definition.dataset import load_definitions
from warehouse.orchestration.airflow_home import DAGS, asset_name, dag_name, pool_name

HEAVY = (
    "dbt",
    "soda_core",
    "pandas",
    "pyarrow",
    "alembic",
    "ingest.pipeline",
    "warehouse.refresh.steps",
    "warehouse.checks.gate",
)
PARSE = """
import json, sys
from pathlib import Path
from airflow.dag_processing.dagbag import BundleDagBag

before = set(sys.modules)
folder = Path(sys.argv[1])
bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
dags = {}
for dag in bag.dags.values():
    schedule = dag.timetable
    clock = getattr(schedule, "timetable", schedule)
    condition = getattr(schedule, "asset_condition", None)
    dags[dag.dag_id] = {
        "clock": [clock.expression, str(clock.timezone), str(clock.run_immediately)],
        "starts_on": [type(condition).__name__, sorted(asset.name for asset in condition.objects)] if condition else [],
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "paused": dag.is_paused_upon_creation,
        "doc": dag.doc_md or "",
        "owner": dag.owner,
        "pools": {task.task_id: task.pool for task in dag.tasks},
        "updates": {task.task_id: [asset.name for asset in task.outlets] for task in dag.tasks},
        "after": {task.task_id: sorted(task.downstream_task_ids) for task in dag.tasks},
    }
print("FOUND", json.dumps({"errors": bag.import_errors, "dags": dags, "new": sorted(set(sys.modules) - before)}))
"""


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Airflow makes of the files, in a process of its own, and which modules they made it import."""
    home = tmp_path_factory.mktemp("airflow")
    environment = os.environ | {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    command = [sys.executable, "-c", PARSE, str(DAGS)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.partition("FOUND")[2])
    return found


def test_files_have_no_import_errors(parsed: dict[str, Any]) -> None:
    assert parsed["errors"] == {}


def test_files_import_nothing_heavy(parsed: dict[str, Any]) -> None:
    assert "ingest.definition.dataset" in parsed["new"], "the list of new modules is not what it says"
    heavy = [name for name in parsed["new"] if name in HEAVY or name.split(".")[0] in HEAVY]
    assert heavy == []


def test_every_definition_has_a_dag_and_nothing_else_has(parsed: dict[str, Any]) -> None:
    assert set(parsed["dags"]) == {dag_name(dataset) for dataset in load_definitions()} | {
        "nightly_refresh",
        "morning_page",
    }


@pytest.mark.parametrize("dataset", load_definitions())
def test_ingest_dag_of(dataset: str, parsed: dict[str, Any]) -> None:
    dag = parsed["dags"][dag_name(dataset)]
    assert dag["clock"] == ["15 0 * * *", "Europe/London", "0:00:00"]
    assert (dag["catchup"], dag["max_active_runs"], dag["paused"]) == (False, 1, None)
    assert dag["after"] == {"land": ["report", "verify"], "verify": ["report"], "report": []}
    assert dag["updates"] == {"land": [], "verify": [asset_name(dataset)], "report": []}
    assert dag["pools"]["land"] == pool_name(load_definitions()[dataset].publisher)
    definition = load_definitions()[dataset]
    assert "00:15 Europe/London" in dag["doc"]
    assert all(text in dag["doc"] for text in (definition.title, definition.publisher, definition.licence))
    assert dag["owner"] == definition.publisher


def test_refresh_starts_on_any_dataset_and_at_two(parsed: dict[str, Any]) -> None:
    dag = parsed["dags"]["nightly_refresh"]
    assert dag["clock"] == ["0 2 * * *", "Europe/London", "0:00:00"]
    assert dag["starts_on"] == ["AssetAny", sorted(map(asset_name, load_definitions()))]
    assert (dag["catchup"], dag["max_active_runs"], dag["paused"]) == (False, 1, None)
    assert "02:00 Europe/London" in dag["doc"]
    assert dag["after"]["build"] == ["verify"] and dag["after"]["verify"] == ["publish"]


@pytest.mark.parametrize("path", sorted(DAGS.glob("*.py")), ids=lambda path: path.name)
def test_file_can_be_read_in_a_minute(path: Path) -> None:
    assert len(path.read_text().splitlines()) < 80
