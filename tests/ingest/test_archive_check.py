"""The archive is held against its manifest: a bit, a file, a line that is not there."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from ingest.archive.store import Archive, ArchivedFile, Arrival
from ingest.archive.verify import verify_archive
from warehouse.cli.app import app


def kept(archive: Archive, folder: Path, name: str) -> ArchivedFile:
    path = folder / name
    path.write_bytes(name.encode())
    return archive.keep(Arrival(path, name, "dataset", "none", is_generated=False))


def test_every_kind_of_damage_is_named(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    whole, changed, gone = (kept(archive, tmp_path, name) for name in ("whole.csv", "changed.csv", "gone.csv"))
    assert verify_archive(archive).faults == []

    archive.path(changed.sha256).chmod(0o644)
    archive.path(changed.sha256).write_bytes(b"changed,csv")
    archive.path(gone.sha256).unlink()
    stray = "0" * 64
    archive.path(stray).parent.mkdir(exist_ok=True)
    archive.path(stray).write_bytes(b"?")

    found = verify_archive(archive)
    assert found.files == 3
    assert [fault.partition(":")[0] for fault in found.faults] == [
        f"changed.csv ({changed.sha256})",
        f"gone.csv ({gone.sha256})",
        stray,
    ]
    assert whole.sha256 not in str(found.faults)


def test_the_command_says_what_is_wrong_and_fails(warehouse: str, tmp_path: Path) -> None:
    from core.settings import settings

    archive = Archive(settings().archive_dir)
    entry = kept(archive, tmp_path, "a.csv")
    good = CliRunner().invoke(app, ["archive", "verify"])
    assert (good.exit_code, "1 files, 5 bytes, 0 versions of the code: nothing wrong." in good.output) == (0, True)

    archive.path(entry.sha256).unlink()
    bad = CliRunner().invoke(app, ["archive", "verify"])
    assert bad.exit_code == 1
    assert "a.csv" in bad.output
    assert "Restore these from a backup" in bad.output
