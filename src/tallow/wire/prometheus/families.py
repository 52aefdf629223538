"""What a metrics page says: families of samples, some with an example."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from tallow.exceptions import WireError

__all__ = [
    "OPEN_TYPES",
    "SUFFIXES",
    "TEXT_TYPES",
    "Exemplar",
    "MetricFamily",
    "MetricType",
    "Sample",
    "refusal",
]

MetricType = Literal[
    "counter", "gauge", "histogram", "summary", "gaugehistogram", "stateset", "info", "unknown"
]

TEXT_TYPES: Final = frozenset({"counter", "gauge", "histogram", "summary", "untyped", "unknown"})
OPEN_TYPES: Final = frozenset(
    {"counter", "gauge", "histogram", "summary", "gaugehistogram", "stateset", "info", "unknown"}
)
SUFFIXES: Final[Mapping[str, tuple[str, ...]]] = {
    "counter": ("_total", "_created"),
    "histogram": ("_bucket", "_count", "_sum", "_created"),
    "gaugehistogram": ("_bucket", "_gcount", "_gsum"),
    "summary": ("", "_count", "_sum", "_created"),
    "info": ("_info",),
}
"""Type → what the names of its samples end in; the others are named like their family."""


@dataclass(frozen=True, slots=True)
class Exemplar:
    """One example behind a count: `{"trace_id": "4bf9…"}`, its value, and when (Unix seconds)."""

    labels: Mapping[str, str]
    value: float
    timestamp_s: float | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One line: a name with its suffix, its labels, its value; `timestamp_s` is Unix seconds."""

    name: str
    labels: Mapping[str, str]
    value: float
    timestamp_s: float | None = None
    exemplar: Exemplar | None = None


@dataclass(frozen=True, slots=True)
class MetricFamily:
    """What one HELP and TYPE stand for.

    `name` is as the text format says it: a counter's ends in `_total`, in OpenMetrics too.
    """

    name: str
    type: MetricType = "unknown"
    help: str = ""
    unit: str = ""
    samples: tuple[Sample, ...] = ()


def refusal(number: int, problem: str, expected: str) -> WireError:
    """Return the error of line `number`, which is not quoted."""
    return WireError(f"metrics page, line {number}", problem, expected)
