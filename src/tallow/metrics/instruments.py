"""Counter, Gauge and Histogram: what an application counts with, from any thread."""

import math
import sys
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial, wraps
from itertools import pairwise
from typing import Any, Final, Generic, TypeVar

from tallow.exceptions import MetricError

from .exposition import clean_label
from .registry import Child, Family, LabelSpec, Registry

__all__ = [
    "BYTES_BUCKETS",
    "CARDINALITY",
    "INTERNAL_ERRORS",
    "IS_LOCK_FREE",
    "REGISTRY",
    "SECONDS_BUCKETS",
    "Counter",
    "CounterChild",
    "Gauge",
    "GaugeChild",
    "Histogram",
    "HistogramChild",
    "lock_steps",
]

SECONDS_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
BYTES_BUCKETS: Final = tuple(float(1024 * 4**n) for n in range(13))
"""1 KiB to 16 GiB in steps of four."""

_INF: Final = math.inf

REGISTRY: Final = Registry(clean=clean_label)
"""The families of this process."""


class CounterChild(Child):
    """One count, which only goes up."""

    __slots__ = ("exemplar", "value")

    def __init__(self) -> None:
        super().__init__()
        self.value: float = 0
        self.exemplar: tuple[str, float, float] | None = None

    def inc(self, amount: float = 1, exemplar: str = "") -> None:
        """Add `amount`, 0 or more; what cannot be added is left out and counted.

        `exemplar` is the trace id (32 hex digits) of an example, shown in OpenMetrics.
        """
        if exemplar:
            self._add(amount)
            self.exemplar = (exemplar, amount, time.time())
        elif amount == 1:  # nearly always, and a third cheaper so
            self.value += 1
        else:
            self._add(amount)

    def _add(self, amount: float) -> None:
        try:
            if 0 <= amount < _INF:
                self.value += amount
            else:
                _refuse()
        except TypeError:
            _refuse()


class GaugeChild(Child):
    """One value that goes up and down."""

    __slots__ = ("read", "value")

    def __init__(self) -> None:
        super().__init__()
        self.value: float = 0
        self.read: Callable[[], float] | None = None

    def set(self, value: float) -> None:
        """Make `value` the value; what is no number is left out and counted."""
        try:
            self.value = value + 0
        except TypeError:
            _refuse()

    def inc(self, amount: float = 1) -> None:
        """Add `amount`."""
        try:
            self.value += amount
        except TypeError:
            _refuse()

    def dec(self, amount: float = 1) -> None:
        """Take `amount` away."""
        try:
            self.value -= amount
        except TypeError:
            _refuse()

    def set_function(self, read: Callable[[], float]) -> None:
        """Ask `read` for the value at each scrape; it must be quick."""
        self.read = read

    @contextmanager
    def track(self) -> Iterator[None]:
        """Count the bodies that are running."""
        self.inc()
        try:
            yield
        finally:
            self.dec()


