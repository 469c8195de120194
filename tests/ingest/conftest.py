"""An inbox of hand-made files, and a definition that a test may edit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from crime_files import DATASET, Inbox

from ingest.definition.dataset import DEFINITIONS, Dataset, load_definitions


@pytest.fixture
def inbox(warehouse: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Inbox:
    """An empty inbox that SOURCES points to, beside a fresh database."""
    inbox = Inbox(tmp_path / "inbox")
    inbox.folder.mkdir(parents=True)
    monkeypatch.setenv("SOURCES", str(inbox.root))
    return inbox


@pytest.fixture(scope="session")
def definition() -> Dataset:
    """The definition that ships."""
    return load_definitions()[DATASET]


@pytest.fixture
def edit_definition(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, str], None]:
    """Puts a changed copy of the shipped definition in force: `edit_definition(old text, new text)`."""
    shipped = (DEFINITIONS / f"{DATASET}.yml").read_text(encoding="utf-8")
    folder = tmp_path / "definitions"
    folder.mkdir()

    def edit(old: str, new: str) -> None:
        assert old in shipped
        (folder / f"{DATASET}.yml").write_text(shipped.replace(old, new, 1), encoding="utf-8")
        monkeypatch.setattr("ingest.definition.dataset.DEFINITIONS", folder)

    return edit
