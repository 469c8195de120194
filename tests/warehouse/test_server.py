"""The embedded server, with real servers in short-lived folders (none of the session's server is used here)."""

from __future__ import annotations

import multiprocessing
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from core.errors import WarehouseError
from core.server import files as server_files
from core.server import process as server_process
from core.server.embedded import EmbeddedServer, ServerInfo

REPO = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="only root needs the fall-back folder: NOT PROVEN in this run")
# Prints where the server is; takes the state folder.
START = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from core.server.embedded import EmbeddedServer
info = EmbeddedServer(Path(sys.argv[2])).start()
print(info.pid, info.port, info.os_user)
"""


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAREHOUSE_OS_USER", raising=False)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """One server for the tests that leave it able to start; below a folder at 0700, as pytest makes them."""
    server = EmbeddedServer(tmp_path_factory.mktemp("project") / ".warehouse")
    yield server
    server.destroy()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """A server that was never started."""
    server = EmbeddedServer(tmp_path / "fresh" / ".warehouse")
    yield server
    server.destroy()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every OS user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="mfw-open-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def ask(server: EmbeddedServer, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.admin_url(), autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def home_of(info: ServerInfo) -> server_files.Home:
    return server_files.Home(info.data_dir.parent)


def start_elsewhere(state_dir: Path, **options: object) -> subprocess.Popen[str]:
    """Start the server from another Python process whose output is captured."""
    command = [sys.executable, "-c", START, str(REPO), str(state_dir)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": "/"}
    return subprocess.Popen(command, **pipes, **options)  # type: ignore[call-overload]


def title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:  # a session's process may end while we look
        return ""


def become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


@contextmanager
def being(user: server_files.OsUser) -> Iterator[ProcessPoolExecutor]:
    """A process of another OS user. Forked, because that user may be unable to reach Python itself."""
    if not server_files.can_enter(user, REPO):
        pytest.skip("an ordinary user cannot reach this checkout: NOT PROVEN in this run")
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(1, mp_context=fork, initializer=become, initargs=(user.uid, user.gid)) as pool:
        yield pool


def test_first_start_gives_a_server_as_promised(shared: EmbeddedServer) -> None:
    shared.start()
    names = ("server_encoding", "TimeZone", "data_checksums", "fsync", "password_encryption", "wal_level")
    found = {name: ask(shared, f"show {name}")[0][0] for name in names}
    assert found == dict(zip(names, ("UTF8", "UTC", "on", "on", "scram-sha-256", "replica"), strict=True))
    assert ask(shared, "show listen_addresses") == [("127.0.0.1",)]
    assert ask(shared, "show unix_socket_directories") == [("",)]
    assert ask(shared, "select distinct auth_method from pg_hba_file_rules") == [("scram-sha-256",)]
    assert ask(shared, "select current_user::text") == [("warehouse_admin",)]
    assert ask(shared, "select upper('é')") == [("É",)]
    assert ask(shared, "select x from unnest(array['a','B','é','b']) x order by x") == [("B",), ("a",), ("b",), ("é",)]


def test_a_second_start_changes_nothing(shared: EmbeddedServer) -> None:
    first = shared.start()
    assert shared.start() == first == EmbeddedServer(shared.state_dir).start()


def test_data_and_port_survive_a_restart(shared: EmbeddedServer) -> None:
    before = shared.start()
    ask(shared, "create table kept as select 42 as answer")
    assert shared.stop() is True
    assert shared.is_running() is False
    assert shared.stop() is False
    stopped = shared.status()
    assert stopped is not None
    assert (stopped.pid, stopped.port) == (None, before.port)
    after = shared.start()
    assert after.port == before.port
    assert after.pid != before.pid
    assert ask(shared, "select answer from kept") == [(42,)]
    ask(shared, "drop table kept")


def test_a_crash_is_cleared_up_with_children_still_alive(
    shared: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = shared.start()
    ask(shared, "create table survivor as select 1 as one")
    main = psutil.Process(info.pid)
    (child,) = [child for child in main.children() if "checkpointer" in title(child)]
    child.suspend()  # so that it outlives its parent, and cannot heed a polite signal
    main.kill()
    monkeypatch.setattr(server_process, "CRASH_SECONDS", 0.2)
    assert server_process.wait(lambda: not shared.is_running(), 10)
    assert server_process.alive(child.pid)
    again = shared.start()
    assert again.pid != info.pid
    assert not server_process.alive(child.pid)
    assert ask(shared, "select one from survivor") == [(1,)]
    ask(shared, "drop table survivor")


def test_a_stale_pid_file_that_names_another_process_is_not_believed(shared: EmbeddedServer) -> None:
    info = shared.start()
    pid_file = info.data_dir / "postmaster.pid"
    text = pid_file.read_text()
    shared.stop()
    # The same OS user's process: PostgreSQL itself would take it for a running server and give up.
    user = server_files.server_user(info.data_dir)
    with subprocess.Popen(["sleep", "600"], **user.spawn) as stranger:
        try:
            pid_file.write_text(text.replace(str(info.pid), str(stranger.pid), 1))
            user.give(pid_file)
            assert shared.is_running() is False
            assert shared.stop() is False
            assert shared.start().pid != stranger.pid
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_taken_port_is_named(fresh: EmbeddedServer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(WarehouseError, match=str(port)) as error:
            EmbeddedServer(fresh.state_dir, port).start()
    assert "WAREHOUSE_PORT" in error.value.remedy
    assert fresh.is_running() is False


def test_a_recorded_port_taken_since_is_named(shared: EmbeddedServer) -> None:
    port = shared.start().port
    shared.stop()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(WarehouseError, match=str(port)):
            shared.start()
    assert shared.start().port == port


def test_another_port_is_refused_while_up_and_used_once_down(shared: EmbeddedServer) -> None:
    old = shared.start().port
    other = EmbeddedServer(shared.state_dir, server_process.free_port())
    with pytest.raises(WarehouseError, match=str(old)):
        other.start()
    shared.stop()
    assert other.start().port != old
    assert shared.start().port == other.start().port


def test_a_taken_folder_is_left_alone(open_folder: Path) -> None:
    precious = open_folder / "postgres" / "precious.txt"
    precious.parent.mkdir()
    precious.write_text("mine")
    server = EmbeddedServer(open_folder)
    with pytest.raises(WarehouseError, match="is taken") as error:
        server.start()
    assert str(precious.parent) in error.value.message
    server.destroy()
    assert precious.read_text() == "mine"


def test_data_of_another_version_is_refused(shared: EmbeddedServer) -> None:
    stamp = shared.start().data_dir / "PG_VERSION"
    shared.stop()
    ours = stamp.read_text()
    stamp.write_text("9\n")
    try:
        with pytest.raises(WarehouseError, match=f"version 9; the installed server is version {ours.strip()}"):
            shared.start()
    finally:
        stamp.write_text(ours)
    assert shared.start().pid


def test_two_starts_at_once_give_one_server(fresh: EmbeddedServer) -> None:
    starts = [start_elsewhere(fresh.state_dir) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in starts]
    assert [process.returncode for process in starts] == [0, 0], said
    assert said[0][0] == said[1][0]


def test_the_server_outlives_its_caller_and_holds_none_of_its_pipes(shared: EmbeddedServer) -> None:
    shared.start()
    shared.stop()
    # communicate() returns only when every holder of the pipes is gone: a server that kept one would hang it.
    out, err = start_elsewhere(shared.state_dir).communicate(timeout=60)
    pid = int(out.split()[0])
    info = shared.status()
    assert info is not None, err
    assert info.pid == pid
    assert os.getsid(pid) != os.getsid(0)
    assert psutil.Process(pid).terminal() is None


def test_the_password_is_private_and_needed(shared: EmbeddedServer, capfd: pytest.CaptureFixture[str]) -> None:
    info = shared.start()
    file = info.admin_password_file
    password = file.read_text().strip()
    assert (file.stat().st_mode & 0o777, file.stat().st_uid) == (0o600, os.geteuid())
    assert len(password) >= 32
    assert password in shared.admin_url()
    assert password not in repr(info) + repr(shared) + info.log_file.read_text() + "".join(capfd.readouterr())
    main = psutil.Process(info.pid)
    assert password not in " ".join(main.cmdline() + list(main.environ().values()))
    home = home_of(info)
    written = [path for path in home.folder.rglob("*") if path.is_file() and password.encode() in path.read_bytes()]
    assert written == []
    for wrong in ("", "guess"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host="127.0.0.1", port=info.port, user="warehouse_admin", password=wrong, dbname="postgres")


def test_a_lost_password_is_said(shared: EmbeddedServer) -> None:
    file = shared.start().admin_password_file
    shared.stop()
    kept = file.rename(file.with_name("kept"))
    try:
        with pytest.raises(WarehouseError, match=r"admin_password is missing"):
            shared.start()
    finally:
        kept.rename(file)


def test_a_failed_initdb_leaves_nothing_and_says_why(fresh: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setitem(server_process.SETTINGS, "shared_buffers", "nonsense")
        with pytest.raises(WarehouseError, match=r'initdb failed: LOG: +invalid value for .*"nonsense"') as error:
            fresh.start()
    assert "initdb.log" in error.value.remedy
    home = server_files.find_home(fresh.state_dir)
    assert home is not None
    assert not home.data.exists()
    (home.folder / "init-killed" / "data").mkdir(parents=True)  # what a killed one leaves
    assert fresh.start().pid
    assert list(home.folder.glob("init-*")) == []


def test_a_server_that_cannot_start_says_why(shared: EmbeddedServer) -> None:
    info = shared.start()
    shared.stop()
    settings = info.data_dir / "postgresql.conf"
    kept = settings.read_text()
    settings.write_text(kept + "\nno_such_setting = 1\n")
    try:
        with pytest.raises(WarehouseError, match=r'port \d+: LOG: .*"no_such_setting"') as error:
            shared.start()
    finally:
        settings.write_text(kept)
    assert str(info.log_file) in error.value.remedy
    assert shared.start().pid


def test_an_upgraded_wheel_is_copied_again(shared: EmbeddedServer) -> None:
    home = home_of(shared.start())
    shared.stop()
    current = next(home.folder.glob("pg-*"))
    old = current.rename(home.folder / "pg-0.0.1")
    shared.start()
    assert current.exists()
    assert not old.exists()
    assert list(current.rglob("include")) == []


def test_a_moved_project_keeps_its_data(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "before" / ".warehouse")
    server.start()
    ask(server, "create table moved as select 7 as number")
    server.stop()
    (tmp_path / "before").rename(tmp_path / "after")
    moved = EmbeddedServer(tmp_path / "after" / ".warehouse")
    try:
        moved.start()
        assert ask(moved, "select number from moved") == [(7,)]
    finally:
        moved.destroy()


def test_destroy_removes_everything(open_folder: Path) -> None:
    server = EmbeddedServer(open_folder / ".warehouse")
    info = server.start()
    assert info.data_dir.is_relative_to(open_folder)
    server.destroy()
    assert not psutil.pid_exists(info.pid or 0) or not server_process.alive(info.pid or 0)
    assert list(open_folder.iterdir()) == []
    assert server.status() is None
    with pytest.raises(WarehouseError, match="no database server"):
        server.admin_url()


def test_a_path_that_no_shell_may_see(open_folder: Path) -> None:
    server = EmbeddedServer(open_folder / "a $(touch pwned) b")
    if not IS_ROOT:
        with pytest.raises(WarehouseError, match="cannot live below"):
            server.start()
        return
    try:
        assert not server.start().data_dir.is_relative_to(open_folder)
    finally:
        server.destroy()


def test_a_path_with_spaces_and_letters(open_folder: Path) -> None:
    server = EmbeddedServer(open_folder / "café 'finance' & estates £")
    try:
        assert server.start().data_dir.is_relative_to(open_folder)
        assert ask(server, "select 1") == [(1,)]
    finally:
        server.destroy()


@needs_root
def test_root_falls_back_where_the_server_user_cannot_go(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(0o700)
    server = EmbeddedServer(closed / "met" / ".warehouse")
    try:
        info = server.start()
        assert info.data_dir.is_relative_to(server_files.FALLBACK_ROOT)
        assert info.data_dir.parent.name.startswith("met-")
        assert info.data_dir.owner() == info.os_user == "nobody"
        assert info.data_dir.stat().st_mode & 0o777 == 0o700
        assert closed.stat().st_mode & 0o777 == 0o700
        assert closed.owner() == "root"
        assert EmbeddedServer(server.state_dir).status() == info
        copy = shutil.copytree(closed / "met", closed / "copy")
        with pytest.raises(WarehouseError, match="is a copy"):
            EmbeddedServer(copy / ".warehouse").start()
        assert server.is_running()
    finally:
        server.destroy()
    assert not info.data_dir.parent.exists()
    assert not server.state_dir.exists()


@needs_root
@pytest.mark.parametrize("name", ["root", "no-such-user"])
def test_root_is_told_which_user_will_not_do(fresh: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("WAREHOUSE_OS_USER", name)
    with pytest.raises(WarehouseError, match=name) as error:
        fresh.start()
    assert "WAREHOUSE_OS_USER" in error.value.remedy


@needs_root
def test_an_ordinary_user_runs_it_as_himself(open_folder: Path) -> None:
    entry = next(entry for entry in pwd.getpwall() if entry.pw_name not in ("root", "nobody") and entry.pw_uid)
    user = server_files.OsUser(entry.pw_uid, entry.pw_gid, entry.pw_name)  # not the one that root would choose
    state_dir = open_folder / "his"
    state_dir.mkdir(0o700)
    user.give(state_dir)
    server = EmbeddedServer(state_dir)
    try:
        with being(user) as he:
            info = he.submit(server.start).result()
            assert he.submit(server.admin_url).result() == server.admin_url()
        assert info.os_user == user.name
        assert info.admin_password_file.owner() == user.name
        assert info.admin_password_file.stat().st_mode & 0o777 == 0o600
        assert info.data_dir == state_dir / "postgres" / "data"
        assert ask(server, "select 1") == [(1,)]
        # Root may look after it too: the server goes on as the owner of the data.
        assert server.stop() is True
        assert server.start().os_user == user.name
        with being(user) as he:
            assert he.submit(server.stop).result() is True
            assert he.submit(server.start).result().port == info.port
            he.submit(server.destroy).result()
        assert list(state_dir.iterdir()) == []
    finally:
        server.destroy()


@needs_root
def test_an_ordinary_user_is_told_whose_server_it_is(open_folder: Path) -> None:
    server = EmbeddedServer(open_folder / ".warehouse")
    try:
        server.start()
        server.stop()
        with (
            being(server_files.server_user(None)) as he,
            pytest.raises(WarehouseError, match="Permission denied") as error,
        ):
            he.submit(server.start).result()
        assert "Run as the user who owns the folder" in error.value.remedy
    finally:
        server.destroy()
