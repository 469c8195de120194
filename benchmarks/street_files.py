"""Street-level crime files of any length, generated: twelve columns, month after month, as published."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Literal

from ingest.definition.dataset import Dataset, load_definitions

Spoiling = Literal["none", "few", "all"]

DEFINITION = Path(__file__).parent / "definitions"
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
FORCE = "Metropolitan Police Service"
PLACES = [f"On or near {name} {kind}" for name in ("Fleet", "Rams", "Hatch", "Tower") for kind in ("Street", "Grove")]
TYPES = ("Anti-social behaviour", "Burglary", "Drugs", "Other theft", "Vehicle crime", "Violence and sexual offences")
OUTCOMES = ("Investigation complete; no suspect identified", "Status update unavailable", "Unable to prosecute suspect")
ROWS_A_MONTH = 100_000  # about what London has
ONE_IN = 1000  # lines of a file with few bad ones


def street_definition() -> Dataset:
    """The definition of such files, which the ingest reads them by."""
    return load_definitions(DEFINITION)["bench_street"]


def write_street_file(path: Path, rows: int, spoilt: Spoiling = "none") -> int:
    """Write a file of so many rows; its size in bytes.

    `few` puts a month that is none into one line of a thousand; `all` a space in front of every cell of text, which is
    good but nothing that PostgreSQL would read as we do.
    """
    chance = random.Random(rows)  # noqa: S311 (nothing secret)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(HEADER + "\n")
        for number in range(rows):
            months = number // ROWS_A_MONTH
            month = f"{2014 + months // 12}-{months % 12 + 1:02d}"
            if spoilt == "few" and number % ONE_IN == ONE_IN - 1:
                month = month[:5] + "13"
            file.write(_line(chance, month, " " if spoilt == "all" else ""))
    return path.stat().st_size


def _line(chance: random.Random, month: str, lead: str) -> str:
    kind = TYPES[int(chance.random() * len(TYPES))]
    is_crime = kind != TYPES[0]
    area = int(chance.random() * 4800)
    return ",".join(
        (
            f"{chance.getrandbits(256):064x}" if is_crime else "",
            month,
            lead + FORCE,
            lead + FORCE,
            f"{chance.random() - 0.5:.6f}",
            f"{51.3 + chance.random() * 0.4:.6f}",
            lead + PLACES[int(chance.random() * len(PLACES))],
            f"E0100{area:04d}",
            f"Camden {area % 60:03d}{'ABCDEF'[area % 6]}",
            kind,
            OUTCOMES[int(chance.random() * len(OUTCOMES))] if is_crime else "",
            "\n",
        )
    )
