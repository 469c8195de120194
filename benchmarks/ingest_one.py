"""One load of one file in a process of its own, so that its memory is its own: `python -m benchmarks.ingest_one`.

Prints one JSON line: seconds in the archive (hash, copy, fsync, manifest), seconds in the load (contract, provenance,
COPY, commit), rows loaded and quarantined.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.street_files import street_definition
from core import db
from core.settings import settings
from ingest.archive.store import Archive, Arrival
from ingest.load.load_file import load_file


def main(path: Path) -> None:
    definition = street_definition()
    name = f"{definition.domain}/{definition.dataset}/{path.name}"
    arrival = Arrival(path, name, definition.dataset, definition.licence, is_generated=True)
    archive = Archive(settings().archive_dir)
    with db.connect("loader", autocommit=True) as connection:
        start = time.perf_counter()
        file = archive.keep(arrival)
        archived = time.perf_counter()
        report = load_file(connection, definition, file, archive.path(file.sha256))
        loaded = time.perf_counter()
    print(
        json.dumps(
            {
                "archive_seconds": archived - start,
                "load_seconds": loaded - archived,
                "status": report.status,
                "loaded": report.records_loaded,
                "quarantined": report.records_quarantined,
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
