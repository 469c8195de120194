"""`rebuild`, `withdraw`, `accept`, `backup`, `restore`, `archive get | verify`: prove, settle by hand, lose nothing."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from core.errors import WarehouseError
from warehouse.cli import screen

archive = typer.Typer(no_args_is_help=True, help="The published files as they came.")


def rebuild(publication: int, *, from_archive: bool, keep: bool) -> None:
    """Make a publication's marts again, say of each whether it is equal; exit code 1 where one is not."""
    from warehouse.past.rebuild import rebuild, reread

    equal = True
    if from_archive:
        with screen.out.status("The archive is read again"):
            batches = reread(publication)
        told = {None: "its file is missing or damaged", 0: "equal"}
        screen.table(
            ["dataset", "file", "archive and raw"],
            [
                (each.dataset, each.file_name, told.get(each.differing, f"{each.differing} rows differ"))
                for each in batches
            ],
        )
        equal = all(each.differing == 0 for each in batches)
    with screen.out.status(f"Publication {publication} is built again"):
        marts = rebuild(publication, keep=keep)
    screen.table(
        ["mart", "rows", "checksum as published", "as rebuilt", "equal"],
        [
            (each.mart, each.published[0], each.published[1], each.rebuilt[1] if each.rebuilt else None, each.is_equal)
            for each in marts
        ],
        right=["rows", "checksum as published", "as rebuilt"],
    )
    equal = equal and all(each.is_equal for each in marts)
    screen.say(f"{sum(each.is_equal for each in marts)} of {len(marts)} marts are equal, checksum for checksum.")
    if keep:
        screen.say(f"They are in the schema rebuild_{publication}_candidate.")
    if not equal:
        raise typer.Exit(1)


def withdraw(batch: str, name: str, reason: str) -> None:
    """Withdraw a batch, then refresh and say what readers see now."""
    from warehouse.past.withdraw import withdraw
    from warehouse.refresh.steps import refresh

    gone = withdraw(batch, name, reason)
    published = ", ".join(map(str, gone.publications)) or "none"
    screen.say(
        f"Withdrawn: {gone.dataset} {gone.vintage} ({escape(gone.file_name)}); it stood in publications {published}."
    )
    with screen.out.status("The marts are built without it"):
        report = refresh()
    if report is None or report.publication_id is None:
        screen.say("The figures do not change: they did not rest on it.")
    else:
        screen.say(f"Publication {report.publication_id} does without it: {report.changed_rows:,} changed rows.")
        screen.say(
            f"Next: `warehouse diff {report.publication_id - 1} {report.publication_id}` shows what it had changed."
        )


def accept(batch: str, name: str, reason: str, without: list[datetime]) -> None:
    """Accept a file that drift rules refused, or what is left of it, and say what the gate says now."""
    from warehouse.checks.acceptance import accept

    verdict = accept(batch, name, reason, [month.date() for month in without])
    screen.say(f"{screen.coloured(verdict.status)} {verdict.dataset} {escape(verdict.vintage or '')}")
    if verdict.reason:
        raise WarehouseError(verdict.reason, remedy="Its contract holds whoever accepts the change: get a good file.")
    screen.say("Next: `make run` builds and publishes the marts with it.")


def dismiss(batch: str, name: str, reason: str) -> None:
    """Settle a refusal and say what is still open."""
    from warehouse.checks.acceptance import dismiss

    settled, left = dismiss(batch, name, reason)
    screen.say(f"Settled: {escape(settled)}; {left:,} refusals stand.")
    if left:
        screen.say("Next: `warehouse checks failing` shows them.")


def backup(target: Path) -> None:
    """Write a backup and say what it holds."""
    from warehouse.backup import backup

    began = time.monotonic()
    with screen.out.status("The database and the archive are copied"):
        report = backup(target)
    screen.say(
        f"{escape(str(report.folder))}: {report.tables} tables, {report.rows:,} rows, {report.files:,} files copied, "
        f"{time.monotonic() - began:.0f} s."
    )
    if report.faults:
        for fault in report.faults:
            screen.say(f"[bold red]{escape(fault)}[/]")
        raise WarehouseError(
            f"The backup is kept, but {len(report.faults)} of its archived files are not what they were.",
            remedy="Put these bytes into the sources again and run `make run`, which mends the archive; then back up.",
        )
    screen.say(
        f"Next: prove it: `WAREHOUSE_STATE_DIR=<another folder> warehouse restore {escape(str(report.folder))}`."
    )


def restore(folder: Path) -> None:
    """Restore a backup into an empty database and say that it is equal."""
    from warehouse.backup import restore

    began = time.monotonic()
    with screen.out.status("The database and the archive are restored and compared"):
        report = restore(folder)
    screen.say(
        f"Restored: {report.tables} tables, {report.rows:,} rows, each table equal by checksum; "
        f"{report.files:,} files; {time.monotonic() - began:.0f} s. Next: `warehouse status`."
    )


@archive.callback()
def files() -> None:
    """The published files as they came."""


@archive.command()
def get(
    sha256: Annotated[str, typer.Argument(help="Its hash, or the start of it, as `warehouse trace` shows it.")],
    out: Annotated[Path | None, typer.Option(help="Where to write it; here, under its name, otherwise.")] = None,
) -> None:
    """Write a published file as it came, byte for byte. Who took one that not everybody may read is recorded."""
    from core import db
    from core.settings import settings
    from ingest.archive.hand_out import find, hand_out
    from ingest.archive.store import Archive

    kept = Archive(settings().archive_dir)
    entry = find(kept, sha256)
    with db.connect("auditor") as connection:
        connection.execute(
            "select audit.note_reading(%s) from audit.dataset where dataset = %s and is_restricted",
            [f"archive: {entry.name} ({entry.sha256})", entry.dataset],
        )
    path = hand_out(kept, entry, out)
    screen.say(
        f"{escape(str(path))}: {entry.bytes:,} bytes, as {escape(entry.name)} came on {entry.fetched_at:%d %B %Y}."
    )
    screen.say(f"sha256 {entry.sha256}; {escape(entry.licence)}; from {escape(entry.address)}.")


@archive.command()
def verify() -> None:
    """Read every archived file and all archived code again, and hold each against its name and its manifest line."""
    from core.settings import settings
    from ingest.archive.store import Archive
    from ingest.archive.verify import verify_archive
    from warehouse.refresh.code_archive import code_faults

    found = verify_archive(Archive(settings().archive_dir))
    versions, faults = code_faults()
    faults = found.faults + faults
    for fault in faults:
        screen.say(f"[bold red]{escape(fault)}[/]")
    screen.say(
        f"{found.files:,} files, {found.size:,} bytes, {versions} versions of the code"
        f"{f', {found.buried:,} files removed at the end of their time' if found.buried else ''}: "
        f"{len(faults) or 'nothing'} wrong."
    )
    if faults:
        screen.say("[bold]remedy:[/] Restore these from a backup, or fetch them again; a file is named by its sha256.")
        raise typer.Exit(1)
