"""The reader of workbooks: which sheet, which header, which rows, which values; and what it refuses whole."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from reading import Outcome, read
from tax_workbooks import BANDS, FORM, LINE_1, LIST, READ, SURREY, TOP, book, changed

from ingest.definition.dataset import Dataset, load_definitions
from ingest.extracts.xlsx import Content, NewSheet, packed, workbook
from ingest.readers import open_file
from ingest.readers.workbooks.file import MOST_CELLS

Reader = Callable[[bytes], Outcome]


@pytest.fixture(scope="module")
def definition() -> Dataset:
    """The definition that ships, not the tests' usual one."""
    return load_definitions()["council_tax_requirement"]


@pytest.fixture
def read_bytes(tmp_path: Path, definition: Dataset) -> Reader:
    """Reads a file whose name says nothing, as the archive's names do."""
    return lambda content: read(tmp_path / "0a1b", content, definition)


def test_a_record_is_a_row_with_its_sheet_and_the_number_that_a_person_sees(read_bytes: Reader) -> None:
    outcome = read_bytes(book(SURREY))

    assert outcome.layout == "freeze_grant"
    assert outcome.records == [(READ, 6, None, "Data")]


def test_every_row_of_the_sheet_is_accounted_for(read_bytes: Reader) -> None:
    rows: list[list[Content]] = [
        ["Eng", "England", None, "(R)", 1, 2],
        [],
        ["Precepting authorities"],
        [None, None, None, None, 3, 4],
        SURREY,
        [None, "Check difference from top line", None, None, 0, 0],
        [None, "(R) Revised"],
    ]
    outcome = read_bytes(book(*rows))

    assert outcome.skipped == [
        ("preamble", 1, 3),
        ("header", 4, 1),
        ("header", 5, 1),
        ("class_total", 6, 1),
        ("blank_row", 7, 1),
        ("heading", 8, 1),
        ("column_numbers", 9, 1),
        ("check_row", 11, 1),
        ("note", 12, 1),
    ]
    assert [record.row_number for record in outcome.records] == [10]
    assert outcome.records_read == 12 == len(outcome.records) + sum(skipped.record_count for skipped in outcome.skipped)


def test_a_header_that_stands_elsewhere_is_found_by_what_it_says(read_bytes: Reader) -> None:
    shifted = book([None, *SURREY], bands=[[None, *band] for band in BANDS], top=[*TOP, [], ["A new remark"]])
    outcome = read_bytes(shifted)

    assert [(record.values, record.row_number) for record in outcome.records] == [(READ, 8)]


def test_columns_may_change_places_and_new_ones_may_stand_between(read_bytes: Reader) -> None:
    """A band reaches over its columns only: the parish precepts have the same years beneath them."""
    order = [0, 1, 2, 3, 8, 9, 10, 11, 6, 7, 4, 5]
    bands = [[[*band, None][column] for column in order] for band in BANDS]
    outcome = read_bytes(book([SURREY[column] for column in order], bands=bands))

    assert [record.values for record in outcome.records] == [READ]


def test_a_later_header_holds_for_the_rows_beneath_it(read_bytes: Reader) -> None:
    band: list[Content] = [
        "Ecode",
        "Authority",
        "Class",
        None,
        "1. Council Tax Requirement including special expenses. ",
    ]
    base = (
        "2. Council tax base for the major precepting authority's area for precept purposes after council tax "
        "reduction scheme (to 1 decimal place)"
    )
    band_d = "3. Average (Band D 2 Adult equivalent) council tax of major precepting authority (line 1 / line 2)"
    # The two lines have changed places, and the years are left to the first header.
    later = [*band, None, None, None, band_d, None, base]
    outcome = read_bytes(book(["E3831", "Adur", "SD", None, *[1] * 8], later, [], SURREY))

    assert [record.values[6:] for record in outcome.records] == [(1, 1, 1, 1), (216, Decimal("211.68"), 48, 47)]
    assert ("header", 7, 1) in outcome.skipped


@pytest.mark.parametrize(
    ("column", "content", "expected"),
    [
        (5, "n/a", ("type", 'cell F6: requirement_gbp "n/a" is text, not a number')),
        (5, "103", ("type", 'cell F6: requirement_gbp "103" is text, not a number')),
        (5, -1, ("minimum", "cell F6: requirement_gbp -1 is below the minimum 0")),
        (1, "  ", ("required", "cell B6: authority_name is blank")),
    ],
)
def test_a_wrong_cell_is_set_aside_with_its_address(
    read_bytes: Reader, column: int, content: Content, expected: tuple[str, str]
) -> None:
    [fault] = read_bytes(book(changed(column, content))).quarantined

    assert (fault.rule, fault.reason, fault.row_number, fault.sheet, fault.record_count) == (*expected, 6, "Data", 1)
    assert fault.source_column == {1: "Authority", 5: f"{LINE_1.strip()} > {{year}}"}[column]


