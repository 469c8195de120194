"""What the caller's shell says to our tools is forgotten before they are imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.environment import AIRFLOWS_PLACE
from warehouse.orchestration import airflow_home

HARM = {
    "DBT_EXCLUDE_RESOURCE_TYPES": "test",
    "DBT_ENGINE_RESOURCE_TYPES": "model",
    "SODA_CLOUD_HOST": "elsewhere",
    "PGOPTIONS": "-c statement_timeout=1",
    "PGHOST": "elsewhere",
    "PYTHONWARNINGS": "error",
}
TELL = "import core, os; print([n for n in os.environ if n.startswith(('DBT_', 'SODA_', 'PG', 'PYTHON'))])"


def told(code: str, **environment: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_process_of_ours_forgets_what_its_tools_would_read() -> None:
    assert told(TELL, **HARM) == "[]"
    assert told(TELL.replace("import core, ", "import "), **HARM) != "[]"


def test_the_command_line_starts_anew_where_the_interpreter_was_told_something(tmp_path: Path) -> None:
    """Another module of the name is on PYTHONPATH, and asserts are left out."""
    (tmp_path / "dbt.py").write_text("raise SystemExit('not this one')")
    command = [Path(sys.executable).with_name("warehouse"), "--help"]
    probe = (
        "import sys, warehouse.cli.app as app; app.main = lambda: print(sys.flags.optimize, sys.path[1:2]); "
        f"sys.orig_argv[1:] = ['-c', {TELL!r}]; app.start()"
    )
    environment = {"PYTHONPATH": str(tmp_path), "PYTHONOPTIMIZE": "1"}
    assert told(probe, **environment) == "[]"  # it became the other command, with nothing left of these
    assert told(probe).startswith("0 ")
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)
    assert done.returncode == 0 and "publications" in done.stdout


def test_airflow_has_its_settings_from_us(warehouse: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AIRFLOW__CORE__DEFAULT_TASK_RETRIES", "AIRFLOW__CORE__PLUGINS_FOLDER", "AIRFLOW_CONFIG"):
        monkeypatch.setenv(name, "/elsewhere")
    before = dict(os.environ)
    try:
        airflow_home.prepare()
        found = {name for name in os.environ if name.startswith("AIRFLOW")}
    finally:
        os.environ.clear()
        os.environ.update(before)
    assert found == set(airflow_home.environment()) - {"DO_NOT_TRACK"}
    assert set(AIRFLOWS_PLACE) - {"AIRFLOW__API__HOST"} <= set(airflow_home.environment(8080))
