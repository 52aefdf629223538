"""Errors and release health: schema and rows."""

from tallow_console.store import Table

__all__ = ["ERROR_EVENTS", "SESSIONS", "TABLES"]

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
    INDEX by_event_id event_id TYPE bloom_filter(0.01) GRANULARITY 1
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
    count UInt32
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
