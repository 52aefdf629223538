"""Families of samples as a page, in either format."""

import math
from collections.abc import Iterable, Iterator, Mapping

from .families import TEXT_TYPES, MetricFamily, Sample

__all__ = ["render"]


def render(families: Iterable[MetricFamily], *, is_openmetrics: bool = False) -> str:
    """Return the page of these families; `parse` of it gives them back.

    Exemplars and units are in OpenMetrics only; what the text format has no name for is untyped.
    """
    lines: list[str] = []
    for family in families:
        lines += _family_lines(family, is_openmetrics)
    if is_openmetrics:
        lines.append("# EOF")
    return "".join(f"{line}\n" for line in lines)


def _family_lines(family: MetricFamily, is_open: bool) -> Iterator[str]:
    name, kind = family.name, family.type
    if is_open and kind == "counter":
        name = name.removesuffix("_total")
    if not is_open and kind not in TEXT_TYPES - {"unknown"}:
        kind = "untyped"  # type: ignore[assignment]  # the text format's word for unknown
    if family.help:
        yield f"# HELP {name} {_escaped(family.help, quotes=is_open)}"
    yield f"# TYPE {name} {kind}"
    if is_open and family.unit:
        yield f"# UNIT {name} {family.unit}"
    for sample in family.samples:
        yield _sample_line(sample, is_open)


def _sample_line(sample: Sample, is_open: bool) -> str:
    line = f"{sample.name}{_braced(sample.labels)} {_said(sample.value)}"
    if sample.timestamp_s is not None:
        line += f" {sample.timestamp_s!r}" if is_open else f" {round(sample.timestamp_s * 1000)}"
    if is_open and sample.exemplar is not None:
        one = sample.exemplar
        stamp = "" if one.timestamp_s is None else f" {one.timestamp_s!r}"
        line += f" # {_braced(one.labels) or '{}'} {_said(one.value)}{stamp}"
    return line


def _braced(labels: Mapping[str, str]) -> str:
    inside = ",".join(f'{name}="{_escaped(value, quotes=True)}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def _escaped(text: str, *, quotes: bool) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quotes else text


def _said(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(value)
