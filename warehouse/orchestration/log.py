"""Where Airflow's words go while a person looks at the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner

from core.private import private_folder
from core.settings import settings


def log_folder() -> Path:
    """The folder of Airflow's logs."""
    return settings().airflow_dir / "logs"


def log_file() -> Path:
    """What Airflow said to the commands that ran it within their own process."""
    return log_folder() / "run.log"


@contextmanager
def kept_apart() -> Iterator[Console]:
    """Send all that this process and its children print to the log; yields a console on the terminal as it was."""
    private_folder(log_folder())
    _flush()
    kept = {number: os.dup(number) for number in (1, 2)}
    encoding = sys.stdout.encoding
    with (
        log_file().open("a") as log,
        os.fdopen(os.dup(1), "w", encoding=encoding, errors="replace") as terminal,
    ):
        try:
            for number in kept:
                os.dup2(log.fileno(), number)
            yield Console(file=terminal)
        finally:
            _flush()
            for number, original in kept.items():
                os.dup2(original, number)
                os.close(original)


def waiting(terminal: Console, text: str) -> Live:
    """A spinner on the terminal. Unlike `terminal.status` it does not draw the process's output there again."""
    spinner = Spinner("dots", text)
    return Live(spinner, console=terminal, transient=True, redirect_stdout=False, redirect_stderr=False)


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
