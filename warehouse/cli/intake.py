"""`warehouse intake`: figures without a publication, as CSV files that a named person signs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from warehouse.cli import screen

STATEMENT = "I have checked these figures against our records; they are complete and correct."

intake = typer.Typer(no_args_is_help=True, help="Figures without a publication: signed CSV files.")

Dataset = Annotated[str, typer.Argument(help="Its name, such as savings_delivery; a wrong one lists them all.")]


@intake.command()
def template(dataset: Dataset) -> None:
    """Print the header of a file to fill; what its columns hold goes to the error output."""
    from warehouse.intake import intake_dataset, template

    definition = intake_dataset(dataset)
    print(template(definition), end="")
    key = ", ".join(definition.key)
    screen.err.print(f"{escape(definition.title)}. One row per {key}; blank lines do no harm.", soft_wrap=True)
    for rule in definition.fields:
        words = [rule.type.replace("_", " "), "required" if rule.required else "may be blank"]
        words += [f"one of {', '.join(rule.allowed)}"] if rule.allowed else []
        screen.err.print(
            f"  [bold]{rule.name}[/] ({escape('; '.join(words))}): {escape(rule.description)}", soft_wrap=True
        )


@intake.command()
def add(
    dataset: Dataset,
    file: Annotated[Path, typer.Argument(help="The CSV file.")],
    signed_by: Annotated[str, typer.Option(help="First and last name of the person who answers for the figures.")],
    role: Annotated[str, typer.Option(help="That person's role.")],
    statement: Annotated[str, typer.Option(help="What the person signs.")] = STATEMENT,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of signing; today otherwise.")] = None,
    trial: Annotated[bool, typer.Option("--trial", help="The figures are made up: count them as generated.")] = False,
) -> None:
    """Take in a file and its sign-off, check it, say what became of it."""
    from warehouse.intake import add, intake_dataset, sign

    definition = intake_dataset(dataset)
    added = add(definition, file, sign(file, signed_by, role, statement, on.date() if on else None), is_trial=trial)
    batch = added.batch
    screen.say(f"{screen.coloured(added.status)} {escape(batch.file_name)}")
    screen.say(f"  signed by {escape(added.signed_by)}")
    screen.say(
        f"  {batch.records_read:,} rows read = {batch.records_loaded:,} loaded + {batch.records_quarantined:,} "
        f"quarantined + {batch.records_skipped:,} skipped; vintage {added.vintage or 'none'}"
    )
    if batch.status == "known":
        screen.say("  These bytes were dealt with before: nothing has changed.")
    if added.withdrawn:
        screen.say("  The file that it replaces also stated these, which are withdrawn with it:")
        for key in added.withdrawn:
            screen.say(f"    {escape(key)}")
    if added.status == "refused":
        screen.say(f"  [bold red]refused:[/] {escape(added.reason or '')}")
        screen.say(f"  [bold]remedy:[/] {escape(added.remedy or '')}")
        raise typer.Exit(1)
    screen.say("Next: `make run` builds and publishes the marts with it.")
