"""Files whose addresses a publisher's catalogue lists: those of a name are fetched, wherever they lie today."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from ingest.definition.fetch_rules import Catalogue
from ingest.fetch.errors import FetchFailed
from ingest.fetch.http import LOOK, Publisher, check_onward, refuse_web_page
from ingest.fetch.pages import value_at

LARGEST = 16 << 20  # bytes of a catalogue
SHOWN = 10  # names of other files that a message shows
PLAIN_NAME = re.compile(r"[^/\\.][^/\\]*")


def fetch_listed(publisher: Publisher, address: str, rule: Catalogue, path_of: Callable[[str], Path]) -> bool:
    """Every listed file that the rule asks for, at the path of its name; False where none is new.

    One that fails does not stop the others. FetchFailed where one did, or where none is listed.
    """
    listed = list(_listed(publisher.ask(address, lambda: _catalogue(publisher, address)), address, rule))
    wanted = [(name, each) for name, each in listed if re.fullmatch(rule.file, name)]
    if not wanted:
        names = [*[name for name, _ in listed[:SHOWN]], *(["more"] if len(listed) > SHOWN else [])]
        raise FetchFailed(
            f"{address}: lists no file named {rule.file}; it lists {', '.join(names) or 'none at all'}.",
            remedy="If the publisher has renamed it, change fetch.catalogue in the definition.",
        )
    is_new, failures = False, []
    for place, (name, each) in enumerate(wanted):
        path = path_of(name)
        if earlier := [other for other, _ in wanted[:place]].count(name):  # an older release may bear the same name
            path = path.with_name(f"{path.stem} ({earlier + 1}){path.suffix}")
        try:
            check_onward(address, each)
            is_new |= publisher.download(each, path)
        except FetchFailed as failure:
            failures.append(failure)
    if failures:  # a listed file that is not there is a fault too
        raise FetchFailed(failures[0].message, remedy=failures[0].remedy)
    return is_new


def _catalogue(publisher: Publisher, address: str) -> Any:
    content = b""
    with publisher.get(address) as response:
        for block in publisher.blocks(response):
            content += block
            if len(content) > LARGEST:
                raise FetchFailed(f"{address}: larger than any catalogue.", remedy=LOOK)
    refuse_web_page(content, address)
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FetchFailed(f"{address}: not the JSON that a catalogue is: {error}.", remedy=LOOK) from error


def _listed(catalogue: Any, address: str, rule: Catalogue) -> Iterator[tuple[str, str]]:
    """Name and full address of every file in it. A name that is none for a file, or another protocol, is no file."""
    found = value_at(catalogue, rule.items)
    for item in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        each = item.get(rule.address) if isinstance(item, dict) else None
        try:
            full = httpx.URL(address).join(str(each or ""))
        except httpx.InvalidURL:
            continue
        name = full.path.rpartition("/")[2]
        if each and PLAIN_NAME.fullmatch(name) and full.scheme in ("http", "https"):
            yield name, str(full)
