"""Release packages: rows of nested records, what is joined, what is never read, and bounded memory."""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from json_files import FIELDS, deal, package, release
from reading import read

from core.errors import WarehouseError
from ingest.definition.dataset import Dataset, load_definitions
from ingest.definition.json_paths import parse_path
from ingest.readers import open_file
from ingest.readers.documents import json_text


@pytest.fixture(scope="module")
def definition(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return deal(tmp_path_factory.mktemp("definitions"))


def test_a_row_is_a_supplier_of_an_award_with_the_releases_values(tmp_path: Path, definition: Dataset) -> None:
    outcome = read(tmp_path / "a.json", package(release(), release(ocid="ocds-2", awards=None)), definition)

    moment = datetime(2024, 5, 21, 11, 22, 50, tzinfo=UTC)
    same = (moment, "tender;award", "Apples & pears", Decimal("1250.5"), 3, None)
    assert outcome.refusal is None
    assert [(record.row_number, record.source_column, record.values) for record in outcome.records] == [
        (1, "awards[0].suppliers[0]", ("ocds-1", *same, "a1", Decimal(900), "One", "00000001", ANY)),
        (1, "awards[0].suppliers[1]", ("ocds-1", *same, "a1", Decimal(900), None, None, None)),
        (1, "awards[1]", ("ocds-1", *same, "a2", None, None, None, None)),
        (2, None, ("ocds-2", *same, None, None, None, None, ANY)),
    ]
    assert outcome.records_read == 4


def test_the_document_is_what_the_definition_keeps_in_one_way_of_writing(tmp_path: Path, definition: Dataset) -> None:
    """Entities are decoded, numbers stay as they are written, a null stays: it takes back what was said before."""
    content = package(release(tag=["b", "a"], awards=None, tender={"title": "A &amp; B", "value": {"amount": 7654321}}))
    content = content.replace(b"7654321", b"1250.50").replace(b'"ocid"', b'"awards": null, "ocid"')
    [record] = read(tmp_path / "a.json", content, definition).records
    assert record.values[-1] == (
        '{"awards": [], "ocid": "ocds-1", "tag": ["b", "a"], '
        '"tender": {"title": "A & B", "value": {"amount": 1250.50}}}'
    )


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"awards": [{"suppliers": [{"id": {"a": 1}}]}]}, "structure"),
        ({"awards": [{"suppliers": {"id": "s1"}}]}, "structure"),
        ({"awards": [{"suppliers": [{"id": "\ud800"}]}]}, "half_character"),
        ({"awards": [{"suppliers": [{"id": "a\0b"}]}]}, "nul_byte"),
    ],
)
def test_what_the_document_cannot_keep_sets_the_record_aside(
    tmp_path: Path, definition: Dataset, changes: dict[str, Any], rule: str
) -> None:
    outcome = read(tmp_path / "a.json", package(release(**changes), release(awards=None)), definition)
    assert [item.rule for item in outcome.quarantined] == [rule]
    assert len(outcome.records) == 1


def test_a_release_lifted_out_of_its_package_is_one_record(tmp_path: Path, definition: Dataset) -> None:
    outcome = read(tmp_path / "a.json", json.dumps(release(awards=None)).encode(), definition)
    assert [(record.row_number, record.values[0]) for record in outcome.records] == [(1, "ocds-1")]


def test_the_period_is_that_of_the_releases(tmp_path: Path, definition: Dataset) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(package(release(), release(date="2024-04-30T23:59:59+01:00")))
    reading = open_file(path, definition, "a")
    list(reading.items)
    assert (reading.period_start, reading.period_end) == (date(2024, 4, 30), date(2024, 5, 21))


