"""What a definition may say about JSON files: the documents it knows, what in them is a record, and what a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from ingest.definition.checks import all_known, all_plain, columns_give
from ingest.definition.json_paths import Steps, parse_path
from ingest.definition.layout import Name, Strict, Words

if TYPE_CHECKING:
    from ingest.definition.dataset import Dataset


class Document(Strict):
    """A known shape of a whole file: the keys that its object must have, others may stand beside them.

    `records` is the key of the list whose items are the records; without it, the object itself is the one record.
    """

    name: Name
    keys: Annotated[tuple[Words, ...], Field(min_length=1)]
    records: Words | None = None


class JsonRecords(Strict):
    """JSON documents of nested records, such as release packages. A layout's columns are paths into a record.

    Nothing is read but what a path asks for. With `each`, the path of a list, a row is an item of it, and what stands
    above is repeated; a record whose list is empty is one row. A path through any other list gives its texts joined; a
    path to the one item that another path chooses gives its text. `may_be_empty`: a document may have no records.
    """

    format: Literal["json_records"]
    documents: Annotated[tuple[Document, ...], Field(min_length=1)]
    each: Words | None = None
    joined_by: Words | None = None
    html_entities: Literal["unescaped"] | None = None
    may_be_empty: bool = False
    period_field: Name

    @property
    def each_path(self) -> Steps:
        """The steps of `each`; none where a row is a whole record."""
        return parse_path(self.each) if self.each else ()

    @property
    def dated_by(self) -> str | None:
        """The field that says which period a record is about."""
        return self.period_field

    def check(self, dataset: Dataset) -> None:
        """ValueError where the dataset's fields, key or layouts do not suit records of this kind."""
        all_plain(dataset)
        columns_give(dataset, sorted(rule.name for rule in dataset.fields))
        all_known("reader.period_field", [self.period_field], [rule.name for rule in dataset.fields])
        period = dataset.field(self.period_field)
        if period.type not in ("date", "moment") or not period.required:
            raise ValueError(f"reader: {self.period_field} must be a required date or moment")
        if dataset.key:
            raise ValueError(f"key: {self.format} lists events, which have none")
        if len(dataset.layouts) > 1:
            raise ValueError(f"layouts: {self.format} has one; reader.documents tells its documents apart")
        if self.each and not self.each_path[-1].is_list:
            raise ValueError("reader.each: must end with a list, as awards[] does")
        for path in map(parse_path, dataset.layouts[0].columns):
            if any(step.is_list for step in below_rows(path, self.each_path)[1]) and not self.joined_by:
                raise ValueError(f"reader.joined_by: must say how the texts of {path[0].key} are joined")


def below_rows(path: Steps, each: Steps) -> tuple[int, Steps]:
    """How many of the lists of `each` a path goes through, and the steps that are left of it there."""
    level, used = 0, 0
    for depth, step in enumerate(each, 1):
        if step.is_list and path[:depth] == each[:depth]:
            level, used = level + 1, depth
    return level, path[used:]
