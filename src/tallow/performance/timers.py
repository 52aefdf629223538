"""Timers: how long a named stretch of work takes, as a histogram."""

import functools
import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, ParamSpec, TypeVar, cast

from tallow.metrics import INTERNAL_ERRORS, Histogram

__all__ = ["mark", "measure", "record", "timed", "timer"]

_BUCKETS: Final = (
    0.0001, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0,
)  # fmt: skip
_MOST_MARKS: Final = 64

_durations: Final = Histogram(
    "tallow_measure_duration_seconds",
    "How long named stretches of work took.",
    {"name": 200, "source": ("server", "browser")},
    buckets=_BUCKETS,
)
_marks: ContextVar[dict[str, float] | None] = ContextVar("tallow_marks", default=None)

P = ParamSpec("P")
R = TypeVar("R")


def record(name: str, duration_s: float, *, source: str = "server") -> None:
    """Take in a duration that was measured elsewhere; negative ones are left out and counted."""
    if not duration_s >= 0:
        INTERNAL_ERRORS.labels("performance").inc()
        return
    _durations.labels(name, source).observe(duration_s)


@contextmanager
def timer(name: str) -> Iterator[None]:
    """Measure the body, whether it ends well or raises: `with performance.timer("resize"):`."""
    start_s = time.perf_counter()
    try:
        yield
    finally:
        record(name, time.perf_counter() - start_s)


def timed(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Measure each call of a function or coroutine function: `@performance.timed("resize")`."""

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def timed_later(*args: P.args, **named: P.kwargs) -> object:
                with timer(name):
                    return await function(*args, **named)

            return cast("Callable[P, R]", timed_later)

        @functools.wraps(function)
        def timed_now(*args: P.args, **named: P.kwargs) -> R:
            with timer(name):
                return function(*args, **named)

        return timed_now

    return wrap


def mark(name: str) -> float:
    """Remember this moment under a name, within this task; return it (monotonic seconds)."""
    now_s = time.perf_counter()
    marks = dict(_marks.get() or {})
    if name not in marks and len(marks) >= _MOST_MARKS:
        marks.pop(next(iter(marks)))
    marks[name] = now_s
    _marks.set(marks)
    return now_s


def measure(name: str, since: str, until: str = "") -> float | None:
    """Take in the seconds between two marks, or from one until now; return them.

    A mark that was never made gives None, and is counted.
    """
    marks = _marks.get() or {}
    start_s, end_s = marks.get(since), marks.get(until) if until else time.perf_counter()
    if start_s is None or end_s is None:
        INTERNAL_ERRORS.labels("performance").inc()
        return None
    record(name, end_s - start_s)
    return end_s - start_s
