"""Visits read back: how many, where from, what they looked at and did."""

from dataclasses import dataclass
from typing import Final

from tallow_console.store import Store
from tallow_console.web.ranges import Span

__all__ = [
    "Count",
    "Goal",
    "Totals",
    "breakdown",
    "goals",
    "over_time",
    "realtime",
    "totals",
]

FEW: Final = 5
"""Below this many visitors a value is not shown by itself where it could point at someone."""

TOTALS: Final = """
SELECT uniqExact(visitor) AS visitors, countIf(name = 'pageview') AS views,
    uniqExact(session) AS visits
FROM tallow.events WHERE ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC') AND name != 'engagement'
"""
# A visit bounced when it had one page view or none, and nothing was done on purpose.
VISITS: Final = """
SELECT countIf(views < 2 AND deeds = 0) AS bounced, count() AS visits, avg(length_s) AS length_s
FROM (
    SELECT session, countIf(name = 'pageview') AS views,
        countIf(name NOT IN ('pageview', 'engagement') AND interactive = 1) AS deeds,
        dateDiff('second', min(ts), max(ts)) AS length_s
    FROM tallow.events WHERE ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
        AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    GROUP BY session
)
"""
OVER_TIME: Final = """
SELECT intDiv(toUnixTimestamp(ts) - {first:Int64}, {step:UInt32}) AS bucket,
    uniqExact(visitor) AS visitors, countIf(name = 'pageview') AS views
FROM tallow.events WHERE ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC') AND name != 'engagement'
GROUP BY bucket
"""
PAGES: Final = """
SELECT path AS word, uniqExact(visitor) AS visitors, count() AS events
FROM tallow.events WHERE name = 'pageview'
    AND ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
GROUP BY word ORDER BY visitors DESC, events DESC, word LIMIT 10
"""
# A visit has the source it began with.
SOURCES: Final = """
SELECT word, uniqExact(visitor) AS visitors, count() AS events FROM (
    SELECT session, any(visitor) AS visitor, argMin(source, ts) AS word
    FROM tallow.events WHERE ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
        AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    GROUP BY session
) GROUP BY word ORDER BY visitors DESC, events DESC, word LIMIT 10
"""
DEVICES: Final = """
SELECT toString(device) AS word, uniqExact(visitor) AS visitors, count() AS events
FROM tallow.events WHERE ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
GROUP BY word ORDER BY visitors DESC, events DESC, word LIMIT 10
"""
COUNTRIES: Final = DEVICES.replace("toString(device)", "toString(country)")
BROWSERS: Final = DEVICES.replace("toString(device)", "toString(browser)")
SYSTEMS: Final = DEVICES.replace("toString(device)", "toString(os)")
GOALS: Final = """
SELECT name, count() AS events, uniqExact(visitor) AS visitors
FROM tallow.events WHERE name NOT IN ('pageview', 'engagement', 'Web Vitals')
    AND ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
GROUP BY name ORDER BY visitors DESC, events DESC, name LIMIT 20
"""
PROPS: Final = """
SELECT name, said.1 AS property, if(length(said.2) > 60, '(long)', said.2) AS value,
    count() AS events, uniqExact(visitor) AS visitors
FROM tallow.events ARRAY JOIN JSONExtractKeysAndValuesRaw(props) AS said
WHERE name NOT IN ('pageview', 'engagement', 'Web Vitals')
    AND ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
GROUP BY name, property, value ORDER BY events DESC LIMIT 6 BY name, property LIMIT 200
"""
REALTIME: Final = """
SELECT uniqExact(visitor) AS visitors FROM tallow.events
WHERE ts >= now64(3) - INTERVAL 5 MINUTE AND name != 'Web Vitals'
"""

_BREAKDOWNS: Final = {
    "pages": PAGES,
    "sources": SOURCES,
    "devices": DEVICES,
    "countries": COUNTRIES,
    "browsers": BROWSERS,
    "systems": SYSTEMS,
}


@dataclass(frozen=True, slots=True)
class Totals:
    """What a range sums up to. Visitors are counted anew each day, so days do not add up."""

    visitors: int
    visits: int
    views: int
    bounce_ratio: float | None
    visit_s: float | None


@dataclass(frozen=True, slots=True)
class Count:
    """A word and how many visitors (`count`) and events it has."""

    word: str
    count: int
    events: int


@dataclass(frozen=True, slots=True)
class Goal:
    """A named event: how often, by how many, and what was said with it."""

    name: str
    events: int
    visitors: int
    ratio: float
    properties: tuple[tuple[str, tuple[Count, ...]], ...] = ()


def totals(store: Store, span: Span) -> Totals:
    """Return visitors, visits, views, bounces and length of visits."""
    counted = store.query(TOTALS, span.parameters)[0]
    visits = store.query(VISITS, span.parameters)[0]
    many = int(visits["visits"])
    return Totals(
        visitors=int(counted["visitors"]),
        visits=many,
        views=int(counted["views"]),
        bounce_ratio=int(visits["bounced"]) / many if many else None,
        visit_s=float(visits["length_s"]) if many else None,
    )


def over_time(store: Store, span: Span) -> tuple[list[int], list[int]]:
    """Return visitors and page views of each step."""
    visitors, views = [0] * span.steps, [0] * span.steps
    for row in store.query(OVER_TIME, span.parameters):
        place = int(row["bucket"])
        if 0 <= place < span.steps:
            visitors[place], views[place] = int(row["visitors"]), int(row["views"])
    return visitors, views


def breakdown(store: Store, span: Span, by: str) -> list[Count]:
    """Return the ten commonest values `by` one of `_BREAKDOWNS`."""
    return [
        Count(row["word"], int(row["visitors"]), int(row["events"]))
        for row in store.query(_BREAKDOWNS[by], span.parameters)
    ]


def goals(store: Store, span: Span, visitors: int) -> list[Goal]:
    """Return the named events, commonest first; values of few visitors join "(other)"."""
    said: dict[str, dict[str, list[Count]]] = {}
    for row in store.query(PROPS, span.parameters):
        counts = said.setdefault(row["name"], {}).setdefault(row["property"], [])
        counts.append(Count(row["value"].strip('"'), int(row["visitors"]), int(row["events"])))
    return [
        Goal(
            name=row["name"],
            events=int(row["events"]),
            visitors=int(row["visitors"]),
            ratio=int(row["visitors"]) / visitors if visitors else 0.0,
            properties=tuple(
                (name, _hidden_few(counts))
                for name, counts in sorted(said.get(row["name"], {}).items())
            ),
        )
        for row in store.query(GOALS, span.parameters)
    ]


def realtime(store: Store) -> int:
    """Return how many visitors did something in the last five minutes."""
    return int(store.query(REALTIME)[0]["visitors"])


def _hidden_few(counts: list[Count]) -> tuple[Count, ...]:
    """Join what fewer than `FEW` visitors said: it could point at one of them."""
    many: list[Count] = [count for count in counts if count.count >= FEW]
    few = sum(count.events for count in counts if count.count < FEW)
    return (*many, Count("(other)", 0, few)) if few else tuple(many)