def test_the_same_authority_twice_is_set_aside(read_bytes: Reader) -> None:
    [fault] = read_bytes(book(SURREY, changed(1, "Surrey Police "))).quarantined

    assert (fault.rule, fault.reason) == ("duplicate_key", "the same authority_name as row 6")


def test_the_publishers_dash_and_an_empty_cell_are_null(read_bytes: Reader) -> None:
    outcome = read_bytes(book([*SURREY[:4], "-", None, *SURREY[6:]]))

    assert outcome.records[0].values[4:6] == (None, None)


@pytest.mark.parametrize(
    ("stored", "value"),
    [
        ("208.30000000000001", "208.3"),
        ("2712343.2200000007", "2712343.22"),
        ("1.0E-3", "0.001"),
        ("24733966901.07", "24733966901.07"),
        ("5.0", "5"),
    ],
)
def test_a_number_is_what_a_spreadsheet_shows_of_it(read_bytes: Reader, stored: str, value: str) -> None:
    content = swap(book(changed(5, 777)), "<v>777</v>", f"<v>{stored}</v>")

    assert read_bytes(content).records[0].values[4] == Decimal(value)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ('t="e"><f>1/0</f><v>#DIV/0!</v>', "cell F6: requirement_gbp is the error #DIV/0!"),
        ("><f>1+1</f>", "cell F6: requirement_gbp is a formula that was never worked out"),
    ],
)
def test_an_error_or_a_formula_without_a_result_is_not_blank(read_bytes: Reader, cell: str, reason: str) -> None:
    [fault] = read_bytes(swap(book(changed(5, 777)), "><v>777</v>", f" {cell}".replace(" >", ">"))).quarantined

    assert (fault.rule, fault.reason) == ("broken_cell", reason)


def test_a_formula_is_read_by_its_result(read_bytes: Reader) -> None:
    content = swap(book(changed(5, 777)), "<v>777</v>", "<f>700+77</f><v>777</v>")

    assert read_bytes(content).records[0].values[4] == 777


@pytest.mark.parametrize(
    "ghost",
    [
        NewSheet("Data", [*TOP, *BANDS, SURREY], is_hidden=True),
        NewSheet("Data ", []),
        NewSheet("'file:///E:/old.xls'#Data", [*TOP, *BANDS, SURREY]),
    ],
    ids=["hidden", "empty", "a copy kept for links"],
)
def test_ghost_sheets_are_passed_over(read_bytes: Reader, ghost: NewSheet) -> None:
    name = "Data " if ghost.name == "Data" else "Data"
    outcome = read_bytes(workbook([ghost, FORM, NewSheet(name, [*TOP, *BANDS, SURREY])]))

    assert [record.values for record in outcome.records] == [READ]


def test_a_workbook_of_another_year_finds_that_years_columns(read_bytes: Reader) -> None:
    """The form says 2014-15, so the column of 2015-16 is no column that the layout knows."""
    form = NewSheet(FORM.name, [["2014-15"]])
    outcome = read_bytes(workbook([form, NewSheet("Data", [*TOP, *BANDS, SURREY])]))

    assert outcome.refusal and 'missing "1. Council Tax Requirement' in outcome.refusal.reason


