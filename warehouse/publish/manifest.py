"""A publication's manifest: a file beside the archive that says what was published, and the hash of the one before it.

Whoever has the manifests can tell an exported mart that was changed, and a manifest that was, without a database:
MANIFEST.md beside this module says how.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from core.private import private_folder
from core.settings import settings
from warehouse.publish.mart_catalogue import mart_name, published_tables

FORM = 1
NULL = "-"
PUBLICATION = """
    select p.publication_id, p.published_at::text, p.business_date::text, p.code_version, p.refresh_id
    from audit.publication as p
    order by p.publication_id desc
    limit 1
"""
BATCHES = """
    select b.dataset, i.vintage, b.batch_id, b.sha256
    from audit.refresh_input as i
    inner join audit.batch as b using (batch_id)
    where i.refresh_id = %s
    order by b.dataset, i.vintage_order
"""
MARTS = """
    select schema_name, mart, column_names, row_count, checksum
    from audit.publication_mart
    where publication_id = %s and not is_retired
    order by schema_name, mart
"""


def folder(archive: Path | None = None) -> Path:
    """Where the manifests lie, beside this archive or another one."""
    return (archive or settings().archive_dir) / "publications"


def manifest_path(number: int, at: Path | None = None) -> Path:
    """The file of one publication."""
    return (at or folder()) / f"{number:06}.json"


def write_manifest(connection: psycopg.Connection) -> None:
    """Write the manifest of the last publication, where there is none: its marts are those that stand. And sign it."""
    row = connection.execute(PUBLICATION).fetchone()
    if row is None:
        return
    if not manifest_path(row[0]).exists():
        _write_of(connection, row)
    if key := settings().signing_key:
        from warehouse.publish.signature import sign  # most deployments have no key

        sign(manifest_path(row[0]), key)


def _write_of(connection: psycopg.Connection, row: tuple[Any, ...]) -> None:
    number, published_at, business_date, code_version, refresh_id = row
    before = manifest_path(number - 1)
    known = {each["mart"]: each for each in _read(before)["marts"]} if before.exists() else {}
    content = {
        "form": FORM,
        "publication": number,
        "published_at": published_at,
        "business_date": business_date,
        "code": code_version,
        "batches": [
            dict(zip(("dataset", "vintage", "batch", "sha256"), each, strict=True))
            for each in connection.execute(BATCHES, [refresh_id])
        ],
        "marts": [_mart(connection, known, *each) for each in connection.execute(MARTS, [number]).fetchall()],
        "before": hashlib.sha256(before.read_bytes()).hexdigest() if before.exists() else None,
    }
    _write(manifest_path(number), json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _mart(
    connection: psycopg.Connection,
    known: dict[str, dict[str, Any]],
    schema: str,
    table: str,
    columns: list[str],
    rows: int,
    checksum: str,
) -> dict[str, Any]:
    mart = mart_name(schema, table)
    types = {column.name: column.sql_type for column in published_tables(connection)[mart].columns}
    described = [{"name": name, "type": types[name]} for name in columns]
    same = {"mart": mart, "columns": described, "rows": rows, "checksum": checksum}
    last = known.get(mart, {})
    if all(last.get(name) == value for name, value in same.items()):
        return last
    return {**same, "sha256": fingerprint(connection, sql.Identifier(schema, table), types, columns)}


def fingerprint(connection: psycopg.Connection, rows: sql.Composable, types: dict[str, str], columns: list[str]) -> str:
    """SHA-256 over the sorted SHA-256 of the rows; a row is its values, each as `length:text`, `-` where it is null."""
    value = "coalesce(octet_length({0}) || ':' || {0}, '-')"
    texts = sql.SQL(" || ").join(
        sql.SQL(value).format(
            sql.SQL("trim_scale({})::text" if types[name] == "numeric" else "{}::text").format(sql.Identifier(name))
        )
        for name in columns
    )
    row = connection.execute(
        sql.SQL(
            "select encode(sha256(coalesce(string_agg(h, ''::bytea order by h), ''::bytea)), 'hex') "
            "from (select sha256(convert_to({}, 'UTF8')) as h from {} as t) as hashed"
        ).format(texts, rows)
    ).fetchone()
    assert row is not None, "an aggregate returns a row"
    return str(row[0])


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _write(path: Path, text: str) -> None:
    private_folder(path.parent)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.chmod(0o400)
    draft.replace(path)
