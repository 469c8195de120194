"""One kill at one point, and the night after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from drill import Ground
from watch import Readers

from core.faults import KILL_AT, POINTS

KILLED = -9


@dataclass(frozen=True)
class Trial:
    """What a kill at `point` did. `differing` names what the next night did not bring to its undisturbed state."""

    point: str
    killed: bool
    mended: bool
    reads: int
    torn: int
    rows_lost: int
    differing: list[str]
    log: str

    @property
    def wrong(self) -> list[str]:
        """What is not as it should be: killed at the point, read throughout, and nothing to be seen of it after."""
        found = {
            "it was not killed there": not self.killed,
            "the next night failed": not self.mended,
            "nobody read": not self.reads,
            "torn reads": self.torn,
            "rows lost": self.rows_lost,
        }
        return [words for words, is_so in found.items() if is_so] + self.differing

    @property
    def caught(self) -> list[str]:
        """What gives a planted publisher away; that it was not killed does not."""
        return self.wrong if self.killed else []

    @property
    def passed(self) -> bool:
        """Killed where it should be, and nothing to be seen of it."""
        return not self.wrong


def try_point(ground: Ground, point: str, **settings: str) -> Trial:
    """Kill the second night at `point`, run it again, compare with the undisturbed night; readers poll throughout."""
    place = ground.copy(point)
    with Readers(place) as readers:
        killed = place.night(**{KILL_AT: point}, **settings) == KILLED
        mended = place.night(**settings) == 0
    found = place.fingerprint()
    if readers.errors:
        raise readers.errors[0]
    wanted = ground.undisturbed
    trial = Trial(
        point,
        killed,
        mended,
        readers.seen.total(),
        readers.torn(ground.before, ground.after),
        sum(max(0, _rows(wanted, name) - _rows(found, name)) for name in wanted),
        sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)),
        place.log,
    )
    place.remove()
    return trial


def table(trials: Iterable[Trial]) -> None:
    """Print a line a trial, as they come, and say whether all passed."""
    print(f"{'killed at':<26}{'what was true then':<62}{'reads':>7}{'torn':>6}{'lost':>6}  equal", flush=True)
    count = passed = reads = 0
    for trial in trials:
        equal = "yes" if trial.passed else f"NO: {', '.join(trial.wrong)}"
        print(
            f"{trial.point:<26}{POINTS[trial.point]:<62}{trial.reads:>7,}{trial.torn:>6}{trial.rows_lost:>6}  {equal}",
            flush=True,
        )
        if not trial.passed:
            print(trial.log)
        count, passed, reads = count + 1, passed + trial.passed, reads + trial.reads
    print(f"{passed} of {count} points passed, {reads:,} reads.")
    if passed < count:
        raise SystemExit(1)


def table_of_mutants(trials: Iterable[tuple[str, Trial]]) -> None:
    """Print a line a planted publisher and point: what gave it away; all have to be caught."""
    count = caught = 0
    for mutant, trial in trials:
        count, caught = count + 1, caught + bool(trial.caught)
        print(f"{mutant:<22}{trial.point:<26}{', '.join(trial.caught) or 'NOT CAUGHT'}", flush=True)
    print(f"{caught} of {count} were caught.")
    if caught < count:
        raise SystemExit(1)


def _rows(fingerprint: dict[str, object], name: str) -> int:
    found = fingerprint.get(name)
    return found[0] if isinstance(found, tuple) else 0
