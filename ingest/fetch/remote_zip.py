"""One member of a zip that stays where it is: only its directory and the member's own bytes are asked for."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import httpx

from ingest.fetch.errors import FetchFailed, TryLater
from ingest.fetch.http import LOOK, Publisher
from ingest.fetch.notes import Note, read_note, write_note

BLOCK = 1 << 18  # bytes a request: a directory of thousands of members takes a few
MOST_TIMES = 200  # how much larger than its packed bytes a member may be: text packs to a tenth, a bomb to a thousandth


def fetch_member(publisher: Publisher, address: str, member: str, path: Path) -> bool:
    """Unpack the member to the path; False where the zip is the one that it came from before. Else FetchFailed."""
    return publisher.ask(address, lambda: _fetch_once(publisher, address, member, path))


def _fetch_once(publisher: Publisher, address: str, member: str, path: Path) -> bool:
    part = path.with_name(f".{path.name}.part")
    try:
        remote = RangeFile(publisher, address)
        known = read_note(path) if path.exists() else None
        if known and remote.etag and known.etag == remote.etag:
            return False
        with zipfile.ZipFile(io.BufferedReader(remote, BLOCK)) as archive:
            info = archive.getinfo(member)
            if info.file_size > publisher.largest or info.file_size > MOST_TIMES * max(info.compress_size, BLOCK):
                raise FetchFailed(
                    f"{address}: its member {member} unpacks to {info.file_size:,} bytes, more than any that is read.",
                    remedy="See whether it is what it should be; if so, raise fetch.largest_mb in the definition.",
                )
            with archive.open(info) as packed, part.open("wb") as file:
                while block := packed.read(BLOCK):
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
        write_note(path, Note(address, remote.etag, None))
        return True
    except KeyError as error:
        raise FetchFailed(f"{address}: has no member {member}.", remedy=LOOK) from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise FetchFailed(f"{address}: no zip that can be read: {error}.", remedy=LOOK) from error
    finally:
        part.unlink(missing_ok=True)


class RangeFile(io.RawIOBase):
    """A remote file that is read where it is asked for. FetchFailed where the server cannot give pieces of it."""

    def __init__(self, publisher: Publisher, address: str) -> None:
        self._publisher, self._address, self._at = publisher, address, 0
        self._same: str | None = None
        self.etag: str | None = None
        self._size = self._piece(0, 0)[1]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._at >= self._size:
            return 0
        piece, _ = self._piece(self._at, min(self._at + len(buffer), self._size) - 1)
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def _piece(self, first: int, last: int) -> tuple[bytes, int]:
        """These bytes, and how many the file has. TryLater where it is no longer the file that it was."""
        with self._publisher.get(self._address, {"Range": f"bytes={first}-{last}"}) as response:
            if response.status_code != httpx.codes.PARTIAL_CONTENT:
                raise FetchFailed(f"{self._address}: gives no pieces of the file, only all of it.", remedy=LOOK)
            same = f"{response.headers.get('ETag')} {response.headers.get('Content-Range', '').rpartition('/')[2]}"
            if self._same not in (None, same):
                raise TryLater("the file changed between two pieces of it")
            piece = b"".join(self._publisher.blocks(response))
        if len(piece) != last - first + 1:
            raise TryLater("a piece has another length than was asked for")
        self._same, self.etag = same, response.headers.get("ETag")
        size = same.rpartition(" ")[2]
        if not size.isdigit():
            raise FetchFailed(f"{self._address}: does not say how large the file is.", remedy=LOOK)
        return piece, int(size)
