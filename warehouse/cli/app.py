"""The command line: `warehouse --help`. What a command needs is imported when it runs, so that help is at once."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from core import environment
from core.errors import WarehouseError
from core.roles import EVERYBODY, ROLES
from warehouse.cli import screen
from warehouse.cli.checks import checks
from warehouse.cli.dataset import dataset
from warehouse.cli.intake import intake
from warehouse.cli.office.commands import ASKS, as_reader, office
from warehouse.cli.proof.commands import proof
from warehouse.cli.proof.retention import retention
from warehouse.cli.publication import publication
from warehouse.cli.reader import reader
from warehouse.cli.recovery import archive

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
server = typer.Typer(no_args_is_help=True, help="The embedded PostgreSQL server.")
app.add_typer(server, name="server")
app.add_typer(intake, name="intake")
app.add_typer(dataset, name="dataset")
app.add_typer(archive, name="archive")
app.add_typer(publication, name="publication")
app.add_typer(checks, name="checks")
app.add_typer(reader, name="reader")
app.add_typer(retention, name="retention")
app.add_typer(office)
app.add_typer(proof)


def start() -> None:
    """What `warehouse` on the command line starts: `main`, by an interpreter to which the shell has said nothing."""
    if environment.PYTHON_WAS_TOLD:
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], os.environ)  # noqa: S606 (no shell is wanted)
    main()


def main() -> None:
    """Run the command; an error meant for people is one line and its remedy, a traceback only with -v."""
    try:
        app()
    except Exception as error:
        told = _in_words(error)
        if screen.verbose or told is None:
            raise
        screen.print_error(told)
        sys.exit(1)


def _in_words(error: Exception) -> WarehouseError | None:
    from psycopg import Error

    from core import db

    # An empty database has neither our tables nor our logins: whatever failed, that is why.
    if isinstance(error, Error | db.NoConnection) and db.is_empty():
        return WarehouseError("The database is empty.", remedy="`make run` fills it.")
    return error if isinstance(error, WarehouseError) else db.in_words(error)


@app.callback()
def options(verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show tracebacks.")] = False) -> None:
    """Met Forward Warehouse: from publications to governed marts."""
    screen.verbose = verbose
    if (sources := os.environ.get("SOURCES")) and "://" not in sources and sources not in ("generated", "publishers"):
        os.environ["SOURCES"] = str(Path(sources).absolute())


@app.command()
def run(
    files: Annotated[bool, typer.Option("--files", help="List every file and KPI too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Let BUSINESS_DATE lie before the last publication's.")] = False,
) -> None:
    """Take in every dataset, refresh and publish, through Airflow; then say in ten lines what came of it."""
    from warehouse.cli.run import run_everything

    raise typer.Exit(run_everything(files=files, yes=yes))


@app.command()
def up(
    port: Annotated[int | None, typer.Option(help="Port of the web UI; a free one otherwise.")] = None,
) -> None:
    """Start Airflow to stay: scheduler and web UI, on this machine only."""
    from warehouse.cli.service import up

    up(port)


@app.command()
def down() -> None:
    """Stop Airflow and the embedded server; the data stays."""
    from warehouse.cli.service import down

    down()


@app.command()
def status() -> None:
    """Where the warehouse is, how fresh its figures are, what was published last, what to do next."""
    from warehouse.cli.status import show

    show()


@app.command()
def summary() -> None:
    """What was read and refused, what the KPIs say, what the last publication changed."""
    from warehouse.cli.summary import show

    show()


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SQL statement; tables are in the schema marts.")],
    csv: Annotated[bool, typer.Option("--csv", help="Print comma-separated values.")] = False,
    as_of: Annotated[int | None, typer.Option(help="Answer as that publication would have.")] = None,
    role: Annotated[str, typer.Option(help=ASKS)] = EVERYBODY,
    alike: Annotated[str | None, typer.Option(help="Show the rows that look alike in this column, in pairs.")] = None,
) -> None:
    """Ask the marts, as a reader: read only, with a time limit."""
    from warehouse.cli.query import show

    show(sql, as_csv=csv, publication=as_of, role=as_reader(role), alike=alike)


@app.command()
def backfill(
    dataset: Annotated[str, typer.Argument(help="A dataset; to fetch, its definition must have an address.")],
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m", "%Y-%m-%d"], help="First period.")
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m", "%Y-%m-%d"], help="Last period.")] = None,
    reload: Annotated[
        bool, typer.Option("--reload", help="Fetch nothing: read accepted files again, as the definition is now.")
    ] = False,
) -> None:
    """Fetch past vintages from the publisher, land and verify them; broken off, it goes on from there."""
    from warehouse.cli.backfill import run

    run(dataset, first and first.date(), last and last.date(), reload=reload)


@app.command()
def withdraw(
    batch: Annotated[str, typer.Argument(help="Its id, or the start of it.")],
    name: Annotated[str, typer.Option("--by", help="First and last name of the person who answers for it.")],
    reason: Annotated[str, typer.Option(help="What is wrong with it; kept for good.")],
) -> None:
    """Take a batch that was published but is wrong out of the figures, and refresh."""
    from warehouse.cli.recovery import withdraw

    withdraw(batch, name, reason)


@app.command()
def accept(
    batch: Annotated[str, typer.Argument(help="Its id, or the start of it.")],
    name: Annotated[str, typer.Option("--by", help="First and last name of the person who knows the change is true.")],
    reason: Annotated[str, typer.Option(help="Why the file is right; kept for good.")],
    without: Annotated[
        list[datetime] | None,
        typer.Option("--except", formats=["%Y-%m"], help="A month that is only partly there, to be left out."),
    ] = None,
) -> None:
    """Take in a file that was refused for how much it differs from the vintage before."""
    from warehouse.cli.recovery import accept

    accept(batch, name, reason, without or [])


@app.command()
def dismiss(
    batch: Annotated[str, typer.Argument(help="Its id, or the start of it.")],
    name: Annotated[str, typer.Option("--by", help="First and last name of the person who settles it.")],
    reason: Annotated[str, typer.Option(help="Why no good file is to be waited for; kept for good.")],
) -> None:
    """Settle a refused file that no good one will follow: it is told no more."""
    from warehouse.cli.recovery import dismiss

    dismiss(batch, name, reason)


@app.command()
def backup(target: Annotated[Path, typer.Argument(help="Folder of all backups, on another disk.")]) -> None:
    """Copy the database and the archive into a new folder there, with the checksum of every table."""
    from warehouse.cli.recovery import backup

    backup(target)


@app.command()
def restore(folder: Annotated[Path, typer.Argument(help="One backup: a dated folder.")]) -> None:
    """Fill an empty database from a backup; every table is compared by checksum."""
    from warehouse.cli.recovery import restore

    restore(folder)


@app.command()
def url(
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")] = "bi_reader",
    tool: Annotated[str | None, typer.Option("--for", help="Show the fields of excel, powerbi or superset.")] = None,
) -> None:
    """Print the address that tools share, with its password; `warehouse reader add` makes one for a person."""
    if tool:
        from warehouse.cli.office.connections import show

        show(tool, as_reader(role))
        return
    from core import db

    print(db.url(role))


@app.command()
def prepare() -> None:
    """Make the databases ready, the warehouse's and Airflow's; run nothing."""
    from warehouse.orchestration import airflow_home as orchestrator

    orchestrator.prepare()
    orchestrator.migrate()
    screen.out.print("Ready. Next: `make run`, or `make up`.")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def airflow(context: typer.Context) -> None:
    """Run Airflow's own command line on this deployment; what AIRFLOW__ variables say comes first."""
    from warehouse.cli.service import run_airflow

    run_airflow(context.args)


@server.command("start")
def server_start() -> None:
    """Start the embedded server; at once where it is up."""
    from warehouse.cli.service import start_server

    start_server()


@server.command("stop")
def server_stop() -> None:
    """Stop the embedded server; the next command starts it again."""
    from warehouse.cli.service import stop_server

    stop_server()


@app.command()
def reset(yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Remove the embedded database and everything in it; the archive of published files stays."""
    from warehouse.cli.service import reset

    reset(yes)
