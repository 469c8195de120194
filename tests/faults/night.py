"""One night on the small project: take the feed in, verify it, refresh. Runs in a process that may be killed."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import dbt.cli.main  # noqa: F401  imported before the processes are forked, so that each night starts at once
import psycopg
import soda_core.contracts.impl.contract_verification_impl  # noqa: F401
import soda_postgres  # noqa: F401

import ingest.readers  # noqa: F401
from core import db
from core.errors import WarehouseError
from core.settings import settings
from ingest.pipeline import ingest_dataset
from warehouse.checks import gate
from warehouse.refresh import code_archive as code
from warehouse.refresh import dbt_build
from warehouse.refresh import steps as refresh

SHOWN_SECONDS = 0.5  # what a planted publisher shows too early: some polls of the readers
DAY = date(2024, 11, 22)


def run(environment: dict[str, str], project: str, log: str) -> None:
    """Run a night with these settings and the code (dbt, contracts) in `project`; what it says goes to `log`.

    MUTANT among the settings is a publisher to plant (half_publishers.py).
    DATASETS among the settings names what it takes in, one after the other.
    Exit code 1, with the error's one line in the log, where the night failed.
    """
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(handle, stream)
    os.environ.update(environment)
    dbt_build.DBT_PROJECT = Path(project) / "dbt_project"
    gate.CONTRACTS = Path(project) / "quality_checks"
    code.PROJECT_DIR = Path(project)
    if mutant := os.environ.get("MUTANT"):
        sys.path.append(str(Path(__file__).parents[1]))
        from half_publishers import MUTANTS

        MUTANTS[mutant](setattr, seconds=SHOWN_SECONDS)
    try:
        for dataset in os.environ.get("DATASETS", "mps_borough_crime").split():
            for batch in ingest_dataset(dataset).batches:
                print(batch.status, batch.file_name, batch.reason or "", flush=True)
            for verdict in gate.verify_pending(dataset):
                print(verdict.status, verdict.vintage, verdict.reason or "", flush=True)
        report = refresh.refresh(settings().business_date or DAY)
        print(f"published {report.publication_id}" if report else "nothing new", flush=True)
    except (WarehouseError, OSError, psycopg.OperationalError) as error:
        print(f"failed: {db.in_words(error) or error}", flush=True)
        sys.exit(1)
