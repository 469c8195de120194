"""Mutations of real files beside their originals: refused, identical, noticed, or a reason why nothing could tell.

A run of minutes, so only by `MUTATIONS=20` (of small files) or `MUTATIONS=200`; with `-s` it prints each outcome.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest
import yaml
from psycopg import sql

from core import db
from core.settings import settings
from ingest.archive.store import Archive, Arrival
from ingest.definition.dataset import Dataset, load_definitions
from ingest.load.load_file import load_file
from ingest.pipeline import ingest_dataset, settle
from warehouse.checks.gate import BatchJudge, verify_pending
from warehouse.checks.soda import ContractRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "ingest"))
from mutations import FILES, HOW_MANY, Mutation, mutations

pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)")
QUICK = ("estate_location_list", "mps_strength", "nhs_estate_return_trust", "police_grant", "public_attitude_survey")
UNNOTICED = Path(__file__).with_name("unnoticed_mutations.yml")
CHECKSUM = """
    select count(*), sum(hashtextextended(({fields})::text, 0)),
        (select concat(period_start, period_end, label) from audit.batch where batch_id = %(batch)s)
    from raw.{table} where _batch_id = %(batch)s
"""


@dataclass(frozen=True)
class Landed:
    """What became of a file: refused with a reason, else its rows and period as a checksum, and all that was told."""

    refused: str | None
    rows: tuple[int, int, str] | None
    told: frozenset[tuple[str, int]]


class Nights:
    """A database with every other file of the datasets, and one night after another in which a single file comes."""

    def __init__(self, root: Path, datasets: set[str]) -> None:
        self.root, self.definitions = root, load_definitions()
        self.archive = Archive(settings().archive_dir)
        self.landed: dict[bytes, Landed] = {}
        for dataset in sorted(datasets):
            ingest_dataset(dataset)
            verify_pending(dataset)
        self.originals = {name: self._original(dataset, name) for dataset, name in FILES if dataset in datasets}

    def land(self, mutation: Mutation, folder: Path) -> Landed:
        """What would become of the mutated file, had it come in place of its original."""
        if mutation.content in self.landed:
            return self.landed[mutation.content]
        path = folder / Path(mutation.file).name
        path.write_bytes(mutation.content)
        definition = self.definitions[mutation.dataset]
        with _Aside(mutation.file):
            self.landed[mutation.content] = self._landed(definition, path, mutation.file)
        return self.landed[mutation.content]

    def original(self, mutation: Mutation) -> Landed:
        """The same of the original."""
        return self.originals[mutation.file]

    def _original(self, dataset: str, name: str) -> Landed:
        with db.connect("admin", autocommit=True) as admin:
            [(batch_id,)] = admin.execute(
                "select b.batch_id from audit.batch as b inner join audit.source_file as f using (dataset, sha256) "
                "where f.name = %s and b.status = 'accepted'", [name],
            ).fetchall()  # fmt: skip
        with _Aside(name):
            return self._judged(self.definitions[dataset], batch_id)

    def _landed(self, definition: Dataset, path: Path, name: str) -> Landed:
        arrival = Arrival(path, name, definition.dataset, definition.licence, is_generated=False)
        file = self.archive.keep(arrival)
        with db.connect("loader", autocommit=True) as loader:
            report = load_file(loader, definition, file, self.archive.path(file.sha256))
        try:
            if report.status == "refused":
                return Landed(report.reason, None, frozenset())
            assert report.batch_id
            settle(definition.dataset)
            return self._judged(definition, report.batch_id)
        finally:
            self._set_aside(report.batch_id)

    def _judged(self, definition: Dataset, batch_id: str) -> Landed:
        with db.connect("auditor", autocommit=True) as auditor, ContractRunner() as runner:
            outcomes = BatchJudge(auditor, runner, definition.dataset).outcomes(batch_id)
        failed = [each for each in outcomes if each.outcome != "passed"]
        refused = next((each.message for each in failed if each.severity == "fail"), None)
        fields = sql.SQL(", ").join(sql.Identifier(rule.name) for rule in definition.fields)
        query = sql.SQL(CHECKSUM).format(
            fields=sql.SQL("row({})").format(fields), table=sql.Identifier(definition.dataset)
        )
        with db.connect("admin", autocommit=True) as admin:
            [rows] = admin.execute(query, {"batch": batch_id}).fetchall()
            told = admin.execute(
                "select rule, record_count from audit.skipped_record where batch_id = %(b)s union all "
                "select 'quarantined: ' || rule, sum(record_count) from audit.quarantine where batch_id = %(b)s "
                "group by rule",
                {"b": batch_id},
            ).fetchall()  # fmt: skip
        warned = [(each.check_name, int(each.failing_rows or 0)) for each in failed]
        return Landed(refused, rows, frozenset(warned) | frozenset((name, int(count)) for name, count in told))

    def _set_aside(self, batch_id: str) -> None:
        """Of the next file's neighbours it is none."""
        with db.connect("admin", autocommit=True) as admin:
            admin.execute(
                "update audit.batch set status = 'refused', reason = 'a mutation' "
                "where batch_id = %s and status <> 'refused'",
                [batch_id],
            )


