"""The gate: which batches are accepted, whether a candidate may be published. A check that did not run has failed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Literal

import psycopg
import yaml

from core import db
from core.errors import WarehouseError
from core.faults import reached
from core.locks import Lock, held
from core.settings import PROJECT_DIR
from ingest.definition.dataset import load_definitions
from warehouse.checks.contract import SHARED, RawTable, find_mart, own_part
from warehouse.checks.disclosed import disclosure_outcomes
from warehouse.checks.drift import drift_outcomes
from warehouse.checks.mappings import judged_by
from warehouse.checks.redundancies import redundancy_outcomes
from warehouse.checks.results import CheckOutcome, record_outcomes
from warehouse.checks.soda import ContractRunner, contract_error
from warehouse.checks.spelling import Spelling, spelling_outcomes
from warehouse.publish.mart_catalogue import MARTS, candidate_schemas, mart_name

CONTRACTS = PROJECT_DIR / "quality_checks"
MODELS = "dbt_project/models"  # beside the contracts

PENDING = """
    select b.batch_id
    from audit.batch as b
    inner join audit.batch_file as f using (batch_id)
    where b.dataset = %s and b.status = 'pending'
    order by f.arrived_at, b.sha256, b.loaded_at
"""

# A name once given belongs to its file for good, also when the batch was withdrawn: publications refer to it.
NAMES = """
    select
        this.vintage as base,
        (
            select b.vintage
            from audit.batch as b
            where
                (b.dataset, b.sha256) = (this.dataset, this.sha256)
                and b.batch_id <> this.batch_id
                and (b.says is null or this.says is null or b.says = this.says)
                and b.status in ('accepted', 'withdrawn')
            order by b.decided_at
            limit 1
        ) as earlier,
        array(
            select b.vintage
            from audit.batch as b
            where
                (b.dataset, b.is_generated) = (this.dataset, this.is_generated)
                and b.sha256 <> this.sha256
                and b.status in ('accepted', 'withdrawn')
        ) as taken
    from audit.batch as this
    where this.batch_id = %s
"""

# What a contract or a mapping refused is judged again once either has changed. Its rows are still in raw.
REOPEN = """
    update audit.batch
    set status = 'pending', reason = null, remedy = null, decided_at = null
    where dataset = %s and status = 'refused' and judged_by <> %s
"""

SUPERSEDE = """
    update audit.batch as old
    set status = 'superseded', reason = 'its file came again, or was read again, as batch ' || new.batch_id
    from audit.batch as new
    where
        new.batch_id = %s
        and (old.dataset, old.sha256, old.status) = (new.dataset, new.sha256, 'accepted')
        and old.batch_id <> new.batch_id
        and (
            old.says is null or new.says is null or old.says = new.says or old.batch_id = any(new.replaces)
        )
