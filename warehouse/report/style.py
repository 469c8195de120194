"""The one style of all pictures: sizes, colours that the colour-blind can tell apart, and what a drawing is given."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap

from warehouse.report.declared import Chart
from warehouse.report.figures import Row
from warehouse.report.words import Form

WIDE, NARROW = 720, 340
FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif"
INK, QUIET, RULE, PAPER = "#1d2733", "#5b6673", "#c9d0d8", "#ffffff"
# Okabe and Ito's, darkened where white paper needs it: told apart by the colour-blind, and each 3:1 against white.
BLUE, ORANGE, GREY = "#00619c", "#c14e00", "#8a94a0"
SERIES = (BLUE, ORANGE, "#007a5a", "#8c4a7d", "#3d8fbf", "#8f6a00", GREY)
BAR, TEXT = 26, 13
CHARACTER = 6.6  # of TEXT, on average
CONFIG = {
    "font": FONT,
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": TEXT,
        "labelColor": INK,
        "domain": False,
        "ticks": False,
        "gridColor": "#e6eaee",
        "title": None,
        "labelPadding": 8,
    },
    "text": {"fontSize": TEXT, "color": INK},
    "legend": {"labelFontSize": TEXT, "labelColor": INK, "title": None, "orient": "top", "symbolType": "square"},
}


@dataclass(frozen=True)
class Drawing:
    """What a kind of chart needs to be drawn: the declaration, the rows, how its values are written, the width."""

    chart: Chart
    rows: list[Row]
    value: Form
    label: Form
    width: int

    @property
    def is_narrow(self) -> bool:
        """Whether it is the one for a phone."""
        return self.width == NARROW

    def shown(self, row: Row) -> str:
        """The label of a row, in lines."""
        return "\n".join(wrap(self.label.text(row[self.chart.label]), 17 if self.is_narrow else 38) or [""])
