"""`warehouse backfill`: past vintages from the publisher's addresses, then into raw and through their contract."""

from __future__ import annotations

from collections import Counter
from datetime import date

import typer
from rich.markup import escape

from ingest.definition import load_definitions
from ingest.fetch.run import fetch_periods
from ingest.pipeline import ingest_dataset
from ingest.sources import fetched_inbox
from warehouse.bootstrap import bootstrap
from warehouse.cli import screen
from warehouse.errors import WarehouseError
from warehouse.gate import verify_pending


def run(dataset: str, first: date, last: date) -> None:
    """Fetch every period, land and verify what came. Broken off, it goes on; done again, it changes nothing."""
    definitions = load_definitions()
    if dataset not in definitions:
        raise WarehouseError(f"There is no dataset {dataset!r}.", remedy=f"Known: {', '.join(definitions)}.")
    if first > last:
        raise WarehouseError(f"--from {first} is after --to {last}.", remedy="Turn them round.")
    bootstrap()
    counts: Counter[str] = Counter()
    for fetched in fetch_periods(definitions[dataset], fetched_inbox().folder, first, last):
        counts[fetched.status] += 1
        screen.say(f"{escape(fetched.name)}: {fetched.status}{': ' + escape(fetched.reason) if fetched.reason else ''}")
        if fetched.status == "failed" and fetched.remedy:
            screen.say(f"  [bold]remedy:[/] {escape(fetched.remedy)}")
    screen.say(f"Fetched: {', '.join(f'{count} {status}' for status, count in counts.items())}.")
    batches = ingest_dataset(dataset).batches
    verify_pending(dataset)
    landed = Counter(batch.status for batch in batches)
    screen.say(f"Landed: {', '.join(f'{count} {status}' for status, count in landed.items()) or 'nothing'}.")
    for batch in batches:
        if batch.status == "refused":
            screen.say(f"  [bold red]refused:[/] {escape(batch.reason or '')}")
    screen.say("Next: `make run` builds and publishes the marts with it.")
    if counts["failed"] or landed["refused"]:
        raise typer.Exit(1)
