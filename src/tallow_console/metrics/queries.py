"""Metrics read back: families, PromQL's windows, and how much counters grew."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tallow_console.store import Store
from tallow_console.web.ranges import Span

from .promql import WINDOW_FUNCTIONS, Grid, Matcher, PromqlError, Selection, Series

__all__ = ["Family", "Growth", "families", "fetcher", "growth", "label_values"]

MOST_SERIES: Final = 1000

# `{conditions}` are fragments of `_MATCHERS`, whose values are parameters too.
SELECT_SERIES: Final = """
SELECT id, metric, tags FROM tallow.series FINAL WHERE {conditions} LIMIT 1001
"""
# `{function}` is one of `WINDOW_FUNCTIONS`.
SELECT_GRID: Final = """
SELECT id, {function}(fromUnixTimestamp64Milli({{start:Int64}}, 'UTC'),
    fromUnixTimestamp64Milli({{end:Int64}}, 'UTC'), {{step:Float64}}, {{window:Float64}})(ts, value)
    AS points
FROM tallow.samples WHERE id IN {{ids:Array(UInt64)}}
    AND ts >= fromUnixTimestamp64Milli({{before:Int64}}, 'UTC')
    AND ts <= fromUnixTimestamp64Milli({{end:Int64}}, 'UTC')
GROUP BY id SETTINGS enable_time_series_aggregate_functions = 1
"""
SELECT_FAMILIES: Final = """
SELECT metric, any(type) AS kind, any(help) AS words, any(unit) AS unit, count() AS series,
    arrayDistinct(arrayFlatten(groupArray(mapKeys(tags)))) AS labels
