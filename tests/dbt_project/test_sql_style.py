"""What no SQL of the project may say."""

from __future__ import annotations

import re

import yaml

from core.settings import PROJECT_DIR

SQL = sorted(
    path
    for folder in ("dbt_project", "warehouse", "quality_checks", "ingest")
    for path in (PROJECT_DIR / folder).rglob("*")
    if path.suffix in (".sql", ".yml") and "target" not in path.parts
)

MODELS = [
    model
    for path in sorted((PROJECT_DIR / "dbt_project" / "models" / "marts").glob("*/*.yml"))
    for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
]


def test_nothing_is_compared_with_a_list_that_may_hold_a_null() -> None:
    assert len(SQL) > 200
    pattern = re.compile(r"not\s+in\s*\(\s*(select|with)\b", re.IGNORECASE)
    assert pattern.search("where a NOT IN (\n  select b from c)")
    found = [str(path.relative_to(PROJECT_DIR)) for path in SQL if pattern.search(path.read_text(encoding="utf-8"))]
    assert not found, "`not in (select ...)` loses every row where the list holds a null: write `not exists`"


def test_metrics_add_up_only_what_adds_up() -> None:
    """By what each column says of itself: nothing that never adds up is summed, and of what adds up within one value of
    other columns the metric says which, or takes the last one itself.
    """
    metrics = [(model, metric) for model in MODELS for metric in model.get("metrics", []) if metric["agg"] == "sum"]
    assert len(metrics) > 20
    wrong = []
    for model, metric in metrics:
        for column in model["columns"]:
            meta = column.get("config", {}).get("meta", {})
            if not meta.get("additivity") or not re.search(rf"\b{column['name']}\b", str(metric["expr"])):
                continue
            told = str(metric).lower()
            open_ = [name for name in meta.get("additive_within", []) if name.split("_")[-1] not in told]
            if meta["additivity"] == "never" or open_:
                wrong.append((metric["name"], column["name"], open_))
    assert wrong == []
