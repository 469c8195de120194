"""The build's bookkeeping, over dbt projects small enough to read here."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import psycopg
import pytest

from core.errors import WarehouseError
from warehouse.refresh import dbt_build
from warehouse.refresh.dbt_build import build

DAY = date(2024, 12, 1)
SOURCES = "sources: []\n"
GOOD = "select 1 as number union all select 2"
PROJECT = """
name: small
version: "1.0"
profile: met_forward
seed-paths: [../seeds]
flags: {send_anonymous_usage_stats: false}
vars: {schema_prefix: ""}
seeds: {small: {+schema: seed}}
models: {small: {+schema: candidate, +materialized: table}}
"""
Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def small(admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Write:
    """Puts a project of the given files in the shipped one's place, and a refresh `r` to build it for."""
    folder = tmp_path / "dbt_project"
    shipped = dbt_build.DBT_PROJECT

    def write(files: dict[str, str]) -> Path:
        for name, text in {"dbt_project.yml": PROJECT, "models/staging/_sources.yml": SOURCES, **files}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        shutil.copy(shipped / "profiles.yml", folder)
        (folder / "macros").mkdir(exist_ok=True)
        shutil.copy(shipped / "macros" / "generate_schema_name.sql", folder / "macros")
        monkeypatch.setattr(dbt_build, "DBT_PROJECT", folder)
        return folder

    admin.execute(
        "insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status) "
        "values ('r', '2024-12-01', 'code', 'input', 'running')"
    )
    return write


def outcomes(admin: psycopg.Connection) -> dict[str, tuple]:
    """Every recorded check by name."""
    rows = admin.execute(
        "select check_name, outcome, severity, kind, owner, failing_rows, table_name, remedy from audit.check_result"
    )
    return {row[0]: row[1:] for row in rows}


def test_failing_test_fails_the_build_and_keeps_its_rows(admin: psycopg.Connection, small: Write) -> None:
    small(
        {
            "models/numbers.sql": GOOD,
            "models/after.sql": "select * from {{ ref('numbers') }}",
            "tests/no_even.sql": (
                "{{ config(meta={'owner': 'the finance team', 'remedy': 'Count again.', 'kind': 'review'}) }}"
                "select number, 'so it is' as why from {{ ref('numbers') }} where number % 2 = 0"
            ),
            "tests/no_odd.sql": "{{ config(severity='warn') }} select * from {{ ref('after') }} where number % 2 = 1",
            "tests/positive.sql": "select * from {{ ref('numbers') }} where number <= 0",
        }
    )
    result = build("r", DAY)
    assert not result.passed
    assert [(failure.node, failure.message) for failure in result.failures] == [
        ("no_even", "1 failing rows in numbers; first: number 2, why so it is")
    ]
    assert outcomes(admin) == {
        "no_even": ("failed", "fail", "review", "the finance team", 1, "numbers", "Count again."),
        "no_odd": ("not_evaluated", "warn", "integrity", "data engineer", None, "after", outcomes(admin)["no_odd"][6]),
        "positive": ("passed", "fail", "integrity", "data engineer", 0, "numbers", None),
    }
    nodes = dict(admin.execute("select node, status from audit.node_result").fetchall())
    assert nodes["model.small.numbers"] == "success"
    assert nodes["model.small.after"] == "skipped"


def test_warning_is_recorded_and_stops_nothing(
    admin: psycopg.Connection, small: Write, capfd: pytest.CaptureFixture[str]
) -> None:
    small(
        {
            "models/numbers.sql": GOOD,
            "tests/no_odd.sql": "{{ config(severity='warn') }} select * from {{ ref('numbers') }} where number % 2 = 1",
        }
    )
    before = dict(os.environ), Path.cwd()
    result = build("r", DAY)
    assert result.passed, result.failures
    assert result.failures == []
    assert outcomes(admin)["no_odd"][:5] == ("failed", "warn", "integrity", "data engineer", 1)
    assert (dict(os.environ), Path.cwd()) == before
    assert capfd.readouterr().out == ""


def test_broken_model_is_told_in_one_line_and_mended_by_a_second_run(admin: psycopg.Connection, small: Write) -> None:
    folder = small({"models/numbers.sql": "select 1 / 0 as number", "models/retired.sql": GOOD})
    result = build("r", DAY)
    assert not result.passed
    assert result.failures[0].node == "numbers"
    assert "division by zero" in result.failures[0].message
    assert "\n" not in result.failures[0].message

    (folder / "models" / "numbers.sql").write_text(GOOD)
    (folder / "models" / "retired.sql").unlink()
    assert build("r", DAY).passed
    statuses = admin.execute("select status, message from audit.node_result where node = 'model.small.numbers'")
    assert statuses.fetchall() == [("success", None)]
    tables = admin.execute("select tablename from pg_tables where schemaname = 'candidate'").fetchall()
    assert tables == [("numbers",)]  # a retired model's table is not published for ever


