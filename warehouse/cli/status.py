"""`warehouse status`: where the warehouse is, how fresh its figures are, what to do next."""

from __future__ import annotations

from urllib.parse import urlsplit

import psycopg
from rich.markup import escape

from core import db
from core.server.embedded import EmbeddedServer
from core.settings import Settings, settings
from ingest.readers.told import TOLD as TOLD_IN_WORDS
from warehouse.cli import screen
from warehouse.orchestration import service as orchestrator_service
from warehouse.orchestration.log import log_folder

FRESHNESS = """
    select dataset, status, latest_vintage, age_days, expected_every_days, rows_loaded, rows_quarantined, rows_skipped,
        is_generated, status_reason
    from marts.data_freshness
    order by dataset
"""
# Of each feed the file that came last, and what in it was read otherwise than it is written.
TOLD = """
    select f.dataset, f.name, s.rule, s.first_row_number
    from audit.skipped_record as s
    inner join (
        select distinct on (dataset) dataset, sha256, batch_id
        from audit.batch
        where status = 'accepted'
        order by dataset, period_end desc, decided_at desc
    ) as last using (batch_id)
    inner join audit.source_file as f using (dataset, sha256)
    where s.record_count = 0
    order by f.dataset, s.rule
"""
REFUSED = """
    select dataset, count(*), min(refused_at), (array_agg(reason order by refused_at desc, file_name))[1]
    from audit.standing_refusal
    group by dataset
    order by dataset
"""
# Columns and marts that the last publication has no more, kept because somebody's view reads them: all of it is null.
RETIRED = """
    select
        c.oid::regclass || case when d.refobjsubid = 0 or p.mart is null then '' else '.' || a.attname end as what,
        array_agg(distinct v.oid::regclass::text) as views
    from pg_class as c
    inner join pg_namespace as n on n.oid = c.relnamespace
    inner join pg_depend as d on d.refobjid = c.oid and d.classid = 'pg_rewrite'::regclass
    inner join pg_rewrite as r on r.oid = d.objid
    inner join pg_class as v on v.oid = r.ev_class
    left join pg_attribute as a on a.attrelid = c.oid and a.attnum = d.refobjsubid
    left join audit.publication_mart as p
        on (p.schema_name, p.mart) = (n.nspname, c.relname) and not p.is_retired
        and p.publication_id = (select max(publication_id) from audit.publication)
    where
        n.nspname in ('marts', 'restricted')
        and c.relkind = 'r'
        and (p.mart is null or (a.attname <> all(p.column_names) and a.attname <> '_publication_id'))
    group by 1
    order by 1
"""
LAST_REFRESH = "select refresh_id, status, business_date, message from audit.refresh order by started_at desc limit 1"
LAST_PUBLICATION = """
    select publication_id, to_char(published_at at time zone 'Europe/London', 'YYYY-MM-DD HH24:MI'), business_date,
        changed_rows, verdict, note, is_generated
    from marts.publication
    where is_current
"""


def show() -> None:
    """Print the status; a database that was never made is reported, not made."""
    now = settings()
    if not now.database_url and EmbeddedServer(now.state_dir, now.port).status() is None:
        screen.say(f"There is no warehouse in {now.state_dir} yet. Next: `make run`.")
        return
    with db.connect() as connection:
        _place(now)
        _airflow()
        found = connection.execute("select to_regclass('marts.data_freshness')").fetchone()
        if not found or found[0] is None:
            screen.say("The database is empty. Next: `make run`.")
            return
        feeds = _freshness(connection)
        published = _publication(connection)
        refresh = _refresh(connection)
        for what, views in connection.execute(RETIRED):
            screen.say(
                f"[bold yellow]retired[/] {escape(what)} is empty, and {escape(', '.join(views))} still reads it"
            )
    screen.say(f"\nNext: {_next_step(feeds, published, refresh)}")


def _place(now: Settings) -> None:
    if now.database_url:
        parts = urlsplit(now.database_url)
        screen.say(f"Database   {parts.hostname}:{parts.port or 5432}{parts.path} (WAREHOUSE_URL)")
        return
    info = EmbeddedServer(now.state_dir, now.port).start()
    screen.say(f"Database   {now.database} on port {info.port}, run by {info.os_user}, pid {info.pid}")
    screen.say(f"State      {info.state_dir}; data in {info.data_dir}; archive in {now.archive_dir}")


def _airflow() -> None:
    service = orchestrator_service.running()
    if service is None and orchestrator_service.left():
        screen.say("Airflow    still works, though what watched over it has died: `make down`, then `make up`")
    elif service is None:
        screen.say("Airflow    not running: nothing is taken in at night (`make up` starts it)")
    else:
        well = "healthy" if service.api.is_healthy() else "not healthy"
        screen.say(f"Airflow    {service.address}, {well}; logs in {log_folder()}")


def _freshness(connection: psycopg.Connection) -> list[tuple[str, str]]:
    rows = connection.execute(FRESHNESS).fetchall()
    if any(row[8] for row in rows):
        screen.banner_generated()
    screen.heading("Feeds")
    if not rows:
        screen.say("  none yet")
        return []
    screen.table(
        ["dataset", "status", "vintage", "age days", "expected every", "loaded", "quarantined", "skipped", "generated"],
        [row[:9] for row in rows],
        right=["age days", "expected every", "loaded", "quarantined", "skipped"],
    )
    refused = {row[0] for row in connection.execute("select dataset from audit.standing_refusal")}
    for row in rows:
        if row[9] and row[0] not in refused:
            screen.say(f"  [bold red]{escape(row[0])}[/] {escape(row[9])}")
    for dataset, file, rule, number in connection.execute(TOLD):
        what = TOLD_IN_WORDS.get(rule, rule)
        screen.say(f"  {escape(dataset)}: read all the same: {what} ({escape(file)}, row {number})")
    for dataset, count, oldest, reason in connection.execute(REFUSED):
        told = f"{count:,} files refused since {oldest:%Y-%m-%d}, the last: " if count > 1 else ""
        screen.say(f"  [bold red]{escape(dataset)}[/] {told}{escape(reason)}")
    return [(row[0], row[1]) for row in rows]


def _publication(connection: psycopg.Connection) -> int | None:
    row = connection.execute(LAST_PUBLICATION).fetchone()
    if row is None:
        screen.heading("Nothing has been published yet")
        return None
    number, moment, day, changed, verdict, note, _ = row
    screen.heading(f"Publication {number}, {moment} London time, for {day}: {changed:,} changed rows; {verdict}")
    if note:
        screen.say(f"  [bold red]{escape(note)}[/]")
    return int(number)


def _refresh(connection: psycopg.Connection) -> str | None:
    row = connection.execute(LAST_REFRESH).fetchone()
    if row is None:
        return None
    refresh_id, status, day, message = row
    told = f": {escape(message)}" if message else ""
    screen.say(f"Last refresh {refresh_id} for {day}: {screen.coloured(status)}{told}")
    return str(status)


def _next_step(feeds: list[tuple[str, str]], published: int | None, refresh: str | None) -> str:
    if refresh == "failed":
        return "mend what failed, then `make run`; `warehouse checks failing` shows each, with its rows and what to do."
    if failing := [dataset for dataset, status in feeds if status == "failing"]:
        return (
            f"get a good file for {', '.join(failing)}, then `make run`; `warehouse checks failing` shows each refusal "
            "and how to settle it."
        )
    if published is None:
        return "`make run`."
    return "`warehouse summary`, or `warehouse url` for a BI tool."
