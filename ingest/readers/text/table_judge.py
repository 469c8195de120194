"""Blocks of a delimited table judged column by column; a row with anything wrong in it is set aside whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.definition.dataset import Dataset, FieldRule
from ingest.definition.formats import Table
from ingest.definition.layout import Layout, Style
from ingest.readers.base import Item, Quarantined, Rows, Skipped, as_published
from ingest.readers.cells import PLAIN, CellFault, Value, cell_value, check_day, is_plain_number, shown
from ingest.readers.periods import today
from ingest.readers.text.column_judge import ColumnJudge, blank_rows
from ingest.readers.text.text_file import cut_off
from ingest.readers.text.text_table import Block
from ingest.readers.told import NO_LAST_END, NUMBER_SPELLING, STRAY_CELLS

BLANK_LINE = "blank_line"
NUMBERS = ("integer", "decimal", "coordinate")
PLAIN_NUMBER = r"^\s*-?[0-9]+(\.[0-9]+)?\s*$"


class TableJudge:
    """Turns rows into typed columns, or says why not. Whether a row's key came before is not for it to know."""

    def __init__(
        self, columns: list[str], layout: Layout, definition: Dataset, named: dict[str, str], key: tuple[str, ...]
    ) -> None:
        self.names = [rule.name for rule in definition.fields]
        settings = definition.reader
        assert isinstance(settings, Table), "readers are chosen by format"
        positions = {field: columns.index(name) for name, field in layout.columns.items()}
        self.columns = columns
        self.unnamed = [position for position, name in enumerate(columns) if not name.strip()]
        self.repeated = [[at for at, each in enumerate(columns) if each == name] for name in layout.repeated or ()]
        # A field that the layout fixes or the file's name gives stands behind the row's own cells.
        fixed = layout.fixed | named
        self.fixed = list(fixed.values())
        positions |= {field: len(columns) + place for place, field in enumerate(fixed)}
        self.fields = [
            (
                rule,
                positions[rule.name],
                ColumnJudge(rule, partial(self._value, rule, layout.style), is_plain_style=layout.style == PLAIN),
            )
            for rule in definition.fields
        ]
        held = definition.redundancies.columns if definition.redundancies else ()
        self.held = [
            (rule, columns.index(rule.whole), [columns.index(name) for name in rule.others])
            for rule in held
            if {rule.whole, *rule.others} <= set(columns)
        ]
        last = len(columns) - 1
        self.last_type = next((rule.type for rule in definition.fields if positions[rule.name] == last), None)
        self.told: set[str] = set()
        self._odd_numbers: list[str] = []
        self.key, self.may_be_empty = key, settings.may_be_empty
        self.period = settings.period_field
        if self.period:
            self.dating_rule = definition.field(self.period).model_copy(update={"latest": today()})
        self.period_rows = settings.period_rows or {}

    def items(self, block: Block) -> Iterator[Item]:
        """The block's good rows at once, and all else by row."""
        is_blank = blank_rows(block.columns, len(block.lines))
        blanks = [*block.lines[is_blank].tolist(), *(line for line, row in block.others if not "".join(row).strip())]
        yield from (Skipped(BLANK_LINE, line, 1) for line in sorted(blanks))
        if is_blank.any():
            filled = pa.array(~is_blank)
            block.columns = [column.filter(filled) for column in block.columns]
            block.lines = block.lines[~is_blank]
        block.others = [(line, row) for line, row in block.others if "".join(row).strip()]
        yield from self._stray(block)
        typed, faults, told = self._judged(block)
        yield from told
        rows = pa.RecordBatch.from_arrays(typed, self.names)
        faults |= self._not_yet(rows, faults)
        set_aside = self._set_aside(block, faults)
        yield from self._open_end(block, set_aside)
        yield from set_aside
        if len(faults) < len(block.lines):
            is_good = np.ones(len(block.lines), dtype=bool)
            is_good[list(faults)] = False
            yield Rows(rows.filter(pa.array(is_good)) if faults else rows, pa.array(block.lines[is_good], pa.int64()))

    def periods(self, rows: pa.RecordBatch) -> Iterable[Value]:
        """The first and the last value of the period's field in rows that date the file."""
        if self.period is None:
            return ()
        values = rows[self.period]
        if self.period_rows:
            values = values.filter(self._dates_the_file(rows))
        ends = pc.min_max(values).as_py()
        return () if ends["min"] is None else ends.values()

    def _value(self, rule: FieldRule, style: Style, text: str) -> Value:
        value = cell_value(rule, text, style)
        if rule.type in NUMBERS and value is not None and not is_plain_number(rule, text):
            self._odd_numbers.append(text)
        return value

    def _judged(self, block: Block) -> tuple[list[pa.Array], dict[int, tuple[int, CellFault]], list[Skipped]]:
        """A column a field; the first thing that is wrong with a row, and in which cell; what else is to be told."""
        typed: list[pa.Array] = []
        faults = self._differing(block) | self._not_held(block)
        told: list[Skipped] = []
        for rule, position, judge in self.fields:
            if position < len(self.columns):
                texts = block.columns[position]
            else:
                text = self.fixed[position - len(self.columns)]
                texts = pa.array([text or None] * len(block.lines), pa.string())
            values, wrong = judge.judge(texts, is_odd=block.is_odd)
            if rule.name in self.key and not rule.required and values.null_count:
                blank = CellFault("required", f"{rule.name} is blank")
                wrong = dict.fromkeys(np.flatnonzero(pc.is_null(values).to_numpy(False)).tolist(), blank) | wrong
            for row, fault in wrong.items():
                faults.setdefault(row, (position, fault))
            typed.append(values)
            if self._odd_numbers and NUMBER_SPELLING not in self.told:
                self.told.add(NUMBER_SPELLING)
                places = pc.is_in(texts, pa.array(self._odd_numbers, pa.string())).to_numpy(zero_copy_only=False)
                told.append(Skipped(NUMBER_SPELLING, int(block.lines[np.flatnonzero(places)[0]]), 0))
        return typed, faults, told

    def _differing(self, block: Block) -> dict[int, tuple[int, CellFault]]:
        """Rows in which columns of one name do not say the same."""
        found: dict[int, tuple[int, CellFault]] = {}
        for first, *others in self.repeated:
            one = pc.fill_null(block.columns[first], "")
            for position in others:
                other = pc.fill_null(block.columns[position], "")
                for row in np.flatnonzero(pc.not_equal(one, other).to_numpy(zero_copy_only=False)).tolist():
                    texts = shown(other[row].as_py()), shown(one[row].as_py())
                    reason = f"{texts[0]} where another column of this name has {texts[1]}"
                    found.setdefault(row, (first, CellFault("repeated_column", reason)))
        return found

    def _not_held(self, block: Block) -> dict[int, tuple[int, CellFault]]:
        """Rows in which a column is not what others make."""
        found: dict[int, tuple[int, CellFault]] = {}
        for rule, position, others in self.held:
            whole, parts = _numbers(block.columns[position]), [_numbers(block.columns[each]) for each in others]
            made = np.sum(parts, axis=0) if rule.parts else np.prod(parts, axis=0)
            within = float(rule.within) * (1 if rule.parts else np.abs(whole))
            for row in np.flatnonzero(np.abs(whole - made) > within).tolist():
                how = "the others make" if rule.parts else f"{' times '.join(rule.factors)} is"
                reason = f"{self.columns[position]} is {whole[row]:,.10g} where {how} {made[row]:,.10g}"
                found.setdefault(row, (position, CellFault("held_against", reason)))
        return found

    def _not_yet(
        self, rows: pa.RecordBatch, faults: dict[int, tuple[int, CellFault]]
    ) -> dict[int, tuple[int, CellFault]]:
        """Rows that date the file may not look ahead, though others of such a table may."""
        if not (self.period and self.period_rows):
            return {}
        dating = np.flatnonzero(self._dates_the_file(rows).to_numpy(zero_copy_only=False))
        found: dict[int, tuple[int, CellFault]] = {}
        for row in set(dating.tolist()) - faults.keys():
            try:
                check_day(self.dating_rule, rows[self.period][row].as_py())
            except CellFault as fault:
                found[row] = len(self.columns), fault
        return found

    def _dates_the_file(self, rows: pa.RecordBatch) -> pa.Array:
        [(name, dating)] = self.period_rows.items()
        return pc.is_in(rows[name], pa.array(dating, pa.string()))

    def _set_aside(self, block: Block, faults: dict[int, tuple[int, CellFault]]) -> list[Quarantined]:
        width = len(self.columns)
        found = [
            Quarantined(
                line, None, "ragged_row", f"{len(row)} cells where the header has {width}", 1, as_published(row)
            )
            for line, row in block.others
        ]
        for row, (position, fault) in faults.items():
            column = self.columns[position] if position < width else None
            cells = as_published([each[row].as_py() or "" for each in block.columns])
            found.append(Quarantined(int(block.lines[row]), column, fault.rule, fault.reason, 1, cells))
        return sorted(found, key=lambda each: each.row_number)

    def _stray(self, block: Block) -> Iterator[Skipped]:
        """Beneath a column without a name: nobody's figures, but somebody wrote them."""
        if not self.unnamed:
            return
        used = ~blank_rows([block.columns[position] for position in self.unnamed], len(block.lines))
        others = [
            line
            for line, row in block.others
            if any(row[position].strip() for position in self.unnamed if position < len(row))
        ]
        yield from (Skipped(STRAY_CELLS, line, 0) for line in sorted([*block.lines[used].tolist(), *others]))

    def _open_end(self, block: Block, set_aside: list[Quarantined]) -> Iterator[Skipped]:
        """FileRefused where the last row has no line end and may have lost something with it."""
        last = max([*block.lines[-1:].tolist(), *(line for line, _ in block.others[-1:])], default=0)
        if not (block.is_open and last):
            return
        row = next((row for line, row in block.others if line == last), None)
        row = row or [column[-1].as_py() or "" for column in block.columns]
        may_be_cut = row[-1][-1:].isdigit() and self.last_type in (None, *NUMBERS)
        if may_be_cut or (set_aside and set_aside[-1].row_number == last):
            raise cut_off(last, ",".join(row))
        yield Skipped(NO_LAST_END, last, 0)


def _numbers(texts: pa.Array) -> np.ndarray:
    """The numbers that the texts are, not a number where one is something else: a comparison with that never holds."""
    plain = pc.if_else(pc.match_substring_regex(texts, PLAIN_NUMBER), pc.utf8_trim_whitespace(texts), None)
    return np.asarray(pc.cast(plain, pa.float64()).to_numpy(zero_copy_only=False), dtype=float)
