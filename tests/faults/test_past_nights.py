"""Publications that later nights have replaced: rebuilt from raw, read from the archive again, without a batch."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from drill import FEED, Ground, Place, first_release, next_release, put

from core.errors import WarehouseError
from core.settings import settings
from warehouse.checks import gate
from warehouse.past.rebuild import rebuild, reread
from warehouse.past.withdraw import withdraw
from warehouse.refresh import code_archive as code
from warehouse.refresh import dbt_build
from warehouse.refresh import steps as refresh


@pytest.fixture(scope="module")
def later(ground: Ground) -> Iterator[Place]:
    """Four publications: the first, then one a month with restated counts, the code changed after the first."""
    place = ground.copy("later_vintages")
    inbox, release = place.work_dir / "inbox", first_release()
    for number in range(4):
        put(inbox, f"release_{number}.csv", release)
        if number:
            assert place.night(sources=inbox) == 0, place.log
        release = next_release(release)
    yield place
    place.remove()


@pytest.fixture
def at(later: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    """This process works on that place, with its code; the administrator's connection."""
    ground = later.ground
    monkeypatch.setenv("WAREHOUSE_DATABASE", later.database)
    monkeypatch.setenv("WAREHOUSE_WORK_DIR", str(later.work_dir))
    monkeypatch.setattr(dbt_build, "DBT_PROJECT", ground.tonight / "dbt_project")
    monkeypatch.setattr(gate, "CONTRACTS", ground.tonight / "quality_checks")
    monkeypatch.setattr(code, "PROJECT_DIR", ground.tonight)
    with psycopg.connect(later.url(), autocommit=True) as admin:
        yield admin


def test_a_publication_is_rebuilt_equal_after_three_later_vintages(at: psycopg.Connection) -> None:
    marts = rebuild(1)
    assert [(mart.mart, mart.is_equal) for mart in marts] == [("crime_count", True), ("crime_total", True)]
    assert all(mart.published[0] > 0 for mart in marts)
    assert at.execute("select count(*) from pg_namespace where nspname like 'rebuild%'").fetchone() == (0,)
    assert all(mart.is_equal for mart in rebuild(4))


