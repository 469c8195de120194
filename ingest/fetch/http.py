"""One publisher's addresses over HTTP: conditional requests, retries, resumed downloads, a pace, a limit."""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import httpx
import tenacity

from ingest.fetch.errors import FetchFailed, NotOurs, NotThere, TryLater
from ingest.fetch.notes import Note, note_path, read_note, write_note

ATTEMPTS = 6
LONGEST = 3600.0  # seconds for one address, with all waits: who gives a byte a minute is left
LONGEST_WAIT = 900.0  # seconds; a publisher that asks for more is asked again by the next run
TIMEOUT = httpx.Timeout(60, connect=20)
REDIRECTS = 5
BUSY = (408, 425, 429, 500, 502, 503, 504)
Answer = TypeVar("Answer")
AGAIN = "Run again later; what was fetched so far is kept, and only the rest is asked for."
LOOK = "Open the address in a browser; if the publication has moved, change fetch.address in the definition."


class Publisher:
    """A connection to a publisher. `wait` and `now` are the clock: tests give one that takes no time.

    `rest` says of a status by which the publisher asks to be left in peace for how many seconds.
    """

    def __init__(
        self,
        pace_seconds: float,
        largest: int,
        wait: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
        timeout: httpx.Timeout | float = TIMEOUT,
        rest: Mapping[int, float] = MappingProxyType({}),
        longest: float = LONGEST,
    ) -> None:
        self.pace, self.largest, self._wait, self._now, self._rest = pace_seconds, largest, wait, now, rest
        self._next_request = float("-inf")
        self._longest, self._until, self._asked = longest, float("inf"), ""
        self._client = httpx.Client(
            timeout=timeout,
            follow_redirects=True,
            max_redirects=REDIRECTS,
            event_hooks={"request": [lambda request: check_onward(self._asked, str(request.url))]},
            # Bytes are archived as published: a compressed transfer would hide their length.
            headers={"User-Agent": "met-forward-warehouse", "Accept-Encoding": "identity"},
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def download(self, address: str, path: Path) -> bool:
        """The address's bytes at the path, with a note beside it; False where they are those that are there already.

        A download that breaks off goes on where it stopped, while the publisher's file is the same. FetchFailed where
        there is no data to be had: `path` is then as it was before.
        """
        return self.ask(address, lambda: self._download_once(address, path))

    def ask(self, address: str, once: Callable[[], Answer]) -> Answer:
        """What `once` gives, tried again after a while where it says TryLater or the connection breaks."""
        self._until = self._now() + self._longest
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=_pause,
            sleep=self._wait,
            retry=tenacity.retry_if_exception(_may_pass),
            reraise=True,
        )
        try:
            return retrying(once)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise FetchFailed(f"{address}: no address: {error}.", remedy=LOOK) from error
        except (TryLater, httpx.TransportError) as error:
            reason = str(error) or type(error).__name__
            if not _may_pass(error):
                raise FetchFailed(f"{address}: {reason}.", remedy=LOOK) from error
            raise FetchFailed(f"{address}: {ATTEMPTS} times in vain; the last time: {reason}.", remedy=AGAIN) from error
        except httpx.TooManyRedirects as error:
            reason = f"leads in a circle, or on more than {REDIRECTS} times"
            raise FetchFailed(f"{address}: {reason}.", remedy=LOOK) from error

    @contextmanager
    def get(self, address: str, headers: dict[str, str] | None = None) -> Iterator[httpx.Response]:
        """An answer that is worth reading, at the publisher's pace. TryLater or FetchFailed for any other."""
        self._wait(max(0.0, self._next_request - self._now()))
        self._next_request = self._now() + self.pace
        self._check_time(address)
        self._asked = address
        with self._client.stream("GET", address, headers=headers) as response:
            _check(response, address, self._rest)
            yield response

    def blocks(self, response: httpx.Response) -> Iterator[bytes]:
        """The answer's bytes as they come. FetchFailed where that takes longer than any publication does."""
        for block in response.iter_raw():
            self._check_time(self._asked)
            yield block

    def _check_time(self, address: str) -> None:
        if self._now() > self._until:
            raise FetchFailed(f"{address}: took longer than {self._longest:,.0f} seconds.", remedy=AGAIN)

    def _download_once(self, address: str, path: Path) -> bool:
        part, known, begun = _part(path), read_note(path), read_note(_part(path))
        have = part.stat().st_size if begun and part.exists() else 0
        with self.get(address, _conditions(known if path.exists() else None, begun, have)) as response:
            if response.status_code == 304:
                return False
            if response.status_code == 416 or (response.status_code == 206 and not _continues(response, begun, have)):
                forget_part(path)
                raise TryLater("the file changed between two pieces of it")
            note = Note(address, response.headers.get("ETag"), response.headers.get("Last-Modified"))
            write_note(part, note)
            try:
                self._receive(response, part, address, have if response.status_code == 206 else 0)
            except FetchFailed:
                forget_part(path)
                raise
        part.replace(path)
        note_path(part).replace(note_path(path))
        return True

    def _receive(self, response: httpx.Response, part: Path, address: str, have: int) -> None:
        with part.open("r+b" if have else "wb") as file:
            file.seek(have)
            file.truncate()
            size = have
            for block in self.blocks(response):
                if size == 0:
                    refuse_web_page(block, address)
                size += len(block)
                if size > self.largest:
                    raise FetchFailed(
                        f"{address}: larger than the {self.largest:,} bytes that are fetched.",
                        remedy="See whether it is what it should be; if so, raise fetch.largest_mb in the definition.",
                    )
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        if size == 0:
            raise TryLater("the answer is empty")


