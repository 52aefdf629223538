"""How many requests a sender may make: one token bucket a key or address."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

__all__ = ["Rates"]

_MOST_SENDERS: Final = 10_000
_BURST_S: Final = 5.0


class Rates:
    """Token buckets that hold five seconds' worth; the least recently seen are forgotten."""

    def __init__(self, per_s: float, now: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, sender: str) -> float:
        """Take a token; return 0, or how many seconds until there is one."""
        now = self._now()
        full = self._per_s * _BURST_S
        tokens, since = self._buckets.pop(sender, (full, now))
        tokens = min(full, tokens + (now - since) * self._per_s)
        allowed = tokens >= 1
        self._buckets[sender] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > _MOST_SENDERS:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / self._per_s
