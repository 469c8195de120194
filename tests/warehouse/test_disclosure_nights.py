"""Disclosure control over nights in a real database: decided, shown, attacked, published, closed in history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from candidates import passed_refresh

from core import db
from core.errors import WarehouseError
from warehouse.checks import gate
from warehouse.checks.results import CheckOutcome, record_outcomes
from warehouse.disclosure import control, declared, store
from warehouse.disclosure.audit import Finding, attack
from warehouse.disclosure.block import Block
from warehouse.past.as_of import past_marts
from warehouse.past.restore import restore
from warehouse.publish.publish import publish_candidate

PEOPLE = """
rule: people
cells: int_people
count: n
scope: [force]
closed_cells: listed
closed_flag: is_closed
made_of: [stg_people]
detail: [people_detail]
tables:
  - name: sex_rank
    dimensions: [sex, rank]
    mart: profile
    where: {breakdown: sex}
    columns: {sex: category}
    measures: [n]
  - {name: by_rank, dimensions: [rank], mart: profile, where: {breakdown: all}, measures: [n]}
  - {name: everybody, dimensions: [], prior: printed elsewhere}
"""
TABLES = """
    create schema seed authorization transformer;
    create schema intermediate authorization transformer;
    create schema candidate authorization transformer;
    create schema candidate_restricted authorization transformer;
    grant usage on schema candidate, candidate_restricted to publisher, auditor;
    grant usage on schema seed, intermediate to auditor;
    set role transformer;
    create table seed.ref_disclosure_rule (
        rule_code text, minimum_count integer, minimum_width integer, rounding integer default 1,
        readers text default 'none'
    );
    create table intermediate.int_people (force text, sex text, rank text, n integer);
    create table candidate.profile (
        force text, breakdown text, rank text, category text, n bigint, is_closed boolean not null,
        primary key (force, breakdown, rank, category)
    );
    grant select on all tables in schema seed, intermediate, candidate to auditor, publisher;
    reset role;
"""
# What a mart does with the pattern.
BUILD = """
    with cells as (
        select force, 'sex' as breakdown, rank, sex as category, n from intermediate.int_people where n > 0
        union all
        select force, 'all', rank, 'all', sum(n) from intermediate.int_people group by force, rank
    ),
    closed as (
        select
            cell ->> 'force' as force, case cell ->> '_table' when 'by_rank' then 'all' else 'sex' end as breakdown,
            cell ->> 'rank' as rank, coalesce(cell ->> 'sex', 'all') as category
        from audit.disclosure_refresh
        inner join audit.disclosure_state using (state_id)
        cross join lateral jsonb_array_elements(closed) as closed (cell)
        where refresh_id = %s
    )
    insert into candidate.profile
    select force, breakdown, rank, category, case when closed.rank is null then n end, closed.rank is not null
    from cells left join closed using (force, breakdown, rank, category)
