"""Ready-made charts: transfers, requests, runtime and delivery, as Tallow's SDK counts them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from tallow_console.store import Store
from tallow_console.web.charts import Chart, Line, Tone
from tallow_console.web.ranges import Span

from .arithmetic import quantile
from .promql import Grid, Series, evaluate
from .queries import fetcher, growth

__all__ = ["GROUPS", "Panel", "draw", "draw_query", "series_name"]

_MOST_LINES: Final = 24


@dataclass(frozen=True, slots=True)
class Panel:
    """One ready-made chart: `counted` is a counter shown as bars by a label, `spread` a histogram
    shown by its percentiles in each step, and `queries` are lines.

    A query is PromQL, in which `$w` is a window that suits the range, and `$q` one that is long
    enough for percentiles; its name is what a single line is called, or `{label}` of each.
    """

    name: str
    title: str
    unit: str
    counted: str = ""
    by: str = ""
    spread: str = ""
    queries: tuple[tuple[str, str], ...] = ()
    kind: Literal["line", "area"] = "line"

    @property
    def query(self) -> str:
        """Return the PromQL to look closer with."""
        if self.counted:
            by = f" by ({self.by})" if self.by else ""
            return f"sum{by} (increase({self.counted}[5m]))"
        if self.spread:
            return f"histogram_quantile(0.95, sum by (le) (rate({self.spread}_bucket[5m])))"
        return self.queries[0][1].replace("$w", "5m").replace("$q", "5m")


def _quantile_by(name: str, share: float, label: str, metric: str) -> tuple[tuple[str, str], ...]:
    query = f"histogram_quantile({share}, sum by (le, {label}) (rate({metric}_bucket[$q])))"
    return ((name, query),)


GROUPS: Final[tuple[tuple[str, str, tuple[Panel, ...]], ...]] = (
    (
        "transfers",
        "Transfers",
        (
            Panel("transfers", "Transfers ended", "transfers", "tallow_transfers_total", "status"),
            Panel("transfer-bytes", "Data moved", "B", "tallow_transfer_bytes_total", "method"),
            Panel(
                "transfer-duration",
                "Time a transfer takes",
                "s",
                spread="tallow_transfer_duration_seconds",
            ),
            Panel(
                "transfer-active",
                "Under way",
                "",
                queries=(
                    ("transfers", "sum(tallow_active_transfers)"),
                    ("connections: {type}", "sum by (type) (tallow_active_connections)"),
                ),
            ),
            Panel(
                "connections", "Connections", "connections", "tallow_connections_total", "status"
            ),
            Panel(
                "crypto",
                "Cryptographic operations, p95",
                "s",
                queries=_quantile_by(
                    "{operation}", 0.95, "operation", "tallow_crypto_operation_duration_seconds"
                ),
            ),
        ),
    ),
    (
        "requests",
        "Requests",
        (
            Panel(
                "requests",
                "Requests by status",
                "requests",
                "tallow_http_request_duration_seconds_count",
                "status",
            ),
            Panel(
                "latency",
                "Time to answer",
                "s",
                spread="tallow_http_request_duration_seconds",
            ),
            Panel(
                "latency-routes",
                "Time to answer by route, p95",
                "s",
                queries=_quantile_by(
                    "{route}", 0.95, "route", "tallow_http_request_duration_seconds"
                ),
            ),
            Panel("errors-counted", "Errors by type", "errors", "tallow_errors_total", "type"),
        ),
    ),
    (
        "runtime",
        "Runtime",
        (
            Panel(
                "memory",
                "Memory",
                "B",
                queries=(("{instance}", "sum by (instance) (process_resident_memory_bytes)"),),
            ),
            Panel(
                "cpu",
                "Processor, share of one core",
                "ratio",
                queries=(
                    ("{instance}", "sum by (instance) (rate(process_cpu_seconds_total[$w]))"),
                ),
            ),
            Panel(
                "loop-lag",
                "Event loop lag",
                "s",
                spread="tallow_event_loop_lag_seconds",
            ),
            Panel(
                "gc",
                "Garbage collection pauses, p99",
                "s",
                queries=_quantile_by(
                    "generation {generation}", 0.99, "generation", "tallow_gc_pause_seconds"
                ),
            ),
            Panel(
                "files",
                "Open files",
                "files",
                queries=(("{instance}", "sum by (instance) (process_open_fds)"),),
            ),
            Panel("log-lines", "Log lines", "lines", "tallow_log_lines_total", "level"),
        ),
    ),
    (
        "delivery",
        "Delivery of signals",
        (
            Panel("delivered", "Records delivered", "records", "tallow_delivered_total", "sink"),
            Panel(
                "journal",
                "Waiting on disk",
                "B",
                queries=(("{sink}", "sum by (sink) (tallow_journal_bytes)"),),
                kind="area",
            ),
            Panel("scrubbed", "Personal data taken out", "finds", "tallow_scrubbed_total", "rule"),
            Panel(
                "internal",
                "Failures inside Tallow",
                "failures",
                "tallow_internal_errors_total",
                "room",
            ),
        ),
    ),
)


def draw(store: Store, span: Span, panel: Panel) -> Chart:
    """Return a panel's chart over the steps."""
    if panel.counted:
        return _draw_growth(store, span, panel)
    if panel.spread:
        return _draw_spread(store, span, panel)
    lines: list[Line] = []
    for name, query in panel.queries:
        text = query.replace("$w", window(span)).replace("$q", window(span, 300))
        found = evaluate(text, grid_of(span), fetcher(store))
        lines += [Line(_named(name, series), series.values) for series in found]
    return Chart(
        name=panel.name,
        title=panel.title,
        unit=panel.unit,
        times=grid_of(span).times,
        lines=_few(lines) or (Line("none", (None,) * grid_of(span).count),),
        kind=panel.kind if len(lines) <= 1 else "line",
        step_s=span.step_s,
    )


