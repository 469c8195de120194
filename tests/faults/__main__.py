"""`make faults`: kill a night at every named point (or at those given). `make nights`: have all else go wrong."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import matrix
import nights
from drill import Ground
from matrix import try_point

from core.faults import POINTS
from core.server.embedded import EmbeddedServer


def main(points: list[str]) -> None:
    """Run the trials on a server of their own, which goes when they are done; after `nights`, these bad nights."""
    folder = Path(tempfile.mkdtemp(prefix="mfw-faults-"))
    os.environ["WAREHOUSE_STATE_DIR"] = str(folder / "state")
    os.environ["PYTHONWARNINGS"] = "ignore:resource_tracker"  # a killed night cleans up nothing: that is the trial
    mutant = os.environ.pop("MUTANT", "")  # for the trials alone, not for the nights that they are held against
    server = EmbeddedServer(folder / "state")
    try:
        server.start()
        ground = Ground(server, folder)
        ground.prepare()
        if points[:1] == ["nights"]:
            nights.table(ground, [night for night in nights.NIGHTS if night.name in (points[1:] or [night.name])])
        elif mutant:
            sys.path.append(str(Path(__file__).parents[1]))
            from half_publishers import MUTANTS

            names = [*MUTANTS] if mutant == "all" else [mutant]
            at = points or [point for point in POINTS if point.startswith("publish.")]
            matrix.table_of_mutants((name, try_point(ground, point, MUTANT=name)) for name in names for point in at)
        else:
            matrix.table(try_point(ground, point) for point in points or POINTS)
    finally:
        server.destroy()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
