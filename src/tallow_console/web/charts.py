"""Charts as data for the script, and as SVG for the first paint and for those without script."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import orjson
from markupsafe import Markup, escape

from .units import value

__all__ = [
    "Chart",
    "Line",
    "Mark",
    "Tone",
    "chart_data",
    "chart_svg",
    "sparkline",
    "tone_of",
]

Tone = Literal["", "main", "ok", "warn", "bad", "info", "soft"]
_WIDTH = 600
_HEIGHT = 150


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart; `None` is missing, which is not zero."""

    name: str
    values: tuple[float | None, ...]
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened, drawn on the time axis: a release, an alert."""

    at_s: float
    text: str
    kind: Literal["release", "alert"] = "release"


@dataclass(frozen=True, slots=True)
class Chart:
    """What one chart shows. `times` are the starts of its steps, in Unix seconds.

    `unit` is one `units.value` knows. `bars` are counts in a step, stacked when several.
    """

    name: str
    title: str
    unit: str
    times: tuple[float, ...]
    lines: tuple[Line, ...]
    kind: Literal["line", "area", "bars"] = "line"
    step_s: float = 60
    note: str = ""
    marks: tuple[Mark, ...] = ()
    rests_on: Literal["last", "nothing"] = "last"
    """What a legend says while nobody points at the chart; bars say their sum."""

    def at_rest(self, line: Line) -> str:
        """Return what the legend says of a line while nobody points at the chart."""
        known = [number for number in line.values if number is not None]
        if not known or (self.kind != "bars" and self.rests_on == "nothing"):
            return "" if known else "–"
        return value(sum(known) if self.kind == "bars" else known[-1], self.unit)

    @property
    def is_empty(self) -> bool:
        """Return whether no line has a single value."""
        return all(number is None for line in self.lines for number in line.values)

    @property
    def summary(self) -> str:
        """Return in one sentence what a person who cannot see it should know."""
        if self.is_empty:
            return f"{self.title}: no data in this range"
        parts = []
        for line in self.lines[:6]:
            known = [number for number in line.values if number is not None]
            if known:
                last, most = value(known[-1], self.unit), value(max(known), self.unit)
                parts.append(f"{line.name} now {last}, highest {most}")
        return f"{self.title}: {'; '.join(parts)}"


def tone_of(line: Line, index: int) -> str:
    """Return the class that colours a line: its state's, or its place in the series."""
    return f"tone-{line.tone or index % 8 + 1}"


def chart_data(chart: Chart) -> str:
    """Return the JSON the script draws from; numbers keep five digits."""
    return orjson.dumps(
        {
            "unit": chart.unit,
            "kind": chart.kind,
            "step": chart.step_s,
            "quiet": chart.rests_on == "nothing",
            "times": chart.times,
            "lines": [
                {
                    "name": line.name,
                    "tone": line.tone or str(index % 8 + 1),
                    "values": [_rounded(number) for number in line.values],
                }
                for index, line in enumerate(chart.lines)
            ],
            "marks": chart.marks,
        }
    ).decode()


def chart_svg(chart: Chart) -> Markup:
    """Return the drawing: bars or lines without axes, stretched to where it is put."""
    top = _top(chart)
    draw = _bars if chart.kind == "bars" else _paths
    marks = "".join(_mark(chart, mark) for mark in chart.marks)
    return Markup(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true" '
        'focusable="false">{}{}</svg>'
    ).format(_WIDTH, _HEIGHT, Markup(draw(chart, top)), Markup(marks))  # noqa: S704


def sparkline(counts: Sequence[float | None], tone: Tone = "", words: str = "") -> Markup:
    """Return a small row of bars, one a step; the highest reaches the top."""
    most = max((number or 0 for number in counts), default=0) or 1
    bars = []
    for index, number in enumerate(counts):
        if number:
            height = max(1.5, 20 * number / most)
            bars.append(
                f'<rect x="{index * 4}" y="{20 - height:.1f}" width="3" height="{height:.1f}"/>'
            )
    return Markup(
        '<svg class="spark tone-{}" viewBox="0 0 {} 20" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}</svg>'
    ).format(
        tone or "soft",
        max(len(counts), 1) * 4,
        words or f"trend, highest {value(most if any(counts) else 0)}",
        Markup('<path class="base" d="M0 19.5H{}"/>').format(max(len(counts), 1) * 4)
        + Markup("".join(bars)),  # noqa: S704  # numbers only
    )


def _rounded(number: float | None) -> float | None:
    return None if number is None or not math.isfinite(number) else float(f"{number:.5g}")


def _top(chart: Chart) -> float:
    if chart.kind == "bars":
        sums = [
            sum(line.values[index] or 0 for line in chart.lines)
            for index in range(len(chart.times))
        ]
        return max(sums, default=0) or 1
    known = [number for line in chart.lines for number in line.values if number is not None]
    return max(known, default=0) * 1.05 or 1


def _x(chart: Chart, moment_s: float) -> float:
    if len(chart.times) < 2:
        return 0
    length = chart.times[-1] - chart.times[0] + chart.step_s
    return _WIDTH * (moment_s - chart.times[0]) / length


def _bars(chart: Chart, top: float) -> str:
    width = max(_WIDTH / max(len(chart.times), 1) * 0.8, 0.5)
    base = [0.0] * len(chart.times)
    groups = []
    for place, line in enumerate(chart.lines):
        rects = []
        for index, number in enumerate(line.values):
            if not number:
                continue
            height = _HEIGHT * number / top
            low = _HEIGHT - base[index] - height
            left = _x(chart, chart.times[index])
            rects.append(
                f'<rect x="{left:.1f}" y="{low:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
            )
            base[index] += height
        groups.append(f'<g class="{tone_of(line, place)}">{"".join(rects)}</g>')
    return "".join(groups)


def _paths(chart: Chart, top: float) -> str:
    found = []
    for place, line in enumerate(chart.lines):
        steps: list[str] = []
        pen_up = True
        for moment, number in zip(chart.times, line.values, strict=True):
            if number is None:
                pen_up = True
                continue
            letter = "M" if pen_up else "L"
            y = _HEIGHT - _HEIGHT * number / top
            steps.append(f"{letter}{_x(chart, moment):.1f} {y:.1f}")
            pen_up = False
        found.append(f'<path class="{tone_of(line, place)}" d="{"".join(steps)}"/>')
    return "".join(found)


def _mark(chart: Chart, mark: Mark) -> str:
    x = f"{_x(chart, mark.at_s):.1f}"
    return f'<path class="mark mark-{escape(mark.kind)}" d="M{x} 0V{_HEIGHT}"/>'
