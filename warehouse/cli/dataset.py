"""`warehouse dataset`: making files known that no definition knows yet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from warehouse.cli import screen

dataset = typer.Typer(no_args_is_help=True, help="Dataset definitions.")


@dataset.callback()
def datasets() -> None:
    """Dataset definitions: what the ingest knows of each publication."""


@dataset.command()
def propose(
    file: Annotated[Path, typer.Argument(help="A delimited text or JSON file, refused or new.")],
    of: Annotated[str | None, typer.Option("--dataset", help="Whose file it is; else the closest.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Put a complete layout into the definition at once.")] = False,
) -> None:
    """Print the YAML that makes a file known; what goes where is told beside it."""
    from ingest.definition import dataset as definition
    from ingest.propose.draft import add_layout, propose

    proposal = propose(file, of)
    print(proposal.text, end="")
    if proposal.definition is None:
        where = "ingest/definitions/<dataset>.yml, with every TODO replaced"
        screen.err.print(f"No dataset knows these columns. A new definition: save it as {where}.", soft_wrap=True)
    elif write:
        path = add_layout(proposal, definition.DEFINITIONS)
        screen.err.print(f"Written to {escape(path.name)}. Next: `make run` tries the refused bytes again.")
    else:
        what = "Look at the lines marked as unsure, then put it" if "#" in proposal.text else "Put it"
        target = f"layouts in ingest/definitions/{proposal.definition.dataset}.yml (--write does it)"
        screen.err.print(f"{what} under {target}; `make run` then tries the refused bytes again.", soft_wrap=True)
