"""A publication in pages: each is kept as a file, and the next is asked for until there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

from ingest.definition.fetch_rules import Paging
from ingest.fetch.errors import FetchFailed, NotThere
from ingest.fetch.http import LOOK, Publisher, check_onward
from ingest.fetch.notes import note_path


def fetch_pages(publisher: Publisher, address: str, paging: Paging, path: Path) -> bool:
    """Every page that holds something, at `<name>-0001<suffix>` and so on; False where none is new.

    NotThere where none holds anything. FetchFailed where they never end, or end before all has come: what has come
    is kept, and the next nights ask for it again.
    """
    is_new, number = False, 0
    counts: list[int] = []
    said: int | None = None
    asked: dict[str, int] = {}
    page: str | None = address if paging.next else _with(address, paging.parameter, 1)
    while page:
        number += 1
        if page in asked:
            raise FetchFailed(
                f"{address}: after page {number - 1} it leads back to page {asked[page]}.",
                remedy="Tell the publisher; the pages before are kept, those after are missing.",
            )
        if number > paging.most_pages:
            raise FetchFailed(
                f"{address}: has more than {paging.most_pages} pages.", remedy="Ask for a shorter period."
            )
        asked[page] = number
        target = path.with_name(f"{path.stem}-{number:04d}{path.suffix}")
        check_onward(address, page)
        was_new = publisher.download(page, target)
        content = _content(target, page)
        said = _total(content, paging) if said is None else said
        counts.append(len(value_at(content, paging.items) or ()))
        if counts[-1]:
            is_new = is_new or was_new
        else:
            _forget(target)
            if paging.next is None:
                break
        page = _next(content, paging, address, number)
    _check_complete(address, paging, counts, said)
    if not any(counts):
        raise NotThere(f"{address}: has nothing at {paging.items}.", remedy="Ask again later, or for another period.")
    return is_new


def _check_complete(address: str, paging: Paging, counts: list[int], said: int | None) -> None:
    """FetchFailed where the publisher counts more than came, or the last page is as full as one that leads on.

    A collector that took a lost link for the end has lost two months of a publisher that way.
    """
    if said is not None and said != sum(counts):
        raise FetchFailed(
            f"{address}: {sum(counts):,} of the {said:,} that the publisher counts have come, on {len(counts)} pages.",
            remedy="Ask again; what has come is kept. If it stays so, tell the publisher which page is missing.",
        )
    if said is None and paging.next and paging.full_page and counts[-1] >= paging.full_page:
        raise FetchFailed(
            f"{address}: page {len(counts)} is full ({counts[-1]}) and leads to no next page: its link is lost.",
            remedy="Ask again; what has come is kept. If it stays so, ask for a shorter period.",
        )


def _total(content: Any, paging: Paging) -> int | None:
    found = value_at(content, paging.total) if paging.total else None
    return int(found) if isinstance(found, int | str) and str(found).isdecimal() else None


def _next(content: Any, paging: Paging, address: str, number: int) -> str | None:
    if paging.next is None:
        return _with(address, paging.parameter, number + 1)
    if (found := value_at(content, paging.next)) in (None, ""):
        return None
    return _with(address, paging.parameter, found) if paging.parameter else str(httpx.URL(address).join(str(found)))


def _content(path: Path, address: str) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        _forget(path)
        raise FetchFailed(f"{address}: not the JSON that a page is: {error}.", remedy=LOOK) from error


def _forget(path: Path) -> None:
    path.unlink()
    note_path(path).unlink()


def value_at(content: Any, path: str) -> Any:
    """What is at a path of keys, such as links.next; None where nothing is."""
    for key in path.split("."):
        content = content.get(key) if isinstance(content, dict) else None
    return content


def _with(address: str, parameter: str | None, value: object) -> str:
    return str(httpx.URL(address).copy_merge_params({str(parameter): str(value)}))
