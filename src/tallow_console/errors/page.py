"""Errors as people see them: the list of issues, one issue in detail, and what to do with them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tallow_console.web.charts import Chart, Line, Mark
from tallow_console.web.rendering import Ask, MissingError, json_response, room_routes

from . import queries
from .queries import Event, EventRow, Issue, Release, TagCounts
from .stack import Trace, breadcrumbs_of, traces_of
from .tables import IssueStatus, set_issue_status

__all__ = ["ErrorsView", "IssueView", "read_errors", "routes"]

_STATUSES: Final = ("unresolved", "resolved", "ignored", "all")
_ORDERS: Final = ("last", "first", "events", "users")
_ACTIONS: Final[Mapping[str, IssueStatus]] = {
    "resolve": "resolved",
    "ignore": "ignored",
    "reopen": "unresolved",
}


@dataclass(frozen=True, slots=True)
class ErrorsView:
    """What the list shows."""

    issues: tuple[Issue, ...]
    status: str
    order: str
    words: str
    counts: Mapping[str, int]
    chart: Chart
    crash_free_ratio: float | None
    has_any: bool


@dataclass(frozen=True, slots=True)
class IssueView:
    """What one issue's page shows; `beside` is the list it was found in."""

    issue: Issue
    event: Event | None
    traces: tuple[Trace, ...]
    breadcrumbs: tuple[Mapping[str, Any], ...]
    tags: tuple[TagCounts, ...]
    events: tuple[EventRow, ...]
    chart: Chart
    beside: tuple[Issue, ...]


def read_errors(ask: Ask) -> ErrorsView:
    """Return the list of issues that have events in the range."""
    status = ask.choice("status", _STATUSES, "unresolved")
    order = ask.choice("order", _ORDERS, "last")
    words = ask.say("q")
    span = ask.span(60)
    every = queries.issues(ask.store, ask.state, ask.span(24), "all", words, order)
    if cid := ask.say("cid"):
        known = queries.issues_of_request(ask.store, cid)
        every = [issue for issue in every if issue.id in known]
    counts = dict.fromkeys(_STATUSES, 0) | {"all": len(every)}
    for issue in every:
        counts[issue.status] += 1
    shown = tuple(issue for issue in every if status in {"all", issue.status})
    handled, unhandled = queries.count_over_time(ask.store, span)
    chart = Chart(
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
        marks=release_marks(queries.releases(ask.store), span.start_s, span.end_s),
    )
    crash_free = queries.crash_free_ratio(ask.store, span)
    has_any = bool(every) or bool(ask.state.select(_ANY_ISSUE))
    return ErrorsView(shown, status, order, words, counts, chart, crash_free, has_any)


def release_marks(known: list[Release], start_s: float, end_s: float) -> tuple[Mark, ...]:
    """Return a mark for every release first seen in the range."""
    return tuple(
        Mark(release.first_seen_s, release.name)
        for release in known
        if start_s <= release.first_seen_s <= end_s
    )


def read_issue(ask: Ask) -> IssueView:
    """Return one issue with the event that was asked for, or its newest.

    Raises:
        MissingError: there is no such issue or event.
    """
    wanted = ask.path["issue"]
    span = ask.span(60)
    known = wanted.isdecimal() and int(wanted) < 2**63
    issue = queries.find_issue(ask.store, ask.state, span, wanted) if known else None
    if issue is None:
        raise MissingError("This issue", "does not exist, or its time to be kept is over")
    event = queries.find_event(ask.store, issue=issue.id, event_id=ask.say("event"))
    if event is None and ask.say("event"):
        raise MissingError("This event", "does not exist, or its time to be kept is over")
    payload = event.payload if event else {}
    return IssueView(
        issue=issue,
        event=event,
        traces=traces_of(payload),
        breadcrumbs=breadcrumbs_of(payload, event.row.at_s if event else 0.0),
        tags=tuple(queries.tags_of(ask.store, span, issue.id)),
        events=tuple(queries.events_of(ask.store, span, issue.id)),
        chart=Chart(
            name="issue",
            title="Events",
            unit="events",
            times=span.times,
            lines=(Line("events", tuple(map(float, issue.trend)), "bad"),),
            kind="bars",
            step_s=span.step_s,
            marks=release_marks(queries.releases(ask.store), span.start_s, span.end_s),
        ),
        beside=tuple(queries.issues(ask.store, ask.state, ask.span(24), "unresolved")[:40]),
    )


async def act(request: Request) -> Response:
    """Resolve, ignore or reopen the chosen issues, and go back to the list."""
    form = await request.form()
    # A row's own button is named after what it does and carries the row's issue.
    single = next((name for name in _ACTIONS if name in form), "")
    action = _ACTIONS.get(single or str(form.get("action", "")))
    said = [form[single]] if single else form.getlist("issue")
    chosen = [str(one) for one in said if str(one).isdecimal()]
    back = urlsplit(str(form.get("back", "/errors")))
    if action is not None:
        await run_in_threadpool(_set_all, request, chosen, action)
    path = back.path if back.path.startswith("/errors") else "/errors"
    return RedirectResponse(f"{path}{'?' if back.query else ''}{back.query}", 303)


async def act_json(request: Request) -> Response:
    """Set the status of issues: `{"issues": ["1"], "status": "resolved"}`."""
    try:
        said = await request.json()
    except ValueError:
        return json_response({"error": "The body is not JSON"}, 400)
    status = said.get("status") if isinstance(said, dict) else None
    chosen = said.get("issues") if isinstance(said, dict) else None
    if status not in _ACTIONS.values() or not isinstance(chosen, list):
        expected = "issues: a list of ids, status: resolved, ignored or unresolved"
        return json_response({"error": f"The body is incomplete; expected {expected}"}, 400)
    ids = [str(one) for one in chosen if str(one).isdecimal()]
    changed = await run_in_threadpool(_set_all, request, ids, cast(IssueStatus, status))
    return json_response({"changed": changed})


def _set_all(request: Request, issues: list[str], status: IssueStatus) -> int:
    state, now_s = request.app.state.state, time.time()
    known = [int(issue) for issue in issues if int(issue) < 2**63]
    return sum(set_issue_status(state, issue, status, now_s) for issue in known)


_ANY_ISSUE: Final = "SELECT 1 FROM issues LIMIT 1"

routes: list[Route] = [
    Route("/errors/actions", act, methods=["POST"]),
    Route("/api/console/errors", act_json, methods=["POST"]),
    *room_routes("errors", "/errors", read_errors, "errors/page.html", default_range="24h"),
    *room_routes("errors", "/errors/{issue}", read_issue, "errors/issue.html", default_range="24h"),
]
