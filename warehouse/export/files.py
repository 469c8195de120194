"""A mart as a file of its own: CSV that no spreadsheet takes for formulas, Parquet with types and descriptions."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.export.read import Mart

if TYPE_CHECKING:
    import pyarrow

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of one
MOST_DIGITS = 38


def defused(value: Any) -> Any:
    """A text as a spreadsheet shows it: one that begins like a formula would be worked out when the file is opened."""
    return f"'{value}" if isinstance(value, str) and value[:1] in FORMULA else value


def write_csv(mart: Mart, path: Path) -> None:
    """The mart as comma-separated values in UTF-8, with the mark by which Excel knows that."""
    draft = path.with_name(f"{path.name}.draft")
    with draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(column.name for column in mart.columns)
        writer.writerows([defused(value) for value in row] for row in mart.rows)
    draft.replace(path)


def write_parquet(mart: Mart, path: Path) -> None:
    """The mart as Parquet: amounts are decimals, to the last digit."""
    import pyarrow.parquet

    draft = path.with_name(f"{path.name}.draft")
    pyarrow.parquet.write_table(arrow(mart), draft)
    draft.replace(path)


def arrow(mart: Mart) -> pyarrow.Table:
    """The mart as an Arrow table that says which publication it is and what each column means."""
    import pyarrow as pa

    arrays, fields = [], []
    for column in mart.columns:
        values = mart.values(column.name)
        kind = _arrow_type(column.sql_type, values)
        arrays.append(pa.array(values, type=kind))
        fields.append(pa.field(column.name, kind, metadata={"description": column.comment or ""}))
    about = {"mart": mart.name, "publication": str(mart.publication), "description": mart.comment}
    return pa.table(arrays, schema=pa.schema(fields, metadata=about))


def _arrow_type(sql_type: str, values: list[Any]) -> pyarrow.DataType:
    import pyarrow as pa

    match sql_type:
        case "integer" | "smallint":
            return pa.int32()
        case "bigint":
            return pa.int64()
        case "boolean":
            return pa.bool_()
        case "date":
            return pa.date32()
        case "double precision" | "real":
            return pa.float64()
        case _ if sql_type.startswith("timestamp"):
            return pa.timestamp("us", tz="UTC" if sql_type.endswith("with time zone") else None)
        case _ if sql_type.startswith("numeric"):
            exponents = [value.as_tuple().exponent for value in values if isinstance(value, Decimal)]
            return pa.decimal128(MOST_DIGITS, max((-int(each) for each in exponents if int(each) < 0), default=0))
        case _:
            return pa.string()
