"""How often one address may ask: a bucket each, forgotten when full again."""

import ipaddress
import time
from collections.abc import Callable

__all__ = ["AddressLimiter"]

_MOST_ADDRESSES = 10_000


class AddressLimiter:
    """Token buckets by address, kept in memory only and never logged.

    `per_minute` is both the rate and the burst. When ten thousand addresses are held, the longest
    idle is forgotten, which errs on the side of letting people in.
    """

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._burst = float(per_minute)
        self._per_second = per_minute / 60
        self._now = now
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait_s(self, address: str) -> float:
        """Take one request of `address`; return 0, or how long it must wait for the next."""
        address = _network(address)
        now = self._now()
        level, since = self._buckets.pop(address, (self._burst, now))
        level = min(self._burst, level + (now - since) * self._per_second)
        allowed = level >= 1
        self._buckets[address] = (level - 1 if allowed else level, now)
        if len(self._buckets) > _MOST_ADDRESSES:
            del self._buckets[next(iter(self._buckets))]
        return 0.0 if allowed else (1 - level) / self._per_second


def _network(address: str) -> str:
    """Return who shares a bucket: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address
