"""PromQL against a slow, plain model of what Prometheus says a window is worth."""

import itertools
import math
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tallow_console.metrics.promql import Grid, PromqlError, Series, evaluate
from tallow_console.metrics.queries import fetcher, growth
from tallow_console.metrics.scrape import series_id
from tallow_console.metrics.tables import TABLES
from tallow_console.store import Store
from tallow_console.web.ranges import TimeRange

START_S = 1_795_000_000.0
GRID = Grid(START_S + 1000.5, START_S + 2800.5, 60)
Samples = dict[tuple[str, str], list[tuple[float, float]]]


@pytest.fixture(scope="module")
def samples() -> Samples:
    """Return two counters with resets and holes, a gauge, and a histogram, off any round second."""
    dice = random.Random(4)
    made: Samples = {}
    for code in ("200", "500"):
        value, points = 0.0, []
        for step in range(300):
            if dice.random() < 0.01:
                value = 0.0
            value += dice.randrange(5)
            if not 100 <= step < 160 or code == "200":
                points.append((round(START_S + step * 10 + dice.uniform(0.2, 9), 3), value))
        made["hits_total", code] = points
    made["heat", "a"] = [(START_S + 10 * step + 3.3, dice.uniform(-5, 5)) for step in range(280)]
    return made


@pytest.fixture(scope="module")
def store(samples: Samples, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = Store(Path(tmp_path_factory.mktemp("store")))
    made.create(TABLES)
    for (metric, code), points in samples.items():
        add(made, metric, {"code": code}, points)
    for bound, share in (("0.1", 10), ("0.5", 30), ("1", 38), ("+Inf", 40)):
        points = [(START_S + 10 * step + 1.7, float(share * step)) for step in range(300)]
        add(made, "took_seconds_bucket", {"le": bound}, points)
    yield made
    made.close()


def add(store: Store, metric: str, tags: dict[str, str], points: list[tuple[float, float]]) -> None:
    number = series_id(metric, tags)
    seen = {"first_seen": START_S, "type": "", "help": "", "unit": ""}
    store.insert("series", [{"id": number, "metric": metric, "tags": tags, **seen}])
    store.insert("samples", [{"id": number, "ts": at_s, "value": v} for at_s, v in points])


def ask(store: Store, query: str) -> list[Series]:
    return evaluate(query, GRID, fetcher(store))


def one(store: Store, query: str) -> Series:
    (series,) = ask(store, query)
    return series


def increase(points: list[tuple[float, float]], end_s: float, window_s: float) -> float | None:
    """Return what Prometheus gives: the rise with resets, stretched to the ends of the window."""
    inside = [point for point in points if end_s - window_s < point[0] <= end_s]
    if len(inside) < 2:
        return None
    rise = inside[-1][1] - inside[0][1]
    rise += sum(a[1] for a, b in itertools.pairwise(inside) if b[1] < a[1])
    length = inside[-1][0] - inside[0][0]
    mean = length / (len(inside) - 1)
    before, after = inside[0][0] - (end_s - window_s), end_s - inside[-1][0]
    before = before if before < mean * 1.1 else mean / 2
    after = after if after < mean * 1.1 else mean / 2
    if rise > 0 and inside[0][1] >= 0:
        before = min(before, length * inside[0][1] / rise)
    return rise * (length + before + after) / length


def close(found: float | None, wanted: float | None) -> bool:
    if found is None or wanted is None:
        return found is wanted
    return math.isclose(found, wanted, rel_tol=1e-7, abs_tol=1e-9)


@pytest.mark.parametrize("window_s", [60, 300])
@pytest.mark.parametrize("code", ["200", "500"])
def test_increase_is_what_the_model_says(
    store: Store, samples: Samples, code: str, window_s: int
) -> None:
    found = one(store, f'increase(hits_total{{code="{code}"}}[{window_s}s])')

    wanted = [increase(samples["hits_total", code], at_s, window_s) for at_s in GRID.times]
    assert all(map(close, found.values, wanted))
    assert found.labels == {"code": code}


def test_rate_is_increase_by_the_second(store: Store) -> None:
    rate = one(store, 'rate(hits_total{code="200"}[5m])')
    grown = one(store, 'increase(hits_total{code="200"}[5m]) / 300')

    assert all(map(close, rate.values, grown.values))


def test_a_selector_gives_the_newest_sample_of_five_minutes(store: Store, samples: Samples) -> None:
    found = one(store, 'hits_total{code="500"}')

    wanted = []
    for at_s in GRID.times:
        inside = [v for t, v in samples["hits_total", "500"] if at_s - 300 < t <= at_s]
        wanted.append(inside[-1] if inside else None)
    assert list(found.values) == wanted
    assert None in wanted


def test_sums_leave_out_what_is_absent(store: Store) -> None:
    total = one(store, "sum(hits_total)")
    parts = ask(store, "sum by (code) (hits_total)")

    for index, value in enumerate(total.values):
        known = [part.values[index] for part in parts if part.values[index] is not None]
        assert close(value, sum(known) if known else None)


@pytest.mark.parametrize(
    ("query", "same_as"),
    [
        pytest.param("max(hits_total)", "-min(-hits_total)", id="max and min mirror"),
        pytest.param(
            "avg(hits_total) * count(hits_total)", "sum(hits_total)", id="mean times many"
        ),
        pytest.param("(heat + 2) * 3 - 6", "heat * 3", id="arithmetic with numbers"),
        pytest.param("2 ^ 3 + heat * 0", "8 + heat * 0", id="powers"),
        pytest.param("7 % 4 + heat * 0", "heat * 0 + 3", id="remainders"),
        pytest.param(
            "sum by (code) (hits_total)", "sum without (nothing) (hits_total)", id="by, without"
        ),
        pytest.param('heat{code=~"a|b"}', 'heat{code!="z"}', id="matchers"),
        pytest.param("abs(heat)", "clamp_min(heat, 0) - clamp_max(heat, 0)", id="functions"),
        pytest.param("heat > 0", "clamp_min(heat, 0) > 0", id="a comparison keeps what holds"),
    ],
)
def test_expressions_that_mean_the_same_give_the_same(
    store: Store, query: str, same_as: str
) -> None:
    left, right = ask(store, query), ask(store, same_as)

    assert [series.key for series in left] == [series.key for series in right]
    assert left
    for a, b in zip(left, right, strict=True):
        assert all(map(close, a.values, b.values))


def test_a_share_of_one_label_among_all_is_a_ratio(store: Store) -> None:
    found = one(store, 'sum(rate(hits_total{code="500"}[5m])) / sum(rate(hits_total[5m]))')

    assert all(value is None or 0 <= value <= 1 for value in found.values)


@pytest.mark.parametrize(
    ("share", "seconds"),
    [
        pytest.param(0.25, 0.1, id="on the first bound"),
        pytest.param(0.5, 0.3, id="halfway through the second bucket"),
        pytest.param(0.99, 1.0, id="in the open bucket: its lower bound"),
    ],
)
def test_a_quantile_lies_straight_between_the_bounds(
    store: Store, share: float, seconds: float
) -> None:
    found = one(store, f"histogram_quantile({share}, rate(took_seconds_bucket[5m]))")

    assert all(close(value, seconds) for value in found.values)


def test_an_offset_looks_back(store: Store) -> None:
    shifted = evaluate("heat offset 2m", GRID, fetcher(store))
    then = Grid(GRID.start_s - 120, GRID.end_s - 120, GRID.step_s)

    assert shifted[0].values == evaluate("heat", then, fetcher(store))[0].values


def test_a_metric_nobody_knows_is_no_series(store: Store) -> None:
    assert ask(store, "nothing_total") == []


@pytest.mark.parametrize(
    ("query", "says"),
    [
        pytest.param("sum(", "does not parse", id="cut off"),
        pytest.param("rate(heat)", "does not parse", id="a rate of no window"),
        pytest.param("topk(3, heat)", "topk is not supported yet", id="an aggregation to come"),
        pytest.param("heat[5m:1m]", "subquery", id="a subquery"),
        pytest.param("heat or heat", "`or`", id="a set operation"),
        pytest.param(
            "label_replace(heat, 'a', 'b', 'c', 'd')", "not supported", id="a function to come"
        ),
        pytest.param("heat @ 5", "`@`", id="a fixed moment"),
        pytest.param("hits_total / on(x) hits_total", "several series", id="an ambiguous match"),
        pytest.param("(" * 250 + "1" + ")" * 250, "deep|parse", id="far too deep"),
    ],
)
def test_what_is_not_known_says_so(store: Store, query: str, says: str) -> None:
    with pytest.raises(PromqlError, match=says):
        ask(store, query)


def test_growth_counts_what_was_counted(store: Store, samples: Samples) -> None:
    span = TimeRange(START_S + 600, START_S + 2400).span(30)

    (grown,) = [one for one in growth(store, span, "hits_total", "code") if one.value == "200"]

    points = samples["hits_total", "200"]
    before = [value for at_s, value in points if span.first_s - span.step_s <= at_s < span.first_s]
    inside = [v for at_s, v in points if span.first_s <= at_s < span.times[-1] + span.step_s]
    rises = [b - a if b >= a else b for a, b in zip([before[-1], *inside], inside, strict=False)]
    # A reset within a step hides what came before it in that step; there are few.
    assert sum(rises) * 0.9 <= grown.total <= sum(rises)


def test_a_counter_that_appears_under_our_eyes_counts_from_zero(
    store: Store,
) -> None:
    """The first transfer of all is a counter that starts at one; a rate never sees it."""
    for metric, since_s in (("up", 0), ("old_total", 0), ("new_total", 30)):
        tags = {"instance": "a:1", "status": "ok"}
        number = series_id(metric, tags)
        seen = {"first_seen": START_S + since_s, "type": "", "help": "", "unit": ""}
        store.insert("series", [{"id": number, "metric": metric, "tags": tags, **seen}])
        points = [(START_S + since_s + 10 * step, 7.0) for step in range(5)]
        store.insert("samples", [{"id": number, "ts": at_s, "value": v} for at_s, v in points])
    span = TimeRange(START_S - 600, START_S + 600).span(20)

    totals = {
        metric: sum(one.total for one in growth(store, span, metric, "status"))
        for metric in ("old_total", "new_total")
    }

    assert totals == {"old_total": 0, "new_total": 7}
