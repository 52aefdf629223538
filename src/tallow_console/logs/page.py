"""Logs as people see them: the newest lines, how many when, and a way to narrow them down."""

import math
from dataclasses import dataclass, replace
from typing import Final

from starlette.routing import Route

from tallow.records import LEVELS
from tallow_console.web.charts import Chart, Line, Tone
from tallow_console.web.ranges import LATEST_S, AskError
from tallow_console.web.rendering import Ask, room_routes

from . import queries
from .logql import LogqlError, parse
from .queries import Facet, LogFilter, LogRow, RelatedError

__all__ = ["LogsView", "read_logs", "routes"]

TONES: Final[dict[str, Tone]] = {
    "debug": "soft",
    "info": "info",
    "warning": "warn",
    "error": "bad",
    "critical": "bad",
}
_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class LogsView:
    """What the page shows. `problem` is why the query could not be read, if it could not."""

    lines: tuple[LogRow, ...]
    chart: Chart
    levels: tuple[tuple[str, int, bool], ...]
    services: tuple[Facet, ...]
    query: str
    problem: str
    total: int
    older_s: float | None
    errors: tuple[RelatedError, ...]
    has_any: bool


def read_logs(ask: Ask) -> LogsView:
    """Return the newest lines that match, and how they spread over the range."""
    asked, problem = _filter(ask)
    span = ask.span(80)
    counts: dict[str, list[int]] = {}
    lines: list[LogRow] = []
    before_s = _before(ask)
    paged = replace(asked, end_s=before_s) if before_s else asked
    if not problem:
        try:
            counts = queries.count_by_level(ask.store, replace(asked, levels=()), span)
            lines = queries.newest(ask.store, paged, _MOST)
        except LogqlError as error:
            problem = str(error)
    known = queries.facets(ask.store, ask.range.start_s, ask.range.end_s)
    chosen = asked.levels or LEVELS
    shown = {level: many for level, many in counts.items() if level in chosen}
    cid = ask.say("cid")
    return LogsView(
        lines=tuple(lines),
        chart=_chart(shown, span.times, span.step_s),
        levels=tuple(
            (level, sum(counts.get(level, ())), level in asked.levels)
            for level in LEVELS
            if level in counts or level in asked.levels
        ),
        services=known["service"],
        query=ask.say("q"),
        problem=problem,
        total=sum(sum(many) for many in shown.values()),
        older_s=lines[-1].at_s if len(lines) == _MOST else None,
        errors=tuple(queries.related_errors(ask.store, cid)) if cid else (),
        has_any=bool(known["level"]) or bool(lines) or queries.has_any(ask.store),
    )


def _filter(ask: Ask) -> tuple[LogFilter, str]:
    """Return which lines are wanted, and what is wrong with the query, if anything."""
    start_s, end_s = ask.range.start_s, ask.range.end_s
    if ask.range.relative:
        # Senders' clocks run ahead a little; the newest line must not wait for ours.
        end_s += 60
    asked = LogFilter(
        start_s=start_s,
        end_s=end_s,
        levels=queries.levels_of(ask.say("level")),
        service=ask.say("service"),
        environment=ask.say("env"),
        correlation_id=ask.say("cid"),
    )
    try:
        return replace(asked, conditions=parse(ask.say("q"))), ""
    except LogqlError as error:
        return asked, str(error)


def _before(ask: Ask) -> float | None:
    said = ask.say("before")
    try:
        before_s = float(said or 0)
    except ValueError:
        before_s = math.nan
    if not 0 <= before_s < LATEST_S:
        raise AskError("before", "is not a time", "Unix seconds")
    return before_s or None


def _chart(counts: dict[str, list[int]], times: tuple[float, ...], step_s: float) -> Chart:
    """Return the histogram; the worst level lies lowest, where it can be compared."""
    worst_first = [level for level in reversed(LEVELS) if level in counts]
    return Chart(
        name="logs",
        title="Lines",
        unit="lines",
        times=times,
        lines=tuple(
            Line(level, tuple(map(float, counts[level])), TONES[level]) for level in worst_first
        )
        or (Line("lines", (None,) * len(times)),),
        kind="bars",
        step_s=step_s,
    )


routes: list[Route] = room_routes("logs", "/logs", read_logs, "logs/page.html")
