"""The publishers' ways, as settings of definitions, from a local server that behaves as each does, to rows in raw."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from conftest import Clock
from crime_files import DATASET, table
from event_files import sighting
from misbehaving import Request, Server

from core.settings import settings
from ingest.archive.store import Archive
from ingest.definition.dataset import DEFINITIONS, Dataset, load_definitions
from ingest.fetch.errors import FetchFailed
from ingest.fetch.http import Publisher
from ingest.fetch.notes import NOTE
from ingest.fetch.run import fetch_periods
from ingest.pipeline import ingest_dataset
from ingest.readers import open_file
from ingest.readers.base import Record

Serve = Callable[..., Server]


@pytest.fixture
def fetched_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Gives the shipped borough definition an address, and makes the publishers the sources."""

    def set_up(rule: str) -> None:
        folder = tmp_path / "definitions"
        folder.mkdir()
        shipped = (DEFINITIONS / f"{DATASET}.yml").read_text(encoding="utf-8")
        before, _, after = shipped.partition("fetch:\n")
        changed = f"{before}fetch: {rule}\n\nreader:{after.partition('reader:')[2]}"
        (folder / f"{DATASET}.yml").write_text(changed, encoding="utf-8")
        monkeypatch.setattr("ingest.definition.dataset.DEFINITIONS", folder)
        monkeypatch.setenv("SOURCES", "publishers")
        monkeypatch.setenv("BUSINESS_DATE", "2013-06-01")

    return set_up


def test_a_download_page_of_the_datastore_becomes_rows_with_their_address(
    warehouse: str, admin: psycopg.Connection, serve: Serve, fetched_from: Callable[[str], None]
) -> None:
    content = table("borough_major_minor")

    def datastore(request: Request) -> None:
        if request.headers.get("If-None-Match") == '"7"':
            request.answer(status=304)
        elif request.path.startswith("/download"):
            request.answer(status=302, Location="/stored/borough.csv")
        else:
            request.answer(content, ETag='"7"')

    server = serve(datastore)
    address = server.address("/download/abc")
    fetched_from(f'{{address: "{address}", every: once, pace_seconds: 0, save_as: borough.csv}}')

    assert [batch.status for batch in ingest_dataset(DATASET).batches] == ["pending"]
    assert [batch.status for batch in ingest_dataset(DATASET).batches] == ["known"]

    [entry] = Archive(settings().archive_dir).entries()
    assert (entry.address, entry.etag, entry.is_generated) == (address, '"7"', False)
    assert admin.execute("select address, etag from audit.source_file").fetchall() == [(entry.address, entry.etag)]


def test_a_publisher_that_fails_is_reported_and_what_is_there_still_lands(
    warehouse: str, serve: Serve, fetched_from: Callable[[str], None]
) -> None:
    server = serve(lambda request: request.answer(b"<html>Sorry</html>"))
    fetched_from(f'{{address: "{server.address()}", every: once, pace_seconds: 0, save_as: borough.csv}}')
    here = settings().fetched_dir / "crime" / DATASET
    here.mkdir(parents=True)
    (here / "before.csv").write_bytes(table("borough_major_minor"))

    failed, landed = ingest_dataset(DATASET).batches

    assert (failed.status, failed.file_name, landed.status) == ("refused", "borough.csv", "pending")
    assert failed.reason == f"{server.address()}: answered with a web page, not with data."


