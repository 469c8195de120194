"""Members of a zip that stays where it is; publications in pages; the periods of a definition, as settings say."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from event_files import sighting
from misbehaving import Request, Server

from core.errors import WarehouseError
from ingest.definition.fetch_rules import Catalogue, Fetch, Paging
from ingest.fetch.catalogue import fetch_listed
from ingest.fetch.errors import FetchFailed, NotThere
from ingest.fetch.http import Publisher
from ingest.fetch.pages import fetch_pages
from ingest.fetch.remote_zip import fetch_member
from ingest.fetch.run import fetch_periods, periods, recent

Serve = Callable[..., Server]
STREET = b"Crime ID,Month\n" + b"ab,2024-01\n" * 50
CURSOR = Paging(next="links.next", items="releases", most_pages=5)
NUMBERS = Paging(parameter="page", items="releases", most_pages=5)


def archive(**members: bytes) -> bytes:
    """A zip like the monthly one: the wanted files among others that are many times their size."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo("2024-01/other-force.csv"), bytes(range(256)) * 20_000, zipfile.ZIP_STORED)
        for name, content in members.items():
            packed.writestr(f"2024-01/{name}.csv", content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def sent(server: Server) -> int:
    """Bytes of all the pieces that the server was asked for."""
    pieces = [re.fullmatch(r"bytes=(\d+)-(\d+)", headers["Range"]) for _, headers in server.asked]
    return sum(int(piece[2]) - int(piece[1]) + 1 for piece in pieces if piece)


def test_a_member_is_read_without_the_rest_of_the_zip(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    publisher.largest = 10_000
    content = archive(street=STREET)
    server, path = serve(lambda request: request.piece(content)), tmp_path / "street.csv"

    assert fetch_member(publisher, server.address("/2024-01.zip"), "2024-01/street.csv", path)

    assert path.read_bytes() == STREET
    assert sent(server) < len(content) / 4
    assert not fetch_member(publisher, server.address("/2024-01.zip"), "2024-01/street.csv", path)


def test_what_a_remote_zip_may_not_do(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    bomb, content = archive(street=b"0" * 5_000_000), archive(street=STREET)
    damaged = content.replace(content[content.index(b"2024-01/street.csv") + 20 :][:8], b"\xff" * 8, 1)
    cases: list[tuple[Callable[[Request], None], str]] = [
        (lambda request: request.piece(bomb), "unpacks to 5,000,000 bytes"),
        (lambda request: request.answer(content), "gives no pieces of the file"),
        (lambda request: request.piece(b"no zip at all" * 10), "no zip that can be read"),
        (lambda request: request.piece(archive(other=STREET)), "has no member 2024-01/street.csv"),
        (lambda request: request.piece(damaged), "no zip that can be read"),
        (lambda request: request.answer(b"x", 206, Content_Range="bytes 0-0/*"), "does not say how large"),
    ]
    for behaviour, message in cases:
        with pytest.raises(FetchFailed, match=message):
            fetch_member(publisher, serve(behaviour).address(), "2024-01/street.csv", tmp_path / "street.csv")
        assert list(tmp_path.iterdir()) == []


def test_a_zip_that_is_replaced_while_it_is_read_is_read_again(
    serve: Serve, publisher: Publisher, tmp_path: Path
) -> None:
    old, new = archive(street=STREET), archive(street=STREET.replace(b"ab", b"cd"))
    server = serve(lambda request: request.piece(old, '"1"'), lambda request: request.piece(new, '"2"'))

    fetch_member(publisher, server.address(), "2024-01/street.csv", tmp_path / "street.csv")

    assert (tmp_path / "street.csv").read_bytes() == STREET.replace(b"ab", b"cd")


def by_cursor(*pages: dict) -> Callable[[Request], None]:
    """A server that finds the page in `cursor`, as the contract publishers' do."""

    def answer(request: Request) -> None:
        cursor = parse_qs(urlsplit(request.path).query).get("cursor", ["0"])[0]
        request.answer(json.dumps(pages[int(cursor)]).encode())

    return answer


def page(number: int, following: int | None) -> dict:
    link = {"links": {"next": f"/packages?cursor={following}"}} if following is not None else {}
    return {"uri": f"page {number}", "releases": [{"ocid": f"ocds-{number}"}], **link}


def test_a_cursor_is_followed_to_its_end(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    server = serve(by_cursor(page(0, 1), page(1, 2), page(2, None)))

    fetch_pages(publisher, server.address("/packages?limit=1"), CURSOR, tmp_path / "may.json")

    found = sorted(tmp_path.glob("may*.json"))
    names = [path.name for path in found if not path.name.endswith(".fetched.json")]
    assert names == ["may-0001.json", "may-0002.json", "may-0003.json"]


def test_a_cursor_that_repeats_is_an_error_and_no_endless_loop(
    serve: Serve, publisher: Publisher, tmp_path: Path
) -> None:
    server = serve(by_cursor(page(0, 1), page(1, 2), page(2, 1)))

    with pytest.raises(FetchFailed, match="after page 3 it leads back to page 2"):
        fetch_pages(publisher, server.address("/packages"), CURSOR, tmp_path / "may.json")
    assert len(server.asked) == 3


def test_pages_without_end_are_an_error(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    server = serve(by_cursor(*[page(number, number + 1) for number in range(9)]))

    with pytest.raises(FetchFailed, match="has more than 5 pages"):
        fetch_pages(publisher, server.address("/packages"), CURSOR, tmp_path / "may.json")


def test_numbered_pages_end_with_an_empty_one(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    pages = [json.dumps({"releases": releases}).encode() for releases in ([1], [2], [])]
    server = serve(*[lambda request, content=content: request.answer(content) for content in pages])

    fetch_pages(publisher, server.address("/search?size=1"), NUMBERS, tmp_path / "may.json")

    assert [path for path, _ in server.asked] == [f"/search?size=1&page={number}" for number in (1, 2, 3)]
    assert not (tmp_path / "may-0003.json").exists()


def test_pages_that_hold_nothing_are_no_files(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    pages = [page(0, 1), page(1, 2) | {"releases": []}, page(2, None)]

    assert fetch_pages(publisher, serve(by_cursor(*pages)).address("/packages"), CURSOR, tmp_path / "may.json")
    names = [path.name for path in sorted(tmp_path.glob("may-????.json"))]
    assert names == ["may-0001.json", "may-0003.json"]

    empty = page(0, None) | {"releases": []}
    with pytest.raises(NotThere, match="has nothing at releases"):
        fetch_pages(publisher, serve(by_cursor(empty)).address("/packages"), CURSOR, tmp_path / "june.json")
    assert list(tmp_path.glob("june*")) == []


COUNTED = Paging(next="links.next", items="releases", total="hits")
FULL = Paging(next="links.next", items="releases", full_page=1)


def test_a_page_that_the_publisher_drops_is_missed_by_its_own_count(
    serve: Serve, publisher: Publisher, tmp_path: Path
) -> None:
    """The cursor leads past it; what came is kept."""
    pages = [page(0, 2) | {"hits": 3}, page(1, 2), page(2, None)]
    with pytest.raises(FetchFailed, match="2 of the 3 that the publisher counts have come, on 2 pages"):
        fetch_pages(publisher, serve(by_cursor(*pages)).address("/packages"), COUNTED, tmp_path / "may.json")
    assert [path.name for path in sorted(tmp_path.glob("may-????.json"))] == ["may-0001.json", "may-0002.json"]


def test_what_the_publisher_counts_has_come(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    pages = [page(0, 1) | {"hits": "2"}, page(1, None)]
    assert fetch_pages(publisher, serve(by_cursor(*pages)).address("/packages"), COUNTED, tmp_path / "may.json")


def test_a_full_page_without_a_next_one_is_no_end(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match=r"page 2 is full \(1\) and leads to no next page"):
        fetch_pages(
            publisher, serve(by_cursor(page(0, 1), page(1, None))).address("/packages"), FULL, tmp_path / "may.json"
        )
    assert len(list(tmp_path.glob("may-????.json"))) == 2


def test_a_full_page_and_then_an_empty_one_is_an_end(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    """A number of notices that just fills its pages."""
    pages = [page(0, 1), page(1, None) | {"releases": []}]
    assert fetch_pages(publisher, serve(by_cursor(*pages)).address("/packages"), FULL, tmp_path / "may.json")


LISTED = Catalogue(items="files", address="at", file=r".*\.csv")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>Sorry</html>", "answered with a web page"),
        (b"[1, 2", "not the JSON that a catalogue is"),
        (b"[" * 900, "not the JSON that a catalogue is"),
        (b"[]", r"lists no file named .*; it lists none at all"),
        (b'{"files": "none"}', "it lists none at all"),
        (b'{"files": [{"at": "/a.pdf"}, {"at": 3}, {"at": "file:///etc/x.csv"}, {"at": "http://["}, 7]}', "a.pdf, 3"),
        (b'{"files": [{"at": "/.csv"}, {"at": "/a%2F..%2F.csv"}, {"at": "/a%5C.csv"}]}', "it lists none at all"),
        (b'{"files": [%s{"at": "/z.pdf"}]}' % (b'{"at": "/y.pdf"}, ' * 10), "y.pdf, more"),
    ],
)
def test_a_catalogue_that_makes_no_sense(
    serve: Serve, publisher: Publisher, tmp_path: Path, content: bytes, message: str
) -> None:
    server = serve(lambda request: request.answer(content))
    with pytest.raises(FetchFailed, match=message):
        fetch_listed(publisher, server.address("/catalogue"), LISTED, lambda name: tmp_path / name)
    assert (len(server.asked), list(tmp_path.iterdir())) == (1, [])


def test_two_listed_files_of_one_name_are_both_kept(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    def answer(request: Request) -> None:
        listed = b'{"files": [{"at": "/1/a.csv"}, {"at": "/2/a.csv"}]}'
        request.answer(listed if request.path == "/catalogue" else request.path.encode())

    fetch_listed(publisher, serve(answer).address("/catalogue"), LISTED, lambda name: tmp_path / name)

    assert (tmp_path / "a.csv").read_text() == "/1/a.csv"
    assert (tmp_path / "a (2).csv").read_text() == "/2/a.csv"


@pytest.mark.parametrize("content", [b"[1, 2", b"[" * 900, b"\xff\xfe"])
def test_a_page_that_is_no_json_is_an_error(serve: Serve, publisher: Publisher, tmp_path: Path, content: bytes) -> None:
    server = serve(lambda request: request.answer(content))

    with pytest.raises(FetchFailed, match="not the JSON that a page is"):
        fetch_pages(publisher, server.address(), CURSOR, tmp_path / "may.json")


def test_a_backfill_takes_what_is_there_and_goes_on_after_what_is_not(serve: Serve, tmp_path: Path) -> None:
    def monthly(request: Request) -> None:
        if "2024-02" in request.path:
            request.answer(status=404)
        elif request.headers.get("If-None-Match"):
            request.answer(status=304)
        else:
            request.answer(request.path.encode(), ETag='"1"')

    server = serve(monthly)
    address, name = server.address("/{year}-{month}.csv"), "{year}-{month}.csv"
    rule = f'fetch: {{address: "{address}", every: month, pace_seconds: 0, save_as: "{name}"}}'
    definition = sighting(tmp_path / "definitions", "tolerance: 0.5\n", f"tolerance: 0.5\n{rule}\n")

    def run() -> list[tuple[str, str]]:
        results = fetch_periods(definition, tmp_path / "in", date(2024, 1, 1), date(2024, 3, 1))
        return [(each.name, each.status) for each in results]

    assert run() == [("2024-01.csv", "new"), ("2024-02.csv", "absent"), ("2024-03.csv", "new")]
    assert run() == [("2024-01.csv", "unchanged"), ("2024-02.csv", "absent"), ("2024-03.csv", "unchanged")]
    assert (tmp_path / "in/birds/sighting/2024-03.csv").read_bytes() == b"/2024-03.csv"


def test_other_addresses_go_through_fsspec(tmp_path: Path) -> None:
    (tmp_path / "published.csv").write_bytes(b"x")
    rule = f'fetch: {{address: "file://{tmp_path}/published.csv", every: once, save_as: a.csv}}'
    definition = sighting(tmp_path / "definitions", "tolerance: 0.5\n", f"tolerance: 0.5\n{rule}\n")
    [fetched] = fetch_periods(definition, tmp_path / "in", date(2024, 1, 1), date(2024, 1, 1))
    assert fetched.status == "new"

    rule = rule.replace(f"file://{tmp_path}", "s3://bucket")
    definition = sighting(tmp_path / "definitions", "tolerance: 0.5\n", f"tolerance: 0.5\n{rule}\n")
    [fetched] = fetch_periods(definition, tmp_path / "in", date(2024, 1, 1), date(2024, 1, 1))
    assert (fetched.status, fetched.remedy) == ("failed", "s3:// needs the package s3fs in the environment.")


def test_days_and_financial_years_are_periods() -> None:
    assert list(periods("day", date(2024, 2, 28), date(2024, 3, 1))) == [
        (day, day) for day in (date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1))
    ]
    assert list(periods("year", date(2023, 2, 1), date(2024, 4, 1))) == [
        (date(2022, 4, 1), date(2023, 3, 31)),
        (date(2023, 4, 1), date(2024, 3, 31)),
        (date(2024, 4, 1), date(2025, 3, 31)),
    ]


@pytest.mark.parametrize(("every", "first"), [("day", (5, 28)), ("month", (2, 28))])
def test_a_night_asks_for_the_last_three_periods(every: Literal["day", "month"], first: tuple[int, int]) -> None:
    assert recent(Fetch(address="x", every=every, save_as="a"), date(2024, 5, 31)) == date(2024, *first)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ('{address: "http://x/{day}", every: month, save_as: a}', "key fetch.address: knows year, month"),
        ('{address: "http://x", every: month, save_as: "../a"}', "key fetch.save_as"),
        ('{address: "http://x", every: month, save_as: a, paging: {items: b}}', "next or parameter must say"),
        ('{address: "http://x", every: once, save_as: "{name}"}', "key fetch.save_as: knows .*, and not 'name'"),
        ('{address: x, every: once, save_as: a, catalogue: {items: a, address: b, file: "("}}', "not a regular"),
        ("{address: x, every: once, save_as: a, member: m, catalogue: {items: a, address: b, file: c}}", "only one of"),
    ],
)
def test_a_fetch_that_makes_no_sense_is_refused(tmp_path: Path, rule: str, message: str) -> None:
    with pytest.raises(WarehouseError, match=message):
        sighting(tmp_path / "definitions", "tolerance: 0.5\n", f"tolerance: 0.5\nfetch: {rule}\n")
