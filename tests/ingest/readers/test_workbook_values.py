"""A workbook's cell without a value is never a blank: formulas never worked out, errors, however the file is spelt."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from reading import Outcome, read
from tax_workbooks import SURREY, book
from xls_file import Error, xls

from ingest.definition.dataset import Dataset, load_definitions
from ingest.extracts.ods import open_document
from ingest.extracts.xlsx import packed
from ingest.readers.workbooks.file import WorkbookFile

TAX, FUNDING = "council_tax_requirement", "police_funding"
PLACE = b'<c r="F6"><v>103</v></c>'
TITLE, YEAR = ["Police funding by police force area, \u00a3 million"], ["Financial year 2022-23"]
NAMES = ["Police force area", "Government funding", "Precept", "Total funding"]
ROW = '<table:table-cell office:value-type="float" office:value="63.2"><text:p>63.2</text:p></table:table-cell>'
Spell = Callable[[str], str]


@pytest.fixture(scope="module")
def shipped() -> dict[str, Dataset]:
    return load_definitions()


def with_cell(cell: bytes, spell: Spell = str) -> bytes:
    """The small tax workbook with another cell F6, its parts spelt as a program spells them."""
    with zipfile.ZipFile(io.BytesIO(book(SURREY))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert sum(part.count(PLACE) for part in parts.values()) == 1
    return packed({spell(name): part.replace(PLACE, cell) for name, part in parts.items()})


def with_ods_cell(cell: str) -> bytes:
    """A small ods with one force, and this cell for its funding by the government."""
    whole = open_document("Funding", [TITLE, YEAR, [], NAMES, ["London, City of", 63.2, 0, 63.2]])
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    content = parts["content.xml"].decode()
    assert content.count(ROW) == 2
    return packed(parts | {"content.xml": content.replace(ROW, cell, 1).encode()})


@pytest.mark.parametrize("spell", [str, lambda name: name.replace("/", "\\")], ids=["slashes", "backslashes"])
@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (b'<c r="F6"><f>1+1</f></c>', "a formula that was never worked out"),
        (b'<c r="F6"><f>1+1</f><v/></c>', "a formula that was never worked out"),
        (b'<c r="F6"><f>1+1</f><v></v></c>', "a formula that was never worked out"),
        (b'<c r="F6" t="n"><f t="shared" si="0"/><v/></c>', "a formula that was never worked out"),
        (b'<c r="F6" t="e"><v>#REF!</v></c>', "the error #REF!"),
        (b'<c r="F6" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "the error #DIV/0!"),
    ],
)
def test_a_cell_that_lacks_its_value(
    tmp_path: Path, shipped: dict[str, Dataset], cell: bytes, reason: str, spell: Spell
) -> None:
    outcome = read(tmp_path / "a", with_cell(cell, spell), shipped[TAX])

    assert [(fault.rule, fault.reason) for fault in outcome.quarantined] == [
        ("broken_cell", f"cell F6: requirement_gbp is {reason}")
    ]


def test_a_formula_that_gives_an_empty_text_has_a_value(tmp_path: Path, shipped: dict[str, Dataset]) -> None:
    outcome = read(tmp_path / "a", with_cell(b'<c r="F6" t="str"><f>""</f><v></v></c>'), shipped[TAX])

    assert outcome.is_clean
    assert outcome.records[0].values[4] is None


def test_a_row_of_nothing_but_broken_cells_is_no_remark(tmp_path: Path, shipped: dict[str, Dataset]) -> None:
    """With a name and blanks else, it would be skipped as a remark."""
    content = book(["E1", "Adur", *[None] * 2, 1, 1], SURREY)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for column in "EF":
        old = f'<c r="{column}6"><v>1</v></c>'.encode()
        parts = {name: part.replace(old, old.replace(b"<v>1</v>", b"<f>1</f><v/>")) for name, part in parts.items()}
    parts = {name: part.replace(b'<c r="A6" t="inlineStr"><is><t>E1</t></is></c>', b"") for name, part in parts.items()}
    outcome = read(tmp_path / "a", packed(parts), shipped[TAX])

    assert [fault.row_number for fault in outcome.quarantined] == [6]


def test_an_unknown_kind_is_refused_for_nobody_can_look_through_it(tmp_path: Path, shipped: dict[str, Dataset]) -> None:
    parts = {"xl/workbook.bin": b"\x83\x01", "[Content_Types].xml": b"<Types/>"}
    refusal = read(tmp_path / "a", packed(parts), shipped[TAX]).refusal

    assert refusal is not None
    assert (refusal.reason, refusal.remedy) == ("a workbook of a kind that is not read", "Save it as xlsx.")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ('<table:table-cell table:formula="of:=1+1"/>', "a formula that was never worked out"),
        ('<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" '
         'xmlns:calcext="urn:x" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>',
         "the error #DIV/0!"),
        ('<table:table-cell table:formula="of:=x" office:value-type="string"><text:p>Err:508</text:p>'
         "</table:table-cell>", "the error Err:508"),
        ('<table:table-cell office:value-type="float"><text:p>63.2</text:p></table:table-cell>',
         "a number without a value"),
    ],
)  # fmt: skip
def test_a_cell_of_an_ods_that_lacks_its_value(
    tmp_path: Path, shipped: dict[str, Dataset], cell: str, reason: str
) -> None:
    [fault] = read(tmp_path / "a", with_ods_cell(cell), shipped[FUNDING]).quarantined

    assert fault.reason.startswith("cell B5: ")
    assert fault.reason.endswith(f" is {reason}")


@pytest.mark.parametrize(
    "space", ["<text:line-break/>", "<text:tab/>", "<text:line-break></text:line-break>", "<text:s/>", "\n", " \t "]
)
def test_a_line_break_in_a_cell_is_white_space(tmp_path: Path, shipped: dict[str, Dataset], space: str) -> None:
    whole = open_document("Funding", [TITLE, YEAR, [], NAMES, ["London, City of", 63.2, 0, 63.2]])
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed = parts["content.xml"].replace(b"Government funding", f"Government{space}funding".encode())
    outcome = read(tmp_path / "a", packed(parts | {"content.xml": changed}), shipped[FUNDING])

    assert outcome.is_clean
    assert len(outcome.records) == 1


@pytest.mark.parametrize("repeats", ['rows="1048560" columns="20"', 'rows="30000" columns="100"'])
def test_a_small_ods_that_would_fill_the_memory_is_refused_before_it_is_laid_out(
    tmp_path: Path, shipped: dict[str, Dataset], repeats: str
) -> None:
    rows, columns = (text.split('"')[1] for text in repeats.split())
    far = (
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell office:value-type="string" '
        f'table:number-columns-repeated="{columns}"><text:p><text:s/></text:p></table:table-cell></table:table-row>'
    )
    whole = open_document("Funding", [TITLE, YEAR, [], NAMES, ["London, City of", 63.2, 0, 63.2]])
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed = parts["content.xml"].replace(b"</table:table>", f"{far}</table:table>".encode())
    refusal = read(tmp_path / "a", packed(parts | {"content.xml": changed}), shipped[FUNDING]).refusal

    assert refusal is not None
    assert "more than 2,000,000 cells" in refusal.reason


def test_blank_rows_to_the_end_of_the_sheet_are_no_cells(tmp_path: Path, shipped: dict[str, Dataset]) -> None:
    """Every ods that a spreadsheet saves ends with a million of them."""
    far = (
        '<table:table-row table:number-rows-repeated="1048560">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    whole = open_document("Funding", [TITLE, YEAR, [], NAMES, ["London, City of", 63.2, 0, 63.2]])
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed = parts["content.xml"].replace(b"</table:table>", f"{far}</table:table>".encode())
    outcome: Outcome = read(tmp_path / "a", packed(parts | {"content.xml": changed}), shipped[FUNDING])

    assert outcome.is_clean
    assert len(outcome.records) == 1


@pytest.mark.parametrize("error", [Error(0x17), Error(0x07)], ids=["#REF!", "#DIV/0!"])
def test_an_error_in_an_old_workbook_is_a_blank_which_what_is_required_may_not_be(
    tmp_path: Path, shipped: dict[str, Dataset], error: Error
) -> None:
    """The same table as xls: whole it reads as the xlsx does; nothing tells its error from a blank."""
    (tmp_path / "new").write_bytes(book(SURREY))
    new = WorkbookFile(tmp_path / "new")
    sheets = {name: [[cell or None for cell in row] for row in new.sheet(name).rows] for name in new.names}
    whole = read(tmp_path / "a", xls(sheets), shipped[TAX])
    assert whole.is_clean
    assert whole.records == read(tmp_path / "b", book(SURREY), shipped[TAX]).records

    sheets["Data"][5][5] = error
    blank = read(tmp_path / "c", xls(sheets), shipped[TAX])
    assert (blank.quarantined, blank.records[0].values[4]) == ([], None)
    sheets["Data"][5][1] = error
    broken = read(tmp_path / "d", xls(sheets), shipped[TAX])
    assert [(fault.rule, fault.reason) for fault in broken.quarantined] == [
        ("required", "cell B6: authority_name is blank")
    ]
