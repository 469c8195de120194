"""The marts as a tool sees them that has read nothing but the catalogue: foreign keys, and how each number adds up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import psycopg

from core import db
from warehouse.publish.links import ForeignKey, foreign_keys
from warehouse.publish.mart_catalogue import tables

NUMBERS = ("numeric", "integer", "bigint", "double precision")
SAID = re.compile(
    r"Adds up over all rows\.$|Never add it up\.$|Adds up only(?P<within>[^.]*?)(?P<where> of the rows .*)?\.$"
)

# The right totals: what was counted before the mart, or what the paper prints.
RIGHT = {
    "recorded_crime_borough.offence_count": """
        select sum(offence_count) from intermediate.int_crime__monthly_counts
        inner join intermediate.int_crime__vintage_months using (source_dataset, source_vintage, month) where is_latest
    """,
    "recorded_crime_ward.offence_count": """
        select sum(offence_count) from staging.stg_met__ward_crime
        inner join intermediate.int_crime__ward_vintage_months using (source_dataset, source_vintage, month)
        where is_latest
    """,
    "recorded_crime_restatement.offence_count": """
        select source_vintage, sum(offence_count) from intermediate.int_crime__monthly_counts group by 1
    """,
    "recorded_crime_restatement_ward.offence_count": """
        select source_vintage, sum(offence_count) from intermediate.int_crime__ward_counts group by 1
    """,
    "stop_and_search.search_count": "select sum(search_count) from intermediate.int_crime__search_cells",
    "street_crime.crime_count": "select count(*) from intermediate.int_crime__street_rows",
    "capital_programme.budget_gbp": """
        select version, sum(gross_programme_gbp) from candidate.capital_position group by 1
    """,
    "capital_funding.amount_gbp": "select version, sum(funding_gbp) from candidate.capital_position group by 1",
    "budget_bridge.amount_gbp": """
        select financial_year, amount_gbp from candidate.budget_bridge where movement_type = 'closing_balance'
    """,
    "revenue_budget.amount_gbp": """
        select budget_version, sum(amount_gbp) from candidate.revenue_budget
        where line_category = 'budget_requirement' group by 1
    """,
    "medium_term_plan.budget_requirement_gbp": """
        select budget_version, sum(amount_gbp) from candidate.revenue_budget
        where line_category = 'budget_requirement' group by 1
    """,
    "police_precept.council_tax_requirement_gbp": """
        select sum(requirement_gbp) from staging.stg_mhclg__council_tax_requirement
        where coverage = 'full' and body_code is not null
    """,
    "borough_scorecard.offence_count": """
        select sum(offence_count) from (
            select counts.offence_count from candidate.borough_scorecard as s
            inner join intermediate.int_crime__monthly_counts as counts
                on (counts.area_code, counts.source_vintage) = (s.borough_code, s.crime_source_vintage)
            inner join candidate.dim_month as m on m.month = counts.month and m.financial_year = s.financial_year
            where s.crime_basis = 'release'
            union all
            select latest.offence_count from candidate.borough_scorecard as s
            inner join candidate.recorded_crime_borough as latest using (borough_code)
            inner join candidate.dim_month as m on m.month = latest.month and m.financial_year = s.financial_year
            where s.crime_basis = 'months'
            union all
            select wards.offence_count from candidate.borough_scorecard as s
            inner join candidate.recorded_crime_ward as wards using (borough_code)
            inner join candidate.dim_month as m on m.month = wards.month and m.financial_year = s.financial_year
            where s.crime_basis = 'wards'
        ) as of_each_basis
    """,
}
# Printed to a hundred thousand pounds: 28 cells, each up to 50,000 off.
ROUNDED = {"capital_programme.budget_gbp": 28 * 50_000}


@dataclass(frozen=True)
class Measure:
    """A number of a mart, and how its description says that it adds up; `within` None: it does not."""

    mart: str
    column: str
    within: tuple[str, ...] | None
    where: str

    @property
    def name(self) -> str:
        """mart.column"""
        return f"{self.mart}.{self.column}"

    def total(self, source: str = "") -> str:
        """A select of the naive sum, one row a value of the columns that it adds up within."""
        columns = ", ".join(f"fact.{name}" for name in self.within or ())
        value = f"sum(fact.{self.column})"
        return (
            f"select {columns + ', ' if columns else ''}{value} from candidate.{self.mart} as fact {source} "
            f"where {self.where} {f'group by {columns}' if columns else ''}"
        )


def measures(connection: psycopg.Connection) -> Iterator[Measure]:
    """Every number of the marts. AssertionError where its description does not say how it adds up."""
    for mart, table in tables(connection, "candidate").items():
        for column in table.columns:
            if column.sql_type in NUMBERS:
                said = SAID.search(column.comment or "")
                assert said, f"{mart}.{column.name} does not say how it adds up"
                where = " ".join(re.findall("`([^`]*)`", said["where"] or "")) or "true"
                within = None if said[0].startswith("Never") else tuple(re.findall("`([^`]*)`", said["within"] or ""))
                yield Measure(mart, column.name, within, where)


def lost_rows(connection: psycopg.Connection) -> dict[ForeignKey, int]:
    """Rows of each mart that an inner join by one of its foreign keys loses."""
    marts = tables(connection, "candidate")
    return {
        key: _one(connection, f"select (select count(*) from candidate.{key.mart}) - count(*) from "
                              f"candidate.{key.mart} as fact {_join(key)}")
        for key in foreign_keys(connection, marts)
    }  # fmt: skip


def assert_sums_are_right(connection: psycopg.Connection) -> int:
    """Every sum that a tool may make is the right one, alone and over each dimension; how many sums were made."""
    found = {measure.name: measure for measure in measures(connection)}
    assert RIGHT.keys() <= found.keys()
    keys = foreign_keys(connection, tables(connection, "candidate"))
    sums = 0
    for measure in found.values():
        if measure.within is None:
            continue
        naive = _sums(connection, measure.total())
        if right := RIGHT.get(measure.name):
            wanted = _sums(connection, right)
            for group in naive.keys() | wanted.keys():
                off = abs((naive.get(group) or 0) - (wanted.get(group) or 0))
                assert off <= ROUNDED.get(measure.name, 0), (measure.name, group, off)
        for key in keys:
            if key.mart == measure.mart:
                assert _sums(connection, measure.total(_join(key))) == naive, (measure.name, key)
                sums += 1
    return sums


def _join(key: ForeignKey) -> str:
    pairs = zip(key.columns, key.key, strict=True)
    same = " and ".join(f"fact.{column} = dimension.{other}" for column, other in pairs)
    return f"inner join candidate.{key.dimension} as dimension on {same}"


def _sums(connection: psycopg.Connection, query: str) -> dict[tuple, Decimal]:
    return {row[:-1]: row[-1] for row in connection.execute(query.encode()).fetchall()}


def _one(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else 0


def main() -> None:
    """Print what a tool makes of the candidate that stands: `python tests/dbt_project/star.py`."""
    with db.connect("auditor", autocommit=True) as connection:
        lost = lost_rows(connection)
        numbers = list(measures(connection))
        print(f"foreign keys: {len(lost)} declared, {len(lost)} checked, {sum(map(bool, lost.values()))} broken")
        print(f"rows lost by inner joins: {sum(lost.values())}")
        print(f"numbers that add up: {sum(each.within is not None for each in numbers)} of {len(numbers)}")
        print(f"sums over a dimension that equal the plain sum: {assert_sums_are_right(connection)}")
        print(f"totals held against what was counted or printed: {len(RIGHT)}")


if __name__ == "__main__":
    main()
