"""What stands in the layers between raw and marts: which refresh made them, and what of it a night may keep."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg
from psycopg import sql

LAYERS = ("workings", "compiled", "staging", "intermediate", "candidate", "candidate_restricted")
# Seeds and the tests of nothing but seeds, by dbt's paths: the same files give the same outcome every night.
CONSTANT_PATHS = ("../seeds", "tests/papers", "tests/reference")
CONSTANT_CODE = (*CONSTANT_PATHS, "tests/generic", "macros", "dbt_project.yml")
BUSINESS_DATE = "business_date()"
STANDS_FOR = """
    select this.input_hash = before.input_hash and this.code_version = before.code_version
    from audit.refresh as this, audit.refresh as before
    where this.refresh_id = %s and before.refresh_id = %s and this.business_date <> before.business_date
"""


def constant_fingerprint(project: Path) -> str:
    """Names the content of the seeds and of all that tests them."""
    digest = hashlib.sha256()
    for part in CONSTANT_CODE:
        root = (project / part).resolve()
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            if path.is_file():
                digest.update(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()} ".encode())
    return f"Papers and reference data, tested: {digest.hexdigest()[:16]}"


def note(connection: psycopg.Connection, schema: str, text: str | None) -> None:
    """Write on a schema what stands in it; None wipes the note."""
    statement = sql.SQL("comment on schema {} is {}")
    connection.execute(statement.format(sql.Identifier(schema), sql.Literal(text)))


def noted(connection: psycopg.Connection, schema: str) -> str | None:
    """What was noted on a schema; None where there is no note, or no schema."""
    row = connection.execute(
        "select obj_description(to_regnamespace(quote_ident(%s)), 'pg_namespace')", [schema]
    ).fetchone()
    return row[0] if row else None


def drop(connection: psycopg.Connection, schemas: list[str]) -> None:
    """Drop the schemas with all they hold, where they exist."""
    for schema in schemas:
        connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))


def still_stand(connection: psycopg.Connection, refresh_id: str, candidate: str) -> bool:
    """Whether the layers were built whole from this refresh's batches by this refresh's code, for another day."""
    before = noted(connection, candidate)
    row = connection.execute(STANDS_FOR, [refresh_id, before]).fetchone() if before else None
    return bool(row and row[0])


def forget(connection: psycopg.Connection, schema_prefix: str = "") -> None:
    """Have the next build make every layer from nothing."""
    if noted(connection, f"{schema_prefix}candidate"):
        note(connection, f"{schema_prefix}candidate", None)


def dated_models(project: Path) -> list[str]:
    """The models that ask for the business date: all that a night without new batches or code has to build again."""
    return sorted(path.stem for path in (project / "models").rglob("*.sql") if BUSINESS_DATE in path.read_text())
