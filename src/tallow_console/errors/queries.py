"""Issues and their events read back: lists, one in detail, counts over time, release health."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from tallow_console.state import State
from tallow_console.store import Row, Store
from tallow_console.web.ranges import Span

__all__ = [
    "Event",
    "EventRow",
    "Issue",
    "Release",
    "TagCounts",
    "count_over_time",
    "count_users",
    "crash_free_ratio",
    "events_of",
    "find_event",
    "find_issue",
    "issues",
    "issues_of_request",
    "releases",
    "tags_of",
    "trend_of",
]

STATS: Final = """
SELECT issue, count() AS events, uniqExactIf(user_hash, user_hash != 0) AS users
FROM tallow.error_events WHERE ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    AND ({environment:String} = '' OR environment = {environment:String})
GROUP BY issue ORDER BY max(ts) DESC LIMIT 1000
"""
OF_REQUEST: Final = """
SELECT DISTINCT issue FROM tallow.error_events WHERE correlation_id = {correlation_id:String}
"""
TRENDS: Final = """
SELECT issue, intDiv(toUnixTimestamp(ts) - {first:Int64}, {step:UInt32}) AS bucket,
    count() AS events
FROM tallow.error_events WHERE ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    AND ({environment:String} = '' OR environment = {environment:String})
    AND issue IN {issues:Array(UInt64)}
GROUP BY issue, bucket
"""
TOTALS: Final = """
SELECT intDiv(toUnixTimestamp(ts) - {first:Int64}, {step:UInt32}) AS bucket, handled,
    count() AS events
FROM tallow.error_events WHERE ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    AND ({environment:String} = '' OR environment = {environment:String})
GROUP BY bucket, handled
"""
EVENTS: Final = """
SELECT event_id, toUnixTimestamp64Milli(ts) AS ts_ms, value, level, release, environment,
    platform, correlation_id, toString(user_hash) AS user, handled
FROM tallow.error_events WHERE issue = {issue:UInt64}
    AND ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
ORDER BY ts DESC LIMIT {most:UInt32}
"""
EVENT: Final = """
SELECT event_id, toString(issue) AS issue_id, toUnixTimestamp64Milli(ts) AS ts_ms, type,
    value, culprit, level, release, environment, platform, correlation_id,
    toString(user_hash) AS user, handled, payload
FROM tallow.error_events
WHERE ({issue:UInt64} = 0 OR issue = {issue:UInt64})
    AND ({event_id:String} = '' OR event_id = {event_id:String})
    AND ({correlation_id:String} = '' OR correlation_id = {correlation_id:String})
ORDER BY ts DESC LIMIT 1
"""
NEIGHBOURS: Final = """
SELECT
    argMaxIf(event_id, ts, ts < fromUnixTimestamp64Milli({at:Int64}, 'UTC')) AS older,
    argMinIf(event_id, ts, ts > fromUnixTimestamp64Milli({at:Int64}, 'UTC')) AS newer
FROM tallow.error_events WHERE issue = {issue:UInt64}
"""
TAGS: Final = """
SELECT said.1 AS tag, said.2 AS tag_value, count() AS events
FROM tallow.error_events
ARRAY JOIN arrayConcat(JSONExtractKeysAndValues(payload, 'tags', 'String'),
    [('release', toString(release)), ('environment', toString(environment)),
     ('level', toString(level)), ('platform', toString(platform))]) AS said
WHERE issue = {issue:UInt64} AND ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC') AND tag_value != ''
    AND tag NOT IN ('correlation_id', 'trace_id', 'view')
