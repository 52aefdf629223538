"""Counting: exact from any thread, by position or name, and never in the application's way."""

import math
import threading
import time

import pytest

from tallow.exceptions import MetricError
from tallow.metrics import INTERNAL_ERRORS, Counter, Gauge, Histogram
from tallow.metrics.exposition import clean_label
from tallow.metrics.instruments import CounterChild, lock_steps
from tallow.metrics.registry import OTHER, OVERFLOW, Registry


@pytest.fixture
def registry() -> Registry:
    return Registry(clean=clean_label)


def refused() -> float:
    return INTERNAL_ERRORS.labels("metrics").value


def test_a_counter_counts_exactly_from_eight_threads(registry: Registry) -> None:
    done = Counter("done_total", "Done.", ("kind",), registry=registry)

    def count() -> None:
        for _ in range(20_000):
            done.labels("a").inc()

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert done.labels("a").value == 160_000


def test_a_histogram_counts_exactly_from_eight_threads(registry: Registry) -> None:
    took = Histogram("took_seconds", "Took.", registry=registry)

    def observe() -> None:
        for _ in range(5_000):
            took.observe(0.25)

    threads = [threading.Thread(target=observe) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    only = took.labels()
    assert (only.count, only.sum) == (40_000, 10_000.0)


def test_labels_by_position_and_by_name_are_the_same_series(registry: Registry) -> None:
    sent = Counter("sent_total", "Sent.", ("method", "status"), registry=registry)

    sent.labels("direct", "ok").inc()
    sent.labels(status="ok", method="direct").inc()
    sent.labels("direct", status="ok").inc()

    assert sent.labels("direct", "ok").value == 3


def test_a_number_as_a_label_is_its_text(registry: Registry) -> None:
    answered = Counter("answered_total", "Answered.", ("status",), registry=registry)

    answered.labels(200).inc()
    answered.labels("200").inc()

    assert answered.labels("200").value == 2


def test_a_value_that_was_not_declared_becomes_other(registry: Registry) -> None:
    sent = Counter("sent_total", "Sent.", {"method": ("direct", "relay")}, registry=registry)

    for said in ("carrier pigeon", "smoke", ["a", "list"], None):
        sent.labels(said).inc()

    assert sent.labels(OTHER).value == 4
    assert len(sent.family.children()) == 1


def test_a_full_family_sends_new_values_to_one_series(
    registry: Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    dropped: list[str] = []
    registry.on_drop = dropped.append
    hits = Counter(
        "hits_total", "Hits.", {"who": 5_000, "ok": ("yes", "no")}, most_series=3, registry=registry
    )

    for number in range(50):
        hits.labels(f"who{number}", "yes").inc()

    series = {tuple(label.value for label in child.labels) for child in hits.family.children()}
    assert series == {("who0", "yes"), ("who1", "yes"), ("who2", "yes"), (OVERFLOW, "yes")}
    assert hits.labels("never seen", "yes").value == 47
    assert dropped == ["hits_total"] * 48
    assert capsys.readouterr().err.count("hits_total") == 1


def test_a_label_may_have_a_limit_of_its_own(registry: Registry) -> None:
    served = Counter("served_total", "Served.", {"route": 2, "status": 10}, registry=registry)

    for route in ("/a", "/b", "/c", "/d"):
        for status in ("200", "404"):
            served.labels(route, status).inc()

    assert served.labels("/a", "404").value == 1
    assert served.labels(OVERFLOW, "200").value == 2
    assert served.labels(OVERFLOW, "404").value == 2


def test_what_people_say_in_labels_cannot_fill_the_memory(registry: Registry) -> None:
    mails = Counter("mails_total", "Mails.", ("to",), most_series=10, registry=registry)

    for number in range(500):
        mails.labels(f"person{number}@example.org").inc()

    assert len(mails.family.known) <= 100
    assert sum(child.value for child in mails.family.children()) == 500


def test_two_people_who_look_alike_when_scrubbed_share_a_series(registry: Registry) -> None:
    mails = Counter("mails_total", "Mails.", ("to",), registry=registry)

    mails.labels("ann@example.org").inc()
    mails.labels("bob@example.org").inc()

    assert [child.value for child in mails.family.children()] == [2]


@pytest.mark.parametrize(
    "amount",
    [
        pytest.param(-1, id="less than nothing"),
        pytest.param(math.nan, id="not a number"),
        pytest.param(math.inf, id="without end"),
        pytest.param("7", id="text"),
        pytest.param(None, id="nothing"),
    ],
)
def test_what_cannot_be_counted_is_left_out_and_said(registry: Registry, amount: object) -> None:
    done = Counter("done_total", "Done.", registry=registry)
    before = refused()

    done.inc(amount)

    assert done.value == 0
    assert refused() == before + 1


@pytest.mark.parametrize("value", [math.nan, math.inf, "7", None])
def test_what_cannot_be_observed_is_left_out_and_said(registry: Registry, value: object) -> None:
    took = Histogram("took_seconds", "Took.", registry=registry)
    before = refused()

    took.observe(value)

    assert took.labels().count == 0
    assert refused() == before + 1


def test_a_gauge_goes_up_and_down(registry: Registry) -> None:
    level = Gauge("level_ratio", "Level.", registry=registry)

    level.set(5)
    level.inc(2)
    level.dec()
    with level.track():
        assert level.value == 7

    assert level.value == 6


def test_a_value_on_a_bound_belongs_to_the_lower_bucket(registry: Registry) -> None:
    took = Histogram("took_seconds", "Took.", buckets=(1.0, 2.0), registry=registry)

    for value in (0.5, 1.0, 1.5, 2.0, 3.0):
        took.observe(value)

    assert took.labels().counts == [2, 2, 1]


def test_the_same_declaration_twice_is_the_same_metric(registry: Registry) -> None:
    Counter("done_total", "Done.", registry=registry).inc()
    Counter("done_total", "Said otherwise.", registry=registry).inc()

    assert Counter("done_total", "Done.", registry=registry).value == 2


@pytest.mark.parametrize(
    ("declare", "said"),
    [
        pytest.param(
            lambda r: Gauge("done_total", "D.", registry=r),
            "metric done_total ends like another kind; expected a gauge's name ends in its unit",
            id="a gauge that counts",
        ),
        pytest.param(
            lambda r: Counter("done", "D.", registry=r),
            "metric done does not say it counts; expected a name that ends in _total",
            id="a counter that does not say so",
        ),
        pytest.param(
            lambda r: Counter("seen_total", "D.", ("other",), registry=r),
            "metric seen_total is declared twice differently; expected one declaration",
            id="other labels than before",
        ),
        pytest.param(
            lambda r: Histogram("h_seconds", "D.", buckets=(2.0, 1.0), registry=r),
            "metric h_seconds has buckets that do not go up; expected upper bounds, going up",
            id="buckets that go down",
        ),
        pytest.param(
            lambda r: Histogram("h_seconds", "D.", ("le",), registry=r),
            "metric h_seconds has a label of a wrong name; expected letters, digits and _",
            id="a label the format needs itself",
        ),
        pytest.param(
            lambda r: Counter("a b_total", "D.", registry=r),
            "metric name has characters it may not; expected letters, digits and _",
            id="a space in a name",
        ),
        pytest.param(
            lambda r: Counter("seen_total", "D.", ("kind",), registry=r).labels(),
            "metric seen_total got the wrong number of labels; expected kind",
            id="used with too few labels",
        ),
        pytest.param(
            lambda r: Counter("seen_total", "D.", ("kind",), registry=r).labels(sort="a"),
            "metric seen_total got labels it does not have; expected kind",
            id="used with a label it does not have",
        ),
        pytest.param(
            lambda r: Counter("seen_total", "D.", ("kind",), registry=r).inc(),
            "metric seen_total is used without its labels; expected kind",
            id="used without its labels",
        ),
    ],
)
def test_a_mistake_in_a_declaration_is_said(registry: Registry, declare: object, said: str) -> None:
    Counter("seen_total", "Seen.", ("kind",), registry=registry)

    with pytest.raises(MetricError) as caught:
        declare(registry)

    assert str(caught.value) == said


def test_a_series_that_was_removed_starts_again(registry: Registry) -> None:
    sizes = Gauge("size_bytes", "Size.", ("sink",), registry=registry)
    sizes.labels("loki").set(5)

    sizes.remove("loki")

    assert sizes.family.children() == []
    assert sizes.labels("loki").value == 0


def test_a_timer_takes_in_seconds(registry: Registry) -> None:
    took = Histogram("took_seconds", "Took.", registry=registry)

    with took.time():
        pass

    assert took.labels().count == 1
    assert 0 <= took.labels().sum < 1


def test_where_there_is_no_global_lock_steps_take_one_of_their_own() -> None:
    class Slow(CounterChild):
        """A counter that lets others in between reading and writing."""

        def inc(self, amount: float = 1, exemplar: str = "") -> None:
            before = self.value
            time.sleep(0)
            self.value = before + amount

    lock_steps(Slow, "inc")
    one = Slow()
    threads = [threading.Thread(target=lambda: [one.inc() for _ in range(300)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert one.value == 1200
