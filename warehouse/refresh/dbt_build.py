"""One dbt build of the layers from seed to candidate; every node and test outcome goes to the audit tables."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from core import db
from core.address import environment
from core.errors import NOT_REACHED, WarehouseError
from core.faults import reached
from core.private import private_folder
from core.settings import PROJECT_DIR, settings
from warehouse.disclosure import control
from warehouse.disclosure.declared import controlled_relations, load_sets
from warehouse.lineage.workings import Relation, keep
from warehouse.refresh import layers
from warehouse.refresh.compile_releases import compile_releases
from warehouse.refresh.dbt_parse import keep_parse_of_this_code
from warehouse.refresh.dbt_record import Outcome, one_line, record, table_of
from warehouse.refresh.reach import undeclared_marts
from warehouse.refresh.unheard import unheard

DBT_PROJECT = PROJECT_DIR / "dbt_project"
# Printed papers and unit tests cannot change overnight, only with the code: their tests run in the test suite.
PAPER_TESTS = ("path:../seeds/papers,resource_type:test", "path:tests/papers")
NO_NIGHT_TESTS = ("resource_type:unit_test", *PAPER_TESTS)
# What waits until disclosure control has seen the counts.
WAITING = f"{control.PATTERN_MODEL}+"
UNDER_CONTROL = ["build", "--indirect-selection", "eager", "--select", WAITING, "--exclude", *NO_NIGHT_TESTS]
NOT_RUN = "the project has it, and dbt did not run it"
SAMPLE_ROWS = 5
RESTRICTED_PATHS = ("models/restricted/", "tests/restricted/")  # their rows are for named readers only
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

    def and_then(self, other: BuildResult) -> BuildResult:
        """Both as one: passed where both are."""
        return BuildResult(self.passed and other.passed, self.nodes + other.nodes, [*self.failures, *other.failures])


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
            compile_releases(connection, refresh_id, schema_prefix, PROJECT_DIR)
    reached("build.layers_dropped")
    arguments = _what_depends_on_the_day(dated) if is_quiet else _everything(reuse_seeds)
    response = _invoke(arguments, refresh_id, business_date, schema_prefix)
    outcomes = _outcomes(response)
    verdict = _verdict(response, outcomes, "model")
    reached("build.counted")
    sets = load_sets(DBT_PROJECT.parent / "quality_checks" / "disclosure")
    is_controlled = bool(sets) and verdict.passed and not is_quiet
    if is_controlled:
        control.decide(refresh_id, sets, schema_prefix)
    reached("build.controlled")
    if is_controlled:
        response = _invoke(UNDER_CONTROL, refresh_id, business_date, schema_prefix)
        shown = _outcomes(response)
        outcomes += shown
        verdict = verdict.and_then(_verdict(response, shown, "model"))
        unnamed = undeclared_marts((outcome.result.node for outcome in outcomes), sets).items()
        failures = [NodeFailure(mart, f"shows counts of {name}, which does not declare it") for mart, name in unnamed]
        verdict = verdict.and_then(BuildResult(not failures, 0, failures))
    if verdict.passed:
        ran = {outcome.result.node.unique_id for outcome in outcomes}
        constant = layers.CONSTANT_PATHS if reuse_seeds else ()
        missing = unheard(_target(schema_prefix), ran, is_whole=not is_quiet, passed_before=constant)
        verdict = verdict.and_then(BuildResult(not missing, 0, [NodeFailure(each, NOT_RUN) for each in missing]))
    reached("build.models_built")
    with db.connect("transformer") as connection:
        record(connection, refresh_id, response.exception, outcomes)
        if not reuse_seeds and _constants_passed(outcomes):
            layers.note(connection, seed, fingerprint)
        if verdict.passed:
            keep(connection, _tables(outcomes), schema_prefix)
            layers.note(connection, candidate, refresh_id)
    reached("build.recorded")
    return verdict


def _tables(outcomes: list[Outcome]) -> list[tuple[Relation, str]]:
    """The tables that a build made, each with its SQL; a view keeps its own."""
    nodes = [outcome.result.node for outcome in outcomes if outcome.result.node.resource_type == "model"]
    return [
        (Relation(node.schema, node.alias), node.compiled_code) for node in nodes if node.config.materialized == "table"
    ]


def _everything(reuse_seeds: bool) -> list[str]:
    left_out = [*NO_NIGHT_TESTS, WAITING, *(layers.CONSTANT_PATHS if reuse_seeds else ())]
    # Cautious: a test that reads a seed and a mart still runs when seeds are left out.
    return ["build", "--indirect-selection", "cautious", "--exclude", *left_out]


def _what_depends_on_the_day(dated: list[str]) -> list[str]:
    chosen = [f"{model}+" for model in dated]
    # Eager: a test of anything that is built again runs, though its other tables stand.
    return ["build", "--select", *chosen, "--indirect-selection", "eager", "--exclude", *NO_NIGHT_TESTS]


def run_models(refresh_id: str, business_date: date, schema_prefix: str, project: Path) -> BuildResult:
    """Build the seeds and models of another copy of the project, test nothing, record nothing: for a rebuild."""
    arguments = ["build", "--resource-type", "model", "--resource-type", "seed"]
    with db.connect("transformer") as connection:
        compile_releases(connection, refresh_id, schema_prefix, project.parent)
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


def _target(schema_prefix: str) -> Path:
    return settings().dbt_target_dir / f"{schema_prefix}target"


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
    private_folder(now.dbt_target_dir)  # its log quotes rows
    target = _target(schema_prefix)
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
    address = db.url("transformer")
    target = conninfo_to_dict(address)
    ours = {
        **environment(address),
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


def _outcomes(response: Any) -> list[Outcome]:
    """What became of each node; a failing test's first rows are read again with its own SQL."""
    results = getattr(response.result, "results", None) or []
    with db.connect("transformer", autocommit=True) as connection:
        return [_outcome(connection, result) for result in results]