@pytest.mark.parametrize(
    ("published", "kept"),
    [
        ("AT&amp;T &#163;5", "AT&T £5"),
        ("a&amp;amp;b", "a&amp;b"),
        ("?a=1&copy=2&lt=3", "?a=1&copy=2&lt=3"),
        ("&nosuch; &", "&nosuch; &"),
        ("Caf\u00e9 \U0001f600", "Caf\u00e9 \U0001f600"),
    ],
)
def test_entities_become_their_characters_once(tmp_path: Path, definition: Dataset, published: str, kept: str) -> None:
    [record] = read(tmp_path / "a.json", package(release(awards=None, tender={"title": published})), definition).records
    assert dict(zip(FIELDS, record.values, strict=True))["title"] == kept


def test_amounts_are_never_floating_point(tmp_path: Path, definition: Dataset) -> None:
    amounts = ["0.1", "12345678901234.56", "1.10", "3.5E2", "35e-1", "-0", "0"]
    releases = [release(awards=None, tender={"value": {"amount": 7654321}}) for _ in amounts]
    content = package(*releases)
    for amount in amounts:
        content = content.replace(b"7654321", amount.encode(), 1)
    found = [record.values[4] for record in read(tmp_path / "a.json", content, definition).records]
    assert found == [Decimal(amount) for amount in amounts]
    assert [str(amount) for amount in found[:3]] == amounts[:3]


def test_a_fault_sets_its_whole_release_aside_with_nothing_but_what_is_asked_for(
    tmp_path: Path, definition: Dataset
) -> None:
    awards = [{"id": "a1", "suppliers": [{"id": "s1"}, {"id": "s2"}]}, {"id": "a2", "value": {"amount": "12"}}]
    outcome = read(tmp_path / "a.json", package(release(), release(awards=awards)), definition)

    [fault] = outcome.quarantined
    assert (fault.row_number, fault.source_column, fault.rule, fault.record_count) == (
        2,
        "awards[1].value.amount",
        "type",
        3,
    )
    assert fault.record.count("ocid: ") == 1
    assert "someone@example.org" not in fault.record
    assert outcome.records_read == len(outcome.records) + fault.record_count == 6


@pytest.mark.parametrize("block", [50, 1 << 18])
def test_a_fault_of_the_file_is_found_by_line_and_release(
    tmp_path: Path, definition: Dataset, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    content = json.dumps(json.loads(package(release(), release())), indent=1)
    content = "NaN".join(content.rsplit("1250.5", 1))
    begin = content.index('  {\n   "ocid"', content.index("NaN") - 300)
    monkeypatch.setattr(json_text, "BLOCK", block)

    outcome = read(tmp_path / "a.json", content.encode(), definition)

    assert outcome.refusal is not None
    line = content.count("\n", 0, begin) + 1
    assert outcome.refusal.reason == f"line {line}, releases[1]: NaN is no number of JSON"
    assert outcome.refusal.remedy == "Fetch the file from the publisher again and put it into the sources."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html></html>", "line 1: a web page, not JSON"),
        (package().replace(b"Market", b"Caf\xe9"), "line 1: byte 59: 0xe9 is not utf-8 (invalid continuation byte)"),
        (package()[:-1], "the file was cut off, or something follows: it does not end with its object"),
    ],
)
def test_a_file_that_is_no_document_is_refused_by_what_it_is(
    tmp_path: Path, definition: Dataset, content: bytes, reason: str
) -> None:
    outcome = read(tmp_path / "a.json", content, definition)
    assert outcome.refusal is not None
    assert outcome.refusal.reason == reason


def test_memory_does_not_grow_with_the_file(tmp_path: Path, definition: Dataset) -> None:
    def peak(count: int) -> int:
        path = tmp_path / "a.json"
        path.write_bytes(package(*[release(tender={"title": "x" * 1000}) for _ in range(count)]))
        reading = open_file(path, definition, "a")
        tracemalloc.start()
        for _ in reading.items:
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert reading.records_read == 3 * count
        return most

    assert peak(4000) < 1.2 * peak(1000)


