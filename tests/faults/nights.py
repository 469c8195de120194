"""Bad nights: a feed, a check, a model, a disk or a server fails. What the night published, what readers see."""

from __future__ import annotations

import csv
import re
import shutil
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import psycopg
from drill import Ground, Place, first_release, next_release, put, written
from machine import NoSmallDisk, archive_full, database_full, lost, restarted
from watch import Readers

from core.settings import PROJECT_DIR
from ingest.extracts.ods import open_document

LAST, TONIGHT = "last night's", "tonight's"
NAMES = PROJECT_DIR / "seeds" / "reference" / "ref_police_body_alias.csv"
TOLD = """
    select note from marts.publication where is_current and note is not null
    union all
    select concat_ws(': ', concat_ws(' ', dataset, 'is', status), status_reason) from marts.data_freshness
    where status = 'failing' or (dataset = 'mps_borough_crime' and status = 'stale')
"""


@dataclass(frozen=True)
class Outcome:
    """What a bad night came to. `said` is its last word, `told` what readers find in the status views.

    `differing`: what the next night, with everything well again, did not bring to the undisturbed state.
    """

    exit_code: int
    publications: int
    readers: str
    said: str
    told: str
    torn: int
    differing: list[str]


@dataclass(frozen=True)
class BadNight:
    """What happens, and what must come of it: the exit code, what readers see, a pattern for what somebody is told."""

    name: str
    happens: Callable[[Place], int]
    exit_code: int
    readers: str
    word: str
    kept: tuple[str, ...] = ()  # what a refused batch leaves for good

    def wrong(self, outcome: Outcome) -> list[str]:
        """What did not come out as it must."""
        published = int(self.readers != LAST)
        found = {
            f"exit {outcome.exit_code}, not {self.exit_code}": outcome.exit_code != self.exit_code,
            f"{outcome.publications} publications, not {published}": outcome.publications != published,
            f"readers see {outcome.readers}, not {self.readers}": outcome.readers != self.readers,
            f"nobody is told {self.word!r}": not re.search(self.word, f"{outcome.said}\n{outcome.told}"),
            f"{outcome.torn} torn reads": outcome.torn > 0,
        }
        return [words for words, is_so in found.items() if is_so] + [
            f"the next night left {name}" for name in outcome.differing if name not in self.kept
        ]


def try_night(ground: Ground, night: BadNight) -> Outcome:
    """Have it happen on a copy of the first night, then run a good night; readers poll throughout."""
    place = ground.copy("bad_" + re.sub(r"\W+", "_", night.name)[:40])
    try:
        before = _publications(place)
        with Readers(place, through_restarts=True) as readers:
            said_before = place.log
            exit_code = night.happens(place)
            seen, told, said = place.state(), _told(place), _gist(place.log.removeprefix(said_before))
            publications = _publications(place) - before
            mended = place.night() == 0
        if readers.errors:
            raise readers.errors[0]
        found, wanted = place.fingerprint(), ground.undisturbed
        differing = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
        if not mended:
            differing.append(f"a failure: {_gist(place.log)}")
        names = {ground.before: LAST, ground.after: TONIGHT}
        torn = readers.torn(ground.before, ground.after, seen)
        return Outcome(exit_code, publications, names.get(seen, "no good"), said, told, torn, differing)
    finally:
        place.remove()


def table(ground: Ground, nights: Iterable[BadNight]) -> None:
    """Print each night as it ends, and say whether all came out as they must."""
    count = failed = skipped = 0
    for night in nights:
        count += 1
        try:
            outcome = try_night(ground, night)
        except NoSmallDisk as reason:
            skipped += 1
            print(f"\n{night.name}: SKIPPED, this proves nothing here: {reason}", flush=True)
            continue
        wrong = night.wrong(outcome)
        failed += bool(wrong)
        published = f"published {outcome.publications}" if outcome.publications else "published nothing"
        print(
            f"\n{night.name}: exit {outcome.exit_code}, {published}, readers see {outcome.readers} figures, "
            f"torn reads {outcome.torn}; the next night: {'as undisturbed' if not wrong else '; '.join(wrong)}",
            f"  the night said: {outcome.said}",
            f"  readers are told: {outcome.told}",
            sep="\n",
            flush=True,
        )
    print(f"\n{count - failed - skipped} of {count} nights came out as they must, {skipped} were skipped.")
    if failed:
        raise SystemExit(1)


def _gist(log: str) -> str:
    """What a night refused and why it failed; else its last line."""
    lines = log.splitlines()
    return " | ".join(line for line in lines if line.startswith(("refused", "failed"))) or lines[-1]


def _told(place: Place) -> str:
    with psycopg.connect(place.url()) as connection:
        return " | ".join(row[0] for row in connection.execute(TOLD))


def _publications(place: Place) -> int:
    with psycopg.connect(place.url()) as connection:
        row = connection.execute("select count(*) from audit.publication").fetchone()
    return row[0] if row else 0


def _spoilt(spoil: Callable[[list[list[str]]], list[list[str]]]) -> Callable[[Place], int]:
    """A night whose new release is spoilt; the code is last night's, so that nothing else is new."""

    def happens(place: Place) -> int:
        first, inbox = first_release(), place.work_dir / "inbox"
        header, *rows = csv.reader(next_release(first).splitlines())
        put(inbox, "first.csv", first)
        put(inbox, "second.csv", written(spoil([header, *rows])))
        return place.night(place.ground.first, inbox)

    return happens


def _doubled(lines: list[list[str]]) -> list[list[str]]:
    return [lines[0], *(line for line in lines[1:] for _ in range(2))]


def _shrunk(lines: list[list[str]]) -> list[list[str]]:
    return [line for number, line in enumerate(lines) if number == 0 or number % 10 < 7]


