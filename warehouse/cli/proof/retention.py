"""`warehouse retention`: what is personal, what is kept how long, what goes."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape

from core.settings import settings
from warehouse.cli import screen

retention = typer.Typer(no_args_is_help=True, help="What is kept how long, and what goes at the end of its time.")
Backups = Annotated[Path | None, typer.Option(help="The folder that `warehouse backup` writes into: it goes too.")]


@retention.command()
def inventory() -> None:
    """Of each dataset what of it is about persons, why it is here, how it was made less, and how long it is kept."""
    from ingest.definition.dataset import Personal, load_definitions

    rows = []
    for each in load_definitions().values():
        about = each.personal if isinstance(each.personal, Personal) else None
        kept = f"{each.keep_years} years" if each.keep_years else "for ever, as published"
        rows.append((each.dataset, kept, *((about.what, about.why, about.minimised) if about else ("nothing", "", ""))))
    screen.table(["dataset", "kept", "about persons", "why", "made less by"], rows)


@retention.command()
def plan(backups: Backups = None) -> None:
    """What would go today, and why; nothing is changed."""
    from warehouse.retention.plan import make_plan

    due = make_plan(_today(), backups)
    if due.batches:
        screen.table(
            ["rows of", "came", "rows", "kept for", "goes"],
            [
                (f"{each.dataset}: {each.name}", each.arrived_at.date(), each.rows, f"{due.years[each.dataset]} years",
                 f"no: {each.held}" if each.held else "yes")
                for each in due.batches
            ],
            right=["rows"],
        )  # fmt: skip
    if due.files:
        screen.table(
            ["archived file", "came", "bytes", "sha256"],
            [(each.name, each.fetched_at.date(), each.bytes, each.sha256[:12]) for each in due.files],
            right=["bytes"],
        )
    if due.working:
        screen.table(
            ["working files", "older than", "files", "bytes"],
            [(each.what, f"{each.days} days", len(each.paths), each.size) for each in due.working],
            right=["files", "bytes"],
        )
    if due.going or due.files or due.working:
        screen.say('Next: `warehouse retention apply --by "First Last" --reason "..."` removes what goes.')
    else:
        screen.say("Nothing goes today.")


@retention.command()
def apply(
    by: Annotated[str, typer.Option(help="First and last name of who answers for it.")],
    reason: Annotated[str, typer.Option(help="On what grounds.")],
    backups: Backups = None,
) -> None:
    """Remove what the plan says. A tombstone of each stays: what it was, when it came and went, by whom, why."""
    from warehouse.retention.apply import apply_plan
    from warehouse.retention.plan import make_plan

    due = make_plan(_today(), backups)
    with screen.out.status("What is due is removed"):
        rows = apply_plan(due, by, reason, backups)
    files = sum(len(each.paths) for each in due.working)
    screen.say(
        f"Removed: {rows:,} rows of {len(due.going)} batches, {len(due.files)} archived files, {files:,} working files."
    )
    held = [each for each in due.batches if each.held]
    for each in held:
        screen.say(f"Kept: {escape(each.name)}: {escape(each.held or '')}.")
    if not backups:
        screen.say("Next: backups still hold what went: `--backups <folder>` removes it there, and old ones.")


def _today() -> date:
    return settings().business_date or datetime.now(ZoneInfo("Europe/London")).date()
