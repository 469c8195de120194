"""A column of published texts, judged at once: what each stands for, and what is wrong where it stands for nothing.

The rule of a cell is `cell_value`, and nothing else. Each distinct text is given to it once; where nearly every text is
another one, kernels of Arrow take those that are written as most are, and `cell_value` has the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.definition.dataset import FieldRule
from ingest.readers.cells import CellFault, Value
from ingest.readers.typed import arrow_type, arrow_values, numerics

MOST_REMEMBERED = 50_000  # distinct texts of a column
LONG_TAILED = 0.3  # distinct texts a row, from where on it pays not to look for them
# A pattern that says the same to both engines of regular expressions.
PLAIN_PATTERN = re.compile(r"(?:[A-Za-z0-9_]|\[(?:a-z|a-f|A-Z|A-F|0-9|[A-Za-z0-9_])+\]|\{[0-9]+\})+")
# Within every bound of the field's type, and of what `numerics` reads.
PLAIN_NUMBERS = {"coordinate": r"^-?[0-9]{1,2}(\.[0-9]{1,12})?$", "decimal": r"^-?[0-9]{1,4}(\.[0-9]{1,12})?$"}
Judged = tuple[pa.Array, dict[int, CellFault]]


class ColumnJudge:
    """Judges the column of one field, block by block; `value_of` is the cell rule with the file's style."""

    def __init__(self, rule: FieldRule, value_of: Callable[[str], Value], *, is_plain_style: bool) -> None:
        self.rule, self._value_of = rule, value_of
        self._known: dict[str, Value | CellFault] = {}
        self._is_long_tailed = False
        self._regex = _kernel(rule) if is_plain_style else None
        self._has_kernel = self._regex is not None or (rule.type == "text" and not (rule.pattern or rule.allowed))

    def judge(self, texts: pa.Array, *, is_odd: bool) -> Judged:
        """Values by row, None where the cell is blank or wrong, and the faults by row. `is_odd`: it holds a NUL."""
        if is_odd or not (self._has_kernel and self._is_long_tailed):
            found = texts.dictionary_encode()
            self._is_long_tailed = len(found.dictionary) > LONG_TAILED * len(texts)
            return self._by_distinct(found)
        return self._by_kernel(texts)

    def _by_distinct(self, found: pa.DictionaryArray) -> Judged:
        judged = [self._judged(text) for text in found.dictionary.to_pylist()]
        values = arrow_values(self.rule, [None if isinstance(each, CellFault) else each for each in judged])
        wrong = {place: each for place, each in enumerate(judged) if isinstance(each, CellFault)}
        faults: dict[int, CellFault] = {}
        if wrong:
            places = pc.fill_null(found.indices, -1).to_numpy(zero_copy_only=False)
            rows = np.flatnonzero(np.isin(places, list(wrong)))
            faults = {row: wrong[place] for row, place in zip(rows.tolist(), places[rows].tolist(), strict=True)}
        return values.take(found.indices), faults | self._blanks(found)

    def _by_kernel(self, texts: pa.Array) -> Judged:
        """The kernel's values; the cell rule's own for what the kernel does not take."""
        if self._regex is None:
            is_taken = pc.invert(pc.utf8_is_space(texts))
        else:
            is_taken = pc.match_substring_regex(texts, self._regex)
        is_left = pc.invert(pc.fill_null(is_taken, True))
        values = texts if not pc.any(is_left).as_py() else pc.if_else(is_left, pa.scalar(None, pa.string()), texts)
        if arrow_type(self.rule) != pa.string():
            values = numerics(values)
        faults: dict[int, CellFault] = {}
        left = np.flatnonzero(is_left.to_numpy(zero_copy_only=False)).tolist()
        if left:
            judged = [self._judged(text) for text in texts.take(pa.array(left)).to_pylist()]
            faults = {row: each for row, each in zip(left, judged, strict=True) if isinstance(each, CellFault)}
            instead = [None if isinstance(each, CellFault) else each for each in judged]
            values = pc.replace_with_mask(values, is_left, arrow_values(self.rule, instead))
        return values, faults | self._blanks(texts)

    def _blanks(self, texts: pa.Array) -> dict[int, CellFault]:
        """What is wrong with the cells that hold nothing at all, which come as null."""
        if not (self.rule.required and texts.null_count):
            return {}
        fault = self._judged("")
        assert isinstance(fault, CellFault), "a required field may not be blank"
        return dict.fromkeys(np.flatnonzero(pc.is_null(texts).to_numpy(zero_copy_only=False)).tolist(), fault)

    def _judged(self, text: str) -> Value | CellFault:
        if text not in self._known:
            if len(self._known) > MOST_REMEMBERED:
                self._known.clear()
            try:
                self._known[text] = self._value_of(text)
            except CellFault as fault:
                self._known[text] = fault
        return self._known[text]


def blank_rows(columns: list[pa.Array], count: int) -> np.ndarray:
    """Which rows hold nothing in any of these columns."""
    is_blank = np.ones(count, dtype=bool)
    for column in columns:
        if not is_blank.any():
            break
        is_blank &= pc.fill_null(pc.utf8_is_space(column), True).to_numpy(zero_copy_only=False)
    return is_blank


def _kernel(rule: FieldRule) -> str | None:
    """The regular expression of what needs no second look; None where every text does."""
    if rule.type == "text" and rule.pattern and not rule.allowed and PLAIN_PATTERN.fullmatch(rule.pattern):
        return f"^(?:{rule.pattern})$"
    is_bounded = (rule.minimum, rule.maximum, rule.allowed, rule.pattern) != (None, None, None, None)
    return None if is_bounded else PLAIN_NUMBERS.get(rule.type)
