"""Where a row says its place: which coordinates, in which system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from ingest.definition.checks import all_known
from ingest.definition.layout import Name

if TYPE_CHECKING:
    from ingest.definition.dataset import Dataset

NUMBER_TYPES = ("integer", "decimal", "coordinate")


class Points(BaseModel):
    """The fields that hold a row's coordinates; each pair is converted when its file is loaded.

    `national_grid` are eastings and northings in metres (EPSG:27700), `wgs84` degrees of longitude and latitude
    (EPSG:4326): `x` is the easting or the longitude.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    system: Literal["national_grid", "wgs84"]
    x: Name
    y: Name

    def check(self, dataset: Dataset) -> None:
        """ValueError where there is no such field, or it holds no number."""
        all_known("points", [self.x, self.y], [rule.name for rule in dataset.fields])
        for name in (self.x, self.y):
            if dataset.field(name).type not in NUMBER_TYPES:
                raise ValueError(f"points: {name} must be of type {' or '.join(NUMBER_TYPES)}")
