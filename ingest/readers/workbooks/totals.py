"""What a workbook prints as the totals of its rows, held against the rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from ingest.definition.dataset import Dataset
from ingest.definition.formats import SkipRule, Workbook
from ingest.readers.base import FileRefused, Item, Record
from ingest.readers.cells import CellFault, Value
from ingest.readers.workbooks.cells import as_text, typed_value
from ingest.readers.workbooks.file import Cell, address
from ingest.readers.workbooks.header import Header


class PrintedTotals:
    """Adds up the records as they come, and keeps the rows that print totals; a set-aside record is in none."""

    def __init__(self, definition: Dataset, settings: Workbook) -> None:
        self.definition, self.settings = definition, settings
        self.rules = {skip.rule: skip for skip in settings.skip if skip.total}
        self.names = [rule.name for rule in definition.fields]
        self.sums: dict[tuple[str, Value, str], Decimal] = defaultdict(Decimal)
        self.stated: list[tuple[SkipRule, str, str, str, Decimal]] = []  # rule, group, field, cell, figure
        self.is_whole = True

    def add(self, item: Item) -> None:
        """Count a record in; where one is set aside, no total can be held against the rest."""
        self.is_whole = self.is_whole and isinstance(item, Record)
        if isinstance(item, Record):
            values = dict(zip(self.names, item.values, strict=True))
            for name, skip in self.rules.items():
                assert skip.total, "only those are kept"
                for field in skip.total.of:
                    number = values[field]
                    self.sums[name, values[skip.total.by], field] += number if isinstance(number, Decimal | int) else 0

    def printed(self, rule: str, number: int, row: Sequence[Cell], header: Header) -> None:
        """Keep the figures of a row that was skipped by this rule, where it prints a total."""
        if not (skip := self.rules.get(rule)):
            return
        assert skip.total, "only those are kept"
        for field in skip.total.of:
            column = header.positions[field]
            try:
                value = typed_value(self.definition.field(field), row[column], self.settings.null_texts)
            except CellFault as fault:
                raise FileRefused(f"cell {address(number, column)}: {fault.reason}", self._remedy) from fault
            if isinstance(value, Decimal | int):
                group = as_text(row[header.positions[skip.total.named]])
                self.stated.append((skip, group, field, address(number, column), Decimal(value)))

    def check(self) -> None:
        """FileRefused where a total is not what its rows make. Of a group without rows, nothing is said."""
        groups = {(name, group) for name, group, _ in self.sums}
        for skip, group, field, cell, stated in self.stated if self.is_whole else ():
            assert skip.total, "only those are kept"
            made = self.sums[skip.rule, group, field]
            if (skip.rule, group) in groups and abs(stated - made) > skip.total.within:
                raise FileRefused(
                    f"cell {cell}: the total {field} of {group} is {stated:,.2f}, and its rows make {made:,.2f}",
                    self._remedy,
                )

    @property
    def _remedy(self) -> str:
        return (
            f"Compare the workbook with the release's page and ask {self.definition.publisher}: a row or a figure "
            "has changed since the totals were made."
        )
