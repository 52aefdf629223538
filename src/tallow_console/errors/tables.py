"""Errors, release health and issues: schema and writes."""

from collections.abc import Sequence
from typing import Any, Final, Literal

from tallow.records import Clean, ErrorItem
from tallow_console.state import State
from tallow_console.store import Row, Store, Table, clamped, json_text

from .event import main_exception, regular, text, timestamp_s, user_hash
from .grouping import RULE, group

__all__ = [
    "ERROR_EVENTS",
    "ISSUES",
    "SESSIONS",
    "TABLES",
    "IssueStatus",
    "arrived",
    "error_row",
    "session_rows",
    "set_issue_status",
]

IssueStatus = Literal["unresolved", "resolved", "ignored"]

CREATE_ERROR_EVENTS = """
CREATE TABLE IF NOT EXISTS {table} (
    seg UInt64,
    n UInt32,
    ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    received DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    event_id String,
    issue UInt64,
    type LowCardinality(String),
    value String CODEC(ZSTD(1)),
    culprit LowCardinality(String),
    level LowCardinality(String),
    release LowCardinality(String),
    environment LowCardinality(String),
    platform LowCardinality(String),
    user_hash UInt64,
    correlation_id String,
    handled UInt8,
    payload String CODEC(ZSTD(3)),
    INDEX by_correlation_id correlation_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_event_id event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_seg seg TYPE minmax GRANULARITY 1
) ENGINE = {engine} PARTITION BY toDate(ts) ORDER BY (issue, ts)
SETTINGS ttl_only_drop_parts = 1
"""

CREATE_SESSIONS = """
CREATE TABLE IF NOT EXISTS {table} (
    seg UInt64,
    n UInt32,
    ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    release LowCardinality(String),
    environment LowCardinality(String),
    status LowCardinality(String),
    errors UInt32,
    duration_s Float64,
    user_hash UInt64,
    count UInt32,
    INDEX by_seg seg TYPE minmax GRANULARITY 1
) ENGINE = {engine} PARTITION BY toDate(ts) ORDER BY (release, ts)
SETTINGS ttl_only_drop_parts = 1
"""

ERROR_EVENTS = Table(
    "error_events",
    (
        "seg", "n", "ts", "received", "event_id", "issue", "type", "value", "culprit", "level",
        "release", "environment", "platform", "user_hash", "correlation_id", "handled", "payload",
    ),
    (CREATE_ERROR_EVENTS,),
)  # fmt: skip
SESSIONS = Table(
    "sessions",
    (
        "seg", "n", "ts", "release", "environment", "status", "errors", "duration_s",
        "user_hash", "count",
    ),
    (CREATE_SESSIONS,),
)  # fmt: skip
TABLES = (ERROR_EVENTS, SESSIONS)

CREATE_ISSUES = """
CREATE TABLE issues (
    id INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    rule INTEGER NOT NULL,
    title TEXT NOT NULL,
    type TEXT NOT NULL,
    value TEXT NOT NULL,
    culprit TEXT NOT NULL,
    level TEXT NOT NULL,
    platform TEXT NOT NULL,
    first_seen REAL NOT NULL,
    last_seen REAL NOT NULL,
    first_release TEXT NOT NULL,
    last_release TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'unresolved',
    regressed INTEGER NOT NULL DEFAULT 0,
    status_changed REAL NOT NULL DEFAULT 0
)
"""
INDEX_ISSUES = "CREATE INDEX issues_by_last_seen ON issues (status, last_seen DESC)"
ISSUES = (CREATE_ISSUES, INDEX_ISSUES)
"""The versions of the table of issues in SQLite; its `id` is `error_events.issue`."""

# A resolved issue that is seen again, later than it was resolved, has come back.
NOTE_ISSUE = """
INSERT INTO issues (id, project, fingerprint, rule, title, type, value, culprit, level, platform,
                    first_seen, last_seen, first_release, last_release)
VALUES (:id, :project, :fingerprint, :rule, :title, :type, :value, :culprit, :level, :platform,
        :seen_s, :seen_s, :release, :release)
ON CONFLICT (id) DO UPDATE SET
    first_release = iif(excluded.first_seen < first_seen, excluded.first_release, first_release),
    last_release = iif(excluded.last_seen >= last_seen, excluded.last_release, last_release),
    title = iif(excluded.last_seen >= last_seen, excluded.title, title),
    value = iif(excluded.last_seen >= last_seen, excluded.value, value),
    level = iif(excluded.last_seen >= last_seen, excluded.level, level),
    first_seen = min(first_seen, excluded.first_seen),
    last_seen = max(last_seen, excluded.last_seen),
    regressed = iif(status = 'resolved' AND excluded.last_seen > status_changed, 1, regressed),
    status = iif(status = 'resolved' AND excluded.last_seen > status_changed, 'unresolved', status)
"""
SET_ISSUE_STATUS = """
UPDATE issues SET status = ?, status_changed = ?, regressed = 0 WHERE id = ?
"""


