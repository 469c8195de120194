"""Other loaders are measured in an environment of their own, which nothing but `make bench` needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks import others, others_one

ROOT = Path(__file__).parents[2]


def test_every_loader_of_the_table_is_one_that_the_process_knows() -> None:
    assert set(others.LOADERS) == set(others_one.LOADERS)


def test_the_process_needs_no_package_before_it_loads() -> None:
    """It runs where the project's own packages are not installed."""
    command = [sys.executable, "-S", "-c", "import benchmarks.others_one"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
