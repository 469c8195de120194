"""One SELECT of a model: which of its outputs tell one row of what it reads from another, and how to ask for those.

A row of a SELECT comes from the rows of its FROM that meet its WHERE and give its plain outputs: those that neither an
aggregate nor a window function computes. Where a window looks at other rows, only what is common to its partition can
tell rows apart. A window that asks for the greatest or least value (which release is the latest?) looks at one other
row alone: the one that has it. Of what DISTINCT ON and LIMIT pass over nothing comes: what they choose, they choose
again from those alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

DIALECT = "postgres"
Needed = frozenset[str] | None  # names of columns; None: all of them
EVERYTHING: Needed = None


@dataclass(frozen=True, eq=False)
class Read:
    """Something that a SELECT reads under `alias`: a table, or another SELECT.

    `inner` holds the FROM and WHERE of a subquery in which it is read, None where the SELECT itself reads it.
    """

    alias: str
    source: exp.Table | Scope
    inner: exp.Select | None = None


@dataclass(frozen=True, eq=False)
class Extreme:
    """The greatest or least value over the rows of a partition."""

    value: exp.Expr
    is_greatest: bool
    partition: list[exp.Expr]


def select_of(scope: Scope) -> exp.Select:
    """The SELECT that a scope is."""
    assert isinstance(scope.expression, exp.Select), "set operations are taken apart before"
    return scope.expression


def outputs(select: exp.Select) -> dict[str, exp.Expr]:
    """The expression behind each output column."""
    return {each.alias_or_name: each.unalias() for each in select.selects}


def plain_outputs(select: exp.Select, aggregates: frozenset[str], needed: Needed = EVERYTHING) -> dict[str, exp.Expr]:
    """The outputs by which rows of the FROM can be told to belong to a row of the result, as far as it is needed."""
    plain = own_outputs(select, aggregates)
    for allowed in _only(select, needed):
        plain = {name: each for name, each in plain.items() if text_of(each) in allowed}
    return plain


def own_outputs(select: exp.Select, aggregates: frozenset[str]) -> dict[str, exp.Expr]:
    """The outputs that a row of the FROM gives by itself, with no other beside it."""
    if select.args.get("offset"):
        return {}
    group = select.args.get("group")
    if group and group.find(exp.Rollup, exp.Cube):
        return {}
    found = outputs(select)
    if not group and any(_has_aggregate(each, aggregates) for each in found.values()):
        return {}
    return {name: each for name, each in found.items() if not _is_computed(each, aggregates)}


def hidden_partitions(select: exp.Select, aggregates: frozenset[str], needed: Needed) -> list[list[exp.Expr]]:
    """The partitions of its windows where outputs do not tell them all; none where a window looks at everything."""
    partitions = [each for window, each in _windows(select, needed) if not _is_extreme(window, _named_windows(select))]
    are_told = all(tells(select, aggregates, each) for each in partitions)
    return [] if select.args.get("group") or are_told or not all(partitions) else partitions


def tells(select: exp.Select, aggregates: frozenset[str], partition: list[exp.Expr]) -> bool:
    """Whether outputs give what a window is partitioned by."""
    told = {text_of(each) for each in own_outputs(select, aggregates).values()}
    return all(text_of(each) in told for each in partition)


def text_of(expression: exp.Expr) -> str:
    """As SQL, to be compared: in a list PostgreSQL writes it in brackets, alone it does not."""
    return expression.unnest().sql(DIALECT, copy=False)


def not_made_of_others(expressions: Mapping[str, exp.Expr]) -> dict[str, exp.Expr]:
    """Those that tell more than the plain columns among them: a spelling's key tells no more than the spelling."""
    plain = {text_of(each) for each in expressions.values() if isinstance(each.unnest(), exp.Column)}
    return {
        name: each
        for name, each in expressions.items()
        if text_of(each) in plain or not {text_of(column) for column in each.find_all(exp.Column)} <= plain
    }


def only_unites(select: exp.Select, aggregates: frozenset[str]) -> bool:
    """Whether it does nothing but take equal rows together: then one of them is enough to make it again."""
    group, distinct = select.args.get("group"), select.args.get("distinct")
    if not (group or distinct) or (distinct and distinct.args.get("on")):
        return False
    if any(select.args.get(part) for part in ("having", "limit", "offset", "windows")):
        return False
    plain = plain_outputs(select, aggregates)
    if any(each.find(exp.Column, exp.Func) for name, each in outputs(select).items() if name not in plain):
        return False
    if group and not distinct:  # what it groups by besides would have it give a row several times
        told = {text_of(each) for each in plain.values()}
        return all(text_of(each) in told for each in group.expressions) and not group.find(exp.GroupingSets)
    return True


