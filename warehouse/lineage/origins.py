"""Where a trace ends: the file behind rows of raw, the line of the CSV behind a row of a seed."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from core.settings import PROJECT_DIR
from warehouse.lineage.rows import Row
from warehouse.lineage.workings import Relation

RAW, SEED, COMPILED = "raw", "seed", "compiled"
PAPER = ("source_title", "source_section", "source_table", "source_row_label")  # what a paper's seed cites
FILE = """
    select own.name, f.sha256, d.publisher, f.licence, f.fetched_at::date::text, b.vintage, b.is_generated,
        (
            select s.name || ', ' || s.role || ', ' || s.signed_on
            from audit.sign_off as s
            where (s.dataset, s.sha256) = (f.dataset, f.sha256)
            limit 1
        )
    from audit.batch as b
    inner join audit.batch_file as own using (batch_id)
    inner join audit.source_file as f on (f.dataset, f.sha256) = (b.dataset, b.sha256)
    inner join audit.dataset as d on d.dataset = b.dataset
    where b.batch_id = %s
"""
LIST_ITEM = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True)
class Source:
    """A file that a figure comes from, and where in it: `places` are lines, cells of a sheet, or items of a record.

    `cited` is what the rows of a paper's seed cite.
    """

    name: str
    places: tuple[str, ...]
    sha256: str | None = None
    publisher: str | None = None
    licence: str | None = None
    fetched_on: str | None = None
    vintage: str | None = None
    is_generated: bool = False
    signed_by: str | None = None
    cited: tuple[str, ...] = ()


def sources(connection: psycopg.Connection, relation: Relation, rows: list[Row]) -> list[Source]:
    """The files behind rows in which a trace ends, with the places of the rows in them."""
    schema = relation.schema
    if schema.endswith(SEED):
        return [_seed(relation.name, rows)]
    if schema.endswith(COMPILED):
        rows = [told for row in rows for told in row["releases"]]
    found: dict[str, list[str]] = {}
    for row in rows:
        batch = row.get("_batch_id") or row.get("batch_id")
        if batch:
            found.setdefault(batch, []).append(_place(row))
    return [_file(connection, batch, tuple(places)) for batch, places in sorted(found.items())]


def _file(connection: psycopg.Connection, batch: str, places: tuple[str, ...]) -> Source:
    row = connection.execute(FILE, [batch]).fetchone()
    if row is None:
        return Source(f"batch {batch}", places)
    name, sha256, publisher, licence, fetched_on, vintage, is_generated, signed_by = row
    return Source(name, places, sha256, publisher, licence, fetched_on, vintage, is_generated, signed_by)


def _place(row: Row) -> str:
    """Sheet and line; the column or cell where a record is one value; a pointer into a JSON record."""
    number, place = row.get("_row_number") or row.get("row_number"), row.get("_source_column")
    if place and LIST_ITEM.search(place):
        steps = LIST_ITEM.sub(r".\1", place).replace(".", "/")
        return f"record {number}, /{steps.lstrip('/')}"
    parts = [f"sheet {row['_sheet']}" if row.get("_sheet") else "", f"row {number}", place or ""]
    return ", ".join(part for part in parts if part)


def _seed(name: str, rows: list[Row]) -> Source:
    """The seed's file, from the project's folder, the lines that hold these rows, and the papers that they cite."""
    cited = tuple(dict.fromkeys(filter(None, map(_citation, rows))))
    paths = [path for path in (PROJECT_DIR / "seeds").rglob("*.csv") if path.stem == name]
    if not paths:
        return Source(f"seed {name}", (), cited=cited)
    wanted = Counter(_as_text(row) for row in rows)
    lines = [f"row {line}" for line, row in _lines(paths[0]) if wanted[_as_text(row)]]
    return Source(str(paths[0].relative_to(PROJECT_DIR)), tuple(lines), cited=cited)


def _citation(row: Row) -> str | None:
    if row.get("citation"):
        return str(row["citation"])
    return ": ".join(str(row[name]) for name in PAPER if row.get(name)) or None


def _lines(path: Path) -> Iterator[tuple[int, Row]]:
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        line = 2
        for row in reader:
            yield line, dict(row)
            line = reader.line_num + 1


def _as_text(row: Row) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, _plain(value)) for name, value in row.items()))


def _plain(value: object) -> str:
    text = "" if value is None else str(value)
    text = {"True": "true", "False": "false"}.get(text, text)
    is_number = text.replace(".", "", 1).removeprefix("-").isdigit() and "." in text
    return text.rstrip("0").rstrip(".") if is_number else text
