"""`warehouse run`: everything once, then what came of it in ten lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from rich.markup import escape

from core import db
from core.errors import WarehouseError
from core.settings import settings
from ingest.unclaimed_files import left_in_the_inbox
from warehouse.bootstrap import bootstrap
from warehouse.cli import screen, summary
from warehouse.orchestration.log import log_file
from warehouse.orchestration.run import PAGE, DagOutcome, run_all
from warehouse.orchestration.tasks import LAST_DAY, FilesRefused, Refusal
from warehouse.refresh.dbt_parse import parsed_beside
from warehouse.report.make import PAGE as PAGE_FILE

NAMES_SHOWN = 5
CURRENT = """
    select publication_id, business_date, changed_rows, note, is_generated, published_at >= %s
    from marts.publication
    where is_current
"""
CHANGED = """
    select mart, inserted + updated + deleted
    from audit.publication_mart
    where publication_id = %s and inserted + updated + deleted > 0
    order by 2 desc, 1
"""
TAKEN_IN = """
    select dataset, count(*)
    from audit.batch
    where status = 'accepted' and decided_at >= %s
    group by dataset
    order by 2 desc, 1
"""
REFUSED = """
    select f.name
    from audit.batch as b
    inner join audit.batch_file as f using (batch_id)
    where b.status = 'refused' and greatest(b.loaded_at, b.decided_at) >= %s
    order by f.name
"""
STANDING = "select count(*), min(refused_at)::date from audit.standing_refusal"
WARNS = """
    select check_name, count(*)
    from audit.check_result
    where checked_at >= %s and severity = 'warn' and outcome = 'failed'
    group by check_name
    order by 2 desc, 1
"""


def run_everything(*, files: bool = False, yes: bool = False) -> int:
    """Run all DAGs and print what came of it. The exit code: 1 where a DAG failed; refused files fail nothing.

    `files` lists every file and KPI too, `yes` lets BUSINESS_DATE lie before the last publication's.
    """
    with screen.out.status("The database is starting"):
        bootstrap()
    began = _now()
    if not yes:
        _refuse_the_past()
    with parsed_beside():
        outcomes = run_all()
    errors = [error for outcome in outcomes for error in outcome.errors.values()]
    refused = [error for error in errors if isinstance(error, FilesRefused)]
    unread = [refusal for error in refused for refusal in error.refusals if not refusal.is_recorded]
    failed = [outcome for outcome in outcomes if outcome.state == "failed"]
    left = _left()
    if files:
        summary.show(began, unread, left)
    # A page that failed leaves what is published as it is.
    _in_ten_lines(began, unread, left, [outcome for outcome in failed if outcome.dag_id != PAGE])
    for outcome in failed:
        _explain(outcome)
    return 1 if failed else 0


def _refuse_the_past() -> None:
    day = settings().business_date
    with db.connect("auditor") as connection:
        last = (connection.execute(LAST_DAY).fetchone() or (None,))[0]
    if day and last and day < last:
        raise WarehouseError(
            f"BUSINESS_DATE={day} lies before {last}, the day of the last publication: readers would go back.",
            remedy="Leave it out; or `warehouse run --yes`, where that is meant. `query --as-of` asks the past.",
        )


def _left() -> str | None:
    try:
        return left_in_the_inbox()
    except WarehouseError:
        return None  # the inbox itself cannot be read: each DAG has said so


def _in_ten_lines(began: datetime, unread: Sequence[Refusal], left: str | None, failed: Sequence[DagOutcome]) -> None:
    """Published or not, what changed, what was refused, what warns, where to look: a line each, none for nothing."""
    with db.connect("auditor") as auditor, db.connect("bi_reader") as reader:
        current = reader.execute(CURRENT, [began]).fetchone()
        taken_in = auditor.execute(TAKEN_IN, [began]).fetchall()
        refused = [*(each.file_name for each in unread), *(row[0] for row in auditor.execute(REFUSED, [began]))]
        standing, oldest = auditor.execute(STANDING).fetchone() or (0, None)
        warns = auditor.execute(WARNS, [began]).fetchall()
        lines = list(_published(auditor, current, failed))
    if taken_in:
        _add(lines, "taken in", sum(row[1] for row in taken_in), "file", _counted(taken_in))
    if refused:
        _add(lines, "refused", len(refused), "file", (Path(name).name for name in refused))
    if standing > len(refused):
        lines.append(("refused before", f"{standing - len(refused):,} more, the oldest of {oldest}, not settled yet"))
    if left:
        lines.append(("left", left))
    page = settings().report_dir / PAGE_FILE
    if page.exists():
        lines.append(("page", str(page)))
    if warns:
        _add(lines, "warns", len(warns), "check", (row[0] for row in warns))
    look = ["checks failing"] if standing or warns or failed else []
    lines.append(("look", ", ".join(f"`warehouse {each}`" for each in [*look, "status", "summary"])))
    lines.append(
        ("ask", f'`warehouse query "{summary.EXAMPLE}"`, `warehouse url` for a BI tool, `make up` for Airflow')
    )
    screen.say("")
    for word, text in lines:
        colour = {"refused": "bold red", "not published": "bold red", "generated": "black on yellow"}.get(word, "bold")
        screen.say(f"[{colour}]{word}[/] {escape(text)}")


def _published(
    auditor: psycopg.Connection, current: tuple[Any, ...] | None, failed: Sequence[DagOutcome]
) -> Iterator[tuple[str, str]]:
    if current is None:
        yield ("not published", "nothing has been published yet")
        return
    number, day, changed, note, is_generated, is_new = current
    if is_generated:
        yield ("generated", "no publisher said any of it; `make run SOURCES=<folder>` takes in real files")
    if is_new:
        yield ("published", f"publication {number} for {day}: {changed:,} changed rows")
        marts = auditor.execute(CHANGED, [number]).fetchall()
        if marts:
            yield ("changed", f"{len(marts)} marts: {_some(_counted(marts))}")
    elif failed:
        yield ("not published", note or f"readers keep publication {number}, for {day}")
    else:
        yield ("nothing new", f"publication {number} for {day} stands")


def _add(lines: list[tuple[str, str]], word: str, count: int, what: str, names: Iterable[str]) -> None:
    lines.append((word, f"{count:,} {what}{'' if count == 1 else 's'}: {_some(names)}"))


def _counted(rows: Iterable[tuple[str, int]]) -> list[str]:
    return [f"{name} {count:,}" for name, count in rows]


def _some(names: Iterable[str]) -> str:
    names = list(names)
    more = len(names) - NAMES_SHOWN
    return ", ".join(islice(names, NAMES_SHOWN)) + (f" and {more:,} more" if more > 0 else "")


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
