"""`warehouse query`: one statement as a reader."""

from __future__ import annotations

import csv
import sys

import psycopg

from core import db
from core.errors import WarehouseError
from core.roles import EVERYBODY
from warehouse.cli import screen
from warehouse.export.files import defused

TIMEOUT = "60s"
ALIKE = 88  # of 100: below, most pairs are two firms of one trade
MOST_COMPARED = 20_000


def show(
    sql: str, *, as_csv: bool, publication: int | None = None, role: str = EVERYBODY, alike: str | None = None
) -> None:
    """Run one statement as a reader and print what it returns; with `publication`, what it would have returned then.

    With `alike`, the pairs of its rows whose texts in that column look alike, the likest first: for a person to judge.

    WarehouseError says in a line what is wrong with the SQL.
    """
    if publication is not None:
        from warehouse.past.query_as_of import as_of

        with db.connect(role) as connection:
            sql = as_of(connection, sql, publication)
    # Given when connecting, not with `set`: the statement itself cannot come before it.
    options = f"-c statement_timeout={TIMEOUT} -c search_path=marts,history"
    if role == EVERYBODY:  # who reads more is recorded
        options += " -c default_transaction_read_only=on"
    with db.connect(role, autocommit=True, options=options) as connection:
        try:
            # Prepared: the server then takes one statement only, so none can be smuggled in behind another.
            cursor = connection.execute(sql.encode(), prepare=True)
            rows = cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise _explained(error, sql) from error
    columns = [column.name for column in cursor.description or ()]
    if alike:
        columns, rows = _look_alike(columns, rows, alike)
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([defused(value) for value in row] for row in rows)
        return
    numbers = [name for at, name in enumerate(columns) if _is_numeric(rows, at)]
    screen.records(columns, rows, right=numbers)
    screen.out.print(f"[dim]{len(rows):,} row{'' if len(rows) == 1 else 's'}[/]")


def _look_alike(columns: list[str], rows: list[tuple], name: str) -> tuple[list[str], list[tuple]]:
    from rapidfuzz import fuzz, process, utils

    if name not in columns:
        raise WarehouseError(
            f"The statement returns no column {name!r}.", remedy=f"Name one of {', '.join(columns) or 'its columns'}."
        )
    at = columns.index(name)
    if len(rows) > MOST_COMPARED:
        raise WarehouseError(
            f"{len(rows):,} rows are more than the {MOST_COMPARED:,} that are compared with one another.",
            remedy="Ask for fewer, with a `where`.",
        )
    texts = ["" if row[at] is None else utils.default_process(str(row[at])) for row in rows]
    pairs = []
    for first, text in enumerate(texts):
        found = process.extract(
            text, texts[first + 1 :], scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE, limit=None, processor=None
        )
        pairs += [(round(score), *rows[first], *rows[first + 1 + other]) for _, score, other in found if text]
    return ["likeness", *columns, *(f"{column}_2" for column in columns)], sorted(pairs, key=lambda pair: -pair[0])


def _is_numeric(rows: list[tuple[object, ...]], at: int) -> bool:
    values = [row[at] for row in rows if row[at] is not None]
    return bool(values) and all(hasattr(value, "__float__") for value in values)


def _explained(error: psycopg.Error, sql: str) -> WarehouseError:
    said = error.diag.message_primary or str(error).strip().splitlines()[0]
    where = ""
    if error.diag.statement_position:
        before = sql[: int(error.diag.statement_position) - 1]
        where = f" (line {before.count(chr(10)) + 1}, character {len(before) - before.rfind(chr(10))})"
    return WarehouseError(f"PostgreSQL says: {said}{where}.", remedy=error.diag.message_hint or _remedy(error))


def _remedy(error: psycopg.Error) -> str:
    match error:
        case psycopg.errors.QueryCanceled():
            return f"It ran longer than {TIMEOUT}: ask for less, or use psql with `warehouse url`."
        case psycopg.errors.ReadOnlySqlTransaction() | psycopg.errors.InsufficientPrivilege():
            return "Readers may read the schemas marts and history; `--role` names another reader."
        case _:
            return (
                'Correct the statement; `warehouse query "select table_name from information_schema.tables '
                "where table_schema = 'marts'\"` lists the tables."
            )
