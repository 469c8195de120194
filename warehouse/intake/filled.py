"""A workbook that a person has filled in: its cells, its signature, and the plain table that is signed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from core.errors import WarehouseError
from ingest.definition.dataset import Dataset, FieldRule
from ingest.readers.base import FileRefused
from ingest.readers.workbooks.file import Cell, Sheet, WorkbookFile
from warehouse.intake.add import intake_datasets
from warehouse.intake.form import NOT_READ, sheet_name

SIGNATURE = "Sign here"
NAME, ROLE, DAY, STATEMENT = "First and last name", "Role", "Day of signing", "What you sign"
AS_AT = "Figures as at"
WORDS = "I have checked these figures against our records; they are complete and correct."
EXACT_DIGITS = ".15g"  # what a spreadsheet keeps of a number; beyond, 0.1 + 0.2 shows as 0.30000000000000004


@dataclass(frozen=True)
class Filled:
    """The sheet of figures with its header in the first row, and what stands beside each label of the signature.

    `broken` are cells whose value is no value, by row and column from nought.
    """

    definition: Dataset
    rows: list[list[Cell]]
    signature: dict[str, Cell]
    broken: dict[tuple[int, int], str] = field(default_factory=dict)

    @cached_property
    def columns(self) -> dict[int, str]:
        """Place and name of each column that is read."""
        header = [str(name) for name in self.rows[0]] if self.rows else []
        return {at: name.strip() for at, name in enumerate(header) if name.strip() and not name.endswith(NOT_READ)}

    def rule(self, at: int) -> FieldRule | None:
        """The rule of a column; None where the dataset knows none of its name."""
        name = self.definition.layouts[-1].columns.get(self.columns.get(at, ""))
        return self.definition.field(name) if name else None

    def text(self, row: int, at: int) -> str:
        """A cell as a file of text would have it."""
        if (row, at) in self.broken:
            return self.broken[row, at]
        cells = self.rows[row]
        return as_text(cells[at], self.rule(at)) if at < len(cells) else ""

    def counted(self, given: Iterable[str]) -> list[int]:
        """The rows in which the person has written something: more than what was filled in for them."""
        known = {*given, self.definition.reader.dated_by}
        own = [at for at, name in self.columns.items() if self.definition.layouts[-1].columns.get(name) not in known]
        if not any(given):
            own = [*self.columns]
        return [row for row in range(1, len(self.rows)) if any(self.text(row, at).strip() for at in own)]


def read_filled(path: Path) -> Filled:
    """The workbook's figures and signature. WarehouseError where it is none of the intake, or cannot be read."""
    known = {sheet_name(definition): definition for definition in intake_datasets().values()}
    remedy = "Fill in a workbook of `warehouse intake template`, and leave its sheets their names."
    try:
        book = WorkbookFile(path)
        found = [name for name in book.names if name in known]
        if len(found) != 1:
            said = "no sheet" if not found else "more than one sheet"
            raise WarehouseError(f"{path.name} has {said} of the intake.", remedy=remedy)
        sheet = book.sheet(found[0])
        signature = _beside(book.sheet(SIGNATURE)) if SIGNATURE in book.names else {}
    except OSError as error:
        raise WarehouseError(f"{path} cannot be read: {error.strerror}.", remedy="Check the path.") from error
    except FileRefused as refusal:
        raise WarehouseError(
            f"{path.name}: {refusal.reason}.", remedy="Save it as xlsx, and put it here again."
        ) from refusal
    broken = {(row - 1, at): told for (row, at), told in sheet.broken.items()}
    return Filled(known[found[0]], _without_blank_end(sheet), signature, broken)


def as_csv(filled: Filled, rows: Iterable[int]) -> tuple[bytes, dict[int, int]]:
    """The rows as the file that is signed, each on its own line as far as it goes; the row of each line, from nought.

    Rows between that do not count are blank lines.
    """
    wanted, lines, line = set(rows), {}, 2
    text = [_line(filled.columns.values())]
    for row in range(1, max(wanted, default=0) + 1):
        text.append(_line(filled.text(row, at) if row in wanted else "" for at in filled.columns))
        lines[line] = row
        line += text[-1].count("\n")
    return "".join(text).encode(), lines


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def as_text(cell: Cell, rule: FieldRule | None = None) -> str:
    """A cell's value as a file of text would have it; a day as 2013-09-30."""
    match cell:
        case bool():
            return str(cell).upper()
        case datetime() if cell.time() == time():
            return as_text(cell.date(), rule)
        case date():
            return cell.isoformat()[:7] if rule and rule.type == "month" else cell.isoformat()
        case int() | float():
            return format(Decimal(format(cell, EXACT_DIGITS)), "f")
        case _:
            return str(cell).replace("\r\n", "\n")


def _beside(sheet: Sheet) -> dict[str, Cell]:
    """What stands beside each label."""
    return {str(row[0]).strip(): row[1] if len(row) > 1 else "" for row in sheet.rows if row and str(row[0]).strip()}


def _without_blank_end(sheet: Sheet) -> list[list[Cell]]:
    used = max((at for at, row in enumerate(sheet.rows, 1) if any(str(cell).strip() for cell in row)), default=0)
    return sheet.rows[:used]