"""
RANKS = ("pc", "ps", "pi", "pci")
START = {"f": [20, 2, 30, 6], "m": [40, 50, 8, 60]}


@pytest.fixture
def nights(admin: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    """A database with one declared set, nothing published yet."""
    folder = tmp_path / "quality_checks" / "disclosure"
    folder.mkdir(parents=True)
    (folder / "people.yml").write_text(PEOPLE)
    (folder.parent / "marts").mkdir()
    monkeypatch.setattr(declared, "SETS", folder)
    monkeypatch.setattr(gate, "CONTRACTS", folder.parent)
    declared.controlled_relations.cache_clear()
    admin.execute(TABLES)
    yield admin
    declared.controlled_relations.cache_clear()


def built(admin: psycopg.Connection, refresh: str, people: dict[str, list[int]], minimum: int = 5) -> str:
    """A candidate of these people, controlled."""
    admin.execute("truncate seed.ref_disclosure_rule, intermediate.int_people")
    admin.execute("insert into seed.ref_disclosure_rule values ('people', %s, 3)", [minimum])
    rows = [("met", sex, rank, n) for sex, counts in people.items() for rank, n in zip(RANKS, counts, strict=True)]
    with admin.cursor() as cursor:
        cursor.executemany("insert into intermediate.int_people values (%s, %s, %s, %s)", rows)
    passed_refresh(admin, refresh, code=refresh)  # another code: published though no figure may have changed
    control.decide(refresh, declared.load_sets())
    shown(admin, refresh)
    return refresh


def shown(admin: psycopg.Connection, refresh: str) -> None:
    admin.execute("truncate candidate.profile")
    admin.execute(BUILD, [refresh])


def attacked(refresh: str) -> Finding:
    with db.connect("auditor") as auditor:
        (finding,) = attack(auditor, refresh, declared.load_sets())
    return finding


def what_a_reader_can_place(admin: psycopg.Connection) -> list[str]:
    """The attack from the marts and their history alone, as anybody may ask them of each publication."""
    (people,) = declared.load_sets()
    with db.connect("bi_reader") as reader, db.connect("auditor") as auditor:
        states = []
        for number, refresh in admin.execute("select publication_id, refresh_id from audit.publication").fetchall():
            (state,) = store.of_refresh(auditor, people, refresh)["met",]
            shown = reader.execute(past_marts(reader, number)["profile"].rows()).fetchall()
            cells = {("by_rank", (row[2],)) if row[1] == "all" else ("sex_rank", (row[3], row[2]))
                     for row in shown if row[4] is not None}  # fmt: skip
            every = {cell for cell in Block(people, state.rule, [state]).epochs[0].values if cell[0] in state.tables}
            states.append(replace(state, closed=every - cells, publications=1, is_current=False))
        rule = store.rule_of(auditor, people, "seed")
    block = Block(people, rule, states)
    for epoch in block.epochs:
        epoch.ever_shown = set(epoch.shown)  # this reader kept nothing, and has all that stands
    return [str(cell) for cell in block.recovered()]


def test_ten_publications_with_restatements_and_a_raised_threshold(nights: psycopg.Connection) -> None:
    people = {sex: list(counts) for sex, counts in START.items()}
    for number in range(1, 11):
        people["f"][number % 4] += 1 if number % 3 else -1
        people["m"][(number + 1) % 4] += number % 2
        refresh = built(nights, f"r{number}", people, minimum=5 if number < 6 else 7)
        finding = attacked(refresh)
        assert finding.is_safe, finding.message
        assert finding.attacked > 0
        assert publish_candidate(refresh, "candidate").publication_id == number
        assert what_a_reader_can_place(nights) == []


def test_a_linked_cell_that_is_opened_is_named_and_fails_the_verdict(nights: psycopg.Connection) -> None:
    refresh = built(nights, "r1", START)
    nights.execute("update candidate.profile set n = 50, is_closed = false where (rank, category) = ('ps', 'm')")
    verdict = gate.verify_candidates(refresh)
    assert not verdict.passed
    (failed,) = [check for check in verdict.failed if check.check_name == "people.disclosure"]
    assert failed.message == (
        "people sex_rank met m ps is closed, and shown; people sex_rank met f ps can be worked out"
    )


def test_what_is_shown_unrounded_or_to_others_than_the_rule_says_fails_the_verdict(nights: psycopg.Connection) -> None:
    refresh = built(nights, "r1", START)
    nights.execute("create table candidate_restricted.people_detail (n integer)")
    nights.execute("grant select on candidate_restricted.people_detail to bi_reader")
    assert attacked(refresh).message == "people_detail would be read by bi_reader, its rule says nobody"
    nights.execute("update seed.ref_disclosure_rule set rounding = 10, readers = 'bi_reader'")
    assert attacked(refresh).exact == [  # 6 and 8, and the ranks of 66, 38 and 52 people
        "people sex_rank met f pci", "people sex_rank met m pi",
        "people by_rank met pci", "people by_rank met pi", "people by_rank met ps",
    ]  # fmt: skip
    nights.execute("update candidate.profile set n = round(n / 10.0) * 10")
    assert attacked(refresh).is_safe


def test_a_raised_threshold_takes_the_figure_out_of_history_and_such_a_publication_is_not_restored(
    nights: psycopg.Connection,
) -> None:
    publish_candidate(built(nights, "r1", START), "candidate")
    before = "select n, _change from history.profile where (breakdown, rank, category) = ('sex', 'pci', 'f')"
    assert nights.execute("select n from marts.profile where (rank, category) = ('pci', 'f')").fetchall() == [(6,)]
    publish_candidate(built(nights, "r2", START, minimum=7), "candidate")
    assert nights.execute("select n from marts.profile where (rank, category) = ('pci', 'f')").fetchall() == [(None,)]
    assert nights.execute(before).fetchall() == [(None, "closed")]
    assert what_a_reader_can_place(nights) == []
    with pytest.raises(WarehouseError, match=r"Publication 1 showed \d+ figures of profile that may not be shown"):
        restore(1)


def test_what_was_published_before_control_is_closed_where_something_is_closed_and_not_restored(
    nights: psycopg.Connection,
) -> None:
    """Its own control knew no margins: it showed the men's ps and both totals, so that the women's was had back."""
    refresh = built(nights, "r1", START)
    nights.execute("truncate audit.disclosure_refresh, audit.disclosure_state cascade")
    nights.execute("update candidate.profile set is_closed = false, n = c.n from intermediate.int_people as c "
                   "where (profile.rank, profile.category) = (c.rank, c.sex) and c.n >= 5")  # fmt: skip
    publish_candidate(refresh, "candidate")
    with pytest.raises(WarehouseError, match="showed counts of profile that disclosure control did not see"):
        restore(1)
    publish_candidate(built(nights, "r2", {"f": [20, 3, 30, 6], "m": [40, 51, 8, 60]}), "candidate")
    with db.connect("bi_reader") as reader:
        shown = reader.execute(past_marts(reader, 1)["profile"].rows()).fetchall()
        now = reader.execute(past_marts(reader, 2)["profile"].rows()).fetchall()
        sums = reader.execute("select checksum is null from marts.publication_mart order by publication_id").fetchall()
    assert {row for row in shown if row[4] is not None} == {row for row in shown if row in now and row[4] is not None}
    assert sums == [(True,), (False,)]  # it would confirm every guess of what is closed
    assert {(row[2], row[3]) for row in shown if row[4] is None} >= {("ps", "f"), ("ps", "m"), ("ps", "all")}
    with pytest.raises(WarehouseError, match="showed"):
        restore(1)


def test_a_restored_publication_is_known_to_control(nights: psycopg.Connection) -> None:
    publish_candidate(built(nights, "r1", START), "candidate")
    publish_candidate(built(nights, "r2", START | {"m": [40, 50, 8, 66]}), "candidate")
    restore(1)
    assert what_a_reader_can_place(nights) == []  # asks for the pattern of each publication


def test_where_nothing_changed_the_pattern_stands_and_is_not_attacked_again(nights: psycopg.Connection) -> None:
    publish_candidate(built(nights, "r1", START), "candidate")
    refresh = built(nights, "r2", START)
    assert control.decide(refresh, declared.load_sets()) == 0  # it was decided: a second time changes nothing
    assert nights.execute("select count(*), count(distinct state_id) from audit.disclosure_refresh").fetchone() == (
        2,
        1,
    )
    finding = attacked(refresh)
    assert (finding.is_safe, finding.attacked, finding.closed > 0) == (True, 0, True)


def test_a_candidate_that_control_has_not_seen_is_refused(nights: psycopg.Connection) -> None:
    built(nights, "r1", START)
    nights.execute("truncate audit.disclosure_refresh")
    shown(nights, "r1")
    assert "people sex_rank met f ps can be worked out" in str(attacked("r1").message)


def test_no_check_keeps_rows_of_what_is_under_control(nights: psycopg.Connection) -> None:
    rows = [{"rank": "ps", "n": 2}]
    said = CheckOutcome("stg_people", "c", "integrity", "fail", "o", "failed", None, 1, rows, "1 row", "mend")
    with db.connect("gate") as judge:
        record_outcomes(judge, "r1", "refresh", [said, replace(said, table_name="other")])
    kept = nights.execute("select table_name, sample from audit.check_result order by table_name").fetchall()
    assert kept == [("other", rows), ("stg_people", None)]
