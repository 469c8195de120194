"""Drift: what a file may change against the vintage before it, what refuses it, and a person's word against that."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
import yaml
from crime_files import DATASET, Inbox, table

from core import db
from core.errors import WarehouseError
from core.settings import settings
from ingest.archive.store import Archive
from ingest.definition.dataset import DEFINITIONS, load_definitions
from ingest.load.compare_with_archive import differing_rows
from ingest.pipeline import ingest_dataset
from warehouse.checks.acceptance import accept
from warehouse.checks.gate import CONTRACTS, BatchVerdict, verify_pending
from warehouse.cli import main

YEAR = tuple(f"2013{month:02d}" for month in range(1, 13))
AREAS = [f"Area {number}" for number in range(32)]
NAME = f"crime/{DATASET}/b.csv"
FOUND = "select outcome, value, message from audit.check_result where run_id = %s and check_name = %s"


def release(
    months: tuple[str, ...] = YEAR,
    *,
    subgroups: int = 10,
    layout: str = "borough_major_minor",
    count: Callable[[str], int] = lambda month: 100,
) -> bytes:
    """A whole release: every area, so many subgroups, the same count in every cell of a month."""
    rows = [(area, "Group", f"Kind {kind}", *map(count, months)) for area in AREAS for kind in range(subgroups)]
    return table(layout, rows, months)


def take_in(inbox: Inbox, name: str, content: bytes) -> BatchVerdict:
    """Land the file and judge it."""
    inbox.ingest_one(name, content)
    [verdict] = verify_pending(DATASET)
    return verdict


@pytest.fixture(autouse=True)
def unmapped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The shipped contract without its mappings: these areas and offences are made up."""
    shipped = yaml.safe_load((CONTRACTS / "raw" / f"{DATASET}.yml").read_text(encoding="utf-8"))
    shutil.copytree(CONTRACTS, tmp_path / "quality_checks")
    own = tmp_path / "quality_checks" / "raw" / f"{DATASET}.yml"
    own.write_text(yaml.safe_dump({key: value for key, value in shipped.items() if key != "mappings"}))
    monkeypatch.setattr("warehouse.checks.gate.CONTRACTS", tmp_path / "quality_checks")


