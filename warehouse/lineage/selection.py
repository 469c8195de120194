"""One SELECT of a model: which of its outputs tell one row of what it reads from another, and how to ask for those.

A row of a SELECT comes from the rows of its FROM that meet its WHERE and give its plain outputs: those that neither an
aggregate nor a window function computes. Where a window looks at other rows, only what is common to its partition can
tell rows apart; after DISTINCT ON only what it names; after LIMIT nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

DIALECT = "postgres"


@dataclass(frozen=True, eq=False)
class Read:
    """Something that a SELECT reads under `alias`: a table, or another SELECT.

    `inner` holds the FROM and WHERE of a subquery in which it is read, None where the SELECT itself reads it.
    """

    alias: str
    source: exp.Table | Scope
    inner: exp.Select | None = None


def select_of(scope: Scope) -> exp.Select:
    """The SELECT that a scope is."""
    assert isinstance(scope.expression, exp.Select), "set operations are taken apart before"
    return scope.expression


def outputs(select: exp.Select) -> dict[str, exp.Expr]:
    """The expression behind each output column."""
    return {each.alias_or_name: each.unalias() for each in select.selects}


def plain_outputs(select: exp.Select, aggregates: frozenset[str]) -> dict[str, exp.Expr]:
    """The outputs by which rows of the FROM can be told to belong to a row of the result."""
    if select.args.get("limit") or select.args.get("offset"):
        return {}
    group = select.args.get("group")
    if group and group.find(exp.Rollup, exp.Cube):
        return {}
    found = outputs(select)
    if not group and any(_has_aggregate(each, aggregates) for each in found.values()):
        return {}
    plain = {name: each for name, each in found.items() if not _is_computed(each, aggregates)}
    for allowed in _only(select):
        plain = {name: each for name, each in plain.items() if each.sql(DIALECT) in allowed}
    return plain


def _only(select: exp.Select) -> Iterator[set[str]]:
    """What each window, grouping set and DISTINCT ON leave to tell rows apart by, as SQL."""
    for sets in select.args["group"].find_all(exp.GroupingSets) if select.args.get("group") else ():
        for each in sets.expressions:
            columns = each.expressions if isinstance(each, exp.Tuple) else [each.unnest()]
            yield {column.sql(DIALECT) for column in columns}
    distinct = select.args.get("distinct")
    if distinct and distinct.args.get("on"):
        yield {each.sql(DIALECT) for each in distinct.args["on"].expressions}
    names = {each.name: each for each in select.args.get("windows") or []}
    for window in select.find_all(exp.Window):
        if window.parent_select is not select or window in names.values():
            continue
        spec = names.get(window.alias) or window
        yield {each.sql(DIALECT) for each in spec.args.get("partition_by") or []}


def _is_computed(output: exp.Expr, aggregates: frozenset[str]) -> bool:
    if not output.find(exp.Column):
        return True  # a constant tells no row from another
    return bool(
        output.find(exp.Window, exp.Subquery, exp.Select, exp.ExplodingGenerateSeries, exp.Explode, exp.Unnest)
    ) or _has_aggregate(output, aggregates)


def _has_aggregate(output: exp.Expr, aggregates: frozenset[str]) -> bool:
    for each in output.find_all(exp.Func):
        if each.find_ancestor(exp.Window, exp.Subquery) or isinstance(each.parent, exp.Window):
            continue
        if isinstance(each, exp.AggFunc) or each.sql_name().lower() in aggregates or each.name.lower() in aggregates:
            return True
    return False


def reads(scope: Scope) -> list[Read]:
    """Everything that the SELECT reads: in its FROM, and in the subqueries of its expressions and laterals."""
    found = [Read(alias, source) for alias, source in _sources(scope)]
    laterals = (inner for lateral in scope.udtf_scopes for inner in lateral.subquery_scopes)
    for inner in [*scope.subquery_scopes, *laterals]:
        for select in selects(inner):
            found += [Read(alias, source, select_of(select)) for alias, source in _sources(select)]
    return found


def selects(scope: Scope) -> list[Scope]:
    """The SELECTs that a query puts under each other; itself where it is one."""
    return (
        [each for branch in scope.set_operation_scopes for each in selects(branch)]
        if scope.set_operation_scopes
        else [scope]
    )


def _sources(scope: Scope) -> Iterator[tuple[str, exp.Table | Scope]]:
    if not isinstance(scope.expression, exp.Select):
        return
    for alias, (_, source) in scope.selected_sources.items():
        is_rows = isinstance(source, Scope) and not source.is_udtf
        if is_rows or (isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier) and source.db):
            yield alias, source
