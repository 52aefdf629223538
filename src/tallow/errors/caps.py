"""How often one error may leave, decided before its event is built; the rest is counted."""

import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from tallow.metrics import Counter

__all__ = ["CAPS", "Caps", "Suppressed", "Verdict"]

_AT_ONCE: Final = 10.0
_PER_SECOND: Final = 1 / 60
_ALL_AT_ONCE: Final = 100.0
_ALL_PER_SECOND: Final = 1.0
_MOST_KINDS: Final = 1000

Key: TypeAlias = tuple[type[BaseException], str, str, int]

_errors: Final = Counter("tallow_errors_total", "Errors captured, sent or not.", ("type",))


@dataclass(frozen=True, slots=True)
class Suppressed:
    """How many errors of one kind did not leave, and the last event of it that did."""

    type: str
    reason: Literal["capped", "sample_rate"]
    quantity: int
    event_id: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an error may leave; if not, `event_id` names the last one like it that did."""

    may_leave: bool
    key: Key
    event_id: str = ""


class _Kind:
    """One kind of error: a type raised at one line."""

    __slots__ = ("asked_s", "capped", "event_id", "sampled_out", "tokens")

    def __init__(self, now_s: float) -> None:
        self.tokens = _AT_ONCE
        self.asked_s = now_s
        self.capped = 0
        self.sampled_out = 0
        self.event_id = ""


class Caps:
    """Lets 10 errors of a kind leave at once and then one a minute; any thread may ask.

    All kinds together: 100 at once and then one a second. A kind is a type raised at one line.
    """

    def __init__(
        self,
        sample_ratio: float = 1.0,
        now: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.sample_ratio = sample_ratio
        self._now = now
        self._chance = chance
        self._lock = threading.Lock()
        self._kinds: dict[Key, _Kind] = {}
        self._tokens = _ALL_AT_ONCE
        self._asked_s = now()

    def decide(self, error: BaseException) -> Verdict:
        """Count an error and say whether it may leave. Takes microseconds."""
        key = _key(error)
        _errors.labels(key[0].__name__).inc()
        with self._lock:
            now_s = self._now()
            kind = self._kinds.get(key)
            if kind is None:
                kind = self._remember(key, now_s)
            if self.sample_ratio < 1 and self._chance() >= self.sample_ratio:
                kind.sampled_out += 1
                return Verdict(False, key)
            kind.tokens = min(kind.tokens + (now_s - kind.asked_s) * _PER_SECOND, _AT_ONCE)
            kind.asked_s = now_s
            elapsed_s = now_s - self._asked_s
            self._tokens = min(self._tokens + elapsed_s * _ALL_PER_SECOND, _ALL_AT_ONCE)
            self._asked_s = now_s
            if kind.tokens < 1 or self._tokens < 1:
                kind.capped += 1
                return Verdict(False, key, kind.event_id)
            kind.tokens -= 1
            self._tokens -= 1
            return Verdict(True, key)

    def left(self, key: Key, event_id: str) -> None:
        """Remember the event that an error of this kind left as."""
        with self._lock:
            kind = self._kinds.get(key)
            if kind is not None:
                kind.event_id = event_id

    def take_held_back(self, key: Key) -> int:
        """Return how many errors of this kind did not leave, and count them no more."""
        with self._lock:
            kind = self._kinds.get(key)
            if kind is None:
                return 0
            held_back, kind.capped = kind.capped, 0
            return held_back

    def take_suppressed(self) -> tuple[Suppressed, ...]:
        """Return what did not leave since the last call, and begin to count anew."""
        found = []
        with self._lock:
            for key, kind in self._kinds.items():
                name = key[0].__name__
                if kind.capped:
                    found.append(Suppressed(name, "capped", kind.capped, kind.event_id))
                if kind.sampled_out:
                    found.append(Suppressed(name, "sample_rate", kind.sampled_out, kind.event_id))
                kind.capped = kind.sampled_out = 0
        return tuple(found)

    def reset(self, sample_ratio: float) -> None:
        """Begin anew with another ratio."""
        with self._lock:
            self.sample_ratio = sample_ratio
            self._kinds.clear()
            self._tokens = _ALL_AT_ONCE
            self._asked_s = self._now()

    def _remember(self, key: Key, now_s: float) -> _Kind:
        if len(self._kinds) >= _MOST_KINDS:
            del self._kinds[next(iter(self._kinds))]
        kind = self._kinds[key] = _Kind(now_s)
        return kind

    def after_fork(self) -> None:
        """Begin anew in a child process, whose parent reports what it suppressed itself."""
        self._lock = threading.Lock()
        for kind in self._kinds.values():
            kind.capped = kind.sampled_out = 0


def _key(error: BaseException) -> Key:
    trace = error.__traceback__
    if trace is None:
        return type(error), "", "", 0
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    return type(error), code.co_filename, code.co_name, trace.tb_lineno


CAPS: Final = Caps()
"""The caps of this process; `init()` gives them their ratio."""

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=CAPS.after_fork)
