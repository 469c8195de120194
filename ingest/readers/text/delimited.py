"""Delimited tables with a column a field. A record is one row; a row with anything wrong in it is set aside whole."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

from ingest.definition.dataset import Dataset, FieldRule
from ingest.definition.formats import Delimited
from ingest.definition.layout import Layout, Style
from ingest.readers.base import (
    SOURCE_COLUMN,
    FileRefused,
    Item,
    LineFormat,
    Lines,
    Quarantined,
    Reader,
    Reading,
    Record,
    Skipped,
    as_published,
)
from ingest.readers.cells import NUMBER_SPELLING, PLAIN, CellFault, Value, cell_value, check_day, is_plain_number, shown
from ingest.readers.file_name import named_texts
from ingest.readers.header import known_layouts
from ingest.readers.periods import check_period, today
from ingest.readers.text.line_grammar import LineGrammar
from ingest.readers.text.preamble import read_preamble
from ingest.readers.text.spreadsheet_saved import plain_table
from ingest.readers.text.style import told_layout
from ingest.readers.text.text_file import FETCH_AGAIN, check_text, cut_off, has_carriage_returns, table_rows
from ingest.readers.text.text_table import TextTable
from ingest.readers.years import financial_year

BLANK_LINE, PREAMBLE, STRAY_CELLS = "blank_line", "preamble", "stray_cells"
NO_LAST_END = "no_last_line_end"
NUMBERS = ("integer", "decimal", "coordinate")
REMEMBERED = 1000  # values of a column


class DelimitedReader(Reader):
    """Tables with a column a field."""

    settings = Delimited
    place_column = SOURCE_COLUMN

    def open(self, path: Path, name: str, *, as_lines: bool = False) -> Reading:
        """Judge name and header. FileRefused where no record can be trusted.

        The period that the file covers is known when its items have been taken: the first and last value of the
        definition's `period_field`, a financial year by its first day and its last. Good rows come as `Lines` only
        where the dataset allows it.
        """
        return _read(path, self.definition, name, as_lines=as_lines)


def _read(path: Path, definition: Dataset, name: str, *, as_lines: bool) -> Reading:
    settings = definition.reader
    assert isinstance(settings, Delimited), "readers are chosen by format"
    named = named_texts(definition, settings, name)
    check_text(path)
    if settings.saved_by:
        content, told = plain_table(path, definition, settings.delimiter)
        with tempfile.NamedTemporaryFile() as plain:  # open until it is read: the name may go before
            plain.write(content)
            plain.flush()
            return _read_table(Path(plain.name), definition, settings, named, told, as_lines=False)
    return _read_table(path, definition, settings, named, [], as_lines=as_lines)


def _read_table(
    path: Path, definition: Dataset, settings: Delimited, named: dict[str, str], told: list[str], *, as_lines: bool
) -> Reading:
    told += ["carriage_returns"] if has_carriage_returns(path) else []
    preamble = read_preamble(path, settings)
    if preamble.first_day:
        check_period(definition, preamble.first_day, "the lines above the header")

    def rows() -> Iterator[tuple[int, list[str]]]:
        return islice(table_rows(path, settings.encoding, settings.delimiter), len(preamble.lines), None)

    table = TextTable(path, settings.encoding, settings.delimiter)
    line, columns = next(islice(table.rows(), len(preamble.lines), None), (0, []))
    layout = told_layout(
        known_layouts(columns, definition, f"line {line}", others_between=bool(settings.other_columns)),
        columns,
        definition,
        islice(rows(), 1, None),
    )
    first, last = layout.period or preamble.first_day, layout.period or preamble.last_day
    reading = Reading(layout.name, first, last, iter(()), label=named.get(settings.label or ""))
    reading.key, reading.skips_repeats = layout.key or definition.key, settings.repeated_rows == "skipped"
    judge = _RowJudge(columns, layout, definition, named, reading.key)
    grammar = None
    if as_lines and (lines := _line_format(definition, settings, layout, columns, judge)):
        rules = [definition.field(field) for field in lines.fields]
        grammar = LineGrammar(rules, lines.delimiter, lines.encoding, table.line_end)
        reading.line_format = lines
    reading.items = _items(table, judge, reading, len(preamble.lines), grammar, told)
    return reading


def _line_format(
    definition: Dataset, settings: Delimited, layout: Layout, columns: list[str], judge: _RowJudge
) -> LineFormat | None:
    """How rows may go to PostgreSQL unparsed; None where they must be judged here.

    They may where PostgreSQL knows every column and style, and no part of the key may be blank in other tables of the
    dataset. One field at least must be required, or a row of empty cells would be taken for a good one.
    """
    fields = tuple(layout.columns[name] for name in columns if name in layout.columns)
    is_all = len(fields) == len(columns) > 1 and any(definition.field(field).required for field in fields)
    constants = judge.constants()
    may_be_blank = any(not definition.field(field).required for field in judge.key)
    is_plain = layout.style == PLAIN and settings.encoding != "cp1252"  # the grammar's bytes are UTF-8
    if may_be_blank or settings.period_rows or not is_plain or not is_all or constants is None:
        return None
    return LineFormat(fields, constants, settings.delimiter, settings.encoding.removesuffix("-sig"))


def _items(
    table: TextTable,
    judge: _RowJudge,
    reading: Reading,
    preamble_lines: int,
    grammar: LineGrammar | None,
    told: list[str],
) -> Iterator[Item]:
    has_rows, first_fault = False, ""
    yield from (Skipped(rule, 1, 0) for rule in told)
    if preamble_lines:
        reading.records_read += preamble_lines
        yield Skipped(PREAMBLE, 1, preamble_lines)
    while True:
        line = table.line
        if grammar and (run := table.next_run(grammar)):
            has_rows = True
            reading.records_read += run.row_count
            for value in judge.periods(run.values):
                _stretch(reading, *_period(value))
            yield Lines(line, run.row_count, run.text)
            continue
        found = table.next_row()
        if found is None:
            break
        line, row = found
        reading.records_read += 1
        # Spreadsheets leave rows of empty cells beneath a table.
        if not "".join(row).strip():
            yield Skipped(BLANK_LINE, line, 1)
            continue
        has_rows = True
        # Beneath a column without a name: nobody's figures, but somebody wrote them.
        if any(row[position].strip() for position in judge.unnamed if position < len(row)):
            yield Skipped(STRAY_CELLS, line, 0)
        item = judge.judge(line, row)
        if table.is_open:
            if isinstance(item, Quarantined) or judge.may_be_cut(row[-1]):
                raise cut_off(line, ",".join(row))
            judge.told.setdefault(NO_LAST_END)
        for rule in [rule for rule, line_told in judge.told.items() if line_told is None]:
            judge.told[rule] = line
            yield Skipped(rule, line, 0)
        if isinstance(item, Quarantined):
            first_fault = first_fault or f"; the first bad row is row {line}: {item.reason}"
        if isinstance(item, Record) and judge.period_index is not None and judge.dates_the_file(item):
            _stretch(reading, *_period(item.values[judge.period_index]))
        yield item
    table.close()
    if not has_rows and not judge.may_be_empty:
        raise FileRefused("the file has a header and no rows", FETCH_AGAIN)
    if judge.period_rows and reading.period_end is None:
        raise FileRefused(
            f"none of its rows dates the file{first_fault}", f"See reader.period_rows in the definition; {FETCH_AGAIN}"
        )


def _stretch(reading: Reading, first: date, last: date) -> None:
    reading.period_start = min(reading.period_start or first, first)
    reading.period_end = max(reading.period_end or last, last)


class _RowJudge:
    """Turns a row into a record, or says why not. Whether its key came before is not for it to know."""

    def __init__(
        self, columns: list[str], layout: Layout, definition: Dataset, named: dict[str, str], key: tuple[str, ...]
    ) -> None:
        names = [rule.name for rule in definition.fields]
        settings = definition.reader
        assert isinstance(settings, Delimited), "readers are chosen by format"
        positions = {field: columns.index(name) for name, field in layout.columns.items()}
        self.columns = columns
        self.unnamed = [position for position, name in enumerate(columns) if not name.strip()]
        self.repeated = [[at for at, each in enumerate(columns) if each == name] for name in layout.repeated or ()]
        # A field that the layout fixes or the file's name gives stands behind the row's own cells.
        fixed = layout.fixed | named
        self.fixed = list(fixed.values())
        positions |= {field: len(columns) + place for place, field in enumerate(fixed)}
        # The same few texts stand in most columns over and over.
        self.fields: list[tuple[str, int, Callable[[str], Value]]] = [
            (rule.name, positions[rule.name], lru_cache(REMEMBERED)(partial(self._value, rule, layout.style)))
            for rule in definition.fields
        ]
        self.last_type = next(
            (rule.type for rule in definition.fields if positions[rule.name] == len(columns) - 1), None
        )
        self.told: dict[str, int | None] = {}  # by rule, what somebody should know: the line where it was first told
        self.key, self.may_be_empty = key, settings.may_be_empty
        self.period_index = names.index(settings.period_field) if settings.period_field else None
        if settings.period_field:
            self.dating_rule = definition.field(settings.period_field).model_copy(update={"latest": today()})
        self.period_rows = [(names.index(name), values) for name, values in (settings.period_rows or {}).items()]

    def judge(self, line: int, row: list[str]) -> Record | Quarantined:
        """The row's record, or the first thing that is wrong with it, with the column that is to blame."""
        if len(row) != len(self.columns):
            reason = f"{len(row)} cells where the header has {len(self.columns)}"
            return Quarantined(line, None, "ragged_row", reason, 1, as_published(row))
        for first, *others in self.repeated:
            if differs := [at for at in others if row[at] != row[first]]:
                reason = f"{shown(row[differs[0]])} where another column of this name has {shown(row[first])}"
                return Quarantined(line, self.columns[first], "repeated_column", reason, 1, as_published(row))
        values: list[Value] = []
        cells = row + self.fixed
        position = 0
        try:
            for name, position, value_of in self.fields:
                values.append(value_of(cells[position]))
                if values[-1] is None and name in self.key:
                    raise CellFault("required", f"{name} is blank")
        except CellFault as fault:
            column = self.columns[position] if position < len(row) else None
            return Quarantined(line, column, fault.rule, fault.reason, 1, as_published(row))
        record = Record(tuple(values), line, None)
        # Other rows of such a table may look ahead, those that date the file may not.
        if self.period_rows and self.period_index is not None and self.dates_the_file(record):
            try:
                check_day(self.dating_rule, record.values[self.period_index])
            except CellFault as fault:
                return Quarantined(line, None, fault.rule, fault.reason, 1, as_published(row))
        return record

    def _value(self, rule: FieldRule, style: Style, text: str) -> Value:
        value = cell_value(rule, text, style)
        if rule.type in NUMBERS and value is not None and not is_plain_number(rule, text):
            self.told.setdefault(NUMBER_SPELLING)
        return value

    def may_be_cut(self, last: str) -> bool:
        """Whether the last cell of a file may have lost its end without anybody seeing it."""
        return last[-1:].isdigit() and self.last_type in (None, *NUMBERS)

    def dates_the_file(self, record: Record) -> bool:
        """Whether the record is one of those that say which period the file covers."""
        return all(record.values[at] in dating for at, dating in self.period_rows)

    def constants(self) -> dict[str, Value] | None:
        """The fields that stand behind each row's own cells; None where one of them is not good."""
        try:
            return {
                name: value_of(self.fixed[position - len(self.columns)])
                for name, position, value_of in self.fields
                if position >= len(self.columns)
            }
        except CellFault:
            return None

    def periods(self, values: dict[str, set[Value]]) -> Iterable[Value]:
        """What the period's field holds in lines with these values of their judged columns."""
        if self.period_index is None:
            return ()
        name = self.fields[self.period_index][0]
        return values[name] if name in values else [(self.constants() or {})[name]]


def _period(value: Value) -> tuple[date, date]:
    """First and last day of what a record with this value of the period's field is about."""
    if isinstance(value, date):
        return value, value
    year = financial_year(str(value), "/")
    assert year, "the definition requires a date, a month or a financial year"
    return year.first_day, year.last_day