GROUP BY tag, tag_value ORDER BY events DESC LIMIT 6 BY tag LIMIT 90
"""
SESSIONS: Final = """
SELECT sumIf(greatest(count, 1), status = 'crashed') AS crashed, sum(count) AS all
FROM tallow.sessions WHERE ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    AND ({environment:String} = '' OR environment = {environment:String})
"""
USERS: Final = """
SELECT uniqExactIf(user_hash, user_hash != 0) AS users FROM tallow.error_events
WHERE ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    AND ({environment:String} = '' OR environment = {environment:String})
"""
RELEASES: Final = """
SELECT release, toUnixTimestamp(min(seen)) AS first_s, sum(events) AS errors FROM (
    SELECT release, min(ts) AS seen, count() AS events FROM tallow.error_events GROUP BY release
    UNION ALL
    SELECT release, min(ts) AS seen, 0 AS events FROM tallow.sessions GROUP BY release
) WHERE release != '' GROUP BY release ORDER BY first_s DESC LIMIT 20
"""
ISSUES: Final = """
SELECT id, title, type, value, culprit, level, platform, first_seen, last_seen, first_release,
    last_release, status, regressed FROM issues WHERE id IN (SELECT value FROM json_each(:ids))
    AND (:status = 'all' OR status = :status)
    AND (:words = '' OR instr(lower(title || ' ' || culprit), lower(:words)) > 0)
"""


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue; `events`, `users` and `trend` count within the range that was asked for."""

    id: str
    title: str
    type: str
    value: str
    culprit: str
    level: str
    platform: str
    status: str
    is_regressed: bool
    first_seen_s: float
    last_seen_s: float
    first_release: str
    last_release: str
    events: int = 0
    users: int = 0
    trend: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of an issue, as a list shows it."""

    event_id: str
    at_s: float
    value: str
    level: str
    release: str
    environment: str
    platform: str
    correlation_id: str
    user: str
    is_handled: bool
    issue: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One event whole: its row, its payload in the regular shape, and the ids beside it."""

    row: EventRow
    payload: Mapping[str, Any]
    older: str = ""
    newer: str = ""


@dataclass(frozen=True, slots=True)
class TagCounts:
    """A tag and its commonest values, each with how many events have it."""

    name: str
    values: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Release:
    """A release, when it was first seen, and how many errors it has."""

    name: str
    first_seen_s: float
    errors: int


def issues(
    store: Store, state: State, span: Span, status: str, words: str = "", order: str = "last"
) -> list[Issue]:
    """Return the issues with events in the span, at most 200, ordered by last, first or count."""
    stats = {int(row["issue"]): row for row in store.query(STATS, span.parameters)}
    ids = orjson.dumps(list(stats)).decode()
    rows = state.select(ISSUES, {"ids": ids, "status": status, "words": words})
    found = [_issue(row, stats[row["id"]]) for row in rows]
    found.sort(key=_ORDERS[order], reverse=True)
    trends = trend_of(store, span, [issue.id for issue in found[:200]])
    return [_with_trend(issue, trends.get(issue.id, ())) for issue in found[:200]]


def issues_of_request(store: Store, correlation_id: str) -> set[str]:
    """Return the ids of the issues that one request or transfer ran into."""
    rows = store.query(OF_REQUEST, {"correlation_id": correlation_id})
    return {str(row["issue"]) for row in rows}


