"""Page views and events: schema and rows."""

from tallow_console.store import Table

__all__ = ["EVENTS", "TABLES"]

CREATE_EVENTS = """
CREATE TABLE IF NOT EXISTS {table} (
    seg UInt64,
    n UInt32,
    ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    site LowCardinality(String),
    name LowCardinality(String),
    path String CODEC(ZSTD(1)),
    hostname LowCardinality(String),
    referrer String CODEC(ZSTD(1)),
    source LowCardinality(String),
    visitor UInt64,
    session UInt64,
    browser LowCardinality(String),
    os LowCardinality(String),
    device LowCardinality(String),
    country LowCardinality(String),
    props String CODEC(ZSTD(1)),
    interactive UInt8,
    INDEX by_seg seg TYPE minmax GRANULARITY 1
) ENGINE = {engine} PARTITION BY toDate(ts) ORDER BY (name, toDate(ts), path, ts)
SETTINGS ttl_only_drop_parts = 1
"""

EVENTS = Table(
    "events",
    (
        "seg", "n", "ts", "site", "name", "path", "hostname", "referrer", "source", "visitor",
        "session", "browser", "os", "device", "country", "props", "interactive",
    ),
    (CREATE_EVENTS,),
)  # fmt: skip
TABLES = (EVENTS,)
