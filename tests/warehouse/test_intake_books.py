"""The intake without a terminal: a workbook to fill in, a drop folder, the answer with every wrong cell marked."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from core.errors import WarehouseError
from core.settings import settings
from warehouse.cli.app import app
from warehouse.intake.add import intake_dataset, intake_datasets
from warehouse.intake.book import write_book
from warehouse.intake.filled import AS_AT, DAY, NAME, ROLE, SIGNATURE, STATEMENT
from warehouse.intake.form import form_of
from warehouse.intake.take import drop_folder, take, take_dropped

pytestmark = pytest.mark.filterwarnings(r"ignore::DeprecationWarning:soda_(core|postgres)")

DATASET = "intake_savings_delivery"
HEADER = ["programme_code", "financial_year", "time_basis", "programme_name (not read)", "delivered_gbp",
          "forecast_gbp", "as_at_date", "note"]  # fmt: skip
DAY_OF = date(2013, 9, 30)
REF = object()  # a cell that a deleted one was computed from
TPDP = ["TPDP", "2013/14", "annual", "Property", 21_000_000, 55_000_000.5, DAY_OF, ""]
FLEET = ["TRANSPORT", "2013/14", "annual", "Fleet", "", 5_000_000, DAY_OF, "=cmd|' /C calc'!A0"]
LEFT = ["CATERING", "2013/14", "annual", "Catering", "", "", DAY_OF, ""]
SIGNED = {NAME: "Ada Smith", ROLE: "Head of Finance", DAY: date(2013, 10, 15)}


@pytest.fixture
def real(warehouse: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of real sources with nothing in it yet."""
    folder = tmp_path / "sources"
    folder.mkdir()
    monkeypatch.setenv("SOURCES", str(folder))
    return tmp_path


@pytest.fixture
def filled(tmp_path: Path) -> Callable[..., Path]:
    """Write a workbook as somebody's spreadsheet saves it: `filled(rows, signature, name=...)`."""

    def write(rows: list[list[Any]], signature: dict[str, Any], name: str = "savings.xlsx") -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
            day = book.add_format({"num_format": "dd/mm/yyyy"})
            for title, lines in (("savings_delivery", [HEADER, *rows]), (SIGNATURE, [[], *signature.items()])):
                sheet = book.add_worksheet(title)
                for row, cells in enumerate(lines):
                    for at, cell in enumerate(cells):
                        if cell is REF:
                            sheet.write_formula(row, at, "=#REF!+1", None, "#REF!")
                        elif isinstance(cell, date):
                            sheet.write_datetime(row, at, datetime(cell.year, cell.month, cell.day), day)
                        else:
                            sheet.write(row, at, cell)
        return path

    return write


