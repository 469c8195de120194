"""A server that misbehaves on purpose: what a download does about each of its ways, and what it leaves behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from conftest import Clock
from misbehaving import Request, Server

from ingest.fetch.errors import FetchFailed, NotThere
from ingest.fetch.http import ATTEMPTS, Publisher, check_onward
from ingest.fetch.notes import note_path, read_note

HOSTS = {
    "data.example": "8.8.8.8",
    "cdn.example": "8.8.4.4",
    "inside.example": "169.254.169.254",
    "127.0.0.1": "127.0.0.1",
}
BODY = b"Borough,201801\r\nLambeth,12\r\n" * 10
Serve = Callable[..., Server]


def good(request: Request) -> None:
    request.piece(BODY)


def status(code: int, **headers: str) -> Callable[[Request], None]:
    return lambda request: request.answer(b"busy", code, **headers)


def nothing_left_but(path: Path) -> bool:
    return {each.name for each in path.parent.iterdir()} <= {path.name, note_path(path).name}


def test_a_file_arrives_whole_with_a_note_and_is_not_fetched_again(
    serve: Serve, publisher: Publisher, tmp_path: Path
) -> None:
    def once(request: Request) -> None:
        if request.headers.get("If-None-Match") == '"1"':
            request.answer(status=304)
        else:
            good(request)

    server, path = serve(once), tmp_path / "a.csv"

    assert publisher.download(server.address(), path)
    assert not publisher.download(server.address(), path)
    assert path.read_bytes() == BODY
    note = read_note(path)
    assert note is not None
    assert (note.address, note.etag) == (server.address(), '"1"')
    assert nothing_left_but(path)


def test_without_an_etag_the_date_is_the_condition(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    date = "Wed, 01 May 2024 10:00:00 GMT"
    server = serve(lambda request: request.answer(BODY, Last_Modified=date), lambda request: request.answer(status=304))

    assert publisher.download(server.address(), tmp_path / "a.csv")
    assert not publisher.download(server.address(), tmp_path / "a.csv")
    assert server.asked[1][1]["If-Modified-Since"] == date


def test_a_broken_download_goes_on_where_it_stopped(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    server = serve(lambda request: request.answer(BODY[:100], length=len(BODY), ETag='"1"'), good)

    assert publisher.download(server.address(), tmp_path / "a.csv")
    assert server.asked[1][1]["Range"] == "bytes=100-"
    assert server.asked[1][1]["If-Range"] == '"1"'
    assert (tmp_path / "a.csv").read_bytes() == BODY


def test_a_file_that_changed_in_between_is_fetched_anew(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    new = BODY.replace(b"12", b"13")
    server = serve(
        lambda request: request.answer(BODY[:100], length=len(BODY), ETag='"1"'),
        lambda request: request.piece(new, '"2"'),
    )

    assert publisher.download(server.address(), tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == new


def test_a_piece_of_another_file_is_not_glued_on(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    """A server that ignores If-Range, and one that gives another piece than was asked for."""
    for etag, first in (('"2"', 100), ('"1"', 99)):
        place = f"bytes {first}-{len(BODY) - 1}/{len(BODY)}"
        server = serve(
            lambda request: request.answer(BODY[:100], length=len(BODY), ETag='"1"'),
            lambda request, etag=etag, first=first, place=place: request.answer(
                BODY[first:], 206, ETag=etag, Content_Range=place
            ),
            good,
        )
        assert publisher.download(server.address(), tmp_path / "a.csv")
        assert (tmp_path / "a.csv").read_bytes() == BODY


def test_without_a_validator_nothing_is_resumed(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    server = serve(lambda request: request.answer(BODY[:100], length=len(BODY)), lambda request: request.answer(BODY))

    publisher.download(server.address(), tmp_path / "a.csv")

    assert "Range" not in server.asked[1][1]
    assert (tmp_path / "a.csv").read_bytes() == BODY


@pytest.mark.parametrize("code", [429, 503])
def test_retry_after_is_honoured(serve: Serve, publisher: Publisher, clock: Clock, tmp_path: Path, code: int) -> None:
    server = serve(status(code, Retry_After="40"), good)

    assert publisher.download(server.address(), tmp_path / "a.csv")
    assert clock.seconds >= 40


def test_retry_after_may_be_a_date(serve: Serve, publisher: Publisher, clock: Clock, tmp_path: Path) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    server = serve(status(429, Retry_After=then), good)

    assert publisher.download(server.address(), tmp_path / "a.csv")
    assert clock.seconds >= 200


def test_a_publisher_that_wants_an_hour_is_left_in_peace(
    serve: Serve, publisher: Publisher, clock: Clock, tmp_path: Path
) -> None:
    server = serve(status(429, Retry_After="3600"))

    with pytest.raises(FetchFailed, match="answered 429 and asks for 3,600 seconds of rest"):
        publisher.download(server.address(), tmp_path / "a.csv")
    assert (len(server.asked), clock.waits) == (1, [])


def test_a_storm_is_sat_out_with_growing_waits_and_then_given_up(
    serve: Serve, publisher: Publisher, clock: Clock, tmp_path: Path
) -> None:
    server = serve(status(503))

    with pytest.raises(FetchFailed) as failure:
        publisher.download(server.address(), tmp_path / "a.csv")

    assert failure.value.message == (
        f"{server.address()}: {ATTEMPTS} times in vain; the last time: answered 503 Service Unavailable."
    )
    assert "what was fetched so far is kept" in failure.value.remedy
    assert len(server.asked) == ATTEMPTS
    assert len(clock.waits) == ATTEMPTS - 1


def test_a_server_that_never_answers_is_given_up(serve: Serve, tmp_path: Path, clock: Clock) -> None:
    over = threading.Event()
    server = serve(lambda request: over.wait())
    publisher = Publisher(0, 1000, clock.wait, clock.now, timeout=0.05)

    with pytest.raises(FetchFailed, match=r"6 times in vain; the last time: .*timed out"):
        publisher.download(server.address(), tmp_path / "a.csv")
    over.set()
    publisher.close()


def test_a_body_that_is_always_cut_is_never_taken_for_the_file(
    serve: Serve, publisher: Publisher, tmp_path: Path
) -> None:
    server = serve(lambda request: request.answer(BODY[:-10], length=len(BODY)))
    path = tmp_path / "a.csv"
    path.write_bytes(b"last month's")

    with pytest.raises(FetchFailed, match="peer closed connection"):
        publisher.download(server.address(), path)
    assert path.read_bytes() == b"last month's"


def test_an_empty_answer_is_no_file(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match="the last time: the answer is empty"):
        publisher.download(serve(lambda request: request.answer()).address(), tmp_path / "a.csv")
    assert not (tmp_path / "a.csv").exists()


def test_more_than_was_announced_is_not_read(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    """A length that is too short ends the file there: the archive's reader then says that it was cut off."""
    server = serve(lambda request: request.answer(BODY, length=50))

    publisher.download(server.address(), tmp_path / "a.csv")

    assert (tmp_path / "a.csv").read_bytes() == BODY[:50]


