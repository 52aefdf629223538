"""What OpenMetrics asks of a family beyond its syntax.

Source: OpenMetrics 1.0.0, sections on metric types and on text format.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Final

from .families import SUFFIXES, MetricFamily, Sample, refusal

__all__ = ["check"]

_OWN_LABEL: Final[Mapping[str, str]] = {
    "histogram": "le",
    "gaugehistogram": "le",
    "summary": "quantile",
}
_NEVER_NEGATIVE: Final[Mapping[str, frozenset[str]]] = {
    "counter": frozenset({"_total"}),
    "histogram": frozenset({"_bucket", "_count"}),
    "gaugehistogram": frozenset({"_bucket", "_gcount"}),
    "summary": frozenset({"_count", "_sum"}),
}
_WITH_EXEMPLARS: Final[Mapping[str, str]] = {
    "counter": "_total",
    "histogram": "_bucket",
    "gaugehistogram": "_bucket",
}

Point = list[Sample]
"""The samples of one group of labels at one time."""


def check(line: int, name: str, family: MetricFamily, taken: dict[str, str]) -> None:
    """Refuse a family that breaks a rule; `line` is where it began, `name` as it stands there.

    `taken` remembers the names of the families before it, and is added to.

    Raises:
        WireError: a rule is broken.
    """
    for suffix in SUFFIXES.get(family.type, ("",)):
        if taken.setdefault(name + suffix, name) != name:
            raise refusal(line, "begins a family named like another's sample", "names that differ")
    if family.unit and family.type in ("info", "stateset"):
        raise refusal(line, "begins a family that has no unit", "no UNIT")
    for sample in family.samples:
        _check_sample(line, name, family.type, sample)
    for point in _points(line, name, family):
        if family.type in ("histogram", "gaugehistogram"):
            _check_histogram(line, name, family.type, point)


def _check_sample(line: int, name: str, kind: str, sample: Sample) -> None:
    suffix, value = sample.name.removeprefix(name), sample.value
    if sample.exemplar is not None and suffix != _WITH_EXEMPLARS.get(kind, "none"):
        raise refusal(line, "begins a family with an exemplar out of place", "_total or _bucket")
    if suffix in _NEVER_NEGATIVE.get(kind, ()) and not value >= 0:
        raise refusal(line, "begins a family with a negative count", "0 or more")
    if kind == "info" and value != 1:
        raise refusal(line, "begins an info of another value", "1")
    if kind == "stateset" and (value not in (0, 1) or name not in sample.labels):
        raise refusal(line, "begins a stateset that is none", "0 or 1 for each state")
    if kind == "summary" and suffix == "":
        _check_quantile(line, sample)


def _check_quantile(line: int, sample: Sample) -> None:
    quantile = _float(sample.labels.get("quantile", ""))
    if not 0 <= quantile <= 1 or sample.value < 0:
        raise refusal(line, "begins a summary that is none", "quantiles of 0 to 1, none negative")


def _float(said: str) -> float:
    try:
        return float(said)
    except ValueError:
        return math.nan


def _points(line: int, name: str, family: MetricFamily) -> Iterable[Point]:
    """Return the samples by group and time; a group that is interrupted is refused."""
    own = name if family.type == "stateset" else _OWN_LABEL.get(family.type, "")
    groups: dict[frozenset[tuple[str, str]], dict[float | None, Point]] = {}
    current: frozenset[tuple[str, str]] | None = None
    last: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    for sample in family.samples:
        labels = frozenset(sample.labels.items())
        group = frozenset(item for item in labels if item[0] != own)
        if group != current and group in groups:
            raise refusal(line, "begins a family whose groups mix", "each group in one piece")
        current = group
        points = groups.setdefault(group, {})
        if any((at is None) != (sample.timestamp_s is None) for at in points):
            raise refusal(line, "begins a family with times on some", "times on all or none")
        series = (sample.name, labels)
        if sample.timestamp_s is not None:
            if sample.timestamp_s < last.get(series, -math.inf):
                raise refusal(line, "begins a family that goes back in time", "oldest first")
            last[series] = sample.timestamp_s
        points.setdefault(sample.timestamp_s, []).append(sample)
    return [point for points in groups.values() for point in points.values()]


def _check_histogram(line: int, name: str, kind: str, point: Point) -> None:
    """Refuse a histogram whose buckets, count and sum do not go together."""
    buckets = [sample for sample in point if sample.name == f"{name}_bucket"]
    values = {sample.name.removeprefix(name): sample.value for sample in point}
    bounds = [_float(sample.labels.get("le", "")) for sample in buckets]
    counts = [sample.value for sample in buckets]
    total, amount = ("_gcount", "_gsum") if kind == "gaugehistogram" else ("_count", "_sum")
    if set(values) == {"_created"}:
        return
    if not buckets or buckets[-1].labels.get("le") != "+Inf" or bounds != sorted(set(bounds)):
        raise refusal(line, "begins a histogram without its buckets", "bounds going up to +Inf")
    if counts != sorted(counts) or values.get(total, counts[-1]) != counts[-1]:
        raise refusal(line, "begins a histogram that does not add up", "counts going up to _count")
    may_be_negative = bounds[0] < 0
    has_sum, has_count = amount in values, total in values
    if may_be_negative and kind == "histogram" and has_sum:
        raise refusal(line, "begins a histogram with a sum that can fall", "no _sum here")
    if has_sum != has_count and not (may_be_negative and has_count):
        raise refusal(line, "begins a histogram of which a part is missing", "_count and _sum")
    if has_sum and not may_be_negative and not values[amount] >= 0:
        raise refusal(line, "begins a histogram with a negative sum", "0 or more")
