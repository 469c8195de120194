"""What a refresh does on other grounds than the last publication: why figures will have changed."""

from __future__ import annotations

import tarfile
from datetime import date
from hashlib import sha256
from pathlib import PurePath

import psycopg

from warehouse.refresh.code_archive import archived

LAST = """
    select p.refresh_id, p.code_version, p.business_date, r.code_version, r.business_date
    from audit.publication as p, audit.refresh as r
    where r.refresh_id = %s
    order by p.publication_id desc
    limit 1
"""
# A feed's batches that came or went. What replaces other bytes of the same period corrects them; the same bytes, read
# anew, were read by other code.
FEEDS = """
    with both_sets as (
        select batch_id, array_agg(refresh_id) as sets
        from audit.refresh_input
        where refresh_id in (%(last)s, %(this)s)
        group by batch_id
    ),

    known as (
        select b.*, f.name as arrived_as, s.sets
        from both_sets as s
        inner join audit.batch as b using (batch_id)
        inner join audit.batch_file as f using (batch_id)
    )

    select
        case
            when t.is_gone and b.status = 'withdrawn' then 'withdrawal'
            when exists (
                select from audit.acceptance as a where (a.dataset, a.sha256) = (b.dataset, b.sha256)
            ) then 'acceptance'
            when exists (
                select from known as o where (o.dataset, o.sha256) = (b.dataset, b.sha256) and o.batch_id <> b.batch_id
            ) then 'code'
            when exists (
                select from known as o
                where
                    (o.dataset, o.coverage, o.is_generated) = (b.dataset, b.coverage, b.is_generated)
                    and o.sha256 <> b.sha256
                    and o.period_end is not distinct from b.period_end
                    and o.label is not distinct from b.label
            ) then 'correction'
            else 'release'
        end,
        b.dataset,
        concat(
            b.dataset, ' ', b.vintage, case when t.is_gone then ' went' end, ': ', b.arrived_as,
            (
                select string_agg(format(', %%s by %%s: %%s', d.kind, d.name, d.reason), '' order by d.decision_id)
                from audit.decision as d
                where d.batch_id = b.batch_id
            )
        )
    from known as b
    cross join lateral (select not (%(this)s = any(b.sets)) as is_gone) as t
    where cardinality(b.sets) = 1
    order by b.dataset, b.vintage
"""
NOTE = "insert into audit.refresh_cause (refresh_id, cause, source_table, detail) values (%s, %s, %s, %s)"
Cause = tuple[str, str | None, str]


def note_causes(connection: psycopg.Connection, refresh_id: str) -> None:
    """Note them for a refresh that is about to publish; done again, nothing is noted twice."""
    noted = connection.execute("select from audit.refresh_cause where refresh_id = %s limit 1", [refresh_id]).fetchone()
    last = connection.execute(LAST, [refresh_id]).fetchone()
    if noted is not None or last is None:
        return
    last_refresh, last_code, last_day, code, day = last
    found: list[Cause] = connection.execute(FEEDS, {"last": last_refresh, "this": refresh_id}).fetchall()
    found += [*_code(last_code, code), *_day(last_day, day)]
    with connection.cursor() as cursor:
        cursor.executemany(NOTE, [(refresh_id, *cause) for cause in found])


def _code(before: str, now: str) -> list[Cause]:
    if before == now:
        return []
    if not archived(before).exists():
        return [("code", None, f"code {before} became {now}")]
    old, new = _files(before), _files(now)
    changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    seeds = [name for name in changed if name.startswith("seeds/") and name.endswith(".csv")]
    others = [name for name in changed if name not in seeds]
    causes: list[Cause] = [("seed", PurePath(name).stem, name) for name in seeds]
    if others:
        more = f" and {len(others) - 3} more files" if others[3:] else ""
        causes.append(("code", None, ", ".join(others[:3]) + more))
    return causes


def _files(code_version: str) -> dict[str, str]:
    with tarfile.open(archived(code_version)) as bundle:
        contents = ((entry.name, bundle.extractfile(entry)) for entry in bundle if entry.isfile())
        return {name: sha256(content.read()).hexdigest() for name, content in contents if content}


def _day(before: date, now: date) -> list[Cause]:
    return [] if before == now else [("day", None, f"the day is {now}, it was {before}")]
