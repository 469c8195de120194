"""What changed between two publications, from their marts and histories: the rows that differ, value by value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from core.errors import WarehouseError
from warehouse.past.as_of import PastMart, past_marts


@dataclass(frozen=True)
class Change:
    """One value that differs; `column` is None for a row that appeared (`now` True) or vanished (`was` True)."""

    key: dict[str, Any]
    column: str | None
    was: Any
    now: Any


@dataclass
class MartDifference:
    """What differs in one mart. A row counts once, however many of its values differ."""

    mart: str
    appeared: int = 0
    vanished: int = 0
    changed: int = 0
    columns_added: tuple[str, ...] = ()
    columns_gone: tuple[str, ...] = ()
    changes: list[Change] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows that differ."""
        return self.appeared + self.vanished + self.changed


def differences(
    connection: psycopg.Connection, earlier: int, later: int, mart: str | None = None
) -> list[MartDifference]:
    """The marts that differ between two publications, in the order of their names, each with every change.

    A column that only one of the two has is named, and no row counts as changed for it.
    """
    before, after = past_marts(connection, earlier), past_marts(connection, later)
    names = sorted(before.keys() | after.keys())
    if mart and mart not in names:
        raise WarehouseError(
            f"Neither publication {earlier} nor {later} has a mart {mart!r}.", remedy=f"They have {', '.join(names)}."
        )
    found = [_compare(connection, before.get(name), after.get(name)) for name in names if mart in (None, name)]
    return [each for each in found if each.rows or each.columns_added or each.columns_gone]


def _compare(connection: psycopg.Connection, old: PastMart | None, new: PastMart | None) -> MartDifference:
    either = new or old
    assert either is not None, "a name is in one of the two publications"
    if old is None or new is None:
        rows = connection.execute(either.rows()).fetchall()
        appeared, vanished = (len(rows), 0) if old is None else (0, len(rows))
        result = MartDifference(either.name, appeared=appeared, vanished=vanished)
        result.changes = [
            Change(dict(zip(either.key, (row[either.columns.index(name)] for name in either.key), strict=True)), None,
                   new is None, old is None)
            for row in rows
        ]  # fmt: skip
        return result
    result = MartDifference(
        old.name,
        columns_added=tuple(name for name in new.columns if name not in old.columns),
        columns_gone=tuple(name for name in old.columns if name not in new.columns),
    )
    shared = [name for name in new.columns if name in old.columns and name not in (*old.key, *new.key)]
    for key, was, now in _pairs(connection, old, new, shared):
        if was is None or now is None:
            result.appeared += was is None
            result.vanished += now is None
            result.changes.append(Change(key, None, now is None, was is None))
        elif was != now:
            result.changed += 1
            values = zip(shared, was, now, strict=True)
            result.changes += [Change(key, name, before, after) for name, before, after in values if before != after]
    return result


def _pairs(
    connection: psycopg.Connection, old: PastMart, new: PastMart, shared: list[str]
) -> Iterator[tuple[dict[str, Any], list[Any] | None, list[Any] | None]]:
    """Key and shared values, before and after, of every row that was replaced, came or went between the two."""
    # Where the key was widened or renamed, its columns were filled in the history too.
    old = old.with_columns(new.key)
    key = sql.SQL(", ").join(map(sql.Identifier, new.key))
    values = [sql.SQL(", ").join(sql.Identifier(side, name) for name in shared) for side in ("o", "n")]
    query = sql.SQL(
        "select {key}, o._is, n._is{comma}{old_values}{comma}{new_values} "
        "from (select true as _is, * from ({old}) as o) as o "
        "full join (select true as _is, * from ({new}) as n) as n using ({key}) order by {key}"
    ).format(
        key=key,
        comma=sql.SQL(", " if shared else ""),
        old_values=values[0],
        new_values=values[1],
        old=old.rows_gone_by(new.publication_id),
        new=new.rows_come_since(old.publication_id),
    )
    width = len(new.key)
    with connection.cursor() as cursor:
        for row in cursor.execute(query):
            was, now = row[width + 2 : width + 2 + len(shared)], row[width + 2 + len(shared) :]
            key_values = dict(zip(new.key, row[:width], strict=True))
            yield key_values, list(was) if row[width] else None, list(now) if row[width + 1] else None
