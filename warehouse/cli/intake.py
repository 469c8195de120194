"""`warehouse intake`: figures without a publication, as workbooks or CSV files that a named person signs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from core.errors import WarehouseError
from warehouse.cli import screen

if TYPE_CHECKING:
    from warehouse.intake.add import Added


intake = typer.Typer(no_args_is_help=True, help="Figures without a publication: signed workbooks and CSV files.")

Dataset = Annotated[str, typer.Argument(help="Its name, such as savings_delivery; a wrong one lists them all.")]


@intake.command()
def template(
    dataset: Dataset,
    xlsx: Annotated[Path | None, typer.Option(help="Write a workbook to fill in, with what is known in it.")] = None,
) -> None:
    """Print the header of a CSV file to fill, or write a workbook with choices, notes and known codes."""
    from warehouse.bootstrap import bootstrap
    from warehouse.intake.add import intake_dataset, template
    from warehouse.intake.take import write_template
    from warehouse.report.words import things

    definition = intake_dataset(dataset)
    if xlsx:
        bootstrap()
        form = write_template(dataset, xlsx)
        screen.say(f"{escape(str(xlsx))}: {escape(definition.title)}, {things(len(form.rows), 'known row')} filled in.")
        screen.say(
            f"Next: fill it in, sign it on its last sheet, `warehouse intake add {dataset} {escape(str(xlsx))}`."
        )
        return
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
    file: Annotated[Path, typer.Argument(help="The workbook, which holds its signature, or the CSV file.")],
    signed_by: Annotated[str | None, typer.Option(help="First and last name of the person who answers for it.")] = None,
    role: Annotated[str | None, typer.Option(help="That person's role.")] = None,
    statement: Annotated[str | None, typer.Option(help="What the person signs.")] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of signing; today otherwise.")] = None,
    answer: Annotated[Path | None, typer.Option(help="Where a workbook's answer goes; beside it otherwise.")] = None,
    trial: Annotated[bool, typer.Option("--trial", help="The figures are made up: count them as generated.")] = False,
) -> None:
    """Take in a file and its sign-off, check it, say what became of it."""
    from warehouse.intake.add import add, intake_dataset, sign
    from warehouse.intake.filled import WORDS
    from warehouse.intake.take import BOOKS

    definition = intake_dataset(dataset)
    if file.suffix.lower() in BOOKS:
        if signed_by or role or statement or on:
            raise WarehouseError("A workbook is signed on its own sheet.", remedy="Leave the options of signing out.")
        _add_workbook(definition.dataset, file, answer, is_trial=trial)
        return
    if not (signed_by and role):
        raise typer.BadParameter("a CSV file needs --signed-by and --role")
    signed = sign(file, signed_by, role, statement or WORDS, on.date() if on else None)
    _tell(add(definition, file, signed, is_trial=trial))


@intake.command()
def take() -> None:
    """Take in every workbook in the drop folders now, as the night does."""
    from warehouse.bootstrap import bootstrap
    from warehouse.intake.add import intake_datasets
    from warehouse.intake.take import take_dropped, write_templates

    bootstrap()
    folder = write_templates()[0].parent.parent
    taken = [each for dataset in intake_datasets() for each in take_dropped(dataset)]
    for each in taken:
        word = "accepted" if each.is_good else "refused"
        screen.say(f"{screen.coloured(word)} {escape(str(each.answer))}")
    if not taken:
        screen.say(f"No workbook was taken from {escape(str(folder))}; its folder of templates has empty ones.")


def _add_workbook(dataset: str, file: Path, answer: Path | None, *, is_trial: bool) -> None:
    from warehouse.bootstrap import bootstrap
    from warehouse.intake.take import take as take_workbook
    from warehouse.report.words import things

    bootstrap()
    place = answer or file.with_name(f"{file.stem}.answer.xlsx")
    taken = take_workbook(file, place, is_trial=is_trial, dataset=dataset)
    if not taken.is_good:
        to_correct = things(taken.to_correct, "thing")
        screen.say(f"{screen.coloured('refused')} {to_correct} to correct, marked in {escape(str(place))}")
    if taken.added:
        _tell(taken.added)
    elif not taken.is_good:
        raise typer.Exit(1)
    screen.say(f"The receipt: {escape(str(place))}")


def _tell(added: Added) -> None:
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