def trend_of(store: Store, span: Span, ids: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return how many events each issue has in each step."""
    counts: dict[str, list[int]] = {issue: [0] * span.steps for issue in ids}
    parameters = {**span.parameters, "issues": [int(issue) for issue in ids]}
    for row in store.query(TRENDS, parameters) if ids else ():
        place = int(row["bucket"])
        if 0 <= place < span.steps:
            counts[str(row["issue"])][place] += int(row["events"])
    return {issue: tuple(counted) for issue, counted in counts.items()}


def count_over_time(store: Store, span: Span) -> tuple[list[int], list[int]]:
    """Return in each step how many errors were handled, and how many were not."""
    handled, unhandled = [0] * span.steps, [0] * span.steps
    for row in store.query(TOTALS, span.parameters):
        place = int(row["bucket"])
        if 0 <= place < span.steps:
            (handled if row["handled"] else unhandled)[place] += int(row["events"])
    return handled, unhandled


def find_issue(store: Store, state: State, span: Span, issue_id: str) -> Issue | None:
    """Return one issue with its counts in the span, or None."""
    rows = state.select(ISSUES, {"ids": f"[{int(issue_id)}]", "status": "all", "words": ""})
    if not rows:
        return None
    stats = [row for row in store.query(STATS, span.parameters) if str(row["issue"]) == issue_id]
    issue = _issue(rows[0], stats[0] if stats else {"events": 0, "users": 0})
    return _with_trend(issue, trend_of(store, span, [issue_id])[issue_id])


def events_of(store: Store, span: Span, issue_id: str, most: int = 20) -> list[EventRow]:
    """Return the newest events of an issue in the span."""
    return [
        _event_row(row)
        for row in store.query(EVENTS, {**span.parameters, "issue": int(issue_id), "most": most})
    ]


def find_event(store: Store, *, issue: str = "0", event_id: str = "") -> Event | None:
    """Return an event of an issue: the one with that id, or the newest; None if there is none."""
    asked = {"issue": int(issue), "event_id": event_id, "correlation_id": ""}
    rows = store.query(EVENT, asked)
    if not rows:
        return None
    row = rows[0]
    beside = store.query(NEIGHBOURS, {"issue": int(row["issue_id"]), "at": row["ts_ms"]})
    older, newer = (beside[0]["older"], beside[0]["newer"]) if beside else ("", "")
    payload = orjson.loads(row["payload"] or "{}")
    return Event(_event_row(row), payload, older, newer)


def tags_of(store: Store, span: Span, issue_id: str) -> list[TagCounts]:
    """Return the tags of an issue's events in the span, commonest values first."""
    found: dict[str, list[tuple[str, int]]] = {}
    for row in store.query(TAGS, {**span.parameters, "issue": int(issue_id)}):
        found.setdefault(row["tag"], []).append((row["tag_value"], int(row["events"])))
    return [TagCounts(name, tuple(values)) for name, values in sorted(found.items())]


def crash_free_ratio(store: Store, span: Span) -> float | None:
    """Return the share of sessions that did not crash, or None when there were none."""
    row = store.query(SESSIONS, span.parameters)[0]
    every = int(row["all"])
    return 1 - min(int(row["crashed"]), every) / every if every else None


def count_users(store: Store, span: Span) -> int:
    """Return how many people had an error in the span."""
    return int(store.query(USERS, span.parameters)[0]["users"])


def releases(store: Store) -> list[Release]:
    """Return the releases seen, newest first."""
    rows = store.query(RELEASES)
    return [Release(row["release"], float(row["first_s"]), int(row["errors"])) for row in rows]


_ORDERS: Final = {
    "last": lambda issue: issue.last_seen_s,
    "first": lambda issue: issue.first_seen_s,
    "events": lambda issue: issue.events,
    "users": lambda issue: (issue.users, issue.events),
}


def _issue(row: Mapping[str, Any], stats: Mapping[str, Any]) -> Issue:
    return Issue(
        id=str(row["id"]),
        title=row["title"],
        type=row["type"],
        value=row["value"],
        culprit=row["culprit"],
        level=row["level"],
        platform=row["platform"],
        status=row["status"],
        is_regressed=bool(row["regressed"]),
        first_seen_s=row["first_seen"],
        last_seen_s=row["last_seen"],
        first_release=row["first_release"],
        last_release=row["last_release"],
        events=int(stats["events"]),
        users=int(stats["users"]),
    )


def _with_trend(issue: Issue, trend: tuple[int, ...]) -> Issue:
    return replace(issue, trend=trend)


def _event_row(row: Row) -> EventRow:
    return EventRow(
        event_id=row["event_id"],
        at_s=row["ts_ms"] / 1000,
        value=row["value"],
        level=row["level"],
        release=row["release"],
        environment=row["environment"],
        platform=row["platform"],
        correlation_id=row["correlation_id"],
        user=row["user"] if row["user"] != "0" else "",
        is_handled=bool(row["handled"]),
        issue=str(row.get("issue_id", "")),
        type=str(row.get("type", "")),
    )
