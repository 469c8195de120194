"""The attack on the candidate as a check: a closed count that somebody could work out stops the publication."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import psycopg

from warehouse.checks.results import CheckOutcome
from warehouse.disclosure.audit import Finding, attack
from warehouse.disclosure.declared import load_sets


def disclosure_outcomes(
    connection: psycopg.Connection, refresh_id: str, folder: Path, candidate: str
) -> list[CheckOutcome]:
    """One outcome for each declared set; its message names cells, and says nothing of their counts.

    Its value is how many small cells are known all the same, by what is prior or was published under another rule.
    """
    prefix = candidate.removesuffix("candidate")
    return [_outcome(finding) for finding in attack(connection, refresh_id, load_sets(folder), prefix)]


def _outcome(finding: Finding) -> CheckOutcome:
    name = finding.declared.name
    return CheckOutcome(
        table_name=finding.declared.marts[0],
        check_name=f"{name}.disclosure",
        kind="integrity",
        severity="fail",
        owner="data engineer",
        outcome="passed" if finding.is_safe else "failed",
        value=Decimal(finding.known_anyway),
        failing_rows=len(finding.opened) + len(finding.recovered) + len(finding.exact),
        sample=None,
        message=finding.message,
        remedy=f"A mart shows what control has closed: compare it with quality_checks/disclosure/{name}.yml.",
        tool="warehouse",
    )
