"""A signed CSV file into the intake: put there, landed, verified, and what became of it."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql
from pydantic import ValidationError

from core import db
from core.errors import WarehouseError
from core.private import private_folder
from core.settings import settings
from ingest.definition.dataset import Dataset, load_definitions
from ingest.load.load_file import BatchReport
from ingest.pipeline import ingest_dataset
from ingest.sign_off import SignOff, as_yaml, side_car
from ingest.sources import Sources, choose_sources, intake_inbox
from warehouse.bootstrap import bootstrap
from warehouse.checks.gate import verify_pending

OUTCOME = """
    select b.status, b.vintage, b.reason, b.remedy, b.is_generated, s.name, s.role, s.signed_on
    from audit.batch as b
    left join audit.sign_off as s using (dataset, sha256)
    where b.batch_id = %s
"""
WITHDRAWN = """
    with this as (select * from audit.batch where batch_id = %s and status = 'accepted'),

    before as (
        select b.batch_id
        from audit.batch as b
        inner join this using (dataset, period_end, is_generated)
        where b.status = 'accepted' and b.batch_id <> this.batch_id
        order by b.decided_at desc
        limit 1
    )

    select {old}
    from before
    inner join {table} as old on old._batch_id = before.batch_id
    where not exists (
        select 1
        from {table} as new
        inner join this on new._batch_id = this.batch_id
        where ({new}) = ({old})
    )
    order by {old}
"""


@dataclass(frozen=True)
class Added:
    """What became of an added file: its batch, the verdict, who signed it, keys that it withdraws."""

    batch: BatchReport
    status: str
    vintage: str | None
    reason: str | None
    remedy: str | None
    signed_by: str
    withdrawn: list[str]


def intake_datasets() -> dict[str, Dataset]:
    """The datasets that come through the intake: those that need a sign-off."""
    return {name: definition for name, definition in load_definitions().items() if definition.sign_off}


def intake_dataset(name: str) -> Dataset:
    """The dataset of that name, with or without `intake_` in front. WarehouseError lists those there are."""
    datasets = intake_datasets()
    for candidate in (name, f"intake_{name}"):
        if candidate in datasets:
            return datasets[candidate]
    raise WarehouseError(f"The intake has no dataset {name!r}.", remedy=f"It takes: {', '.join(datasets)}.")


def template(definition: Dataset) -> str:
    """The header that a file of the dataset starts with, and nothing that could be taken for a figure."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(definition.layouts[-1].columns)
    return line.getvalue()


def add(definition: Dataset, file: Path, signed_by: SignOff, *, is_trial: bool) -> Added:
    """Put the signed file into the intake's folder, land it and verify it. Adding it again changes nothing.

    WarehouseError where a real file would join generated extracts, or a trial one real files.
    """
    bootstrap()
    with db.connect("loader", autocommit=True) as connection:
        sources = choose_sources(connection)
    if sources.is_generated != is_trial:
        raise _wrong_kind(is_trial)
    name = _put(definition, file, signed_by, intake_inbox(is_generated=is_trial))
    batch = next(batch for batch in ingest_dataset(definition.dataset).batches if batch.file_name == name)
    verify_pending(definition.dataset)
    return _outcome(definition, batch, is_trial=is_trial)


def sign(file: Path, name: str, role: str, statement: str, day: date | None) -> SignOff:
    """A sign-off of the file as it is now. WarehouseError where the file cannot be read or a part is not good."""
    today = datetime.now(ZoneInfo("Europe/London")).date()
    try:
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        signed = SignOff(name=name, role=role, date=day or today, statement=statement, sha256=sha256)
    except OSError as error:
        raise WarehouseError(f"{file} cannot be read: {error.strerror}.", remedy="Check the path.") from error
    except ValidationError as error:
        part = error.errors()[0]["loc"][0]
        raise WarehouseError(
            f"The sign-off's {part} is not good enough.",
            remedy='Give first and last name of a person and a role: --signed-by "Ada Smith" --role "Head of Finance".',
        ) from error
    if signed.date > today:
        raise WarehouseError(f"Nobody can sign on {signed.date} yet.", remedy="Give a day up to today.")
    return signed


def _put(definition: Dataset, file: Path, signed: SignOff, inbox: Sources) -> str:
    """Copy file and sign-off into the inbox; its name there. The first sign-off of the same bytes stands."""
    folder = inbox.folder / definition.domain / definition.dataset
    private_folder(settings().intake_dir)
    folder.mkdir(parents=True, exist_ok=True)
    known = sorted(folder.glob(f"*.{signed.sha256[:12]}.csv"))
    home = known[0] if known else folder / f"{file.stem.lstrip('.~$')}.{signed.sha256[:12]}.csv"
    if not side_car(home).exists():
        draft = side_car(home).with_suffix(".part")
        draft.write_text(as_yaml(signed), encoding="utf-8")
        draft.rename(side_car(home))
    if not known:
        draft = home.with_suffix(".part")
        shutil.copyfile(file, draft)
        draft.rename(home)
    return home.relative_to(inbox.folder).as_posix()


def _outcome(definition: Dataset, batch: BatchReport, *, is_trial: bool) -> Added:
    with db.connect("auditor") as connection:
        row = connection.execute(OUTCOME, [batch.batch_id]).fetchone()
        if row is None:
            raise WarehouseError(batch.reason or f"{batch.file_name} was not landed.", remedy=batch.remedy or "")
        status, vintage, reason, remedy, is_generated, name, role, day = row
        if is_generated != is_trial:
            raise WarehouseError(
                f"{batch.file_name}: the same bytes came before as generated ones, and stay so.",
                remedy="A real file has other bytes: change the made-up one that was tried, or fill a new template.",
            )
        withdrawn = _withdrawn(connection, definition, batch) if batch.status != "known" else []
    return Added(batch, status, vintage, reason, remedy, f"{name}, {role}, {day}", withdrawn)


def _withdrawn(connection: psycopg.Connection, definition: Dataset, batch: BatchReport) -> list[str]:
    """Keys of the file that this one replaces, the last one of the same period, which this one leaves out."""
    old, new = (sql.SQL(", ").join(sql.Identifier(table, name) for name in definition.key) for table in ("old", "new"))
    query = sql.SQL(WITHDRAWN).format(old=old, new=new, table=sql.Identifier("raw", definition.dataset))
    return [" ".join(map(str, row)) for row in connection.execute(query, [batch.batch_id])]


def _wrong_kind(is_trial: bool) -> WarehouseError:
    if is_trial:
        return WarehouseError(
            "This warehouse holds real files; a made-up one may not join them.",
            remedy="Leave --trial out, or try it in another database (WAREHOUSE_DATABASE).",
        )
    return WarehouseError(
        "This warehouse runs on generated extracts, and a signed file is real: the two never mix.",
        remedy="Set SOURCES to the folder of real files, or add the file with --trial: it then counts as generated.",
    )
