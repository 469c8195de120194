"""A published row followed to what it was made of: model by model, to rows of raw and of the seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

import psycopg
from psycopg import sql
from sqlglot import exp

from warehouse.lineage.model import Model, aggregates, columns_of
from warehouse.lineage.questions import is_one_of, quoted
from warehouse.lineage.reach import MOST_ROWS, PLANS, Reach, both
from warehouse.lineage.rows import Row, Rows
from warehouse.lineage.selection import DIALECT, Needed
from warehouse.lineage.workings import Relation, definitions


@dataclass
class Trace:
    """What published rows are made of. `steps`: from the marts down, each relation with its rows."""

    steps: dict[Relation, Rows] = field(default_factory=dict)
    columns: dict[Relation, Needed] = field(default_factory=dict)  # those that take part
    models: dict[Relation, Model] = field(default_factory=dict)

    @property
    def origins(self) -> dict[Relation, Rows]:
        """Where the trace ends: relations that no SQL of ours makes."""
        return {relation: rows for relation, rows in self.steps.items() if relation not in self.models}


def follow(
    connection: psycopg.Connection,
    wanted: Mapping[Relation, Rows],
    columns: Mapping[Relation, Needed] | None = None,
    *,
    most: int = MOST_ROWS,
) -> Trace:
    """Follow rows of marts' candidates down to raw and seeds, as far as no more than `most` of one take part.

    `columns` says which of a mart are asked about; all of them where it does not.
    """
    connection.execute(PLANS)
    trace = Trace()
    for relation in _from_the_top(connection, wanted, trace.models):
        trace.steps[relation] = wanted.get(relation) or Rows()
        trace.columns[relation] = (columns or {}).get(relation) if relation in wanted else frozenset()
    known, all_columns = aggregates(connection), columns_of(connection, trace.steps)
    for relation in trace.steps:
        found = trace.steps[relation]
        if relation in trace.models and found:
            reach = Reach(connection, trace.models[relation], known, all_columns, most)
            for parent, (reached, taking_part) in reach.parents_of(found, trace.columns[relation]).items():
                trace.columns[parent] = both(trace.columns[parent], taking_part)
                trace.steps[parent] = trace.steps[parent].and_those(reached)
    return trace


def _from_the_top(
    connection: psycopg.Connection, marts: Iterable[Relation], models: dict[Relation, Model]
) -> Iterator[Relation]:
    parents: dict[Relation, set[Relation]] = {}
    waiting = set(marts)
    while waiting:
        texts = definitions(connection, of=waiting)
        models |= {relation: Model(relation, text) for relation, text in texts.items()}
        parents |= {relation: models[relation].parents if relation in models else set() for relation in waiting}
        waiting = {each for relation in waiting for each in parents[relation]} - parents.keys()
    return reversed([*TopologicalSorter(parents).static_order()])


def not_given_again(connection: psycopg.Connection, trace: Trace, relation: Relation) -> list[Row]:
    """The traced rows of a model that its own SQL does not make again from the traced rows of its parents alone.

    Compared are the columns that take part in what is asked about. Where too many rows of a parent take part to be
    told, it is read as it stands. A trace tells rows that are equal once: where it matters, they are taken as
    often as the parent has them, which takes longer.
    """
    differing = _not_made_by(connection, trace, relation, _told)
    return _not_made_by(connection, trace, relation, _told_as_often) if differing else []


def _not_made_by(
    connection: psycopg.Connection,
    trace: Trace,
    relation: Relation,
    given: Callable[[Relation, Rows], sql.Composed],
) -> list[Row]:
    model = trace.models[relation]
    told = {parent: trace.steps[parent] for parent in sorted(model.parents) if not trace.steps[parent].is_cut}
    names = {parent: f"traced_{at}" for at, parent in enumerate(told)}
    query = _read_from(model.query.copy(), names).sql(DIALECT)
    tables = [
        sql.SQL("{} as materialized ({})").format(sql.Identifier(names[parent]), given(parent, found))
        for parent, found in told.items()
    ]
    rows = trace.steps[relation]
    compared = trace.columns[relation]
    # PostgreSQL's own (an old name of a column), and what nobody asked about.
    left_out = sorted({*rows.columns, *model.columns} - set(model.columns if compared is None else compared))
    only = [] if len(told) == len(model.parents) else _alike(model.columns, compared, rows)
    statement = sql.SQL(
        "with {} made_again as materialized (select to_jsonb(m) - {}::text[] as it from ({}) as m where {}) "
        "select told from jsonb_array_elements({}::jsonb) as told "
        "where not exists (select from made_again where it = told - {}::text[])"
    ).format(
        sql.SQL("").join(sql.SQL("{}, ").format(table) for table in tables),
        sql.Literal(left_out),
        sql.SQL(query),
        sql.SQL(" and ".join(only) or "true"),
        sql.Literal(rows.as_json),
        sql.Literal(left_out),
    )
    return [row for (row,) in connection.execute(statement)]


def _alike(columns: list[str], compared: Needed, rows: Rows) -> list[str]:
    """What the rows have in common with those that are to be made again: without it all of a parent would be read."""
    known = [name for name in columns if name in rows.columns and (compared is None or name in compared)]
    return [each for name in known if (each := is_one_of(f"m.{quoted(name)}", rows.values(name)))]


def _told(parent: Relation, rows: Rows) -> sql.Composed:
    return sql.SQL("select * from jsonb_populate_recordset(null::{}, {}::jsonb)").format(
        parent.identifier, sql.Literal(rows.as_json)
    )


def _told_as_often(parent: Relation, rows: Rows) -> sql.Composed:
    return sql.SQL("select p.* from {} as p where to_jsonb(p) in (select jsonb_array_elements({}::jsonb))").format(
        parent.identifier, sql.Literal(rows.as_json)
    )


def _read_from(query: exp.Expr, names: dict[Relation, str]) -> exp.Expr:
    for table in [*query.find_all(exp.Table)]:
        if table.db and isinstance(table.this, exp.Identifier) and Relation(table.db, table.name) in names:
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
            table.set("this", exp.to_identifier(names[Relation(table.db, table.name)]))
            table.set("db", None)
    return query
