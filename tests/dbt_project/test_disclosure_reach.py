"""Every mart that shows controlled counts is declared: followed through the whole project's models."""

from __future__ import annotations

import psycopg
import pytest

from warehouse.disclosure.declared import load_sets
from warehouse.refresh.dbt_build import parse
from warehouse.refresh.reach import undeclared_marts

pytestmark = pytest.mark.usefixtures("project")


def test_no_mart_shows_controlled_counts_undeclared(project: psycopg.Connection) -> None:
    nodes = list(parse().nodes.values())
    sets = load_sets()
    assert undeclared_marts(nodes, sets) == {}
    # The proof of the proof: a set that names none of its marts is told of each that its counts reach.
    blind = [each.model_copy(update={"tables": each.tables[-1:], "detail": ()}) for each in sets]
    assert undeclared_marts(nodes, blind)["stop_and_search"] == "stop_and_search"