def test_the_archive_of_data_police_uk(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped settings, at another address: one force's file out of each month's zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for force in ("kent", "metropolitan"):
            archive.writestr(f"2024-01/2024-01-{force}-street.csv", f"Crime ID,{force}\n")
    server = serve(lambda request: request.piece(file.getvalue()))
    definition = at(server, "police_uk_street")

    for force in ("metropolitan", "kent"):
        monkeypatch.setenv("WAREHOUSE_FORCE", force)
        [fetched] = fetch_periods(definition, tmp_path, date(2024, 1, 1), date(2024, 1, 31))
        assert (fetched.name, fetched.status) == (f"2024-01-{force}-street.csv", "new")
        saved = tmp_path / "crime" / "police_uk_street" / fetched.name
        assert saved.read_text() == f"Crime ID,{force}\n"
    assert {path for path, _ in server.asked} == {"/data/archive/2024-01.zip"}


def at(server: Server, dataset: str, **changes: object) -> Dataset:
    """A shipped definition with its own settings, at the local server and without its pace."""
    shipped = load_definitions()[dataset]
    assert shipped.fetch is not None
    address = re.sub("^https://[^/]+", server.address(""), shipped.fetch.address)
    changed = {"address": address, "pace_seconds": 0.0, **changes}
    return shipped.model_copy(update={"fetch": shipped.fetch.model_copy(update=changed)})


OCIDS = {"contracts_finder": "ocds-b5fd17", "find_a_tender": "ocds-h6vhtk"}  # what tells whose notice it is


def release(number: int, prefix: str = OCIDS["contracts_finder"]) -> dict[str, object]:
    return {"ocid": f"{prefix}-{number}", "id": str(number), "date": "2024-05-21T11:22:50Z", "tag": ["tender"]}


def packages(request: Request) -> None:
    """Two pages a day, as both publishers give them, and a day without notices."""
    is_quiet, is_first = "rom=2024-05-22" in request.path, "cursor=" not in request.path
    package = {"uri": request.path, "version": "1.1", "publishedDate": "2024-05-21", "publisher": {"name": "x"}}
    prefix = OCIDS["contracts_finder" if "Search" in request.path else "find_a_tender"]
    package["releases"] = [] if is_quiet else [release(1 if is_first else 2, prefix)]
    links = {"links": {"next": f"{request.path}&cursor=bmV4dA=="}} if is_first and not is_quiet else {}
    request.answer(json.dumps(package | links).encode(), Content_Type="application/json")


@pytest.mark.parametrize("dataset", ["contracts_finder", "find_a_tender"])
def test_release_packages_of_the_contract_publishers(serve: Serve, tmp_path: Path, dataset: str) -> None:
    """The shipped settings: a file a page, nothing for a day without notices, and all of it readable."""
    server = serve(packages)
    definition = at(server, dataset)

    results = list(fetch_periods(definition, tmp_path, date(2024, 5, 21), date(2024, 5, 22)))

    assert [(each.name, each.status) for each in results] == [
        ("2024-05-21.json", "new"),
        ("2024-05-22.json", "absent"),
    ]
    home = tmp_path / "procurement" / dataset
    pages = [path for path in sorted(home.iterdir()) if not path.name.endswith(NOTE)]
    assert [path.name for path in pages] == ["2024-05-21-0001.json", "2024-05-21-0002.json"]
    records = [
        record for path in pages for record in open_file(path, definition, "a").items if isinstance(record, Record)
    ]
    assert [record.values[0] for record in records] == [f"{OCIDS[dataset]}-1", f"{OCIDS[dataset]}-2"]
    first, second, quiet = (path for path, _ in server.asked)
    assert re.search(r"(From|from)=2024-05-21T00:00:00&\w+To=2024-05-22T00:00:01&limit=100$", first)
    assert second == f"{first}&cursor=bmV4dA=="
    assert "rom=2024-05-22T00:00:00" in quiet  # a second of it was asked for with the day before


@pytest.mark.parametrize("dataset", ["contracts_finder", "find_a_tender"])
def test_a_full_page_that_has_lost_its_link_is_a_failed_fetch_and_its_notices_are_kept(
    serve: Serve, tmp_path: Path, dataset: str
) -> None:
    full = {"uri": "u", "publishedDate": "2024-05-21", "publisher": {}, "releases": [release(n) for n in range(100)]}
    server = serve(lambda request: request.answer(json.dumps(full).encode()))

    [fetched] = fetch_periods(at(server, dataset), tmp_path, date(2024, 5, 21), date(2024, 5, 21))

    assert fetched.status == "failed"
    assert "page 1 is full (100) and leads to no next page: its link is lost" in str(fetched.reason)
    assert (tmp_path / "procurement" / dataset / "2024-05-21-0001.json").exists()


def test_a_day_whose_last_page_came_short_is_made_up_by_the_next_night(serve: Serve, tmp_path: Path) -> None:
    """Nothing in a page says that it is short: a day is asked for on three nights, and what is new becomes a file."""
    short = {"uri": "u", "publishedDate": "2024-05-21", "publisher": {}, "releases": [release(1)]}
    whole = short | {"releases": [release(1), release(2)]}
    server = serve(*[lambda request, page=page: request.answer(json.dumps(page).encode()) for page in (short, whole)])
    definition = at(server, "contracts_finder", pace_seconds=0)
    first, second = [
        next(fetch_periods(definition, tmp_path, date(2024, 5, 21), date(2024, 5, 21))).status for _ in range(2)
    ]
    assert (first, second) == ("new", "new")
    [path] = (tmp_path / "procurement" / "contracts_finder").glob("*-0001.json")
    records = [each for each in open_file(path, definition, "a").items if isinstance(each, Record)]
    assert len(records) == 2


def test_contracts_finder_is_left_in_peace_for_five_minutes(
    serve: Serve, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says 403, with a web page, where others say 429."""
    forbidden = b"<html><head><title>Forbidden - Contracts Finder</title></head></html>"
    server = serve(lambda request: request.answer(forbidden, 403), packages)
    monkeypatch.setattr("ingest.fetch.run.Publisher", partial(Publisher, wait=clock.wait, now=clock.now))
    definition = at(server, "contracts_finder", pace_seconds=5.0)

    [fetched] = fetch_periods(definition, tmp_path, date(2024, 5, 21), date(2024, 5, 21))

    assert fetched.status == "new"
    assert clock.waits[0] >= 300
    assert clock.waits[1:] == [5]


def test_contracts_finder_that_forbids_again_and_again_is_given_up(serve: Serve, clock: Clock, tmp_path: Path) -> None:
    publisher = Publisher(0, 1 << 20, clock.wait, clock.now, rest={403: 300})
    with pytest.raises(FetchFailed, match="6 times in vain; the last time: answered 403 Forbidden"):
        publisher.download(serve(lambda request: request.answer(b"", 403)).address(), tmp_path / "a.json")
    publisher.close()
    assert clock.seconds >= 5 * 300


def datastore(*names: str) -> dict[str, object]:
    """A dataset as the London Datastore's catalogue describes it."""
    resources = {
        f"{number}f": {"title": name, "format": "csv", "url": f"/download/exy3m/{number}f/{quote(name)}"}
        for number, name in enumerate(names)
    }
    return {"id": "exy3m", "title": "MPS Recorded Crime: Geographic Breakdown", "resources": resources}


def test_files_of_the_datastore_are_found_wherever_they_lie_today(serve: Serve, tmp_path: Path) -> None:
    names = [
        "MPS Borough Level Crime (most recent 24 months).csv",
        "MPS Borough Level Crime (Historical).csv",
        "MPS Ward Level Crime (most recent 24 months).csv",
        "Definitions.pdf",
    ]

    def answer(request: Request) -> None:
        if request.path == "/api/dataset/exy3m":
            request.answer(json.dumps(datastore(*names)).encode())
        else:
            request.answer(request.path.encode())

    server = serve(answer)

    def fetch(dataset: str) -> list[str]:
        [fetched] = fetch_periods(at(server, dataset), tmp_path, date(2024, 5, 1), date(2024, 5, 2))
        assert (fetched.status, fetched.reason) == ("new", None)
        home = tmp_path / "crime" / dataset
        return sorted(path.read_text() for path in home.iterdir() if not path.name.endswith(NOTE))

    assert fetch("mps_borough_crime") == [f"/download/exy3m/{n}f/{quote(names[n])}" for n in (0, 1)]
    assert sorted(path.name for path in (tmp_path / "crime/mps_ward_crime").glob("*")) == []
    assert fetch("mps_ward_crime") == [f"/download/exy3m/2f/{quote(names[2])}"]
    # The next release lies elsewhere, under the same name.
    names.insert(0, "MPS Crime Notes.csv")
    assert fetch("mps_ward_crime") == [f"/download/exy3m/3f/{quote(names[3])}"]


def test_attachments_of_a_ministrys_page(serve: Serve, tmp_path: Path) -> None:
    """The list is an array there, and one of its files is gone: the other one arrives all the same."""

    def answer(request: Request) -> None:
        if request.path.startswith("/api/content"):
            media = [{"url": f"/media/{name}", "content_type": "x"} for name in ("ctr_2021.xlsx", "ctr_2122.xlsx")]
            request.answer(json.dumps({"details": {"attachments": [*media, {"title": "no address"}]}}).encode())
        elif "2021" in request.path:
            request.answer(status=404)
        else:
            request.answer(b"PK")

    server = serve(answer)
    rule = f'fetch: {{address: "{server.address("/api/content/x")}", every: once, pace_seconds: 0, save_as: "{{name}}"'
    rule += r", catalogue: {items: details.attachments, address: url, file: 'ctr_\d+\.xlsx'}}"
    definition = sighting(tmp_path / "definitions", "tolerance: 0.5\n", f"tolerance: 0.5\n{rule}\n")

    [fetched] = fetch_periods(definition, tmp_path / "in", date(2024, 5, 1), date(2024, 5, 2))

    assert (fetched.name, fetched.status) == ("listed files", "failed")
    assert fetched.reason == f"{server.address('/media/ctr_2021.xlsx')}: answered 404 Not Found."
    assert (tmp_path / "in/birds/sighting/ctr_2122.xlsx").read_bytes() == b"PK"
