"""The attack on a candidate, as its marts stand: what every reader could work out if it were published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import psycopg
from psycopg import sql

from core.roles import READERS
from warehouse.disclosure import store
from warehouse.disclosure.block import Block, State
from warehouse.disclosure.control import counts_of
from warehouse.disclosure.declared import LinkedSet, LinkedTable
from warehouse.disclosure.linked import Cell

DETAIL_READERS = """
    select
        t.relname::text,
        array(
            select pg_get_userbyid(r.grantee)::text from aclexplode(t.relacl) as r
            where r.privilege_type = 'SELECT' and r.grantee <> 0 and pg_get_userbyid(r.grantee) = any(%s)
        )
    from pg_class as t
    where t.relnamespace = to_regnamespace(%s) and t.relname = any(%s)
"""
Shown = dict[store.Scope, dict[str, set[Cell]]]


@dataclass
class Finding:
    """What the attack on one set came to; `opened`, `recovered` and `exact` name cells, never their counts.

    `exact` cells are shown unrounded, `read_by` are detail marts that other readers may read than the rule says.
    """

    declared: LinkedSet
    cells: int = 0
    closed: int = 0
    attacked: int = 0
    known_anyway: int = 0
    opened: list[str] = field(default_factory=list)
    recovered: list[str] = field(default_factory=list)
    exact: list[str] = field(default_factory=list)
    read_by: list[str] = field(default_factory=list)

    @property
    def is_safe(self) -> bool:
        """Whether nobody can work out what is closed."""
        return not (self.opened or self.recovered or self.exact or self.read_by)

    @property
    def message(self) -> str | None:
        """One line that names the first cells; None where all is well."""
        found = [*(f"{cell} is closed, and shown" for cell in self.opened),
                 *(f"{cell} can be worked out" for cell in self.recovered),
                 *(f"{cell} is shown unrounded" for cell in self.exact),
                 *self.read_by]  # fmt: skip
        more = f" (and {len(found) - 3} more)" if len(found) > 3 else ""
        return "; ".join(found[:3]) + more if found else None


def attack(
    connection: psycopg.Connection, refresh_id: str, sets: Iterable[LinkedSet], schema_prefix: str = ""
) -> list[Finding]:
    """Attack every declared set in the candidate of a refresh, with all that was published before at hand.

    A scope that the last publication showed in the same way was attacked then, and is not again.
    """
    return [_attack_set(connection, refresh_id, schema_prefix, declared) for declared in sets]


def _attack_set(connection: psycopg.Connection, refresh_id: str, prefix: str, declared: LinkedSet) -> Finding:
    finding = Finding(declared)
    rule = store.rule_of(connection, declared, f"{prefix}seed")
    decided = store.of_refresh(connection, declared, refresh_id)
    past = store.published(connection, declared)
    closings = store.closings(connection, declared, refresh_id)
    shown = _shown(connection, declared, f"{prefix}candidate")
    rounding, readers = store.showing_of(connection, declared, f"{prefix}seed")
    finding.exact = _exact(connection, declared, f"{prefix}candidate", rounding)
    finding.read_by = _read_by_others(connection, declared, f"{prefix}candidate_restricted", readers)
    tables = tuple(table.name for table in declared.tables if table.mart)
    for scope, days in counts_of(connection, declared, f"{prefix}intermediate").items():
        own = {state.cut: state for state in decided.get(scope, [])}
        now = []
        is_new = False
        for day, counts in days.items():
            state = State(day, counts, rule, tables, is_current=True)
            cells = {cell for cell in Block(declared, rule, [state]).epochs[0].values if cell[0] in tables}
            state.closed = cells - shown.get(scope, {}).get(day, set())
            plan = own.get(day)
            opened = (plan.closed if plan else set()) - state.closed
            finding.opened += [_name(declared, scope, day, cell) for cell in sorted(opened)]
            is_new |= plan is None or plan.closed != state.closed or plan.counts != counts
            is_new |= plan is not None and plan.state_id not in {each.state_id for each in past.get(scope, [])}
            finding.cells += len(cells)
            finding.closed += len(state.closed)
            now.append(state)
        if is_new:
            before = [replace(each, closed_since=each.closed_since | closings.get(each.state_id or 0, set()))
                      for each in past.get(scope, [])]  # fmt: skip
            block = Block(declared, rule, sorted([*before, *now], key=lambda state: state.cut))
            finding.attacked += len(block.targets(keeps=False))
            finding.known_anyway += block.known_anyway()
            finding.recovered += [
                _name(declared, scope, block.epochs[at].cut, cell) for at, cell in sorted(block.recovered())
            ]
    return finding


def _shown(connection: psycopg.Connection, declared: LinkedSet, schema: str) -> Shown:
    """The cells that the candidate's marts show: those with a figure."""
    found: Shown = {}
    for table in declared.tables:
        if not table.mart:
            continue
        for scope, day, values in connection.execute(_cells_query(declared, table, schema)):
            found.setdefault(tuple(scope), {}).setdefault(day, set()).add((table.name, tuple(values)))
    return found


