"""Web Vitals: schema and rows."""

from tallow.records import Clean, Vital
from tallow.wire.plausible import split_address
from tallow_console.store import Row, Table, clamped

__all__ = ["TABLES", "VITALS", "row"]

CREATE_VITALS = """
CREATE TABLE IF NOT EXISTS {table} (
    seg UInt64,
    n UInt32,
    ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    site LowCardinality(String),
    name LowCardinality(String),
    path String CODEC(ZSTD(1)),
    value Float64,
    rating LowCardinality(String),
    device LowCardinality(String),
    navigation LowCardinality(String),
    INDEX by_seg seg TYPE minmax GRANULARITY 1
) ENGINE = {engine} PARTITION BY toDate(ts) ORDER BY (name, toDate(ts), path)
SETTINGS ttl_only_drop_parts = 1
"""

VITALS = Table(
    "vitals",
    ("seg", "n", "ts", "site", "name", "path", "value", "rating", "device", "navigation"),
    (CREATE_VITALS,),
)
TABLES = (VITALS,)


def row(vital: Clean[Vital], now_s: float) -> Row:
    """Return one Web Vital as its row; `value` in milliseconds, but a ratio for CLS."""
    said = vital.value
    return {
        "ts": clamped(said.timestamp_s, now_s),
        "site": said.domain,
        "name": said.name,
        "path": split_address(said.url)[1] or "/",
        "value": said.value,
        "rating": said.rating,
        "device": said.device,
        "navigation": said.navigation,
    }
