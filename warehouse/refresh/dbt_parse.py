"""The first parse of the dbt project, in a process of its own: it takes as long as everything that is taken in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.private import private_folder
from core.settings import PROJECT_DIR, settings
from warehouse.refresh.code_archive import code_version

PARSE, CODE = "partial_parse.msgpack", "parsed_code"


def keep_parse_of_this_code(target: Path, root: Path) -> bool:
    """Whether a parse of the code below `root` is kept in dbt's target folder; one of other code is thrown away.

    dbt's own account of what has changed misses entries that moved from one file to another.
    """
    version = code_version(root)
    noted = target / CODE
    if not noted.exists() or noted.read_text() != version:
        (target / PARSE).unlink(missing_ok=True)
        private_folder(target)
        noted.write_text(version)
    return (target / PARSE).exists()


@contextmanager
def parsed_beside() -> Iterator[None]:
    """Parse in the background where no parse is kept yet; the build goes on from it, or parses again if it failed."""
    if keep_parse_of_this_code(settings().dbt_target_dir / "target", PROJECT_DIR):
        yield
        return
    parsing = subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        parsing.kill()
        parsing.wait()


if __name__ == "__main__":
    from warehouse.refresh.dbt_build import parse

    parse()