"""


@dataclass(frozen=True)
class BatchVerdict:
    """What became of one pending batch; `reason` only where it was refused."""

    batch_id: str
    dataset: str
    vintage: str | None
    status: Literal["accepted", "refused"]
    reason: str | None


@dataclass(frozen=True)
class GateVerdict:
    """Whether a candidate may be published. `failed` block it, `warned` are for somebody to look at."""

    passed: bool
    checks: int
    failed: list[CheckOutcome]
    warned: list[CheckOutcome]


def verify_pending(dataset: str) -> list[BatchVerdict]:
    """Run raw contract and drift rules on every pending batch of a dataset, oldest file first; accept or refuse each.

    A batch's results and its verdict are one transaction: a batch whose verification was killed is still pending
    and is verified again. So is one whose contract did not run, for that says nothing of the batch: WarehouseError,
    after every batch had its turn. A dataset without a contract says so before any file comes.
    """
    contract = CONTRACTS / "raw" / f"{dataset}.yml"
    # Held to the end: two gates at once could give two files one vintage name.
    with held("gate", Lock.GATE, dataset), db.connect("gate", autocommit=True) as connection:
        judged = _judged_by(contract)
        connection.execute(REOPEN, [dataset, judged])
        pending = [row[0] for row in connection.execute(PENDING, [dataset])]
        if not pending and not contract.exists():
            told = _no_contract(dataset, "raw")
            raise WarehouseError(f"{told.message}.", remedy=told.remedy or "")
        if not pending:
            return []
        verdicts = []
        unheard: list[CheckOutcome] = []
        with ContractRunner() as runner:
            judge = BatchJudge(connection, runner, dataset)
            for batch_id in pending:
                outcomes = judge.outcomes(batch_id)
                reached("verify.batch_checked")
                not_run = [outcome for outcome in outcomes if outcome.outcome == "not_evaluated"]
                # An empty batch cannot be measured, yet its missing rows are a finding: that one decides.
                if not_run and not any(_blocks(outcome) for outcome in outcomes if outcome not in not_run):
                    record_outcomes(connection, batch_id, "batch", outcomes)
                    unheard += not_run
                else:
                    verdicts.append(_decide(connection, dataset, batch_id, outcomes, judged))
                    reached("verify.batch_accepted")
    if unheard:
        raise WarehouseError(
            f"{dataset}: new files wait unverified, since a check did not run: {unheard[0].message}",
            remedy=unheard[0].remedy or "Mend what it says, then run again.",
        )
    return verdicts


class BatchJudge:
    """What the contract of a dataset and the rules of its definition say of its batches."""

    def __init__(self, connection: psycopg.Connection, runner: ContractRunner, dataset: str) -> None:
        self.connection, self.runner, self.dataset = connection, runner, dataset
        self.contract, self.definition = CONTRACTS / "raw" / f"{dataset}.yml", load_definitions().get(dataset)
        self.spelt = _spelt(self.contract)

    def outcomes(self, batch_id: str) -> list[CheckOutcome]:
        """An outcome a check; drift and the rules about codes compare with files that are accepted by now."""
        definition = self.definition
        if self.contract.exists():
            standard = RawTable(definition) if definition else None
            found = self.runner.run_contract(self.contract, {"BATCH_ID": batch_id}, standard)
        else:
            found = [_no_contract(self.dataset, "raw")]
        if definition:
            found += drift_outcomes(self.connection, definition, batch_id)
            found += redundancy_outcomes(self.connection, definition, batch_id)
            found += spelling_outcomes(self.connection, definition, batch_id, self.spelt)
        return found


def verify_candidates(refresh_id: str, schema: str = "candidate") -> GateVerdict:
    """Run the contract of every candidate, record each result and give the verdict on all of them.

    `schema` holds the candidates of `marts`; those of other published schemas are beside it. A table without a contract
    and a contract without a table fail.
    """
    outcomes: list[CheckOutcome] = []
    with db.connect("gate", autocommit=True) as connection:
        with ContractRunner() as runner:
            for published, built_in in candidate_schemas(schema).items():
                outcomes += _run_contracts(connection, runner, refresh_id, published, built_in)
        outcomes += disclosure_outcomes(connection, refresh_id, CONTRACTS / "disclosure", schema)
        reached("verify.checked")
        with connection.transaction():
            record_outcomes(connection, refresh_id, "refresh", outcomes)
    failed = [outcome for outcome in outcomes if _blocks(outcome)]
    warned = [outcome for outcome in outcomes if outcome.outcome == "failed" and not _blocks(outcome)]
    return GateVerdict(passed=bool(outcomes) and not failed, checks=len(outcomes), failed=failed, warned=warned)


def _run_contracts(
    connection: psycopg.Connection, runner: ContractRunner, refresh_id: str, published: str, schema: str
) -> list[CheckOutcome]:
    contracts = {path.stem: path for path in (CONTRACTS / published).glob("*.yml")}
    tables = _tables(connection, schema)
    outcomes: list[CheckOutcome] = []
    for table in sorted(tables | contracts.keys()):
        if table not in contracts:
            found = [_no_contract(table, published)]
        elif table not in tables:
            message = f"{published}/{table}.yml did not run: there is no table {schema}.{table}"
            found = [contract_error(table, message, "Build the table, or delete its contract.")]
        else:
            mart = find_mart(CONTRACTS.parent / MODELS / published, table)
            found = runner.run_contract(contracts[table], {"SCHEMA": schema, "REFRESH_ID": refresh_id}, mart)
        outcomes += found if published == MARTS else [_of(mart_name(published, table), each) for each in found]
        reached("verify.first_contract")
    return outcomes


def _of(mart: str, outcome: CheckOutcome) -> CheckOutcome:
    """The outcome under the mart's full name, without the rows: those are for named readers only."""
    rest = outcome.check_name.removeprefix(mart.rpartition(".")[2])
    return replace(outcome, table_name=mart, check_name=f"{mart}{rest}", sample=None)


