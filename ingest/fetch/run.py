"""What a dataset's definition says about its addresses, done: the files of some periods into the fetched inbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from shutil import copyfileobj

import httpx

from core.errors import WarehouseError
from core.settings import settings
from ingest.definition.dataset import Dataset
from ingest.definition.fetch_rules import Fetch
from ingest.fetch.catalogue import fetch_listed
from ingest.fetch.errors import FetchFailed, NotThere
from ingest.fetch.http import LOOK, Publisher
from ingest.fetch.pages import fetch_pages
from ingest.fetch.remote_zip import fetch_member
from ingest.readers.base import FileRefused

RECENT = 3  # periods that a nightly run asks for: publishers are late, and restate


@dataclass(frozen=True)
class Fetched:
    """What became of one address. `status`: new, unchanged, absent (nothing is there yet) or failed."""

    name: str
    status: str
    reason: str | None = None
    remedy: str | None = None


def fetch_periods(
    definition: Dataset,
    folder: Path,
    first: date,
    last: date,
) -> Iterator[Fetched]:
    """Fetch the files of every period from one day to another into `<folder>/<domain>/<dataset>`, oldest first.

    One that fails never stops the others. Done again, only what has changed is fetched. WarehouseError where the
    definition has no address.
    """
    rule = definition.fetch
    if rule is None:
        raise WarehouseError(
            f"Dataset {definition.dataset} has no address to fetch from.",
            remedy=f"Put its files into the sources, or add fetch to {definition.dataset}.yml.",
        )
    home = folder / definition.domain / next(iter(definition.inbox_folders))
    home.mkdir(parents=True, exist_ok=True)
    publisher = Publisher(rule.pace_seconds, rule.largest_mb << 20, rest=rule.rest_seconds)
    try:
        for start, end in periods(rule.every, first, last):
            yield _fetch(publisher, rule, home, start, end)
    finally:
        publisher.close()


def periods(every: str, first: date, last: date) -> Iterator[tuple[date, date]]:
    """First and last day of each day, month or financial year that lies in the span; all of it for `once`."""
    if every == "once":
        yield first, last
        return
    start = {"day": first, "month": first.replace(day=1), "year": date(first.year - (first.month < 4), 4, 1)}[every]
    while start <= last:
        following = start + timedelta(1)
        if every == "month":
            following = (start + timedelta(31)).replace(day=1)
        elif every == "year":
            following = start.replace(year=start.year + 1)
        yield start, following - timedelta(1)
        start = following


def recent(rule: Fetch, today: date) -> date:
    """The first day that a nightly run asks for."""
    return today - timedelta(RECENT * {"day": 1, "year": 366}.get(rule.every, 31))


def _fetch(publisher: Publisher, rule: Fetch, home: Path, start: date, end: date) -> Fetched:
    words: dict[str, object] = {"year": start.year, "month": f"{start:%m}", "first_day": start, "last_day": end}
    words |= {"following_day": end + timedelta(1)}
    words |= {"force": settings().force_code, "name": "listed files"}
    address, path = rule.address.format(**words), home / rule.save_as.format(**words)
    try:
        if not address.startswith(("http://", "https://")):
            is_new = _copy(address, path, publisher.largest)
        elif rule.member:
            is_new = fetch_member(publisher, address, rule.member.format(**words), path)
        elif rule.catalogue:
            is_new = fetch_listed(
                publisher, address, rule.catalogue, lambda name: home / rule.save_as.format(**words | {"name": name})
            )
        elif rule.paging:
            is_new = fetch_pages(publisher, address, rule.paging, path)
        else:
            is_new = publisher.download(address, path)
    except NotThere as failure:
        return Fetched(path.name, "absent", failure.message, failure.remedy)
    except FetchFailed as failure:
        return Fetched(path.name, "failed", failure.message, failure.remedy)
    except httpx.InvalidURL as error:
        return Fetched(path.name, "failed", f"{address}: leads to what is no address: {error}.", LOOK)
    except FileRefused as refusal:
        return Fetched(path.name, "failed", f"{path.name}: {refusal.reason}.", refusal.remedy)
    return Fetched(path.name, "new" if is_new else "unchanged")


def _copy(address: str, path: Path, largest: int) -> bool:
    """A file from wherever fsspec reads: file, s3. FetchFailed where its part for that address is not installed."""
    import fsspec

    part = path.with_name(f".{path.name}.part")
    try:
        with fsspec.open(address, "rb") as source, part.open("wb") as copy:
            if (getattr(source, "size", None) or 0) > largest:
                raise FetchFailed(
                    f"{address}: larger than the {largest:,} bytes that are fetched.",
                    remedy="See whether it is what it should be; if so, raise fetch.largest_mb in the definition.",
                )
            copyfileobj(source, copy)
        part.replace(path)
    except FileNotFoundError as error:
        raise NotThere(f"{address}: there is no such file.", remedy="Check fetch.address in the definition.") from error
    except (ImportError, ValueError) as error:
        raise FetchFailed(f"{address}: {error}.", remedy="s3:// needs the package s3fs in the environment.") from error
    except OSError as error:
        raise FetchFailed(f"{address}: {error}.", remedy="Check fetch.address and the rights to read it.") from error
    finally:
        part.unlink(missing_ok=True)
    return True
