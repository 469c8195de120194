"""A made-up list of events, one row each and no key: what goes to COPY line by line."""

from __future__ import annotations

from pathlib import Path

from ingest.definition.dataset import Dataset, load_definitions

DEFINITION = """
dataset: sighting
domain: birds
title: Birds and who saw them
publisher: Birdwatchers
licence: none
homepage: none
expected_every_days: 31
files: "*.csv"
coverage: full
vintage: last_period
tolerance: 0.5
reader: {format: delimited, delimiter: ",", encoding: utf-8-sig, period_field: month, final_newline: required}
fields:
  - {name: ring, type: text, required: false, pattern: "[0-9a-f]{4}", description: Ring}
  - {name: month, type: month, required: true, description: Month}
  - {name: place, type: text, required: true, description: Place}
  - {name: longitude, type: coordinate, required: false, description: Longitude}
  - {name: weight, type: decimal, required: false, description: Weight}
  - {name: birds, type: integer, required: false, minimum: 1, maximum: 500, description: Birds}
  - {name: seen, type: date, required: false, description: Day}
  - {name: kind, type: text, required: false, allowed: [tit, owl, "great tit"], description: Kind}
  - {name: note, type: text, required: false, description: Note}
key: []
layouts:
  - name: sightings
    columns: {Ring: ring, Month: month, Place: place, Longitude: longitude, Weight: weight, Birds: birds, Seen: seen,
              Kind: kind, Note: note}
"""
HEADER = "Ring,Month,Place,Longitude,Weight,Birds,Seen,Kind,Note"
GOOD = ("00af", "2018-04", "On or near Fleet Street", "-0.106453", "1.5", "3", "2018-04-30", "owl", "")


def sighting(folder: Path, old: str = "", new: str = "") -> Dataset:
    """The definition, with some text replaced."""
    assert old in DEFINITION
    folder.mkdir(exist_ok=True)
    (folder / "sighting.yml").write_text(DEFINITION.replace(old, new, 1))
    return load_definitions(folder)["sighting"]
