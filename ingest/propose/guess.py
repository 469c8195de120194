"""What drafts of definitions are made of: types guessed from texts, names of fields, texts quoted for YAML."""

from __future__ import annotations

import re

import yaml

from ingest.definition.dataset import FieldRule, FieldType
from ingest.readers.cells import CellFault, cell_value

# How every draft begins: what no file tells of its publication is left to a person, by name.
HEAD = """\
dataset: {name}
domain: TODO  # the folder of the sources that it lies in
title: TODO
publisher: TODO
licence: TODO
homepage: TODO
expected_every_days: 31  # TODO: a guess; days from one publication to the next
files: "*{suffix}"
coverage: full
vintage: last_period
tolerance: 0
personal: none  # TODO: or what of it is about persons, why it is here, and how it was minimised

"""
GUESSED: tuple[FieldType, ...] = ("integer", "decimal", "date", "month", "moment", "financial_year")


def guessed_type(texts: list[str], among: tuple[FieldType, ...] = GUESSED) -> tuple[FieldType, bool]:
    """The narrowest type that all texts have, and whether none of them is blank."""
    filled = [text for text in texts if text]
    for kind in among if filled else ():
        rule = FieldRule(name="x", type=kind, required=True, description="x")
        try:
            for text in filled:
                cell_value(rule, text)
        except CellFault:
            continue
        return kind, len(filled) == len(texts)
    return "text", bool(filled) and len(filled) == len(texts)


def field_name(text: str) -> str:
    """A name for the field that a column, path or file of this name fills."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:60]
    return name if name[:1].isalpha() else f"x_{name}"


def quoted(text: str, *, always: bool = False) -> str:
    """The text as YAML writes it, in quotes where it must be."""
    style = '"' if always else None
    return yaml.safe_dump(text, default_style=style, allow_unicode=True, width=10_000).removesuffix("...\n").strip()
