"""Where files come from: the inbox folder, real or generated, and which of its files belong to a dataset."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

import psycopg

from core.errors import WarehouseError
from core.private import private_folder
from core.settings import GENERATED_SOURCES, settings
from core.visible import visible
from ingest.archive.plain_file import name_fault
from ingest.archive.store import Arrival
from ingest.archive.zips import check_wanted, fault_of, members, path_in_zip, printable
from ingest.definition.dataset import Dataset, load_definitions
from ingest.definition.formats import Table
from ingest.fetch.notes import NOTE, read_note
from ingest.readers.base import FileRefused
from ingest.readers.file_name import GENERATED_PREFIX, release_fault
from ingest.sign_off import SUFFIX

GENERATED = "generated"
PUBLISHERS = "publishers"
SETTING = "sources"


@dataclass(frozen=True)
class Sources:
    """An inbox: `<domain>/<dataset>/**` beneath `folder`."""

    folder: Path
    is_generated: bool


def choose_sources(connection: psycopg.Connection) -> Sources:
    """SOURCES, else what it was the last time, else the generated extracts that ship. Remembers SOURCES.

    WarehouseError where the folder does not exist, or where generated extracts would join accepted real files.
    """
    asked = settings().sources
    wanted = asked or _remembered(connection) or GENERATED
    if wanted == GENERATED or Path(wanted).resolve() == GENERATED_SOURCES:
        sources = _generated(connection)
    elif wanted == PUBLISHERS:
        sources = fetched_inbox()
    else:
        sources = _real(Path(wanted), "" if asked else "remembered ")
    if asked:
        known = wanted if wanted == PUBLISHERS else str(sources.folder)
        _remember(connection, GENERATED if sources.is_generated else known)
    return sources


def inboxes(connection: psycopg.Connection, definition: Dataset) -> list[Sources]:
    """Where files of the dataset may lie: the sources; what was fetched of it; the intake, where it is signed."""
    sources = choose_sources(connection)
    found = [sources]
    fetched, signed = fetched_inbox(), intake_inbox(is_generated=sources.is_generated)
    home = fetched.folder / definition.domain / next(iter(definition.inbox_folders))
    if definition.fetch and home.is_dir() and not sources.is_generated and sources != fetched:
        found.append(fetched)
    if definition.sign_off and signed.folder.is_dir():
        found.append(signed)
    return found


def fetched_inbox() -> Sources:
    """The inbox of what was fetched from the publishers' addresses; none of that is generated."""
    return Sources(private_folder(settings().fetched_dir), is_generated=False)


def intake_inbox(*, is_generated: bool) -> Sources:
    """The inbox that `warehouse intake add` puts files into; real and made-up ones never lie together."""
    return Sources(settings().intake_dir / ("generated" if is_generated else "real"), is_generated)


def find_arrivals(sources: Sources, definition: Dataset) -> tuple[list[Arrival], list[str]]:
    """The dataset's files in the order of their paths, and a line for everything passed over, with its reason."""
    starts = [sources.folder / definition.domain / folder for folder in definition.inbox_folders]
    present = [start for start in starts if start.is_dir()]
    if not present:
        return [], [f"{_name(starts[0], sources)}: there is no such folder in the sources"]
    arrivals: list[Arrival] = []
    notes: list[str] = []
    for path in [path for start in present for path in _walk(start, notes, sources)]:
        if (definition.sign_off and path.name.endswith(SUFFIX)) or (definition.fetch and path.name.endswith(NOTE)):
            continue
        if reason := _passed_over(path, definition):
            notes.append(f"{_name(path, sources)}: {reason}")
        elif _is_zip(path, definition) and not name_fault(path.name):
            arrivals += _members(path, definition, sources, notes)
        else:
            arrivals.append(_arrival(path, definition, sources))
    return sorted(arrivals, key=lambda arrival: _in_order(arrival.name)), notes


def _in_order(name: str) -> list[tuple[int, str]]:
    """Names as people count: release 9 before release 10. Later ones of a run are taken for the later releases."""
    parts = re.split(r"([0-9]+)", name)
    return [(int(part) if at % 2 else -1, part) for at, part in enumerate(parts)]


def is_of_another_kind(path: Path, definition: Dataset) -> bool:
    """Whether the file is none of the dataset's for its name alone, and the definition says nothing of such names."""
    is_side_car = path.name.endswith((SUFFIX, NOTE))
    reason = _unwanted(path.name, definition, is_zip=_is_zip(path, definition))
    return not is_side_car and reason == _not_as(definition)


def _arrival(path: Path, definition: Dataset, sources: Sources) -> Arrival:
    note, fault = None, name_fault(path.name) or release_fault(_name(path, sources))
    try:
        note = read_note(path) if definition.fetch and not fault else None
    except FileRefused as refusal:
        fault = refusal
    return Arrival(
        path=path,
        name=_name(path, sources),
        dataset=definition.dataset,
        licence=definition.licence,
        is_generated=sources.is_generated,
        address=note.address if note else None,
        etag=note.etag if note else None,
        fault=fault,
    )


