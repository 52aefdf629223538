"""What the watched applications said about their health: schema and rows."""

from tallow.records import JsonValue
from tallow_console.store import Row, Table, clamped, json_text

__all__ = ["HEALTH_REPORTS", "TABLES", "row"]

CREATE_HEALTH_REPORTS = """
CREATE TABLE IF NOT EXISTS {table} (
    seg UInt64,
    n UInt32,
    ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    target LowCardinality(String),
    status LowCardinality(String),
    latency_ms Float64,
    report String CODEC(ZSTD(1)),
    INDEX by_seg seg TYPE minmax GRANULARITY 1
) ENGINE = {engine} PARTITION BY toDate(ts) ORDER BY (target, ts)
SETTINGS ttl_only_drop_parts = 1
"""

HEALTH_REPORTS = Table(
    "health_reports",
    ("seg", "n", "ts", "target", "status", "latency_ms", "report"),
    (CREATE_HEALTH_REPORTS,),
)
TABLES = (HEALTH_REPORTS,)


def row(target: str, status: str, latency_ms: float, report: JsonValue, now_s: float) -> Row:
    """Return one answer of one target as its row; `report` must have been scrubbed."""
    return {
        "ts": clamped(now_s, now_s),
        "target": target,
        "status": status,
        "latency_ms": round(latency_ms, 3),
        "report": json_text(report),
    }
