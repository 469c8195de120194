"""What a definition may say about where its files come from. Addresses are settings: another force is another word."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
FileName = Annotated[str, StringConstraints(pattern=r"^[^/\\.][^/\\]*$")]
# What an address, a member and a file's name may hold: parts of the period that is asked for, and the force's code.
PLACEHOLDERS = ("year", "month", "first_day", "last_day", "following_day", "force")


class Paging(BaseModel):
    """A publication in pages, each a JSON document and a file of its own.

    `next` is the path in a page (links.next) to the next one's address, or to the cursor that `parameter` sends; with
    `parameter` alone, pages are numbered from 1 until one has nothing at `items`. `full_page` is how many items a page
    has that is not the last, `total` the path to how many the publisher counts: what came is held against both.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    next: Words | None = None
    parameter: Words | None = None
    items: Words
    full_page: Annotated[int, Field(gt=0)] | None = None
    total: Words | None = None
    most_pages: Annotated[int, Field(gt=0)] = 1000

    @model_validator(mode="after")
    def _says_how(self) -> Self:
        if not (self.next or self.parameter):
            raise ValueError("fetch.paging: next or parameter must say where the next page is")
        return self


class Catalogue(BaseModel):
    """A JSON document that lists a publication's files, whose addresses change with each release.

    `items` is the path to the list, or to an object of them; `address` the key of an item that holds its address.
    `file` must match the whole file name that the address ends with.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    items: Words
    address: Words
    file: Words

    @model_validator(mode="after")
    def _is_a_pattern(self) -> Self:
        try:
            re.compile(self.file)
        except re.error as error:
            raise ValueError(f"fetch.catalogue.file: not a regular expression: {error}") from error
        return self


class Fetch(BaseModel):
    """An address, asked once or for each period: http, https, or whatever fsspec opens (file, s3).

    `member` is one file of a zip, read by range requests without the rest. With `catalogue`, the address lists the
    files, and `{name}` is each one's own name. `save_as` is the name in the inbox. `rest_seconds` says of a status by
    which this publisher asks to be left in peace for how long.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: Words
    every: Literal["day", "month", "year", "once"]
    save_as: FileName
    member: Words | None = None
    paging: Paging | None = None
    catalogue: Catalogue | None = None
    rest_seconds: dict[Annotated[int, Field(ge=400, lt=600)], Annotated[float, Field(gt=0)]] = {}
    pace_seconds: Annotated[float, Field(ge=0)] = 1.0
    largest_mb: Annotated[int, Field(gt=0)] = 500

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> Self:
        for key in ("address", "save_as", "member"):
            known = (*PLACEHOLDERS, "name") if self.catalogue and key == "save_as" else PLACEHOLDERS
            try:
                (getattr(self, key) or "").format(**dict.fromkeys(known, "x"))
            except (KeyError, IndexError, ValueError) as error:
                raise ValueError(f"fetch.{key}: knows {', '.join(known)}, and not {error}") from error
        if sum(map(bool, (self.paging, self.member, self.catalogue))) > 1:
            raise ValueError("fetch: only one of member, paging and catalogue can say what is at the address")
        return self
