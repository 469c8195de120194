"""What a definition may say about where its files come from. Addresses are settings: another force is another word."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
FileName = Annotated[str, StringConstraints(pattern=r"^[^/\\.][^/\\]*$")]
# What an address, a member and a file's name may hold: parts of the period that is asked for, and the force's code.
PLACEHOLDERS = ("year", "month", "first_day", "last_day", "force")


class Paging(BaseModel):
    """A publication in pages, each a JSON document and a file of its own.

    `next` is the path in a page (links.next) to the next one's address, or to the cursor that `parameter` sends; with
    `parameter` alone, pages are numbered from 1 until one has nothing at `items`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    next: Words | None = None
    parameter: Words | None = None
    items: Words
    most_pages: Annotated[int, Field(gt=0)] = 1000

    @model_validator(mode="after")
    def _says_how(self) -> Self:
        if not (self.next or self.parameter):
            raise ValueError("fetch.paging: next or parameter must say where the next page is")
        return self


class Fetch(BaseModel):
    """An address, asked once or for each period: http, https, or whatever fsspec opens (file, s3).

    `member` is one file of a zip, read by range requests without the rest. `save_as` is its name in the inbox.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: Words
    every: Literal["month", "year", "once"]
    save_as: FileName
    member: Words | None = None
    paging: Paging | None = None
    pace_seconds: Annotated[float, Field(ge=0)] = 1.0
    largest_mb: Annotated[int, Field(gt=0)] = 500

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> Self:
        known = dict.fromkeys(PLACEHOLDERS, "x")
        for key in ("address", "save_as", "member"):
            try:
                (getattr(self, key) or "").format(**known)
            except (KeyError, IndexError, ValueError) as error:
                raise ValueError(f"fetch.{key}: knows {', '.join(PLACEHOLDERS)}, and not {error}") from error
        if self.paging and self.member:
            raise ValueError("fetch: a member of a zip has no pages")
        return self
