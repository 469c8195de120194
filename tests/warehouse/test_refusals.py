"""A refusal stands, and is told, until a good file of its period and kind came or a named person has settled it."""

from __future__ import annotations

import psycopg
import pytest
from typer.testing import CliRunner

from core import db
from core.errors import WarehouseError
from warehouse.cli.app import app

DATASET = """
    insert into audit.dataset (dataset, domain, title, publisher, licence, expected_every_days, definition_hash)
    values ('d', 'crime', 'A dataset', 'P', 'OGL', 31000, 'h');
"""
SECRET = 'crime/d/x1.csv, line 1: the header is not known: new "secret \\"words\\" 1"'


def batch(admin: psycopg.Connection, batch_id: str, status: str, month: int | None, **more: str | None) -> None:
    """A batch of its own file, decided now; by the reader where it has no month."""
    name = more.get("name") or f"crime/d/{batch_id}.csv"
    admin.execute(
        "insert into audit.source_file (dataset, sha256, bytes, name, address, fetched_at, licence, is_generated) "
        "values ('d', %s, 1, %s, 'x', clock_timestamp(), 'OGL', false)",
        [batch_id, name],
    )
    admin.execute(
        "insert into audit.batch (batch_id, dataset, sha256, definition_hash, vintage, period_start, period_end, "
        "label, layout, is_generated, status, reason, remedy, decided_at) values (%(id)s, 'd', %(id)s, 'h', %(id)s, "
        "make_date(2024, %(month)s, 1), make_date(2024, %(month)s, 1), %(label)s, %(layout)s, false, %(status)s, "
        "%(reason)s, 'Ask P.', clock_timestamp())",
        {"id": batch_id, "status": status, "month": month, "label": more.get("label"),
         "layout": "known" if month else None, "reason": more.get("reason")},
    )  # fmt: skip


def standing(admin: psycopg.Connection) -> set[str]:
    return {row[0] for row in admin.execute("select coalesce(batch_id, file_name) from audit.standing_refusal")}


def freshness() -> tuple:
    with db.connect("bi_reader") as reader:
        row = reader.execute("select status, refused_files, coalesce(status_reason, '') from marts.data_freshness")
        return row.fetchone() or ()


def say(*arguments: str) -> str:
    said = CliRunner().invoke(app, list(arguments))
    if isinstance(said.exception, WarehouseError):
        raise said.exception
    return said.stdout


def test_a_refusal_stands_until_something_settles_it(warehouse: str, admin: psycopg.Connection) -> None:
    admin.execute(DATASET)
    batch(admin, "r1", "refused", 1, label="city", reason="crime/d/r1.csv, row 7: 12 is above 5")
    batch(admin, "x1", "refused", None, reason=SECRET)
    batch(admin, "x2", "refused", None, reason=SECRET.replace("x1", "x2").replace("words", "thing"))
    admin.execute(
        "insert into audit.arrival (dataset, name, state, reason, remedy) "
        "values ('d', 'crime/d/link.csv', 'unread', 'crime/d/link.csv: a link.', 'Put the file.')"
    )
    # What settles none of them: another period, another force of the month, another name.
    batch(admin, "a1", "accepted", 2, label="city")
    batch(admin, "a2", "accepted", 1, label="gwent")

    assert standing(admin) == {"r1", "x1", "x2", "crime/d/link.csv"}
    status, files, reason = freshness()
    assert (status, files) == ("failing", 4)
    assert "4 files refused since" in reason
    admin.execute("update audit.batch set decided_at = decided_at + interval '1 hour' where batch_id = 'x1'")
    _, _, reason = freshness()
    assert 'the header is not known: new "…"' in reason and "words" not in reason and "secret" not in reason
    said = say("checks", "failing")
    assert "4 files are refused, and nothing has settled that." in said
    assert "and 1 more like it" in said and "also crime/d/x2.csv" in said, "those that are alike are one"
    assert 'warehouse dismiss x1 --by "First Last"' in said and "secret" in said, "who mends it sees all of it"
    assert "d 4 files refused since" in say("status")

    batch(admin, "a3", "accepted", 1, label="city")
    batch(admin, "a4", "accepted", 3, name="crime/d/x2.csv")
    admin.execute("insert into audit.arrival (dataset, name, state) values ('d', 'crime/d/link.csv', 'gone')")
    assert standing(admin) == {"x1"}
    assert freshness()[:2] == ("failing", 1)

    for person, why in (("Ada", "a reason"), ("Ada Smith", " ")):
        with pytest.raises(WarehouseError, match="A decision needs a person and a reason"):
            say("dismiss", "x1", "--by", person, "--reason", why)
    with pytest.raises(WarehouseError, match="0 refusals that stand"):
        say("dismiss", "a1", "--by", "Ada Smith", "--reason", "no such file")
    assert "Settled: crime/d/x1.csv; 0 refusals stand." in say(
        "dismiss", "x1", "--by", "Ada Smith", "--reason", "It was of another feed"
    )
    assert standing(admin) == set()
    assert freshness()[:2] == ("fresh", 0)
    assert "No check fails." in say("checks", "failing")
    assert admin.execute("select name, reason from audit.decision where kind = 'dismiss'").fetchall() == [
        ("Ada Smith", "It was of another feed")
    ]
    admin.execute(DATASET.replace("'d'", "'quiet'") + "update audit.dataset set is_restricted = dataset = 'quiet'")
    quiet = admin.execute("select status, status_reason from marts.data_freshness where dataset = 'quiet'").fetchone()
    assert quiet == ("no_feed", None), "nothing was withdrawn of what never came"


def test_a_warning_of_any_file_in_force_is_told_once_and_a_model_that_fails_is_named(
    warehouse: str, admin: psycopg.Connection
) -> None:
    admin.execute(DATASET)
    for batch_id, month in (("a1", 1), ("a2", 2), ("a3", 3)):
        batch(admin, batch_id, "accepted", month)
    check = (
        "insert into audit.check_result (run_id, run_kind, tool, table_name, check_name, kind, severity, owner, "
        "outcome, message) values (%s, 'batch', 'soda', 'd', 'd.repeats', 'source', 'warn', 'P', %s, %s)"
    )
    admin.execute(check, ["a1", "failed", "12 of 13 rows repeat"])
    admin.execute(check, ["a2", "failed", "3 of 13 rows repeat"])
    admin.execute(check, ["a3", "failed", "judged before it was mended"])
    admin.execute(check, ["a3", "passed", None])
    admin.execute(
        "insert into audit.refresh (refresh_id, business_date, code_version, input_hash, status) "
        "values ('f', '2024-01-31', 'c', 'i', 'failed');"
        "insert into audit.node_result (refresh_id, node, resource_type, status, seconds, message) values "
        "('f', 'model.warehouse.int_crime__rates', 'model', 'error', 1, 'division by zero'), "
        "('f', 'model.warehouse.good', 'model', 'success', 1, null)"
    )
    said = say("checks", "failing")
    assert "2 checks fail: 1 stop their batch or the publication, 1 warn" in said
    assert "fail int_crime__rates (model, data engineer)" in said and "division by zero" in said
    assert said.count("d.repeats") == 1 and "3 of 13 rows repeat" in said
    assert "and the same check of 1 more files" in said and "judged before" not in said
