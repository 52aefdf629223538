"""Errors, release health and issues: schema and writes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from tallow_console.state import State
from tallow_console.store import Table

__all__ = [
    "ERROR_EVENTS",
    "ISSUES",
    "SESSIONS",
    "TABLES",
    "IssueStatus",
    "Sighting",
    "note_issues",
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


@dataclass(frozen=True, slots=True)
class Sighting:
    """One event of an issue, as the list of issues needs it. `seen_s` is Unix time."""

    id: int
    project: int
    fingerprint: str
    rule: int
    title: str
    type: str
    value: str
    culprit: str
    level: str
    platform: str
    release: str
    seen_s: float


def note_issues(state: State, sightings: Sequence[Sighting]) -> None:
    """Make or freshen the issues of these events; saying the same twice changes nothing."""
    state.run_many(NOTE_ISSUE, [asdict(sighting) for sighting in sightings])


def set_issue_status(state: State, issue: int, status: IssueStatus, now_s: float) -> bool:
    """Resolve, ignore or reopen an issue; return whether there is such an issue."""
    return state.run(SET_ISSUE_STATUS, (status, now_s, issue)) > 0
