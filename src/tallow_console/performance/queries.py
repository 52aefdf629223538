"""Web Vitals and request latency read back: percentiles, ratings, where, and over time."""

import math
from dataclasses import dataclass
from typing import Final

from tallow.records import VITALS
from tallow_console.store import Store
from tallow_console.web.ranges import Span

__all__ = [
    "THRESHOLDS",
    "Latency",
    "PageVitals",
    "VitalStats",
    "distribution",
    "latency_by_route",
    "latency_over_time",
    "latency_overall",
    "pages",
    "rating_of",
    "vital_over_time",
    "vitals",
]

THRESHOLDS: Final = {
    "LCP": (2500.0, 4000.0),
    "INP": (200.0, 500.0),
    "CLS": (0.1, 0.25),
    "FCP": (1800.0, 3000.0),
    "TTFB": (800.0, 1800.0),
}
"""Up to the first a page is good, above the second it is poor. Source: web.dev/articles/vitals."""

STATS: Final = """
SELECT name, count() AS many, quantileExact(0.75)(value) AS p75,
    countIf(rating = 'good') AS good, countIf(rating = 'poor') AS poor
FROM tallow.vitals WHERE ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    AND ({device:String} = '' OR device = {device:String})
GROUP BY name
"""
PAGES: Final = """
SELECT path, name, count() AS many, quantileExact(0.75)(value) AS p75
FROM tallow.vitals WHERE ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    AND ({device:String} = '' OR device = {device:String})
GROUP BY path, name
"""
OVER_TIME: Final = """
SELECT intDiv(toUnixTimestamp(ts) - {first:Int64}, {step:UInt32}) AS bucket,
    quantileExact(0.75)(value) AS p75
FROM tallow.vitals WHERE name = {name:String}
    AND ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    AND ({device:String} = '' OR device = {device:String})
GROUP BY bucket
"""
DISTRIBUTION: Final = """
SELECT least(toUInt32(value / {width:Float64}), {last:UInt32}) AS place, count() AS many
FROM tallow.vitals WHERE name = {name:String}
    AND ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    AND ({device:String} = '' OR device = {device:String})
GROUP BY place
"""
# How much each bucket of a histogram grew in each step. A counter that fell was reset; one that
# appeared after its target was first read counts from zero.
LATENCY: Final = """
WITH steps AS (
    SELECT id, intDiv(toUnixTimestamp(ts) - {first:Int64} + {step:UInt32}, {step:UInt32}) AS place,
        argMax(value, ts) AS last
    FROM tallow.samples
    WHERE id IN (SELECT id FROM tallow.series WHERE metric = {metric:String})
        AND ts >= fromUnixTimestamp64Milli({before:Int64}, 'UTC')
        AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    GROUP BY id, place
), named AS (
    SELECT known.id AS id, toFloat64OrZero(replaceOne(known.tags['le'], '+Inf', 'inf')) AS bound,
        known.tags['route'] AS route,
        toUnixTimestamp(began.since) > 0 AND known.first_seen > began.since AS is_new
    FROM (SELECT * FROM tallow.series FINAL WHERE metric = {metric:String}) AS known
    LEFT JOIN (SELECT tags['instance'] AS instance, max(first_seen) AS since
        FROM tallow.series FINAL WHERE metric = 'up' GROUP BY instance) AS began
    ON known.tags['instance'] = began.instance
), grown AS (
    SELECT place, bound, route,
        lagInFrame(last, 1, -1) OVER (PARTITION BY id ORDER BY place) AS earlier,
        multiIf(earlier < 0, if(is_new, last, 0), last < earlier, last, last - earlier) AS growth
    FROM steps INNER JOIN named USING (id)
), buckets AS (
    SELECT place, bound, sum(growth) AS many FROM grown GROUP BY place, bound
)
SELECT place, quantilesPrometheusHistogram(0.5, 0.95, 0.99)(bound, many) AS quantiles,
    max(many) AS requests
FROM buckets GROUP BY place HAVING requests > 0 ORDER BY place
"""
ROUTES: Final = (
    LATENCY.replace(
        "SELECT place, bound, sum(growth) AS many FROM grown GROUP BY place, bound",
        "SELECT route AS said, bound, sum(growth) AS many FROM grown WHERE place > 0"
        " GROUP BY said, bound",
    )
    .replace("SELECT place, quantiles", "SELECT said, quantiles")
    .replace("GROUP BY place HAVING", "GROUP BY said HAVING")
    .replace("> 0 ORDER BY place", "> 0 ORDER BY requests DESC LIMIT 20")
)
OVERALL: Final = ROUTES.replace("SELECT route AS said,", "SELECT '' AS said,")
REQUEST_METRIC: Final = "tallow_http_request_duration_seconds_bucket"
BINS: Final = 24


