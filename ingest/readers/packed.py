"""Files that were published packed with gzip: a reader sees what is in them, the archive keeps them as they were."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.readers.base import FETCH_AGAIN, FileRefused, Item

MAGIC = b"\x1f\x8b"
LARGEST_UNPACKED = 4 << 30  # bytes; a small file may unpack to anything
BLOCK = 1 << 20


class Unpacked:
    """What a gzip file holds, as a file of its own for as long as this object lives."""

    def __init__(self, path: Path) -> None:
        self._folder = TemporaryDirectory(prefix="unpacked_")
        self.path = Path(self._folder.name) / "content"
        size = 0
        try:
            with gzip.open(path) as packed, self.path.open("wb") as content:
                while block := packed.read(BLOCK):
                    size += len(block)
                    if size > LARGEST_UNPACKED:
                        raise FileRefused(
                            f"the file unpacks to more than {LARGEST_UNPACKED:,} bytes",
                            "See whether the file is what it should be; if so, raise the limit in "
                            "ingest/readers/packed.py.",
                        )
                    content.write(block)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise FileRefused(f"the file is a damaged gzip: {error}", FETCH_AGAIN) from error

    def kept_for(self, items: Iterator[Item]) -> Iterator[Item]:
        """The items, with the unpacked file there until the last of them is taken."""
        yield from items
        self._folder.cleanup()


def is_packed(path: Path) -> bool:
    """Whether the file is packed with gzip, by its first bytes."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC
