"""Small workbooks of council tax requirements, written as the publisher writes them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ingest.extracts.xlsx import Content, NewSheet, workbook

FORM = NewSheet("Billing Authorities", [["COUNCIL TAX REQUIREMENT RETURN (CTR1)"], ["2015-16 "]])
TOP: list[list[Content]] = [["Billing authorities"], [], [1, 2, 3]]
LINE_1 = "1. Council Tax Requirement including special expenses and local precepts. "
LINE_8 = "8. Council tax base for council tax setting purposes (line 4 x line 6 + line 7)"
LINE_10 = "10. Average (Band D 2 Adult equivalent) council tax (including local precepts)"
BANDS: list[list[Content]] = [
    ["Ecode", "Authority", "Class", None, LINE_1, None, "2. Parish precepts", None, LINE_8, None, LINE_10],
    [None, None, None, None, *["2014-15", "2015-16"] * 4],
]
SURREY: list[Content] = ["E7036", "Surrey Police", "PCC", None, 99, 103, "-", "-", 47, 48, Decimal("211.68"), 216]
READ = ("E7036", "Surrey Police", "PCC", None, 103, 99, 48, 47, 216, Decimal("211.68"))
LIST = NewSheet("List", [["E7036"]], is_hidden=True)


def book(
    *rows: Sequence[Content], bands: Sequence[Sequence[Content]] = (), top: Sequence[Sequence[Content]] = ()
) -> bytes:
    return workbook([FORM, NewSheet("Data", [*(top or TOP), *(bands or BANDS), *rows]), LIST])


def changed(column: int, content: Content) -> list[Content]:
    return [*SURREY[:column], content, *SURREY[column + 1 :]]