FROM tallow.series FINAL GROUP BY metric ORDER BY metric
"""
# A counter that fell was reset; one that appeared after its target was first read counts from zero.
SELECT_GROWTH: Final = """
WITH steps AS (
    SELECT id, intDiv(toUnixTimestamp(ts) - {first:Int64} + {step:UInt32}, {step:UInt32}) AS place,
        argMax(value, ts) AS last
    FROM tallow.samples
    WHERE id IN (SELECT id FROM tallow.series WHERE metric = {metric:String})
        AND ts >= fromUnixTimestamp64Milli({before:Int64}, 'UTC')
        AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
    GROUP BY id, place
), named AS (
    SELECT known.id AS id, if({by:String} = '', '', known.tags[{by:String}]) AS said,
        toUnixTimestamp(began.since) > 0 AND known.first_seen > began.since AS is_new
    FROM (SELECT * FROM tallow.series FINAL WHERE metric = {metric:String}) AS known
    LEFT JOIN (SELECT tags['instance'] AS instance, max(first_seen) AS since
        FROM tallow.series FINAL WHERE metric = 'up' GROUP BY instance) AS began
    ON known.tags['instance'] = began.instance
), grown AS (
    SELECT place, said,
        lagInFrame(last, 1, -1) OVER (PARTITION BY id ORDER BY place) AS earlier,
        multiIf(earlier < 0, if(is_new, last, 0), last < earlier, last, last - earlier) AS growth
    FROM steps INNER JOIN named USING (id)
)
SELECT said, place, sum(growth) AS growth FROM grown WHERE place > 0 GROUP BY said, place
"""
SELECT_LABEL_VALUES: Final = """
SELECT DISTINCT tags[{label:String}] AS said FROM tallow.series
WHERE metric = {metric:String} AND said != '' ORDER BY said LIMIT 200
"""
_MATCHERS: Final = {
    "=": "{column} = {{{name}:String}}",
    "!=": "{column} != {{{name}:String}}",
    "=~": "match({column}, {{{name}:String}})",
    "!~": "NOT match({column}, {{{name}:String}})",
}
_ENDINGS: Final = ("_bucket", "_count", "_sum")


@dataclass(frozen=True, slots=True)
class Family:
    """One metric family: its name, what it is, and how many series it has."""

    name: str
    type: str
    help: str
    unit: str
    series: int
    labels: tuple[str, ...]

    @property
    def query(self) -> str:
        """Return the query that shows it best."""
        if self.type == "histogram":
            return f"histogram_quantile(0.95, sum by (le) (rate({self.name}_bucket[5m])))"
        if self.type == "counter":
            return f"sum(rate({self.name}[5m]))"
        return self.name


@dataclass(frozen=True, slots=True)
class Growth:
    """How much the counters with one label value grew in each step."""

    value: str
    steps: tuple[float, ...]

    @property
    def total(self) -> float:
        """Return the growth over all steps."""
        return sum(self.steps)


def families(store: Store) -> list[Family]:
    """Return every family by name; the samples of a histogram are one family."""
    found: dict[str, Family] = {}
    for row in store.query(SELECT_FAMILIES):
        name, kind = row["metric"], row["kind"]
        if kind in {"histogram", "summary"}:
            for ending in _ENDINGS:
                name = name.removesuffix(ending)
        labels = tuple(sorted(set(row["labels"]) - {"le", "quantile"}))
        many = int(row["series"])
        if name in found and not row["metric"].endswith("_bucket"):
            continue
        found[name] = Family(name, kind or "unknown", row["words"], row["unit"], many, labels)
    return sorted(found.values(), key=lambda family: family.name)


def fetcher(store: Store) -> Callable[[Selection, Grid], list[Series]]:
    """Return what `promql.evaluate` fetches series with."""

    def fetch(asked: Selection, grid: Grid) -> list[Series]:
        named = _series(store, asked.matchers)
        if not named:
            return []
        start_s, end_s = grid.start_s - asked.offset_s, grid.end_s - asked.offset_s
        parameters = {
            "start": round(start_s * 1000),
            "end": round((start_s + (grid.count - 1) * grid.step_s) * 1000),
            "before": round((start_s - asked.window_s) * 1000),
            "step": float(grid.step_s),
            "window": float(asked.window_s),
            "ids": list(named),
        }
        assert end_s >= start_s
        text = SELECT_GRID.format(function=WINDOW_FUNCTIONS[asked.function])
        return [
            Series(named[int(row["id"])], tuple(row["points"]))
            for row in store.query(text, parameters)
        ]

    return fetch


def growth(store: Store, span: Span, metric: str, by: str = "") -> list[Growth]:
    """Return how much a counter grew in each step, by the values of one label or all together."""
    asked = {**span.parameters, "metric": metric, "by": by}
    found: dict[str, list[float]] = {}
    for row in store.query(SELECT_GROWTH, asked):
        place = int(row["place"]) - 1
        if 0 <= place < span.steps:
            found.setdefault(row["said"], [0.0] * span.steps)[place] += float(row["growth"])
    return [Growth(said, tuple(values)) for said, values in sorted(found.items())]


def label_values(store: Store, metric: str, label: str) -> list[str]:
    """Return the values a label of a metric has."""
    asked = {"metric": metric, "label": label}
    return [row["said"] for row in store.query(SELECT_LABEL_VALUES, asked)]


def _series(store: Store, matchers: tuple[Matcher, ...]) -> dict[int, dict[str, str]]:
    """Return the labels of every series that matches, by id."""
    fragments, parameters = [], dict[str, Any]()
    for index, matcher in enumerate(matchers):
        name = f"m{index}"
        column = "metric" if matcher.name == "__name__" else f"tags[{{{name}k:String}}]"
        fragments.append(_MATCHERS[matcher.op].format(column=column, name=name))
        if matcher.name != "__name__":
            parameters[f"{name}k"] = matcher.name
        pattern = matcher.op in {"=~", "!~"}
        parameters[name] = f"^(?:{matcher.value})$" if pattern else matcher.value
    if not fragments:
        raise PromqlError("A selector needs a name or a matcher")
    rows = store.query(SELECT_SERIES.format(conditions=" AND ".join(fragments)), parameters)
    if len(rows) > MOST_SERIES:
        raise PromqlError(f"More than {MOST_SERIES} series match; narrow it with matchers")
    return {int(row["id"]): {"__name__": row["metric"], **row["tags"]} for row in rows}
