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

    `records` is the key of the list whose items are the records; without it, the object itself is the one record. No
    record is dated after the day at the key `published`, or it is told.
    """

    name: Name
    keys: Annotated[tuple[Words, ...], Field(min_length=1)]
    records: Words | None = None
    published: Words | None = None


class KeptDocument(Strict):
    """The record itself as JSON in a text field: `keeps` are the paths that stay in it, all else is left out."""

    field: Name
    keeps: Annotated[tuple[Words, ...], Field(min_length=1)]


class JsonRecords(Strict):
    """JSON documents of nested records, such as release packages. A layout's columns are paths into a record.

    Nothing is read but what a path asks for; `document` is the record as JSON, in the first of its rows. With `each`,
    the path of a list, a row is an item of it, and what stands above is repeated; a record whose list is empty is one
    row. A path through any other list gives its texts joined; a path to the one item that another path chooses gives
    its text. `may_be_empty`: a document may have no records.
    """

    format: Literal["json_records"]
    documents: Annotated[tuple[Document, ...], Field(min_length=1)]
    each: Words | None = None
    joined_by: Words | None = None
    html_entities: Literal["unescaped"] | None = None
    may_be_empty: bool = False
    period_field: Name
    document: KeptDocument | None = None

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
        kept = [self.document.field] if self.document else []
        all_known("reader.document", kept, [rule.name for rule in dataset.fields])
        columns_give(dataset, sorted({rule.name for rule in dataset.fields} - set(kept)))
        if any(dataset.field(name).type != "text" or dataset.field(name).required for name in kept):
            raise ValueError("reader.document: must be a text field that may be blank")
        for path in map(parse_path, self.document.keeps if self.document else ()):
            if any(step.by for step in path):
                raise ValueError(f"reader.document.keeps: {path[0].key} must name a path without a condition")
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
