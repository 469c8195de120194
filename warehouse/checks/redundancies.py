"""The rules of a definition's `redundancies`, asked of a pending batch: each gives the rows that break it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from ingest.definition import row_rules as said
from ingest.definition.dataset import Dataset
from warehouse.checks.drift import accepted_by, pair_of
from warehouse.checks.results import SAMPLE_ROWS, CheckOutcome

# `this` and `before` are the batch's rows and those of the accepted file before it, each as a query.
DESCENDING = "select {shown} from {this} as r where {any_larger}"
PRODUCT = """
select {shown}, round({a} * {b}, 2) as product
from {this} as r
where abs({whole} - {a} * {b}) > {within} * abs({whole}) and {whole} <> 0 and {a} * {b} <> 0
"""
ONE_FOR = """
select {by}, count(distinct row({one})) as found
from {this} as r
where num_nulls({by}) = 0
group by {by}
having count(distinct row({one})) > 1
"""
AVERAGE = """
select {by}, min({whole}) as whole, round(avg({parts}), 4) as average
from {this} as r
where {whole} is not null
group by {by}
having abs(avg({parts}) - avg({whole})) > {amount}
"""
WITHIN = "select {shown} from {this} as r where {value} not between {least} and {most}"
NEAR = """
select {shown}
from {this} as r
where {value} > 0 and {to} > 0 and {value}::numeric / {to} not between {least} and {most}
"""
STEPS = """
select * from (
    select
        {by_comma} {along}, {value},
        lag({value}) over ({partition} order by {along}) as before
    from {this} as r
) as steps
where abs({value} - before) > {amount} + {share} * abs(before)
"""
SPIKES = """
select * from (
    select {by}, max({value}) as highest, percentile_cont(0.5) within group (order by {value}) as median
    from {this} as r
    group by {by}
) as groups
where median > 0 and highest >= {over} and highest > {times} * median
"""
COUNTING = """
select min({number}::bigint) as first, max({number}::bigint) as last, count(distinct {number}::bigint) as found
from {this} as r
where {number} is not null
having max({number}::bigint) - min({number}::bigint) + 1 <> count(distinct {number}::bigint)
"""
USUAL = "select {field}, count(*) as records from {this} as r where {field} <> all({values}) group by {field}"
RESTATED = """
select {r_by}, b.{before_value} as before, r.{value}
from {this} as r
inner join {before} as b on {same}
where abs(r.{value} - b.{before_value}) > {amount} + {share} * abs(b.{before_value})
"""
VANISHED = """
select {b_by}, sum(b.{value}) as before
from {before} as b
where not exists (select from {this} as r where {same}) {in_last_year}
group by {b_by}
having sum(b.{value}) > {over}
"""
LAST_YEAR = "and b.{period} > (select max({period}) from {before} as t) - interval '1 year'"
COUNTED = "select count(*) as records from {this} as r having count(*) <> {records}"
EVEN = """
select {along}, records from (
    select
        {along}, count(*) as records,
        lag(count(*)) over (order by {along}) as before,
        coalesce(lead(count(*)) over (order by {along}), lag(count(*)) over (order by {along})) as after
    from {this} as r
    group by {along}
) as groups
where records < least(before, after) and before is not null
"""
ALIKE = """
select r.{along}, round(corr(r.{value}, usual.median)::numeric, 3) as correlation
from {this} as r
inner join (
    select {by}, percentile_cont(0.5) within group (order by {value}) as median from {this} as t group by {by}
) as usual using ({by})
group by r.{along}
having corr(r.{value}, usual.median) < {least}
"""
CROSSED = """
with cells as (
    select {one}, {by}, sum({value}) as total from {this} as r group by {one}, {by}
), usual as (
    select {by}, percentile_cont(0.5) within group (order by total) as median from cells group by {by}
)
select {each_one}, {usual_by}, median
from (select distinct {one} from cells) as each
cross join usual
where median > {over}
    and not exists (select from cells where {same_cell})
"""
TOGETHER = "select {shown} from {this} as r where num_nulls({of}) not in (0, {how_many})"
SPANS = """
select {month}, min({moment})::date as first_day, max({moment})::date as last_day
from {this} as r
group by {month}
having
    min({moment})::date > {month} + {days}
    or max({moment})::date < ({month} + interval '1 month' - interval '1 day')::date - {days}