def _exact(connection: psycopg.Connection, declared: LinkedSet, schema: str, rounding: int) -> list[str]:
    """The cells with a figure that is no multiple of what it should be rounded to."""
    found: list[str] = []
    for table in declared.tables if rounding > 1 else ():
        if not table.mart:
            continue
        exact = sql.SQL(" or ").join(
            sql.SQL("{} % {} <> 0").format(sql.Identifier(measure), sql.Literal(rounding)) for measure in table.measures
        )
        query = sql.SQL("{} and ({}) order by 1, 2, 3").format(_cells_query(declared, table, schema), exact)
        found += [_name(declared, tuple(scope), cut, (table.name, tuple(values)))
                  for scope, cut, values in connection.execute(query)]  # fmt: skip
    return found


def _read_by_others(connection: psycopg.Connection, declared: LinkedSet, schema: str, readers: set[str]) -> list[str]:
    """Detail marts that may be read by other readers than the rule names."""
    granted = connection.execute(DETAIL_READERS, [list(READERS), schema, list(declared.detail)]).fetchall()
    return [
        f"{mart} would be read by {', '.join(sorted(found)) or 'nobody'}, its rule says "
        f"{', '.join(sorted(readers)) or 'nobody'}"
        for mart, found in ((mart, set(names)) for mart, names in granted)
        if found != readers
    ]


def _cells_query(declared: LinkedSet, table: LinkedTable, schema: str) -> sql.Composed:
    def named(columns: tuple[str, ...]) -> sql.Composed:
        names = [sql.SQL("{}::text").format(sql.Identifier(table.columns.get(name, name))) for name in columns]
        return sql.SQL("array[{}]::text[]").format(sql.SQL(", ").join(names))

    cut = sql.SQL("{}::text").format(sql.Identifier(declared.successive)) if declared.successive else sql.SQL("''")
    # Closed is what says so; a merged row has a figure, and is none of the cells.
    is_shown = "not {flag}" if declared.closed_cells == "merged" else "num_nonnulls({measures}) > 0"
    conditions = [
        sql.SQL(is_shown).format(
            flag=sql.Identifier(declared.closed_flag),
            measures=sql.SQL(", ").join(map(sql.Identifier, table.measures)),
        ),
        *(sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(value)) for name, value in table.where.items()),
    ]
    return sql.SQL("select {}, {}, {} from {} where {}").format(
        named(declared.scope),
        cut,
        named(table.dimensions),
        sql.Identifier(schema, table.mart or ""),
        sql.SQL(" and ").join(conditions),
    )


def _name(declared: LinkedSet, scope: store.Scope, cut: str, cell: Cell) -> str:
    return " ".join([declared.name, cell[0], *scope, *([cut] if cut else []), *cell[1]])
