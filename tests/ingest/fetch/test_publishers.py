"""The publishers' ways, as settings of definitions, from a local server that behaves as each does, to rows in raw."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import psycopg
import pytest
from crime_files import DATASET, table
from event_files import sighting
from misbehaving import Request, Server

from ingest.archive import Archive
from ingest.definition import DEFINITIONS, load_definitions
from ingest.fetch.run import fetch_periods
from ingest.pipeline import ingest_dataset
from warehouse.settings import settings

Serve = Callable[..., Server]


@pytest.fixture
def fetched_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Gives the shipped borough definition an address, and makes the publishers the sources."""

    def set_up(rule: str) -> None:
        folder = tmp_path / "definitions"
        folder.mkdir()
        shipped = (DEFINITIONS / f"{DATASET}.yml").read_text(encoding="utf-8")
        (folder / f"{DATASET}.yml").write_text(f"{shipped}\nfetch: {rule}\n", encoding="utf-8")
        monkeypatch.setattr("ingest.definition.DEFINITIONS", folder)
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
    shipped = load_definitions()["police_uk_street"]
    assert shipped.fetch is not None
    here = shipped.fetch.address.replace("https://data.police.uk", server.address(""))
    definition = shipped.model_copy(update={"fetch": shipped.fetch.model_copy(update={"address": here})})

    for force in ("metropolitan", "kent"):
        monkeypatch.setenv("WAREHOUSE_FORCE", force)
        [fetched] = fetch_periods(definition, tmp_path, date(2024, 1, 1), date(2024, 1, 31))
        assert (fetched.name, fetched.status) == (f"2024-01-{force}-street.csv", "new")
        saved = tmp_path / "crime" / "police_uk_street" / fetched.name
        assert saved.read_text() == f"Crime ID,{force}\n"
    assert {path for path, _ in server.asked} == {"/data/archive/2024-01.zip"}


@pytest.mark.parametrize(
    ("path", "paging"),
    [
        ("/api/1.0/ocdsReleasePackages?updatedFrom={first_day}&updatedTo={last_day}&limit=2", "next: links.next"),
        ("/Published/Notices/OCDS/Search?publishedFrom={first_day}&size=2", "next: nextCursor, parameter: cursor"),
        ("/Published/Notices/OCDS/Search?publishedFrom={first_day}&size=2", "parameter: page"),
    ],
    ids=["Find a Tender", "Contracts Finder, cursor", "Contracts Finder, page"],
)
def test_release_packages_of_the_contract_publishers(serve: Serve, tmp_path: Path, path: str, paging: str) -> None:
    def packages(request: Request) -> None:
        is_first = "cursor=" not in request.path
        following = {"nextCursor": "next", "links": {"next": request.path + "&cursor=next"}} if is_first else {}
        releases = [] if "page=3" in request.path else [{"ocid": request.path}]
        request.answer(json.dumps({"releases": releases, **following}).encode())

    server = serve(packages)
    rule = f'{{address: "{server.address(path)}", every: month, pace_seconds: 0, save_as: "{{year}}-{{month}}.json"'
    rule += f", paging: {{{paging}, items: releases}}}}"
    definition = sighting(tmp_path / "definitions", "tolerance: 0.5\n", f"tolerance: 0.5\nfetch: {rule}\n")

    [fetched] = fetch_periods(definition, tmp_path / "in", date(2024, 5, 1), date(2024, 5, 31))

    assert (fetched.status, fetched.reason) == ("new", None)
    home = tmp_path / "in/birds/sighting"
    assert sorted(each.name for each in home.glob("2024-05-????.json")) == ["2024-05-0001.json", "2024-05-0002.json"]
