"""Release packages made by hand, and a small definition of what is read from one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ingest.definition.dataset import Dataset, load_definitions

DEFINITION = """
dataset: deal
domain: fruit
title: Deals in fruit
publisher: Market
licence: none
homepage: none
expected_every_days: 31
files: "*.json"
coverage: full
vintage: last_period
tolerance: 0.5
reader:
  format: json_records
  documents:
    - {name: package, keys: [uri, publisher, releases], records: releases}
    - {name: release, keys: [ocid, id]}
  each: awards[].suppliers[]
  joined_by: ";"
  html_entities: unescaped
  period_field: released_at
  document: {field: whole, keeps: [ocid, "tag[]", tender.title, tender.value.amount, "awards[].suppliers[].id"]}
fields:
  - {name: ocid, type: text, required: true, description: Process}
  - {name: released_at, type: moment, required: true, description: Moment}
  - {name: tags, type: text, required: false, description: Tags}
  - {name: title, type: text, required: false, description: Title}
  - {name: amount, type: decimal, required: false, minimum: 0, description: Amount}
  - {name: bids, type: integer, required: false, description: Bids}
  - {name: is_open, type: text, required: false, allowed: ["true", "false"], description: Open or not}
  - {name: award_id, type: text, required: false, description: Award}
  - {name: award_amount, type: decimal, required: false, description: Value of the award}
  - {name: supplier_name, type: text, required: false, description: Supplier}
  - {name: register_id, type: text, required: false, description: Number in a register}
  - {name: whole, type: text, required: false, description: The release itself}
key: []
layouts:
  - name: deal
    columns:
      ocid: ocid
      date: released_at
      tag[]: tags
      tender.title: title
      tender.value.amount: amount
      tender.bids: bids
      tender.open: is_open
      awards[].id: award_id
      awards[].value.amount: award_amount
      awards[].suppliers[].name: supplier_name
      parties[id=awards[].suppliers[].id].identifier.id: register_id
"""
FIELDS = ("ocid", "released_at", "tags", "title", "amount", "bids", "is_open", "award_id", "award_amount")
FIELDS += ("supplier_name", "register_id", "whole")


def deal(folder: Path, old: str = "", new: str = "") -> Dataset:
    """The definition, with some text replaced."""
    assert old in DEFINITION
    folder.mkdir(exist_ok=True)
    (folder / "deal.yml").write_text(DEFINITION.replace(old, new, 1))
    return load_definitions(folder)["deal"]


def release(**changes: Any) -> dict[str, Any]:
    """A release with two awards, one of them to two suppliers; a change to None leaves the key out."""
    whole = {
        "ocid": "ocds-1",
        "id": "r-1",
        "date": "2024-05-21T11:22:50Z",
        "tag": ["tender", "award"],
        "tender": {"title": "Apples &amp; pears", "value": {"amount": 1250.50, "currency": "GBP"}, "bids": 3},
        "parties": [
            {"id": "s1", "identifier": {"id": "00000001"}, "contactPoint": {"email": "someone@example.org"}},
            {"id": "s2", "identifier": {"id": ""}},
        ],
        "awards": [
            {"id": "a1", "value": {"amount": 900}, "suppliers": [{"id": "s1", "name": "One"}, {"id": "s2"}]},
            {"id": "a2", "value": {"amount": None}},
        ],
    }
    return {key: value for key, value in (whole | changes).items() if value is not None}


def package(*releases: Any, **changes: Any) -> bytes:
    """A package of these releases, or of the one above."""
    whole = {"uri": "https://example.org/1", "publisher": {"name": "Market"}, "releases": list(releases or [release()])}
    return json.dumps(whole | changes).encode()
