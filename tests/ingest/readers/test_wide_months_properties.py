"""Whatever is in a table comes back exactly; whatever happens to its bytes, nothing wrong is loaded without a word."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from reading import Outcome, read

from ingest.definition.dataset import Dataset

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
names = texts.filter(str.strip)
plain_names = st.text("abcdefgh &", min_size=1, max_size=8).filter(str.strip)
counts = st.integers(0, 2**31 - 1)
relaxed = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def months(draw: st.DrawFn) -> list[date]:
    """Up to two years of contiguous months."""
    first = draw(st.integers(2008 * 12, 2024 * 12))
    return [date(month // 12, month % 12 + 1, 1) for month in range(first, first + draw(st.integers(1, 24)))]


@st.composite
def tables(draw: st.DrawFn, texts: st.SearchStrategy[str] = names) -> tuple[list[tuple[str, ...]], list[date], list]:
    """Keys (area, group, subgroup) that differ, months, and a count for each of both."""
    keys = draw(
        st.lists(
            st.tuples(texts, texts, texts), min_size=1, max_size=6, unique_by=lambda key: tuple(map(str.strip, key))
        )
    )
    columns = draw(months())
    return keys, columns, [[draw(counts) for _ in columns] for _ in keys]


def write(table: tuple, layout: object, quoting: int = csv.QUOTE_MINIMAL, line_end: str = "\r\n") -> bytes:
    keys, columns, rows = table
    order = [("area_name", "offence_group", "offence_subgroup").index(field) for field in layout.columns.values()]
    text = io.StringIO()
    writer = csv.writer(text, quoting=quoting, lineterminator=line_end)
    writer.writerow([*layout.columns, *(f"{month:%Y%m}" for month in columns)])
    writer.writerows([*(key[position] for position in order), *row] for key, row in zip(keys, rows, strict=True))
    return text.getvalue().encode()


def values_of(table: tuple) -> list[tuple]:
    keys, columns, rows = table
    return [
        (*key, month, count)
        for key, row in zip(keys, rows, strict=True)
        for month, count in zip(columns, row, strict=True)
    ]


def assert_accounted_for(outcome: Outcome) -> None:
    set_aside = sum(fault.record_count for fault in outcome.quarantined)
    skipped = sum(each.record_count for each in outcome.skipped)
    assert outcome.records_read == len(outcome.records) + set_aside + skipped


@relaxed
@given(data=st.data())
def test_any_table_in_any_layout_comes_back_exactly(data: st.DataObject, tmp_path: Path, definition: Dataset) -> None:
    table = data.draw(tables())
    layout = data.draw(st.sampled_from(definition.layouts))
    # A carriage return in an unquoted cell is a line end to every reader.
    quoting, line_end = data.draw(st.sampled_from([(csv.QUOTE_MINIMAL, "\r\n"), (csv.QUOTE_ALL, "\n")]))

    outcome = read(tmp_path / "a.csv", write(table, layout, quoting, line_end), definition)

    assert outcome.layout == layout.name
    assert outcome.is_clean
    assert [record.values for record in outcome.records] == values_of(table)
    assert_accounted_for(outcome)


@relaxed
@given(data=st.data())
def test_random_bytes_anywhere_leave_only_values_that_the_file_says(
    data: st.DataObject, tmp_path: Path, definition: Dataset
) -> None:
    content = bytearray(write(data.draw(tables(plain_names)), data.draw(st.sampled_from(definition.layouts))))
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 12)))
    content[start:end] = data.draw(
        st.one_of(st.binary(max_size=12), st.text('0123456789,"\r\n -.', max_size=12).map(str.encode))
    )

    outcome = read(tmp_path / "a.csv", bytes(content), definition)
    if outcome.refusal:
        return

    assert_accounted_for(outcome)
    text = bytes(content).decode("utf-8-sig")
    header = next(csv.reader(io.StringIO(text, newline="")))
    layout = next(layout for layout in definition.layouts if layout.name == outcome.layout)
    lines = re.split("(?<=\n)", text)
    for record in outcome.records:
        said = dict(zip(header, next(csv.reader(lines[record.row_number - 1 :])), strict=True))
        values = dict(zip((rule.name for rule in definition.fields), record.values, strict=True))
        assert {name: said[name] for name in layout.columns} == {
            name: values[to] for name, to in layout.columns.items()
        }
        assert record.source_column == f"{values['month']:%Y%m}"
        # In any spelling that means one number: +7, 7.0, 7. or 1,234.
        number = said[record.source_column].strip()
        assert re.fullmatch(r"[-+]?[0-9,]*[0-9]?(\.0*)?", number)
        assert Decimal(number.replace(",", "")) == values["offence_count"] >= 0


@relaxed
@given(data=st.data())
def test_no_damage_to_the_shape_goes_unnoticed(data: st.DataObject, tmp_path: Path, definition: Dataset) -> None:
    table = data.draw(tables(plain_names))
    content = write(table, data.draw(st.sampled_from(definition.layouts)))
    damaged = data.draw(st.sampled_from([cut_off, without_a_delimiter, with_a_count_spoilt]))(data, content)

    outcome = read(tmp_path / "a.csv", damaged, definition)

    assert not outcome.is_clean
    # Of a file that is refused nothing is loaded, whatever was read of it before the reason was met.
    assert outcome.refusal or {record.values for record in outcome.records} <= set(values_of(table))


def cut_off(data: st.DataObject, content: bytes) -> bytes:
    end = data.draw(st.integers(1, len(content) - 1))
    assume(content[end - 1 : end] != b"\n")
    return content[:end]


def without_a_delimiter(data: st.DataObject, content: bytes) -> bytes:
    at = data.draw(st.sampled_from([match.start() for match in re.finditer(b",", content)]))
    return content[:at] + content[at + 1 :]


def with_a_count_spoilt(data: st.DataObject, content: bytes) -> bytes:
    cells = [
        match.span()
        for match in re.finditer(rb"(?<=,)[0-9]+(?=[,\r])", content)
        if match.start() > content.index(b"\n")
    ]
    start, end = data.draw(st.sampled_from(cells))
    wrong = data.draw(
        st.sampled_from(["n/a", "..", "-1", "12.5", '"1,23"', "", " ", "1e3", "0x1F", "+-1", "99999999999", "٣"])
    )
    return content[:start] + wrong.encode() + content[end:]


def test_the_damage_above_is_damage(tmp_path: Path, definition: Dataset) -> None:
    """The properties above say something only because an undamaged table is clean."""
    table = ([("a", "b", "c")], [date(2020, 1, 1)], [[1]])

    assert read(tmp_path / "a.csv", write(table, definition.layouts[0]), definition).is_clean
