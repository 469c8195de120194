"""What a check said, whichever tool ran it, and the one place where that is written down: `audit.check_result`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Literal

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from warehouse.disclosure.declared import controlled_relations

SAMPLE_ROWS = 10  # of those that break a check


@dataclass(frozen=True)
class CheckOutcome:
    """What one check said.

    `check_name` is unique within a run; of a contract it is table[.column].check. Overruled is what failed and a
    person has accepted all the same. `value` is what the check measured, `failing_rows` the number of rows that break
    it (None where it does not count rows), `sample` the first of them. `message` says in one line what is wrong; it is
    None when the check passed.
    """

    table_name: str
    check_name: str
    kind: str
    severity: Literal["fail", "warn"]
    owner: str
    outcome: Literal["passed", "failed", "not_evaluated", "overruled"]
    value: Decimal | None
    failing_rows: int | None
    sample: list[dict[str, Any]] | None
    message: str | None
    remedy: str | None
    tool: Literal["soda", "dbt", "warehouse"] = "soda"


COLUMNS = tuple(field.name for field in fields(CheckOutcome))
INSERT = sql.SQL("insert into audit.check_result (run_id, run_kind, {}) values (%s, %s, {})").format(
    sql.SQL(", ").join(map(sql.Identifier, COLUMNS)), sql.SQL(", ").join([sql.Placeholder()] * len(COLUMNS))
)


def record_outcomes(
    connection: psycopg.Connection, run_id: str, run_kind: Literal["batch", "refresh"], outcomes: Iterable[CheckOutcome]
) -> None:
    """Write what the checks of one run said; `run_id` is a batch's or a refresh's.

    Rows that break a check are left out where they are under disclosure control: they would be the closed ones.
    """
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, [(run_id, run_kind, *_values(each)) for each in outcomes])


def _values(outcome: CheckOutcome) -> list[Any]:
    values = [getattr(outcome, name) for name in COLUMNS]
    if outcome.table_name in controlled_relations():
        values[COLUMNS.index("sample")] = None
    return [Jsonb(value) if isinstance(value, list) else value for value in values]
