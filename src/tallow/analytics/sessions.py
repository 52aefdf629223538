"""Visits and their journeys, in memory only: how many, how long, how deep, and then forgotten."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from tallow.metrics import REGISTRY, Counter, Gauge, Histogram
from tallow.metrics.registry import Registry

__all__ = ["Session", "Sessions"]

_GAP_S: Final = 30 * 60.0
_MOST_SESSIONS: Final = 10_000
_LONGEST_JOURNEY: Final = 20


@dataclass(slots=True)
class Session:
    """One visit. `journey` holds its last 20 routes, oldest first; nothing here says whose."""

    began_s: float
    seen_s: float
    pages: int = 0
    interactions: int = 0
    journey: list[str] = field(default_factory=list)

    @property
    def duration_s(self) -> float:
        """From the first sign of the visit to the last."""
        return self.seen_s - self.began_s

    @property
    def is_bounce(self) -> bool:
        """Whether the visitor saw one page at most and did nothing there."""
        return self.pages < 2 and self.interactions == 0

    @property
    def entry(self) -> str:
        """The first of the routes that are remembered."""
        return self.journey[0] if self.journey else ""

    @property
    def exit(self) -> str:
        """The last route seen."""
        return self.journey[-1] if self.journey else ""


class Sessions:
    """The visits of a process. Any thread may call it; nothing is written anywhere.

    `key` is whatever tells visits apart for as long as they last (a view id, a connection); it
    is never shown, and forgotten with its visit after 30 minutes without a sign. Of more than
    10,000 visits at once, the ones that were silent longest end first.
    """

    def __init__(
        self, registry: Registry = REGISTRY, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._now = now
        self._open: OrderedDict[str, Session] = OrderedDict()
        self._lock = Lock()
        self._ended = Counter(
            "tallow_sessions_total",
            "Visits that ended.",
            {"kind": ("visit", "bounce")},
            registry=registry,
        )
        self._durations = Histogram(
            "tallow_session_duration_seconds",
            "How long visits lasted.",
            buckets=(1.0, 10.0, 30.0, 60.0, 180.0, 600.0, 1800.0, 3600.0),
            registry=registry,
        )
        self._active = Gauge(
            "tallow_sessions_active", "Visits that are going on.", registry=registry
        )
        self._active.set_function(self.active)

    def page(self, key: str, route: str) -> Session:
        """Take in that a visit reached a route; return the visit, new or going on."""
        with self._lock:
            session = self._touch(key)
            session.pages += 1
            if session.exit != route:
                session.journey.append(route)
                del session.journey[:-_LONGEST_JOURNEY]
            return session

    def interaction(self, key: str) -> Session:
        """Take in that a visitor did something; return the visit, new or going on."""
        with self._lock:
            session = self._touch(key)
            session.interactions += 1
            return session

    def end(self, key: str) -> Session | None:
        """End a visit now, because its connection did; return it, or None if there is none."""
        with self._lock:
            session = self._open.pop(key, None)
            if session is not None:
                self._count(session)
            return session

    def active(self) -> int:
        """Return how many visits are going on."""
        with self._lock:
            self._end_silent(self._now())
            return len(self._open)

    def _touch(self, key: str) -> Session:
        now_s = self._now()
        self._end_silent(now_s)
        session = self._open.pop(key, None) or Session(now_s, now_s)
        session.seen_s = now_s
        self._open[key] = session
        if len(self._open) > _MOST_SESSIONS:
            self._count(self._open.popitem(last=False)[1])
        return session

    def _end_silent(self, now_s: float) -> None:
        while self._open:
            key, oldest = next(iter(self._open.items()))
            if now_s - oldest.seen_s <= _GAP_S:
                break
            del self._open[key]
            self._count(oldest)

    def _count(self, session: Session) -> None:
        self._ended.labels("bounce" if session.is_bounce else "visit").inc()
        self._durations.observe(session.duration_s)