class _Aside:
    """The file's accepted batch out of the figures, as long as the block lasts."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        self._set("accepted", "superseded")

    def __exit__(self, *_: object) -> None:
        self._set("superseded", "accepted")

    def _set(self, before: str, after: str) -> None:
        with db.connect("admin", autocommit=True) as admin:
            admin.execute(
                "update audit.batch as b set status = %s, reason = %s from audit.source_file as f "
                "where (f.dataset, f.sha256) = (b.dataset, b.sha256) and f.name = %s and b.status = %s",
                [after, "it has not come yet" if after == "superseded" else None, self.name, before],
            )


def outcome_of(landed: Landed, original: Landed) -> str:
    """In one word; what is told counts where the original does not tell as much of it."""
    if landed.refused:
        return "refused"
    if landed.rows == original.rows:
        return "identical"
    return "noticed" if landed.told - original.told else "not noticed"


@pytest.fixture
def drawn(real_data: Path) -> list[Mutation]:
    how_many = int(os.environ.get("MUTATIONS", "0"))
    if not how_many:
        pytest.skip("MUTATIONS is not set to 20 or 200: this test proves nothing here")
    return list(mutations(real_data) if how_many == HOW_MANY else islice(mutations(real_data, QUICK), how_many))


@pytest.fixture
def nights(real_data: Path, drawn: list[Mutation], warehouse: str, monkeypatch: pytest.MonkeyPatch) -> Nights:
    monkeypatch.setenv("SOURCES", str(real_data))
    return Nights(real_data, {mutation.dataset for mutation in drawn})


def test_what_is_not_noticed_has_its_reason(nights: Nights, drawn: list[Mutation], tmp_path: Path) -> None:
    """A mutation that changes figures unseen is on the list with its reason; one that is seen now leaves the list."""
    reasons = yaml.safe_load(UNNOTICED.read_text(encoding="utf-8"))
    unseen, outcomes = [], Counter[str]()
    for mutation in drawn:
        landed, original = nights.land(mutation, tmp_path), nights.original(mutation)
        outcome = outcome_of(landed, original)
        outcomes[outcome] += 1
        unseen += [mutation.number] if outcome == "not noticed" else []
        said = landed.refused or ", ".join(name for name, _ in sorted(landed.told - original.told))
        print(f"{mutation.name} | {outcome} | {(said or reasons.get(mutation.number) or '')[:200]}", flush=True)
    print(dict(outcomes))
    listed = [mutation.number for mutation in drawn if mutation.number in reasons]
    assert unseen == listed, [each.name for each in drawn if (each.number in unseen) != (each.number in listed)]
