"""The body of /metrics as text 0.0.4 or OpenMetrics, with the label values scrubbed."""

import math
import re
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, Literal, cast

from tallow import scrub
from tallow.records import Clean

from .registry import Child, Family, Registry

if TYPE_CHECKING:
    from .instruments import CounterChild, GaugeChild, HistogramChild

__all__ = ["CONTENT_TYPES", "Format", "clean_label", "render", "render_slices", "scrub_counts"]

Format = Literal["text", "openmetrics"]

CONTENT_TYPES: Final[dict[Format, str]] = {
    "text": "text/plain; version=0.0.4; charset=utf-8",
    "openmetrics": "application/openmetrics-text; version=1.0.0; charset=utf-8",
}
_SLICE_S: Final = 0.002
_LOOK_EVERY: Final = 64
_UNITS: Final = frozenset({"seconds", "bytes", "ratio"})
_TRACE_ID: Final = re.compile(r"[0-9a-f]{32}")
_NOT_TEXT: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def clean_label(value: str) -> Clean[str]:
    """Return a label value as it may be shown: scrubbed, and without control characters.

    The one way from what an application said to what a scrape shows.
    """
    return scrub.clean_text(_NOT_TEXT.sub("\ufffd", value))


def scrub_counts() -> Mapping[str, int]:
    """Return how often each rule of the scrubber has struck in this process."""
    return scrub.counters()


def render(registry: Registry, format: Format = "text") -> bytes:  # noqa: A002  # its name
    """Return the whole page at once; where an event loop runs, prefer `render_slices`."""
    return b"".join(render_slices(registry, format, slice_s=math.inf))


def render_slices(
    registry: Registry,
    format: Format = "text",  # noqa: A002  # its name
    slice_s: float = _SLICE_S,
) -> Iterator[bytes]:
    """Yield the page in pieces of about `slice_s` of work, so that others may run in between."""
    registry.refresh()
    is_open = format == "openmetrics"
    lines: list[str] = []
    until = time.perf_counter() + slice_s
    for family in registry.families():
        lines.append(family.heads.get(is_open) or _head(family, is_open))
        for number, child in enumerate(family.children()):
            if number % _LOOK_EVERY == 0 and time.perf_counter() > until:
                yield "".join(lines).encode()
                lines.clear()
                until = time.perf_counter() + slice_s
            lines.append(_LINES[family.kind](family, child, is_open))
    if is_open:
        lines.append("# EOF\n")
    yield "".join(lines).encode()


def _head(family: Family[Child], is_open: bool) -> str:
    name = family.name
    if is_open and family.kind == "counter":
        name = name.removesuffix("_total")
    text = clean_label(family.text).value.replace("\\", "\\\\").replace("\n", "\\n")
    if is_open:
        text = text.replace('"', '\\"')
    unit = name.rsplit("_", 1)[-1]
    said = f"# UNIT {name} {unit}\n" if is_open and unit in _UNITS else ""
    head = f"# HELP {name} {text}\n# TYPE {name} {family.kind}\n{said}"
    family.heads[is_open] = head
    return head


def _counter(family: Family[Child], child: Child, is_open: bool) -> str:
    one = cast("CounterChild", child)
    begin = one.rendered or _begin(family, one)
    if is_open and one.exemplar:
        return f"{begin[0]}{_number(one.value)}{_exemplar(one.exemplar)}\n"
    return f"{begin[0]}{_number(one.value)}\n"


def _gauge(family: Family[Child], child: Child, is_open: bool) -> str:
    one = cast("GaugeChild", child)
    begin = one.rendered or _begin(family, one)
    value = one.value
    if one.read is not None:
        try:
            value = one.read() + 0.0
        except Exception:  # noqa: BLE001  # one bad reader must not end a scrape
            value = math.nan
    return f"{begin[0]}{_number(value)}\n"


def _histogram(family: Family[Child], child: Child, is_open: bool) -> str:
    one = cast("HistogramChild", child)
    begin = one.rendered or _begin_histogram(family, one)
    counts, exemplars = one.counts.copy(), one.exemplars if is_open else None
    total, lines = 0, []
    for bucket, count in enumerate(counts):
        total += count
        example = exemplars.get(bucket) if exemplars else None
        tail = _exemplar(example) if example else ""
        lines.append(f"{begin[bucket]}{total}{tail}\n")
    lines.append(f"{begin[-2]}{_number(one.sum)}\n{begin[-1]}{total}\n")
    return "".join(lines)


_LINES: Final = {"counter": _counter, "gauge": _gauge, "histogram": _histogram}


def _begin(family: Family[Child], child: Child) -> tuple[str, ...]:
    labels = _labels(family, child)
    child.rendered = (f"{family.name}{{{labels}}} " if labels else f"{family.name} ",)
    return child.rendered


def _begin_histogram(family: Family[Child], child: "HistogramChild") -> tuple[str, ...]:
    labels = _labels(family, child)
    before = f"{labels}," if labels else ""
    bounds = [*(repr(bound) for bound in child.bounds), "+Inf"]
    after = f"{{{labels}}} " if labels else " "
    child.rendered = (
        *(f'{family.name}_bucket{{{before}le="{bound}"}} ' for bound in bounds),
        f"{family.name}_sum{after}",
        f"{family.name}_count{after}",
    )
    return child.rendered


def _labels(family: Family[Child], child: Child) -> str:
    return ",".join(
        f'{name}="{_escaped(value.value)}"'
        for name, value in zip(family.label_names, child.labels, strict=True)
    )


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    if value == math.inf:
        return "+Inf"
    if value == -math.inf:
        return "-Inf"
    return "NaN" if value != value else repr(value)


def _exemplar(exemplar: tuple[str, float, float]) -> str:
    """Return what follows a value; only a trace id can, so an exemplar can name nobody."""
    trace_id, value, at_s = exemplar
    if _TRACE_ID.fullmatch(trace_id) is None:
        return ""
    return f' # {{trace_id="{trace_id}"}} {_number(value)} {at_s:.3f}'
