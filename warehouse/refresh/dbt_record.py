"""What dbt's nodes and tests came to, as the audit tables keep it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import psycopg

from warehouse.checks.results import CheckOutcome, record_outcomes

MESSAGE_LENGTH = 500
EVALUATED: dict[str, Literal["passed", "failed"]] = {"pass": "passed", "fail": "failed", "warn": "failed"}


@dataclass(frozen=True)
class Outcome:
    """One dbt result, told in one line, with the failing rows of a test."""

    result: Any
    message: str | None
    sample: list[dict[str, Any]]


def record(
    connection: psycopg.Connection, refresh_id: str, exception: BaseException | None, outcomes: list[Outcome]
) -> None:
    """Keep the outcome of every node and test of a build."""
    nodes = [
        (
            refresh_id, o.result.node.unique_id, str(o.result.node.resource_type), str(o.result.status),
            o.result.execution_time, o.result.adapter_response.get("rows_affected"), o.message,
        )
        for o in outcomes
    ]  # fmt: skip
    if exception:
        nodes.append((refresh_id, "dbt", "run", "error", 0, None, one_line(str(exception))))
    checks = [_check_outcome(o) for o in outcomes if o.result.node.resource_type == "test"]
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into audit.node_result (refresh_id, node, resource_type, status, seconds, rows_affected, message) "
            "values (%s, %s, %s, %s, %s, %s, %s) on conflict (refresh_id, node) do update set "
            "status = excluded.status, seconds = excluded.seconds, rows_affected = excluded.rows_affected, "
            "message = excluded.message",
            nodes,
        )
    record_outcomes(connection, refresh_id, "refresh", checks)


def _check_outcome(outcome: Outcome) -> CheckOutcome:
    node, status = outcome.result.node, outcome.result.status
    meta = node.config.meta
    remedy = meta.get("remedy") or f"See the rows: run the SQL of {node.name} in the compiled dbt project."
    return CheckOutcome(
        table_name=table_of(node),
        check_name=node.name,
        kind=meta.get("kind", "integrity"),
        severity="warn" if node.config.severity.lower() == "warn" else "fail",
        owner=meta.get("owner", "data engineer"),
        outcome=EVALUATED.get(status, "not_evaluated"),
        value=None,
        failing_rows=outcome.result.failures if status in EVALUATED else None,
        sample=outcome.sample or None,
        message=outcome.message,
        remedy=one_line(remedy) if status != "pass" else None,
        tool="dbt",
    )


def one_line(text: str | None) -> str | None:
    return " ".join(text.split())[:MESSAGE_LENGTH] if text else None


def table_of(node: Any) -> str:
    """The table a test is about: the one it is declared on, or the last that its SQL names."""
    about = getattr(node, "attached_node", None) or (node.depends_on.nodes or [node.unique_id])[-1]
    return str(about).rsplit(".", 1)[-1]
