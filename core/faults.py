"""Named points at which a process may be told to die or to halt: how `make faults` proves what that leaves behind."""

from __future__ import annotations

import os
import signal

KILL_AT = "WAREHOUSE_KILL_AT"
HALT_AT = "WAREHOUSE_HALT_AT"
# Each is marked in the code by `reached`; the fault matrix kills a night at every one of them.
POINTS = {
    "load.copying_file": "half of the file is in the archive",
    "load.file_copied": "the bytes are in the archive, without their name",
    "load.file_named": "the bytes are archived, the manifest does not know them",
    "load.manifest_written": "the manifest knows the file, the database does not",
    "load.file_recorded": "the file is recorded, not committed",
    "load.copying_rows": "rows are on their way to raw, COPY has not ended",
    "load.rows_copied": "all rows are in raw, not committed",
    "load.batch_recorded": "rows and batch are written, not committed",
    "load.committed": "the batch is pending",
    "verify.batch_checked": "the batch's contract has run, no verdict",
    "verify.batch_decided": "the batch is accepted, not committed",
    "verify.batch_accepted": "the batch is accepted",
    "build.code_archived": "the code is archived, there is no refresh",
    "build.inputs_fixed": "refresh and batch set are written, not committed",
    "build.started": "the refresh has started",
    "build.layers_dropped": "last night's layers are gone",
    "build.first_model": "dbt has built its first model",
    "build.counted": "dbt has built what disclosure control counts",
    "build.controlled": "the cells to close are decided and kept",
    "build.models_built": "dbt has ended, nothing is recorded",
    "build.recorded": "dbt's results are recorded, the refresh is not yet built",
    "build.built": "the refresh is built",
    "verify.first_contract": "the first contract has run on its candidate",
    "verify.checked": "every contract has run, nothing is recorded",
    "verify.recorded": "the verdict is recorded, the refresh has not passed yet",
    "verify.passed": "the refresh has passed",
    "publish.begun": "nothing has been touched",
    "publish.table_altered": "the first table is made or altered, others are not",
    "publish.aligned": "every table has its new columns, without values",
    "publish.rows_removed": "the first mart has lost its old rows, not committed",
    "publish.first_mart": "the first mart is done, not committed",
    "publish.all_marts": "every mart is done, not committed",
    "publish.recorded": "the publication is recorded, not committed",
    "publish.committed": "readers see it; retired columns are still there",
    "publish.tidied": "everything is done, nobody was told",
}


def reached(point: str) -> None:
    """Die here, as by SIGKILL, if WAREHOUSE_KILL_AT names this point; otherwise nothing.

    If WAREHOUSE_HALT_AT names it, wait once until somebody sends SIGCONT.
    """
    if os.environ.get(KILL_AT) == point:
        os.kill(os.getpid(), signal.SIGKILL)
    if os.environ.get(HALT_AT) == point:
        del os.environ[HALT_AT]
        os.kill(os.getpid(), signal.SIGSTOP)
