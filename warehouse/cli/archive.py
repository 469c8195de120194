"""`warehouse archive`: the published files as they came."""

from __future__ import annotations

import typer
from rich.markup import escape

from warehouse.cli import screen

archive = typer.Typer(no_args_is_help=True, help="The published files as they came.")


@archive.callback()
def files() -> None:
    """The published files as they came."""


@archive.command()
def verify() -> None:
    """Read every archived file again and hold it against its hash and its manifest line."""
    from core.settings import settings
    from ingest.archive.store import Archive
    from ingest.archive.verify import verify_archive

    found = verify_archive(Archive(settings().archive_dir))
    for fault in found.faults:
        screen.say(f"[bold red]{escape(fault)}[/]")
    screen.say(f"{found.files:,} files, {found.size:,} bytes: {len(found.faults) or 'nothing'} wrong.")
    if found.faults:
        screen.say("[bold]remedy:[/] Restore these from a backup, or fetch them again; a file is named by its sha256.")
        raise typer.Exit(1)