@dataclass(frozen=True, slots=True)
class VitalStats:
    """One Web Vital of all pages: how many said it, its 75th percentile, shares of ratings."""

    name: str
    many: int
    p75: float | None
    rating: str
    good_ratio: float
    poor_ratio: float


@dataclass(frozen=True, slots=True)
class PageVitals:
    """The vitals of one page, by name; `views` is how many page views said any."""

    path: str
    views: int
    p75: dict[str, float]
    ratings: dict[str, str]


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles of request latency in seconds, and how many requests they stand for."""

    place: str
    p50_s: float | None
    p95_s: float | None
    p99_s: float | None
    requests: int


def rating_of(name: str, value: float | None) -> str:
    """Return `good`, `needs-improvement` or `poor`, or nothing for no value.

    >>> rating_of("LCP", 2500), rating_of("CLS", 0.3), rating_of("INP", None)
    ('good', 'poor', '')
    """
    if value is None:
        return ""
    good, poor = THRESHOLDS[name]
    return "good" if value <= good else "poor" if value > poor else "needs-improvement"


def vitals(store: Store, span: Span) -> list[VitalStats]:
    """Return the five vitals in their usual order, also those nobody said."""
    rows = {row["name"]: row for row in store.query(STATS, span.parameters)}
    found = []
    for name in VITALS:
        row = rows.get(name)
        many = int(row["many"]) if row else 0
        p75 = float(row["p75"]) if row else None
        good, poor = (int(row["good"]) / many, int(row["poor"]) / many) if row else (0.0, 0.0)
        found.append(VitalStats(name, many, p75, rating_of(name, p75), good, poor))
    return found


def pages(store: Store, span: Span) -> list[PageVitals]:
    """Return the pages with vitals, most viewed first, at most 50."""
    by_path: dict[str, dict[str, tuple[int, float]]] = {}
    for row in store.query(PAGES, span.parameters):
        by_path.setdefault(row["path"], {})[row["name"]] = (int(row["many"]), float(row["p75"]))
    found = [
        PageVitals(
            path=path,
            views=max(many for many, _ in said.values()),
            p75={name: p75 for name, (_, p75) in said.items()},
            ratings={name: rating_of(name, p75) for name, (_, p75) in said.items()},
        )
        for path, said in by_path.items()
    ]
    return sorted(found, key=lambda page: (-page.views, page.path))[:50]


def vital_over_time(store: Store, span: Span, name: str) -> list[float | None]:
    """Return the 75th percentile of one vital in each step; None where nobody said it."""
    values: list[float | None] = [None] * span.steps
    for row in store.query(OVER_TIME, {**span.parameters, "name": name}):
        if 0 <= int(row["bucket"]) < span.steps:
            values[int(row["bucket"])] = float(row["p75"])
    return values


def distribution(store: Store, span: Span, name: str) -> tuple[float, list[int]]:
    """Return the width of a bin, and how many values of a vital lie in each; the last is open."""
    width = THRESHOLDS[name][1] * 1.5 / BINS
    counts = [0] * BINS
    asked = {**span.parameters, "name": name, "width": width, "last": BINS - 1}
    for row in store.query(DISTRIBUTION, asked):
        counts[int(row["place"])] = int(row["many"])
    return width, counts


def latency_over_time(store: Store, span: Span) -> list[Latency | None]:
    """Return the percentiles of request latency in each step; None where there were no requests."""
    found: list[Latency | None] = [None] * span.steps
    for row in store.query(LATENCY, {**span.parameters, "metric": REQUEST_METRIC}):
        place = int(row["place"]) - 1
        if 0 <= place < span.steps:
            found[place] = _latency(str(place), row["quantiles"], row["requests"])
    return found


def latency_by_route(store: Store, span: Span) -> list[Latency]:
    """Return the percentiles of each route over the whole range, busiest first."""
    rows = store.query(ROUTES, {**span.parameters, "metric": REQUEST_METRIC})
    return [_latency(row["said"], row["quantiles"], row["requests"]) for row in rows]


def latency_overall(store: Store, span: Span) -> Latency | None:
    """Return the percentiles of all requests of the range, or None when there were none."""
    rows = store.query(OVERALL, {**span.parameters, "metric": REQUEST_METRIC})
    return _latency("", rows[0]["quantiles"], rows[0]["requests"]) if rows else None


def _latency(place: str, quantiles: list[float], requests: float) -> Latency:
    known = [None if math.isnan(number) else float(number) for number in quantiles]
    return Latency(place, known[0], known[1], known[2], round(requests))
