"""Pictures of figures as SVG: direct labels, units, zero lines.

A picture is drawn twice, for wide screens and paper and for a phone. Its title, source, release and publication stand
in it, so that it can be copied away and still says what it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from warehouse.report.declared import Chart
from warehouse.report.figures import Row
from warehouse.report.kinds import KINDS
from warehouse.report.pictures import Pictures
from warehouse.report.style import CONFIG, FONT, INK, NARROW, PAPER, QUIET, WIDE, Drawing
from warehouse.report.words import Form


@dataclass(frozen=True)
class Picture:
    """A chart as two SVG documents."""

    wide: str
    narrow: str


def draw(
    chart: Chart, rows: list[Row], value: Form, label: Form, title: str, source: str, pictures: Pictures
) -> Picture:
    """The picture of an exhibit's rows."""
    kept = [row for row in rows if row[chart.value] is not None]
    # Time runs to the right, whichever way the table is read.
    kept = (
        sorted(kept, key=lambda row: row[chart.label])[-chart.most :] if chart.kind == "lines" else kept[: chart.most]
    )

    def one(width: int) -> str:
        drawing = Drawing(chart, kept, value, label, width)
        spec = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "config": CONFIG, "padding": 4}
        spec |= {"width": width, "autosize": {"type": "fit", "contains": "padding"}} | KINDS[chart.kind](drawing)
        return _framed(pictures.svg(spec), width, title, source)

    return Picture(one(WIDE), one(NARROW))


def _framed(svg: str, width: int, title: str, source: str) -> str:
    """The chart with its title above and its source below, both within the picture."""
    found = re.search(r'<svg[^>]*? height="([\d.]+)"', svg)
    height = float(found.group(1)) if found else 0.0
    head, foot = wrap(title, width // 9), wrap(source, int(width / 5.6))
    top = 6 + 20 * len(head) + 6
    whole = top + height + 8 + 15 * len(foot)
    lines = [
        f'<text x="6" y="{20 * at + 20}" font-size="14" font-weight="700" fill="{INK}">{escape(line)}</text>'
        for at, line in enumerate(head)
    ]
    lines += [
        f'<text x="6" y="{top + height + 15 * at + 14:.0f}" font-size="11" fill="{QUIET}">{escape(line)}</text>'
        for at, line in enumerate(foot)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{whole:.0f}" '
        f'viewBox="0 0 {width} {whole:.0f}" font-family="{FONT}"><rect width="100%" height="100%" fill="{PAPER}"/>'
        f'{"".join(lines)}<svg y="{top}" {svg[5:]}</svg>'
    )
