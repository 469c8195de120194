"""Which days a file may speak of: none after today, unless it looks ahead; none before the dataset's first year."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.settings import settings
from ingest.definition.dataset import Dataset, FieldRule
from ingest.readers.base import FileRefused
from ingest.readers.cells import CellFault, check_day


def today() -> date:
    """The day in London, or the business date where that is later: an earlier one takes nothing back that has been."""
    day = datetime.now(ZoneInfo("Europe/London")).date()
    return max(day, settings().business_date or day)


def bounded(definition: Dataset) -> Dataset:
    """The definition with the bounds of the day on the field that dates its files."""
    name = definition.reader.dated_by
    if name is None:
        return definition
    bounds = _bounds(definition)
    fields = [rule.model_copy(update=bounds) if rule.name == name else rule for rule in definition.fields]
    return definition.model_copy(update={"fields": tuple(fields)})


def check_period(definition: Dataset, day: date, where: str) -> None:
    """FileRefused where a file says, outside its rows, that it is about a period that cannot be."""
    rule = FieldRule(name="period", type="date", required=True, description="What the file is about")
    try:
        check_day(rule.model_copy(update=_bounds(definition)), day)
    except CellFault as fault:
        raise FileRefused(f"{where}: {fault.reason}", remedy_for(definition)) from fault


def remedy_for(definition: Dataset) -> str:
    """What to do about a period that cannot be."""
    return (
        f"Ask {definition.publisher} for a corrected file; if the publication does speak of such a period, say so by "
        f"first_year or looks_ahead_years in {definition.dataset}.yml."
    )


def _bounds(definition: Dataset) -> dict[str, date | None]:
    day = today()
    return {
        "earliest": date(definition.first_year, 1, 1) if definition.first_year else None,
        "latest": date(day.year + definition.looks_ahead_years, day.month, min(day.day, 28))
        if definition.looks_ahead_years
        else day,
    }
