"""The adapter around Soda Core: runs a contract, gives back plain outcomes. No other module imports Soda."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from core import db
from core.address import environment
from warehouse.checks.contract import Standard, whole_contract
from warehouse.checks.results import SAMPLE_ROWS, CheckOutcome

SOURCE = "warehouse"  # the first part of every contract's `dataset`
KINDS = ("source", "unit", "integrity", "review")
FAILED = ("FAILED", "WARN")
# The checks that count the rows that break them, and what Soda calls the count.
FAILING_ROWS = {
    "duplicate": "duplicate_count",
    "failed_rows": "failed_rows_count",
    "invalid": "invalid_count",
    "missing": "missing_count",
}
MEND = "Mend the contract, its table or the connection, then run again."
# Reading a contract costs more than running it. A batch's is read once and asks the session which batch is meant: put
# where '${var.BATCH_ID}' stands, this closes the quote, and opens it again.
BATCH_ID, THE_BATCH = "BATCH_ID", "' || current_setting('warehouse.batch_id') || '"
log = logging.getLogger(__name__)


def contract_error(table: str, message: str, remedy: str) -> CheckOutcome:
    """The outcome of a contract that did not run."""
    return CheckOutcome(
        table_name=table,
        check_name=f"{table}.contract",
        kind="integrity",
        severity="fail",
        owner="data engineer",
        outcome="not_evaluated",
        value=None,
        failing_rows=None,
        sample=None,
        message=message,
        remedy=remedy,
    )


class ContractRunner:
    """Runs contracts as `gate` over one connection, which lasts as long as the `with` block."""

    def __enter__(self) -> ContractRunner:
        os.environ["SODA_CORE_TELEMETRY_ENABLED"] = "false"
        os.environ["PYTHON_DOTENV_DISABLED"] = "1"  # Soda would load a .env file into our environment
        from soda_core.common.data_source_impl import DataSourceImpl
        from soda_core.common.yaml import DataSourceYamlSource

        address = db.url("gate")
        self._environment = {name: os.environ.get(name) for name in environment(address)}
        os.environ |= environment(address)  # Soda takes a part of an address only
        parts = dict(conninfo_to_dict(address, application_name="warehouse gate"))
        self._database = str(parts.pop("dbname"))
        # Autocommit: an open transaction would hold locks on candidate tables between contracts.
        connection = {"host": "", **parts, "database": self._database, "autocommit": True}
        # As a string, so that the password stays in memory, where Soda keeps it masked.
        source = DataSourceYamlSource.from_str(
            json.dumps({"type": "postgres", "name": SOURCE, "connection": connection})
        )
        self._source = DataSourceImpl.from_yaml_source(source)
        self._read: dict[Path, Any] = {}  # contracts of batches
        return self

    def __exit__(self, *_: object) -> None:
        self._source.close_connection()
        for name, before in self._environment.items():
            os.environ.pop(name, None)
            if before is not None:
                os.environ[name] = before

    def run_contract(
        self, contract: Path, variables: dict[str, str], standard: Standard | None = None
    ) -> list[CheckOutcome]:
        """Verify one contract, a YAML file named after its table: at least one outcome, never an exception from Soda.

        The file adds to what is `standard` for the table; where nothing is known of it, the file says everything.
        `variables` fill the contract's `${var.NAME}`; DATABASE is always among them. A contract that errs or that
        checks nothing gives an outcome `not_evaluated` whose message ends with the first line of the error. A lost
        connection is opened again once.
        """
        outcomes = self._run(contract, variables, standard)
        if self._connection_lost():
            self._source.close_connection()
            outcomes = self._run(contract, variables, standard)
        return outcomes

    def _run(self, contract: Path, variables: dict[str, str], standard: Standard | None) -> list[CheckOutcome]:
        outcomes: list[CheckOutcome] = []
        error = ""
        with _captured_logs() as logs:
            try:
                verification = self._prepare(contract, variables, standard, logs)
                results = verification.verify().check_results
                if 0 < len(results) < len(verification.all_check_impls):
                    error = f"{len(results)} of its {len(verification.all_check_impls)} checks ran"
                # One result a check, in their order; none at all where the contract itself is wrong.
                for check, result in zip(verification.all_check_impls, results, strict=False):
                    sample = self._sample(check) if result.outcome.name in FAILED else None
                    outcomes.append(_outcome(contract.stem, result, sample, _first_error(logs)))
            except Exception as raised:  # noqa: BLE001  whatever Soda raises, its check did not run: recorded below
                error = _first_line(raised)
            error = _first_error(logs) or error
        if not outcomes or (error and all(outcome.outcome != "not_evaluated" for outcome in outcomes)):
            message = f"{contract.parent.name}/{contract.name} did not run: {error or 'it has no checks'}"
            outcomes.append(contract_error(contract.stem, message, MEND))
        return outcomes

    def _prepare(self, contract: Path, variables: dict[str, str], standard: Standard | None, logs: Any) -> Any:
        from soda_core.contracts.impl.contract_verification_impl import ContractImpl

        if not self._source.has_open_connection():
            self._source.open_connection()
        if batch_id := variables.get(BATCH_ID):
            self._source.execute_query(f"select set_config('warehouse.batch_id', '{batch_id}', false)")
            if contract not in self._read:
                self._read[contract] = self._document(contract, variables | {BATCH_ID: THE_BATCH}, standard)
            document = self._read[contract]
        else:
            document = self._document(contract, variables, standard)
        verification = ContractImpl(
            yaml=document,
            data_source_impl=self._source,
            logs=logs,
            data_timestamp=document.data_timestamp,
            execution_timestamp=document.execution_timestamp,
        )
        _validate(verification, contract.stem)
        return verification

    def _document(self, contract: Path, variables: dict[str, str], standard: Standard | None) -> Any:
        from soda_core.common.yaml import ContractYamlSource
        from soda_core.contracts.impl.contract_yaml import ContractYaml

        if standard:
            source = ContractYamlSource.from_str(whole_contract(contract, standard), str(contract))
        else:
            source = ContractYamlSource.from_file_path(str(contract))
        return ContractYaml.parse(
            yaml_source=source,
            provided_variable_values={"DATABASE": self._database, **variables},
            primary_data_source_impl=self._source,
        )

    def _connection_lost(self) -> bool:
        return self._source.has_open_connection() and self._source.data_source_connection.connection.closed

    def _sample(self, check: Any) -> list[dict[str, Any]] | None:
        rows = _failing_rows_sql(check, self._source.sql_dialect)
        if rows is None:
            return None
        found = self._source.execute_query(f"select to_jsonb(sample) from ({rows}) as sample limit {SAMPLE_ROWS}")
        return [row[0] for row in found.rows]


def _validate(verification: Any, table: str) -> None:
    """What we ask of a contract beyond Soda: that it is about the table it is named after, and who mends what."""
    if verification.dataset_name != table:
        raise ValueError(f"it is named after {table} but verifies {verification.dataset_name}")
    for check in verification.all_check_impls:
        lacking = [name for name in ("kind", "owner", "remedy") if not check.attributes.get(name)]
        if lacking:
            raise ValueError(f"{check.relative_path} has no {' and no '.join(lacking)}")
        if check.attributes["kind"] not in KINDS:
            raise ValueError(f"{check.relative_path}: kind must be one of {', '.join(KINDS)}")


def _failing_rows_sql(check: Any, dialect: Any) -> str | None:
    """A query for the rows that break a check, from the parts that Soda counts them with; None if it counts none."""
    from soda_core.common.sql_ast import FROM, SELECT, STAR, WITH

    definition = check.check_yaml
    if check.type not in FAILING_ROWS or getattr(definition, "valid_reference_data", None):
        return None
    if getattr(definition, "query", None):
        return definition.query.rstrip("; \n")
    cte = check.scope.cte
    rows = dialect.build_select_sql([WITH([cte]), SELECT(STAR()), FROM(cte.alias)], add_semicolon=False)
    if check.type == "duplicate":
        columns = getattr(definition, "columns", None) or [check.column_impl.column_yaml.name]
        key = ", ".join(dialect.quote_default(column) for column in columns)
        kept = f"select * from ({rows}) as t where {definition.filter or 'true'}"
        return f"select {key}, count(*) as rows from ({kept}) as t group by {key} having count(({key})) > 1"
    condition = check.get_threshold_metric_impl().sql_condition_expression()
    return f"select * from ({rows}) as t where {dialect.build_expression_sql(condition)}"


def _outcome(table: str, result: Any, sample: list[dict[str, Any]] | None, error: str | None) -> CheckOutcome:
    check = result.check
    state = result.outcome.name
    threshold = check.warn_threshold if state == "WARN" and check.warn_threshold else check.threshold
    value = _number(result.threshold_value)
    failing_rows = (result.diagnostic_metric_values or {}).get(FAILING_ROWS.get(check.type))
    label = f"{check.column_name}: {check.name}" if check.column_name else check.name
    message = None
    if state in FAILED:
        message = f"{label}: {_finding(result, threshold, value, failing_rows)}"
    elif state != "PASSED":
        message = f"{label}: did not run: {error or 'Soda did not evaluate it'}"
    return CheckOutcome(
        table_name=table,
        check_name=".".join(filter(None, (table, check.column_name, check.qualifier or check.type))),
        kind=check.attributes["kind"],
        severity="warn" if threshold and threshold.level == "warn" else "fail",
        owner=check.attributes["owner"],
        outcome="failed" if state in FAILED else "passed" if state == "PASSED" else "not_evaluated",
        value=value,
        failing_rows=failing_rows,
        sample=sample,
        message=message,
        remedy=MEND if state not in (*FAILED, "PASSED") else check.attributes["remedy"],
    )


def _number(value: float | None) -> Decimal | None:
    if value is None:
        return None
    return Decimal(int(value)) if value == int(value) else Decimal(str(value))


def _finding(result: Any, threshold: Any, value: Decimal | None, failing_rows: int | None) -> str:
    if result.check.type == "schema":
        lacking = [f"no column {name}" for name in result.expected_column_names_not_actual]
        wrong = [f"{m.column} is {m.get_actual()}, not {m.get_expected()}" for m in result.column_data_type_mismatches]
        return "; ".join(lacking + wrong)
    bounds = {name: bound for name, bound in vars(threshold).items() if name != "level" and bound is not None}
    rule = " and ".join(f"{name.replace('_', ' ')} {bound:,}" for name, bound in bounds.items())
    count = f", failing rows: {failing_rows:,}" if failing_rows is not None and failing_rows != value else ""
    return f"found {value:,}, {rule}{count}"


@contextmanager
def _captured_logs() -> Iterator[Any]:
    """Soda's log of one contract, kept from the console: it says there only what `-v` asks for."""
    from soda_core.common.logging_constants import soda_logger
    from soda_core.common.logs import Logs

    before = list(logging.root.handlers)
    logs = Logs()
    capture = _Capture(logs.gatherer)
    soda_logger.addHandler(capture)
    soda_logger.propagate = False
    try:
        yield logs
    finally:
        soda_logger.propagate = True
        soda_logger.removeHandler(capture)
        logs.close()
        # Soda leaves a handler on the root logger, which would make a later logging.basicConfig do nothing.
        for handler in [handler for handler in logging.root.handlers if handler not in before]:
            logging.root.removeHandler(handler)


class _Capture(logging.Handler):
    def __init__(self, gatherer: Any) -> None:
        super().__init__()
        self._gatherer = gatherer

    def emit(self, record: logging.LogRecord) -> None:
        self._gatherer.emit(record)
        log.debug("%s", record.getMessage())


def _first_error(logs: Any) -> str | None:
    """The first line of the first error that Soda logged: the database's own words where it has them."""
    for record in logs.gatherer.get_error_logs():
        cause = record.exc_info[1] if record.exc_info else None
        return _first_line(cause or record.getMessage())
    return None


def _first_line(error: object) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
