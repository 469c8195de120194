"""Opening what lies in the inbox: whoever may write there must not make us read, wait for or copy anything else."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from core.visible import is_unusual, visible
from ingest.readers.base import FileRefused

LONGEST_SIDE_CAR = 1 << 16
MOST_HOLES = 1 << 20  # bytes that a file says it has and nobody wrote: no publication has any
PUT = "Put the file itself into the sources."


def open_plain(path: Path) -> BinaryIO:
    """The file, open for reading. FileRefused where it is a link, no regular file, or mostly hole; else OSError."""
    # Asked first: opening a device may do something.
    _check_kind(path.lstat())
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _check_kind(os.fstat(handle))
        _check_holes(handle)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def side_car_text(path: Path) -> str:
    """What a small file beside another says. FileNotFoundError where there is none, FileRefused where it is no text."""
    try:
        with open_plain(path) as file:
            content = file.read(LONGEST_SIDE_CAR + 1)
        if len(content) > LONGEST_SIDE_CAR:
            raise FileRefused(f"longer than {LONGEST_SIDE_CAR:,} bytes", PUT)
        return content.decode()
    except FileNotFoundError:
        raise
    except FileRefused as refusal:
        raise FileRefused(f"{visible(path.name)} beside it is {refusal.reason}", "Take it away.") from refusal
    except (OSError, UnicodeDecodeError) as error:
        raise FileRefused(f"{visible(path.name)} beside it cannot be read", "Take it away.") from error


def name_fault(name: str) -> FileRefused | None:
    """Why a file of this name is not read: a name is shown to people, on terminals too."""
    if not is_unusual(name):
        return None
    return FileRefused("its name holds characters that are not shown", "Give the file another name.")


def _check_kind(state: os.stat_result) -> None:
    if stat.S_ISLNK(state.st_mode):
        raise FileRefused("a link, and links are not followed", PUT)
    if stat.S_ISDIR(state.st_mode):
        raise FileRefused("a folder", PUT)
    if not stat.S_ISREG(state.st_mode):
        raise FileRefused("not a regular file", PUT)


def _check_holes(handle: int) -> None:
    size, at, holes = os.fstat(handle).st_size, 0, 0
    while at < size:
        try:
            data = os.lseek(handle, at, os.SEEK_DATA)
        except OSError:  # no data from here to the end
            data = size
        holes += data - at
        if holes > MOST_HOLES:
            raise FileRefused(f"its {size:,} bytes were never written whole: it is a sparse file", PUT)
        at = os.lseek(handle, data, os.SEEK_HOLE) if data < size else size
    os.lseek(handle, 0, os.SEEK_SET)
