"""Generated extracts of lists whose rows the plan gives as they stand: preambles, totals, blank columns and all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.extracts.xlsx import NewSheet, workbook
from ingest.readers.file_name import GENERATED_PREFIX


def list_extracts(plan: dict[str, Any], folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Path and content of each list of the plan.

    An extract has the `folder` beneath the domain's and the `file` name that the publisher would give, and `rows`
    (in the `encoding` that its publisher writes), or in a workbook `sheets` with the rows of each.
    """
    for extract in plan["extracts"]:
        path = folder.parent / extract["folder"] / f"{GENERATED_PREFIX}{extract['file']}"
        if "sheets" in extract:
            yield path, workbook([NewSheet(name, rows) for name, rows in extract["sheets"].items()])
        else:
            yield path, _text(extract["rows"]).encode(extract["encoding"])


def _text(rows: list[list[Any]]) -> str:
    table = io.StringIO()
    csv.writer(table, lineterminator="\r\n").writerows(rows)
    return table.getvalue()
