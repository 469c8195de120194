"""A published row followed to what it was made of: model by model, to rows of raw and of the seeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

import psycopg
from psycopg import sql
from sqlglot import exp

from warehouse.lineage.reach import MOST_ROWS, PLANS, Model, Reach, aggregates
from warehouse.lineage.rows import Row, Rows
from warehouse.lineage.selection import DIALECT
from warehouse.lineage.workings import Relation, definitions


@dataclass
class Trace:
    """What a published row is made of. `steps`: from the mart down, each relation with its rows."""

    mart: Relation
    steps: dict[Relation, Rows] = field(default_factory=dict)
    models: dict[Relation, Model] = field(default_factory=dict)

    @property
    def origins(self) -> dict[Relation, Rows]:
        """Where the trace ends: relations that no SQL of ours makes."""
        return {relation: rows for relation, rows in self.steps.items() if relation not in self.models}


def follow(connection: psycopg.Connection, mart: Relation, rows: Rows, *, most: int = MOST_ROWS) -> Trace:
    """Follow whole rows of a mart's candidate down to raw and seeds, as far as no more than `most` of one take part."""
    connection.execute(PLANS)
    texts = definitions(connection)
    trace = Trace(mart)
    for relation in _from_the_top(mart, texts, trace.models):
        trace.steps[relation] = Rows()
    trace.steps[mart] = rows
    known = aggregates(connection)
    for relation in trace.steps:
        found = trace.steps[relation]
        if relation in trace.models and found:
            for parent, reached in Reach(connection, trace.models[relation], known, most).parents_of(found).items():
                trace.steps[parent] = trace.steps[parent].with_more(reached.texts, is_cut=reached.is_cut)
    return trace


def _from_the_top(mart: Relation, texts: dict[Relation, str], models: dict[Relation, Model]) -> Iterator[Relation]:
    parents: defaultdict[Relation, set[Relation]] = defaultdict(set)
    waiting = [mart]
    while waiting:
        relation = waiting.pop()
        if relation in parents or relation not in texts:
            parents[relation] |= set()
            continue
        models[relation] = Model(relation, texts[relation])
        parents[relation] |= models[relation].parents
        waiting += models[relation].parents
    return reversed([*TopologicalSorter(parents).static_order()])


def not_given_again(connection: psycopg.Connection, trace: Trace, relation: Relation) -> list[Row]:
    """The traced rows of a model that its own SQL does not make again from the traced rows of its parents alone.

    Where too many rows of a parent take part to be told, all of it is taken as it stands.
    """
    model = trace.models[relation]
    names = {parent: f"traced_{at}" for at, parent in enumerate(sorted(model.parents))}
    query = _read_from(model.query.copy(), names).sql(DIALECT)
    tables = [
        sql.SQL("{} as materialized ({})").format(sql.Identifier(name), _given(trace, parent))
        for parent, name in names.items()
    ]
    rows = trace.steps[relation]
    generated = sorted(rows.columns.keys() - set(model.columns))  # PostgreSQL's own: an old name of a column
    statement = sql.SQL(
        "with {}, made_again as materialized (select to_jsonb(m) as it from ({}) as m) "
        "select told from jsonb_array_elements({}::jsonb) as told "
        "where not exists (select from made_again where it = told - {}::text[])"
    ).format(sql.SQL(", ").join(tables), sql.SQL(query), sql.Literal(rows.as_json), sql.Literal(generated))
    return [row for (row,) in connection.execute(statement)]


def _read_from(query: exp.Expr, names: dict[Relation, str]) -> exp.Expr:
    for table in [*query.find_all(exp.Table)]:
        if table.db and isinstance(table.this, exp.Identifier):
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
            table.set("this", exp.to_identifier(names[Relation(table.db, table.name)]))
            table.set("db", None)
    return query


def _given(trace: Trace, parent: Relation) -> sql.Composed:
    if trace.steps[parent].is_cut:
        return sql.SQL("select * from {}").format(parent.identifier)
    return sql.SQL("select * from jsonb_populate_recordset(null::{}, {}::jsonb)").format(
        parent.identifier, sql.Literal(trace.steps[parent].as_json)
    )
