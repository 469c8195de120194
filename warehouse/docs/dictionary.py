"""The dictionary as files: every column of every mart, for spreadsheets and for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import xlsxwriter

from warehouse.docs.read import Site
from warehouse.export.workbook import OPTIONS

HEADER = ("mart", "column", "type", "is_key", "description")
WIDTHS = (30, 34, 26, 8, 110)


def as_csv(site: Site) -> bytes:
    """Comma-separated, in UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(_rows(site))
    return text.getvalue().encode()


def as_xlsx(site: Site) -> bytes:
    """One sheet, a table to be sorted and filtered; the same publication makes the same bytes."""
    file = io.BytesIO()
    rows = [list(row) for row in _rows(site)]
    with xlsxwriter.Workbook(file, {**OPTIONS, "in_memory": True}) as book:
        book.set_properties(
            {"title": f"Dictionary of publication {site.current['publication_id']}",
             "created": site.current["published_at"].replace(tzinfo=None)}
        )  # fmt: skip
        sheet = book.add_worksheet("Dictionary")
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for at, width in enumerate(WIDTHS):
            sheet.set_column(at, at, width, wrapped)
        columns = [{"header": name} for name in HEADER]
        sheet.add_table(0, 0, len(rows), len(HEADER) - 1, {"name": "dictionary", "columns": columns, "data": rows})
        sheet.freeze_panes(1, 2)
    return file.getvalue()


def _rows(site: Site) -> Iterator[tuple[str, ...]]:
    for mart in site.marts:
        for column in mart.columns:
            is_key = "yes" if column["is_key"] else "no"
            yield mart.name, column["column"], column["type"], is_key, column["says"] or ""
