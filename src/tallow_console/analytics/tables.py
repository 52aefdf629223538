"""Page views and events: schema and rows."""

from urllib.parse import parse_qs, unquote

from tallow.records import Clean, PageEvent
from tallow.wire.plausible import split_address
from tallow_console.store import Row, Table, clamped, json_text

from .agents import Agent

__all__ = ["EVENTS", "TABLES", "row"]

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


def row(event: Clean[PageEvent], agent: Agent, now_s: float, country: str = "") -> Row:
    """Return one page view or event as its row; `session` is filled in when it is loaded."""
    said = event.value
    host, path, query = split_address(said.url)
    hostname = host.removeprefix("www.")
    return {
        "ts": clamped(said.timestamp_s, now_s),
        "site": said.domain,
        "name": said.name,
        "path": unquote(path) or "/",
        "hostname": hostname,
        "referrer": said.referrer,
        "source": _source(query, said.referrer, hostname),
        "visitor": int(said.visitor[:16] or "0", 16) >> 1,
        "session": 0,
        "browser": agent.browser,
        "os": agent.os,
        "device": agent.device,
        "country": country,
        "props": json_text(said.props),
        "interactive": int(said.interactive),
    }


def _source(query: str, referrer: str, hostname: str) -> str:
    """Return who sent the visitor: a tag in the address, else the other site, else nobody."""
    tags = parse_qs(query)
    for name in ("utm_source", "source", "ref"):
        if tags.get(name):
            return tags[name][0]
    host = split_address(referrer)[0].removeprefix("www.")
    return "" if host == hostname else host
