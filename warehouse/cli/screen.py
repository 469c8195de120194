"""What the commands print on: colours and widths where somebody looks, plain text where a file or a log does."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from core.errors import WarehouseError
from core.visible import visible

KEPT = "\n\t"  # of what steers a terminal
LOG_WIDTH = 160  # where there is no terminal to measure
NULL = "–"
FEW = 10  # records that are shown a line a field
BOUNDLESS = 100_000  # wider than any table: to learn what one would like

out = Console(width=None if sys.stdout.isatty() else LOG_WIDTH, highlight=False, soft_wrap=False)
err = Console(width=None if sys.stderr.isatty() else LOG_WIDTH, highlight=False, stderr=True)
verbose = False


def print_error(error: WarehouseError) -> None:
    """The reason in one line, the remedy beneath it."""
    err.print(f"[bold red]error:[/] {escape(visible(error.message, KEPT))}", soft_wrap=True)
    if error.remedy:
        err.print(f"[bold]remedy:[/] {escape(visible(error.remedy, KEPT))}", soft_wrap=True)


def say(text: str) -> None:
    """A line that is not cut, whatever the width, so that it can be copied."""
    out.print(visible(text, KEPT), soft_wrap=True)


def heading(text: str) -> None:
    """The title of a part."""
    out.print(f"\n[bold]{escape(visible(text))}[/]")


def banner_generated() -> None:
    """Say aloud that the figures are not real."""
    out.print(
        "[black on yellow] GENERATED DATA [/] The feeds are the generated extracts that ship with the project, no "
        "publisher said any of it; only the authority's own papers are real. `make run SOURCES=<folder>` takes in "
        "real files.",
        soft_wrap=True,
    )


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], right: Sequence[str] = ()) -> None:
    """Rows under a header, the columns named in `right` aligned to the right; a paragraph a row where it is narrow."""
    texts = [[cell(value) for value in row] for row in rows]
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        grid.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for text in texts:
        grid.add_row(*text)
    if out.measure(grid, options=out.options.update(width=BOUNDLESS)).maximum <= out.width:
        out.print(grid)
        return
    for first, *others in texts:
        out.print(f"[bold]{first}[/]")
        pairs = [f"[dim]{name}[/] {text}" for name, text in zip(columns[1:], others, strict=True) if text]
        out.print(Padding("  ".join(pairs), (0, 0, 0, 2)))


def records(columns: Sequence[str], rows: Sequence[Sequence[Any]], right: Sequence[str] = ()) -> None:
    """What a query returns, null as a dash: a few records that are too wide a line a field, else as a table."""
    shown = [[NULL if value is None else value for value in row] for row in rows]
    widths = [max([len(name), *(len(cell(row[at])) for row in shown)]) for at, name in enumerate(columns)]
    if len(shown) > FEW or sum(widths) + 2 * len(widths) <= out.width:
        table(columns, shown, right)
        return
    width = max(map(len, columns))
    for number, row in enumerate(shown):
        if number:
            say("")
        for name, value in zip(columns, row, strict=True):
            say(f"[dim]{escape(name):<{width}}[/] {cell(value)}")


def cell(value: Any) -> str:
    """A value as text: thousands apart, nothing for null, yes and no for truth."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, Decimal)):
        return f"{value:,}"
    return escape(visible(str(value), KEPT))


def coloured(status: str) -> str:
    """A status in its colour. Returns markup: not for `table`, which escapes."""
    colour = {"accepted": "green", "fresh": "green", "published": "green", "refused": "red", "failing": "red"}
    return f"[{colour.get(status, 'yellow')}]{escape(status)}[/]"