# The same event twice is one event: senders repeat what they got no answer to.
SELECT_KNOWN_EVENTS = """
SELECT event_id FROM tallow.error_events WHERE event_id IN {ids:Array(String)}
"""

_SIGHTING: Final = "sighting"


def error_row(item: Clean[ErrorItem], project: int, now_s: float, ahead_s: float = 0.0) -> Row:
    """Return one error event as its row, with the issue it belongs to.

    `ahead_s` is how far the sender's clock goes ahead of ours.

    The row carries one key that is no column, which `arrived` takes out again.
    """
    event = regular(item.value.payload)
    found = group(event, project)
    exception = main_exception(event)
    trace = event["contexts"].get("trace", {})
    said_s = timestamp_s(event.get("timestamp"), item.value.timestamp_s)
    seen_s = clamped(said_s - ahead_s, now_s)
    row: Row = {
        "ts": seen_s,
        "received": round(now_s, 3),
        "event_id": item.value.event_id,
        "issue": found.issue,
        "type": text(exception.get("type")) or "message",
        "value": text(exception.get("value")) or event.get("message", ""),
        "culprit": found.culprit,
        "level": event["level"],
        "release": event.get("release", ""),
        "environment": event.get("environment", ""),
        "platform": event.get("platform", ""),
        "user_hash": user_hash(event.get("user")),
        "correlation_id": text(trace.get("trace_id")) or event["tags"].get("correlation_id", ""),
        "handled": int(exception.get("mechanism", {}).get("handled") is not False),
        "payload": json_text(event),
    }
    row[_SIGHTING] = {
        "project": project,
        "fingerprint": found.fingerprint,
        "rule": RULE,
        "title": found.title,
    }
    return row


def session_rows(item: Clean[ErrorItem], now_s: float) -> list[Row]:
    """Return a session update, or the aggregates of many sessions, as rows.

    `count` is how many sessions began in the row, so their sum is all sessions. Those that
    crashed are the sum of `greatest(count, 1)` where `status` is `crashed`: an update that ends a
    session began none.
    """
    said = item.value.payload
    attributes = said.get("attrs")
    attributes = attributes if isinstance(attributes, dict) else {}
    common = {
        "release": text(attributes.get("release")),
        "environment": text(attributes.get("environment")) or "production",
        "errors": 0,
        "duration_s": 0.0,
        "user_hash": 0,
    }
    aggregates = said.get("aggregates")
    if isinstance(aggregates, list):
        return [
            {
                **common,
                "ts": clamped(timestamp_s(one.get("started"), now_s), now_s),
                "status": status,
                "errors": count if status == "errored" else 0,
                "count": count,
            }
            for one in aggregates
            if isinstance(one, dict)
            for status in ("exited", "errored", "abnormal", "crashed")
            if (count := _count(one.get(status))) > 0
        ]
    when = said.get("timestamp") or said.get("started")
    return [
        {
            **common,
            "ts": clamped(timestamp_s(when, now_s), now_s),
            "status": text(said.get("status")) or "ok",
            "errors": _count(said.get("errors")),
            "duration_s": max(timestamp_s(said.get("duration"), 0.0), 0.0),
            "user_hash": user_hash({"id": said.get("did")}),
            "count": 1 if said.get("init") is True else 0,
        }
    ]


def arrived(store: Store, state: State, rows: list[Row]) -> None:
    """Drop events that are known, and make or freshen the issues of the others.

    Called before the rows are stored, perhaps twice for the same: that changes nothing.
    """
    known = {row["event_id"] for row in _known_events(store, rows)}
    fresh: list[Row] = []
    for row in rows:
        if row["event_id"] not in known:
            fresh.append(row)
            known.add(row["event_id"])
    state.run_many(NOTE_ISSUE, [_sighting(row) for row in fresh])
    for row in rows:
        row.pop(_SIGHTING, None)
    rows[:] = fresh


def _known_events(store: Store, rows: Sequence[Row]) -> list[dict[str, Any]]:
    return store.query(SELECT_KNOWN_EVENTS, {"ids": [row["event_id"] for row in rows]})


def _sighting(row: Row) -> dict[str, Any]:
    return {
        **row[_SIGHTING],
        "id": row["issue"],
        "type": row["type"],
        "value": row["value"][:500],
        "culprit": row["culprit"],
        "level": row["level"],
        "platform": row["platform"],
        "release": row["release"],
        "seen_s": row["ts"],
    }


def _count(said: object) -> int:
    return min(max(said, 0), 2**32 - 1) if isinstance(said, int) else 0


def set_issue_status(state: State, issue: int, status: IssueStatus, now_s: float) -> bool:
    """Resolve, ignore or reopen an issue; return whether there is such an issue."""
    return state.run(SET_ISSUE_STATUS, (status, now_s, issue)) > 0