def test_redirects_are_followed_and_circles_are_not(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    server = serve(status(302, Location="/there.csv"), good)
    assert publisher.download(server.address(), tmp_path / "a.csv")

    circle = serve(status(302, Location="/data.csv"))
    with pytest.raises(FetchFailed, match="leads in a circle") as failure:
        publisher.download(circle.address(), tmp_path / "b.csv")
    assert "fetch.address" in failure.value.remedy
    assert len(circle.asked) < 10


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><title>Sorry</title>", b"\xef\xbb\xbf\n<HTML><body>Maintenance"])
def test_a_web_page_with_200_is_no_data(serve: Serve, publisher: Publisher, tmp_path: Path, page: bytes) -> None:
    path = tmp_path / "a.csv"
    server = serve(lambda request: request.answer(page, Content_Type="text/csv"))

    with pytest.raises(FetchFailed, match="answered with a web page, not with data"):
        publisher.download(server.address(), path)
    assert (len(server.asked), list(tmp_path.iterdir())) == (1, [])


def test_nothing_there_and_not_allowed_are_not_asked_again(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    for code, kind in ((404, NotThere), (403, FetchFailed)):
        server = serve(status(code))
        with pytest.raises(kind, match=f"answered {code}"):
            publisher.download(server.address(), tmp_path / "a.csv")
        assert len(server.asked) == 1


def test_a_file_beyond_the_limit_is_not_fetched_to_its_end(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    server = serve(lambda request: request.answer(b"x" * 5000))

    with pytest.raises(FetchFailed, match="larger than the 1,000 bytes that are fetched"):
        publisher.download(server.address(), tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_requests_keep_the_pace(serve: Serve, clock: Clock, tmp_path: Path) -> None:
    publisher = Publisher(5, 1000, clock.wait, clock.now)
    server = serve(good)
    for number in range(3):
        publisher.download(server.address(), tmp_path / f"{number}.csv")
    publisher.close()

    assert clock.waits == [5, 5]


def test_nobody_is_led_within_our_network_or_off_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda host, _: [(2, 1, 6, "", (HOSTS[host], 0))])
    check_onward("https://data.example/a", "https://cdn.example/b")
    check_onward("http://127.0.0.1/a", "http://127.0.0.1:8080/b")
    for asked, onward, reason in (
        ("https://data.example/a", "http://cdn.example/b", "leads from https to http"),
        ("https://data.example/a", "https://inside.example/latest/meta-data", "an address within our own network"),
        ("http://data.example/a", "http://127.0.0.1:5432/", "an address within our own network"),
    ):
        with pytest.raises(FetchFailed, match=reason):
            check_onward(asked, onward)


def test_a_redirect_within_is_not_followed(serve: Serve, publisher: Publisher, tmp_path: Path) -> None:
    within = serve(good)
    server = serve(status(302, Location=within.address().replace("127.0.0.1", "localhost")))
    # The test's own server is within too: as if it were not.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ingest.fetch.http._is_within", lambda host: host == "localhost")
        with pytest.raises(FetchFailed, match="leads to localhost, an address within our own network"):
            publisher.download(server.address(), tmp_path / "a.csv")
    assert (len(server.asked), within.asked, list(tmp_path.iterdir())) == (1, [], [])


def test_who_gives_a_byte_a_minute_is_left(serve: Serve, clock: Clock, tmp_path: Path) -> None:
    def drip(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        for _ in range(100):
            clock.seconds += 60
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(0.005)

    publisher = Publisher(0, 1000, clock.wait, clock.now, longest=600)
    with pytest.raises(FetchFailed, match="took longer than 600 seconds"):
        publisher.download(serve(drip).address(), tmp_path / "a.csv")
    publisher.close()


@pytest.mark.parametrize("address", ["ftp://data.example/a", "http://[::1", "http://" + "a" * 70 + ".example/"])
def test_what_is_no_address_is_said_at_once(publisher: Publisher, clock: Clock, tmp_path: Path, address: str) -> None:
    with pytest.raises(FetchFailed, match="no address"):
        publisher.download(address, tmp_path / "a.csv")
    assert clock.waits == []
