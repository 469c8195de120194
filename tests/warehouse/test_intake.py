"""The intake as a person meets it: a template, a signed file, and what becomes of it on a real database."""

from __future__ import annotations

import csv
import hashlib
import io
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import yaml

from core.settings import settings
from ingest.definition.dataset import load_definitions
from ingest.pipeline import ingest_dataset
from warehouse.cli import main

pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)")

DATASET = "intake_savings_delivery"
HEADER = "programme_code,financial_year,time_basis,delivered_gbp,forecast_gbp,as_at_date,note\n"
TPDP = "TPDP,2013/14,annual,21000000,55000000.50,2013-09-30,\n"
FLEET = "TRANSPORT,2013/14,annual,,5000000,2013-09-30,late\n"
GOOD = HEADER + TPDP + FLEET
SIGNED = ("--signed-by", "Ada Smith", "--role", "Head of Finance", "--on", "2013-10-15")


@pytest.fixture
def sources(warehouse: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of real sources with nothing in it yet: the intake takes real files."""
    folder = tmp_path / "sources"
    folder.mkdir()
    monkeypatch.setenv("SOURCES", str(folder))
    return folder


@pytest.fixture
def intake(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run `warehouse intake <arguments>`: exit code, what it printed, what it printed as errors."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["warehouse", "intake", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


@pytest.fixture
def add(
    sources: Path, intake: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> Callable[..., tuple[int, str, str]]:
    """Write a file and add it, signed: `add(content, *options)`."""

    def write_and_add(content: str, *options: str) -> tuple[int, str, str]:
        path = tmp_path / "savings.csv"
        path.write_text(content)
        return intake("add", "savings_delivery", str(path), *(options or SIGNED))

    return write_and_add


def batches(admin: psycopg.Connection) -> list[tuple]:
    return admin.execute("select status, vintage, records_loaded from audit.batch order by loaded_at").fetchall()


def test_a_template_is_a_header_that_is_refused_as_a_file(
    intake: Callable[..., tuple[int, str, str]], add: Callable[..., tuple[int, str, str]]
) -> None:
    code, out, err = intake("template", "savings_delivery")
    assert (code, out) == (0, HEADER)
    assert "time_basis (text; required; one of annual, in_year, cumulative, total_contract): " in err

    assert "the file has a header and no rows" in add(out)[1]


@pytest.mark.parametrize("name", [name for name, each in load_definitions().items() if each.sign_off])
def test_every_intake_has_a_template_with_its_fields(intake: Callable[..., tuple[int, str, str]], name: str) -> None:
    (row,) = csv.reader(io.StringIO(intake("template", name)[1]))
    assert sorted(row) == sorted(rule.name for rule in load_definitions()[name].fields)


def test_a_dataset_that_the_intake_does_not_have_lists_those_it_has(
    intake: Callable[..., tuple[int, str, str]],
) -> None:
    code, _, err = intake("template", "mps_borough_crime")
    assert code == 1
    assert "The intake has no dataset 'mps_borough_crime'." in err
    assert "intake_benefits, intake_capital_actual" in err


def test_a_good_file_is_archived_landed_accepted_and_its_signature_kept(
    add: Callable[..., tuple[int, str, str]], admin: psycopg.Connection
) -> None:
    code, out, err = add(GOOD)

    assert (code, err) == (0, "")
    assert "accepted intake/intake_savings_delivery/savings." in out
    assert "2 rows read = 2 loaded + 0 quarantined + 0 skipped; vintage 2013-09" in out
    assert batches(admin) == [("accepted", "2013-09", 2)]
    sha256 = hashlib.sha256(GOOD.encode()).hexdigest()
    signed = admin.execute("select sha256, name, role, signed_on::text from audit.sign_off").fetchall()
    assert signed == [(sha256, "Ada Smith", "Head of Finance", "2013-10-15")]
    assert (settings().archive_dir / sha256[:2] / sha256).read_text() == GOOD
    assert admin.execute(f"select forecast_gbp, note from raw.{DATASET} order by _row_number").fetchall() == [
        (pytest.approx(55000000.50), None),
        (5000000, "late"),
    ]
    assert admin.execute("select is_generated from audit.batch").fetchone() == (False,)


def test_the_same_file_again_is_known_and_its_first_signature_stands(
    add: Callable[..., tuple[int, str, str]], admin: psycopg.Connection
) -> None:
    add(GOOD)
    code, out, _ = add(GOOD, "--signed-by", "Bob Jones", "--role", "Clerk")

    assert code == 0
    assert "These bytes were dealt with before: nothing has changed." in out
    assert "signed by Ada Smith, Head of Finance, 2013-10-15" in out
    assert batches(admin) == [("accepted", "2013-09", 2)]


def test_a_bad_row_refuses_the_file_and_says_where_and_why(
    add: Callable[..., tuple[int, str, str]], admin: psycopg.Connection
) -> None:
    code, out, _ = add(GOOD + "CATERING,2013/14,annual,£4m,,2013-09-30,\n")

    assert code == 1
    assert 'row 4, column delivered_gbp: delivered_gbp "£4m" is not a number written as 1234.56 (rule type).' in out
    assert "remedy: Correct these cells in your file, save it as CSV, and add it again." in out
    assert batches(admin) == [("refused", "2013-09", 2)]
    kept = admin.execute("select row_number, source_column, rule from audit.quarantine").fetchall()
    assert kept == [(4, "delivered_gbp", "type")]


def test_a_corrected_file_is_a_new_vintage_and_says_what_it_withdraws(
    add: Callable[..., tuple[int, str, str]], admin: psycopg.Connection
) -> None:
    add(GOOD)
    code, out, _ = add(HEADER + TPDP.replace("21000000", "22000000"))

    assert code == 0
    assert "vintage 2013-09.2" in out
    assert "are withdrawn with it:\n    TRANSPORT 2013/14 annual\nNext: " in out
    assert batches(admin) == [("accepted", "2013-09", 2), ("accepted", "2013-09.2", 1)]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--signed-by", "Finance", "--role", "Head"), "The sign-off's name is not good enough."),
        (("--signed-by", "Ada Smith", "--role", " "), "The sign-off's role is not good enough."),
        (("--signed-by", "Ada Smith", "--role", "Head", "--on", "2999-01-01"), "Nobody can sign on 2999-01-01 yet."),
        (("--signed-by", "Ada Smith"), "a CSV file needs --signed-by and --role"),
        ((*SIGNED, "--trial"), "a made-up one may not join them."),
    ],
)
def test_without_a_persons_name_role_and_day_nothing_is_landed(
    add: Callable[..., tuple[int, str, str]], admin: psycopg.Connection, options: tuple[str, ...], reason: str
) -> None:
    code, _, err = add(GOOD, *options)
    assert code != 0
    assert reason in err
    assert batches(admin) == []


def test_figures_dated_after_the_signature_are_refused(add: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = add(GOOD, "--signed-by", "Ada Smith", "--role", "Head of Finance", "--on", "2013-09-29")
    assert code == 1
    assert "Nothing is dated after the sign-off" in out


def test_an_unsigned_file_in_the_sources_is_refused_until_somebody_signs_it(
    sources: Path, add: Callable[..., tuple[int, str, str]], admin: psycopg.Connection
) -> None:
    path = sources / "intake" / DATASET / "savings.csv"
    path.parent.mkdir(parents=True)
    path.write_text(GOOD)
    (report,) = ingest_dataset(DATASET).batches

    assert (report.status, report.reason) == ("refused", f"intake/{DATASET}/savings.csv, nobody has signed it.")
    assert f"warehouse intake add {DATASET} <file> --signed-by" in (report.remedy or "")
    assert batches(admin) == [("refused", None, 0)]
    assert [batch.status for batch in ingest_dataset(DATASET).batches] == ["known"]

    assert add(GOOD)[0] == 0
    assert batches(admin) == [("refused", None, 0), ("accepted", "2013-09", 2)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sha256": "0" * 64}, "Ada Smith signed another state of it: it was changed after that."),
        ({"name": "Finance"}, "the sign-off beside it cannot be used: name: "),
        ({"mood": "good"}, "the sign-off beside it cannot be used: mood: Extra inputs are not permitted."),
    ],
)
def test_a_sign_off_beside_a_file_must_be_whole_and_of_these_bytes(
    sources: Path, change: dict[str, str], reason: str
) -> None:
    path = sources / "intake" / DATASET / "savings.csv"
    path.parent.mkdir(parents=True)
    path.write_text(GOOD)
    side_car = {
        "name": "Ada Smith",
        "role": "Head of Finance",
        "date": "2013-10-15",
        "statement": "Correct.",
        "sha256": hashlib.sha256(GOOD.encode()).hexdigest(),
    }
    path.with_name("savings.csv.signoff.yml").write_text(yaml.safe_dump(side_car | change))

    (report,) = ingest_dataset(DATASET).batches
    assert report.status == "refused"
    assert reason in (report.reason or "")

    path.with_name("savings.csv.signoff.yml").write_text(yaml.safe_dump(side_car))
    (report,) = ingest_dataset(DATASET).batches
    assert report.status == "pending"


def test_what_was_added_is_taken_in_again_by_a_database_that_lost_it(
    add: Callable[..., tuple[int, str, str]], admin: psycopg.Connection
) -> None:
    add(GOOD)
    admin.execute(f"truncate raw.{DATASET}, audit.batch, audit.sign_off, audit.source_file, audit.check_result cascade")
    assert [batch.status for batch in ingest_dataset(DATASET).batches] == ["pending"]
    assert admin.execute("select name from audit.sign_off").fetchall() == [("Ada Smith",)]


def test_on_generated_extracts_only_a_trial_may_be_added_and_it_counts_as_generated(
    warehouse: str, intake: Callable[..., tuple[int, str, str]], admin: psycopg.Connection, tmp_path: Path
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(GOOD)
    code, _, err = intake("add", "savings_delivery", str(path), *SIGNED)
    assert code == 1
    assert "This warehouse runs on generated extracts, and a signed file is real" in err

    assert intake("add", "savings_delivery", str(path), *SIGNED, "--trial")[0] == 0
    assert admin.execute("select distinct is_generated from audit.batch").fetchall() == [(True,)]
    assert admin.execute("select count(*) from audit.batch where status = 'accepted'").fetchone() == (3,)


def test_bytes_that_came_as_a_trial_never_become_real(
    intake: Callable[..., tuple[int, str, str]],
    warehouse: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(GOOD)
    intake("add", "savings_delivery", str(path), *SIGNED, "--trial")
    monkeypatch.setenv("SOURCES", str(tmp_path))

    code, _, err = intake("add", "savings_delivery", str(path), *SIGNED)
    assert code == 1
    assert "the same bytes came before as generated ones" in err


def test_all_that_is_wrong_with_a_file_is_said_at_once(add: Callable[..., tuple[int, str, str]]) -> None:
    code, out, _ = add(GOOD + "CATERING,Dec-11,annual,1,,2013-09-30,\nFLEET,2013/14,annual,(250.00),,2013-09-30,\n")

    assert code == 1
    told = " ".join(out.split())
    assert 'row 4, column financial_year: financial_year "Dec-11" is not a financial year written as 2013/14' in told
    assert 'row 5, column delivered_gbp: delivered_gbp "(250.00)" is not a number written as 1234.56' in told


def test_a_file_that_a_spreadsheet_saved_is_read_for_what_it_says(
    add: Callable[..., tuple[int, str, str]], admin: psycopg.Connection
) -> None:
    """Semicolons, trailing columns, British days, grouped pounds: said of the batch, and accepted."""
    rows = 'FLEET;2013/14;annual;"£1,234.56";2000;30/09/2013;;;\n;;;;;;;;\n'
    code, out, _ = add(HEADER.strip().replace(",", ";") + ";;\n" + rows)

    assert (code, batches(admin)) == (0, [("accepted", "2013-09", 1)]), out
    assert admin.execute(
        "select delivered_gbp::text, as_at_date::text from raw.intake_savings_delivery"
    ).fetchall() == [("1234.56", "2013-09-30")]
    told = admin.execute("select rule from audit.skipped_record order by rule").fetchall()
    assert [rule for (rule,) in told] == [
        *("blank_columns", "blank_line", "british_days", "number_spelling", "other_delimiter", "pound_signs")
    ]


def test_a_mistyped_code_is_asked_about_and_a_new_one_is_not(
    add: Callable[..., tuple[int, str, str]], admin: psycopg.Connection
) -> None:
    code, out, _ = add(GOOD.replace("TRANSPORT", "TRANPSORT"))
    assert code == 1
    assert 'row 3: programme_code "TRANPSORT" is not known: did you mean TRANSPORT?' in " ".join(out.split())
    assert "Correct the code in your file and add it again." in out
    assert add(GOOD.replace("TRANSPORT", "KENNELS"))[0] == 0
    # What one file was accepted with, the next one is held against.
    assert "did you mean KENNELS?" in " ".join(add(GOOD.replace("TRANSPORT", "KENNEL"))[1].split())


def test_whoever_fills_a_file_in_is_told_what_they_can_do(add: Callable[..., tuple[int, str, str]]) -> None:
    for content in (GOOD.replace("programme_code", "programme"), HEADER, ""):
        out = " ".join(add(content)[1].split())
        assert "remedy: Compare your file with `warehouse intake template`, correct it, save it as CSV, and" in out
        assert "publisher" not in out
