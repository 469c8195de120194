"""`warehouse checks`: what is broken, since when, who mends it, and the rows that show it."""

from __future__ import annotations

from typing import Any

import typer
from rich.markup import escape

from core.errors import NOT_REACHED
from warehouse.cli import screen

checks = typer.Typer(no_args_is_help=True, help="Outcomes of the checks.")

# The latest outcome of each check on what is judged now: the newest refresh, each dataset's newest batch, and every
# refused one that no accepted batch of its period or a later one has followed.
FAILING = """
    with judged as (
        (select refresh_id as run_id from audit.refresh order by started_at desc limit 1)
        union all
        (select distinct on (dataset) batch_id from audit.batch order by dataset, loaded_at desc)
        union
        select b.batch_id
        from audit.batch as b
        where
            b.status = 'refused'
            and not exists (
                select 1
                from audit.batch as later
                where
                    later.dataset = b.dataset
                    and later.status = 'accepted'
                    and later.period_end >= b.period_end
                    and later.loaded_at > b.loaded_at
            )
    )
    select
        c.check_name, case when c.outcome = 'overruled' then c.outcome else c.severity end, c.kind, c.owner,
        q.failing_since, c.failing_rows, c.message, c.remedy, c.sample, c.message is not distinct from %s
    from audit.check_result as c
    inner join judged using (run_id)
    left join marts.quality_result as q on (q.run, q.check_name, q.checked_at) = (c.run_id, c.check_name, c.checked_at)
    where c.outcome <> 'passed'
    order by 2, c.check_name
"""


@checks.callback()
def group() -> None:
    """Keep `failing` a command of its own, however many there are."""


@checks.command()
def failing() -> None:
    """Every check that fails now, or did not run, with the first rows that break it."""
    from core import db

    with db.connect("auditor") as connection:
        found = connection.execute(FAILING, [NOT_REACHED]).fetchall()
    # What only waits for another check or model to pass is counted, and does not hide that one.
    rows = [row[:-1] for row in found if not row[-1]]
    waiting = len(found) - len(rows)
    if not found:
        screen.say("No check fails.")
        return
    stops, overruled = (sum(row[1] == word for row in rows) for word in ("fail", "overruled"))
    screen.say(
        f"{len(rows):,} checks fail: {stops:,} stop their batch or the publication, {len(rows) - stops - overruled:,} "
        f"warn, {overruled:,} overruled."
    )
    for name, severity, kind, owner, since, count, message, remedy, sample in rows:
        colour = "red" if severity == "fail" else "yellow"
        screen.say(f"\n[bold {colour}]{severity}[/] [bold]{escape(name)}[/] ({kind}, {escape(owner)})")
        screen.say(f"  {escape(message or '')}")
        if since:
            screen.say(f"  [dim]failing since {since:%Y-%m-%d %H:%M}[/]")
        if remedy:
            screen.say(f"  [bold]remedy:[/] {escape(remedy)}")
        if sample:
            _rows(sample, count)
    if waiting:
        screen.say(
            f"\n{waiting:,} more did not run, since what they build on failed; `warehouse status` says what failed."
        )


def _rows(sample: list[dict[str, Any]], count: int | None) -> None:
    columns = list(dict.fromkeys(name for row in sample for name in row))
    screen.table(columns, [[row.get(name) for name in columns] for row in sample])
    if count and count > len(sample):
        screen.say(f"  the first {len(sample)} of {count:,} rows")
