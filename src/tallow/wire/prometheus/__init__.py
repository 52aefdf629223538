"""The Prometheus text format 0.0.4 and OpenMetrics 1.0, text ↔ families of samples; remote write.

Source: prometheus.io/docs/instrumenting/exposition_formats; OpenMetrics 1.0.0.
"""

from .families import Exemplar, MetricFamily, MetricType, Sample
from .reading import parse
from .remote import decode_write
from .writing import render

__all__ = [
    "Exemplar",
    "MetricFamily",
    "MetricType",
    "Sample",
    "decode_write",
    "parse",
    "render",
]
