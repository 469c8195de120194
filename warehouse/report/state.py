"""What is published, how fresh it is, what changed and what is missing, as the status views tell readers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from warehouse.publish.mart_catalogue import mart_name
from warehouse.report.figures import Row
from warehouse.report.words import NOTHING, agreeing, because, count, listed, span

LONDON = ZoneInfo("Europe/London")
MOST_COMPARED = 2_000  # changed rows of a mart: beyond, the page counts them and says which command lists them
MOST_CHANGES = 12  # values shown of each mart
PUBLICATIONS = """
    select publication_id, published_at, business_date, code_version, changed_rows, note, is_generated
    from marts.publication
    order by publication_id desc
    limit 2
"""
MARTS = """
    select schema_name, mart, row_count, inserted, updated, deleted
    from marts.publication_mart
    where publication_id = %s and not is_retired
    order by schema_name, mart
"""
FEEDS = """
    select dataset, title, publisher, latest_vintage, last_publication_date, age_days, expected_every_days, status,
        status_reason, licence, is_generated
    from marts.data_freshness
    order by title
"""
# Releases that one publication was made of and another was not.
MADE_OF = """
    select dataset, vintage from marts.publication_input where publication_id = %s
    except
    select dataset, vintage from marts.publication_input where publication_id = %s
    order by dataset, vintage
"""
# Values that a publication changed, each with the key of its row; rows that came or went are counted.
VALUES = """
    select row_key, row_name, column_name, was, "is"
    from marts.figure_change
    where publication_id = %s and mart = %s and column_name <> '*'
    order by row_key collate "C", column_name collate "C"
    limit %s
"""
MART_CAUSES = "select mart, cause, cause_detail from marts.change_cause where publication_id = %s"
FAILING = """
    select * from (
        select distinct on (check_name, table_name)
            check_name, table_name, severity, kind, owner, outcome, failing_rows, failing_since, message, remedy
        from marts.quality_result
        order by check_name, table_name, checked_at desc
    ) as latest
    where outcome in ('failed', 'not_evaluated')
    order by severity, failing_since, table_name, check_name
"""


@dataclass(frozen=True)
class Feed:
    """A dataset and how its newest release stands."""

    row: Row

    @property
    def name(self) -> str:
        """Its title, for people."""
        return str(self.row["title"])

    @property
    def status(self) -> str:
        """fresh, stale, failing or no_feed."""
        return str(self.row["status"])

    @property
    def age(self) -> str:
        """How long ago its newest release ended, in words."""
        days = self.row["age_days"]
        return NOTHING if days is None else f"{span(days)} ago" if days > 0 else "not over yet"


class Value(NamedTuple):
    """A value that changed, with what its row is called."""

    row: str
    column: str
    was: str | None
    now: str | None


@dataclass(frozen=True)
class MartChanges:
    """What changed in one mart and why; `values` are the first of them."""

    mart: str
    inserted: int
    updated: int
    deleted: int
    values: list[Value] = field(default_factory=list)
    cause: str | None = None

    @property
    def told(self) -> str:
        """The counts in words."""
        parts = ((self.inserted, "new"), (self.updated, "changed"), (self.deleted, "removed"))
        told = [(number, what) for number, what in parts if number]
        return f"{listed(f'{count(number)} {what}' for number, what in told)} {agreeing(told[-1][0], 'row', 'rows')}"


@dataclass(frozen=True)
class State:
    """The publication that readers see, and everything that they should know about it."""

    number: int
    published_at: datetime
    business_date: date
    changed_rows: int
    note: str | None
    is_generated: bool
    previous: int | None
    marts: int
    rows: int
    feeds: list[Feed]
    documents: dict[str, Row]
    changes: list[MartChanges]
    causes: list[str]
    failing: list[Row]

    @property
    def titles(self) -> dict[str, str]:
        """What each dataset is called, for people."""
        return {feed.row["dataset"]: feed.name for feed in self.feeds}

    def feeds_that_are(self, status: str) -> list[Feed]:
        """The feeds of one status."""
        return [feed for feed in self.feeds if feed.status == status]


def read_state(connection: psycopg.Connection) -> State | None:
    """What readers see now; None where nothing has been published yet."""
    with connection.cursor(row_factory=dict_row) as cursor:
        publications = cursor.execute(PUBLICATIONS).fetchall()
        if not publications:
            return None
        now, before = publications[0], publications[1] if len(publications) > 1 else None
        marts = cursor.execute(MARTS, [now["publication_id"]]).fetchall()
        feeds = [Feed(row) for row in cursor.execute(FEEDS)]
        known = cursor.execute("select to_regclass('marts.dim_document') is not null as is_there").fetchone()
        papers = cursor.execute("select * from marts.dim_document").fetchall() if known and known["is_there"] else []
        failing = cursor.execute(FAILING).fetchall()
    previous = before["publication_id"] if before else None
    return State(
        number=now["publication_id"],
        published_at=now["published_at"].astimezone(LONDON),
        business_date=now["business_date"],
        changed_rows=now["changed_rows"],
        note=now["note"],
        is_generated=now["is_generated"],
        previous=previous,
        marts=len(marts),
        rows=sum(row["row_count"] for row in marts),
        feeds=feeds,
        documents={row["source_document"]: row for row in papers},
        changes=_changes(connection, now["publication_id"], previous, marts) if previous else [],
        causes=_causes(connection, now, before, {feed.row["dataset"]: feed.name for feed in feeds}) if before else [],
        failing=failing,
    )


def _changes(connection: psycopg.Connection, number: int, previous: int, marts: list[Row]) -> list[MartChanges]:
    causes = {mart: because(cause, detail) for mart, cause, detail in connection.execute(MART_CAUSES, [number])}
    found = []
    for row in marts:
        changed = row["inserted"] + row["updated"] + row["deleted"]
        if not changed:
            continue
        mart, values = mart_name(row["schema_name"], row["mart"]), []
        if row["updated"] and changed <= MOST_COMPARED and number == previous + 1:
            for key, name, column, was, now in connection.execute(VALUES, [number, mart, MOST_CHANGES]):
                values.append(Value(name or ", ".join(map(str, json.loads(key).values())), column, was, now))
        found.append(MartChanges(mart, row["inserted"], row["updated"], row["deleted"], values, causes.get(mart)))
    return found


def _causes(
    connection: psycopg.Connection, now: dict[str, Any], before: dict[str, Any], titles: dict[str, str]
) -> list[str]:
    """Why figures may have changed: what came, what was withdrawn, whether the rules are other ones."""
    numbers = [now["publication_id"], before["publication_id"]]
    came, gone = _releases(connection, numbers), _releases(connection, numbers[::-1])
    told = [f"{titles.get(dataset, dataset)}: {_some(vintages)} came in." for dataset, vintages in sorted(came.items())]
    told += [
        f"{titles.get(dataset, dataset)}: {_some(vintages)} no longer count{'s' if len(vintages) == 1 else ''}."
        for dataset, vintages in sorted(gone.items())
    ]
    if now["code_version"] != before["code_version"]:
        told.append("The rules that make the figures, or the authority’s papers, were changed.")
    return told or ["No file came and no rule was changed: the figures moved with the date."]


def _releases(connection: psycopg.Connection, numbers: list[int]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for dataset, vintage in connection.execute(MADE_OF, numbers):
        found.setdefault(dataset, []).append(vintage)
    return found


def _some(vintages: list[str]) -> str:
    """Releases by name, where they are few."""
    names = sorted(vintages)
    return f"release {names[0]}" if len(names) == 1 else f"{len(names)} releases, {names[0]} to {names[-1]},"
