"""Metric series and their samples: schema and rows."""

from tallow_console.store import Table

__all__ = ["SAMPLES", "SERIES", "TABLES"]

CREATE_SERIES = """
CREATE TABLE IF NOT EXISTS {table} (
    id UInt64,
    metric LowCardinality(String),
    tags Map(LowCardinality(String), String),
    type LowCardinality(String),
    help String,
    unit LowCardinality(String),
    first_seen DateTime64(3, 'UTC')
) ENGINE = Replacing{engine} ORDER BY (metric, id)
"""

# Days, not months: a day is what the size guard and the TTL can drop as one.
CREATE_SAMPLES = """
CREATE TABLE IF NOT EXISTS {table} (
    id UInt64 CODEC(ZSTD(1)),
    ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    value Float64 CODEC(Gorilla, ZSTD(1))
) ENGINE = {engine} PARTITION BY toDate(ts) ORDER BY (id, ts)
SETTINGS ttl_only_drop_parts = 1
"""

SERIES = Table(
    "series",
    ("id", "metric", "tags", "type", "help", "unit", "first_seen"),
    (CREATE_SERIES,),
)
SAMPLES = Table("samples", ("id", "ts", "value"), (CREATE_SAMPLES,))
TABLES = (SERIES, SAMPLES)
