"""Raw tables and audit.dataset follow the definitions, and only where something differs."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from crime_files import DATASET, Inbox, table

from core import db
from core.errors import WarehouseError
from ingest.definition.dataset import Dataset, FieldRule
from ingest.load.raw_table import record_definitions

SNAPSHOT = "select xmin::text, * from audit.dataset"


def test_the_table_is_there_with_comments_even_before_a_file_comes(inbox: Inbox, admin: psycopg.Connection) -> None:
    inbox.ingest()

    columns = admin.execute(
        "select attname::text, format_type(atttypid, atttypmod), col_description(attrelid, attnum) is not null "
        "from pg_attribute where attrelid = 'raw.mps_borough_crime'::regclass and attnum > 0 order by attnum"
    ).fetchall()
    assert columns == [
        ("area_name", "text", True),
        ("offence_group", "text", True),
        ("offence_subgroup", "text", True),
        ("month", "date", True),
        ("offence_count", "integer", True),
        ("_batch_id", "text", True),
        ("_row_number", "bigint", True),
        ("_source_column", "text", True),
    ]
    for role in ("transformer", "auditor"):
        with db.connect(role) as reader:
            assert reader.execute("select count(*) from raw.mps_borough_crime").fetchone() == (0,)


def test_audit_dataset_is_written_when_something_differs_and_only_then(
    inbox: Inbox, admin: psycopg.Connection, edit_definition: Callable[[str, str], None]
) -> None:
    inbox.ingest()
    first = admin.execute(SNAPSHOT).fetchall()
    inbox.ingest()
    assert admin.execute(SNAPSHOT).fetchall() == first

    edit_definition("expected_every_days: 31", "expected_every_days: 40")
    inbox.ingest()
    changed = admin.execute("select expected_every_days from audit.dataset where dataset = %s", [DATASET]).fetchall()
    assert changed == [(40,)]
    assert admin.execute(SNAPSHOT).fetchall() != first


def test_a_new_field_becomes_a_column_and_rows_that_were_there_stay(
    inbox: Inbox, admin: psycopg.Connection, definition: Dataset
) -> None:
    inbox.ingest_one("a.csv", table("borough_major_minor"))

    ward = FieldRule(name="ward", type="text", required=False, description="Ward")
    with db.connect("loader") as connection:
        record_definitions(connection, [definition.model_copy(update={"fields": (*definition.fields, ward)})])

    assert admin.execute("select count(*), count(ward) from raw.mps_borough_crime").fetchone() == (6, 0)


def test_another_type_for_a_column_is_refused_with_the_key(inbox: Inbox, definition: Dataset) -> None:
    inbox.ingest()
    fields = [
        rule.model_copy(update={"type": "date"}) if rule.name == "offence_group" else rule for rule in definition.fields
    ]

    with db.connect("loader") as connection, pytest.raises(WarehouseError) as caught:
        record_definitions(connection, [definition.model_copy(update={"fields": tuple(fields)})])

    assert caught.value.message == (
        "Definition mps_borough_crime.yml, key fields.offence_group: type date, "
        "but raw.mps_borough_crime holds it as text."
    )
