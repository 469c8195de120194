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
        screen.err.print(
            f"Written to {escape(path.name)}. Give the layout a name and a generated extract "
            f"(ingest/generated/{escape(path.name)}, then `python -m ingest.extracts.generate`); `make run` tries the "
            "refused bytes again.",
            soft_wrap=True,
        )
    else:
        what = "Look at the lines marked as unsure, then put it" if "#" in proposal.text else "Put it"
        target = f"layouts in ingest/definitions/{proposal.definition.dataset}.yml (--write does it)"
        screen.err.print(f"{what} under {target}; `make run` then tries the refused bytes again.", soft_wrap=True)


@dataset.command("map")
def map_values(name: Annotated[str, typer.Argument(help="A dataset with a refused file.", metavar="DATASET")]) -> None:
    """Draft the seed rows that refused files of a dataset wait for: what each value means is a person's decision."""
    import csv
    import sys

    from core import db
    from core.errors import WarehouseError
    from ingest.definition.dataset import load_definitions
    from warehouse.checks.contract import own_part
    from warehouse.checks.gate import CONTRACTS
    from warehouse.checks.mappings import drafted_rows

    definition = load_definitions().get(name)
    contract = CONTRACTS / "raw" / f"{name}.yml"
    if definition is None or not contract.exists():
        raise WarehouseError(f"There is no dataset {name!r} with a contract.", remedy="`warehouse status` lists them.")
    drafted = 0
    with db.connect("auditor") as connection:
        for mapping in own_part(contract).mappings:
            header, rows = drafted_rows(connection, definition, mapping)
            if rows:
                drafted += len(rows)
                screen.err.print(f"{mapping.path.name} needs {len(rows):,} rows; fill in what is blank:")
                csv.writer(sys.stdout, lineterminator="\n").writerows([header, *rows])
    if drafted:
        screen.err.print("Next: add them to the seeds, then `make run` judges the refused files again.")
    else:
        screen.err.print(f"No refused file of {name} waits for a mapping.")


@dataset.command()
def new(
    file: Annotated[Path, typer.Argument(help="A delimited text file of the publication.")],
    domain: Annotated[str, typer.Option(help="The folder of the sources that it lies in, such as crime.")],
    name: Annotated[str | None, typer.Option(help="The dataset's name; else the file's.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Who publishes it.")] = None,
) -> None:
    """Write definition, contract, source, staging model and generated extract of a dataset like this file."""
    from warehouse.new_dataset import new_dataset

    written = new_dataset(file, domain, name, publisher)
    for path in written:
        print(path)
    screen.err.print(
        "Now replace every TODO, check key, types and expected_every_days. `make run` on generated extracts takes in "
        f"the made-up rows; for real ones put the file into <inbox>/{domain}/{written[0].stem}/: `make run "
        "SOURCES=<inbox>` (it takes generated figures out; WAREHOUSE_STATE_DIR=<folder> keeps them apart).",
        soft_wrap=True,
    )
