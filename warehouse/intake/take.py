"""A filled-in workbook on its way: read, signed, added, and answered with a receipt or with its wrong cells marked."""

from __future__ import annotations

import hashlib
import logging
import shutil
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core import db
from core.errors import WarehouseError
from core.private import private_folder
from core.roles import EVERYBODY
from core.settings import settings
from ingest.sign_off import SignOff
from ingest.sources import choose_sources
from warehouse.intake.add import Added, add, intake_dataset, intake_datasets, sign
from warehouse.intake.book import Answer, write_book
from warehouse.intake.filled import DAY, NAME, ROLE, STATEMENT, WORDS, Filled, as_csv, as_text, read_filled
from warehouse.intake.form import Form, form_of, sheet_name
from warehouse.intake.marks import Marks, mark_batch, mark_cells
from warehouse.report.words import things

BOOKS = (".xlsx", ".xlsm", ".ods")
ANSWERS, TEMPLATES, TAKEN = "answers", "templates", "taken"
SIGNED = {"name": NAME, "role": ROLE, "date": DAY, "statement": STATEMENT}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """What became of a workbook: its answer, whether its figures were taken in, what there is to correct."""

    answer: Path
    is_good: bool
    to_correct: int
    added: Added | None


def write_template(name: str, path: Path) -> Form:
    """Write the dataset's empty workbook, with what the standing publication knows filled in."""
    form = _form(intake_dataset(name).dataset)
    write_book(path, form)
    return form


def take(path: Path, answer: Path, *, is_trial: bool, dataset: str | None = None) -> Taken:
    """Take in a filled-in workbook and write its answer. WarehouseError where it is no workbook of the dataset."""
    filled = read_filled(path)
    if dataset and filled.definition.dataset != dataset:
        raise WarehouseError(
            f"{path.name} is a workbook of {sheet_name(filled.definition)}, not of {dataset}.",
            remedy="Put it where those of its own dataset go.",
        )
    form, marks = _form(filled.definition.dataset), Marks()
    rows = filled.counted(form.given)
    content, lines = as_csv(filled, rows)
    added = None
    with TemporaryDirectory() as folder:
        plain = Path(folder, f"{path.stem}.csv")
        plain.write_bytes(content)
        signed = _signature(marks, filled, plain)
        mark_cells(marks, filled, rows, signed.date if signed else None)
        _mark_header(marks, filled)
        # As a text, what a broken cell shows could be taken for what somebody wrote.
        is_unclear = any(place in filled.broken and _is_text(filled, place[1]) for place in marks.cells)
        if signed and not is_unclear:
            _keep(path)
            added = add(filled.definition, plain, signed, is_trial=is_trial)
    if added and added.status == "refused":
        with db.connect("auditor") as connection:
            mark_batch(marks, filled, connection, added.batch.batch_id or "", lines)
        if not marks.count:
            marks.others.append(added.reason or "It was refused.")
    is_good = added is not None and added.status == "accepted"
    told = _receipt(added, form, rows, filled) if added and is_good else _refusal(marks)
    # Whoever corrects figures signs what they have become.
    signature = dict(filled.signature) if is_good else {**filled.signature, DAY: ""}
    write_book(
        answer,
        form,
        filled.rows,
        signature,
        Answer(filled.definition.title, is_good, told, Marks() if is_good else marks),
    )
    return Taken(answer, is_good, 0 if is_good else marks.count, added)


def take_dropped(dataset: str) -> list[Taken]:
    """Take every workbook in the dataset's drop folder; each is moved beside its answer. None on generated extracts.

    What is no workbook of the dataset stays where it lies; a text beside the answers says so.
    """
    folder = drop_folder(dataset)
    waiting = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in BOOKS and path.name[0] not in ".~"]
    if not waiting:
        return []
    with db.connect("loader", autocommit=True) as connection:
        if choose_sources(connection).is_generated:
            log.warning("%s workbooks wait in %s: this warehouse runs on generated extracts", len(waiting), folder)
            return []
    taken = []
    for path in waiting:
        mark = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        draft = folder / ANSWERS / f".{path.stem}.{mark}.xlsx"
        try:
            found = take(path, draft, is_trial=False, dataset=dataset)
        except WarehouseError as error:
            log.warning("%s", error)
            draft.with_name(f"{path.stem}.{mark}.not read.txt").write_text(f"{error}\n", encoding="utf-8")
            continue
        home = draft.with_name(f"{path.stem}.{mark}.{'receipt' if found.is_good else 'to correct'}.xlsx")
        draft.replace(home)
        path.replace(folder / TAKEN / f"{path.stem}.{mark}{path.suffix}")
        log.info("%s: %s", path.name, home.name)
        taken.append(replace(found, answer=home))
    return taken


