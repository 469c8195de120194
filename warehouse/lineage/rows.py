"""Rows as a trace carries them: as JSON texts, which PostgreSQL wrote and reads again, so that nothing is rounded."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

Row = dict[str, Any]


@dataclass
class Rows:
    """Some rows of a relation or SELECT, each once.

    `names` says for each column under which name its value stands in the texts; None: under its own, and they are known
    to be whole rows of it. `is_cut`: many
    more take part, as in deciding which release is the latest; they are neither told nor followed. There are `at_least`
    so many then, where they were counted.
    """

    texts: list[str] = field(default_factory=list)
    names: dict[str, str] | None = None
    is_cut: bool = False
    at_least: int = 0

    def __bool__(self) -> bool:
        return bool(self.texts) or self.is_cut

    @cached_property
    def rough(self) -> list[Row]:
        """The rows' values as texts and numbers; fractions are not exact."""
        return [json.loads(text) for text in self.texts]

    @property
    def exact(self) -> list[Row]:
        """The rows' values, for people: numbers as they were written."""
        return [json.loads(text, parse_float=Decimal) for text in self.texts]

    @property
    def columns(self) -> dict[str, str]:
        """The columns known of every row, and the name that each has in the texts."""
        if self.names is not None:
            return self.names
        return {name: name for name in (self.rough[0] if self.texts else ())}

    @property
    def as_json(self) -> str:
        """All of them as a JSON array."""
        return f"[{', '.join(self.texts)}]"

    def called(self, new_names: dict[str, str], *, maybe: bool = False) -> Rows:
        """The same rows, of which these columns (the keys) alone are known, under other names.

        `maybe`: some of them may be another's, so that they are no whole rows of whoever is asked.
        """
        is_same = all(new == name for name, new in new_names.items()) and new_names.keys() >= self.columns.keys()
        if is_same and self.names is None and not maybe:
            return self
        return Rows(self.texts, {new: self.columns[name] for name, new in new_names.items() if name in self.columns},
                    self.is_cut)  # fmt: skip

    def values(self, column: str) -> list[Any]:
        """The values of a column, as in `rough`."""
        name = self.columns[column]
        return [row[name] for row in self.rough]

    def without(self, columns: Iterable[str]) -> Rows:
        """Those that have no value in these columns."""
        names = [self.columns[column] for column in columns if column in self.columns]
        known = zip(self.texts, self.rough, strict=True)
        return Rows([text for text, row in known if all(row[name] is None for name in names)], self.names)

    def without_blanks(self) -> Rows:
        """Those of which anything is known: an outer join puts others where there is none."""
        known = zip(self.texts, self.rough, strict=True)
        return Rows([text for text, row in known if any(value is not None for value in row.values())], self.names)

    def with_more(self, texts: Iterable[str] = (), *, is_cut: bool = False, at_least: int = 0) -> Rows:
        """These and those."""
        both = list(dict.fromkeys([*self.texts, *texts]))
        return Rows(both, self.names, self.is_cut or is_cut, max(self.at_least, at_least))

    def and_those(self, others: Rows) -> Rows:
        """These and others of the same relation."""
        return self.with_more(others.texts, is_cut=others.is_cut, at_least=others.at_least)
