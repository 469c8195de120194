"""A quiet night builds what asks for the business date: nothing may ask for it where that is not looked for."""

from __future__ import annotations

from warehouse.refresh.dbt_build import DBT_PROJECT
from warehouse.refresh.layers import BUSINESS_DATE, dated_models


def test_only_models_ask_for_the_day() -> None:
    """A macro or a test that asked for it would make a model depend on the day without saying so."""
    others = [path for folder in ("macros", "tests") for path in (DBT_PROJECT / folder).rglob("*.sql")]
    asking = {path.name for path in others if BUSINESS_DATE in path.read_text()}
    assert asking == {"refresh.sql"}


def test_the_calendar_asks_for_the_day() -> None:
    assert "int_calendar__months" in dated_models(DBT_PROJECT)
