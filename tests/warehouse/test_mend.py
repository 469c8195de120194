"""Marts and histories that somebody changed: put back, equal by checksum, or left as they are."""

from __future__ import annotations

import sys
from pathlib import Path

import psycopg
import pytest
from candidates import make_candidate, publish, seen_by_readers

from core import db
from core.errors import WarehouseError
from warehouse.backup import backup
from warehouse.cli import main
from warehouse.past.as_of import past_marts, require_itself
from warehouse.past.mend import put_back
from warehouse.past.query_as_of import as_of
from warehouse.publish.as_published import changed
from warehouse.publish.mart_catalogue import tables

NOW = [("apple", "1.10", 1), ("fig", "5", 3), ("pear", "4", 3)]


@pytest.fixture
def fruit(admin: psycopg.Connection) -> psycopg.Connection:
    """Three publications: the pear is dearer each time, the fig comes last."""
    make_candidate(admin)
    publish(admin, "r1")
    admin.execute("update candidate.fruit set price_gbp = 3 where name = 'pear'")
    publish(admin, "r2", "c2")
    admin.execute("update candidate.fruit set price_gbp = 4 where name = 'pear'")
    admin.execute("insert into candidate.fruit values ('fig', 5, false)")
    publish(admin, "r3", "c3")
    return admin


def put_all_back(admin: psycopg.Connection, kept: Path | None = None) -> None:
    """What the command does once the last publication is made again: here the candidate still stands."""
    put_back(admin, changed(admin)[1], tables(admin, "candidate"), kept)


@pytest.mark.parametrize(
    "change",
    [
        "update marts.fruit set price_gbp = 9 where name = 'pear'",
        "update marts.fruit set name = 'nut' where name = 'pear'",
        "delete from marts.fruit where name in ('apple', 'pear')",
        "insert into marts.fruit values ('nut', 9, true, 2)",
    ],
)
def test_a_mart_is_put_back_with_the_publication_of_each_row(fruit: psycopg.Connection, change: str) -> None:
    fruit.execute(change.encode())
    put_all_back(fruit)
    assert seen_by_readers("select name, price_gbp::text, _publication_id from marts.fruit order by 1") == NOW
    with db.connect("auditor") as auditor:
        for number in (1, 2, 3):
            require_itself(auditor, past_marts(auditor, number)["fruit"])
    fruit.execute("update candidate.fruit set price_gbp = 6 where name = 'pear'")
    assert publish(fruit, "r4", "c4").changed_rows == 1


def test_what_cannot_be_proved_is_left_as_it_is(fruit: psycopg.Connection) -> None:
    fruit.execute("delete from marts.fruit where name = 'fig'")  # nothing but the mart says when it came
    with pytest.raises(WarehouseError, match=r"Nothing was put back.*marts.fruit has its rows, and says of some"):
        put_all_back(fruit)
    assert seen_by_readers("select count(*) from marts.fruit") == [(2,)]


def test_a_history_comes_from_a_backup_and_what_was_replaced_since_stays(
    fruit: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = backup(tmp_path / "backups").folder
    fruit.execute("update candidate.fruit set price_gbp = 6 where name = 'pear'")
    publish(fruit, "r4", "c4")
    fruit.execute("alter table history.fruit disable trigger user")
    fruit.execute("update history.fruit set price_gbp = 99 where _until_publication = 2")
    with (
        db.connect("auditor") as auditor,
        pytest.raises(WarehouseError, match=r"does not give publication 1 back.*Some"),
    ):
        as_of(auditor, "select price_gbp from fruit", 1)
    with db.connect("auditor") as auditor:
        as_of(auditor, "select price_gbp from fruit", 3)
    fruit.execute("update candidate.fruit set price_gbp = 7 where name = 'pear'")
    with pytest.raises(WarehouseError, match=r"history\.fruit has its 3 rows, and not the same values") as told:
        publish(fruit, "r5", "c5")
    remedy = str(told.value.remedy)
    assert "`warehouse publication mend --by" in remedy and "--backup <folder>/<date>`" in remedy

    def mend(*more: str) -> str:
        monkeypatch.setattr(
            sys, "argv", ["warehouse", "publication", "mend", "--by", "A Person", "--reason", "x", *more]
        )
        with pytest.raises(SystemExit):
            main()
        said = capsys.readouterr()
        return " ".join((said.out + said.err).split())

    assert "history.fruit cannot be made again from raw." in mend()
    assert "Put back: history.fruit; all is as publication 4 left it, by checksum." in mend("--backup", str(kept))
    assert "Nothing differs from what publication 4 left." in mend()
    assert fruit.execute("select publication_id, tables, name, reason from audit.mending").fetchall() == [
        (4, ["history.fruit"], "A Person", "x")
    ]
    assert publish(fruit, "r6", "c6").publication_id == 5
    fruit.execute("delete from history.fruit where _until_publication = 5")  # younger than the backup
    assert (
        "Nothing was put back, for it would not be what was published: history.fruit has 3 rows instead of 4"
        in mend("--backup", str(kept))
    )
    fruit.execute("alter table marts.fruit drop column is_generated")
    assert "Of marts.fruit the table is gone, or a column" in mend("--backup", str(kept))
