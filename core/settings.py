"""Every setting of the deployment, read from the environment in one place."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.address import whole
from core.errors import WarehouseError

PROJECT_DIR = Path(__file__).resolve().parent.parent
GENERATED_SOURCES = PROJECT_DIR / "ingest" / "generated"


@dataclass(frozen=True)
class Settings:
    """What a deployment may set; every field's environment variable is named in the README."""

    state_dir: Path
    work_dir: Path
    database: str
    database_url: str | None
    airflow_database_url: str | None
    port: int | None
    sources: str | None
    force_code: str
    business_date: date | None
    required_feeds: dict[str, int | None]
    take_over: bool
    notify: tuple[str, ...]
    drop: Path | None
    lineage: str | None
    signing_key: Path | None

    @property
    def archive_dir(self) -> Path:
        """Folder of the published bytes, named by their hash."""
        return self.work_dir / "archive"

    @property
    def intake_dir(self) -> Path:
        """Folder of the files that `warehouse intake add` took, each with its sign-off."""
        return self.work_dir / "intake"

    @property
    def drop_dir(self) -> Path:
        """Folder that people put filled-in workbooks of the intake into, and find the answers in."""
        return self.drop or self.work_dir / "drop"

    @property
    def fetched_dir(self) -> Path:
        """Inbox of the files that were fetched from their publishers, each with a note beside it."""
        return self.work_dir / "fetched"

    @property
    def report_dir(self) -> Path:
        """Where the morning page of the standing publication lies."""
        return self.work_dir / "report"

    @property
    def pictures_dir(self) -> Path:
        """Pictures of the morning page by what they were drawn from."""
        return self.work_dir / "pictures"

    @property
    def airflow_dir(self) -> Path:
        """AIRFLOW_HOME: configuration and logs, nothing that needs a backup."""
        return self.work_dir / "airflow"

    @property
    def dbt_target_dir(self) -> Path:
        """Where dbt keeps its compiled project and its partial parse."""
        return self.work_dir / "dbt"


def settings() -> Settings:
    """Read the settings now; tests and commands may change the environment between calls."""
    env = os.environ
    state_dir = Path(env.get("WAREHOUSE_STATE_DIR") or PROJECT_DIR / ".warehouse").absolute()
    return Settings(
        state_dir=state_dir,
        work_dir=Path(env.get("WAREHOUSE_WORK_DIR") or state_dir).absolute(),
        database=env.get("WAREHOUSE_DATABASE") or "warehouse",
        database_url=_address("WAREHOUSE_URL"),
        airflow_database_url=_address("AIRFLOW_DATABASE_URL"),
        port=_whole_number("WAREHOUSE_PORT"),
        sources=env.get("SOURCES") or None,
        force_code=env.get("WAREHOUSE_FORCE") or "metropolitan",
        business_date=_iso_date("BUSINESS_DATE"),
        required_feeds=_days_by_name("REQUIRED_FEEDS"),
        take_over=env.get("WAREHOUSE_TAKE_OVER") == "yes",
        notify=tuple((env.get("WAREHOUSE_NOTIFY") or "").split()),
        drop=Path(env["WAREHOUSE_DROP"]).absolute() if env.get("WAREHOUSE_DROP") else None,
        lineage=env.get("WAREHOUSE_LINEAGE") or None,
        signing_key=Path(env["WAREHOUSE_SIGNING_KEY"]).absolute() if env.get("WAREHOUSE_SIGNING_KEY") else None,
    )


def _address(name: str) -> str | None:
    text = os.environ.get(name)
    return whole(name, text) if text else None


def _whole_number(name: str) -> int | None:
    text = os.environ.get(name)
    if not text:
        return None
    if not text.isdigit():
        raise WarehouseError(f"{name}={text!r} is not a whole number.", remedy=f"Set {name} to a number or unset it.")
    return int(text)


def _days_by_name(name: str) -> dict[str, int | None]:
    """`police_grant, mps_borough_crime=45`: names, each with the days it may be old, or None where it does not say."""
    found: dict[str, int | None] = {}
    for part in filter(None, (os.environ.get(name) or "").replace(" ", "").split(",")):
        feed, has_days, days = part.partition("=")
        if has_days and not days.isdigit():
            raise WarehouseError(
                f"{name}: {part!r} does not end in a number of days.", remedy=f"Write {feed}=<days>, or {feed} alone."
            )
        found[feed] = int(days) if has_days else None
    return found


def _iso_date(name: str) -> date | None:
    text = os.environ.get(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WarehouseError(f"{name}={text!r} is not a date.", remedy=f"Write {name} as YYYY-MM-DD.") from None