def draw_query(store: Store, span: Span, query: str, unit: str = "") -> tuple[Chart, list[Series]]:
    """Return the chart of a PromQL query and its series.

    Raises:
        PromqlError: it does not parse, or uses a part that is not supported.
    """
    text = query.replace("$w", window(span)).replace("$__rate_interval", window(span))
    found = evaluate(text, grid_of(span), fetcher(store))
    lines = _few([Line(series_name(series, found), series.values) for series in found])
    chart = Chart(
        name="query",
        title="Result",
        unit=unit,
        times=grid_of(span).times,
        lines=lines or (Line("none", (None,) * grid_of(span).count),),
        step_s=span.step_s,
        note=f"{len(found)} series, {_MOST_LINES} drawn" if len(found) > _MOST_LINES else "",
    )
    return chart, found


def grid_of(span: Span) -> Grid:
    """Return the moments a span's steps begin at, and the end of the last: there stands now."""
    return Grid(span.first_s, span.first_s + span.steps * span.step_s, span.step_s)


def window(span: Span, least_s: int = 60) -> str:
    """Return the window of a rate: no shorter than a step, and `least_s` at least."""
    return f"{max(least_s, span.step_s)}s"


def series_name(series: Series, among: Sequence[Series]) -> str:
    """Return what tells a series from the others: its name, and the labels that differ."""
    name = series.labels.get("__name__", "")
    differing = [
        (label, said)
        for label, said in series.key
        if len({other.labels.get(label, "") for other in among}) > 1
    ]
    labels = ", ".join(f'{label}="{said}"' for label, said in differing)
    return f"{name}{{{labels}}}" if labels and name else labels or name or "value"


def _draw_growth(store: Store, span: Span, panel: Panel) -> Chart:
    grown = growth(store, span, panel.counted, panel.by)
    grown.sort(key=lambda one: one.total, reverse=True)
    lines = [
        Line(one.value or panel.title.lower(), one.steps, tone_of_value(one.value))
        for one in grown
        if one.total > 0
    ]
    if grown and not lines:
        lines = [Line(panel.title.lower(), (0.0,) * span.steps, "soft")]
    return Chart(
        name=panel.name,
        title=panel.title,
        unit=panel.unit,
        times=span.times,
        lines=_few(lines) or (Line("none", (None,) * span.steps),),
        kind="bars",
        step_s=span.step_s,
    )


def _draw_spread(store: Store, span: Span, panel: Panel) -> Chart:
    """Return percentiles of what was observed in each step; a step without any is a gap."""
    grown = growth(store, span, f"{panel.spread}_bucket", "le")
    buckets = sorted((float(one.value), one.steps) for one in grown if one.value)
    bounds = [bound for bound, _ in buckets]
    columns = list(zip(*(steps for _, steps in buckets), strict=True))
    lines = tuple(
        Line(name, tuple(quantile(share, bounds, column) for column in columns))
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    )
    return Chart(
        name=panel.name,
        title=panel.title,
        unit=panel.unit,
        times=span.times,
        lines=lines if columns else (Line("none", (None,) * span.steps),),
        step_s=span.step_s,
    )


def tone_of_value(said: str) -> Tone:
    """Return the tone of a label value that means good or bad, else none."""
    if said[:1] in "12345" and len(said) == 3 and said.isdecimal():
        return _BY_STATUS[said[0]]
    return _BY_WORD.get(said, "")


def _named(name: str, series: Series) -> str:
    for label, said in series.labels.items():
        name = name.replace(f"{{{label}}}", said)
    return name


def _few(lines: list[Line]) -> tuple[Line, ...]:
    return tuple(lines[:_MOST_LINES])


_BY_STATUS: Final[dict[str, Tone]] = {
    "1": "soft",
    "2": "main",
    "3": "soft",
    "4": "warn",
    "5": "bad",
}
_BY_WORD: Final[dict[str, Tone]] = {
    **dict.fromkeys(("ok", "success", "completed"), "ok"),
    **dict.fromkeys(("opened", "connected", "established"), "ok"),
    **dict.fromkeys(("cancelled", "rejected", "refused", "warning"), "warn"),
    **dict.fromkeys(("failed", "error", "timeout", "critical"), "bad"),
    **dict.fromkeys(("attempt", "closed", "disconnected", "debug"), "soft"),
    "info": "info",
}
