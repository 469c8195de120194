"""A model's SQL, taken apart, and what the catalogue says of the names in it."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

import psycopg
from sqlglot import exp, parse_one
from sqlglot.optimizer.scope import build_scope

from warehouse.lineage.selection import DIALECT, select_of, selects
from warehouse.lineage.workings import Relation

COLUMNS = """
    select n.nspname, c.relname, array_agg(a.attname::text)
    from pg_class as c
    inner join pg_namespace as n on n.oid = c.relnamespace
    inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname || '.' || c.relname = any(%s)
    group by n.nspname, c.relname
"""


class Model:
    """What a model reads, SELECT by SELECT, and what it is called there."""

    def __init__(self, relation: Relation, query: str) -> None:
        self.relation = relation
        self.query = parse_one(query, dialect=DIALECT)
        for cte in self.query.find_all(exp.CTE):
            cte.set("materialized", False)
        scope = build_scope(self.query)
        if scope is None:
            raise ValueError(f"{relation.full_name} is no query")
        self.scope = scope

    @property
    def columns(self) -> list[str]:
        """The names of its outputs."""
        return [each.alias_or_name for each in select_of(selects(self.scope)[0]).selects]

    @cached_property
    def parents(self) -> set[Relation]:
        """Every relation that the model reads."""
        tables = self.query.find_all(exp.Table)
        return {Relation(each.db, each.name) for each in tables if each.db and isinstance(each.this, exp.Identifier)}

    def with_for(self, query: exp.Expr) -> str:
        """What of the model's WITH a query needs: PostgreSQL would take apart the rest for nothing."""
        needed: set[str] = set()
        waiting = _names_read(query)
        while waiting:
            name = waiting.pop()
            if name in self._ctes and name not in needed:
                needed.add(name)
                waiting |= self._ctes[name][1]
        texts = [text for name, (text, _) in self._ctes.items() if name in needed]
        return f"with recursive {', '.join(texts)}" if texts else ""

    @cached_property
    def _ctes(self) -> dict[str, tuple[str, set[str]]]:
        """Each query of the WITH as SQL, and the names that it reads."""
        with_ = self.query.args.get("with_")
        return {each.alias: (each.sql(DIALECT), _names_read(each)) for each in with_.expressions} if with_ else {}


def _names_read(query: exp.Expr) -> set[str]:
    return {each.name for each in query.find_all(exp.Table) if not each.db}


def aggregates(connection: psycopg.Connection) -> frozenset[str]:
    """The names of all aggregate functions."""
    names = connection.execute("select distinct proname from pg_proc where prokind = 'a'")
    return frozenset(name for (name,) in names)


def columns_of(connection: psycopg.Connection, relations: Collection[Relation]) -> dict[Relation, set[str]]:
    """The names of all columns of each relation."""
    rows = connection.execute(COLUMNS, [[each.full_name for each in relations]])
    return {Relation(schema, name): set(columns) for schema, name, columns in rows}
