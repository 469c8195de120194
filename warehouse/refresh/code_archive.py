"""The code that decides the figures: its version by content, and an archived copy that a rebuild runs again."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import tarfile
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

from core.errors import WarehouseError
from core.private import private_folder
from core.server.files import explained
from core.settings import PROJECT_DIR, settings

# What decides the figures: the same content here and the same batches give the same marts.
PARTS = (
    "dbt_project",
    "seeds",
    "quality_checks",
    "ingest/definitions",
    "warehouse/disclosure",
    "warehouse/refresh/ocds_merge_rules.yml",
    "requirements/requirements.lock",
)

STRAY = (".DS_Store", "~", ".swp", ".orig", ".rej", ".bak", ".tmp")
WORK = {"__pycache__", "target", "logs", "dbt_packages"}  # what programs make beside the code


def code_version(project: Path | None = None) -> str:
    """Twelve hex digits over the content of everything that decides the figures, in this project or another copy."""
    project = project or PROJECT_DIR
    return _hash(project, _files(project))


def code_commit(project: Path | None = None) -> str | None:
    """The commit that is checked out, with + where files that decide the figures were changed; None without git."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}

    def git(*arguments: str) -> str:
        # Found on the PATH, as `make` finds it; whoever works there meanwhile is not kept waiting.
        command = ["git", "--no-optional-locks", "-C", str(project or PROJECT_DIR), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()

    try:
        return git("rev-parse", "--short=12", "HEAD") + ("+" if git("status", "--porcelain", "--", *PARTS) else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _hash(project: Path, files: list[Path]) -> str:
    """Names and content, in this order. Publications are known by it: another rule needs another form of version."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(project)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def archive_code() -> str:
    """Keep the code as it is now beside the archived publications, once a version; returns that version.

    WarehouseError where the disk does not take it.
    """
    version = code_version()
    target = archived(version)
    with explained("keep the code in the archive"):
        if not target.exists():
            private_folder(archived_folder())
            _pack(target)
    return version


def _pack(target: Path) -> None:
    draft = target.with_suffix(f".{os.getpid()}")
    try:
        # Without times and owners: the same code gives the same bytes.
        with gzip.GzipFile(draft, "wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as bundle:
            for path in _files(PROJECT_DIR):
                entry = tarfile.TarInfo(str(path.relative_to(PROJECT_DIR)))
                entry.size = path.stat().st_size
                with path.open("rb") as content:
                    bundle.addfile(entry, content)
        draft.chmod(0o400)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)  # a full disk is not helped by half a copy


def unpack_code(version: str, folder: Path) -> None:
    """Put the archived code of a version into an empty folder. WarehouseError where it is not there, or not whole."""
    source = archived(version)
    if not source.exists():
        raise WarehouseError(
            f"The code {version} is not in the archive: there is no {source}.",
            remedy="Restore the archive from a backup, or check out the commit that had this version.",
        )
    if _unpacked(source, folder) != version:
        raise WarehouseError(f"{source} does not hold the code {version}.", remedy="Restore it from a backup.")


def _unpacked(source: Path, folder: Path) -> str:
    """Unpack an archived version into an empty folder; the version that its content makes."""
    with tarfile.open(source) as bundle:
        bundle.extractall(folder, filter="data")
        # In the order in which they were packed: what decides the figures, and from where, has changed since then.
        return _hash(folder, [folder / name for name in bundle.getnames()])


def archived(version: str) -> Path:
    """Where the code of that version is kept, or would be."""
    return archived_folder() / f"{version}.tar.gz"


def archived_folder(archive: Path | None = None) -> Path:
    """Where the code of every version is kept, in this archive or another one."""
    return (archive or settings().archive_dir) / "code"


def code_faults(archive: Path | None = None) -> tuple[int, list[str]]:
    """How many versions of the code an archive keeps, and a line for each that is not what its name says."""
    kept, faults = sorted(archived_folder(archive).glob("*.tar.gz")), []
    for path in kept:
        version = path.name.removesuffix(".tar.gz")
        try:
            with TemporaryDirectory() as folder:
                found = _unpacked(path, Path(folder))
        except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
            faults.append(f"code {version}: cannot be read: {error}")
            continue
        if found != version:
            faults.append(f"code {version}: other code than was kept, now {found}")
    return len(kept), faults


def _files(project: Path) -> list[Path]:
    found: list[Path] = []
    for part in PARTS:
        root = project / part
        found += [root] if root.is_file() else sorted(path for path in root.rglob("*") if _decides(path, root))
    return found


def _decides(path: Path, root: Path) -> bool:
    """Whether figures or their descriptions may depend on the file: a README or what an editor left decides nothing."""
    is_stray = path.name.endswith(STRAY) or WORK & set(path.relative_to(root).parts)
    return path.is_file() and path.name != "README.md" and not is_stray