"""
PLACED = """
select count(*) as records, count(*) filter (where abs(r.{value} - usual.median) > {amount}) as elsewhere
from {this} as r
inner join (
    select {by}, percentile_cont(0.5) within group (order by {value}) as median from {reference} as t group by {by}
) as usual using ({by})
having count(*) filter (where abs(r.{value} - usual.median) > {amount}) > {share} * count(*)
"""
NUMBERS = ("amount", "share", "over", "times", "within", "least", "most", "records", "days")
TEMPLATES = {
    said.OneFor: ONE_FOR,
    said.Average: AVERAGE,
    said.Within: WITHIN,
    said.Near: NEAR,
    said.Spikes: SPIKES,
    said.Counting: COUNTING,
    said.Counted: COUNTED,
    said.Even: EVEN,
    said.Alike: ALIKE,
    said.Crossed: CROSSED,
    said.Together: TOGETHER,
    said.Spans: SPANS,
    said.Placed: PLACED,
}


def redundancy_outcomes(connection: psycopg.Connection, definition: Dataset, batch_id: str) -> list[CheckOutcome]:
    """An outcome for each rule; none for those against the accepted file before, where there is none."""
    rules = definition.redundancies.rules if definition.redundancies else ()
    if not rules:
        return []
    batch = "select layout, is_generated from audit.batch where batch_id = %s"
    [(layout, is_made_up)] = connection.execute(batch, [batch_id]).fetchall()
    accepted = accepted_by(connection, batch_id)
    pair = pair_of(connection, batch_id)
    outcomes = []
    for rule in rules:
        if (
            (pair is None and isinstance(rule, said.AGAINST_BEFORE))
            or (is_made_up and isinstance(rule, said.NOT_OF_MADE_UP))
            or (isinstance(rule, said.Counted) and rule.layout != layout)
            or (isinstance(rule, said.Vanished) and pair and not (pair.has_same_header or rule.whatever_header))
        ):
            continue
        with connection.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute(_query(definition, rule, batch_id, pair.before_id if pair else None)).fetchall()
        outcomes.append(_outcome(definition, batch_id, rule, rows, accepted))
    return outcomes


def _query(definition: Dataset, rule: said.Rule, batch_id: str, before_id: str | None) -> sql.Composed:
    table = sql.Identifier("raw", definition.dataset)

    def batch(identity: str) -> sql.Composed:
        return sql.SQL("(select * from {} where _batch_id = {})").format(table, sql.Literal(identity))

    parts: dict[str, sql.Composable] = {"this": batch(batch_id), "before": batch(before_id or "")}
    parts["reference"] = batch(before_id or batch_id)
    for key in type(rule).model_fields:
        value = getattr(rule, key)
        if key in ("by", "one", "of", "factors"):
            parts[key] = _names(value)
        elif key in NUMBERS:
            parts[key] = sql.Literal(value)
        elif isinstance(value, str):
            parts[key] = sql.Identifier(value)
    parts["shown"] = _names([*definition.key, *(name for name in rule.fields if name not in definition.key)])
    if isinstance(rule, said.AGAINST_BEFORE):
        parts["r_by"], parts["b_by"] = _names(rule.by, "r"), _names(rule.by, "b")
        parts["same"] = sql.SQL(" and ").join(sql.SQL("r.{0} = b.{0}").format(sql.Identifier(name)) for name in rule.by)
    match rule:
        case said.Descending():
            pairs = zip(rule.of, rule.of[1:], strict=False)
            parts["any_larger"] = sql.SQL(" or ").join(
                sql.SQL("{} > {}").format(sql.Identifier(after), sql.Identifier(first)) for first, after in pairs
            )
            return sql.SQL(DESCENDING).format(**parts)
        case said.Product():
            parts["a"], parts["b"] = map(sql.Identifier, rule.factors)
            return sql.SQL(PRODUCT).format(**parts)
        case said.Steps():
            parts["by_comma"] = sql.SQL("{},").format(_names(rule.by)) if rule.by else sql.SQL("")
            parts["partition"] = sql.SQL("partition by {}").format(_names(rule.by)) if rule.by else sql.SQL("")
            return sql.SQL(STEPS).format(**parts)
        case said.Crossed():
            parts["each_one"], parts["usual_by"] = _names(rule.one, "each"), _names(rule.by, "usual")
            names = [("each", name) for name in rule.one] + [("usual", name) for name in rule.by]
            parts["same_cell"] = sql.SQL(" and ").join(
                sql.SQL("{} = {}").format(sql.Identifier("cells", name), sql.Identifier(of, name)) for of, name in names
            )
        case said.Together():
            parts["how_many"] = sql.Literal(len(rule.of))
        case said.Usual():
            parts["values"] = sql.Literal(list(rule.values))
            return sql.SQL(USUAL).format(**parts)
        case said.Restated():
            parts["before_value"] = sql.Identifier(rule.before or rule.value)
            return sql.SQL(RESTATED).format(**parts)
        case said.Vanished():
            parts["in_last_year"] = sql.SQL(LAST_YEAR if rule.period else "").format(**parts)
            return sql.SQL(VANISHED).format(**parts)
    return sql.SQL(TEMPLATES[type(rule)]).format(**parts)


def _names(names: Sequence[str], table: str = "") -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(*([table] if table else []), name) for name in names)


def _outcome(
    definition: Dataset, batch_id: str, rule: said.Rule, rows: list[dict[str, Any]], accepted: str | None
) -> CheckOutcome:
    is_overruled = bool(rows) and rule.level == "fail" and accepted is not None
    message = None
    if rows:
        shown = ", ".join(f"{name} {value}" for name, value in rows[0].items())
        more = f"; {len(rows) - 1:,} more" if len(rows) > 1 else ""
        message = f"{definition.dataset}: {rule.says}, but: {shown}{more}"
    return CheckOutcome(
        table_name=definition.dataset,
        check_name=f"{definition.dataset}.held.{rule.name}",
        kind="source",
        severity=rule.level,
        owner=definition.publisher,
        outcome="overruled" if is_overruled else "failed" if message else "passed",
        value=None,
        failing_rows=len(rows),
        sample=[{name: str(value) for name, value in row.items()} for row in rows[:SAMPLE_ROWS]] or None,
        message=f"{message}; accepted by {accepted}" if is_overruled else message,
        remedy=(
            f"Compare these rows with the publication and ask {definition.publisher}. If they are true: "
            f'`warehouse accept {batch_id[:12]} --by "First Last" --reason "..."`; if not, get a corrected file.'
        ),
        tool="warehouse",
    )
