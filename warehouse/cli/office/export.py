"""`warehouse export`: marts as a workbook, as CSV or as Parquet."""

from __future__ import annotations

from pathlib import Path

from core.errors import WarehouseError
from core.roles import EVERYBODY
from warehouse.cli import screen
from warehouse.export.files import write_csv, write_parquet
from warehouse.export.read import Mart, read, reading
from warehouse.export.workbook import write_workbook
from warehouse.report.declared import marts_of, workbooks
from warehouse.report.state import read_state

NEXT = "Next: open it; the cover says what is in it and what is late."


def export(
    what: str, *, xlsx: Path | None, csv: Path | None, parquet: Path | None, as_of: int | None, role: str = EVERYBODY
) -> None:
    """Write the mart, or the marts of a workbook, to the one file that is asked for."""
    if [xlsx, csv, parquet].count(None) != 2:
        raise WarehouseError("Say which file to write.", remedy="One of --xlsx, --csv and --parquet.")
    names = marts_of(what)
    if names and not xlsx:
        raise WarehouseError(
            f"{what} is {len(names)} marts, and a file of CSV or Parquet holds one.",
            remedy=f"--xlsx, or one of {', '.join(names)}.",
        )
    with screen.out.status("Reading"), reading(role) as connection:
        state = read_state(connection)
        if state is None:
            raise WarehouseError("Nothing has been published yet.", remedy="`make run`.")
        try:
            marts = [read(connection, name, as_of) for name in names or [what]]
        except WarehouseError as error:
            if names or as_of is not None:
                raise
            raise WarehouseError(
                f"There is neither a mart nor a workbook {what!r}.",
                remedy=f"Workbooks are {', '.join(workbooks())}; `warehouse publication show {state.number}` "
                "lists the marts.",
            ) from error
    if xlsx:
        write_workbook(xlsx, f"{what[:1].upper()}{what[1:]}".replace("_", " "), state, marts)
    elif csv:
        write_csv(marts[0], csv)
    elif parquet:
        write_parquet(marts[0], parquet)
    _say(xlsx or csv or parquet or Path(), marts)
    if xlsx:
        screen.say(NEXT)


def _say(path: Path, marts: list[Mart]) -> None:
    rows = sum(len(mart.rows) for mart in marts)
    screen.say(
        f"[bold]{path}[/]: {len(marts)} mart{'' if len(marts) == 1 else 's'}, {rows:,} rows, publication "
        f"{marts[0].publication} ({path.stat().st_size / 1e6:.1f} MB)."
    )
