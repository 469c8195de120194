"""A publication in pages: each is kept as a file, and the next is asked for until there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

from ingest.fetch.errors import FetchFailed
from ingest.fetch.http import LOOK, Publisher
from ingest.fetch_rules import Paging


def fetch_pages(publisher: Publisher, address: str, paging: Paging, path: Path) -> bool:
    """Every page, at `<name>-0001<suffix>` and so on; False where none is new. FetchFailed where they never end."""
    is_new, number = False, 0
    asked: dict[str, int] = {}
    page: str | None = address if paging.next else _with(address, paging.parameter, 1)
    while page:
        number += 1
        if page in asked:
            raise FetchFailed(
                f"{address}: after page {number - 1} it leads back to page {asked[page]}.",
                remedy="Tell the publisher; nothing of this publication was taken in.",
            )
        if number > paging.most_pages:
            raise FetchFailed(
                f"{address}: has more than {paging.most_pages} pages.", remedy="Ask for a shorter period."
            )
        asked[page] = number
        target = path.with_name(f"{path.stem}-{number:04d}{path.suffix}")
        is_new |= publisher.download(page, target)
        content = _content(target, page)
        if paging.next is None and not _at(content, paging.items):
            target.unlink()
            break
        page = _next(content, paging, address, number)
    return is_new


def _next(content: Any, paging: Paging, address: str, number: int) -> str | None:
    if paging.next is None:
        return _with(address, paging.parameter, number + 1)
    if (found := _at(content, paging.next)) in (None, ""):
        return None
    return _with(address, paging.parameter, found) if paging.parameter else str(httpx.URL(address).join(str(found)))


def _content(path: Path, address: str) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        path.unlink()
        raise FetchFailed(f"{address}: not the JSON that a page is: {error}.", remedy=LOOK) from error


def _at(content: Any, path: str) -> Any:
    for key in path.split("."):
        content = content.get(key) if isinstance(content, dict) else None
    return content


def _with(address: str, parameter: str | None, value: object) -> str:
    return str(httpx.URL(address).copy_merge_params({str(parameter): str(value)}))