@pytest.fixture(autouse=True)
def drift_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a file says of itself is tested in test_redundancies: the made files here grow and shrink as drift needs."""
    monkeypatch.setattr("warehouse.checks.gate.redundancy_outcomes", lambda *_: [])


@pytest.fixture
def before(inbox: Inbox) -> BatchVerdict:
    """The year 2013, accepted."""
    return take_in(inbox, "a.csv", release())


def found(admin: psycopg.Connection, batch_id: str, rule: str) -> tuple | None:
    return admin.execute(FOUND, [batch_id, f"{DATASET}.drift.{rule}"]).fetchone()


def test_the_first_vintage_has_nothing_to_be_compared_with(before: BatchVerdict, admin: psycopg.Connection) -> None:
    assert before.status == "accepted"
    assert admin.execute("select count(*) from audit.check_result where tool = 'warehouse'").fetchone() == (0,)


def test_a_restatement_within_bounds_is_taken(before: BatchVerdict, inbox: Inbox, admin: psycopg.Connection) -> None:
    """The next year, two months told again 4 % higher, a category in ten gone."""
    months = (*YEAR[-2:], *(f"2014{month:02d}" for month in range(1, 11)))
    verdict = take_in(inbox, "b.csv", release(months, subgroups=9, count=lambda m: 115 if m < "2014" else 90))
    assert (verdict.status, verdict.reason) == ("accepted", None)
    assert found(admin, verdict.batch_id, "records") == ("passed", Decimal("-0.1"), None)
    assert found(admin, verdict.batch_id, "missing_periods") == ("passed", 0, None)
    assert found(admin, verdict.batch_id, "totals") == ("passed", Decimal("0.035"), None)


def test_a_file_that_shrank_by_a_third_is_refused(
    before: BatchVerdict, inbox: Inbox, admin: psycopg.Connection
) -> None:
    verdict = take_in(inbox, "b.csv", release(subgroups=7))
    records = f"{NAME}: records a period fell by 30.0%, from 320 to 224, against vintage 2013-12; 20.0% is let through"
    assert (verdict.status, verdict.reason) == ("refused", f"{records} (and 1 more failed checks)")
    assert found(admin, verdict.batch_id, "records") == ("failed", Decimal("-0.3"), records)
    assert admin.execute(
        "select kind, severity, owner, failing_rows, remedy from audit.check_result "
        "where outcome = 'failed' and check_name like '%%records'"
    ).fetchone() == (
        "source", "fail", "Metropolitan Police Service", None,
        "Ask Metropolitan Police Service whether this is true. If so: "
        f'`warehouse accept {verdict.batch_id[:12]} --by "First Last" --reason "..."`; if not, get a corrected file.',
    )  # fmt: skip
    remedy = admin.execute("select remedy from audit.batch where batch_id = %s", [verdict.batch_id]).fetchone()
    assert remedy is not None
    assert "warehouse accept" in remedy[0]


def test_a_file_with_twice_the_records_is_refused(before: BatchVerdict, inbox: Inbox) -> None:
    verdict = take_in(inbox, "b.csv", release(subgroups=20, count=lambda month: 50))
    assert verdict.status == "refused"
    assert verdict.reason == (
        f"{NAME}: records a period rose by 100.0%, from 320 to 640, against vintage 2013-12; 25.0% is let through"
    )


def test_a_total_that_jumps_is_refused_with_its_months(
    before: BatchVerdict, inbox: Inbox, admin: psycopg.Connection
) -> None:
    """One month in twelve: 0.5 % of the file, 6 % of the month."""
    verdict = take_in(inbox, "b.csv", release(count=lambda month: 106 if month == "201304" else 100))
    assert verdict.status == "refused"
    assert verdict.reason == (
        f"{NAME}: offence_count of 1 of the 12 periods that vintage 2013-12 has too changed by more than 5.0%, "
        "most 2013-04-01: 32,000 then, 33,920 now (+6.0%)"
    )
    assert admin.execute("select failing_rows, sample from audit.check_result where outcome = 'failed'").fetchone() == (
        1,
        [{"period": "2013-04-01", "before": "32000", "now": "33920"}],
    )


def test_another_header_cuts_the_figures_another_way_and_its_totals_still_hold(
    before: BatchVerdict, inbox: Inbox, admin: psycopg.Connection
) -> None:
    verdict = take_in(inbox, "b.csv", release(subgroups=5, layout="major_minor_borough", count=lambda month: 200))
    assert verdict.status == "accepted"
    assert found(admin, verdict.batch_id, "records") is None
    assert found(admin, verdict.batch_id, "totals") == ("passed", 0, None)


def test_an_old_vintage_that_comes_late_is_compared_with_its_own_predecessor(
    inbox: Inbox, admin: psycopg.Connection
) -> None:
    take_in(inbox, "2011.csv", release(tuple(f"2011{month:02d}" for month in range(1, 13)), subgroups=5))
    take_in(inbox, "2013.csv", release(subgroups=6))
    verdict = take_in(inbox, "2012.csv", release(tuple(f"2012{month:02d}" for month in range(1, 13)), subgroups=4))
    assert verdict.status == "accepted"
    assert found(admin, verdict.batch_id, "records") == ("passed", Decimal("-0.2"), None)


@pytest.mark.parametrize("change", ["is_generated = true", "coverage = 'partial'", "label = 'kent'"])
def test_only_a_vintage_of_its_own_kind_is_compared_with(
    before: BatchVerdict, inbox: Inbox, admin: psycopg.Connection, change: str
) -> None:
    admin.execute(f"update audit.batch set {change}")
    assert take_in(inbox, "b.csv", release(subgroups=4)).status == "accepted"
    assert admin.execute("select count(*) from audit.check_result where tool = 'warehouse'").fetchone() == (0,)


def test_a_withdrawn_vintage_is_none_to_compare_with(
    before: BatchVerdict, inbox: Inbox, admin: psycopg.Connection
) -> None:
    admin.execute("update audit.batch set status = 'withdrawn', reason = 'wrong'")
    assert take_in(inbox, "b.csv", release(subgroups=4)).status == "accepted"


def test_a_warning_is_told_and_stops_nothing(
    before: BatchVerdict,
    inbox: Inbox,
    admin: psycopg.Connection,
    edit_definition: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    rule = "records: {shrink: 0.2, grow: 0.25, level: fail}"
    edit_definition(rule, rule.replace("fail", "warn"))
    verdict = take_in(inbox, "b.csv", release(subgroups=7, count=lambda month: 143))
    assert verdict.status == "accepted"
    outcome = found(admin, verdict.batch_id, "records")
    assert outcome is not None
    assert outcome[0] == "failed"

    monkeypatch.setattr(sys, "argv", ["warehouse", "checks", "failing"])
    with pytest.raises(SystemExit):
        main()
    said = capsys.readouterr().out
    assert "1 checks fail: 0 stop their batch or the publication, 1 warn, 0 overruled." in said
    assert "records a period fell by 30.0%" in said


def test_a_refused_file_is_shown_until_another_takes_its_place(
    before: BatchVerdict, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing() -> str:
        with pytest.raises(SystemExit):
            main()
        return capsys.readouterr().out

    monkeypatch.setattr(sys, "argv", ["warehouse", "checks", "failing"])
    months = (*YEAR[1:], "201401")
    assert take_in(inbox, "b.csv", release(months, subgroups=7)).status == "refused"
    assert take_in(inbox, "c.csv", release(count=lambda month: 101)).status == "accepted"  # of an earlier period
    assert "drift.records" in failing()
    assert take_in(inbox, "d.csv", release(months)).status == "accepted"
    assert "No check fails." in failing()


def test_a_person_overrules_it_and_the_same_bytes_are_taken(
    before: BatchVerdict, inbox: Inbox, admin: psycopg.Connection
) -> None:
    reason = "Three categories were merged, says the publisher."
    refused = take_in(inbox, "b.csv", release(subgroups=7, count=lambda month: 143))
    rows = admin.execute("select count(*) from raw.mps_borough_crime").fetchone()

    verdict = accept(refused.batch_id[:12], "Ada Smith", reason)

    assert verdict == BatchVerdict(refused.batch_id, DATASET, "2013-12.2", "accepted", None)
    assert admin.execute("select count(*) from raw.mps_borough_crime").fetchone() == rows
    assert admin.execute(
        "select outcome, severity, message from audit.check_result where run_id = %s and check_name like '%%records' "
        "order by checked_at desc limit 1",
        [refused.batch_id],
    ).fetchone() == (
        "overruled", "fail",
        f"{refused.reason}; accepted by Ada Smith on {_today(admin)}: {reason}",
    )  # fmt: skip
    assert admin.execute("select name, reason, accepted_at is not null from audit.acceptance").fetchall() == [
        ("Ada Smith", reason, True)
    ]
    assert [report.status for report in inbox.ingest()] == ["known", "known"]
    with pytest.raises(WarehouseError, match="is accepted, and not for how it differs"):
        accept(refused.batch_id, "Ada Smith", "Again.")


def test_a_month_that_is_only_partly_there_is_left_out(
    before: BatchVerdict, inbox: Inbox, admin: psycopg.Connection
) -> None:
    half = release((*YEAR[6:], "201401"), count=lambda month: 12 if month == "201312" else 100)
    refused = take_in(inbox, "b.csv", half)
    assert refused.status == "refused"
    with pytest.raises(WarehouseError, match=r"The file has no rows of 2013-06\."):
        accept(refused.batch_id, "Ada Smith", "Why.", [date(2013, 6, 1)])

    verdict = accept(refused.batch_id, "Ada Smith", "December is half there.", [date(2013, 12, 1), date(2014, 1, 1)])

    assert (verdict.status, verdict.vintage, verdict.batch_id != refused.batch_id) == ("accepted", "2013-11", True)
    months = admin.execute(
        "select min(month)::text, max(month)::text, count(*) from raw.mps_borough_crime where _batch_id = %s",
        [verdict.batch_id],
    )
    assert months.fetchone() == ("2013-07-01", "2013-11-01", 5 * 320)
    account = admin.execute(
        "select records_read, records_loaded, records_skipped, period_end::text, says from audit.batch "
        "where batch_id = %s",
        [verdict.batch_id],
    ).fetchone()
    assert account == (7 * 320, 5 * 320, 2 * 320, "2013-11-01", "full without=2013-12,2014-01")
    skipped = "select rule, record_count from audit.skipped_record where batch_id = %s and record_count > 0"
    assert admin.execute(skipped, [verdict.batch_id]).fetchall() == [("left_out", 2 * 320)]
    assert admin.execute("select from audit.standing_refusal").fetchall() == []
    told = admin.execute("select status_reason from marts.data_freshness where dataset = %s", [DATASET]).fetchone()
    assert told == (None,), "the latest vintage is another"
    assert [report.status for report in inbox.ingest()] == ["known", "known"]
    with db.connect("loader", autocommit=True) as loader:
        sha256 = hashlib.sha256(half).hexdigest()
        archive, definition = Archive(settings().archive_dir), load_definitions()[DATASET]
        arguments = (loader, definition, archive, verdict.batch_id, sha256, NAME)
        assert [differing_rows(*arguments, said) for said in (account[4], None)] == [0, 2 * 320]


def test_nobody_overrules_a_contract(before: BatchVerdict, inbox: Inbox, admin: psycopg.Connection) -> None:
    """What breaks its contract is refused again, whoever accepts how it differs."""
    verdict = take_in(inbox, "b.csv", table("borough_major_minor", [("Area 1", "Group", "Kind 1", *[1] * 12)], YEAR))
    assert verdict.reason is not None
    assert "Several areas" in verdict.reason
    again = accept(verdict.batch_id, "Ada Smith", "It is so.")
    assert again.status == "refused"
    assert again.reason is not None
    assert "drift" not in again.reason
    assert "a period" not in again.reason


def test_what_the_reader_refused_is_not_to_be_accepted(inbox: Inbox) -> None:
    report = inbox.ingest_one("a.csv", b"a,b\n1,2\n")
    assert report.batch_id is not None
    with pytest.raises(WarehouseError, match="is refused, and not for how it differs"):
        accept(report.batch_id, "Ada Smith", "It is so.")


@pytest.mark.parametrize(("name", "reason"), [("Ada", "It is so."), ("Ada Smith", " "), ("", "It is so.")])
def test_an_acceptance_needs_a_person_and_a_reason(warehouse: str, name: str, reason: str) -> None:
    with pytest.raises(WarehouseError, match="needs a person and a reason"):
        accept("0", name, reason)


def test_a_month_that_vanished_is_refused(
    inbox: Inbox, admin: psycopg.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long table: a wide one is refused for its header before anybody compares it."""
    header = "Month_Year,Area Type,Borough_SNT,Area name,Area code,Crime Type,Crime Subtype,Measure,Count"
    home = inbox.root / "crime" / "mps_monthly_crime"
    home.mkdir(parents=True)

    def land(name: str, months: list[int]) -> BatchVerdict:
        lines = [f"01/{month:02d}/2023,Borough,Sutton,Sutton,,Drugs,Possession,Offences,7" for month in months]
        header_and_years = f"{header},Financial Year,FY_FYIndex"
        (home / name).write_text("\n".join([header_and_years, *(f"{line},22-23,1" for line in lines)]) + "\n")
        assert ingest_dataset("mps_monthly_crime").batches[-1].reason is None
        return verify_pending("mps_monthly_crime")[-1]

    monkeypatch.setattr("warehouse.checks.gate.CONTRACTS", _standard_contract(tmp_path, "mps_monthly_crime"))
    assert land("a.csv", [1, 2, 3, 4, 5, 6]).status == "accepted"
    assert land("b.csv", [3, 4, 5, 6, 7]).status == "accepted"
    verdict = land("c.csv", [4, 5, 7, 8])
    assert verdict.status == "refused"
    assert verdict.reason == ("crime/mps_monthly_crime/c.csv: no record of 2023-06-01, which vintage 2023-07 has")
    assert admin.execute(
        "select value, failing_rows, sample from audit.check_result where outcome = 'failed'"
    ).fetchone() == (1, 1, [{"period": "2023-06-01", "records_before": 1}])


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("drift: {period: month}", "key drift: has no rule; leave it out"),
        ("drift: {missing_periods: fail}", "key drift.period: must say which field is the period"),
        ("drift: {period: moon, missing_periods: fail}", "key drift.period: there is no field moon"),
        ("drift: {period: area_name, missing_periods: fail}", "area_name must be of type date or month"),
        (
            "drift: {period: month, totals: {field: area_name, change: 0.1, level: fail}}",
            "key drift.totals.field: area_name must be of type integer or decimal",
        ),
        ("drift: {records: {shrink: 1, grow: 1, level: fail}}", "key drift.records.shrink"),
        ("drift: {records: {shrink: 0.1, grow: 1, level: stop}}", "key drift.records.level"),
    ],
)
def test_a_rule_that_makes_no_sense_is_said_when_the_definition_is_loaded(
    tmp_path: Path, new: str, message: str
) -> None:
    shipped = (DEFINITIONS / f"{DATASET}.yml").read_text(encoding="utf-8")
    start, end = shipped.index("drift:"), shipped.index("\nreader:")
    (tmp_path / f"{DATASET}.yml").write_text(f"{shipped[:start]}{new}\n{shipped[end:]}")
    with pytest.raises(WarehouseError) as error:
        load_definitions(tmp_path)
    assert message in error.value.message


@pytest.mark.real
@pytest.mark.parametrize("dataset", ["mps_borough_crime", "police_uk_street", "council_tax_requirement"])
def test_every_real_release_stays_within_the_rules(
    warehouse: str, admin: psycopg.Connection, real_data: Path, monkeypatch: pytest.MonkeyPatch, dataset: str
) -> None:
    monkeypatch.setenv("SOURCES", str(real_data))
    ingest_dataset(dataset)
    verdicts = verify_pending(dataset)
    assert {verdict.status for verdict in verdicts} == {"accepted"}
    compared = admin.execute(
        "select count(distinct run_id) from audit.check_result where tool = 'warehouse'"
    ).fetchone()
    assert compared is not None
    assert 0 < compared[0] < len(verdicts)


def _standard_contract(folder: Path, dataset: str) -> Path:
    (folder / "raw").mkdir()
    (folder / "raw" / f"{dataset}.yml").write_text("owner: nobody\nremedy: None.\n")
    return folder


def _today(admin: psycopg.Connection) -> str:
    row = admin.execute("select to_char(now() at time zone 'Europe/London', 'YYYY-MM-DD')").fetchone()
    assert row is not None
    return str(row[0])
