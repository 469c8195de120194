"""`warehouse summary`: what was read and refused, what the KPIs say, what the last publication changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from textwrap import shorten

import psycopg
from rich.markup import escape

from core import db
from warehouse.cli import screen
from warehouse.orchestration.tasks import Refusal

FILES_SHOWN = 40
NAME_WIDTH = 40
FILES = """
    select
        b.dataset, f.name, b.records_read, b.records_loaded, b.records_quarantined, b.records_skipped,
        b.vintage, b.status, b.reason, b.remedy
    from audit.batch as b
    inner join audit.batch_file as f using (batch_id)
    where b.loaded_at >= coalesce(%s::timestamptz, '-infinity')
    order by b.loaded_at desc, f.name
"""
KPIS = """
    select
        kpi_code, kpi_name, financial_year, coalesce(target_text, target_value::text), target_unit, baseline_value,
        actual_value, change_pct, status, source_vintage, is_headline
    from marts.kpi_performance
    order by kpi_code, financial_year, source_dataset, source_vintage
"""
CHANGES = """
    select schema_name || '.' || mart, row_count, inserted, updated, deleted
    from audit.publication_mart
    where publication_id = %s
    order by mart
"""
GENERATED = "select 1 from audit.batch where is_generated limit 1"
EXAMPLE = "select kpi_name, actual_value, status from kpi_performance where is_headline"


def show(since: datetime | None = None, unread: Sequence[Refusal] = (), left: str | None = None) -> None:
    """Print the summary: files landed since `since` (default: ever), and those that could not even be read.

    `left` tells of the files in the inbox that belong to no dataset.
    """
    with db.connect("auditor") as auditor, db.connect("bi_reader") as reader:
        current = reader.execute(
            "select publication_id, business_date, changed_rows, is_generated from marts.publication where is_current"
        ).fetchone()
        if current[3] if current else auditor.execute(GENERATED).fetchone():
            screen.banner_generated()
        _files(auditor, since, unread)
        if left:
            screen.say(f"  [bold yellow]left[/] {escape(left)}")
        _kpis(reader)
        _publication(auditor, current)
    _where_next()


def _files(auditor: psycopg.Connection, since: datetime | None, unread: Sequence[Refusal]) -> None:
    rows = auditor.execute(FILES, [since]).fetchall()
    screen.heading("Files")
    if rows:
        screen.table(
            ["dataset", "file", "read", "= loaded", "+ quarantined", "+ skipped", "vintage", "status"],
            [(row[0], Path(row[1]).name, *row[2:8]) for row in rows[:FILES_SHOWN]],
            right=["read", "= loaded", "+ quarantined", "+ skipped"],
        )
        if len(rows) > FILES_SHOWN:
            screen.say(f"  and {len(rows) - FILES_SHOWN:,} files landed before these")
    else:
        known = auditor.execute("select count(*) from audit.batch").fetchone()
        screen.say(f"  nothing new: the {known[0] if known else 0:,} batches loaded before stand")
    for refusal in [*unread, *(Refusal(row[1], row[8], row[9] or "") for row in rows if row[7] == "refused")]:
        screen.say(f"  [bold red]refused[/] {escape(refusal.line)}")
        screen.say(f"          [bold]remedy:[/] {escape(refusal.remedy)}")


def _kpis(reader: psycopg.Connection) -> None:
    found = reader.execute("select to_regclass('marts.kpi_performance')").fetchone()
    if not found or found[0] is None:
        return
    screen.heading("KPIs")
    screen.table(
        ["KPI", "name", "year", "target", "unit", "baseline", "actual", "change %", "status", "vintage", "headline"],
        [(row[0], shorten(row[1], NAME_WIDTH, placeholder="…"), *row[2:]) for row in reader.execute(KPIS)],
        right=["target", "baseline", "actual", "change %"],
    )


def _publication(auditor: psycopg.Connection, current: tuple[object, ...] | None) -> None:
    if current is None:
        screen.heading("Nothing has been published yet")
        return
    screen.heading(f"Publication {current[0]} of {current[1]}: {current[2]:,} changed rows")
    screen.table(
        ["mart", "rows", "new", "changed", "gone"],
        auditor.execute(CHANGES, [current[0]]).fetchall(),
        right=["rows", "new", "changed", "gone"],
    )


def _where_next() -> None:
    screen.heading("Where to look")
    screen.say(f'  warehouse query "{EXAMPLE}"')
    screen.say("  warehouse url      the address for a BI tool, with its password")
    screen.say("  warehouse status   how fresh every feed is")
    screen.say("  make up            Airflow's web UI")
