"""Metrics: what is counted, kept in this process until someone with the token asks for it."""

from .instruments import (
    BYTES_BUCKETS,
    INTERNAL_ERRORS,
    REGISTRY,
    SECONDS_BUCKETS,
    Counter,
    Gauge,
    Histogram,
)

__all__ = [
    "BYTES_BUCKETS",
    "INTERNAL_ERRORS",
    "REGISTRY",
    "SECONDS_BUCKETS",
    "Counter",
    "Gauge",
    "Histogram",
]
