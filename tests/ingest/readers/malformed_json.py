"""JSON documents that are wrong in every way that publishers and networks have: the second release is, or the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from json_files import package, release

from ingest.readers.documents.json_text import LONGEST

Case = tuple[str, bytes]
GOOD = package(release(awards=None))


def no_documents() -> Iterator[Case]:
    """What is no JSON document, or none that anybody knows. Each must refuse the file whole."""
    yield "empty", b""
    yield "spaces only", b" \n" * 3000
    yield "NUL bytes", b"\0" * 100
    yield "web page", b"<!doctype html><html></html>"
    yield "CSV", b"ocid,id\n1,2\n"
    yield "a Git LFS pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n"
    yield "a list", b"[" + GOOD + b"]"
    yield "a text", b'"releases"'
    yield "one object a line", GOOD + b"\n" + GOOD
    yield "cut off", GOOD[:-30]
    yield "cut off and an end", GOOD[:-30] + b"}"
    yield "cut off in a key", GOOD[: GOOD.index(b"publisher") + 4] + b"}"
    yield "something after the end", GOOD + b"\nDone {}"
    yield "UTF-16", GOOD.decode().encode("utf-16")
    yield "UTF-16 without a mark", GOOD.decode().encode("utf-16-le")
    yield "Windows-1252", GOOD.replace(b"Market", b"Caf\xe9")
    yield "half a character's bytes", GOOD.replace(b"Market", b"Caf\xc3")
    yield "a NUL byte in a text", GOOD.replace(b"Market", b"Mar\0ket")
    yield "a line end in a text", GOOD.replace(b"Market", b"Mar\nket")
    yield "an unknown escape", GOOD.replace(b"Market", rb"Mar\ket")
    yield "single quotes", GOOD.replace(b'"', b"'")
    yield "a key without quotes", GOOD.replace(b'"uri"', b"uri")
    yield "no colon", GOOD.replace(b'"uri":', b'"uri"')
    yield "a comma too many", GOOD[:-1] + b",}"
    yield "no comma", GOOD.replace(b'}, "releases"', b'} "releases"')
    yield "a comment", GOOD.replace(b'"uri"', b'/* here */ "uri"')
    yield "a key twice", GOOD.replace(b'"uri"', b'"uri": "", "uri"')
    yield "a key twice in a release", GOOD.replace(b'"ocid"', b'"ocid": "", "ocid"')
    yield "the releases twice", GOOD[:-1] + b', "releases": []}'
    yield "NaN", GOOD.replace(b"1250.5", b"NaN")
    yield "Infinity", GOOD.replace(b"1250.5", b"-Infinity")
    yield "a number with a leading zero", GOOD.replace(b"1250.5", b"01250.5")
    yield "a number with a plus", GOOD.replace(b"1250.5", b"+1250.5")
    yield "True", GOOD.replace(b"1250.5", b"True")
    yield "a hundred thousand lists", GOOD.replace(b"1250.5", b"[" * 100_000 + b"]" * 100_000)
    yield "a text longer than any", GOOD.replace(b"Market", b"x" * (LONGEST + 1))
    yield "a text longer than any in a release", GOOD.replace(b"Apples", b"x" * (LONGEST + 1))
    yield (
        "more than any beside the releases",
        GOOD[:-1] + b"".join(b', "k%d": "%b"' % (number, b"x" * (LONGEST // 8)) for number in range(9)) + b"}",
    )
    yield "no releases", package(releases=None)
    yield "an empty list of releases", package(releases=[])
    yield "releases that are an object", package(releases={"ocid": "1"})
    yield "another document", b'{"error": "too many requests", "data": []}'
    yield "a package without its publisher", GOOD.replace(b'"publisher"', b'"publishers"')


def wrong_releases() -> Iterator[Case]:
    """A good release without awards and another, with something wrong in it."""

    def tender(**changes: Any) -> dict[str, Any]:
        return release(tender={"title": "Figs"} | changes)

    cases: dict[str, Any] = {
        "no object": "a text",
        "null": None,
        "no id of its process": release(ocid=None),
        "a blank id": release(ocid=" "),
        "no date": release(date=None),
        "a date in words": release(date="yesterday"),
        "a date without its time": release(date="2024-05-21"),
        "a day that is none": release(date="2024-02-30T00:00:00Z"),
        "a date that is a number": release(date=20240521),
        "an amount in quotes": tender(value={"amount": "12"}),
        "an amount that is true": tender(value={"amount": True}),
        "an amount below nothing": tender(value={"amount": -1}),
        "an amount in a list": tender(value={"amount": [12]}),
        "a value that is no object": tender(value=12),
        "a tender that is a list": release(tender=[{"title": "Figs"}]),
        "a title that is an object": tender(title={"en": "Figs"}),
        "half a count": tender(bids=1.5),
        "a count beyond any": tender(bids=10**30),
        "an amount beyond any": tender(value={"amount": 10**30}),
        "a value that nobody knows": tender(open="perhaps"),
        "tags that are no list": release(tag="tender"),
        "a tag with the joining mark": release(tag=["tender;award"]),
        "a tag that is an object": release(tag=[{"id": "tender"}]),
        "awards that are an object": release(awards={"id": "a1"}),
        "an award that is a text": release(awards=["a1"]),
        "suppliers that are a text": release(awards=[{"id": "a1", "suppliers": "One"}]),
        "half a character": tender(title="Figs \ud800"),
        "a NUL character": tender(title="Figs \0"),
    }
    for name, wrong in cases.items():
        yield f"a release with {name}", package(release(awards=None), wrong)
    power = package(release(awards=None), tender(value={"amount": 7654321})).replace(b"7654321", b"1E+400")
    yield "an amount with a power beyond any", power
    digits = package(release(awards=None), tender(bids=7654321)).replace(b"7654321", b"9" * 10_000)
    yield "a number of ten thousand digits", digits
