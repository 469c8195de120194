"""`warehouse report` and `warehouse docs`: the morning page, and what documents it."""

from __future__ import annotations

from pathlib import Path

from warehouse.cli import screen
from warehouse.docs.make import make as make_docs
from warehouse.export.nightly import write_books
from warehouse.report.make import make


def write(out: Path | None) -> None:
    """Make the page, with the workbooks of the same publication beside it, and say where it is."""
    with screen.out.status("Drawing the page and its workbooks"):
        made = make(out, beforehand=write_books)
    screen.say(f"The morning page of publication {made.publication}: [bold]{made.path}[/] ({made.size / 1e6:.1f} MB).")
    screen.say("Next: open it in a browser, or send it: it needs nothing else. Its workbooks lie beside it.")


def write_docs(out: Path | None) -> None:
    """Make the pages and say where they are."""
    with screen.out.status("Writing the pages"):
        made = make_docs(out)
    screen.say(f"The documentation of publication {made.publication}: [bold]{made.path}[/] ({made.size / 1e6:.1f} MB).")
    screen.say("Next: open it in a browser, or copy the folder: it needs nothing else.")
