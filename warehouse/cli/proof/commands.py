"""`diff`, `trace`, `rebuild`: what a figure was, where it comes from, whether it can be made again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.roles import EVERYBODY
from warehouse.cli.office.commands import ASKS, as_reader

FOLLOWS = "auditor"
proof = typer.Typer()


@proof.command()
def diff(
    earlier: Annotated[int, typer.Argument(help="A publication.")],
    later: Annotated[int, typer.Argument(help="A later one.")],
    mart: Annotated[str | None, typer.Option(help="Only this mart.")] = None,
    limit: Annotated[int, typer.Option(help="Values to show a mart.")] = 20,
    role: Annotated[str, typer.Option(help=ASKS)] = EVERYBODY,
) -> None:
    """What changed between two publications: rows and values, as was and as is."""
    from warehouse.cli.publication import diff

    diff(earlier, later, mart, limit, as_reader(role))


@proof.command()
def trace(
    mart: Annotated[str, typer.Argument(help="A mart, such as recorded_crime_borough.")],
    key: Annotated[list[str], typer.Option(help="column=value, once for each column of its key.")],
    column: Annotated[
        str | None, typer.Option(help="The figure asked for: what does not go into it is left out.")
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Compute each step again from the traced rows alone.")
    ] = False,
    csv: Annotated[Path | None, typer.Option(help="Write every place to this file.")] = None,
    role: Annotated[
        str, typer.Option(help=f"{FOLLOWS}, who reads every layer; a reader is told which columns of which feeds.")
    ] = FOLLOWS,
) -> None:
    """Follow a published row, model by model, to the lines of the files that it comes from."""
    if role == FOLLOWS:
        from warehouse.cli.proof.trace import show

        show(mart, key, column, verify=verify, to_csv=csv)
    else:
        from warehouse.cli.proof.made_of import show as show_feeds

        show_feeds(mart, key, column, as_reader(role), is_proof=verify or csv is not None)


@proof.command()
def rebuild(
    publication: Annotated[int, typer.Argument(help="Its number; `warehouse publication list` shows them.")],
    from_archive: Annotated[bool, typer.Option(help="Read the archived files again first, compare with raw.")] = False,
    keep: Annotated[bool, typer.Option(help="Keep the schemas that it was built in.")] = False,
) -> None:
    """Make a past publication again from raw and the code of its day; prove it equal, checksum for checksum."""
    from warehouse.cli.recovery import rebuild

    rebuild(publication, from_archive=from_archive, keep=keep)
