"""The SQL by which a SELECT is asked what its rows are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from psycopg import sql
from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from warehouse.lineage.rows import Rows
from warehouse.lineage.selection import DIALECT, Read, not_made_of_others, select_of

MOST_VALUES = 1_000  # of one column, in a condition that PostgreSQL can carry down
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")  # JSON writes a moment in another way than text does
WANTED = "these_rows_are_wanted"


def whole_rows(scope: Scope, own: list[Read]) -> exp.Select:
    """The question for all that a SELECT joins, row by row."""
    rows = [f"{row_of(read)} as it_{at}" for at, read in enumerate(own)]
    asked = without_outputs(select_of(scope)).select(*rows, dialect=DIALECT, copy=False)
    return asked.where(exp.column(WANTED), copy=False)


def row_of(read: Read) -> str:
    """The whole row of what is read: a bare alias may be the name of a column too, and `alias.*` is its columns."""
    return f"coalesce({quoted(read.alias)}.*)"


def quoted(name: str) -> str:
    """A name as SQL."""
    return str(exp.to_identifier(name, quoted=True).sql(DIALECT))


def _literal(text: str) -> str:
    return sql.Literal(text).as_string()


def without_outputs(select: exp.Select) -> exp.Select:
    """Its FROM and WHERE alone."""
    bare = exp.Select()
    for part in ("from_", "joins", "laterals", "where"):
        value = select.args.get(part)
        if value:
            bare.set(part, [each.copy() for each in value] if isinstance(value, list) else value.copy())
    return bare


def are(known: Mapping[str, exp.Expr], wanted: Rows) -> list[str]:
    """Conditions that what is known of the wanted rows makes on their expressions; the last on all of them."""
    telling = not_made_of_others({name: each for name, each in known.items() if name in wanted.columns})
    texts = {name: each.sql(DIALECT, copy=False) for name, each in telling.items()}
    if not texts:
        return []
    listed = [is_one_of(text, wanted.values(name)) for name, text in texts.items()]
    values = [f"w -> {_literal(wanted.columns[name])}" for name in texts]
    together = (
        f"jsonb_build_array({', '.join(texts.values())}) in (select jsonb_build_array({', '.join(values)}) "
        f"from jsonb_array_elements({_literal(wanted.as_json)}::jsonb) as w)"
    )
    return [*(each for each in listed if each), together]


def is_one_of(text: str, values: list[Any]) -> str | None:
    """A condition that PostgreSQL can carry down to where the column comes from; None where it is better not to."""
    known = {value for value in values if isinstance(value, str | int)}
    if len(known) > MOST_VALUES or any(isinstance(value, float | dict | list) for value in values):
        return None
    if any(MOMENT.match(value) for value in known if isinstance(value, str)):
        return None
    told = sorted({str(each).lower() if isinstance(each, bool) else str(each) for each in known})
    is_listed = f"({text})::text = any({sql.Literal(told).as_string()}::text[])"
    return f"({is_listed} or ({text}) is null)" if None in values else is_listed