def check_onward(asked: str, onward: str) -> None:
    """NotOurs where one address leads to another that a publisher has no business to name."""
    here, there = httpx.URL(asked), httpx.URL(onward)
    if here == there:
        return
    if here.scheme == "https" and there.scheme != "https":
        raise NotOurs(f"{asked}: leads from https to {there.scheme}, where anybody may read along.", remedy=LOOK)
    if here.host != there.host and _is_within(there.host) and not _is_within(here.host):
        raise NotOurs(f"{asked}: leads to {there.host}, an address within our own network.", remedy=LOOK)


def _is_within(host: str) -> bool:
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False  # it leads nowhere, which the request itself will say
    return any(not ipaddress.ip_address(str(each).partition("%")[0]).is_global for each in found)


def _may_pass(error: BaseException) -> bool:
    """Whether asking again may help."""
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.LocalProtocolError)):
        return False
    causes: list[BaseException | None] = [error, error.__cause__, error.__context__]
    causes += [each.__cause__ or each.__context__ for each in causes[1:] if each]
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in causes):
        return False
    return isinstance(error, (TryLater, httpx.TransportError))


def forget_part(path: Path) -> None:
    """Throw away what is there of a download that broke off."""
    _part(path).unlink(missing_ok=True)
    note_path(_part(path)).unlink(missing_ok=True)


def refuse_web_page(start: bytes, address: str) -> None:
    """FetchFailed where the answer starts as a web page does, whatever its status and type say."""
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise FetchFailed(f"{address}: answered with a web page, not with data.", remedy=LOOK)


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")


def _conditions(known: Note | None, begun: Note | None, have: int) -> dict[str, str]:
    """The rest of what was begun, if it is still the same; else all of it, if it is not what we have."""
    if begun and have and (same := begun.etag or begun.last_modified) and not same.startswith("W/"):
        return {"Range": f"bytes={have}-", "If-Range": same}
    if known and known.etag:
        return {"If-None-Match": known.etag}
    return {"If-Modified-Since": known.last_modified} if known and known.last_modified else {}


def _continues(response: httpx.Response, begun: Note | None, have: int) -> bool:
    """Whether a piece is the one that was asked for, of the same file."""
    is_next = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
    return is_next and begun is not None and response.headers.get("ETag") in (None, begun.etag)


def _check(response: httpx.Response, address: str, rest: Mapping[int, float]) -> None:
    status = response.status_code
    if status in (200, 206, 304, 416):
        return
    if status in BUSY or status in rest:
        after = max(_retry_after(response.headers.get("Retry-After")), rest.get(status, 0.0))
        if after > LONGEST_WAIT:
            raise FetchFailed(f"{address}: answered {status} and asks for {after:,.0f} seconds of rest.", remedy=AGAIN)
        raise TryLater(f"answered {status} {response.reason_phrase}".rstrip(), after)
    failure = NotThere if status in (404, 410) else FetchFailed
    raise failure(f"{address}: answered {status} {response.reason_phrase}".rstrip() + ".", remedy=LOOK)


def _retry_after(text: str | None) -> float:
    """Seconds that a Retry-After header asks for, in either of its two forms; 0 where it makes no sense."""
    if text is None:
        return 0.0
    try:
        seconds = float(text) if text.isdigit() else (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return 0.0
    return max(0.0, seconds)


_jitter = tenacity.wait_random_exponential(multiplier=1, max=120)


def _pause(state: tenacity.RetryCallState) -> float:
    """As long as the publisher asks, and a random while more, doubling: many clients must not come back at once."""
    error = state.outcome.exception() if state.outcome else None
    return _jitter(state) + (error.after if isinstance(error, TryLater) else 0.0)
