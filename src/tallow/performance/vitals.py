"""Web Vitals: their ratings, and the histograms they feed."""

import math
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from tallow import pipeline
from tallow.metrics import INTERNAL_ERRORS, Histogram
from tallow.records import VITALS, Rating, Vital, VitalName

__all__ = ["rating_of", "record_vital"]

_GOOD_AND_POOR: Final[Mapping[VitalName, tuple[float, float]]] = {
    "LCP": (2500.0, 4000.0),
    "INP": (200.0, 500.0),
    "CLS": (0.1, 0.25),
    "FCP": (1800.0, 3000.0),
    "TTFB": (800.0, 1800.0),
}
"""At most the first is good, above the second is poor. Source: web.dev/articles/vitals."""

_LONGEST_MS: Final = 10 * 60 * 1000.0
_ROUTES: Final = 200

_seconds: Final = Histogram(
    "tallow_web_vital_seconds",
    "Web Vitals that are times, as browsers measured them.",
    {"name": tuple(name for name in VITALS if name != "CLS"), "route": _ROUTES},
    buckets=(0.05, 0.1, 0.2, 0.35, 0.5, 0.8, 1.2, 1.8, 2.5, 3.0, 4.0, 6.0, 10.0),
)
_shifts: Final = Histogram(
    "tallow_web_vital_layout_shift",
    "Cumulative layout shift, as browsers measured it.",
    {"route": _ROUTES},
    buckets=(0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0),
)


def rating_of(name: VitalName, value: float) -> Rating:
    """Return how good a value is; in milliseconds, for CLS without unit.

    >>> rating_of("LCP", 2600.0)
    'needs-improvement'
    """
    good, poor = _GOOD_AND_POOR[name]
    if value <= good:
        return "good"
    return "poor" if value > poor else "needs-improvement"


def record_vital(vital: Vital) -> bool:
    """Take a vital into its histogram and emit it; say whether a journal has it. Never raises.

    One that no browser can have measured is left out and counted.
    """
    if not 0 <= vital.value <= _LONGEST_MS or not math.isfinite(vital.value):
        INTERNAL_ERRORS.labels("performance").inc()
        return False
    route = _route(vital.url)
    if vital.name == "CLS":
        _shifts.labels(route).observe(vital.value)
    else:
        _seconds.labels(vital.name, route).observe(vital.value / 1000)
    return pipeline.emit(vital)


def _route(url: str) -> str:
    try:
        return urlsplit(url).path or "/"
    except ValueError:  # brackets that hold no address
        return "/"
