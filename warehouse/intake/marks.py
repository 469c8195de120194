"""All that is wrong with a filled-in workbook, cell by cell: by the rules of its fields, and by those of its batch."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import psycopg
from psycopg import sql

from ingest.definition.formats import Delimited
from ingest.readers.cells import CellFault, cell_value
from ingest.readers.periods import bounded
from ingest.readers.text.spreadsheet_saved import plain_cell
from warehouse.checks.contract import own_part
from warehouse.checks.gate import CONTRACTS
from warehouse.checks.spelling import spelling_outcomes
from warehouse.intake.filled import Filled

BATCH = "${var.BATCH_ID}"
QUARANTINED = """
    select row_number, source_column, rule, reason from audit.quarantine where batch_id = %s order by row_number
"""
FAILED = """
    select distinct on (check_name) check_name, message from audit.check_result
    where run_id = %s and outcome in ('failed', 'not_evaluated') and severity = 'fail'
    order by check_name, checked_at desc
"""
BROKEN = "select _row_number from raw.{table} where _batch_id = {batch} and ({rule}) order by 1"


@dataclass
class Marks:
    """What is wrong: by cell of the figures (row and column from nought), by label of the signature, or as a whole."""

    cells: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    signature: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many things there are to correct."""
        return len(self.cells) + len(self.signature) + len(self.others)

    def add(self, row: int, column: int, told: str) -> None:
        """Mark a cell, once with the same words."""
        said = self.cells.setdefault((row, column), [])
        if told not in said:
            said.append(told)


def mark_cells(marks: Marks, filled: Filled, rows: Iterable[int], signed_on: date | None) -> None:
    """Mark each cell that its field does not allow, or that is dated after the day of signing."""
    fields = {rule.name: rule for rule in bounded(filled.definition).fields}
    spelt = isinstance(filled.definition.reader, Delimited) and filled.definition.reader.saved_by
    for row in rows:
        for at in filled.columns:
            if (row, at) in filled.broken:
                marks.add(row, at, f"The cell shows {filled.broken[row, at]}")
            elif found := filled.rule(at):
                rule = fields[found.name]
                text = filled.text(row, at)
                try:
                    value = cell_value(rule, plain_cell(rule, text) if spelt else text)
                except CellFault as fault:
                    marks.add(row, at, fault.reason)
                    continue
                is_dating = rule.name == filled.definition.reader.dated_by and isinstance(value, date)
                if signed_on and is_dating and value > signed_on:  # type: ignore[operator]
                    marks.add(row, at, f"{rule.name} {value} is after {signed_on}, the day of signing")


def mark_batch(
    marks: Marks, filled: Filled, connection: psycopg.Connection, batch_id: str, lines: dict[int, int]
) -> None:
    """Mark what was found once the rows lay side by side; `lines` gives the row of each line of the signed file."""
    places = {name: at for at, name in filled.columns.items()}
    known = {row for row, _ in marks.cells}
    for line, column, rule, reason in connection.execute(QUARANTINED, [batch_id]):
        row = lines.get(line)
        if row is None:
            marks.others.append(reason)
        elif column in places:
            if (row, places[column]) not in marks.cells:
                marks.add(row, places[column], reason)
        elif row not in known:
            for name in filled.definition.key if rule == "duplicate_key" else [*places][:1]:
                marks.add(row, places[name], reason)
    told = _own_rules(marks, filled, connection, batch_id, lines)
    told |= _codes(marks, filled, connection, batch_id, lines)
    for check, message in connection.execute(FAILED, [batch_id]):
        if check.rpartition(".")[2] not in told and not (marks.cells and check.endswith("not_after_sign_off")):
            marks.others.append(message)


def _own_rules(
    marks: Marks, filled: Filled, connection: psycopg.Connection, batch_id: str, lines: dict[int, int]
) -> set[str]:
    """The rules of the contract about rows: each column that a rule names is marked in the rows that break it."""
    told = set()
    for check in own_part(CONTRACTS / "raw" / f"{filled.definition.dataset}.yml").checks:
        rule = check.get("failed_rows", {})
        text = rule.get("expression") or rule.get("query") or ""
        named = [at for at, name in filled.columns.items() if re.search(rf"\b{re.escape(name)}\b", text)]
        if expression := rule.get("expression"):
            query = sql.SQL(BROKEN).format(
                table=sql.Identifier(filled.definition.dataset), batch=sql.Literal(batch_id), rule=sql.SQL(expression)
            )
            places = [(lines[line], at) for (line,) in connection.execute(query) if line in lines for at in named]
        elif text and connection.execute(text.replace(BATCH, batch_id).encode()).fetchone():
            places = [(row, at) for at in named for row in _odd_ones(filled, at, lines.values())]
        else:
            continue
        for row, at in places:
            marks.add(row, at, rule["name"])
        told |= {rule["qualifier"]} if places else set()
    return told


def _odd_ones(filled: Filled, at: int, rows: Iterable[int]) -> list[int]:
    """The rows that differ from most others in the column; the header where none does."""
    texts = {row: text for row in rows if (text := filled.text(row, at)).strip()}
    usual = Counter(texts.values()).most_common(1)
    return [row for row, text in texts.items() if text != usual[0][0]] or [0]


def _codes(
    marks: Marks, filled: Filled, connection: psycopg.Connection, batch_id: str, lines: dict[int, int]
) -> set[str]:
    """Codes that are almost a known one, and those that a seed must know and does not."""
    own, told = own_part(CONTRACTS / "raw" / f"{filled.definition.dataset}.yml"), set()
    places = {name: at for at, name in filled.columns.items()}
    for outcome in spelling_outcomes(connection, filled.definition, batch_id, own.spelt):
        column = outcome.check_name.rpartition(".")[2]
        for slip in outcome.sample or () if outcome.outcome == "failed" else ():
            words = f'{column} "{slip[column]}" is not known: did you mean {slip["known"]}?'
            _mark_text(marks, filled, places[column], slip[column], words, lines.values())
            told.add(column)
    for mapping in own.mappings:
        for row in connection.execute(mapping.missing(filled.definition, batch_id).encode()):
            for (seeded, made), value in zip(mapping.columns.items(), row, strict=False):
                if made in places:
                    words = f'{made} "{value}" is not known: {mapping.seed} has no such {seeded}'
                    _mark_text(marks, filled, places[made], str(value), words, lines.values())
                    told.add(f"mapped_by_{mapping.seed.removeprefix('ref_')}")
    return told


def _mark_text(marks: Marks, filled: Filled, at: int, text: str, words: str, rows: Iterable[int]) -> None:
    for row in rows:
        if filled.text(row, at) == text:
            marks.add(row, at, words)