def test_no_shipped_path_leads_to_a_person() -> None:
    personal = {"contactPoint", "address", "email", "telephone", "faxNumber"}
    for definition in load_definitions().values():
        if definition.reader.format == "json_records":
            steps = [step.key for path in definition.layouts[0].columns for step in parse_path(path)]
            assert personal.isdisjoint(steps), definition.dataset


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("tag[]: tags", "tag[: tags", "is no path"),
        ("tag[]: tags", "tag..x: tags", "is no path"),
        ('joined_by: ";"', "", "key reader.joined_by: must say how the texts of tag are joined"),
        ("each: awards[].suppliers[]", "each: awards[].suppliers", "must end with a list"),
        ("period_field: released_at", "period_field: title", "must be a required date or moment"),
        ("period_field: released_at", "period_field: gone", "there is no field gone"),
        ("key: []", "key: [ocid]", "lists events, which have none"),
        ("      tender.bids: bids\n", "", "must give each of"),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(WarehouseError, match=re.escape(message)):
        deal(tmp_path / "d", old, new)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0&;@"), max_size=20)
optional_texts = st.none() | texts
amounts = st.none() | st.decimals(-(10**9), 10**9, places=2).map(lambda amount: f"@{amount}@")
suppliers = st.fixed_dictionaries({"id": st.sampled_from(["s1", "s2", "s3"])}, optional={"name": optional_texts})
awards = st.fixed_dictionaries(
    {"id": optional_texts},
    optional={
        "value": st.none() | st.fixed_dictionaries({"amount": amounts}),
        "suppliers": st.none() | st.lists(suppliers, max_size=3),
        "documents": st.lists(texts, max_size=2),
    },
)


def moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


releases = st.fixed_dictionaries(
    {
        "ocid": texts.filter(str.strip),
        "id": texts,
        "date": st.datetimes(datetime(2000, 1, 1), datetime(2025, 1, 1)).map(moment),
    },
    optional={
        "tag": st.none() | st.lists(texts, max_size=3),
        "tender": st.fixed_dictionaries({}, optional={"title": optional_texts, "open": st.booleans()}),
        "awards": st.none() | st.lists(awards, max_size=3),
        "parties": st.just([{"id": "s1", "identifier": {"id": "01"}}, {"id": "s2"}]),
    },
)