def _only(select: exp.Select, needed: Needed) -> Iterator[set[str]]:
    """What each window and grouping set leave to tell rows apart by, as SQL."""
    yield from _grouping_sets(select)
    for window, partition in _windows(select, needed):
        if not _is_extreme(window, _named_windows(select)):
            yield {text_of(each) for each in partition}


def _grouping_sets(select: exp.Select) -> Iterator[set[str]]:
    for sets in select.args["group"].find_all(exp.GroupingSets) if select.args.get("group") else ():
        for each in sets.expressions:
            columns = each.expressions if isinstance(each, exp.Tuple) else [each.unnest()]
            yield {text_of(column) for column in columns}


def alternative_groups(select: exp.Select, needed: Needed) -> list[set[str]]:
    """What each of its GROUPING SETS groups by, as SQL: a row is of one of them, and has no value beside its own."""
    group = select.args.get("group")
    clauses = group.expressions if group else []
    is_alone = len(clauses) == 1 and isinstance(clauses[0], exp.GroupingSets)
    return [*_grouping_sets(select)] if is_alone and not any(True for _ in _windows(select, needed)) else []


def _windows(select: exp.Select, needed: Needed) -> Iterator[tuple[exp.Window, list[exp.Expr]]]:
    """Each window that counts, and what it is partitioned by."""
    for window in select.find_all(exp.Window):
        if _counts(window, select, needed):
            spec = _named_windows(select).get(window.alias) or window
            yield window, spec.args.get("partition_by") or []


def _named_windows(select: exp.Select) -> dict[str, exp.Expr]:
    return {each.name: each for each in select.args.get("windows") or []}


def extremes(select: exp.Select, needed: Needed) -> list[Extreme]:
    """The greatest and least values that it asks for over a partition, each once."""
    found: dict[str, Extreme] = {}
    for window, partition in _windows(select, needed):
        if _is_extreme(window, _named_windows(select)):
            found.setdefault(
                window.sql(DIALECT, copy=False), Extreme(window.this.this, isinstance(window.this, exp.Max), partition)
            )
    return list(found.values())


def _counts(window: exp.Window, select: exp.Select, needed: Needed) -> bool:
    is_own = window.parent_select is select and window not in (select.args.get("windows") or [])
    return is_own and _is_needed(window, select, needed)


def _is_extreme(window: exp.Window, names: Mapping[str, exp.Expr]) -> bool:
    if not isinstance(window.this, exp.Max | exp.Min) or window.this.this.find(exp.AggFunc, exp.Distinct):
        return False
    if window.parent_select and window.parent_select.args.get("group"):
        return False
    spec = names.get(window.alias) or window
    return not any(each.args.get(part) for each in (spec, window) for part in ("order", "spec"))


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
        called = each.name if isinstance(each, exp.Anonymous) else each.sql_name()
        if isinstance(each, exp.AggFunc) or called.lower() in aggregates:
            return True
    return False


def reads(scope: Scope, needed: Needed = EVERYTHING) -> list[Read]:
    """Everything that it reads for what is needed: in its FROM, in the subqueries of its expressions and laterals."""
    found = [Read(alias, source) for alias, source in _sources(scope)]
    laterals = (inner for lateral in scope.udtf_scopes for inner in lateral.subquery_scopes)
    for inner in [*scope.subquery_scopes, *laterals]:
        if not _is_needed(inner.expression, select_of(scope), needed):
            continue
        for select in selects(inner):
            found += [Read(alias, source, select_of(select)) for alias, source in _sources(select)]
    return found


def needed_of(read: Read, select: exp.Select, needed: Needed) -> Needed:
    """Which columns of what it reads a SELECT needs for some of its own."""
    if read.inner or select.args.get("distinct"):
        return EVERYTHING
    joins = select.find_all(exp.Join)
    found = {each.name for join in joins for each in join.args.get("using") or []}
    for column in select.find_all(exp.Column):
        if column.table in ("", read.alias) and _is_needed(column, select, needed):
            if isinstance(column.this, exp.Star) or column.name == read.alias:
                return EVERYTHING
            found.add(column.name)
    return EVERYTHING if any(_is_whole_row(star, select) for star in select.find_all(exp.Star)) else frozenset(found)


def _is_whole_row(star: exp.Star, select: exp.Select) -> bool:
    return star.parent is select  # count(*) asks for no column


def _is_needed(part: exp.Expr, select: exp.Select, needed: Needed) -> bool:
    """Whether it is no part of an output that nobody needs."""
    if needed is None or select.args.get("distinct"):
        return True
    while part.parent is not select:
        if part.parent is None:
            return True
        part = part.parent
    return part.arg_key != "expressions" or part.alias_or_name in needed


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
