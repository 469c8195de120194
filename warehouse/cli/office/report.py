"""`warehouse report`: the morning page."""

from __future__ import annotations

from pathlib import Path

from warehouse.cli import screen
from warehouse.report.make import make


def write(out: Path | None) -> None:
    """Make the page and say where it is."""
    with screen.out.status("Drawing the page"):
        made = make(out)
    screen.say(f"The morning page of publication {made.publication}: [bold]{made.path}[/] ({made.size / 1e6:.1f} MB).")
    screen.say("Next: open it in a browser, or send it: it needs nothing else.")