def table(path: Path, sheet: str) -> list[list[Any]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def notes(path: Path) -> dict[str, str]:
    """The cells of the figures that have a note, below the header."""
    with zipfile.ZipFile(path) as parts:
        number = CalamineWorkbook.from_path(path).sheet_names.index("savings_delivery") + 1
        links = parts.read(f"xl/worksheets/_rels/sheet{number}.xml.rels").decode()
        text = parts.read(f"xl/comments{re.search(r'comments([0-9]+).xml', links)[1]}.xml").decode()  # type: ignore[index]
    told = re.findall(r'<comment ref="([A-Z]+[0-9]+)"(.*?</comment>)', text, re.DOTALL)
    return {ref: re.sub("<[^>]+>", "", words) for ref, words in told if not re.fullmatch("[A-Z]+1", ref)}


WRONG = {
    "A3": ('"TRANPSORT" is not known: did you mean TRANSPORT?', ["TRANPSORT", *FLEET[1:]]),
    "E4": ("is not a number written as 1234.56", ["DPS", *TPDP[1:4], "4m pounds", "", DAY_OF, ""]),
    "B5": ("is not a financial year written as 2013/14", ["CRE", date(2011, 12, 1), *TPDP[2:]]),
    "C6": ("is none of annual, in_year", ["CPMS", "2013/14", "yearly", *TPDP[3:]]),
    "A7": ("programme_code is blank", ["", *TPDP[1:]]),
    "A8": ("the same programme_code, financial_year, time_basis as row 2", TPDP),
    "E9": ("A row has a figure", ["HERALD", *TPDP[1:4], "", "", DAY_OF, "soon"]),
    "G10": ("A file states the position of one day", ["LEAN", *TPDP[1:6], date(2013, 8, 31), ""]),
    "E11": ("The cell shows the error #REF!", ["P2P", *TPDP[1:4], REF, 1, DAY_OF, ""]),
    "G12": ("after 2013-10-15, the day of signing", ["DRM", *TPDP[1:6], date(2013, 12, 31), ""]),
}  # fmt: skip


def test_filled_in_badly_in_ten_ways_each_is_marked_in_its_cell_and_none_other(
    real: Path, filled: Callable[..., Path], admin: psycopg.Connection
) -> None:
    path = filled([TPDP, *(row for _, row in WRONG.values()), LEFT], SIGNED)
    answer = real / "answer.xlsx"
    taken = take(path, answer, is_trial=False)

    assert not taken.is_good and taken.added and taken.added.status == "refused"
    assert admin.execute("select status from audit.batch").fetchall() == [("refused",)]
    told = notes(answer)
    # A key is at fault in all its columns; neither of two blank figures is more so.
    assert told.keys() == {*WRONG, "B8", "C8", "F9"}
    for cell, (words, _) in WRONG.items():
        assert words in told[cell], cell
    lines = table(answer, "Answer")
    assert [line[0] for line in lines if line[0] in ("Taken in", "Not taken in")] == ["Not taken in"]
    assert {str(line[0]).removeprefix("savings_delivery, ") for line in lines} >= told.keys()
    # All that the person wrote is still where it stood; whoever corrects it signs again.
    assert [row[0] for row in table(answer, "savings_delivery")] == [
        *(HEADER[0], "TPDP", "TRANPSORT", "DPS", "CRE", "CPMS", "", "TPDP", "HERALD", "LEAN", "P2P", "DRM", "CATERING")
    ]
    signature = dict(line[:2] for line in table(answer, SIGNATURE)[2:])
    assert (signature[NAME], signature[DAY]) == ("Ada Smith", "")


def test_the_drop_folder_takes_a_good_workbook_gives_a_receipt_and_takes_it_once(
    real: Path, filled: Callable[..., Path], admin: psycopg.Connection
) -> None:
    folder = drop_folder(DATASET)
    path = filled([TPDP, LEFT, FLEET], SIGNED)
    content = path.read_bytes()
    path.rename(folder / path.name)
    (folder / "~$savings.xlsx").write_text("open in somebody's spreadsheet")
    (folder / "letter.xlsx").write_text("no workbook")
    (taken,) = take_dropped(DATASET)

    assert taken.is_good and taken.answer.name.endswith(".receipt.xlsx") and taken.answer.parent == folder / "answers"
    assert admin.execute(
        "select programme_code, delivered_gbp, forecast_gbp, note, _row_number from raw.intake_savings_delivery "
        "order by _row_number"
    ).fetchall() == [("TPDP", 21_000_000, 55_000_000.5, None, 2), ("TRANSPORT", None, 5_000_000, FLEET[7], 4)]
    assert admin.execute("select name, role, signed_on from audit.sign_off").fetchall() == [
        ("Ada Smith", "Head of Finance", date(2013, 10, 15))
    ]
    said = {line[0]: line[1] for line in table(taken.answer, "Answer")}
    assert said["Figures"] == "2 rows of savings_delivery, kept as 2013-09."
    assert said["Left out"] == "1 row in which nothing was filled in."
    assert notes(taken.answer) == {}
    with zipfile.ZipFile(taken.answer) as parts:
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name)], "no formula of anybody's"

    assert sorted(each.name for each in folder.iterdir() if each.is_file()) == ["letter.xlsx", "~$savings.xlsx"]
    (told,) = folder.glob("answers/letter.*.not read.txt")
    assert "letter.xlsx: no workbook" in told.read_text()
    (kept,) = folder.glob("taken/savings.*.xlsx")
    assert kept.read_bytes() == content
    assert [each.read_bytes() for each in (settings().intake_dir / "workbooks").iterdir()] == [content]

    kept.rename(folder / "savings.xlsx")
    (again,) = take_dropped(DATASET)
    assert again.is_good and again.added and again.added.batch.status == "known"
    assert admin.execute("select count(*) from audit.batch").fetchone() == (1,)


