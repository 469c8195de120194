"""The workbook of a dataset as it is handed out and handed back: figures, signature, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from ingest.readers.periods import today
from warehouse.export.workbook import OPTIONS, Formats
from warehouse.intake.cells import AS_TEXT, DAYS, FORMATS, own_format, width, write_cell
from warehouse.intake.filled import AS_AT, DAY, NAME, ROLE, SIGNATURE, STATEMENT, WORDS
from warehouse.intake.form import Asked, Form
from warehouse.intake.marks import Marks

ROWS = 1_000  # with choices and formats, at least
SPARE = 30  # below the known ones, for new ones
CHOICES = "choices"
LONGEST_NOTE, LONGEST_TITLE = 255, 32  # of what a spreadsheet shows beside a cell
INK, WRONG, ASKED, LOOKED_AT = "#1d2733", "#ffc7ce", "#dbe7f0", "#eceff1"
LINES = (NAME, ROLE, DAY, STATEMENT)


@dataclass(frozen=True)
class Answer:
    """What stands on the first sheet of a workbook that is handed back."""

    title: str
    is_good: bool
    lines: list[tuple[str, str]]
    marks: Marks = field(default_factory=Marks)


def write_book(
    path: Path,
    form: Form,
    rows: list[list[Any]] | None = None,
    signature: dict[str, Any] | None = None,
    answer: Answer | None = None,
) -> None:
    """Write the workbook, whole or not at all: with the rows of the form, or with those of a person and their answer.

    `rows` have their header first, so that every cell keeps its address.
    """
    draft = path.with_name(f"{path.name}.draft")
    with xlsxwriter.Workbook(draft, OPTIONS) as book:
        # The same workbook is the same bytes.
        book.set_properties({"title": form.definition.title, "created": datetime(2000, 1, 1)})
        writer = _Writer(book, form, answer)
        if answer:
            writer.answer(book.add_worksheet("Answer"), answer)
        else:
            writer.guide(book.add_worksheet("Read me"))
        figures, signed = book.add_worksheet(form.sheet), book.add_worksheet(SIGNATURE)
        writer.figures(figures, rows)
        writer.signature(signed, signature or {})
        writer.choices(book.add_worksheet(CHOICES))
        (book.worksheets()[0] if answer else figures).activate()
    draft.replace(path)


class _Writer:
    def __init__(self, book: xlsxwriter.Workbook, form: Form, answer: Answer | None) -> None:
        self.formats, self.form = Formats(book), form
        self.marks = answer.marks if answer else Marks()
        self.asked = {column.name: column for column in form.columns}
        self.head = self.formats.of(bold=True, font_size=16, font_color=INK)
        self.bold, self.text = self.formats.of(bold=True), self.formats.of(text_wrap=True)

    def guide(self, sheet: Worksheet) -> None:
        """What to do, and what each column is."""
        self._plain(sheet, self.form.definition.title)
        key = ", ".join(self.form.definition.key)
        steps = [
            f"1. Fill in the sheet {self.form.sheet}: one row for each {key}. Known codes, names and plans are there.",
            "2. Grey columns are for you to look at and are not read. Rows in which you fill in nothing are left out.",
            f"3. Sign on the sheet {SIGNATURE}: without first and last name, role and day nothing is taken in."
            + (
                f" There you also write once, under {AS_AT!r}, of which day the figures are."
                if self.form.dated_by
                else ""
            ),
            f"4. Save the workbook under a name of your own and put it into the drop folder {self.form.sheet}.",
            "5. After the night the folder of answers has a copy: with a receipt, or with every wrong cell marked.",
        ]
        for at, step in enumerate(steps, 2):
            sheet.merge_range(at, 0, at, 3, step, self.text)
            sheet.set_row(at, 30)
        row = len(steps) + 3
        for at, name in enumerate(("Column", "What it holds", "How", "One of")):
            sheet.write_string(row, at, name, self.bold)
        for column in self.form.columns:
            if rule := column.rule:
                row += 1
                choices = (
                    ", ".join(column.choices) if rule.allowed else "choices in the sheet" if column.choices else ""
                )
                for at, told in enumerate((column.name, column.note, rule.type.replace("_", " "), choices)):
                    sheet.write_string(row, at, told, self.bold if at == 0 else self.text)
                sheet.set_row(row, 15 * max(1, -(-len(column.note) // 58), -(-len(choices) // 34)))

    def answer(self, sheet: Worksheet, answer: Answer) -> None:
        """What became of the workbook: the receipt, or a line for each wrong cell with a link to it."""
        self._plain(sheet, answer.title)
        colour = "#c6efce" if answer.is_good else WRONG
        sheet.write_string(
            1, 0, "Taken in" if answer.is_good else "Not taken in", self.formats.of(bold=True, bg_color=colour)
        )
        row = 3
        for name, told in answer.lines:
            sheet.write_string(row, 0, name, self.bold)
            sheet.merge_range(row, 1, row, 3, told, self.text)
            sheet.set_row(row, 15 * max(1, -(-len(told) // 100)))
            row += 1
        row += 1
        if not answer.marks.count:
            return
        for at, name in enumerate(("Where", "What is wrong")):
            sheet.write_string(row, at, name, self.bold)
        link = self.formats.of(font_color="#00538a", underline=1)
        for place, told in self._wrong():
            row += 1
            if place:
                sheet.write_url(row, 0, f"internal:'{place[0]}'!{place[1]}", link, f"{place[0]}, {place[1]}")
            sheet.merge_range(row, 1, row, 3, told, self.text)
            sheet.set_row(row, 15 * max(1, -(-len(told) // 100)))

    def _wrong(self) -> Iterable[tuple[tuple[str, str] | None, str]]:
        for (row, column), reasons in sorted(self.marks.cells.items()):
            yield (self.form.sheet, xl_rowcol_to_cell(row, column)), "; ".join(reasons)
        for label, told in self.marks.signature.items():
            yield (SIGNATURE, xl_rowcol_to_cell(2 + LINES.index(label), 1)), told
        for told in self.marks.others:
            yield None, told

    def figures(self, sheet: Worksheet, rows: list[list[Any]] | None) -> None:
        """The figures, with formats, choices and notes; wrong cells in red with the reason as their note."""
        header, *lines = rows or [[column.name for column in self.form.columns], *self.form.rows]
        names = [str(name).strip() for name in header]
        for at, name in enumerate(names):
            asked = self.asked.get(name)
            self._heading(sheet, at, name, asked)
            pattern = FORMATS.get(asked.rule.type, AS_TEXT) if asked and asked.rule else None
            sheet.set_column(at, at, width(name, lines, at, pattern), self.formats.of(num_format=pattern or "General"))
            if not (asked and asked.rule):
                continue
            for validation in self._rules(asked):
                sheet.data_validation(1, at, max(ROWS, 2 * len(lines)), at, validation)
        for row, cells in enumerate(lines, 1):
            for at in range(max(len(cells), len(names))):
                self._cell(
                    sheet,
                    row,
                    at,
                    cells[at] if at < len(cells) else None,
                    self.asked.get(names[at]) if at < len(names) else None,
                )
        if rows is None and self.form.dated_by and self.form.given:
            self._dates(sheet, names.index(self.form.dated_by), len(lines))
        sheet.freeze_panes(1, len(self.form.given))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.repeat_rows(0)
        sheet.fit_to_pages(1, 0)

    def _heading(self, sheet: Worksheet, at: int, name: str, asked: Asked | None) -> None:
        is_asked = bool(asked and asked.rule)
        how = {"bold": is_asked, "italic": not is_asked, "text_wrap": True, "border": 1}
        wrong = self.marks.cells.get((0, at))
        sheet.write_string(
            0, at, name, self.formats.of(bg_color=WRONG if wrong else ASKED if is_asked else LOOKED_AT, **how)
        )
        if told := "\n".join(wrong or ()) or (asked.note if asked else ""):
            sheet.write_comment(0, at, told, {"width": 280, "height": 40 + 18 * (len(told) // 38)})

    def _cell(self, sheet: Worksheet, row: int, at: int, value: Any, asked: Asked | None) -> None:
        # A day where none belongs is shown as one: a spreadsheet makes one of 2011/12.
        rule = asked.rule if asked and not isinstance(value, date) else None
        pattern = FORMATS.get(rule.type, AS_TEXT) if rule else own_format(value)
        how: dict[str, Any] = {"num_format": pattern}
        told = self.marks.cells.get((row, at))
        if told:
            how |= {"bg_color": WRONG, "border": 1}
            note = "\n".join(told)
            sheet.write_comment(row, at, note, {"width": 280, "height": 40 + 18 * (len(note) // 38)})
        elif not (asked and asked.rule):
            how |= {"font_color": "#5b6673", "bg_color": LOOKED_AT}
        write_cell(sheet, row, at, value, self.formats.of(**how), is_wrong=bool(told))

    def _dates(self, sheet: Worksheet, at: int, rows: int) -> None:
        """Of each row the day is that of the signature's sheet, where a person writes it once."""
        place = f"'{SIGNATURE}'!{xl_rowcol_to_cell(2 + len(LINES), 1, True, True)}"
        for row in range(1, rows + SPARE + 1):
            sheet.write_formula(row, at, f'=IF({place}="","",{place})', self.formats.of(num_format=DAYS), "")

    def _rules(self, asked: Asked) -> Iterable[dict[str, Any]]:
        rule = asked.rule
        assert rule, "only what is read has rules"
        note = {"input_title": asked.name[:LONGEST_TITLE], "input_message": asked.note[:LONGEST_NOTE]}
        if asked.choices:
            listed = [column.name for column in self.form.columns if column.choices].index(asked.name)
            first, last = (xl_rowcol_to_cell(row, listed, True, True) for row in (0, len(asked.choices) - 1))
            strict = {
                "error_type": "warning",
                "error_message": "It is none of the known ones. Keep it only if it is new.",
            }
            yield (
                {"validate": "list", "source": f"={CHOICES}!{first}:{last}"}
                | note
                | (strict if asked.others_may_be_right else {})
            )
        elif rule.type in ("decimal", "integer"):
            bounds: dict[str, Any] = {
                "criteria": ">=",
                "value": rule.minimum if rule.minimum is not None else -(10**15),
            }
            if rule.maximum is not None:
                bounds = {"criteria": "between", "minimum": rule.minimum or 0, "maximum": rule.maximum}
            yield {"validate": rule.type} | bounds | note
        elif rule.type == "date":
            yield {
                "validate": "date",
                "criteria": "between",
                "minimum": date(1990, 1, 1),
                "maximum": date(2100, 1, 1),
            } | note
        else:
            yield {"validate": "any"} | note

    def signature(self, sheet: Worksheet, said: dict[str, Any]) -> None:
        """Who answers for the figures, in four cells; and, once for all rows, of which day they are."""
        self._plain(sheet, "Who answers for these figures")
        values = {STATEMENT: WORDS} | {name: value for name, value in said.items() if value not in ("", None)}
        for at, label in enumerate((*LINES, *([AS_AT] if self.form.dated_by else [])), 2):
            told = self.marks.signature.get(label)
            how: dict[str, Any] = {
                "border": 1,
                "text_wrap": True,
                "align": "left",
                "bg_color": WRONG if told else "#fffbe6",
            }
            how["num_format"] = DAYS if label in (DAY, AS_AT) else AS_TEXT
            sheet.write_string(at, 0, label, self.bold)
            sheet.write_blank(at, 1, None, self.formats.of(**how))
            write_cell(sheet, at, 1, values.get(label), self.formats.of(**how))
            sheet.set_row(at, 34 if label == STATEMENT else 20)
            if told:
                sheet.write_comment(at, 1, told)
            if label in (DAY, AS_AT):
                sheet.data_validation(at, 1, at, 1, {"validate": "date", "criteria": "<=", "value": today(),
                                                     "error_message": "A day up to today, as 30/09/2013."})  # fmt: skip

    def choices(self, sheet: Worksheet) -> None:
        """What the columns choose from, a column each, out of sight."""
        for at, column in enumerate(column for column in self.form.columns if column.choices):
            for row, choice in enumerate(column.choices):
                sheet.write_string(row, at, choice)
        sheet.hide()

    def _plain(self, sheet: Worksheet, title: str) -> None:
        sheet.hide_gridlines(2)
        for at, wide in enumerate((30, 58, 16, 34)):
            sheet.set_column(at, at, wide)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, title, self.head)