def test_the_proof_holds_where_other_parts_of_the_code_count_now(
    at: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the version is made over has changed since: another part comes first, another is new."""
    monkeypatch.setattr(code, "PARTS", ("quality_checks", *code.PARTS, "README.md"))
    assert all(mart.is_equal for mart in rebuild(1))
    row = at.execute("select code_version from audit.publication where publication_id = 1").fetchone()
    assert row is not None
    assert code.code_faults()[1] == []
    archived = code.archived(row[0])
    content = archived.read_bytes()
    packed = gzip.decompress(content)
    assert packed.count(b"sum(offence_count)") > 0
    archived.chmod(0o644)
    archived.write_bytes(gzip.compress(packed.replace(b"sum(offence_count)", b"max(offence_count)")))
    try:
        with pytest.raises(WarehouseError, match="does not hold the code"):
            rebuild(1)
        assert [fault.partition(",")[0] for fault in code.code_faults()[1]] == [
            f"code {row[0]}: other code than was kept"
        ]
    finally:
        archived.write_bytes(content)


def test_a_rebuild_notices_a_row_that_raw_has_lost(at: psycopg.Connection) -> None:
    [batch] = at.execute("select batch_id from audit.refresh_input where vintage = '2024-12' limit 1").fetchone() or [
        ""
    ]
    with at.transaction(force_rollback=False):
        at.execute("create table public.kept as select * from raw.mps_borough_crime where _batch_id = %s", [batch])
        at.execute("set local session_replication_role = replica")  # as a disk loses it: no trigger keeps the row
        at.execute("delete from raw.mps_borough_crime where _batch_id = %s and _row_number = 2", [batch])
    assert not any(mart.is_equal for mart in rebuild(4))
    assert {each.file_name: each.differing for each in reread(4) if each.differing} == {f"{FEED}/release_3.csv": 6}
    at.execute(
        "insert into raw.mps_borough_crime select * from public.kept where _row_number = 2; drop table public.kept"
    )
    assert [each.differing for each in reread(4)] == [0, 0, 0, 0]


def test_a_file_that_left_the_archive_or_rotted_there_is_noticed(at: psycopg.Connection) -> None:
    row = at.execute("select sha256 from audit.batch order by loaded_at limit 1").fetchone()
    assert row is not None
    path = settings().archive_dir / row[0][:2] / row[0]
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(content[:-1] + b"7")
    assert [each.differing for each in reread(1)] == [None]
    path.write_bytes(content)


def test_what_cannot_be_rebuilt_is_told_in_words(at: psycopg.Connection) -> None:
    with pytest.raises(WarehouseError, match="no publication 99"):
        rebuild(99)
    row = at.execute("select code_version from audit.publication where publication_id = 1").fetchone()
    assert row is not None
    archived: Path = code.archived(row[0])
    aside = archived.rename(archived.with_suffix(".aside"))
    with pytest.raises(WarehouseError, match=f"The code {row[0]} is not in the archive"):
        rebuild(1)
    aside.rename(archived)


def test_a_withdrawn_batch_leaves_the_figures_and_keeps_its_reason(at: psycopg.Connection) -> None:
    row = at.execute("select batch_id from audit.batch where vintage = '2024-12'").fetchone()
    assert row is not None
    before = at.execute("select max(month) from marts.crime_count").fetchone()
    with pytest.raises(WarehouseError, match="needs a person and a reason"):
        withdraw(row[0], "Ada Smith", " ")
    assert withdraw(row[0][:12], "Ada Smith", "The publisher counted twice.").publications == [4]
    report = refresh.refresh()
    assert report is not None and report.publication_id == 5 and report.changed_rows > 0
    assert at.execute("select max(month) from marts.crime_count").fetchone() != before
    assert at.execute("select status, reason, vintage from audit.batch where batch_id = %s", row).fetchone() == (
        "withdrawn",
        "The publisher counted twice.",
        "2024-12",
    )
    assert at.execute(
        "select status_reason from marts.data_freshness where dataset = 'mps_borough_crime'"
    ).fetchone() == ("withdrawn: The publisher counted twice.",)
    with pytest.raises(WarehouseError, match="is withdrawn"):
        withdraw(row[0], "Ada Smith", "again")
    with pytest.raises(WarehouseError, match="0 batches"):
        withdraw("nothing", "Ada Smith", "at all")
    assert all(mart.is_equal for mart in rebuild(4))


def test_a_required_feed_that_is_too_old_stops_publication_with_a_word(
    at: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUIRED_FEEDS", "mps_borough_crime=3")
    monkeypatch.setenv("BUSINESS_DATE", "2024-12-24")
    with pytest.raises(WarehouseError, match="the required feed mps_borough_crime ends on 2024-11-30, 24 days before"):
        refresh.start()
    note = at.execute("select note from marts.publication where is_current").fetchone()
    assert (
        note is not None and note[0].startswith("These are the figures of ") and "because the required feed" in note[0]
    )
    status = at.execute("select status, status_reason from marts.data_freshness where dataset = 'mps_borough_crime'")
    assert [row[0] for row in status if "the required feed" in row[1]] == ["failing"]
    monkeypatch.setenv("REQUIRED_FEEDS", "mps_borough_crime=24")
    assert refresh.refresh() is not None
    assert at.execute("select note from marts.publication where is_current").fetchone() == (None,)
    for wrong, words in (("mps_borough_crime=soon", "number of days"), ("nothing=1", "which is no dataset")):
        monkeypatch.setenv("REQUIRED_FEEDS", wrong)
        monkeypatch.setenv("BUSINESS_DATE", "2024-12-25")
        with pytest.raises(WarehouseError, match=words):
            refresh.start()


def test_every_changed_figure_has_its_cause(later: Place, at: psycopg.Connection) -> None:
    """Releases with another rule, a withdrawal, then a corrected file, then a seed: a publication each."""
    inbox = later.work_dir / "inbox"
    header, first, *rows = (inbox / FEED / "release_2.csv").read_text().splitlines()
    *cells, last = first.split(",")
    put(inbox, "release_2.csv", "\n".join([header, ",".join([*cells, str(int(last) + 5)]), *rows, ""]))
    assert later.night(sources=inbox) == 0, later.log
    reference = later.ground.tonight / "seeds" / "reference"
    reference.mkdir(parents=True)
    (reference / "ref_new.csv").write_text("code\n1\n")
    refresh.refresh()
    shutil.rmtree(later.ground.tonight / "seeds")

    causes = at.execute("select publication_id, mart, cause, cause_detail from marts.change_cause order by 1, 2")
    found = {(number, mart): (cause, detail) for number, mart, cause, detail in causes}
    assert {key: cause for key, (cause, _) in found.items() if key[1] == "crime_count"} == {
        (2, "crime_count"): "release",
        (3, "crime_count"): "release",
        (4, "crime_count"): "release",
        (5, "crime_count"): "withdrawal",
        (6, "crime_count"): "correction",
    }
    assert "dbt_project/models/marts/crime_total" in found[2, "crime_total"][1], "the rule that changed too"
    assert "withdraw by Ada Smith: The publisher counted twice." in found[5, "crime_count"][1]
    assert "release_2.csv" in found[6, "crime_count"][1]
    [seed] = at.execute("select source_table, detail from audit.refresh_cause where cause = 'seed'").fetchall()
    assert seed == ("ref_new", "seeds/reference/ref_new.csv")

    month = f"{header.split(',')[-1][:4]}-{header.split(',')[-1][4:]}-01"
    with psycopg.connect(later.url(), autocommit=True) as connection:
        connection.execute("set role bi_reader")
        changed = connection.execute(
            "select row_key::jsonb ->> 'month', column_name, \"is\"::integer - was::integer, cause "
            "from marts.figure_change "
            "where publication_id = 6 and mart = 'crime_count' and column_name = 'offence_count'"
        ).fetchall()
        assert changed == [(month, "offence_count", 5, "correction")]
        unexplained = connection.execute("select count(*) from marts.figure_change where cause = 'unexplained'")
        assert unexplained.fetchone() == (0,)
