"""Files and folders of the embedded server: where it lives, who owns it, its record, lock and password."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import pwd
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import WarehouseError

FALLBACK_ROOT = Path("/var/lib/met-forward-warehouse")
MARKER = "met-forward-warehouse.txt"  # holds the state folder that the server belongs to
RECORD, PASSWORD, LOCK = "server.json", "admin_password", "server.lock"
UNSAFE_IN_PATHS = '"$`\\\n'  # initdb hands its paths to a shell, inside double quotes


@dataclass(frozen=True)
class OsUser:
    """The operating system's user that the server runs as."""

    uid: int
    gid: int
    name: str

    @property
    def spawn(self) -> dict[str, Any]:
        """Arguments for subprocess that make the child run as this user."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Make this user the owner of a file or folder that we made."""
        if self.uid != os.geteuid():
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


@dataclass(frozen=True)
class Home:
    """Folder of one server. The caller owns it; only `data` and `log` in it belong to the server's OS user."""

    folder: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.folder / "data"

    @property
    def log_file(self) -> Path:
        """What PostgreSQL has to say."""
        return self.folder / "log" / "postgres.log"

    @property
    def cluster_name(self) -> str:
        """Name in the title of every process of this server: how leftovers of a crash are recognised."""
        return f"warehouse-{_short_hash(self.data)}"


@contextmanager
def explained(action: str) -> Iterator[None]:
    """Turn an operating system's error into one line and a remedy."""
    try:
        yield
    except OSError as error:
        named = error.filename2 or error.filename
        where = f" ({named})" if named else ""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            remedy = "Free space on that disk and run the command again."
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            remedy = "Run as the user who owns the folder, or set WAREHOUSE_STATE_DIR to a folder of your own."
        else:
            remedy = "Mend or remove what the message names and run the command again."
        raise WarehouseError(f"Cannot {action}: {error.strerror or error}{where}.", remedy=remedy) from error


@contextmanager
def locked(state_dir: Path) -> Iterator[None]:
    """Hold the server's lock: one process at a time starts, stops or removes the server. Waits for its turn."""
    path = state_dir / LOCK
    while True:
        state_dir.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # `destroy` removes the folder: who waited for that lock file holds nothing and must queue again.
            if path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
                yield
                return


def server_user(data_dir: Path | None) -> OsUser:
    """Who the server runs as: the owner of existing data; else oneself, or for root WAREHOUSE_OS_USER or nobody."""
    uid = os.geteuid()
    owner = data_dir.stat().st_uid if data_dir and data_dir.exists() else None
    if uid and owner not in (None, uid):
        raise WarehouseError(
            f"The database in {data_dir} belongs to the OS user {user_name(owner or 0)}, not to you.",
            remedy="Run as the user who made it (root, if it was made by root).",
        )
    if uid or owner:
        known = owner or uid
        return OsUser(known, data_dir.stat().st_gid if data_dir and owner else os.getegid(), user_name(known))
    name = os.environ.get("WAREHOUSE_OS_USER") or "nobody"
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        entry = None
    if entry is None or entry.pw_uid == 0:
        raise WarehouseError(
            f"PostgreSQL does not run as root and cannot run as {name!r} here.",
            remedy="Set WAREHOUSE_OS_USER to an existing OS user other than root, or run as an ordinary user.",
        )
    return OsUser(entry.pw_uid, entry.pw_gid, name)


def user_name(uid: int) -> str:
    """Name of an OS user; its number where it has none (common in containers)."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def can_enter(user: OsUser, folder: Path) -> bool:
    """Whether that user reaches the folder through all its parents: tried, not computed, so that ACLs count."""
    command = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
    try:
        done = subprocess.run(command, cwd="/", capture_output=True, stdin=subprocess.DEVNULL, **user.spawn)
    except PermissionError as error:
        raise WarehouseError(
            f"PostgreSQL does not run as root, and root may not act as the OS user {user.name} here.",
            remedy="Run as an ordinary user, or set WAREHOUSE_URL to another PostgreSQL server.",
        ) from error
    return done.returncode == 0


def read_record(state_dir: Path) -> dict[str, Any]:
    """What was recorded at the last start: `folder` of the server and its `port`; empty before the first start."""
    path = state_dir / RECORD
    try:
        record: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise WarehouseError(f"{path} is damaged: {error}.", remedy="Remove that file; it is made again.") from error
    return record


def write_record(state_dir: Path, folder: Path, port: int) -> None:
    """Record where the server is, for later calls."""
    _replace(state_dir / RECORD, json.dumps({"folder": str(folder), "port": port}, indent=1), 0o644)


def find_home(state_dir: Path) -> Home | None:
    """The server's folder, made by an earlier start: as recorded, inside the state folder, or the fall-back."""
    recorded = read_record(state_dir).get("folder")
    inside = state_dir / "postgres"
    for folder in (Path(recorded) if recorded else inside, inside, _fallback(state_dir)):
        marker = folder / MARKER
        if not marker.exists():
            continue
        owner = Path(marker.read_text().strip())
        if folder == inside or owner == state_dir:
            return Home(folder)
        if str(folder) == recorded and owner.exists():
            raise WarehouseError(
                f"{state_dir} is a copy: the server that it records belongs to {owner}.",
                remedy=f"Remove {RECORD} and {PASSWORD} from {state_dir}; it then gets a server of its own.",
            )
        if str(folder) == recorded:  # the project was moved
            _replace(marker, f"{state_dir}\n", 0o644)
            return Home(folder)
    return None


def make_home(state_dir: Path, user: OsUser) -> Home:
    """A new folder for the server: inside the state folder, or the fall-back where `user` cannot reach that."""
    folder = state_dir / "postgres"
    is_self = user.uid == os.geteuid()
    unsafe = any(character in str(folder) for character in UNSAFE_IN_PATHS)
    if is_self and unsafe:
        raise WarehouseError(
            f"PostgreSQL cannot live below {state_dir}: the path has a quote, $, backtick, backslash or line break.",
            remedy="Rename that folder, or set WAREHOUSE_STATE_DIR to another.",
        )
    if not is_self and (unsafe or not can_enter(user, state_dir)):
        folder = _fallback(state_dir)
        _open_folder(FALLBACK_ROOT)
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise WarehouseError(
            f"{folder} is taken: something else is there, not this project's server.",
            remedy="Move it elsewhere, or set WAREHOUSE_STATE_DIR to another folder.",
        )
    _open_folder(folder)
    (folder / MARKER).write_text(f"{state_dir}\n")
    return Home(folder)


def remove_home(home: Home) -> None:
    """Remove the server's folder and, when it was the last one there, the common fall-back folder."""
    shutil.rmtree(home.folder)
    if home.folder.parent == FALLBACK_ROOT and not any(FALLBACK_ROOT.iterdir()):
        FALLBACK_ROOT.rmdir()


def make_password(state_dir: Path) -> str:
    """The administrator's password: the one kept, else a new one, in a file that only the caller can read."""
    path = state_dir / PASSWORD
    if not path.exists():
        _replace(path, secrets.token_urlsafe(32), 0o600)
    return path.read_text().strip()


def _replace(path: Path, text: str, mode: int) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
    draft.replace(path)


def _open_folder(folder: Path) -> None:
    # A strict umask must not shut the server's OS user out of a folder that we make for it.
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)


def _fallback(state_dir: Path) -> Path:
    project = re.sub(r"[^A-Za-z0-9._-]+", "-", state_dir.parent.name) or "warehouse"
    return FALLBACK_ROOT / f"{project}-{_short_hash(state_dir)}"


def _short_hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:8]
