"""Whether each value of a batch has its row in a mapping seed, asked while the batch is pending.

One value that nobody has mapped then refuses its own file, and the other feeds are published. The seeds are read from
their CSV files: what a person has just added counts at once.
"""

from __future__ import annotations

import csv
import hashlib
import re
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from pydantic import BaseModel, ConfigDict, Field

from core.settings import PROJECT_DIR
from ingest.definition.dataset import Dataset

SEEDS = PROJECT_DIR / "seeds"
NAMED_SEED = re.compile(r"\{(ref_\w+)\}")
MISSING = """
select found.*
from (
    select {expressions}, sum(feed.records) as records
    from (
        select {read}, count(*) as records from raw.{table} where _batch_id = '{batch}' group by {read}
    ) as feed
    cross join (
        select '{table}' as dataset, layout, vintage from audit.batch where batch_id = '{batch}'
    ) as batch
    {joined}
    where {where}
    group by {names}
) as found
where num_nulls({names}) = 0
and not exists (select from {seed} where {same})
order by {names}
"""


class Mapping(BaseModel):
    """A seed that must know each value of a batch: what its key columns are made from, in SQL over the raw columns.

    `joined` and `where` may name other seeds in braces; `batch` has the dataset, layout and vintage of the batch.
    """

    model_config = ConfigDict(extra="forbid")

    seed: str = Field(pattern=r"^ref_\w+$")
    columns: dict[str, str] = Field(min_length=1)
    joined: str = ""
    where: str = ""

    @property
    def path(self) -> Path:
        """The seed's CSV file."""
        return seed_path(self.seed)

    @property
    def paths(self) -> list[Path]:
        """The CSV files of every seed that decides: its own, and those that it is joined to."""
        return [self.path, *map(seed_path, NAMED_SEED.findall(f"{self.joined} {self.where}"))]

    def missing(self, definition: Dataset, batch: str) -> str:
        """SQL: the key columns of each row that the seed lacks for the batch, with the records that wait for it.

        Each combination of the raw columns that it reads is looked at once, not once a record.
        """
        names, text = list(self.columns), " ".join((*self.columns.values(), self.joined, self.where))
        read = [rule.name for rule in definition.fields if re.search(rf"\b{rule.name}\b", text)]
        return MISSING.format(
            expressions=", ".join(f"({made}) as {name}" for name, made in self.columns.items()),
            table=definition.dataset,
            read=", ".join(read or ["_batch_id"]),
            batch=batch,
            joined=NAMED_SEED.sub(lambda match: _values(match.group(1)), self.joined),
            where=self.where or "true",
            names=", ".join(names),
            seed=f"{_values(self.seed)} as known",
            same=" and ".join(f"known.{name} = found.{name}::text" for name in names),
        ).strip()

    def check(self, definition: Dataset) -> dict[str, Any]:
        """The check of a raw contract."""
        return {
            "failed_rows": {
                "name": f"Each {', '.join(self.columns)} is in {self.seed}",
                "qualifier": f"mapped_by_{self.seed.removeprefix('ref_')}",
                "query": self.missing(definition, "${var.BATCH_ID}"),
                "attributes": {
                    "kind": "source",
                    "owner": "data engineer",
                    "remedy": f"`warehouse dataset map {definition.dataset}` drafts the rows that {self.path.name} "
                    "needs; fill them in, and the next run judges the file again.",
                },
            }
        }


def judged_by(contract: list[Path], mappings: list[Mapping]) -> str:
    """Hash of what a batch is judged by besides its definition: the contract's files and the seeds it is mapped by."""
    paths = [*contract, *sorted({path for each in mappings for path in each.paths})]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def drafted_rows(
    connection: psycopg.Connection, definition: Dataset, mapping: Mapping
) -> tuple[list[str], list[list[str]]]:
    """The seed's header, and a row for each value that a refused batch of the dataset waits for; the rest is blank."""
    with mapping.path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    refused = connection.execute(
        "select batch_id from audit.batch where dataset = %s and status = 'refused'", [definition.dataset]
    )
    rows: dict[tuple[str, ...], list[str]] = {}
    for (batch,) in refused.fetchall():
        found = connection.execute(sql.SQL(mapping.missing(definition, batch))).fetchall()
        for values in found:
            known = dict(zip(mapping.columns, map(str, values), strict=False))
            rows.setdefault(tuple(known.values()), [known.get(name, "") for name in header])
    return header, list(rows.values())


def seed_path(seed: str) -> Path:
    """A seed's CSV file. ValueError where there is none."""
    found = list(SEEDS.rglob(f"{seed}.csv"))
    if len(found) != 1:
        raise ValueError(f"there is no seed {seed}")
    return found[0]


def _values(seed: str) -> str:
    """A seed as a table in SQL, every column text, blank cells null: as dbt loads it."""
    with seed_path(seed).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    lines = ", ".join("(" + ", ".join(map(_literal, row)) + ")" for row in rows)
    return f"(select * from (values {lines}) as given ({', '.join(header)}))"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'::text" if text else "null::text"
