"""Metrics as people see them: ready-made panels, families to browse, and a box for PromQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.routing import Route

from tallow_console.web.charts import Chart
from tallow_console.web.ranges import AskError
from tallow_console.web.rendering import Ask, room_routes

from . import queries
from .panels import GROUPS, Panel, draw, draw_query
from .promql import PromqlError, Series
from .queries import Family

__all__ = ["MetricsView", "QueryView", "read_metrics", "read_query", "routes"]

_UNITS: Final = ("", "s", "B", "B/s", "ratio", "/s")
_MOST_ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class Group:
    """Panels that belong together; `links` are the queries to look closer with, by panel."""

    name: str
    title: str
    charts: tuple[Chart, ...]
    links: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One series of a result, and its newest value."""

    labels: Mapping[str, str]
    value: float | None
    at_s: float


@dataclass(frozen=True, slots=True)
class QueryView:
    """The answer to a PromQL query; `problem` is why there is none."""

    query: str
    unit: str
    chart: Chart | None
    rows: tuple[Row, ...]
    many: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class MetricsView:
    """What the page shows: the answer to a query, or the groups of panels."""

    answer: QueryView | None
    groups: tuple[Group, ...]
    families: tuple[Family, ...]
    words: str


def read_metrics(ask: Ask) -> MetricsView:
    """Return the panels, or the answer to `q`, and the families."""
    known = tuple(queries.families(ask.store))
    words = ask.say("find").lower()
    found = tuple(
        family
        for family in known
        if not words or words in family.name.lower() or words in family.help.lower()
    )
    if ask.say("q"):
        return MetricsView(_answer(ask), (), found, words)
    groups = [_group(ask, *group) for group in GROUPS] if known else []
    shown = tuple(group for group in groups if group.charts)
    return MetricsView(None, shown, found, words)


def read_query(ask: Ask) -> QueryView:
    """Return the answer to `q` alone, as programs want it.

    Raises:
        AskError: there is no query, or it cannot be answered.
    """
    if not ask.say("q"):
        raise AskError("q", "is missing", "a PromQL expression")
    answer = _answer(ask)
    if answer.problem:
        raise AskError("q", f"cannot be answered: {answer.problem}")
    return answer


def _answer(ask: Ask) -> QueryView:
    query, unit = ask.say("q"), ask.choice("unit", _UNITS)
    try:
        chart, found = draw_query(ask.store, ask.span(120), query, unit or _unit_of(query))
    except PromqlError as error:
        return QueryView(query, unit, None, (), 0, str(error))
    rows = tuple(_row(series, chart.times) for series in found[:_MOST_ROWS])
    return QueryView(query, unit, chart, rows, len(found))


def _row(series: Series, times: tuple[float, ...]) -> Row:
    for moment_s, number in zip(reversed(times), reversed(series.values), strict=True):
        if number is not None:
            return Row(dict(series.labels), number, moment_s)
    return Row(dict(series.labels), None, times[-1])


def _group(ask: Ask, name: str, title: str, panels: tuple[Panel, ...]) -> Group:
    charts = [draw(ask.store, ask.span(60), panel) for panel in panels]
    if all(chart.is_empty for chart in charts):
        charts = []
    return Group(name, title, tuple(charts), {panel.name: panel.query for panel in panels})


def _unit_of(query: str) -> str:
    """Return the unit a query's metric names, as far as its name tells."""
    if "histogram_quantile" in query:
        return "B" if "_bytes_bucket" in query else "s" if "_seconds_bucket" in query else ""
    per_second = "rate(" in query
    if "_bytes" in query:
        return "B/s" if per_second else "B"
    if "_ratio" in query or "cpu_seconds_total" in query:
        return "ratio"
    if "_seconds" in query and not per_second and "_count" not in query:
        return "s"
    return "/s" if per_second else ""


routes: list[Route] = [
    *room_routes("metrics", "/metrics", read_metrics, "metrics/page.html"),
    room_routes("metrics", "/metrics/query", read_query, "metrics/page.html")[1],
]
