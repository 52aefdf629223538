"""Analytics as people see them: visitors, pages, where from, with what, and what they did."""

from dataclasses import dataclass
from typing import Final

from starlette.routing import Route

from tallow_console.web.charts import Chart, Line
from tallow_console.web.rendering import Ask, room_routes

from . import queries
from .queries import Count, Goal, Totals

__all__ = ["AnalyticsView", "read_analytics", "routes"]

_BREAKDOWNS: Final = ("pages", "sources", "devices", "countries", "browsers", "systems")


@dataclass(frozen=True, slots=True)
class AnalyticsView:
    """What the page shows. `before` are the totals of the range of the same length before."""

    realtime: int
    totals: Totals
    before: Totals
    chart: Chart
    breakdowns: dict[str, tuple[Count, ...]]
    goals: tuple[Goal, ...]


def read_analytics(ask: Ask) -> AnalyticsView:
    """Return the visits of the range."""
    span = ask.span(60)
    totals = queries.totals(ask.store, span)
    visitors, views = queries.over_time(ask.store, span)
    return AnalyticsView(
        realtime=queries.realtime(ask.store),
        totals=totals,
        before=queries.totals(ask.store, ask.range.before().span(60)),
        chart=Chart(
            name="visits",
            title="Visitors and page views",
            unit="",
            times=span.times,
            lines=(
                Line("visitors", tuple(map(float, visitors))),
                Line("page views", tuple(map(float, views)), "soft"),
            )
            if totals.views or totals.visitors
            else (Line("visitors", (None,) * span.steps),),
            kind="area",
            step_s=span.step_s,
            rests_on="nothing",
        ),
        breakdowns={by: tuple(queries.breakdown(ask.store, span, by)) for by in _BREAKDOWNS},
        goals=tuple(queries.goals(ask.store, span, totals.visitors)),
    )


routes: list[Route] = room_routes(
    "analytics", "/analytics", read_analytics, "analytics/page.html", default_range="24h"
)
