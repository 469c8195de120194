"""Folders that hold people's or unpublished figures: their owner's alone, whatever the umask."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def private_folder(folder: Path) -> Path:
    """The folder, made where it is not there, which nobody else may enter."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        with suppress(PermissionError):  # on a mount that is somebody else's, that one decides
            folder.chmod(0o700)
    return folder
