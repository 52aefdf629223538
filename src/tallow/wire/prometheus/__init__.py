"""The Prometheus text format 0.0.4 and OpenMetrics 1.0, text ↔ families of samples.

Source: prometheus.io/docs/instrumenting/exposition_formats; OpenMetrics 1.0.0.
"""

from .families import Exemplar, MetricFamily, MetricType, Sample
from .reading import parse
from .writing import render

__all__ = ["Exemplar", "MetricFamily", "MetricType", "Sample", "parse", "render"]