def drop_folder(dataset: str) -> Path:
    """Where workbooks of the dataset are put, with the folders of what comes back."""
    now = settings()
    # Who may enter a folder that was named is for its owner to say.
    home = now.drop or private_folder(now.drop_dir)
    folder = home / dataset.removeprefix("intake_")
    for name in (ANSWERS, TAKEN):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return folder


def write_templates() -> list[Path]:
    """An empty workbook of each dataset beside the drop folders, as the standing publication fills it in."""
    written = []
    for dataset, definition in intake_datasets().items():
        path = drop_folder(dataset).parent / TEMPLATES / f"{sheet_name(definition)}.xlsx"
        path.parent.mkdir(exist_ok=True)
        write_template(dataset, path)
        written.append(path)
    return written


def _form(dataset: str) -> Form:
    with db.connect(EVERYBODY) as connection:
        return form_of(intake_dataset(dataset), connection)


def _signature(marks: Marks, filled: Filled, plain: Path) -> SignOff | None:
    """Who signs; None where something of it is missing, which is marked."""
    said: dict[str, Any] = {label: filled.signature.get(label, "") for label in SIGNED.values()}
    day = said[DAY].date() if isinstance(said[DAY], datetime) else said[DAY]
    if not isinstance(day, date):
        marks.signature[DAY] = "Write the day on which you sign, as 30/09/2013."
    for label, words in ((NAME, "Write first and last name of the person who answers for the figures."),
                         (ROLE, "Write that person's role.")):  # fmt: skip
        if not as_text(said[label]).strip():
            marks.signature[label] = words
    if marks.signature:
        return None
    try:
        return sign(plain, as_text(said[NAME]), as_text(said[ROLE]), as_text(said[STATEMENT]).strip() or WORDS, day)
    except WarehouseError as error:
        at_fault = (
            DAY
            if "sign on" in str(error)
            else next((SIGNED[part] for part in SIGNED if f"'s {part} " in str(error)), NAME)
        )
        marks.signature[at_fault] = error.message
        return None


def _is_text(filled: Filled, at: int) -> bool:
    rule = filled.rule(at)
    return rule is None or rule.type == "text"


def _mark_header(marks: Marks, filled: Filled) -> None:
    wanted = filled.definition.layouts[-1].columns
    for at, name in filled.columns.items():
        if name not in wanted:
            marks.add(0, at, f"There is no column {name}: give it back its name, or take it out")
        elif [*filled.columns.values()].count(name) > 1:
            marks.add(0, at, f"There is more than one column {name}")
    for name in wanted:
        if name not in filled.columns.values():
            marks.others.append(f"The column {name} is missing: put it back, with its name in the first row.")


def _receipt(added: Added, form: Form, rows: list[int], filled: Filled) -> list[tuple[str, str]]:
    left = len(filled.rows) - 1 - len(rows)
    lines = [
        (
            "Figures",
            f"{things(added.batch.records_loaded, 'row')} of {sheet_name(form.definition)}, kept as {added.vintage}.",
        ),
        ("Left out", f"{things(left, 'row')} in which nothing was filled in." if left else "Nothing."),
        ("Signed by", added.signed_by),
        ("Kept as", added.batch.file_name),
        ("Next", "They are in the next publication; the morning page says when that was."),
    ]
    if added.batch.status == "known":
        lines.insert(1, ("Before", "The same figures came before: nothing has changed, the first signature stands."))
    if added.withdrawn:
        lines.append(("Withdrawn", "The file that this one replaces also had: " + "; ".join(added.withdrawn)))
    return lines


def _refusal(marks: Marks) -> list[tuple[str, str]]:
    return [
        ("To correct", f"{things(marks.count, 'thing')}. Each wrong cell is red; its note says why."),
        ("Then", "Correct them here or in your own copy, sign with the day again, and put it into the drop folder."),
        ("Until then", "Nothing of this workbook is in any figure. The last good file stands."),
    ]


def _keep(path: Path) -> None:
    """Keep the workbook itself, by its hash, beside the signed file that is made of it."""
    home = private_folder(settings().intake_dir / "workbooks")
    kept = home / f"{hashlib.sha256(path.read_bytes()).hexdigest()}{path.suffix.lower()}"
    if not kept.exists():
        draft = kept.with_suffix(".part")
        shutil.copyfile(path, draft)
        draft.replace(kept)
