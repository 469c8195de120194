"""One dbt build of the layers from seed to candidate; every node and test outcome goes to the audit tables."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict

from core import db
from core.errors import NOT_REACHED, WarehouseError
from core.faults import reached
from core.settings import PROJECT_DIR, settings
from warehouse.checks.results import CheckOutcome, record_outcomes
from warehouse.refresh import layers
from warehouse.refresh.dbt_parse import keep_parse_of_this_code

DBT_PROJECT = PROJECT_DIR / "dbt_project"
# Printed papers and unit tests cannot change overnight, only with the code: their tests run in the test suite.
PAPER_TESTS = ("path:../seeds/papers,resource_type:test", "path:tests/papers")
SAMPLE_ROWS = 5
MESSAGE_LENGTH = 500
RESTRICTED_PATHS = ("models/restricted/", "tests/restricted/")  # their rows are for named readers only
EVALUATED: dict[str, Literal["passed", "failed"]] = {"pass": "passed", "fail": "failed", "warn": "failed"}
GOOD = ("success", "pass", "warn", "no-op", "reused")


@dataclass(frozen=True)
class NodeFailure:
    """A model, seed or test that failed: its name, and one line that says what happened and where to look."""

    node: str
    message: str


@dataclass(frozen=True)
class BuildResult:
    """Passed only if something was built and nothing failed or was left out; `nodes` counts what dbt ran."""

    passed: bool
    nodes: int
    failures: list[NodeFailure]


@dataclass(frozen=True)
class _Outcome:
    """One dbt result, told in one line, with the failing rows of a test."""

    result: Any
    message: str | None
    sample: list[dict[str, Any]]


def build(refresh_id: str, business_date: date, schema_prefix: str = "") -> BuildResult:
    """Build the layers and test them: all of them from nothing, or, on a quiet night, what depends on the day.

    A night is quiet where the layers were built whole from the same batches by the same code. Seeds are loaded where
    they or their tests changed since they last passed. Writes audit.node_result and audit.check_result as the
    transformer, in one transaction. Raises WarehouseError where a raw table that the project reads does not exist. Unit
    tests and the papers' tests stay out (`fixed_tests`).
    """
    candidate, seed = f"{schema_prefix}candidate", f"{schema_prefix}seed"
    fingerprint = layers.constant_fingerprint(DBT_PROJECT)
    dated = layers.dated_models(DBT_PROJECT)
    with db.connect("transformer") as connection:
        _require_raw_tables(connection)
        reuse_seeds = layers.noted(connection, seed) == fingerprint
        is_quiet = reuse_seeds and layers.still_stand(connection, refresh_id, candidate)
        if is_quiet and not dated:
            layers.note(connection, candidate, refresh_id)
            return BuildResult(passed=True, nodes=0, failures=[])
        if is_quiet:
            layers.forget(connection, schema_prefix)
        else:
            stale = layers.LAYERS if reuse_seeds else (*layers.LAYERS, "seed")
            layers.drop(connection, [f"{schema_prefix}{layer}" for layer in stale])
    reached("build.layers_dropped")
    arguments = _what_depends_on_the_day(dated) if is_quiet else _everything(reuse_seeds)
    response = _invoke(arguments, refresh_id, business_date, schema_prefix)
    reached("build.models_built")
    outcomes = _outcomes(response)
    verdict = _verdict(response, outcomes, "model")
    with db.connect("transformer") as connection:
        _record(connection, refresh_id, response, outcomes)
        if not reuse_seeds and _constants_passed(outcomes):
            layers.note(connection, seed, fingerprint)
        if verdict.passed:
            layers.note(connection, candidate, refresh_id)
    reached("build.recorded")
    return verdict


def _everything(reuse_seeds: bool) -> list[str]:
    left_out = ["resource_type:unit_test", *PAPER_TESTS, *(layers.CONSTANT_PATHS if reuse_seeds else ())]
    # Cautious: a test that reads a seed and a mart still runs when seeds are left out.
    return ["build", "--indirect-selection", "cautious", "--exclude", *left_out]


def _what_depends_on_the_day(dated: list[str]) -> list[str]:
    chosen = [f"{model}+" for model in dated]
    # Eager: a test of anything that is built again runs, though its other tables stand.
    return ["build", "--select", *chosen, "--indirect-selection", "eager", "--exclude", "resource_type:unit_test",
            *PAPER_TESTS]  # fmt: skip


def run_models(refresh_id: str, business_date: date, schema_prefix: str, project: Path) -> BuildResult:
    """Build the seeds and models of another copy of the project, test nothing, record nothing: for a rebuild."""
    arguments = ["build", "--resource-type", "model", "--resource-type", "seed"]
    response = _invoke(arguments, refresh_id, business_date, schema_prefix, project)
    return _verdict(response, _outcomes(response), "model")


def fixed_tests(refresh_id: str, business_date: date, schema_prefix: str = "") -> BuildResult:
    """Run the unit tests and the papers' tests over the layers that a build left; records nothing."""
    response = _invoke(["test", "--select", "test_type:unit", *PAPER_TESTS], refresh_id, business_date, schema_prefix)
    return _verdict(response, _outcomes(response), "unit_test")


