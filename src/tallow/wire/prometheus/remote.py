"""Remote write 1.0, as a Prometheus sends it on: a protobuf of series, each with its samples.

Source: prometheus.io/docs/specs/prw/remote_write_spec, and its types.proto.
"""

import struct
from collections.abc import Iterator
from typing import Final

from tallow.exceptions import WireError
from tallow.wire.protobuf import fields, utf8

from .families import MetricFamily, MetricType, Sample

__all__ = ["decode_write"]

_PROTOCOL: Final = "remote write"
_MOST_SAMPLES: Final = 100_000
_NAME: Final = "__name__"
_TYPES: Final[tuple[MetricType, ...]] = (
    "unknown",
    "counter",
    "gauge",
    "histogram",
    "gaugehistogram",
    "summary",
    "info",
    "stateset",
)
"""By the numbers of types.proto."""


def decode_write(data: bytes) -> list[MetricFamily]:
    """Return the series of a request, already unpacked from its snappy block, as families of one.

    Histograms of the native kind and exemplars are left out.

    Raises:
        WireError: not protobuf, a series without a name, or far too many samples.
    """
    about: dict[str, MetricFamily] = {}
    found: list[tuple[str, tuple[Sample, ...]]] = []
    count = 0
    for number, held in _fields(data):
        if number == 1 and isinstance(held, bytes):
            name, samples = _series(held)
            found.append((name, samples))
            count += len(samples)
            if count > _MOST_SAMPLES:
                raise WireError(_PROTOCOL, "has too many samples", f"{_MOST_SAMPLES} at most")
        elif number == 3 and isinstance(held, bytes):
            family = _metadata(held)
            about[family.name] = family
    return [
        MetricFamily(name, known.type, known.help, known.unit, samples)
        for name, samples in found
        for known in [about.get(name, MetricFamily(name))]
        if samples
    ]


def _series(data: bytes) -> tuple[str, tuple[Sample, ...]]:
    labels: dict[str, str] = {}
    points: list[tuple[float, float]] = []
    for number, held in _fields(data):
        if number == 1 and isinstance(held, bytes):
            pair = {part: utf8(text) for part, text in _fields(held) if isinstance(text, bytes)}
            labels[pair.get(1, "")] = pair.get(2, "")
        elif number == 2 and isinstance(held, bytes):
            points.append(_sample(held))
    name = labels.pop(_NAME, "")
    if not name:
        raise WireError(_PROTOCOL, "has a series without a name", f"a label {_NAME}")
    return name, tuple(Sample(name, labels, value, at_s) for value, at_s in points)


def _sample(data: bytes) -> tuple[float, float]:
    """Return value and Unix seconds of one sample."""
    value, at_ms = 0.0, 0
    for number, held in _fields(data):
        if number == 1 and isinstance(held, bytes) and len(held) == 8:
            value = struct.unpack("<d", held)[0]
        elif number == 2 and isinstance(held, int):
            at_ms = held if held < 2**63 else held - 2**64
    return value, at_ms / 1000


def _metadata(data: bytes) -> MetricFamily:
    kind, words = 0, {2: "", 4: "", 5: ""}
    for number, held in _fields(data):
        if number == 1 and isinstance(held, int):
            kind = held
        elif number in words and isinstance(held, bytes):
            words[number] = utf8(held)
    known: MetricType = _TYPES[kind] if kind < len(_TYPES) else "unknown"
    return MetricFamily(words[2], known, words[4], words[5])


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    return fields(data, _PROTOCOL, "a WriteRequest")
