"""Marts as frames of pandas: `read_mart("capital_position", as_of=41)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.roles import EVERYBODY
from warehouse.export.read import read, reading
from warehouse.report.declared import SUFFIXES

if TYPE_CHECKING:
    import pandas

# Types that have a missing value of their own. Amounts as doubles: they hold fifteen digits, and sums of pounds do.
TYPES = {
    "smallint": "Int64",
    "integer": "Int64",
    "bigint": "Int64",
    "boolean": "boolean",
    "text": "string",
    "date": "datetime64[s]",
    "double precision": "Float64",
    "real": "Float64",
}


def read_mart(name: str, as_of: int | None = None, role: str = EVERYBODY) -> pandas.DataFrame:
    """The rows of a mart, as they are now or as publication `as_of` had them, sorted by the mart's key.

    `frame.attrs` has the mart's description, its publication and key, and `columns`: unit and description of each.
    """
    import pandas as pd

    with reading(role) as connection:
        mart = read(connection, name, as_of)
    values = {column.name: _series(mart.values(column.name), column.sql_type) for column in mart.columns}
    frame = pd.DataFrame(values)
    frame.attrs = {
        "mart": mart.name,
        "publication": mart.publication,
        "description": mart.comment,
        "key": list(mart.key),
        "columns": {
            column.name: {"unit": unit(column.name), "description": column.comment or ""} for column in mart.columns
        },
    }
    return frame


def unit(column: str) -> str | None:
    """The unit that the end of a column's name says; amounts of marts are pounds."""
    found = next((unit for suffix, unit in SUFFIXES.items() if column.endswith(suffix)), None)
    return "pounds" if found == "millions" else found


def _series(values: list[Any], sql_type: str) -> pandas.Series:
    import pandas as pd

    if sql_type.startswith("numeric"):
        return pd.Series([None if value is None else float(value) for value in values], dtype="Float64")
    if sql_type.startswith("timestamp"):
        return pd.to_datetime(pd.Series(values), utc=sql_type.endswith("with time zone"))
    kind = TYPES.get(sql_type)
    return pd.Series(values, dtype=kind) if kind else pd.Series(values)