def parse() -> Any:
    """dbt's manifest of the project. What was read is kept: the next build reads only what has changed since."""
    return _invoke(["parse"], "none", date.min, "").result


def _require_raw_tables(connection: psycopg.Connection) -> None:
    import yaml

    declared = yaml.safe_load((DBT_PROJECT / "models" / "staging" / "_sources.yml").read_text())
    for source in declared["sources"]:
        for table in source["tables"]:
            name = f"{source['name']}.{table['name']}"
            row = connection.execute("select to_regclass(%s)", [name]).fetchone()
            if not row or row[0] is None:
                raise WarehouseError(
                    f"The table {name}, which dbt reads, does not exist.",
                    remedy="Run the ingest of any dataset once: it creates the raw table of every dataset.",
                )


def _watch(event: Any) -> None:
    if event.info.name == "LogModelResult":
        reached("build.first_model")


def _invoke(
    arguments: list[str], refresh_id: str, business_date: date, schema_prefix: str, project: Path | None = None
) -> Any:
    """dbt in this process, without console output; its log is dbt.log under the target folder of the settings."""
    from dbt.cli.main import dbtRunner

    now = settings()
    project = project or DBT_PROJECT
    target = now.dbt_target_dir / f"{schema_prefix}target"
    keep_parse_of_this_code(target, project.parent)
    # A change of these has dbt parse everything anew: they are the same every night.
    variables = {"schema_prefix": schema_prefix, "force_code": now.force_code}
    options = [
        "--project-dir", str(project), "--profiles-dir", str(project), "--vars", json.dumps(variables),
        "--target-path", str(target),
        "--log-path", str(now.dbt_target_dir / f"{schema_prefix}logs"),
        "--log-level", "none", "--log-level-file", "info", "--no-use-colors", "--no-use-colors-file", "--no-write-json",
    ]  # fmt: skip
    with _environment(refresh_id, business_date), contextlib.chdir(project):
        response = dbtRunner(callbacks=[_watch]).invoke([*arguments, *options])
    if isinstance(response.exception, KeyboardInterrupt | SystemExit):
        raise response.exception
    return response


