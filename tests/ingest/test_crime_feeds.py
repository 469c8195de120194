"""The feeds beside and below the borough through the pipeline: vintages, coverage, accounts."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from ingest.pipeline import ingest_dataset
from warehouse.checks.gate import verify_pending

ACCOUNT = (
    "select vintage, layout, coverage, status, records_read::int, records_loaded::int, records_quarantined::int, "
    "records_skipped::int from audit.batch where dataset = %s order by vintage, layout"
)


def land(admin: psycopg.Connection, dataset: str) -> list[tuple]:
    """The account of every batch of the dataset, once its contract has judged it."""
    ingest_dataset(dataset)
    verify_pending(dataset)
    return admin.execute(ACCOUNT, [dataset]).fetchall()


def test_street_level_files_are_named_by_month_and_force(warehouse: str, admin: psycopg.Connection) -> None:
    assert [row[:4] for row in land(admin, "police_uk_street")] == [
        ("2023-12-metropolitan", "street", "partial", "accepted"),
        ("2024-01-city-of-london", "street", "full", "accepted"),
        ("2024-01-metropolitan", "street", "full", "accepted"),
        ("2024-02-metropolitan", "street", "full", "accepted"),
    ]
    [rows] = admin.execute(
        "select count(*) - count(distinct r.crime_id) filter (where r.crime_id <> '') from raw.police_uk_street as r "
        "inner join audit.batch as b on b.batch_id = r._batch_id where b.vintage = '2024-01-metropolitan'"
    ).fetchall()
    assert rows == (14,)  # anti-social behaviour has no id, and every row of it is kept


def test_lookups_are_five_tables_and_leave_out_repeated_rows(warehouse: str, admin: psycopg.Connection) -> None:
    assert land(admin, "lookups") == [
        ("2011-03", "lsoa_2011_to_borough", "full", "accepted", 4, 2, 0, 2),
        ("2016-12", "local_authority_2016_to_force_area", "full", "accepted", 5, 5, 0, 0),
        ("2021-12", "local_authority_2021_to_force_area", "full", "accepted", 3, 3, 0, 0),
        ("2023-12", "ward_2023_to_local_authority", "full", "accepted", 3, 3, 0, 0),
        ("2023-12.2", "ward_2023_to_local_authority_renamed", "full", "accepted", 3, 3, 0, 0),
        ("2025-05", "lsoa_2021_to_ward_2025", "full", "accepted", 2, 2, 0, 0),
    ]


@pytest.mark.parametrize(
    ("dataset", "vintages"),
    [
        ("mps_ward_crime", ["2023-08", "2025-03"]),
        ("mps_lsoa_crime", ["2025-04"]),
        ("police_uk_outcomes", ["2024-02-metropolitan"]),
        ("police_uk_stop_and_search", ["2024-01-city-of-london", "2024-07-metropolitan"]),
    ],
)
def test_generated_extracts_are_accepted(
    warehouse: str, admin: psycopg.Connection, dataset: str, vintages: list[str]
) -> None:
    assert [(row[0], row[3]) for row in land(admin, dataset)] == [(vintage, "accepted") for vintage in vintages]


@pytest.mark.real
@pytest.mark.parametrize(
    ("dataset", "accounts"),
    [
        (
            "mps_ward_crime",
            [("2023-08", "full", 563976, 563976, 0, 0), ("2025-03", "full", 429624, 429624, 0, 0)],
        ),
        ("mps_lsoa_crime", [("2025-04", "partial", 192, 192, 0, 0)]),
        (
            "police_uk_street",
            [
                ("2010-12-metropolitan", "partial", 7897, 7897, 0, 0),
                ("2018-04-city-of-london", "full", 663, 663, 0, 0),
                ("2018-12-city-of-london", "full", 760, 760, 0, 0),
                ("2019-01-metropolitan", "partial", 7478, 7478, 0, 0),
                ("2019-08-city-of-london", "full", 901, 901, 0, 0),
                ("2020-04-city-of-london", "full", 236, 236, 0, 0),
                ("2024-04-metropolitan", "partial", 4215, 4215, 0, 0),
            ],
        ),
        (
            "police_uk_outcomes",
            [
                ("2019-05-metropolitan", "partial", 111, 111, 0, 0),
                ("2024-04-metropolitan", "partial", 2534, 2534, 0, 0),
            ],
        ),
        (
            "police_uk_stop_and_search",
            [
                ("2018-04-city-of-london", "full", 110, 110, 0, 0),
                ("2018-07-metropolitan", "full", 9588, 9588, 0, 0),
            ],
        ),
        (
            "lookups",
            [
                ("2011-03", "full", 19340, 4835, 0, 14505),
                ("2016-12", "full", 348, 348, 0, 0),
                ("2023-12", "full", 8441, 8441, 0, 0),
                ("2025-05", "full", 35672, 35672, 0, 0),
            ],
        ),
    ],
)
def test_real_files_are_loaded_whole(
    warehouse: str,
    admin: psycopg.Connection,
    real_data: Path,
    monkeypatch: pytest.MonkeyPatch,
    dataset: str,
    accounts: list[tuple],
) -> None:
    monkeypatch.setenv("SOURCES", str(real_data))

    found = land(admin, dataset)
    assert {row[3] for row in found} == {"accepted"}
    assert [(row[0], row[2], *row[4:]) for row in found] == accounts
