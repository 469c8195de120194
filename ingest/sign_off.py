"""A named person's sign-off of a file: `<file>.signoff.yml` beside it, `audit.sign_off` once the file is landed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import psycopg
import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from ingest.archive.plain_file import side_car_text
from ingest.archive.store import ArchivedFile
from ingest.readers.base import FileRefused

SUFFIX = ".signoff.yml"

Words = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x08\x0b-\x1f]+$", strip_whitespace=True)]
FullName = Annotated[
    str, StringConstraints(pattern=r"^\s*[^\s\x00-\x1f]+\s+[^\s\x00-\x1f][^\x00-\x1f]*$", strip_whitespace=True)
]


class SignOff(BaseModel):
    """Who answers for the figures of a file, since when and in which words. `sha256` says which bytes were signed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: FullName
    role: Words
    date: date
    statement: Words
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def side_car(path: Path) -> Path:
    """Where the sign-off of a file stands."""
    return path.with_name(path.name + SUFFIX)


def as_yaml(sign_off: SignOff) -> str:
    """The sign-off as its file holds it."""
    text: str = yaml.safe_dump(sign_off.model_dump(), sort_keys=False, allow_unicode=True)
    return text


def read_sign_off(path: Path, sha256: str, dataset: str) -> SignOff:
    """The sign-off beside the file. FileRefused where there is none, where it is broken, or of other bytes."""
    remedy = f'Sign it: warehouse intake add {dataset} <file> --signed-by "First Last" --role "Role".'
    try:
        sign_off = SignOff.model_validate(yaml.safe_load(side_car_text(side_car(path))))
    except FileNotFoundError as error:
        raise FileRefused("nobody has signed it", remedy) from error
    except (yaml.YAMLError, ValidationError, RecursionError) as error:
        raise FileRefused(f"the sign-off beside it cannot be used: {_first_fault(error)}", remedy) from error
    if sign_off.sha256 != sha256:
        raise FileRefused(f"{sign_off.name} signed another state of it: it was changed after that", remedy)
    return sign_off


def record_sign_off(connection: psycopg.Connection, file: ArchivedFile, sign_off: SignOff) -> None:
    """Keep who signed the archived file; the first sign-off of the same bytes stands."""
    connection.execute(
        "insert into audit.sign_off (dataset, sha256, name, role, signed_on, statement) "
        "values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
        [file.dataset, file.sha256, sign_off.name, sign_off.role, sign_off.date, sign_off.statement],
    )


def recorded_sign_off(connection: psycopg.Connection, file: ArchivedFile) -> SignOff | None:
    """The sign-off that was kept with the archived file."""
    row = connection.execute(
        "select name, role, signed_on, statement, sha256 from audit.sign_off where (dataset, sha256) = (%s, %s)",
        [file.dataset, file.sha256],
    ).fetchone()
    return SignOff(**dict(zip(SignOff.model_fields, row, strict=True))) if row else None


def _first_fault(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc'])) or 'content'}: {first['msg']}"
    return " ".join(str(error).split())