@contextlib.contextmanager
def _environment(refresh_id: str, business_date: date) -> Iterator[None]:
    target = conninfo_to_dict(db.url("transformer"))
    ours = {
        "WAREHOUSE_DBT_HOST": str(target.get("host") or ""),
        "WAREHOUSE_DBT_PORT": str(target.get("port") or 5432),
        "WAREHOUSE_DBT_DATABASE": str(target["dbname"]),
        "WAREHOUSE_DBT_PASSWORD": str(target["password"]),
        "WAREHOUSE_DBT_SSLMODE": str(target.get("sslmode") or "prefer"),
        "WAREHOUSE_DBT_REFRESH_ID": refresh_id,
        "WAREHOUSE_DBT_BUSINESS_DATE": business_date.isoformat(),
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    before = dict(os.environ)
    os.environ.update(ours)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _outcomes(response: Any) -> list[_Outcome]:
    """What became of each node; a failing test's first rows are read again with its own SQL."""
    results = getattr(response.result, "results", None) or []
    with db.connect("transformer", autocommit=True) as connection:
        return [_outcome(connection, result) for result in results]


def _outcome(connection: psycopg.Connection, result: Any) -> _Outcome:
    sample: list[dict[str, Any]] = []
    message = (result.message or "").partition("compiled code at")[0]  # readers may see it: no path of this machine
    if result.status == "skipped":
        message = NOT_REACHED
    elif result.node.resource_type == "test" and result.status in ("fail", "warn"):
        message = f"{result.failures} failing rows in {_table(result.node)}"
        if result.node.original_file_path.startswith(RESTRICTED_PATHS):
            return _Outcome(result, message, sample)
        try:
            sample = _failing_rows(connection, result.node.compiled_code)
            first = [", ".join(f"{name} {value}" for name, value in row.items()) for row in sample[:1]]
            message = "; first: ".join([message, *first])
        except psycopg.Error as error:
            message += f"; they cannot be shown: {error}"
    elif result.status in GOOD:
        message = None
    return _Outcome(result, _one_line(message), sample)


def _failing_rows(connection: psycopg.Connection, query: str) -> list[dict[str, Any]]:
    rows = connection.execute(f"select to_json(failing) from ({query}) as failing limit {SAMPLE_ROWS}".encode())
    return [row[0] for row in rows]


def _one_line(text: str | None) -> str | None:
    return " ".join(text.split())[:MESSAGE_LENGTH] if text else None


def _table(node: Any) -> str:
    """The table a test is about: the one it is declared on, or the last that its SQL names."""
    about = getattr(node, "attached_node", None) or (node.depends_on.nodes or [node.unique_id])[-1]
    return str(about).rsplit(".", 1)[-1]


def _record(connection: psycopg.Connection, refresh_id: str, response: Any, outcomes: list[_Outcome]) -> None:
    nodes = [
        (
            refresh_id, o.result.node.unique_id, str(o.result.node.resource_type), str(o.result.status),
            o.result.execution_time, o.result.adapter_response.get("rows_affected"), o.message,
        )
        for o in outcomes
    ]  # fmt: skip
    if response.exception:
        nodes.append((refresh_id, "dbt", "run", "error", 0, None, _one_line(str(response.exception))))
    checks = [_check_outcome(o) for o in outcomes if o.result.node.resource_type == "test"]
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into audit.node_result (refresh_id, node, resource_type, status, seconds, rows_affected, message) "
            "values (%s, %s, %s, %s, %s, %s, %s) on conflict (refresh_id, node) do update set "
            "status = excluded.status, seconds = excluded.seconds, rows_affected = excluded.rows_affected, "
            "message = excluded.message",
            nodes,
        )
    record_outcomes(connection, refresh_id, "refresh", checks)


def _check_outcome(outcome: _Outcome) -> CheckOutcome:
    node, status = outcome.result.node, outcome.result.status
    meta = node.config.meta
    remedy = meta.get("remedy") or f"See the rows: run the SQL of {node.name} in the compiled dbt project."
    return CheckOutcome(
        table_name=_table(node),
        check_name=node.name,
        kind=meta.get("kind", "integrity"),
        severity="warn" if node.config.severity.lower() == "warn" else "fail",
        owner=meta.get("owner", "data engineer"),
        outcome=EVALUATED.get(status, "not_evaluated"),
        value=None,
        failing_rows=outcome.result.failures if status in EVALUATED else None,
        sample=outcome.sample or None,
        message=outcome.message,
        remedy=_one_line(remedy) if status != "pass" else None,
        tool="dbt",
    )


def _constants_passed(outcomes: list[_Outcome]) -> bool:
    constants = [o for o in outcomes if o.result.node.original_file_path.startswith(layers.CONSTANT_PATHS)]
    return bool(constants) and all(o.result.status in GOOD for o in constants)


def _verdict(response: Any, outcomes: list[_Outcome], kind: str) -> BuildResult:
    failures = [
        NodeFailure(o.result.node.name, o.message or str(o.result.status))
        for o in outcomes
        if o.result.status not in (*GOOD, "skipped")
    ]
    if response.exception:
        failures.append(NodeFailure("dbt", _one_line(str(response.exception)) or type(response.exception).__name__))
    if not failures and not any(o.result.node.resource_type == kind for o in outcomes):
        failures.append(NodeFailure("dbt", f"dbt ran no {kind}: what did not run has failed."))
    passed = not failures and response.success and all(o.result.status in GOOD for o in outcomes)
    return BuildResult(passed, len(outcomes), failures)
