"""The first page: is it up, is it slow, is it failing, who is affected, what changed."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from .analytics import queries as analytics
from .errors import queries as errors
from .health import queries as health
from .metrics import queries as metrics
from .performance import queries as performance
from .web.charts import Chart, Line, Mark
from .web.ranges import Span
from .web.rendering import Ask, room_routes

__all__ = ["OverviewView", "read_overview", "routes"]

_REQUESTS: Final = "tallow_http_request_duration_seconds_count"
_TRANSFERS: Final = "tallow_transfers_total"
_BAD_ENDS: Final = ("failed", "error", "timeout")
SELECT_ALERTS: Final = """
SELECT rule, labels, state, fired_s, resolved_s FROM alerts
WHERE state = 'firing' OR (state = 'resolved' AND resolved_s >= ?) ORDER BY fired_s DESC LIMIT 50
"""
HAS_ALERTS: Final = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alerts'"


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one range. Counts are of the range; None where nothing was measured."""

    requests: float
    request_ratio: float | None
    failing_ratio: float | None
    p95_s: float | None
    errors: int
    users: int
    transfers: float
    transfers_failed: float
    visitors: int


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is different now: a release, an alert, an issue that is new or came back."""

    at_s: float
    kind: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class OverviewView:
    """What the page shows; `before` is the range of the same length just before."""

    targets: tuple[health.Target, ...]
    healthy_ratio: float | None
    figures: Figures
    before: Figures
    realtime: int
    vitals: tuple[performance.VitalStats, ...]
    charts: dict[str, Chart]
    issues: tuple[errors.Issue, ...]
    slowest: tuple[performance.Latency, ...]
    changes: tuple[Change, ...]
    firing: int
    has_any: bool


def read_overview(ask: Ask) -> OverviewView:
    """Return the state of everything in one look."""
    span = ask.span(60)
    found = errors.issues(ask.store, ask.state, ask.span(24), "unresolved")
    requests = metrics.growth(ask.store, span, _REQUESTS, "status")
    latency = performance.latency_over_time(ask.store, span)
    slowest = performance.latency_by_route(ask.store, span)
    targets = health.latest(ask.store, ask.now_s - 86_400)
    alerts = _alerts(ask)
    figures = _figures(ask, span, requests, found)
    earlier = ask.range.before().span(60, ask.say("env"))
    marks = _marks(ask, span, alerts)
    return OverviewView(
        targets=tuple(targets),
        healthy_ratio=_healthy_ratio(ask, span),
        figures=figures,
        before=_figures(
            ask,
            earlier,
            metrics.growth(ask.store, earlier, _REQUESTS, "status"),
            errors.issues(ask.store, ask.state, earlier, "unresolved"),
        ),
        realtime=analytics.realtime(ask.store),
        vitals=tuple(performance.vitals(ask.store, span)),
        charts={
            "requests": _requests_chart(span, requests, marks),
            "latency": _latency_chart(span, latency, marks),
            "errors": _errors_chart(ask, span, marks),
            "visitors": _visitors_chart(ask, span),
        },
        issues=tuple(sorted(found, key=lambda issue: -issue.events)[:6]),
        slowest=tuple(sorted(slowest, key=lambda route: -(route.p95_s or 0))[:6]),
        changes=tuple(_changes(ask, span, found, alerts)),
        firing=sum(1 for alert in alerts if alert["state"] == "firing"),
        has_any=bool(targets or requests or found or figures.visitors)
        or any(vital.many for vital in performance.vitals(ask.store, span)),
    )


def _figures(
    ask: Ask, span: Span, requests: list[metrics.Growth], found: list[errors.Issue]
) -> Figures:
    every = sum(one.total for one in requests)
    failed = sum(one.total for one in requests if one.value.startswith("5"))
    transfers = metrics.growth(ask.store, span, _TRANSFERS, "status")
    overall = performance.latency_overall(ask.store, span)
    handled, unhandled = errors.count_over_time(ask.store, span)
    return Figures(
        requests=every,
        request_ratio=every / (span.end_s - span.start_s) if requests else None,
        failing_ratio=failed / every if every else None,
        p95_s=overall.p95_s if overall else None,
        errors=sum(handled) + sum(unhandled),
        users=errors.count_users(ask.store, span),
        transfers=sum(one.total for one in transfers),
        transfers_failed=sum(one.total for one in transfers if one.value in _BAD_ENDS),
        visitors=analytics.totals(ask.store, span).visitors,
    )


def _healthy_ratio(ask: Ask, span: Span) -> float | None:
    moments = [one for was in health.history(ask.store, span).values() for one in was]
    asked = sum(one.healthy + one.degraded + one.unhealthy for one in moments)
    return sum(one.healthy + one.degraded for one in moments) / asked if asked else None


def _requests_chart(span: Span, requests: list[metrics.Growth], marks: tuple[Mark, ...]) -> Chart:
    classes = (
        ("5", "5xx", "bad"),
        ("4", "4xx", "warn"),
        ("3", "3xx", "soft"),
        ("2", "2xx", "main"),
    )
    lines = []
    for first, name, tone in classes:
        own = [one.steps for one in requests if one.value.startswith(first)]
        if own:
            lines.append(Line(name, tuple(map(sum, zip(*own, strict=True))), tone))  # type: ignore[arg-type]
    return Chart(
        name="requests",
        title="Requests",
        unit="requests",
        times=span.times,
        lines=tuple(lines) or (Line("requests", (None,) * span.steps),),
        kind="bars",
        step_s=span.step_s,
        marks=marks,
    )


def _latency_chart(
    span: Span, steps: list[performance.Latency | None], marks: tuple[Mark, ...]
) -> Chart:
    return Chart(
        name="latency",
        title="Time to answer",
        unit="s",
        times=span.times,
        lines=(
            Line("p50", tuple(step.p50_s if step else None for step in steps)),
            Line("p95", tuple(step.p95_s if step else None for step in steps)),
        ),
        step_s=span.step_s,
        marks=marks,
    )


def _errors_chart(ask: Ask, span: Span, marks: tuple[Mark, ...]) -> Chart:
    handled, unhandled = errors.count_over_time(ask.store, span)
    return Chart(
        name="errors",
        title="Errors",
        unit="errors",
        times=span.times,
        lines=(
            Line("unhandled", tuple(map(float, unhandled)), "bad"),
            Line("handled", tuple(map(float, handled)), "warn"),
        ),
        kind="bars",
        step_s=span.step_s,
        marks=marks,
    )


def _visitors_chart(ask: Ask, span: Span) -> Chart:
    visitors, views = analytics.over_time(ask.store, span)
    return Chart(
        name="visitors",
        title="Visitors",
        unit="",
        times=span.times,
        lines=(
            Line("visitors", tuple(map(float, visitors))),
            Line("page views", tuple(map(float, views)), "soft"),
        ),
        kind="area",
        step_s=span.step_s,
        rests_on="nothing",
    )


def _marks(ask: Ask, span: Span, alerts: list[dict[str, object]]) -> tuple[Mark, ...]:
    """Return releases and alerts of the range, to be drawn on every chart."""
    known = [
        Mark(release.first_seen_s, release.name)
        for release in errors.releases(ask.store)
        if span.start_s <= release.first_seen_s <= span.end_s
    ]
    fired = [
        Mark(float(str(alert["fired_s"])), str(alert["rule"]).replace("-", " "), "alert")
        for alert in alerts
        if span.start_s <= float(str(alert["fired_s"])) <= span.end_s
    ]
    return (*known, *fired)


def _alerts(ask: Ask) -> list[dict[str, object]]:
    if not ask.state.select(HAS_ALERTS):
        return []
    return ask.state.select(SELECT_ALERTS, (ask.range.start_s,))


def _changes(
    ask: Ask, span: Span, found: list[errors.Issue], alerts: list[dict[str, object]]
) -> list[Change]:
    """Return what is different, newest first, at most 12."""
    said = [
        Change(release.first_seen_s, "release", f"Release {release.name}", ask.link("/errors"))
        for release in errors.releases(ask.store)
        if span.start_s <= release.first_seen_s <= span.end_s
    ]
    for alert in alerts:
        name = str(alert["rule"]).replace("-", " ")
        if alert["state"] == "resolved":
            at_s = float(str(alert["resolved_s"]))
            said.append(Change(at_s, "resolved", f"Over: {name}", ask.link("/alerts")))
        else:
            at_s = float(str(alert["fired_s"]))
            said.append(Change(at_s, "alert", f"Firing: {name}", ask.link("/alerts")))
    for issue in found:
        if issue.is_regressed:
            text = f"Came back: {issue.title}"
            said.append(
                Change(issue.last_seen_s, "regressed", text, ask.link(f"/errors/{issue.id}"))
            )
        elif span.start_s <= issue.first_seen_s <= span.end_s:
            text = f"New: {issue.title}"
            said.append(Change(issue.first_seen_s, "new", text, ask.link(f"/errors/{issue.id}")))
    return sorted(said, key=lambda change: -change.at_s)[:12]


def search(request: Request) -> Response:
    """Go where what was typed can be found: an id to its lines or error, words to the room."""
    said = request.query_params.get("q", "").strip()[:500]
    kept = [
        (name, request.query_params[name])
        for name in ("range", "from", "to", "env")
        if name in request.query_params
    ]
    identity = re.sub(r"[-\s]", "", said).lower()
    if re.fullmatch(r"[0-9a-f]{32}", identity):
        event = errors.find_event(request.app.state.store, event_id=identity)
        if event is not None:
            where = f"/errors/{event.row.issue}?{urlencode([('event', identity), *kept])}"
            return RedirectResponse(where, 303)
        return RedirectResponse(f"/logs?{urlencode([('cid', identity), *kept])}", 303)
    room = "/errors" if request.query_params.get("in") == "errors" else "/logs"
    return RedirectResponse(f"{room}?{urlencode([('q', said), *kept])}", 303)


routes: list[Route] = [
    Route("/search", search),
    *room_routes("overview", "/", read_overview, "web/templates/overview.html", "/overview"),
]