def expected(each: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a release, said once more and in another way."""

    def blank(text: str | None) -> str | None:
        return text if text and text.strip() else None

    tender = each.get("tender", {})
    tags = ";".join(tag for tag in each.get("tag") or () if tag.strip())
    head = (each["ocid"], datetime.fromisoformat(each["date"]), tags or None, blank(tender.get("title")), None, None)
    head += (str(tender["open"]).lower() if "open" in tender else None,)
    for award in each.get("awards") or [{}]:
        amount = (award.get("value") or {}).get("amount")
        of_award = (blank(award.get("id")), Decimal(amount.strip("@")) if amount else None)
        for supplier in award.get("suppliers") or [{}]:
            is_known = supplier.get("id") == "s1" and "parties" in each
            yield (*head, *of_award, blank(supplier.get("name")), "01" if is_known else None)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_is_written_as_a_package_is_read_back(
    tmp_path: Path, definition: Dataset, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    """However it is laid out, wherever its keys stand, wherever a block ends."""
    published = data.draw(st.lists(releases, min_size=1, max_size=5))
    whole = {"uri": "u", "publisher": {"name": "\U0001f600"}, "releases": published, "pages": 12345}
    keys = data.draw(st.permutations(list(whole)))
    text = json.dumps(
        {key: whole[key] for key in keys},
        indent=data.draw(st.sampled_from([None, 0, 2])),
        ensure_ascii=data.draw(st.booleans()),
    )
    monkeypatch.setattr(json_text, "BLOCK", data.draw(st.integers(1, 200)))

    outcome = read(tmp_path / "a.json", re.sub('"@(.*?)@"', r"\1", text).encode(), definition)

    assert outcome.refusal is None
    assert outcome.quarantined == []
    read_back = [record.values[:-1] for record in outcome.records]  # the document has a test of its own
    assert read_back == [row for each in published for row in expected(each)]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2025-02-07T10:00:00.123Z", datetime(2025, 2, 7, 10, 0, 0, 123_000, UTC)),
        ("2025-02-07T10:00:00.428973+00:00", datetime(2025, 2, 7, 10, 0, 0, 428_973, UTC)),
        ("2025-02-07T10:00:00.1234560Z", datetime(2025, 2, 7, 10, 0, 0, 123_456, UTC)),
    ],
)
def test_fractions_of_a_second_are_read(tmp_path: Path, definition: Dataset, written: str, moment: datetime) -> None:
    assert read(tmp_path / "a", package(release(date=written)), definition).records[0].values[1] == moment


def test_a_fraction_finer_than_the_database_keeps_is_not_cut(tmp_path: Path, definition: Dataset) -> None:
    [fault] = read(tmp_path / "a", package(release(date="2025-02-07T10:00:00.1234567Z")), definition).quarantined

    assert fault.rule == "type"


@pytest.mark.parametrize("content", [package(), b" \n" + package(), json.dumps(release()).encode()])
def test_a_byte_order_mark_is_passed_over(tmp_path: Path, definition: Dataset, content: bytes) -> None:
    plain = read(tmp_path / "a", content, definition)

    assert read(tmp_path / "a", b"\xef\xbb\xbf" + content, definition) == plain
    assert plain.records


def test_a_byte_that_is_no_text_is_found_behind_a_mark_too(tmp_path: Path, definition: Dataset) -> None:
    content = b"\xef\xbb\xbf" + package().replace(b"Market", b"Mark\xe9t")
    refusal = read(tmp_path / "a", content, definition).refusal

    assert refusal is not None
    assert f"byte {content.index(0xE9)}: 0xe9" in refusal.reason


def parties(*said: tuple[str, str | None]) -> list[dict[str, Any]]:
    return [{"id": each, **({"identifier": {"id": number}} if number else {})} for each, number in said]


@pytest.mark.parametrize(
    ("said", "number", "told"),
    [
        ([("s1", "01"), ("s1", "01")], "01", []),
        ([("s1", "01"), ("s2", "02"), ("s1", None)], "01", []),
        ([("s1", "01"), ("s1", "01"), ("s1", "01 ")], None, [("said_differently", 1, 0)]),
        ([("s1", "01"), ("s1", "02")], None, [("said_differently", 1, 0)]),
    ],
)
def test_a_party_that_stands_there_twice(
    tmp_path: Path,
    definition: Dataset,
    said: list[tuple[str, str | None]],
    number: str | None,
    told: list[tuple[str, int, int]],
) -> None:
    """The same text is taken once; differing ones are not joined and none is chosen, and the notice is not lost."""
    outcome = read(tmp_path / "a", package(release(parties=parties(*said))), definition)

    assert outcome.records[0].values[FIELDS.index("register_id")] == number
    assert outcome.skipped == told
    assert len(outcome.records) == 3


def test_a_document_without_records_is_one_only_where_it_may_be(tmp_path: Path) -> None:
    empty = package(releases=[])
    refusal = read(tmp_path / "a", empty, deal(tmp_path / "no")).refusal
    allowed = deal(tmp_path / "yes", "html_entities: unescaped", "html_entities: unescaped\n  may_be_empty: true")
    outcome = read(tmp_path / "a", empty, allowed)

    assert refusal is not None
    assert refusal.reason == "the file's releases is empty"
    assert (outcome.refusal, outcome.records_read) == (None, 0)
    for other in (b"null", b"{}"):
        assert read(tmp_path / "a", empty.replace(b"[]", other), allowed).refusal is not None