def renamed() -> bytes:
    return book(SURREY, bands=[[*BANDS[0][:8], "8. Council tax base for setting council tax", *BANDS[0][9:]], BANDS[1]])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\n<!DOCTYPE html><html>Busy</html>", "a web page, not a workbook"),
        (b"Ecode,Authority\n", "no workbook"),
        (book(SURREY)[:900], "the file was cut off: it begins as a workbook and has no end"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "no workbook that can be read: Cannot detect file format"),
        (book(SURREY).replace(b"Surrey", b"Durham"), "the workbook is damaged in its part xl/worksheets/sheet2.xml"),
        (packed({"a.txt": b"a"}), "a workbook of a kind that is not read"),
        (
            workbook([FORM, NewSheet("Figures", [["Ecode"]]), LIST]),
            "no sheets are 'Data' titled 'Billing authorities', where one must be; "
            "there are 'Billing Authorities', 'Figures', 'List' (hidden)",
        ),
        (
            workbook([NewSheet("Data", [*TOP, *BANDS, SURREY])]),
            "sheet 'Billing Authorities' says no financial year (([0-9]{4}-[0-9]{2})) in its first 30 rows",
        ),
        (
            workbook([NewSheet(FORM.name, [["2015-17"]]), NewSheet("Data", [*TOP, *BANDS, SURREY])]),
            "sheet 'Billing Authorities', row 1: '2015-17' is no financial year",
        ),
        (
            book(SURREY, bands=[["Code", *BANDS[0][1:]], BANDS[1]]),
            "sheet 'Data': no row has the header's Ecode, Authority, Class",
        ),
        (
            renamed(),
            "sheet 'Data', row 4: the header is not known: "
            'missing "8. Council tax base for council tax sett ... oses (line 4 x line 6 + line 7) > {year}", '
            '"8. Council tax base for council tax sett ... e 4 x line 6 + line 7) > {previous_year}"; '
            'new, and much alike: "8. Council tax base for setting council tax > {year}", '
            '"8. Council tax base for setting council tax > {previous_year}"; '
            "the closest known layout is freeze_grant",
        ),
        (book([None, "(R) Revised"]), "sheet 'Data' has a header and no records"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value[:40],
)
def test_what_is_refused_whole(read_bytes: Reader, content: bytes, reason: str) -> None:
    outcome = read_bytes(content)

    assert outcome.refusal and outcome.refusal.reason == reason
    assert outcome.refusal.remedy


def test_a_cell_far_outside_the_table_is_refused_before_it_fills_the_memory(read_bytes: Reader) -> None:
    content = swap(book(SURREY), "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    refusal = read_bytes(content).refusal

    assert refusal
    assert refusal.reason == f"sheet 'Data' reaches to XFD1048576, more than {MOST_CELLS:,} cells: not a table"


def test_a_small_file_that_unpacks_to_too_much_is_refused(read_bytes: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    content = book(SURREY)
    monkeypatch.setattr("ingest.readers.workbooks.file.LARGEST_UNPACKED", 4000)
    refusal = read_bytes(content).refusal

    assert refusal and "more than the 4,000 that are read" in refusal.reason


def swap(content: bytes, old: str, new: str) -> bytes:
    """The workbook with one text changed in its sheet Data."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = parts["xl/worksheets/sheet2.xml"].decode()
    assert part.count(old) == 1
    return packed(parts | {"xl/worksheets/sheet2.xml": part.replace(old, new).encode()})


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "rows", "records", "layout", "year", "london"),
    [
        ("ctr_1516", 445, 423, "freeze_grant", 2015, (434, 566527128, "2712343.22", "208.87")),
        ("ctr_1617", 447, 422, "social_care", 2016, (436, 566657143, "2803706.6", "202.11")),
        ("ctr_1819", 456, 428, "social_care", 2018, (438, 641371487, "2940317.6", "218.13")),
        ("ctr_1920", 454, 419, "social_care", 2019, (429, 725203122, "2995098.2", "242.13")),
        ("ctr_2021", 453, 416, "social_care", 2020, (427, "767054360.26", "3042297.1", "252.13")),
    ],
)
def test_the_real_workbooks(
    real_data: Path,
    tmp_path: Path,
    definition: Dataset,
    name: str,
    rows: int,
    records: int,
    layout: str,
    year: int,
    london: tuple[int, int | str, str, str],
) -> None:
    content = (real_data / f"grants/council_tax_requirement/{name}.xlsx").read_bytes()
    outcome = read(tmp_path / "a", content, definition)

    assert (outcome.refusal, outcome.quarantined, outcome.layout) == (None, [], layout)
    assert (outcome.records_read, len(outcome.records)) == (rows, records)
    assert rows == records + sum(skipped.record_count for skipped in outcome.skipped)
    [row] = [record for record in outcome.records if record.values[1] == "London Boroughs less CoL"]
    number, requirement, base, band_d = london
    assert (row.row_number, row.values[4], row.values[6]) == (number, Decimal(requirement), Decimal(base))
    assert round(row.values[8], 2) == Decimal(band_d)  # type: ignore[arg-type]
    assert sum(record.values[2] == "PCC" for record in outcome.records) == 37
    assert open_file(tmp_path / "a", definition, "a").period_start == date(year, 4, 1)
