"""The reader of long tables: what it gives back exactly, what it sets aside and why, what it refuses whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from reading import Outcome, read

from core.errors import WarehouseError
from ingest.definition.dataset import Dataset, load_definitions
from ingest.readers import open_file

DEFINITION = """
dataset: orchard
domain: fruit
title: Trees and their harvest
publisher: Orchard
licence: none
homepage: none
expected_every_days: 31
files: "*.csv"
coverage: full
vintage: last_period
tolerance: 0
reader: {format: delimited, delimiter: ",", encoding: utf-8-sig, period_field: picked, final_newline: required}
fields:
  - {name: tree, type: text, required: true, pattern: "[a-z]+", description: Tree}
  - {name: year, type: financial_year, required: true, description: Year}
  - {name: picked, type: date, required: true, description: Day}
  - {name: crates, type: integer, required: false, minimum: 1, maximum: 13, description: Crates}
  - {name: weight, type: decimal, required: false, minimum: 0, description: Weight}
  - {name: grade, type: text, required: false, allowed: [first, second], description: Grade}
  - {name: note, type: text, required: false, description: Note}
key: [tree, year]
layouts:
  - name: english
    columns: {Tree: tree, Year: year, Picked: picked, Crates: crates, Weight: weight, Grade: grade, Note: note}
  - name: short
    columns: {t: tree, y: year, p: picked, c: crates, w: weight, g: grade, n: note}