def _blocks(outcome: CheckOutcome) -> bool:
    return outcome.outcome == "not_evaluated" or (outcome.outcome == "failed" and outcome.severity == "fail")


def _no_contract(table: str, folder: str) -> CheckOutcome:
    path = f"quality_checks/{folder}/{table}.yml"
    return contract_error(table, f"{table} has no contract: there is no {path}", f"Write {path}.")


def _tables(connection: psycopg.Connection, schema: str) -> set[str]:
    found = connection.execute(
        "select c.relname from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace "
        "where n.nspname = %s and c.relkind in ('r', 'p', 'v', 'm')",
        [schema],
    )
    return {row[0] for row in found}


def _spelt(contract: Path) -> list[Spelling]:
    """Its columns of codes; none where it cannot be read, which the contract's own outcome says."""
    try:
        return own_part(contract).spelt if contract.exists() else []
    except (ValueError, yaml.YAMLError):
        return []


def _judged_by(contract: Path) -> str | None:
    """What judges the batches, by content; None where it cannot be read, which the contract's own outcome says."""
    try:
        return judged_by([contract, SHARED], own_part(contract).mappings) if contract.exists() else None
    except (ValueError, yaml.YAMLError):
        return None


def _decide(
    connection: psycopg.Connection, dataset: str, batch_id: str, outcomes: list[CheckOutcome], judged: str | None
) -> BatchVerdict:
    failed = sorted(filter(_blocks, outcomes), key=lambda outcome: outcome.outcome == "not_evaluated")
    with connection.transaction():
        record_outcomes(connection, batch_id, "batch", outcomes)
        if not failed:
            vintage = _vintage_name(connection, batch_id)
            connection.execute(SUPERSEDE, [batch_id])
            connection.execute(
                "update audit.batch set status = 'accepted', vintage = %s, decided_at = clock_timestamp() "
                "where batch_id = %s",
                [vintage, batch_id],
            )
            reached("verify.batch_decided")
            return BatchVerdict(batch_id, dataset, vintage, "accepted", None)
        others = f" (and {len(failed) - 1} more failed checks)" if len(failed) > 1 else ""
        reason = f"{failed[0].message}{others}"
        row = connection.execute(
            "update audit.batch set status = 'refused', reason = %s, remedy = %s, judged_by = %s, "
            "decided_at = clock_timestamp() where batch_id = %s returning vintage",
            [reason, failed[0].remedy, judged, batch_id],
        ).fetchone()
        return BatchVerdict(batch_id, dataset, row[0] if row else None, "refused", reason)


def _vintage_name(connection: psycopg.Connection, batch_id: str) -> str:
    """The batch's vintage, or the first free .2, .3 of it; a file that was accepted before keeps the name it had."""
    row = connection.execute(NAMES, [batch_id]).fetchone()
    assert row, f"batch {batch_id} is gone"
    base, earlier, taken = row
    numbered = (f"{base}.{number}" for number in count(2))
    return earlier or (base if base not in taken else next(name for name in numbered if name not in taken))
