"""`warehouse checks`: what is broken, since when, who mends it, and the rows that show it."""

from __future__ import annotations

from typing import Any

import typer
from rich.markup import escape

from core.errors import NOT_REACHED
from warehouse.cli import screen

checks = typer.Typer(no_args_is_help=True, help="Outcomes of the checks.")

# The latest outcome of each check on what counts now: the newest refresh, every batch in force, every refusal that
# stands. A check that says the same of many files is told once.
FAILING = """
    with judged as (
        (select refresh_id as run_id from audit.refresh order by started_at desc limit 1)
        union all
        select b.batch_id
        from audit.batch as b
        where
            b.status in ('accepted', 'pending')
            and b.is_generated = not exists (
                select from audit.batch as r where r.status in ('accepted', 'withdrawn') and not r.is_generated
            )
        union all
        select batch_id from audit.standing_refusal where batch_id is not null
    ),

    latest as (
        select distinct on (c.run_id, c.check_name) c.*
        from audit.check_result as c
        inner join judged using (run_id)
        order by c.run_id, c.check_name, c.checked_at desc
    ),

    failing as (
        select
            *,
            row_number() over same_check as turn,
            count(*) over (partition by check_name, severity, outcome) as runs
        from latest
        where outcome <> 'passed'
        window same_check as (partition by check_name, severity, outcome order by checked_at desc, run_id)
    ),

    -- A model has no row of its own among the checks; what its tests waited for is then its failure.
    models as (
        select
            n.node, n.resource_type, n.message
        from audit.node_result as n
        inner join (select refresh_id from audit.refresh order by started_at desc limit 1) as r using (refresh_id)
        where n.resource_type <> 'test' and n.status in ('error', 'fail', 'partial success', 'runtime error')
    )

    select
        c.check_name, case when c.outcome = 'overruled' then c.outcome else c.severity end as severity, c.kind, c.owner,
        q.failing_since, c.failing_rows, c.message, c.remedy, c.sample, c.runs,
        c.message is not distinct from %(not_reached)s as is_waiting
    from failing as c
    left join marts.quality_result as q on (q.run, q.check_name, q.checked_at) = (c.run_id, c.check_name, c.checked_at)
    where c.turn = 1
    union all
    select
        split_part(node, '.', -1), 'fail', resource_type, 'data engineer', null, null, message,
        'Mend the ' || resource_type || ' (dbt_project, or what it reads), then run again.', null, 1, false
    from models
    order by severity, check_name
"""
# Refusals that look alike but for names and numbers are one.
REFUSED = """
    select
        dataset,
        count(*),
        min(refused_at),
        (array_agg(reason order by refused_at desc, file_name))[1],
        (array_agg(remedy order by refused_at desc, file_name))[1],
        array_agg(file_name order by refused_at desc, file_name),
        (array_agg(batch_id order by refused_at desc, file_name))[1]
    from audit.standing_refusal
    group by
        dataset,
        batch_id is null,
        regexp_replace(replace(reason, file_name, ''), '"(\\\\.|[^"\\\\])*"|[0-9][0-9.,]*', '#', 'g')
    order by dataset, min(refused_at)
"""
NAMES_SHOWN = 3


@checks.callback()
def group() -> None:
    """Keep `failing` a command of its own, however many there are."""


@checks.command()
def failing() -> None:
    """Every refused file that nothing has settled; every check that fails now, with the first rows that break it."""
    from core import db

    with db.connect("auditor") as connection:
        found = connection.execute(FAILING, {"not_reached": NOT_REACHED}).fetchall()
        refused = connection.execute(REFUSED).fetchall()
    # What only waits for another check or model to pass is counted, and does not hide that one.
    rows = [row[:-1] for row in found if not row[-1]]
    waiting = len(found) - len(rows)
    _refusals(refused)
    if not found:
        screen.say("No check fails.")
        return
    stops, overruled = (sum(row[1] == word for row in rows) for word in ("fail", "overruled"))
    screen.say(
        f"{len(rows):,} checks fail: {stops:,} stop their batch or the publication, {len(rows) - stops - overruled:,} "
        f"warn, {overruled:,} overruled."
    )
    for name, severity, kind, owner, since, count, message, remedy, sample, runs in rows:
        colour = "red" if severity == "fail" else "yellow"
        screen.say(f"\n[bold {colour}]{severity}[/] [bold]{escape(name)}[/] ({kind}, {escape(owner)})")
        screen.say(f"  {escape(message or '')}")
        if runs > 1:
            screen.say(f"  [dim]and the same check of {runs - 1:,} more files[/]")
        if since:
            screen.say(f"  [dim]failing since {since:%Y-%m-%d %H:%M}[/]")
        if remedy:
            screen.say(f"  [bold]remedy:[/] {escape(remedy)}")
        if sample:
            _rows(sample, count)
    if waiting:
        screen.say(f"\n{waiting:,} more did not run, since what they build on failed.")


def _refusals(refused: list[tuple[Any, ...]]) -> None:
    if refused:
        files = sum(row[1] for row in refused)
        screen.say(f"{files:,} {'file is' if files == 1 else 'files are'} refused, and nothing has settled that.")
    for dataset, count, oldest, reason, remedy, names, batch in refused:
        more = f" and {count - 1:,} more like it" if count > 1 else ""
        screen.say(f"\n[bold red]refused[/] [bold]{escape(dataset)}[/] since {oldest:%Y-%m-%d %H:%M}{more}")
        screen.say(f"  {escape(reason)}")
        for name in names[1:NAMES_SHOWN]:
            screen.say(f"  [dim]also {escape(name)}[/]")
        if remedy:
            screen.say(f"  [bold]remedy:[/] {escape(remedy)}")
        settle = (
            f'warehouse dismiss {batch[:12]} --by "First Last" --reason "..."'
            if batch
            else "take it out of the sources"
        )
        screen.say(f"  [dim]or, where no good file will come: {escape(settle)}[/]")
    if refused:
        screen.say("")


def _rows(sample: list[dict[str, Any]], count: int | None) -> None:
    columns = list(dict.fromkeys(name for row in sample for name in row))
    screen.table(columns, [[row.get(name) for name in columns] for row in sample])
    if count and count > len(sample):
        screen.say(f"  the first {len(sample)} of {count:,} rows")