def test_prefix_builds_beside(admin: psycopg.Connection, small: Write) -> None:
    small({"models/numbers.sql": GOOD})
    assert build("r", DAY).passed
    before = admin.execute("select 'candidate.numbers'::regclass::oid").fetchone()
    assert build("r", DAY, "again_").passed
    assert admin.execute("select 'candidate.numbers'::regclass::oid").fetchone() == before
    assert admin.execute("select count(*) from again_candidate.numbers").fetchone() == (2,)


def test_project_that_does_not_parse_has_not_passed(admin: psycopg.Connection, small: Write) -> None:
    small({"models/numbers.sql": "select * from {{ ref('nowhere') }}"})
    result = build("r", DAY)
    assert not result.passed
    assert result.failures[0].node == "dbt"
    assert "nowhere" in result.failures[0].message
    recorded = admin.execute("select node, status from audit.node_result").fetchall()
    assert recorded == [("dbt", "error")]


def test_project_that_builds_nothing_has_not_passed(small: Write) -> None:
    small({"tests/lonely.sql": "select 1 where false"})
    result = build("r", DAY)
    assert not result.passed
    assert "no model" in result.failures[0].message


def test_seeds_are_loaded_again_only_when_they_changed(admin: psycopg.Connection, small: Write) -> None:
    folder = small(
        {
            "models/numbers.sql": "select * from {{ ref('digits') }}",
            "../seeds/digits.csv": "number\n1\n",
            "../seeds/_seeds.yml": "seeds: [{name: digits, columns: [{name: number, data_tests: [unique]}]}]",
        }
    )

    def seeds_built() -> bool:
        admin.execute("delete from audit.node_result")
        assert build("r", DAY).passed
        return admin.execute("select 1 from audit.node_result where node = 'seed.small.digits'").fetchone() is not None

    assert seeds_built()
    assert not seeds_built()
    (folder.parent / "seeds" / "digits.csv").write_text("number\n1\n2\n")
    assert seeds_built()
    assert admin.execute("select count(*) from candidate.numbers").fetchone() == (2,)

    # A seed that failed its test is not what the next build may rest on.
    (folder.parent / "seeds" / "digits.csv").write_text("number\n2\n2\n")
    assert not build("r", DAY).passed
    assert not build("r", DAY).passed


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("1,one\n2,two\n", None),
        ("1,one\n1,two\n", "Key (number)=(1) is duplicated"),
        ("1,one\n2,\n", 'column "order" of relation "digits" contains null values'),
    ],
)
def test_a_seed_must_keep_its_constraints(admin: psycopg.Connection, small: Write, rows: str, said: str | None) -> None:
    macros = ("seed_constraints.sql", "load_csv_rows.sql")
    columns = (
        "[{name: number, constraints: [{type: not_null}, {type: unique}]}, {name: order, constraints: "
        "[{type: not_null}]}]"
    )
    small(
        {
            "dbt_project.yml": PROJECT.replace("seed}}", "seed, +post-hook: '{{ seed_constraints() }}'}}"),
            "models/numbers.sql": "select * from {{ ref('digits') }}",
            "../seeds/digits.csv": f"number,order\n{rows}",
            "../seeds/_seeds.yml": f"seeds: [{{name: digits, columns: {columns}}}]",
            **{f"macros/{name}": (dbt_build.DBT_PROJECT / "macros" / name).read_text() for name in macros},
        }
    )
    for _ in range(2):
        result = build("r", DAY)
        assert result.passed == (said is None), result.failures
        assert [said in failure.message for failure in result.failures if said] == [True] * bool(said)
    if not said:
        found = admin.execute('select number, "order" from candidate.numbers order by 1').fetchall()
        assert found == [(1, "one"), (2, "two")]


def test_missing_raw_table_is_named(small: Write) -> None:
    small({"models/staging/_sources.yml": "sources: [{name: raw, tables: [{name: nowhere}]}]"})
    with pytest.raises(WarehouseError, match=r"raw\.nowhere.*Run the ingest"):
        build("r", DAY)
