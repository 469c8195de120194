"""Published marts for other programs: workbooks, CSV, Parquet, frames of pandas."""
