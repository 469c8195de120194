"""The kinds of pictures: bars, stacks, lines and the waterfall, each as a Vega-Lite specification of its rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from warehouse.report.figures import HIGHLIGHT
from warehouse.report.style import BAR, BLUE, CHARACTER, GREY, INK, ORANGE, PAPER, SERIES, Drawing
from warehouse.report.words import Form


def _bars(it: Drawing) -> dict[str, Any]:
    """A bar a row, its figure at its end; rows that `highlight` names in blue, all others in grey."""
    chart = it.chart
    data: list[dict[str, Any]] = [
        {
            "label": f"{at:03d}{it.shown(row)}",
            "value": float(row[chart.value]),
            "text": it.value.with_unit(row[chart.value]),
            "target": float(row[chart.target]) if chart.target and row[chart.target] is not None else None,
            "colour": BLUE if not chart.highlight or row[HIGHLIGHT] else GREY,
        }
        for at, row in enumerate(it.rows)
    ]
    others = [each["target"] for each in data if each["target"] is not None]
    x = {"scale": {"domain": _domain(it, [each["value"] for each in data] + others, data)}, "axis": None}
    y = {"field": "label", "type": "ordinal", "axis": _label_axis(it), "sort": None}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "height": {"band": 0.68}},
            "encoding": {
                "x": {"field": "value", "type": "quantitative", **x},
                "color": {"field": "colour", "scale": None},
            },
        },
        _zero("x", x),
        _labels(x, "datum.value >= 0", "left", 5),
        _labels(x, "datum.value < 0", "right", -5),
    ]
    if others:
        tick = {"type": "tick", "thickness": 3, "size": BAR, "color": INK}
        layers.append({"mark": tick, "encoding": {"x": {"field": "target", "type": "quantitative", **x}}})
    return {"height": _height(it, data), "data": {"values": data}, "encoding": {"y": y}, "layer": layers}


def _waterfall(it: Drawing) -> dict[str, Any]:
    """Movements one after the other from the opening figure, which is the zero line: so small ones can be seen."""
    data: list[dict[str, Any]] = []
    total = 0.0
    for at, row in enumerate(it.rows):
        amount, is_total = float(row[it.chart.value]), bool(it.chart.highlight and row[HIGHLIGHT])
        start, end = (0.0, total) if is_total else (total, total + amount)
        total = end
        sign = "+" if amount > 0 and not is_total else ""
        text = f"{sign}{it.value.with_unit(row[it.chart.value])}"
        colour = INK if is_total else BLUE if amount > 0 else ORANGE
        data.append(
            {"label": f"{at:03d}{it.shown(row)}", "start": start, "value": end, "text": text, "colour": colour,
             "right": max(start, end)}
        )  # fmt: skip
    x = {"scale": {"domain": _domain(it, [each["right"] for each in data] + [e["start"] for e in data]
                                     + [e["value"] for e in data], data)}, "axis": None}  # fmt: skip
    y = {"field": "label", "type": "ordinal", "axis": _label_axis(it), "sort": None}
    bar = {
        "mark": {"type": "bar", "height": {"band": 0.68}},
        "encoding": {
            "x": {"field": "start", "type": "quantitative", **x},
            "x2": {"field": "value"},
            "color": {"field": "colour", "scale": None},
        },
    }
    figures = {
        "mark": {"type": "text", "align": "left", "dx": 5},
        "encoding": {"x": {"field": "right", "type": "quantitative", **x}, "text": {"field": "text"}},
    }
    return {
        "height": _height(it, data),
        "data": {"values": data},
        "encoding": {"y": y},
        "layer": [bar, _zero("x", x), figures],
    }


def _stacks(it: Drawing) -> dict[str, Any]:
    """A column for each label, its parts on each other; what is negative hangs below the zero line."""
    chart = it.chart
    names = list(dict.fromkeys(str(row[chart.series]) if chart.series else "" for row in it.rows))
    data = [
        {
            "label": it.label.text(row[chart.label]),
            "value": float(row[chart.value]),
            "series": str(row[chart.series]) if chart.series else "",
            "order": names.index(str(row[chart.series]) if chart.series else ""),
        }
        for row in it.rows
    ]
    totals: dict[str, Decimal] = {}
    for row in it.rows:
        at = it.label.text(row[chart.label])
        totals[at] = totals.get(at, Decimal(0)) + row[chart.value]
    sums = [{"label": at, "value": float(sum_), "text": it.value.text(sum_)} for at, sum_ in totals.items()]
    labels = {"labelAngle": -45 if it.is_narrow and len(totals) > 5 else 0, "labelPadding": 6}
    colour = {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": names, "range": list(SERIES[: len(names)])},
        "legend": {"columns": 1 if it.is_narrow else 3, "labelLimit": it.width - 40} if len(names) > 1 else None,
    }
    return {
        "height": 240,
        "encoding": {"x": {"field": "label", "type": "ordinal", "sort": None, "axis": labels}},
        "layer": [
            {
                "data": {"values": data},
                "mark": {"type": "bar", "width": {"band": 0.7}},
                "encoding": {
                    "y": {"field": "value", "type": "quantitative", "axis": None},
                    "color": colour,
                    "order": {"field": "order"},
                },
            },
            {
                "data": {"values": sums},
                "mark": {"type": "text", "dy": -8, "fontWeight": 700},
                "encoding": {"y": {"field": "value", "type": "quantitative"}, "text": {"field": "text"}},
            },
            _zero("y", {"axis": None}),
        ],
    }


def _lines(it: Drawing) -> dict[str, Any]:
    """Figures through time, each series named at its end; between `bands`, a figure is no news."""
    chart = it.chart
    data = []
    for row in it.rows:
        at = row[chart.label]
        each: dict[str, Any] = {
            "at": at.isoformat() if isinstance(at, date) else str(at),
            "value": float(row[chart.value]),
            "series": str(row[chart.series]) if chart.series else "",
            "news": bool(chart.highlight and row[HIGHLIGHT]),
        }
        for name, column in zip(("low", "high"), chart.bands or (), strict=False):
            each[name] = float(row[column]) if row[column] is not None else None
        data.append(each)
    names = list(dict.fromkeys(each["series"] for each in data))
    is_time = bool(it.rows) and isinstance(it.rows[0][chart.label], date)
    is_long = len({each["at"] for each in data}) > 72
    years = {"interval": "year", "step": (4 if it.is_narrow else 2) if is_long else 1}
    x_axis = {"format": "%Y", "tickCount": years, "grid": False} if is_time else {"labelAngle": 0, "grid": False}
    x = {"field": "at", "type": "temporal" if is_time else "ordinal", "axis": x_axis}
    y_axis = {"tickCount": 4, "labelExpr": _axis_text(it.value)}
    y = {"type": "quantitative", "axis": y_axis, "scale": {"zero": True, "nice": True}}
    colour = {"field": "series", "type": "nominal", "legend": None, "scale": {"domain": names, "range": list(SERIES)}}
    layers: list[dict[str, Any]] = []
    if chart.bands:
        edges = {"y": {"field": "low", **y}, "y2": {"field": "high"}}
        layers.append({"mark": {"type": "area", "color": "#dfe8ef", "interpolate": "step"}, "encoding": edges})
    line = {"mark": {"type": "line", "strokeWidth": 2}, "encoding": {"y": {"field": "value", **y}, "color": colour}}
    layers.append(line)
    if chart.highlight:
        layers.append(
            {
                "transform": [{"filter": "datum.news"}],
                "mark": {"type": "point", "filled": True, "size": 42, "color": ORANGE},
                "encoding": {"y": {"field": "value", **y}},
            }
        )
    ends = [next(each for each in reversed(data) if each["series"] == name) for name in names]
    texts = [{**end, "text": _end_text(it, end, len(names) > 1)} for end in ends]
    for text in texts:  # above the line as far as the words reach
        own = [each["value"] for each in data if each["series"] == text["series"]]
        text["value"] = max(own[-max(1, round(len(own) * len(text["text"]) * CHARACTER / (it.width - 60))) :])
    for halo in (True, False):  # white beneath the words, where a line crosses them
        mark: dict[str, Any] = {"type": "text", "align": "right", "dy": -12, "fontWeight": 700}
        mark |= {"stroke": PAPER, "strokeWidth": 4, "color": PAPER} if halo else {}
        text = {"y": {"field": "value", **y}, "text": {"field": "text"}} | ({} if halo else {"color": colour})
        layers.append({"data": {"values": texts}, "mark": mark, "encoding": text})
    return {"height": 220, "data": {"values": data}, "encoding": {"x": x}, "layer": layers}


def _end_text(it: Drawing, end: dict[str, Any], named: bool) -> str:
    row = next(
        row
        for row in reversed(it.rows)
        if not it.chart.series or str(row[it.chart.series]) == end["series"]
    )  # fmt: skip
    text = it.value.with_unit(row[it.chart.value])
    return f"{end['series']} {text}" if named else text


def _axis_text(value: Form) -> str:
    match value.unit:
        case "millions":
            return "format(datum.value / 1000000, ',') + 'm'"
        case "percent":
            return "format(datum.value, ',') + '%'"
        case _:
            return "format(datum.value, ',')"


KINDS: dict[str, Callable[[Drawing], dict[str, Any]]] = {
    "bars": _bars,
    "stacks": _stacks,
    "lines": _lines,
    "waterfall": _waterfall,
}


def _zero(axis: str, how: dict[str, Any]) -> dict[str, Any]:
    other = "y" if axis == "x" else "x"
    return {
        "data": {"values": [{"zero": 0}]},
        "mark": {"type": "rule", "color": INK, "strokeWidth": 1},
        "encoding": {axis: {"field": "zero", "type": "quantitative", **how}, other: None},
    }  # fmt: skip


def _labels(x: dict[str, Any], where: str, align: str, dx: int) -> dict[str, Any]:
    return {
        "transform": [{"filter": where}],
        "mark": {"type": "text", "align": align, "dx": dx},
        "encoding": {"x": {"field": "value", "type": "quantitative", **x}, "text": {"field": "text"}},
    }


def _label_axis(it: Drawing) -> dict[str, Any]:
    """Row labels without the number that keeps their order; as lines, for long ones are wrapped."""
    # Vega puts the first line of several at the height asked for: its foot there brings two lines to the middle.
    lines = max((it.shown(row).count("\n") + 1 for row in it.rows), default=1)
    text = r"split(slice(datum.value, 3), '\n')"
    middle = {"condition": {"test": f"length({text}) > 1", "value": "line-bottom"}, "value": "middle"}
    baseline = middle if lines > 1 else "middle"
    return {"labelExpr": text, "labelLimit": 0, "labelLineHeight": 14, "labelBaseline": baseline}


def _height(it: Drawing, data: list[dict[str, Any]]) -> int:
    lines = max((each["label"].count("\n") + 1 for each in data), default=1)
    return max(BAR, 14 * lines + 8) * max(1, len(data))


def _domain(it: Drawing, values: list[float], data: list[dict[str, Any]]) -> list[float]:
    """The span of the bars with zero in it, and room at its ends for their figures."""
    low, high = min([0.0, *values]), max([0.0, *values])
    names = max((len(line) for each in data for line in each["label"][3:].split("\n")), default=0) * CHARACTER
    plot = max(60.0, it.width - names - 30)
    room = min(0.45, (max((len(each["text"]) for each in data), default=0) * CHARACTER + 12) / plot)
    span = ((high - low) or 1.0) / (1 - room * ((low < 0) + (high > 0 or low == 0)))
    return [low - (span * room if low < 0 else 0), high + (span * room if high > 0 or low == 0 else 0)]
