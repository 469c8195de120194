"""A header that a publication has had, and how the cells beneath it are written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Strict(BaseModel):
    """A part of a definition: what it does not know is an error, and nothing of it changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Style(NamedTuple):
    """How dates and decimals are written. `dates` is a format of strptime; None is 2013-09-30 and nothing else."""

    dates: str | None = None
    decimal_mark: str = "."


class Layout(Strict):
    """One header the publication has had: published column name -> field. The order of the columns does not matter.

    `fixed` is what the header says of a field for all rows: its text, empty for none. `ignored` columns may be there
    any number of times, or not at all; `repeated` ones stand there several times, with the same text in every row. Two
    layouts may share their columns where their styles differ. A header whose names carry its year may say the `period`
    that it dates a file by; a table of its own kind has a `key` of its own.
    """

    name: Name
    columns: dict[Annotated[str, StringConstraints(min_length=1)], Name]
    fixed: dict[Name, str] = {}
    ignored: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    repeated: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    dates: Words | None = None
    decimal_mark: Literal[".", ","] = "."
    period: date | None = None
    key: tuple[Name, ...] = ()

    @property
    def style(self) -> Style:
        """How its dates and decimals are written."""
        return Style(self.dates, self.decimal_mark)

    @property
    def is_plain(self) -> bool:
        """Whether it says nothing but which column is which field: all that most readers understand."""
        said = (self.fixed, self.ignored, self.repeated, self.period, self.key)
        return not any(said) and self.style == Style()

    def has_columns(self, names: Sequence[str], *, others_between: bool = False) -> bool:
        """Whether these are its columns, whatever stands between them that it ignores; or anything else."""
        if others_between:
            return all(list(names).count(name) == 1 for name in self.columns)
        once = [*(name for name in names if name not in (self.repeated or ())), *(self.repeated or ())]
        return sorted(self.columns) == sorted(name for name in once if name not in (self.ignored or ()))
