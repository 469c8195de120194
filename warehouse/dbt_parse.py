"""The first parse of the dbt project, in a process of its own: it takes as long as everything that is taken in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from warehouse.settings import settings


@contextmanager
def parsed_beside() -> Iterator[None]:
    """Parse in the background where no parse is kept yet; the build goes on from it, or parses again if it failed."""
    if (settings().dbt_target_dir / "target" / "partial_parse.msgpack").exists():
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
    from warehouse.dbt_build import parse

    parse()
