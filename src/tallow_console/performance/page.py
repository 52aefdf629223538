"""Performance as people see it: the five Web Vitals, the pages, and how fast requests answer."""

from dataclasses import dataclass
from typing import Final

from starlette.routing import Route

from tallow.records import VITALS
from tallow_console.web.charts import Chart, Line, Tone
from tallow_console.web.rendering import Ask, room_routes

from . import queries
from .queries import THRESHOLDS, Latency, PageVitals, VitalStats

__all__ = ["PerformanceView", "read_performance", "routes"]

NAMES: Final = {
    "LCP": "Largest Contentful Paint",
    "INP": "Interaction to Next Paint",
    "CLS": "Cumulative Layout Shift",
    "FCP": "First Contentful Paint",
    "TTFB": "Time to First Byte",
}
_DEVICES: Final = ("desktop", "mobile", "tablet")


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a distribution: values from `low` up to `high`, which the last has none of."""

    low: float
    high: float | None
    many: int
    tone: Tone


@dataclass(frozen=True, slots=True)
class PerformanceView:
    """What the page shows; `vital` is the one that is chosen."""

    vitals: tuple[VitalStats, ...]
    vital: str
    device: str
    trend: Chart
    bins: tuple[Bin, ...]
    pages: tuple[PageVitals, ...]
    latency: Chart
    routes: tuple[Latency, ...]
    names: dict[str, str]
    units: dict[str, str]
    thresholds: dict[str, tuple[float, float]]


def read_performance(ask: Ask) -> PerformanceView:
    """Return vitals and latency of the range."""
    name = ask.choice("vital", VITALS, "LCP")
    device = ask.choice("device", _DEVICES)
    span = ask.span(60)
    unit = unit_of(name)
    return PerformanceView(
        vitals=tuple(queries.vitals(ask.store, span)),
        vital=name,
        device=device,
        trend=Chart(
            name="vital",
            title=f"{name}, 75th percentile",
            unit=unit,
            times=span.times,
            lines=(Line(f"{name} p75", tuple(queries.vital_over_time(ask.store, span, name))),),
            step_s=span.step_s,
        ),
        bins=_bins(*queries.distribution(ask.store, span, name), name),
        pages=tuple(queries.pages(ask.store, span)),
        latency=_latency_chart(ask),
        routes=tuple(queries.latency_by_route(ask.store, span)),
        names=NAMES,
        units={vital: unit_of(vital) for vital in VITALS},
        thresholds=dict(THRESHOLDS),
    )


def unit_of(name: str) -> str:
    """Return the unit of a vital: milliseconds, but none for layout shift."""
    return "" if name == "CLS" else "ms"


def _bins(width: float, counts: list[int], name: str) -> tuple[Bin, ...]:
    if not any(counts):
        return ()
    tones: dict[str, Tone] = {"good": "ok", "needs-improvement": "warn", "poor": "bad"}
    return tuple(
        Bin(
            low=index * width,
            high=(index + 1) * width if index < len(counts) - 1 else None,
            many=many,
            tone=tones[queries.rating_of(name, (index + 0.5) * width)],
        )
        for index, many in enumerate(counts)
    )


def _latency_chart(ask: Ask) -> Chart:
    span = ask.span(60)
    steps = queries.latency_over_time(ask.store, span)
    return Chart(
        name="latency",
        title="Time to answer a request",
        unit="s",
        times=span.times,
        lines=(
            Line("p50", tuple(step.p50_s if step else None for step in steps), ""),
            Line("p95", tuple(step.p95_s if step else None for step in steps), ""),
            Line("p99", tuple(step.p99_s if step else None for step in steps), ""),
        ),
        step_s=span.step_s,
    )


routes: list[Route] = room_routes(
    "performance", "/performance", read_performance, "performance/page.html", default_range="24h"
)