def _without_a_month(lines: list[list[str]]) -> list[list[str]]:
    return [[*line[:5], *line[6:]] for line in lines]


def _missing(place: Place, **settings: str) -> int:
    inbox = place.work_dir / "inbox"
    put(inbox, "first.csv", first_release())
    return place.night(place.ground.first, inbox, **settings)


def _missing_but_required(place: Place) -> int:
    return _missing(place, REQUIRED_FEEDS="mps_borough_crime=31", BUSINESS_DATE="2024-11-23")


def _total_off_by_ten(place: Place) -> int:
    """A second feed whose printed total is ten more than its parts, beside a good release of the first."""
    inbox = Path(shutil.copytree(place.ground.inbox, place.work_dir / "inbox"))
    each = [Decimal(100), Decimal(50), Decimal(150)]
    with NAMES.open(encoding="utf-8") as file:
        forces = [row["published_body_key"] for row in csv.DictReader(file) if row["dataset"] == "police_funding"]
    total = [number * len(forces) for number in each]
    rows = [
        ["Police funding by police force area, £ million"],
        ["Financial year 2023-24"],
        [],
        ["Police force area", "Government funding", "Precept", "Total funding"],
        *([force, *each] for force in forces),
        ["Total England and Wales", total[0] + 10, total[1], total[2] + 10],
    ]
    path = inbox / "grants" / "police_funding" / "funding.ods"
    path.parent.mkdir(parents=True)
    path.write_bytes(open_document("Funding", rows))
    return place.night(sources=inbox, DATASETS="police_funding mps_borough_crime")


def _changed(file: str, old: str, new: str) -> Callable[[Place], int]:
    """A night whose code has a slip in one file."""

    def happens(place: Place) -> int:
        project = Path(shutil.copytree(place.ground.tonight, place.work_dir / "project"))
        text = (project / file).read_text()
        assert old in text, f"{file} has no {old!r}"
        (project / file).write_text(text.replace(old, new, 1))
        return place.night(project)

    return happens


def _environment_says(**environment: str) -> Callable[[Place], int]:
    """The tools are told something in a way that nobody has thought of: the shell's own words are forgotten before."""
    return lambda place: place.night(**environment)


def _soda_does_not_start(place: Place) -> int:
    """The gate's own connection is the only one that the role may have: Soda gets none."""
    with psycopg.connect(place.url(), autocommit=True) as admin:
        admin.execute("alter role gate connection limit 1")
        try:
            return place.night()
        finally:
            admin.execute("alter role gate connection limit -1")


REFUSED = ("batches", "manifest", "archive")
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT
RAW, MARTS = "quality_checks/raw/mps_borough_crime.yml", "quality_checks/marts/crime_total.yml"
MODEL = "dbt_project/models/marts/crime_total.sql"
NIGHTS = (
    BadNight("feed missing", _missing, 0, LAST, "mps_borough_crime is stale"),
    BadNight("feed missing that is required", _missing_but_required, 1, LAST, "because the required feed mps_bor"),
    BadNight("feed doubled", _spoilt(_doubled), 0, LAST, "is failing: .*rule duplicate_key",
             (*REFUSED, "raw.mps_borough_crime")),
    BadNight("feed shrunk by 30 %", _spoilt(_shrunk), 0, LAST, "is failing: .*records a period fell by",
             (*REFUSED, "raw.mps_borough_crime")),
    BadNight("a month gone", _spoilt(_without_a_month), 0, LAST, "is failing: .*202408 follows 202406", REFUSED),
    BadNight("total off by ten", _total_off_by_ten, 0, TONIGHT, "police_funding is failing: .*national total",
             (*REFUSED, "raw.police_funding")),
    BadNight("contract of a feed with an error", _changed(RAW, "distinct area_name", "distinct area"), 1, LAST,
             "new files wait unverified"),
    BadNight("contract of a mart with an error", _changed(MARTS, "t.offence_count,", "t.offences,"), 1, LAST,
             "figures of Friday 22 November 2024, because .*did not run"),
    BadNight("Soda failing to start", _soda_does_not_start, 1, LAST, "too many connections for role"),
    BadNight("dbt model failing", _changed(MODEL, "sum(", "1 / 0 + sum("), 1, LAST, "division by zero"),
    BadNight("dbt told to leave the tests out", _environment_says(DBT_EXCLUDE_RESOURCE_TYPES="test"), 1, LAST,
             "the project has it, and dbt did not run it"),
    BadNight("dbt told to build models only", _environment_says(DBT_RESOURCE_TYPES="model"), 1, LAST,
             "the project has it, and dbt did not run it"),
    BadNight("disk of the archive full", archive_full, 0, LAST, "refused .*No space left on device"),
    BadNight("disk of the database full in mid-load", database_full, 1, LAST, "The database's disk is full"),
    BadNight("server restarted in mid-load", restarted(FAST, "load.copying_rows"), 1, LAST, "connection .* was lost"),
    BadNight("server crashed in mid-load", restarted(IMMEDIATE, "load.copying_rows"), 1, LAST, "was lost"),
    BadNight("server restarted in mid-publication", restarted(FAST, "publish.first_mart"), 1, LAST, "was lost"),
    BadNight("server crashed in mid-publication", restarted(IMMEDIATE, "publish.first_mart"), 1, LAST, "was lost"),
    BadNight("the loader's connection lost", lost("loader", "load.copying_rows"), 1, LAST, "was lost"),
    BadNight("the transformer's connections lost", lost("transformer", "build.first_model"), 1, LAST, "connection"),
    BadNight("the gate's connections lost", lost("gate", "verify.first_contract"), 1, LAST, "was lost"),
    BadNight("the publisher's connection lost", lost("publisher", "publish.first_mart"), 1, LAST, "was lost"),
)  # fmt: skip
