"""Whether a file is new: what stands now decides, not whether its bytes were ever seen.

A batch is a file's bytes, what its name and folder say, and its definition. The same again changes nothing. A release
that comes back after another one, a file that gets another name or folder, is a new batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row

from ingest.definition.dataset import Dataset
from ingest.definition.formats import Delimited
from ingest.load.left_out import and_without, of_the_whole
from ingest.readers.base import FileRefused
from ingest.readers.file_name import named_texts

STANDS = ("accepted", "pending", "empty")
ACCOUNT = ("batch_id", "vintage", "records_read", "records_loaded", "records_quarantined", "records_skipped", "reason",
           "remedy")  # fmt: skip
BATCHES = """
    select
        b.batch_id, b.sha256, b.status, b.says, f.name, f.arrived_at, b.vintage, b.records_read,
        b.records_loaded, b.records_quarantined, b.records_skipped, b.reason, b.remedy
    from audit.batch as b
    inner join audit.batch_file as f using (batch_id)
    where b.dataset = %s and b.sha256 = %s
    order by f.arrived_at, b.loaded_at
"""
# Other bytes that arrived after these and stand: those that lay under the same name, or, where this name is new, of the
# same period and kind, whose own files have gone.
TAKEN_BACK = """
    select exists (
        select
        from audit.batch as after
        inner join audit.batch_file as f using (batch_id)
        inner join audit.batch as this on this.batch_id = %(batch)s
        where
            (after.dataset, after.is_generated, after.coverage) = (this.dataset, this.is_generated, this.coverage)
            and after.status in ('accepted', 'pending')
            and after.sha256 <> this.sha256
            and f.arrived_at > %(arrived)s
            and (
                after.sha256 = %(before)s
                or (
                    %(is_new_name)s
                    and after.sha256 <> all(%(here)s)
                    and after.period_end is not distinct from this.period_end
                    and after.label is not distinct from this.label
                )
            )
    )
"""


@dataclass(frozen=True)
class Place:
    """What is known of the `name` that a file lies under: the bytes that lay there `before`, and what lies where now.

    `here` has the bytes of every name in the sources, as far as they were read; an empty one knows nothing. What comes
    back keeps its old place in the order of arrivals where `arrived_at` says so.
    """

    name: str | None = None
    before: str | None = None
    here: Mapping[str, str | None] = field(default_factory=dict)
    arrived_at: datetime | None = None


NOWHERE = Place()


@dataclass(frozen=True)
class Batch:
    """A batch of the same bytes."""

    batch_id: str
    sha256: str
    status: str
    says: str | None
    name: str
    arrived_at: datetime
    vintage: str | None
    records_read: int
    records_loaded: int
    records_quarantined: int
    records_skipped: int
    reason: str | None
    remedy: str | None

    @property
    def account(self) -> dict[str, Any]:
        """What is told of it."""
        return {name: getattr(self, name) for name in ACCOUNT}


@dataclass(frozen=True)
class NewBatch:
    """The batch that a file is to become. `arrived_at` is None where it is the first arrival of its bytes."""

    batch_id: str
    says: str
    arrived_at: datetime | None
    replaces: list[str]


def coverage_of(definition: Dataset, name: str) -> str:
    """What the files of the inbox folder that the file came from cover; `name` is `<domain>/<folder>/...`."""
    return definition.inbox_folders.get(name.split("/")[1], definition.coverage)


def says(definition: Dataset, name: str) -> str:
    """What name and folder of a file say of it, in one line."""
    reader = definition.reader
    try:
        texts = named_texts(definition, reader, name) if isinstance(reader, Delimited) else {}
    except FileRefused:
        texts = {"name": name.rpartition("/")[2]}
    return " ".join([coverage_of(definition, name), *(f"{key}={text}" for key, text in sorted(texts.items()))])


def settle_whether_new(
    connection: psycopg.Connection,
    definition: Dataset,
    sha256: str,
    name: str,
    place: Place,
    *,
    is_signed: bool,
    again: bool,
) -> Batch | NewBatch:
    """The batch that settles the file, or the one that it becomes; `again` reads what is settled once more."""
    with connection.cursor(row_factory=class_row(Batch)) as cursor:
        same_bytes = cursor.execute(BATCHES, [definition.dataset, sha256]).fetchall()
    said = and_without(connection, definition, sha256, says(definition, name))
    own = [each for each in same_bytes if _says(definition, each) == said]
    identity = sha256 + definition.dataset + definition.definition_hash + ("signed" if is_signed else "")
    if same_bytes and _says(definition, same_bytes[0]) != said:
        identity += said
    known = {each.batch_id: each for each in same_bytes}
    first_id = _id(identity)
    standing = [each for each in own if each.status in STANDS]
    if again:
        if first_id in known:
            return known[first_id]
        return NewBatch(first_id, said, standing[-1].arrived_at if standing else None, [])
    if standing:
        if not _is_back(connection, standing[-1], name, place, same_bytes):
            return standing[-1]
        return NewBatch(_free_id(identity, known), said, datetime.now().astimezone(), [])
    is_other_than_before = place.before not in (None, sha256)
    ended = [each for each in own if each.status != "refused"]
    if ended and not is_other_than_before and (ended[-1].status == "withdrawn" or place.before == sha256):
        return ended[-1]
    if not ended and first_id in known:
        return known[first_id]
    accepted = [each for each in same_bytes if each.status == "accepted"]
    gone = [each for each in accepted if not _lies_there(definition, each, name, place)]
    if wider := [each for each in accepted if each not in gone and _is_part_of(said, _says(definition, each))]:
        return wider[-1]
    parts = [each for each in accepted if _is_part_of(_says(definition, each), said)]
    replaces = [each.batch_id for each in accepted if each in gone or each in parts]
    arrived = (place.arrived_at or datetime.now().astimezone()) if ended else None
    return NewBatch(_free_id(identity, known), said, arrived, replaces)


def _is_back(connection: psycopg.Connection, batch: Batch, name: str, place: Place, same_bytes: list[Batch]) -> bool:
    """Whether the file has come back after others that stand: its publisher takes those back."""
    if place.before == batch.sha256 or not place.here:
        return False
    # A file that only got another name says nothing new: its old name has gone, or nothing came in between.
    is_new_name = place.before is None and all(each.name != name for each in same_bytes)
    row = connection.execute(
        TAKEN_BACK,
        {
            "batch": batch.batch_id,
            "arrived": batch.arrived_at,
            "before": place.before,
            "is_new_name": is_new_name,
            "here": [sha256 for other, sha256 in place.here.items() if sha256 and other != name],
        },
    ).fetchone()
    return bool(row and row[0])


def _says(definition: Dataset, batch: Batch) -> str:
    return batch.says or says(definition, batch.name)


def _lies_there(definition: Dataset, batch: Batch, name: str, place: Place) -> bool:
    """Whether a file of the batch lies in the sources under another name; of old batches one name is known."""
    if not place.here or place.here.get(batch.name, "gone") is None:
        return True
    names = [other for other, sha256 in place.here.items() if sha256 == batch.sha256 and other != name]
    return any(says(definition, other) == of_the_whole(_says(definition, batch)) for other in names)


def _is_part_of(part: str, whole: str) -> bool:
    return part.replace("partial", "full", 1) == whole != part


def _free_id(identity: str, known: Mapping[str, Batch]) -> str:
    turn, batch_id = 1, _id(identity)
    while batch_id in known:
        turn += 1
        batch_id = _id(f"{identity} {turn}")
    return batch_id


def _id(identity: str) -> str:
    return hashlib.sha256(identity.encode()).hexdigest()[:32]
