"""The generated extracts that ship are what the generator writes, and every known header has one."""

from __future__ import annotations

from core.settings import GENERATED_SOURCES
from ingest.definition.dataset import load_definitions
from ingest.extracts.generate import extracts


def test_shipped_extracts_are_what_the_generator_writes_byte_for_byte() -> None:
    made = dict(extracts())

    shipped = {path: path.read_bytes() for path in GENERATED_SOURCES.glob("*/*/**/*") if path.is_file()}
    assert shipped == made


def test_they_are_small_and_say_by_their_name_what_they_are() -> None:
    made = dict(extracts())

    assert all("GENERATED" in path.name for path in made)
    assert sum(map(len, made.values())) < 1_100_000


def test_every_layout_of_every_definition_has_an_extract() -> None:
    names = [path.name.replace("-", "_").replace(".", "_") for path, _ in extracts()]

    for definition in load_definitions().values():
        for layout in definition.layouts:
            assert any(f"_{layout.name}_" in name for name in names), layout.name
