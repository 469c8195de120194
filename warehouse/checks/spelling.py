"""Codes that a person types: one that nobody knows and that is almost one that is known is asked about."""

from __future__ import annotations

import csv

import psycopg
from psycopg import sql
from pydantic import BaseModel, ConfigDict
from rapidfuzz.distance import OSA

from ingest.definition.dataset import Dataset
from warehouse.checks.drift import accepted_by
from warehouse.checks.mappings import seed_path
from warehouse.checks.results import SAMPLE_ROWS, CheckOutcome

SHORT, LONG = 4, 8  # letters: from where on one slip is one, and two are
FOUND = """
select {column}, min(_row_number)
from raw.{table}
where _batch_id = {batch} and {column} is not null
group by 1
order by 2
"""
KNOWN = """
select distinct {column} from raw.{table} as r
inner join audit.batch as b on b.batch_id = r._batch_id and b.status = 'accepted' and b.batch_id <> {batch}
where {column} is not null
"""


class Spelling(BaseModel):
    """A column of codes: those of a seed's column are known, and those of the accepted files before."""

    model_config = ConfigDict(extra="forbid")

    column: str
    seed: str | None = None
    known_as: str | None = None  # the seed's column, where it has another name

    @property
    def seeded(self) -> set[str]:
        """The codes that the seed knows."""
        if not self.seed:
            return set()
        with seed_path(self.seed).open(encoding="utf-8", newline="") as file:
            return {row[self.known_as or self.column] for row in csv.DictReader(file)} - {""}


def spelling_outcomes(
    connection: psycopg.Connection, definition: Dataset, batch_id: str, spellings: list[Spelling]
) -> list[CheckOutcome]:
    """An outcome for each column; a person's word that a code is one of its own overrules it."""
    is_accepted = bool(spellings) and accepted_by(connection, batch_id) is not None
    return [_outcome(connection, definition, batch_id, each, is_accepted) for each in spellings]


def meant(code: str, known: set[str]) -> str | None:
    """The known code that this one is almost; none where they differ in digits alone, which number things."""
    slips = 0 if len(code) < SHORT else 1 if len(code) < LONG else 2
    near = {each: OSA.distance(code, each, score_cutoff=slips) for each in known if _letters(each) != _letters(code)}
    best = min(near, key=lambda each: (near[each], each), default=None)
    return best if best is not None and near[best] <= slips else None


def _letters(code: str) -> str:
    return "".join(letter for letter in code if not letter.isdigit())


def _outcome(
    connection: psycopg.Connection, definition: Dataset, batch_id: str, spelling: Spelling, is_accepted: bool
) -> CheckOutcome:
    parts = {
        "column": sql.Identifier(spelling.column),
        "table": sql.Identifier(definition.dataset),
        "batch": sql.Literal(batch_id),
    }
    known = {code for (code,) in connection.execute(sql.SQL(KNOWN).format(**parts))} | spelling.seeded
    found = connection.execute(sql.SQL(FOUND).format(**parts)).fetchall()
    slips = [(row, code, to) for code, row in found if code not in known and (to := meant(code, known))]
    asked = "; ".join(
        f'row {row}: {spelling.column} "{code}" is not known: did you mean {to}?' for row, code, to in slips
    )
    return CheckOutcome(
        table_name=definition.dataset,
        check_name=f"{definition.dataset}.spelt.{spelling.column}",
        kind="source",
        severity="fail",
        owner=definition.publisher,
        outcome="passed" if not slips else "overruled" if is_accepted else "failed",
        value=None,
        failing_rows=len(slips),
        sample=[{"row": row, spelling.column: code, "known": to} for row, code, to in slips[:SAMPLE_ROWS]] or None,
        message=asked or None,
        remedy=(
            "Correct the code in your file and add it again. If it is one of its own: "
            f'`warehouse accept {batch_id[:12]} --by "First Last" --reason "..."`.'
        ),
        tool="warehouse",
    )
