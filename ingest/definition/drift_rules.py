"""What a definition may say about how far a file may differ from the vintage before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ingest.definition.checks import all_known
from ingest.definition.layout import Name

if TYPE_CHECKING:
    from ingest.definition.dataset import Dataset

Level = Literal["fail", "warn"]  # refuse the batch, or only tell
PERIOD_TYPES = ("date", "month")
NUMBER_TYPES = ("integer", "decimal")


class RecordsRule(BaseModel):
    """By which share the records may be fewer or more: those of a period, or of the file where `period` is not said.

    Only files with the same header compare: another one mostly cuts the same figures into other rows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    shrink: Annotated[float, Field(gt=0, lt=1)]
    grow: Annotated[float, Field(gt=0)]
    level: Level


class TotalsRule(BaseModel):
    """By which share the sum of a number may change in any period that both files have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: Name
    change: Annotated[float, Field(gt=0)]
    level: Level


class Drift(BaseModel):
    """Rules against the vintage before: what a publisher's restatements stay within, and a broken file does not.

    `period` is the field that says the period of a row. `missing_periods`: those within the file's span that the
    vintage before had and the file has not. The number of files is no rule: a file that is gone withdraws nothing,
    and one that does not come makes the dataset stale.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    period: Name | None = None
    records: RecordsRule | None = None
    missing_periods: Level | None = None
    totals: TotalsRule | None = None

    def check(self, dataset: Dataset) -> None:
        """ValueError where a rule names no field, or one of another kind, or where there is no rule at all."""
        if not (self.records or self.missing_periods or self.totals):
            raise ValueError("drift: has no rule; leave it out")
        fields = {"drift.period": (self.period, PERIOD_TYPES)}
        fields["drift.totals.field"] = (self.totals.field if self.totals else None, NUMBER_TYPES)
        names = [rule.name for rule in dataset.fields]
        for key, (name, types) in fields.items():
            all_known(key, [name] if name else [], names)
            if name and dataset.field(name).type not in types:
                raise ValueError(f"{key}: {name} must be of type {' or '.join(types)}")
        if (self.missing_periods or self.totals) and not self.period:
            raise ValueError("drift.period: must say which field is the period")
