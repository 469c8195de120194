"""`make bench`: what the ingest costs. Ratios are of loads that ran in turn on this machine, the best of each."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import others
from benchmarks.ingest import PSQL, Result, copy_by_psql, database, files_of, ingest
from benchmarks.steps import steps
from warehouse.cli import screen

WELL_FORMED, FEW_BAD, ALL_ODD = "well-formed", "one bad line in 1,000", "no line for COPY to read"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--rows", type=int, default=2_000_000, help="rows of the file that all load")
    options.add_argument("--repeats", type=int, default=3, help="loads of each kind; the fastest counts")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="mfw-bench-files-") as folder, database() as admin:
        screen.say(f"Generating {given.rows:,} street-level rows, three times.")
        files = files_of(Path(folder), given.rows, ("none", "few", "all"))
        size = files["none"].stat().st_size
        kinds = {WELL_FORMED: files["none"], FEW_BAD: files["few"], ALL_ODD: files["all"]}
        runs: list[Callable[[], Result]] = [lambda: copy_by_psql(admin, files["none"], given.rows)]
        runs += [partial(ingest, admin, path, given.rows, who) for who, path in kinds.items()]
        has_others = others.PYTHON.exists()
        if has_others:
            runs += [partial(others.load_by_other, admin, files["none"], loader) for loader in others.LOADERS]
        results = [run() for _ in range(given.repeats) for run in runs]
        best = {
            who: min((each for each in results if each.who == who), key=lambda each: each.seconds)
            for who in dict.fromkeys(each.who for each in results)
        }
        screen.heading(
            f"{given.rows:,} rows, {size / 1e6:,.0f} MB; {os.cpu_count()} processors; best of {given.repeats}"
        )
        _table([(result, best[PSQL]) for result in best.values()])
        screen.say(others.NO_CONTRACT if has_others else others.LEFT_OUT)
        growth = []
        for rows in (given.rows // 4, given.rows // 2, given.rows, given.rows * 2):
            path = files["none"] if rows == given.rows else files_of(Path(folder), rows, ("none",))["none"]
            growth.append((ingest(admin, path, rows, WELL_FORMED), copy_by_psql(admin, path, rows)))
        screen.heading("As files grow (one load each)")
        _table(growth)
        few = files_of(Path(folder), given.rows // 4, ("none",))["none"]
        screen.heading("Where the time goes: processor time of each step")
        columns = ("step", "where", "microseconds a row")
        screen.table(columns, steps(Path(folder), few, given.rows // 4), right=columns[2:])


def _table(results: list[tuple[Result, Result]]) -> None:
    columns = ("what", "rows", "seconds", "rows/s", f"of {PSQL}", "microseconds a row", "peak memory", "")
    rows = [
        (
            result.who,
            result.rows,
            f"{result.seconds:.1f}",
            f"{result.rows_a_second:,.0f}",
            f"{result.rows_a_second / copied.rows_a_second:.2f}",
            f"{result.seconds / result.rows * 1e6:.1f}",
            f"{result.peak_bytes / 2**20:.0f} MB",
            result.note,
        )
        for result, copied in results
    ]
    screen.table(columns, rows, right=columns[1:7])


if __name__ == "__main__":
    main()
