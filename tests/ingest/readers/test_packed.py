"""What is packed with gzip is read as if it lay there unpacked; what is damaged is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from reading import read

from ingest.definition.dataset import Dataset, load_definitions

CSV = b"date,force_name,officers\n2020-03-01,Kent,3800.5\n2020-03-01,Surrey,1995\n"
PACKED = gzip.compress(CSV, mtime=0)


@pytest.fixture(scope="module")
def definition() -> Dataset:
    return load_definitions()["home_office_workforce_open_data"]


def test_a_packed_file_gives_what_is_in_it(tmp_path: Path, definition: Dataset) -> None:
    packed = read(tmp_path / "0a1b", PACKED, definition)

    assert packed.records == read(tmp_path / "0c1d", CSV, definition).records
    assert (packed.layout, packed.records_read) == ("officers_reheaded", 2)
    assert not list(Path(tmp_path).glob("unpacked_*"))


@pytest.mark.parametrize("content", [PACKED[:-12], PACKED[:20] + b"xxxx" + PACKED[24:], PACKED[:-8] + b"12345678"])
def test_a_damaged_file_is_refused(tmp_path: Path, definition: Dataset, content: bytes) -> None:
    refusal = read(tmp_path / "0a1b", content, definition).refusal

    assert refusal
    assert refusal.reason.startswith("the file is a damaged gzip: ")