"""
HEADER = "Tree,Year,Picked,Crates,Weight,Grade,Note\n"
GOOD = "apple,2013/14,2013-09-30,3,12.50,first,\n"


@pytest.fixture
def define(tmp_path: Path) -> Callable[..., Dataset]:
    """A definition with some text replaced: `define(old, new)`."""
    folder = tmp_path / "definitions"
    folder.mkdir()

    def load(old: str = "", new: str = "") -> Dataset:
        assert old in DEFINITION
        (folder / "orchard.yml").write_text(DEFINITION.replace(old, new, 1))
        return load_definitions(folder)["orchard"]

    return load


@pytest.fixture
def read_bytes(tmp_path: Path, define: Callable[..., Dataset]) -> Callable[[bytes], Outcome]:
    return lambda content: read(tmp_path / "a.csv", content, define())


@pytest.fixture
def read_text(read_bytes: Callable[[bytes], Outcome]) -> Callable[[str], Outcome]:
    return lambda text: read_bytes(text.encode())


def test_every_type_comes_out_as_it_stands(read_text: Callable[[str], Outcome]) -> None:
    outcome = read_text(HEADER + GOOD + "pear,1999/00,2000-02-29,,,,a note\n")

    assert outcome.is_clean
    assert (outcome.layout, outcome.records_read) == ("english", 2)
    first, second = outcome.records
    assert first.values == ("apple", "2013/14", date(2013, 9, 30), 3, Decimal("12.50"), "first", None)
    assert isinstance(first.values[4], Decimal)
    assert str(first.values[4]) == "12.50"
    assert second.values == ("pear", "1999/00", date(2000, 2, 29), None, None, None, "a note")
    assert (first.row_number, first.source_column) == (2, None)


def test_columns_in_any_order_and_any_known_header(read_text: Callable[[str], Outcome]) -> None:
    outcome = read_text("n,g,w,c,p,y,t\nlate,second,1,2,2013-09-30,2013/14,plum\n")

    assert outcome.layout == "short"
    assert outcome.records[0].values == ("plum", "2013/14", date(2013, 9, 30), 2, Decimal(1), "second", "late")


def test_a_mark_at_the_start_line_ends_of_windows_and_quoted_line_ends_do_no_harm(
    read_bytes: Callable[[bytes], Outcome],
) -> None:
    text = HEADER + 'apple,2013/14,2013-09-30,3,1,first,"two\nlines, £5"\n' + GOOD.replace("apple", "pear")
    outcome = read_bytes(b"\xef\xbb\xbf" + text.encode().replace(b"\n", b"\r\n"))

    assert outcome.is_clean
    assert [(record.values[0], record.row_number) for record in outcome.records] == [("apple", 2), ("pear", 4)]
    assert outcome.records[0].values[6] == "two\r\nlines, £5"


def test_empty_lines_and_rows_of_empty_cells_are_skipped_by_name(read_text: Callable[[str], Outcome]) -> None:
    outcome = read_text(HEADER + "\n" + GOOD + ",,,,,,\n , ,\n")

    assert [tuple(skipped) for skipped in outcome.skipped] == [("blank_line", line, 1) for line in (2, 4, 5)]
    assert (outcome.records_read, len(outcome.records)) == (4, 1)


@pytest.mark.parametrize(
    ("old", "new", "column", "rule", "reason"),
    [
        ("apple", "", "Tree", "required", "tree is blank"),
        ("apple", "  ", "Tree", "required", "tree is blank"),
        ("apple", "Apple1", "Tree", "pattern", 'tree "Apple1" is not written as [a-z]+'),
        ("apple", "apple ", "Tree", "pattern", 'tree "apple " is not written as [a-z]+'),
        ("2013/14", "2013/15", "Year", "type", 'year "2013/15" is not a financial year written as 2013/14'),
        ("2013/14", "2013-14", "Year", "type", 'year "2013-14" is not a financial year written as 2013/14'),
        ("2013-09-30", "30/09/2013", "Picked", "type", 'picked "30/09/2013" is not a date written as 2013-09-30'),
        ("2013-09-30", "20130930", "Picked", "type", 'picked "20130930" is not a date written as 2013-09-30'),
        ("2013-09-30", "2013-09-31", "Picked", "type", 'picked "2013-09-31" is no day: day is out of range for month'),
        (",3,", ",3.5,", "Crates", "type", 'crates "3.5" is not a whole number'),
        (",3,", ",0,", "Crates", "minimum", "crates 0 is below the minimum 1"),
        (",3,", ",14,", "Crates", "maximum", "crates 14 is above the maximum 13"),
        ("12.50", '"12,50"', "Weight", "type", 'weight "12,50" is not a number written as 1234.56'),
        ("12.50", "£12", "Weight", "type", 'weight "£12" is not a number written as 1234.56'),
        ("12.50", "1e5", "Weight", "type", 'weight "1e5" is not a number written as 1234.56'),
        ("12.50", "NaN", "Weight", "type", 'weight "NaN" is not a number written as 1234.56'),
        ("12.50", "٣", "Weight", "type", 'weight "٣" is not a number written as 1234.56'),
        ("12.50", "1" * 19, "Weight", "type", f'weight "{"1" * 19}" has more than 18 digits'),
        ("12.50", "-0.01", "Weight", "minimum", "weight -0.01 is below the minimum 0"),
        ("first", "First", "Grade", "allowed", 'grade "First" is none of first, second'),
        (",\n", ",a\0b\n", "Note", "nul_byte", "note holds a NUL byte"),
        (",\n", "\n", None, "ragged_row", "6 cells where the header has 7"),
        (",\n", ",,\n", None, "ragged_row", "8 cells where the header has 7"),
    ],
)
def test_a_bad_row_is_set_aside_with_row_column_rule_and_reason(
    read_text: Callable[[str], Outcome], old: str, new: str, column: str | None, rule: str, reason: str
) -> None:
    outcome = read_text(HEADER + GOOD.replace("apple", "pear") + GOOD.replace(old, new, 1))

    (fault,) = outcome.quarantined
    assert fault[:5] == (3, column, rule, reason, 1)
    assert "2013" in fault.record
    assert (len(outcome.records), outcome.records_read) == (1, 2)


def test_a_key_that_comes_twice_is_for_the_loader_to_see(read_text: Callable[[str], Outcome]) -> None:
    assert len(read_text(HEADER + GOOD + GOOD.replace("12.50", "13")).records) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "the file is empty"),
        (HEADER, "the file has a header and no rows"),
        (HEADER + "\n,,,,,,\n", "the file has a header and no rows"),
        ("<html><body>Sign in</body></html>\n", "line 1: a web page, not a table"),
        (HEADER + GOOD.rstrip(",\n"), "line 2, which ends "),
        (HEADER.replace("Weight", "Mass") + GOOD, 'the header is not known: missing "Weight"; new "Mass"'),
        (HEADER.replace("Weight", "Crates") + GOOD, 'missing "Weight"; repeated "Crates"'),
        (HEADER.replace(",", ";") + GOOD, "the header is not known"),
        (HEADER + 'apple,"2013/14\n', "line 2: not a table of delimited values"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_whole(
    read_text: Callable[[str], Outcome], content: str, reason: str
) -> None:
    outcome = read_text(content)

    assert outcome.refusal is not None
    assert reason in outcome.refusal.reason
    assert outcome.refusal.remedy


def test_bytes_that_are_not_utf8_are_refused_with_their_place(read_bytes: Callable[[bytes], Outcome]) -> None:
    outcome = read_bytes((HEADER + GOOD).encode() + b"pear,2013/14,2013-09-30,3,1,first,\xa35\n")
    assert outcome.refusal is not None
    assert outcome.refusal.reason.startswith("line 3, byte 116: 0xa3 is not utf-8")


@pytest.mark.parametrize(
    ("period_field", "rows", "period"),
    [
        ("picked", "", (date(2013, 9, 30), date(2013, 9, 30))),
        ("picked", "pear,2012/13,2012-05-01,,,,\nfig,2014/15,2014-02-03,,,,\n", (date(2012, 5, 1), date(2014, 2, 3))),
        ("picked", "pear,2014/15,2015-01-01,0,,,\n", (date(2013, 9, 30), date(2013, 9, 30))),  # set aside
        ("year", "pear,2012/13,2012-05-01,,,,\n", (date(2012, 4, 1), date(2014, 3, 31))),
    ],
)
def test_the_period_is_that_of_the_good_rows(
    tmp_path: Path, define: Callable[..., Dataset], period_field: str, rows: str, period: tuple[date, date]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER + GOOD + rows)
    reading = open_file(path, define("period_field: picked", f"period_field: {period_field}"), "a")
    list(reading.items)

    assert (reading.period_start, reading.period_end) == period


def test_a_file_without_a_good_row_has_no_period(tmp_path: Path, define: Callable[..., Dataset]) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER + GOOD.replace("apple", "A"))
    reading = open_file(path, define(), "a")
    list(reading.items)

    assert (reading.period_start, reading.period_end) == (None, None)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("period_field: picked", "period_field: ripe", "key reader: there is no field ripe."),
        (
            "period_field: picked",
            "period_field: crates",
            "key reader: crates must be a required date, month or financial_year.",
        ),
        ("key: [tree, year]", "key: [tree, note]", "key key: note may be blank, which no part of a key may."),
        (", Note: note}", "}", "key layouts.english: must give each of crates, grade, note, picked"),
        ('pattern: "[a-z]+"', 'pattern: "[a-z"', "key fields.tree.pattern: not a regular expression"),
        ("allowed: [first, second]", "minimum: 3", "key fields.grade: only a number can have a minimum or a maximum."),
        ("allowed: [first, second]", "allowed: []", "should have at least 1 item"),
        ("format: delimited", "format: tabular", "Input tag 'tabular' found using 'format'"),
    ],
)
def test_a_definition_that_does_not_hold_together_is_refused(
    define: Callable[..., Dataset], old: str, new: str, message: str
) -> None:
    with pytest.raises(WarehouseError) as caught:
        define(old, new)
    assert message in caught.value.message