def test_nobodys_workbook_and_one_of_other_columns_are_marked_and_nothing_is_landed(
    real: Path, filled: Callable[..., Path], admin: psycopg.Connection
) -> None:
    answer = real / "answer.xlsx"
    assert not take(filled([TPDP], {}), answer, is_trial=False).is_good
    wrong = {line[0]: line[1] for line in table(answer, "Answer")}
    assert {f"{SIGNATURE}, B3", f"{SIGNATURE}, B4", f"{SIGNATURE}, B5"} <= wrong.keys()
    assert not take(filled([TPDP], SIGNED | {NAME: "Finance"}), answer, is_trial=False).is_good
    assert "name is not good enough" in str(table(answer, "Answer"))
    assert admin.execute("select count(*) from audit.batch").fetchone() == (0,)

    path = filled([TPDP], SIGNED)
    with pytest.raises(WarehouseError, match="is a workbook of savings_delivery, not of intake_benefits"):
        take(path, answer, is_trial=False, dataset="intake_benefits")
    with pytest.raises(WarehouseError, match="a made-up one may not join them"):
        take(path, answer, is_trial=True)


def test_the_command_line_does_the_same(real: Path, filled: Callable[..., Path], admin: psycopg.Connection) -> None:
    def run(*words: str) -> tuple[int, str]:
        said = CliRunner().invoke(app, ["intake", *words])
        if isinstance(said.exception, WarehouseError):
            raise said.exception
        return said.exit_code, " ".join(said.stdout.split())

    template = real / "template.xlsx"
    assert run("template", "savings_delivery", "--xlsx", str(template))[0] == 0
    assert not take(template, real / "answer.xlsx", is_trial=False).is_good, "nobody has filled it in"

    path = filled([["DPS", *TPDP[1:4], "4m pounds", "", DAY_OF, ""]], SIGNED)
    code, told = run("add", "savings_delivery", str(path))
    assert code == 1 and "refused 1 thing to correct, marked in" in told
    assert notes(path.with_name("savings.answer.xlsx")).keys() == {"E2"}
    path = filled([TPDP, FLEET], SIGNED)
    code, told = run("add", "savings_delivery", str(path))
    assert code == 0 and "signed by Ada Smith" in told and "The receipt: " in told
    with pytest.raises(WarehouseError, match="signed on its own sheet"):
        run("add", "savings_delivery", str(path), "--role", "Clerk")

    path.rename(drop_folder(DATASET) / path.name)
    code, told = run("take")
    assert code == 0 and told.startswith("accepted ") and told.endswith(".receipt.xlsx")
    assert admin.execute("select status, count(*) from audit.batch group by 1 order by 1").fetchall() == [
        ("accepted", 1),
        ("refused", 1),
    ]


@pytest.mark.parametrize("dataset", intake_datasets())
def test_every_intake_has_a_workbook_that_says_what_each_column_is(dataset: str, tmp_path: Path) -> None:
    definition = intake_dataset(dataset)
    form, path = form_of(definition, None), tmp_path / "template.xlsx"
    write_book(path, form)
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["Read me", form.sheet, SIGNATURE, "choices"]
    read = [name for name in table(path, form.sheet)[0] if not name.endswith("(not read)")]
    assert read == [*definition.layouts[-1].columns]
    labels = [row[0] for row in table(path, SIGNATURE)[2:]]
    assert labels[:4] == [NAME, ROLE, DAY, STATEMENT] and (AS_AT in labels) == bool(form.dated_by)
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
    lists = [column for column in form.columns if column.choices]
    assert sheet.count('type="list"') == len(lists)
    first = path.read_bytes()
    write_book(path, form)
    assert path.read_bytes() == first
