"""A small candidate table and contracts about it, for the tests of the Soda adapter."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from warehouse.checks.soda import CheckOutcome, ContractRunner

HEAD: dict[str, Any] = {
    "dataset": "warehouse/${var.DATABASE}/${var.SCHEMA}/numbers",
    "variables": {"DATABASE": None, "SCHEMA": None},
    "check_attributes": {"kind": "source", "owner": "the publisher", "remedy": "Ask the publisher."},
}


@pytest.fixture
def numbers(admin: psycopg.Connection) -> psycopg.Connection:
    """A candidate table with three good rows."""
    admin.execute(
        """
        create schema candidate;
        create table candidate.numbers (number_id integer, number_name text, amount numeric, day date);
        insert into candidate.numbers values
            (1, 'one', 1.5, '2024-01-01'), (2, 'two', 2.5, '2024-02-01'), (3, 'three', 3.5, '2024-03-01');
        grant usage on schema candidate to auditor;
        grant select on candidate.numbers to auditor;
        """
    )
    return admin


@pytest.fixture
def runner(numbers: psycopg.Connection) -> Iterator[ContractRunner]:
    with ContractRunner() as started:
        yield started


@pytest.fixture
def verify(runner: ContractRunner, tmp_path: Path) -> Callable[..., list[CheckOutcome]]:
    """Write a contract about candidate.numbers (as JSON, which is YAML too) and run it."""

    def write_and_run(**parts: Any) -> list[CheckOutcome]:
        path = tmp_path / "numbers.yml"
        path.write_text(json.dumps({**HEAD, "columns": [{"name": "number_id"}], **parts}))
        return runner.run_contract(path, {"SCHEMA": "candidate"})

    return write_and_run
