"""Zips in the inbox: each member that a dataset asks for is a file of its own, read from where it lies."""

from __future__ import annotations

import io
import struct
import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import IO

from core.visible import visible
from ingest.archive.plain_file import name_fault, open_plain
from ingest.readers.base import FETCH_AGAIN, FileRefused
from ingest.readers.workbooks.file import DAMAGED

MOST_MEMBERS = 1000
MOST_TIMES = 200  # how much larger than packed: text packs to a tenth, a bomb to a thousandth
SMALL = 1 << 18  # packed bytes that may unpack to MOST_TIMES as many, whatever they are
LONGEST_LIST = 4 << 20  # bytes of the zip's own list of members, which is read whole: some 40,000 of them
LONGEST_NAME = 200
END = struct.Struct("<4s4H2LH")  # the record at a zip's end; its sixth value is the list's length
UNPACK = "Unpack it by hand, look at what is in it, and put the files themselves into the sources."


def members(path: Path) -> list[zipfile.ZipInfo]:
    """What the zip says of its files. FileRefused where it is no zip that can be read, or lists too many."""
    try:
        with open_plain(path) as file:
            if _list_length(file) > LONGEST_LIST:
                raise FileRefused("its list of members is longer than that of any publication", UNPACK)
            with zipfile.ZipFile(file) as packed:
                return [each for each in packed.infolist() if not each.is_dir()]
    except (NotImplementedError, *DAMAGED) as error:
        raise FileRefused(f"no zip that can be read: {error}", FETCH_AGAIN) from error


def check_wanted(path: Path, wanted: Sequence[zipfile.ZipInfo]) -> None:
    """FileRefused where no member is wanted, or too many, or they unpack to more than such a zip honestly holds."""
    if not wanted:
        raise FileRefused("no file in it is the dataset's", "See whether it lies in the right folder of the sources.")
    if len(wanted) > MOST_MEMBERS:
        raise FileRefused(f"it holds {len(wanted):,} files, more than {MOST_MEMBERS:,}", UNPACK)
    unpacked, size = sum(each.file_size for each in wanted), path.stat().st_size
    if unpacked > MOST_TIMES * max(size, SMALL):
        raise FileRefused(f"its {size:,} bytes unpack to {unpacked:,}, more than any publication's", UNPACK)


def fault_of(member: zipfile.ZipInfo, names: Counter[str]) -> FileRefused | None:
    """Why a member is not read; `names` counts those of the zip."""
    name, inside = member.filename, path_in_zip(member)
    if inside.is_absolute() or ".." in inside.parts or ":" in inside.parts[0][:2]:
        return FileRefused("its name leads out of the zip", UNPACK)
    if name_fault(name) or len(name) > LONGEST_NAME:
        return FileRefused("its name is no name of a file", UNPACK)
    if inside.suffix.lower() == ".zip":
        return FileRefused("a zip within a zip is not opened", UNPACK)
    if names[name] > 1:
        return FileRefused(f"{names[name]} members of the zip have this name", UNPACK)
    if member.flag_bits & 0x1:
        return FileRefused("it is encrypted", UNPACK)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return FileRefused(f"it is packed by method {member.compress_type}, which is not read", UNPACK)
    if member.file_size > MOST_TIMES * max(member.compress_size, SMALL):
        return FileRefused(f"its {member.compress_size:,} bytes unpack to {member.file_size:,}", UNPACK)
    return None


def path_in_zip(member: zipfile.ZipInfo) -> PurePosixPath:
    """The member's path; some programs write it with backslashes."""
    return PurePosixPath(member.filename.replace("\\", "/"))


def printable(member: zipfile.ZipInfo) -> str:
    """The member's path for a message, whatever characters and however many it has."""
    return visible(str(path_in_zip(member)))[:LONGEST_NAME]


class OpenMember(io.RawIOBase):
    """A member's bytes, unpacked as they are asked for: never more than the zip says it has."""

    def __init__(self, path: Path, member: zipfile.ZipInfo) -> None:
        self._file = open_plain(path)
        self._zip = zipfile.ZipFile(self._file)
        self._packed: IO[bytes] | None = None
        self._member = member

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            self._packed = self._packed or self._zip.open(self._member)
            piece = self._packed.read(len(buffer))
        except (NotImplementedError, *DAMAGED) as error:
            raise FileRefused(f"it cannot be unpacked: {error}", FETCH_AGAIN) from error
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._zip.close()
        self._file.close()
        super().close()


def _list_length(file: IO[bytes]) -> int:
    """Bytes of the list of members as the end of the file says, 0 where it is no zip's."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - END.size - 0xFFFF))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    return int(END.unpack_from(tail, at)[5]) if 0 <= at <= len(tail) - END.size else 0
