"""Commands for people who do not write SQL: the morning page, workbooks, files."""
