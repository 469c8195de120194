"""What is withheld now and was shown before: its past is closed with the publication that withholds it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import psycopg
import yaml
from psycopg import sql
from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import WarehouseError
from core.settings import PROJECT_DIR
from warehouse.publish.mart_catalogue import Table, history_tables

FOLDER = PROJECT_DIR / "quality_checks" / "withheld"
# In which publications a row about something that is withheld now was to be read.
STOOD = """
    select distinct {key}, p.publication_id
    from {register} as r
    inner join {history} as h using ({key})
    inner join audit.publication as p
        on h._from_publication <= p.publication_id and h._until_publication > p.publication_id
    where r.{withheld} and h._change <> 'closed'
"""
CLOSE = "select audit.close_history(%s, %s, null, %s, %s)"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figures(_Strict):
    """Columns of a mart that something withheld was counted in, in the rows that have the `same` values as it."""

    same: tuple[str, ...] = ()
    emptied: tuple[str, ...]


class Withheld(_Strict):
    """Things of which a restricted mart, the `register`, says which are `withheld`.

    `rows` are the marts with a row for each that is not, under the same `key`: in history such a row keeps what is
    `kept`. `figures` are what else was made with it. `made_of` names what no check may show rows of.
    """

    register_: str = Field(alias="register")
    withheld: str
    key: tuple[str, ...]
    rows: tuple[str, ...]
    kept: tuple[str, ...] = ()
    figures: dict[str, Figures] = {}
    made_of: tuple[str, ...] = ()


def load_withheld(folder: Path | None = None) -> list[Withheld]:
    """Every declaration. WarehouseError where a file breaks the rules."""
    found = []
    for path in sorted((folder or FOLDER).glob("*.yml")):
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            found.append(Withheld.model_validate(content))
        except (yaml.YAMLError, ValidationError) as error:
            raise WarehouseError(
                f"quality_checks/withheld/{path.name}: {' '.join(str(error).split())}",
                remedy="`warehouse/disclosure/withheld.py` lists what may be said.",
            ) from error
    return found


def close_withheld(connection: psycopg.Connection, candidates: Mapping[str, Table]) -> int:
    """Close what history says of all that these candidates withhold; how many rows lost something.

    Within the publication's transaction, after the replaced rows have gone to history.
    """
    kept = history_tables(connection)
    return sum(
        _close(connection, declared, candidates[declared.register_], kept)
        for declared in load_withheld()
        if declared.register_ in candidates
    )


def _close(connection: psycopg.Connection, declared: Withheld, register: Table, kept: dict[str, Table]) -> int:
    stood: dict[tuple[object, ...], set[int]] = defaultdict(set)
    for mart in filter(kept.__contains__, declared.rows):
        parts = {
            "register": register.identifier,
            "history": kept[mart].identifier,
            "withheld": sql.Identifier(declared.withheld),
            "key": sql.SQL(", ").join(map(sql.Identifier, declared.key)),
        }
        for *key, number in connection.execute(sql.SQL(STOOD).format(**parts)):
            stood[tuple(key)].add(number)
    closed = 0
    for values, numbers in stood.items():
        which = dict(zip(declared.key, map(str, values), strict=True))
        # The figures first: the rows that they were made with are then still to be found where this is tried again.
        for mart, figures in declared.figures.items():
            same = {name: which[name] for name in figures.same}
            closed += _empty(connection, kept.get(mart), mart, figures.emptied, same, numbers)
        for mart in declared.rows:
            if mart in kept:
                emptied = [name for name in kept[mart].column_names if name not in declared.kept]
                closed += _empty(connection, kept[mart], mart, emptied, which, numbers)
    return closed


def _empty(
    connection: psycopg.Connection,
    history: Table | None,
    mart: str,
    names: tuple[str, ...] | list[str],
    which: Mapping[str, str],
    numbers: set[int],
) -> int:
    if history is None:
        return 0
    emptied = [name for name in names if name in history.column_names]  # a new column has no past yet
    if not emptied:
        return 0
    row = connection.execute(CLOSE, [mart, emptied, Jsonb(which), sorted(numbers)]).fetchone()
    return int(row[0]) if row else 0