class HistogramChild(Child):
    """How many values fell into each bucket, and their sum."""

    __slots__ = ("bounds", "counts", "exemplars", "sum")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        super().__init__()
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum: float = 0.0
        self.exemplars: dict[int, tuple[str, float, float]] | None = None

    def observe(self, value: float, exemplar: str = "") -> None:
        """Take in one finite value; what is none is left out and counted.

        `exemplar` is the trace id (32 hex digits) of an example, shown in OpenMetrics.
        """
        try:
            if not -_INF < value < _INF:
                _refuse()
                return
            bucket = bisect_left(self.bounds, value)
            self.counts[bucket] += 1
            self.sum += value
            if exemplar:
                self._keep(bucket, exemplar, value)
        except TypeError:
            _refuse()

    def _keep(self, bucket: int, exemplar: str, value: float) -> None:
        if self.exemplars is None:
            self.exemplars = {}
        self.exemplars[bucket] = (exemplar, value, time.time())

    @property
    def count(self) -> int:
        """How many values there were."""
        return sum(self.counts)

    @contextmanager
    def time(self) -> Iterator[None]:
        """Take in the seconds the body takes; works as a decorator too."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.observe(time.perf_counter() - start)


def _has_gil() -> bool:
    """Return whether one `x += y` on a number in a slot is one step for all threads.

    CPython with its lock looks for other threads only at calls and backward jumps, and there is
    none inside such a line. Anywhere else each step takes a lock.
    """
    enabled = getattr(sys, "_is_gil_enabled", lambda: True)
    return sys.implementation.name == "cpython" and bool(enabled())


def lock_steps(kind: type[Child], *steps: str) -> None:
    """Make the named methods of a kind of series take a lock, one for each method."""
    for step in steps:
        setattr(kind, step, _locked(getattr(kind, step)))


def _locked(method: Callable[..., None]) -> Callable[..., None]:
    lock = threading.Lock()

    @wraps(method)
    def step(*args: Any, **named: Any) -> None:
        with lock:
            method(*args, **named)

    return step


IS_LOCK_FREE: Final = _has_gil()
if not IS_LOCK_FREE:
    lock_steps(CounterChild, "inc")
    lock_steps(GaugeChild, "set", "inc", "dec")
    lock_steps(HistogramChild, "observe")


C = TypeVar("C", bound=Child)


class _Instrument(Generic[C]):
    """What the three kinds share: a family, and the way to its series."""

    __slots__ = ("_known", "family")

    def __init__(self, family: Family[C]) -> None:
        self.family = family
        self._known = family.known

    def labels(self, *values: object, **named: object) -> C:
        """Return the series of these label values, by position or by name.

        Raises:
            MetricError: too few, too many or unknown labels.
        """
        if not named:
            try:
                return self._known[values]
            except (KeyError, TypeError):  # new, or something that cannot be a key; its text can
                pass
        return self.family.child(values, named)

    def remove(self, *values: object) -> None:
        """Take a series out, so that the next scrape no longer shows it."""
        self.family.forget(values)

    def _only(self) -> C | None:
        """Return the one series of a family without labels."""
        return None if self.family.labels else self.family.child(())

    def _needs_labels(self, *_: object, **__: object) -> Any:
        names = ", ".join(self.family.label_names)
        raise MetricError(self.family.name, "is used without its labels", names)


class Counter(_Instrument[CounterChild]):
    """A count that only goes up: `Counter("jobs_total", "Jobs done.", {"status": ("ok",)})`.

    Labels are names alone (any value, up to 1,000 series), or name → the values it may have, or
    name → the most values there may be. Declaring the same metric again gives the same series.

    Raises:
        MetricError: a bad name, or declared before as something else.
    """

    __slots__ = ("inc",)
    inc: Callable[..., None]

    def __init__(
        self,
        name: str,
        text: str,
        labels: LabelSpec = (),
        *,
        most_series: int = 1000,
        registry: Registry = REGISTRY,
    ) -> None:
        make = CounterChild
        super().__init__(registry.declare(name, text, "counter", labels, make, most_series))
        only = self._only()
        self.inc = only.inc if only else self._needs_labels

    @property
    def value(self) -> float:
        """What a counter without labels has counted."""
        return self.family.child(()).value


class Gauge(_Instrument[GaugeChild]):
    """A value that goes up and down; its name ends in its unit, never in `_total`.

    Labels and errors as for `Counter`.
    """

    __slots__ = ("dec", "inc", "set", "set_function", "track")
    set: Callable[[float], None]
    inc: Callable[..., None]
    dec: Callable[..., None]
    set_function: Callable[[Callable[[], float]], None]
    track: Callable[[], AbstractContextManager[None]]

    def __init__(
        self,
        name: str,
        text: str,
        labels: LabelSpec = (),
        *,
        most_series: int = 1000,
        registry: Registry = REGISTRY,
    ) -> None:
        make = GaugeChild
        super().__init__(registry.declare(name, text, "gauge", labels, make, most_series))
        only = self._only()
        self.set = only.set if only else self._needs_labels
        self.inc = only.inc if only else self._needs_labels
        self.dec = only.dec if only else self._needs_labels
        self.set_function = only.set_function if only else self._needs_labels
        self.track = only.track if only else self._needs_labels

    @property
    def value(self) -> float:
        """What a gauge without labels says."""
        return self.family.child(()).value


class Histogram(_Instrument[HistogramChild]):
    """How values are spread over `buckets` (upper bounds, going up); the name ends in the unit.

    Labels and errors as for `Counter`.
    """

    __slots__ = ("observe", "time")
    observe: Callable[..., None]
    time: Callable[[], AbstractContextManager[None]]

    def __init__(
        self,
        name: str,
        text: str,
        labels: LabelSpec = (),
        *,
        buckets: Sequence[float] = SECONDS_BUCKETS,
        most_series: int = 1000,
        registry: Registry = REGISTRY,
    ) -> None:
        bounds = tuple(float(bound) for bound in buckets if bound != _INF)
        if not bounds or any(low >= high for low, high in pairwise(bounds)):
            raise MetricError(name, "has buckets that do not go up", "upper bounds, going up")
        make = partial(HistogramChild, bounds)
        super().__init__(registry.declare(name, text, "histogram", labels, make, most_series))
        only = self._only()
        self.observe = only.observe if only else self._needs_labels
        self.time = only.time if only else self._needs_labels


CARDINALITY: Final = Counter(
    "tallow_cardinality_dropped_total",
    "Label values left out because their family is full.",
    ("family",),
)
INTERNAL_ERRORS: Final = Counter(
    "tallow_internal_errors_total", "Failures inside the SDK, by room.", ("room",)
)


def _refuse() -> None:
    """Count a value that is no number, or not one its instrument may take."""
    INTERNAL_ERRORS.labels("metrics").inc()


def _count_dropped(family: str) -> None:
    if family != CARDINALITY.family.name:
        CARDINALITY.labels(family).inc()


REGISTRY.on_drop = _count_dropped
