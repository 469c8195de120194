"""The commands that make files and messages for people; they stand beside the others at the top."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.errors import WarehouseError
from core.roles import EVERYBODY, READERS

ASKS = f"Who asks: one of {', '.join(READERS)}."
office = typer.Typer()


def as_reader(role: str) -> str:
    """The role, where it is one of readers; WarehouseError else."""
    if role not in READERS:
        raise WarehouseError(f"{role!r} is no reader.", remedy=f"Ask as one of {', '.join(READERS)}.")
    return role


@office.command()
def report(
    out: Annotated[Path | None, typer.Option(help="Folder to write it to; the deployment's own otherwise.")] = None,
) -> None:
    """Write the morning page of what is published now, one file for any browser, and its workbooks beside it."""
    from warehouse.cli.office.report import write

    write(out)


@office.command()
def docs(
    out: Annotated[
        Path | None, typer.Option(help="Folder to write them to; beside the morning page otherwise.")
    ] = None,
) -> None:
    """Write the documentation of what is published: dictionary, lineage, checks, roles, licences, changes."""
    from warehouse.cli.office.report import write_docs

    write_docs(out)


@office.command()
def notify() -> None:
    """Tell the addresses of WAREHOUSE_NOTIFY what the last night published, or why it did not."""
    from warehouse.cli.office.notify import notify

    notify()


@office.command()
def deadline() -> None:
    """Say whether a refresh has ended well today; tell it where none has. For cron: it needs no Airflow."""
    from warehouse.cli.office.notify import deadline

    raise typer.Exit(deadline())


@office.command()
def export(
    what: Annotated[str, typer.Argument(help="A mart; or finance, estates, performance, people, procurement.")],
    xlsx: Annotated[Path | None, typer.Option(help="Write a workbook.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write CSV; one mart.")] = None,
    parquet: Annotated[Path | None, typer.Option(help="Write Parquet; one mart.")] = None,
    as_of: Annotated[int | None, typer.Option(help="As that publication had it.")] = None,
    role: Annotated[str, typer.Option(help=ASKS)] = EVERYBODY,
) -> None:
    """Write marts to a file: a workbook with a cover, a sheet a mart and notes on columns; CSV; Parquet."""
    from warehouse.cli.office.export import export

    export(what, xlsx=xlsx, csv=csv, parquet=parquet, as_of=as_of, role=as_reader(role))
