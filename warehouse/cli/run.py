"""`warehouse run`: everything once, then the summary."""

from __future__ import annotations

from datetime import datetime

from core import db
from core.errors import WarehouseError
from ingest.unclaimed_files import left_in_the_inbox
from warehouse.bootstrap import bootstrap
from warehouse.cli import screen, summary
from warehouse.orchestration.log import log_file
from warehouse.orchestration.run import DagOutcome, run_all
from warehouse.orchestration.tasks import FilesRefused
from warehouse.refresh.dbt_parse import parsed_beside


def run_everything() -> int:
    """Run all DAGs and print what came of it. The exit code: 1 where a DAG failed; refused files fail nothing."""
    with screen.out.status("The database is starting"):
        bootstrap()
    began = _now()
    with parsed_beside():
        outcomes = run_all()
    errors = [error for outcome in outcomes for error in outcome.errors.values()]
    refused = [error for error in errors if isinstance(error, FilesRefused)]
    unread = [refusal for error in refused for refusal in error.refusals if not refusal.is_recorded]
    failed = [outcome for outcome in outcomes if outcome.state == "failed"]
    # Where something failed, that is what counts; the inbox itself may be what cannot be read.
    summary.show(began, unread, None if failed else left_in_the_inbox())
    for outcome in failed:
        _explain(outcome)
    return 1 if failed else 0


def _explain(outcome: DagOutcome) -> None:
    for task, error in outcome.errors.items():
        screen.err.print(f"\n[bold red]failed:[/] {outcome.dag_id}, task {task}")
        screen.print_error(error if isinstance(error, WarehouseError) else db.in_words(error) or _unexpected(error))


def _unexpected(error: BaseException) -> WarehouseError:
    first = (str(error).strip().splitlines() or [""])[0]
    return WarehouseError(f"{type(error).__name__}: {first}", remedy=f"The whole story is at the end of {log_file()}.")


def _now() -> datetime:
    with db.connect("gate") as connection:
        row = connection.execute("select clock_timestamp()").fetchone()
    assert row is not None, "a select without a condition returns a row"
    moment: datetime = row[0]
    return moment
