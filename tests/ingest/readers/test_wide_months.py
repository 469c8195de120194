"""The reader of wide month tables: what it gives back exactly, what it sets aside, what it refuses whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from reading import read

from ingest.definition.dataset import Dataset

HEADER = "Borough,Major Category,Minor Category,201303,201304\r\n"
GOOD = "Sutton,Robbery,Personal Property,1,2\r\n"


@pytest.fixture
def read_text(tmp_path: Path, definition: Dataset):
    return lambda text: read(tmp_path / "a.csv", text.encode(), definition)


def test_a_record_is_a_cell_with_its_place(read_text) -> None:
    outcome = read_text(HEADER + GOOD)

    assert outcome.layout == "borough_major_minor"
    assert outcome.records == [
        (("Sutton", "Robbery", "Personal Property", date(2013, 3, 1), 1), 2, "201303", None),
        (("Sutton", "Robbery", "Personal Property", date(2013, 4, 1), 2), 2, "201304", None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEADER + GOOD,
        (HEADER + GOOD).replace("\r\n", "\n"),
        HEADER + '"Sutton","Robbery","Personal Property","1","2"\r\n',
        "201303,Minor Category,201304,Borough,Major Category\r\n1,Personal Property,2,Sutton,Robbery\r\n",
    ],
    ids=["byte order mark", "line feeds", "all quoted", "columns in another order"],
)
def test_harmless_differences_change_no_value(read_text, text: str) -> None:
    assert [record.values for record in read_text(text).records] == [
        record.values for record in read_text(HEADER + GOOD).records
    ]


def test_a_quoted_line_end_does_not_shift_the_row_numbers(read_text) -> None:
    outcome = read_text(HEADER + '"Sut\r\nton",Robbery,Personal Property,1,2\r\n' + GOOD)

    assert [(record.values[0], record.row_number) for record in outcome.records[::2]] == [
        ("Sut\r\nton", 2),
        ("Sutton", 4),
    ]


def test_a_blank_line_is_skipped_and_counted(read_text) -> None:
    outcome = read_text(HEADER + GOOD + "\r\n")

    assert outcome.skipped == [("blank_line", 3, 1)]
    assert (outcome.records_read, len(outcome.records)) == (3, 2)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Sutton,Drugs,Other Drugs,1\r\n", (3, None, "ragged_row", "4 cells where the header has 5", 2)),
        ("Sutton,Drugs,Other Drugs,1,2,3\r\n", (3, None, "ragged_row", "6 cells where the header has 5", 2)),
        (" ,Drugs,Other Drugs,1,2\r\n", (3, "Borough", "required", "area_name is blank", 2)),
        ("Sutton,,Other Drugs,1,2\r\n", (3, "Major Category", "required", "offence_group is blank", 2)),
        ("Sut\0ton,Drugs,Other,1,2\r\n", (3, "Borough", "nul_byte", "area_name holds a NUL byte", 2)),
        ("Sutton,Drugs,Other,-3,2\r\n", (3, "201303", "minimum", "offence_count -3 is below the minimum 0", 1)),
        ("Sutton,Drugs,Other,1,n/a\r\n", (3, "201304", "type", 'offence_count "n/a" is not a whole number', 1)),
        ("Sutton,Drugs,Other,1,12.5\r\n", (3, "201304", "type", 'offence_count "12.5" is not a whole number', 1)),
        ('Sutton,Drugs,Other,1,"1,2"\r\n', (3, "201304", "type", 'offence_count "1,2" is not a whole number', 1)),
        ("Sutton,Drugs,Other,1,1_0\r\n", (3, "201304", "type", 'offence_count "1_0" is not a whole number', 1)),
        ("Sutton,Drugs,Other,1,٣\r\n", (3, "201304", "type", 'offence_count "٣" is not a whole number', 1)),
        ("Sutton,Drugs,Other,1,\r\n", (3, "201304", "required", "offence_count is blank", 1)),
        ("Sutton,Drugs,Other,1,2\0\r\n", (3, "201304", "type", 'offence_count "2\\u0000" is not a whole number', 1)),
        (
            "Sutton,Drugs,Other,1,2147483648\r\n",
            (3, "201304", "type", 'offence_count "2147483648" is too large for a count', 1),
        ),
    ],
)
def test_a_bad_row_or_cell_is_set_aside_and_the_rest_is_read(read_text, row: str, expected: tuple) -> None:
    outcome = read_text(HEADER + GOOD + row)

    assert [fault[:5] for fault in outcome.quarantined] == [expected]
    assert outcome.records_read == 4
    assert len(outcome.records) == 4 - expected[-1]


def test_the_largest_count_is_read(read_text) -> None:
    assert read_text(HEADER + GOOD.replace(",2\r", ",2147483647\r")).records[-1].values[-1] == 2147483647


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        ("\ufeff \r\n", "the file is empty"),
        (HEADER, "the file has a header and no rows"),
        ("\r\n <!DOCTYPE html>\n<p>Busy</p>\n", "line 1: a web page, not a table"),
        ("<HTML><body>404</body></HTML>", "line 1: a web page, not a table"),
        (
            HEADER.replace("Minor Category", "Minor Text") + GOOD,
            'line 1: the header is not known: missing "Minor Category"; new "Minor Text"; '
            "the closest known layout is borough_major_minor (Borough, Major Category, Minor Category)",
        ),
        (
            "Borough," + HEADER + "Sutton," + GOOD,
            'line 1: the header is not known: repeated "Borough"; '
            "the closest known layout is borough_major_minor (Borough, Major Category, Minor Category)",
        ),
        (
            "BOCU;Group;SubGroup;202404\r\na;b;c;1\r\n",
            'line 1: the header is not known: missing "Group", "SubGroup", "BOCU"; new "BOCU;Group;SubGroup;202404"; '
            "the closest known layout is group_subgroup_bocu (Group, SubGroup, BOCU)",
        ),
        ("Group,SubGroup,BOCU\r\na,b,c\r\n", "line 1: no column is a month (%Y%m)"),
        (
            HEADER.replace("201304", "201305") + GOOD,
            "line 1: month column 201305 follows 201303, expected 201304: "
            "months must neither be left out nor come twice",
        ),
        (
            HEADER.replace("201304", "201303") + GOOD,
            "line 1: month column 201303 follows 201303, expected 201304: "
            "months must neither be left out nor come twice",
        ),
        (
            HEADER.replace("201304", "20134") + GOOD,
            'line 1: the header is not known: new "20134"; '
            "the closest known layout is borough_major_minor (Borough, Major Category, Minor Category)",
        ),
        (
            HEADER + GOOD + "Sutton,Drugs,Oth",
            "line 3, which ends 'Sutton,Drugs,Oth': the file was cut off there, this line has no end",
        ),
        (
            HEADER + GOOD.removesuffix("\r\n"),
            "line 2, which ends 'Sutton,Robbery,Personal Property,1,2': "
            "the file was cut off there, this line has no end",
        ),
        (
            HEADER + GOOD + 'Sutton,"Drugs\r\nOther,1,2\r\n',
            "line 3: not a table of delimited values: unexpected end of data",
        ),
        (HEADER + "Sutton\rRobbery,Personal,1,2\r\n", "line 2: not a table of delimited values: new-line character"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused_with_the_place(read_text, text: str, reason: str) -> None:
    refusal = read_text(text).refusal

    assert refusal is not None
    assert refusal.reason.startswith(reason)
    assert refusal.remedy


def test_bytes_of_another_encoding_are_refused_with_line_and_byte(tmp_path: Path, definition: Dataset) -> None:
    content = (HEADER + GOOD + "Sutton,Drugs,Caf\xe9,1,2\r\n").encode("latin-1")

    refusal = read(tmp_path / "a.csv", content, definition).refusal

    assert refusal is not None
    assert refusal.reason == f"line 3, byte {content.index(0xE9)}: 0xe9 is not utf-8 (invalid continuation byte)"


def test_a_file_without_line_ends_does_not_fill_the_memory(tmp_path: Path, definition: Dataset) -> None:
    refusal = read(tmp_path / "a.csv", b"x" * (1 << 21) + b"\n", definition).refusal

    assert refusal is not None
    assert refusal.reason == "line 1 is longer than 1,048,576 bytes: not a table"
