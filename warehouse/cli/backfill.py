"""`warehouse backfill`: past vintages into raw and through their contract, from the publisher or from the archive."""

from __future__ import annotations

from collections import Counter
from datetime import date

import typer
from rich.markup import escape

from core.errors import WarehouseError
from ingest.definition.dataset import load_definitions
from ingest.fetch.run import fetch_periods
from ingest.load.load_file import BatchReport
from ingest.load_again import reload_dataset
from ingest.pipeline import ingest_dataset
from ingest.sources import fetched_inbox
from warehouse.bootstrap import bootstrap
from warehouse.checks.gate import verify_pending
from warehouse.cli import screen


def run(dataset: str, first: date | None, last: date | None, *, reload: bool) -> None:
    """Fetch every period, or read what was accepted again; land and verify it. Done again, it changes nothing."""
    definitions = load_definitions()
    if dataset not in definitions:
        raise WarehouseError(f"There is no dataset {dataset!r}.", remedy=f"Known: {', '.join(definitions)}.")
    if first and last and first > last:
        raise WarehouseError(f"--from {first} is after --to {last}.", remedy="Turn them round.")
    if reload:
        bootstrap()
        failed, batches = 0, _read_again(dataset, first, last)
    elif first and last:
        bootstrap()
        failed, batches = _fetch(dataset, first, last), ingest_dataset(dataset).batches
    else:
        raise WarehouseError(
            "Which periods are to be fetched?",
            remedy="Give --from and --to; or --reload to read the archived files of the dataset again.",
        )
    refused = [batch for batch in batches if batch.status == "refused"]
    verdicts = verify_pending(dataset)
    landed = Counter(batch.status for batch in batches)
    screen.say(f"Landed: {', '.join(f'{count} {status}' for status, count in landed.items()) or 'nothing'}.")
    judged = Counter(verdict.status for verdict in verdicts)
    screen.say(f"Verified: {', '.join(f'{count} {status}' for status, count in judged.items()) or 'nothing'}.")
    reasons = [batch.reason for batch in refused] + [verdict.reason for verdict in verdicts if verdict.reason]
    for reason in reasons:
        screen.say(f"  [bold red]refused:[/] {escape(reason or '')}")
    screen.say("Next: `make run` builds and publishes the marts with it.")
    if failed or reasons:
        raise typer.Exit(1)


def _fetch(dataset: str, first: date, last: date) -> int:
    """How many of the addresses failed."""
    counts: Counter[str] = Counter()
    for fetched in fetch_periods(load_definitions()[dataset], fetched_inbox().folder, first, last):
        counts[fetched.status] += 1
        screen.say(f"{escape(fetched.name)}: {fetched.status}{': ' + escape(fetched.reason) if fetched.reason else ''}")
        if fetched.status == "failed" and fetched.remedy:
            screen.say(f"  [bold]remedy:[/] {escape(fetched.remedy)}")
    screen.say(f"Fetched: {', '.join(f'{count} {status}' for status, count in counts.items())}.")
    return counts["failed"]


def _read_again(dataset: str, first: date | None, last: date | None) -> list[BatchReport]:
    batches = []
    for number, count, batch in reload_dataset(dataset, first, last):
        batches.append(batch)
        screen.say(f"{number} of {count}: {escape(batch.file_name)}: {batch.status}, {batch.records_loaded:,} rows")
    return batches
