"""Whether the archive still holds the files that a refresh's figures come from: told each night, and it stops nothing.

Figures rest on raw, which is compared by itself; the archive is what they are proved with.
"""

from __future__ import annotations

from decimal import Decimal

from core import db
from core.settings import settings
from ingest.archive.store import Archive, is_itself
from warehouse.checks.results import SAMPLE_ROWS, CheckOutcome, record_outcomes

FILES = """
    select distinct on (b.sha256) f.name, b.sha256
    from audit.refresh_input as i
    inner join audit.batch as b using (batch_id)
    inner join audit.batch_file as f using (batch_id)
    where i.refresh_id = %s
    order by b.sha256, f.name
"""


def record_archive_state(refresh_id: str) -> None:
    """Read every archived file behind a refresh, and record whether each is what its name says."""
    archive = Archive(settings().archive_dir)
    with db.connect("transformer") as connection:
        files = connection.execute(FILES, [refresh_id]).fetchall()
        wrong = [(name, sha256) for name, sha256 in files if not is_itself(archive.path(sha256), sha256)]
        record_outcomes(connection, refresh_id, "refresh", [_outcome(len(files), wrong)])


def _outcome(count: int, wrong: list[tuple[str, str]]) -> CheckOutcome:
    message = remedy = None
    if wrong:
        message = (
            f"Of {count:,} archived files behind the figures {len(wrong):,} are gone or not as they were kept; the "
            f"first is {wrong[0][0]} ({wrong[0][1][:12]})"
        )
        remedy = (
            "Put the file into the sources again, or restore it from a backup of the archive; `warehouse archive "
            "verify` lists all such. No figure is in doubt: they are made from raw, which is compared by itself."
        )
    return CheckOutcome(
        table_name="archive",
        check_name="archive.as_kept",
        kind="integrity",
        severity="warn",
        owner="data engineer",
        outcome="failed" if wrong else "passed",
        value=Decimal(len(wrong)),
        failing_rows=len(wrong),
        sample=[{"file": name, "sha256": sha256} for name, sha256 in wrong[:SAMPLE_ROWS]] or None,
        message=message,
        remedy=remedy,
        tool="warehouse",
    )