def _outcome(connection: psycopg.Connection, result: Any) -> Outcome:
    sample: list[dict[str, Any]] = []
    message = (result.message or "").partition("compiled code at")[0]  # readers may see it: no path of this machine
    if result.status == "skipped":
        message = NOT_REACHED
    elif result.node.resource_type == "test" and result.status in ("fail", "warn"):
        message = f"{result.failures} failing rows in {table_of(result.node)}"
        if result.node.original_file_path.startswith(RESTRICTED_PATHS) or _is_controlled(result.node):
            return Outcome(result, message, sample)
        try:
            sample = _failing_rows(connection, result.node.compiled_code)
            first = [", ".join(f"{name} {value}" for name, value in row.items()) for row in sample[:1]]
            message = "; first: ".join([message, *first])
        except psycopg.Error as error:
            message += f"; they cannot be shown: {error}"
    elif result.status in GOOD:
        message = None
    return Outcome(result, one_line(message), sample)


def _is_controlled(node: Any) -> bool:
    """Whether a test reads what is under disclosure control: its rows, and the first in its message, would tell."""
    return any(str(each).rsplit(".", 1)[-1] in controlled_relations() for each in node.depends_on.nodes)


def _failing_rows(connection: psycopg.Connection, query: str) -> list[dict[str, Any]]:
    rows = connection.execute(f"select to_json(failing) from ({query}) as failing limit {SAMPLE_ROWS}".encode())
    return [row[0] for row in rows]


def _constants_passed(outcomes: list[Outcome]) -> bool:
    constants = [o for o in outcomes if o.result.node.original_file_path.startswith(layers.CONSTANT_PATHS)]
    return bool(constants) and all(o.result.status in GOOD for o in constants)


def _verdict(response: Any, outcomes: list[Outcome], kind: str) -> BuildResult:
    failures = [
        NodeFailure(o.result.node.name, o.message or str(o.result.status))
        for o in outcomes
        if o.result.status not in (*GOOD, "skipped")
    ]
    if response.exception:
        failures.append(NodeFailure("dbt", one_line(str(response.exception)) or type(response.exception).__name__))
    if not failures and not any(o.result.node.resource_type == kind for o in outcomes):
        failures.append(NodeFailure("dbt", f"dbt ran no {kind}: what did not run has failed."))
    passed = not failures and response.success and all(o.result.status in GOOD for o in outcomes)
    return BuildResult(passed, len(outcomes), failures)
