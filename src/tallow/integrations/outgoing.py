"""What requests to other services carry and cost, whichever client sends them."""

from typing import Final

from tallow.context import correlation_id, traceparent
from tallow.metrics import Histogram

__all__ = ["headers", "observe"]

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_HOSTS: Final = 50

_durations: Final = Histogram(
    "tallow_http_client_duration_seconds",
    "How long requests to other services took, until their headers came.",
    {"method": _METHODS, "host": _HOSTS, "status": 60},
)


def headers() -> dict[str, str]:
    """Return the headers that carry the correlation id on; none outside of anything."""
    correlation = correlation_id()
    if not correlation:
        return {}
    carried = {"X-Correlation-ID": correlation, "X-Request-ID": correlation}
    parent = traceparent(correlation)
    return {**carried, "traceparent": parent} if parent else carried


def observe(method: str, host: str, status: int, duration_s: float) -> None:
    """Take in one answered request."""
    _durations.labels(method, host, status).observe(duration_s)