def _members(path: Path, definition: Dataset, sources: Sources, notes: list[str]) -> list[Arrival]:
    """An arrival for each member that the dataset asks for; the zip itself where nothing of it can be trusted."""
    whole = _arrival(path, definition, sources)
    try:
        listed = members(path)
        others = list(load_definitions().values())
        passed_over: Counter[str] = Counter()
        wanted = []
        for member in listed:
            base = path_in_zip(member).name
            reason = _unwanted(base, definition, is_zip=base.lower().endswith(".zip"))
            reason = reason or _anothers(base, definition, others)
            passed_over.update([reason] if reason else [])
            wanted += [] if reason else [member]
        notes += [f"{whole.name}: {count:,} members: {reason}" for reason, count in passed_over.items()]
        check_wanted(path, wanted)
    except FileRefused as refusal:
        return [replace(whole, fault=refusal)]
    names = Counter(member.filename for member in listed)
    home = whole.address or path.absolute().as_uri()
    return [
        replace(
            whole,
            name=f"{whole.name}!{printable(member)}",
            address=f"{home}!{printable(member)}",
            member=member,
            fault=whole.fault or fault_of(member, names),
        )
        for member in wanted
    ]


def _generated(connection: psycopg.Connection) -> Sources:
    real = connection.execute(
        "select dataset from audit.batch where status in ('accepted', 'withdrawn') and not is_generated limit 1"
    ).fetchone()
    if real:
        raise WarehouseError(
            f"The generated extracts may not join a database that holds real files ({real[0]}).",
            remedy="Set SOURCES to the folder of real files, or use another database (WAREHOUSE_DATABASE).",
        )
    return Sources(GENERATED_SOURCES, is_generated=True)


def _real(folder: Path, how: str) -> Sources:
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise WarehouseError(
            f"The {how}folder of sources {folder} cannot be read: {error.strerror}.",
            remedy="Set SOURCES to a folder laid out as <domain>/<dataset>/, or to `generated`.",
        ) from error
    return Sources(folder.resolve(), is_generated=False)


def _remembered(connection: psycopg.Connection) -> str | None:
    row = connection.execute("select value from audit.setting where name = %s", [SETTING]).fetchone()
    return row[0] if row else None


def _remember(connection: psycopg.Connection, value: str) -> None:
    if value != _remembered(connection):
        connection.execute(
            "insert into audit.setting (name, value) values (%s, %s) "
            "on conflict (name) do update set value = excluded.value, changed_at = clock_timestamp()",
            [SETTING, value],
        )


def _walk(start: Path, notes: list[str], sources: Sources) -> list[Path]:
    found: list[Path] = []

    def unreadable(error: OSError) -> None:
        notes.append(f"{_name(Path(error.filename), sources)}: cannot be listed: {error.strerror}")

    for folder, below, files in os.walk(start, onerror=unreadable):
        for name in [name for name in below if name.startswith(".") or Path(folder, name).is_symlink()]:
            below.remove(name)
            found.append(Path(folder, name))
        found.extend(Path(folder, name) for name in files)
    return sorted(found)


def _is_zip(path: Path, definition: Dataset) -> bool:
    """Whether it is a zip of a dataset's files. Signed files come one by one: a sign-off is of one file's bytes."""
    return path.suffix.lower() == ".zip" and not definition.sign_off and not fnmatch(path.name, definition.files)


def _passed_over(path: Path, definition: Dataset) -> str | None:
    if reason := _never_wanted(path.name):
        return reason
    if path.is_dir():
        return "link to a folder, not followed"
    return _unwanted(path.name, definition, is_zip=_is_zip(path, definition))


def _never_wanted(name: str) -> str | None:
    if name.startswith("."):
        return "hidden"
    return "lock file of an office program" if name.startswith("~$") else None


def _unwanted(name: str, definition: Dataset, *, is_zip: bool) -> str | None:
    """Why a file of this name is none of the dataset's; a zip may be one, whatever the dataset's files are called."""
    for pattern, reason in (definition.passed_over or {}).items():
        if fnmatch(name.lower(), pattern.lower()):
            return reason
    is_one = is_zip or fnmatch(name.lower(), definition.files.lower())
    return _never_wanted(name) or (None if is_one else _not_as(definition))


def _not_as(definition: Dataset) -> str:
    return f"not {definition.files}"


def _anothers(name: str, definition: Dataset, others: list[Dataset]) -> str | None:
    """Whose file it is, where its name says that it is of another dataset and not of this one."""
    if _is_named_as(name, definition) is not False:
        return None
    owner = next((other for other in others if other is not definition and _is_named_as(name, other)), None)
    return f"a file of {owner.dataset}" if owner else None


def _is_named_as(name: str, definition: Dataset) -> bool | None:
    """Whether the name is as those of the dataset's files are; None where they may have any."""
    pattern = definition.reader.file_name if isinstance(definition.reader, Table) else None
    return re.fullmatch(pattern, name.removeprefix(GENERATED_PREFIX)) is not None if pattern else None


def _name(path: Path, sources: Sources) -> str:
    """Path relative to the inbox. What is not UTF-8, or not shown, is written with escapes."""
    return visible(os.fsencode(path.relative_to(sources.folder).as_posix()).decode("utf-8", "backslashreplace"))
