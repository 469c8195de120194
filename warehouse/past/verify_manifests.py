"""Whether an exported mart and the manifests are what was published: from files alone, no database is asked."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import WarehouseError
from core.visible import visible
from warehouse.publish.manifest import NULL, manifest_path

RESTORE = "Compare with a backup of the archive: it holds the manifests as they were written."
SHORTEST = 12  # characters of a hash that somebody noted down
CHANGED = "The file was changed after it was exported: export it again."


def verify_chain(folder: Path, noted: str | None = None, key: Path | None = None) -> list[int]:
    """The numbers of the manifests in a folder. WarehouseError at the first that does not follow the one before it.

    Nothing follows the last one. Where somebody has noted the hash of one, or its start, they are held against it;
    with a public key, each against its signature.
    """
    paths = sorted(folder.glob("[0-9]*.json"))
    if not paths:
        raise WarehouseError(f"{folder} holds no manifest.", remedy="Name the folder `publications` of an archive.")
    for before, path in pairwise(paths):
        content, wanted = _read(path), hash_of(before)
        if content["publication"] != _read(before)["publication"] + 1:
            raise WarehouseError(f"Between {before.name} and {path.name} there is no manifest.", remedy=RESTORE)
        if content["before"] != wanted:
            raise WarehouseError(
                f"{before.name} is not the manifest that {path.name} follows: one of them was changed.", remedy=RESTORE
            )
    if noted is not None and not (
        len(noted) >= SHORTEST and any(hash_of(path).startswith(noted.lower()) for path in paths)
    ):
        raise WarehouseError(
            f"No manifest has the hash {visible(noted)}: it has gone, or was changed after that was noted.",
            remedy=RESTORE,
        )
    if key is not None:
        from warehouse.publish.signature import unsigned

        if told := unsigned(paths, key):
            raise WarehouseError(f"{'; '.join(told)}.", remedy=RESTORE)
    return [_read(path)["publication"] for path in paths]


def hash_of(manifest: Path) -> str:
    """What the next manifest says of this one."""
    return hashlib.sha256(manifest.read_bytes()).hexdigest()


def verify_export(path: Path, folder: Path) -> tuple[str, int, int]:
    """Mart, publication and rows of an exported Parquet file. WarehouseError where it is not what was published."""
    verify_chain(folder)
    with pq.ParquetFile(path) as file:
        said = {key.decode(): value.decode() for key, value in (file.schema_arrow.metadata or {}).items()}
        if not {"mart", "publication"} <= said.keys():
            raise WarehouseError(
                f"{path} does not say which mart it is.", remedy="`warehouse export` writes files that do."
            )
        mart, number = said["mart"], int(said["publication"])
        manifest = manifest_path(number, folder)
        listed = {each["mart"]: each for each in _read(manifest)["marts"]} if manifest.exists() else {}
        if mart not in listed:
            raise WarehouseError(
                f"No manifest in {folder} knows {mart} of publication {number}.", remedy="Name the folder it came with."
            )
        wanted = listed[mart]
        names = [column["name"] for column in wanted["columns"]]
        if file.schema_arrow.names != names:
            raise WarehouseError(f"{path} has other columns than {mart} in publication {number}.", remedy=CHANGED)
        hashes = sorted(each for batch in file.iter_batches() for each in _hashes(batch))
    found = hashlib.sha256(b"".join(hashes)).hexdigest()
    if found != wanted["sha256"]:
        raise WarehouseError(
            f"{path} is not {mart} as publication {number} had it: {len(hashes):,} rows of {wanted['rows']:,}, "
            f"sha256 {found[:12]}, {wanted['sha256'][:12]} was published.",
            remedy=CHANGED,
        )
    return mart, number, len(hashes)


def _hashes(batch: pa.RecordBatch) -> list[bytes]:
    columns = [[_text(value) for value in column.to_pylist()] for column in batch.columns]
    return [hashlib.sha256("".join(row).encode()).digest() for row in zip(*columns, strict=True)]


def _text(value: Any) -> str:
    if value is None:
        return NULL
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, Decimal):
        text = format(value.normalize() + 0, "f")
    elif isinstance(value, date):
        text = value.isoformat()
    else:
        text = str(value)
    return f"{len(text.encode())}:{text}"


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise WarehouseError(f"{path.name} is no manifest any more: {error}.", remedy=RESTORE) from error
    return content
