"""What the caller's shell says to our tools is forgotten before they are imported."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import proxy_bypass

import pytest
import yaml

from core.environment import AIRFLOWS_PLACE, forget_theirs, no_proxy
from core.settings import PROJECT_DIR
from warehouse.orchestration import airflow_home

HARM = {
    "DBT_EXCLUDE_RESOURCE_TYPES": "test",
    "DBT_ENGINE_RESOURCE_TYPES": "model",
    "SODA_CLOUD_HOST": "elsewhere",
    "PGOPTIONS": "-c statement_timeout=1",
    "PGHOST": "elsewhere",
    "PYTHONWARNINGS": "error",
}
SODAS = re.compile(r"""["'](SODA_[A-Z0-9_]+)["']""")
# What neither says of itself in a list: files and session settings that libpq reads, words that Airflow looks for.
MORE = {"PGSYSCONFDIR", "PGLOCALEDIR", "PGDATESTYLE", "PGTZ", "PGGEQO", "PSYCOPG_IMPL", "ALEMBIC_CONFIG",
        "AIRFLOW_HOME", "AIRFLOW_CONFIG", "AIRFLOW_API_APPS", "AIRFLOW_TEST_MODE", "AIRFLOW_CTX_DAG_ID",
        "AIRFLOW_CONN_SOMETHING", "AIRFLOW_VAR_SOMETHING", "_AIRFLOW__AS_LIBRARY", "_AIRFLOW_PROCESS_CONTEXT",
        "DBT_ENV_SECRET_X", "OTEL_TRACES_EXPORTER", "POSTGRES_HOST"}  # fmt: skip
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


@pytest.mark.parametrize("before", ["C", "POSIX", "C.UTF-8"])
def test_a_folder_with_an_accent_is_found_whatever_the_shells_characters(before: str) -> None:
    """An interpreter that reads its list of folders in ASCII ends before it runs a line of ours."""
    command = ["make", "-s", "-f", "-", "tell"]
    rule = "include Makefile\ntell:\n\t@locale charmap\n"
    environment = os.environ | {"LC_ALL": before}
    done = subprocess.run(command, input=rule, env=environment, cwd=PROJECT_DIR, capture_output=True, text=True)
    assert done.stdout == "UTF-8\n", done.stderr


def read_by_tools() -> set[str]:
    """Every variable that dbt, Soda, Airflow and PostgreSQL's library say they read."""
    from click import Command, Group
    from dbt.cli.main import cli
    from psycopg import pq

    def of(command: Command) -> set[str]:
        names = {name for each in command.params for name in _listed(getattr(each, "envvar", None))}
        return names.union(*map(of, command.commands.values())) if isinstance(command, Group) else names

    sections = yaml.safe_load(_package("airflow", "config_templates/config.yml").read_text(encoding="utf-8"))
    airflow = {f"AIRFLOW__{part}__{option}" for part in sections for option in sections[part]["options"] or ()}
    soda = {name for path in _package("soda_core", "").rglob("*.py") for name in SODAS.findall(path.read_text("utf-8"))}
    libpq = {each.envvar.decode() for each in pq.Conninfo.get_defaults() if each.envvar}
    return of(cli) | {name.upper().replace(".", "_") for name in airflow} | soda | libpq | MORE


def _listed(names: str | list[str] | None) -> list[str]:
    return [names] if isinstance(names, str) else list(names or [])


def _package(name: str, path: str) -> Path:
    found = importlib.util.find_spec(name)
    assert found and found.submodule_search_locations
    return Path(next(iter(found.submodule_search_locations))) / path


def test_none_of_the_variables_that_our_tools_read_is_inherited(warehouse: str) -> None:
    """Each is set to something that does harm. What Airflow has afterwards, it has from us."""
    names = read_by_tools()
    assert len(names) > 500, "what they read is listed elsewhere now"
    before = dict(os.environ)
    try:
        os.environ |= dict.fromkeys(names, "/harm") | {"AIRFLOW_DATABASE_URL": ""}
        forget_theirs()
        airflow_home.prepare()
        assert [name for name in names if os.environ.get(name) == "/harm"] == []
        found = {name for name in os.environ if "AIRFLOW" in name}
    finally:
        os.environ.clear()
        os.environ.update(before)
    ours = set(airflow_home.environment()) - {"DO_NOT_TRACK", "NO_PROXY", "no_proxy"}
    assert found == ours | {"AIRFLOW_DATABASE_URL"}
    assert set(AIRFLOWS_PLACE) - {"AIRFLOW__API__HOST"} <= set(airflow_home.environment(8080))


def test_tasks_find_the_web_server_where_the_shell_names_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:8080")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    assert not proxy_bypass("127.0.0.1")
    os.environ |= (names := no_proxy())
    assert proxy_bypass("127.0.0.1") and proxy_bypass("intranet.example") and not proxy_bypass("example.org")
    for name in names:
        monkeypatch.delenv(name)
