"""What no SQL of the project may say."""

from __future__ import annotations

import re

from core.settings import PROJECT_DIR

SQL = sorted(
    path
    for folder in ("dbt_project", "warehouse", "quality_checks", "ingest")
    for path in (PROJECT_DIR / folder).rglob("*")
    if path.suffix in (".sql", ".yml") and "target" not in path.parts
)


def test_nothing_is_compared_with_a_list_that_may_hold_a_null() -> None:
    assert len(SQL) > 200
    pattern = re.compile(r"not\s+in\s*\(\s*(select|with)\b", re.IGNORECASE)
    assert pattern.search("where a NOT IN (\n  select b from c)")
    found = [str(path.relative_to(PROJECT_DIR)) for path in SQL if pattern.search(path.read_text(encoding="utf-8"))]
    assert not found, "`not in (select ...)` loses every row where the list holds a null: write `not exists`"
