"""What counting costs, beside prometheus_client doing the same in the same run."""

import asyncio

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client import Counter as TheirCounter
from prometheus_client import Histogram as TheirHistogram

from benchmarks.budget import Budget, interleaved
from tallow import pipeline, transfers
from tallow.integrations.asgi import TallowMiddleware
from tallow.metrics import BYTES_BUCKETS, SECONDS_BUCKETS, Counter, Histogram
from tallow.metrics.exposition import clean_label, render
from tallow.metrics.registry import Registry

__all__ = ["budgets"]

_PEER = "prometheus_client"
_CALLS = 5_000
_SERIES = 10_000
_FEW_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)


def budgets() -> list[Budget]:
    """Return the costs of counting, of a page of series, and of the middleware."""
    return [*_counting(), _whole_transfer(), _page(), _middleware()]


def _counting() -> list[Budget]:
    ours, theirs = _ours(), _theirs()
    goals = {
        "record_transfer: its metrics": 8.0,
        "counter.inc()": 4.0,
        "counter.labels(a, b).inc()": 5.0,
        "histogram.observe(), 11 buckets": 3.0,
    }
    rows = []
    for subject, goal in goals.items():
        taken = interleaved(
            {"ours": ours[subject], "theirs": theirs[subject]}, rounds=9, repeat=_CALLS
        )
        rows.append(
            Budget(subject, _PEER, taken["ours"] * 1e9, taken["theirs"] * 1e9, "ns", goal=goal)
        )
    return rows


def _ours():
    registry = Registry(clean=clean_label)
    plain = Counter("plain_total", "Plain.", registry=registry)
    labelled = Counter("labelled_total", "Labelled.", ("a", "b"), registry=registry)
    took = Histogram("took_seconds", "Took.", registry=registry)
    return {
        "record_transfer: its metrics": lambda: transfers.count_transfer(
            "success", "direct", 1_048_576, 1.5, "document"
        ),
        "counter.inc()": plain.inc,
        "counter.labels(a, b).inc()": lambda: labelled.labels("x", "y").inc(),
        "histogram.observe(), 11 buckets": lambda: took.observe(0.3),
    }


def _theirs():
    registry = CollectorRegistry()
    plain = TheirCounter("plain", "Plain.", registry=registry)
    labelled = TheirCounter("labelled", "Labelled.", ["a", "b"], registry=registry)
    took = TheirHistogram("took_seconds", "Took.", registry=registry, buckets=SECONDS_BUCKETS)
    return {
        "record_transfer: its metrics": _their_transfer(registry),
        "counter.inc()": plain.inc,
        "counter.labels(a, b).inc()": lambda: labelled.labels("x", "y").inc(),
        "histogram.observe(), 11 buckets": lambda: took.observe(0.3),
    }


def _their_transfer(registry):
    """Return the five steps of one transfer as one writes them with prometheus_client."""
    ended = TheirCounter("ended", "Transfers.", ["status", "method"], registry=registry)
    moved = TheirCounter("moved", "Bytes.", ["method"], registry=registry)
    files = TheirCounter("files", "Files.", ["file_type"], registry=registry)
    sizes = TheirHistogram(
        "size_bytes", "Sizes.", ["method"], registry=registry, buckets=BYTES_BUCKETS
    )
    durations = TheirHistogram(
        "duration_seconds", "Durations.", ["method"], registry=registry, buckets=_FEW_BUCKETS
    )

    def record(status, method, size_bytes, duration_s, file_type):
        ended.labels(status, method).inc()
        moved.labels(method).inc(size_bytes)
        files.labels(file_type).inc()
        sizes.labels(method).observe(size_bytes)
        durations.labels(method).observe(duration_s)

    return lambda: record("success", "direct", 1_048_576, 1.5, "document")


def _whole_transfer() -> Budget:
    """Return what `record_transfer` costs with its log line and event, scrubbed and encoded."""
    pipeline.use(pipeline.Engine((pipeline.Route(lambda _: True, lambda _: True),), (), {}, "info"))
    try:
        taken = interleaved(
            {"ours": lambda: transfers.record_transfer("success", "direct", 2048, 1.5, "document")},
            rounds=5,
            repeat=200,
        )
    finally:
        pipeline.use(None)
    subject = "record_transfer: metrics, line and event"
    return Budget(subject, "limit 300 us", taken["ours"] * 1e6, 300.0, "us", goal=1.0)


def _page() -> Budget:
    registry, theirs = Registry(clean=clean_label), CollectorRegistry()
    labels = ("a", "b", "c")
    ours = Counter(
        "many_total",
        "Many.",
        dict.fromkeys(labels, _SERIES),
        most_series=_SERIES,
        registry=registry,
    )
    peer = TheirCounter("many", "Many.", labels, registry=theirs)
    for number in range(_SERIES):
        ours.labels(f"a{number}", "b", "c").inc(number)
        peer.labels(f"a{number}", "b", "c").inc(number)
    taken = interleaved(
        {"ours": lambda: render(registry), "theirs": lambda: generate_latest(theirs)}, rounds=5
    )
    subject = f"/metrics of {_SERIES:,} series"
    return Budget(subject, _PEER, taken["ours"] * 1e3, taken["theirs"] * 1e3, "ms", goal=10.0)


def _middleware() -> Budget:
    """Return what the whole middleware adds to one request, without a sink, beside a limit."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": [(b"host", b"shop.example"), (b"user-agent", b"bench")],
        "client": ("127.0.0.1", 1),
    }

    async def bare(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message):
        return None

    watched = TallowMiddleware(bare, access_log=False)

    def run(app):
        async def many():
            for _ in range(1000):
                await app(dict(scope), None, send)

        return lambda: asyncio.run(many())

    taken = interleaved({"watched": run(watched), "bare": run(bare)}, rounds=5)
    added_us = (taken["watched"] - taken["bare"]) / 1000 * 1e6
    return Budget("middleware, one request", "limit 60 us", added_us, 60.0, "us", goal=1.0)
