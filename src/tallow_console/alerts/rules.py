"""What to watch: the built-in rules, each a PromQL condition and how long it must hold."""

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["RULES", "Rule"]

Severity = Literal["critical", "warning"]

_REQUESTS: Final = "tallow_http_request_duration_seconds"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing to watch. The alert is on while `query` compares true with `limit`.

    `for_s` is how long it must hold before the alert fires; `room` is where to look then.
    """

    name: str
    title: str
    why: str
    query: str
    comparison: Literal[">", "<", "=="]
    limit: float
    unit: str
    for_s: float
    severity: Severity
    room: str

    @property
    def condition(self) -> str:
        """Return the PromQL that has a series for each thing that is wrong."""
        return f"({self.query}) {self.comparison} {self.limit:g}"


RULES: Final = (
    Rule(
        "target-down",
        "An application does not answer",
        "Its metrics cannot be read, so it is down, unreachable or overloaded.",
        "up",
        "==",
        0,
        "",
        10,
        "critical",
        "/health",
    ),
    Rule(
        "requests-fail",
        "Requests fail",
        "More than 5 % of requests ended with a status of 500 or above in five minutes.",
        f'sum(rate({_REQUESTS}_count{{status=~"5.."}}[5m])) / sum(rate({_REQUESTS}_count[5m]))',
        ">",
        0.05,
        "ratio",
        60,
        "critical",
        "/errors",
    ),
    Rule(
        "requests-slow",
        "Requests are slow",
        "One request in twenty took longer than a second in five minutes.",
        f"histogram_quantile(0.95, sum by (le) (rate({_REQUESTS}_bucket[5m])))",
        ">",
        1,
        "s",
        120,
        "warning",
        "/performance",
    ),
    Rule(
        "transfers-fail",
        "Transfers fail",
        "More than one transfer in five did not end well in ten minutes.",
        'sum(increase(tallow_transfers_total{status=~"failed|error|timeout"}[10m]))'
        " / sum(increase(tallow_transfers_total[10m]))",
        ">",
        0.2,
        "ratio",
        60,
        "critical",
        "/metrics",
    ),
    Rule(
        "sink-down",
        "Signals are not delivered",
        "A sink refuses or does not answer; its records wait in the journal on disk.",
        "tallow_sink_up",
        "==",
        0,
        "",
        30,
        "warning",
        "/metrics",
    ),
    Rule(
        "journal-old",
        "The journal falls behind",
        "The oldest record has waited for more than five minutes.",
        "tallow_journal_oldest_seconds",
        ">",
        300,
        "s",
        0,
        "warning",
        "/metrics",
    ),
    Rule(
        "journal-evicted",
        "Records were given up",
        "A journal was full, and its oldest records made room for new ones.",
        "sum by (sink) (increase(tallow_journal_evicted_total[10m]))",
        ">",
        0,
        "records",
        0,
        "critical",
        "/metrics",
    ),
    Rule(
        "loop-lag",
        "The event loop is blocked",
        "One turn in a hundred came more than a quarter of a second late.",
        "histogram_quantile(0.99, sum by (le) (rate(tallow_event_loop_lag_seconds_bucket[5m])))",
        ">",
        0.25,
        "s",
        60,
        "warning",
        "/metrics",
    ),
    Rule(
        "memory-high",
        "Memory runs out",
        "More than 90 % of what the process may use is in use.",
        "max by (instance) (tallow_memory_ratio)",
        ">",
        0.9,
        "ratio",
        120,
        "warning",
        "/metrics",
    ),
    Rule(
        "tallow-fails",
        "Tallow itself failed",
        "Something inside the SDK went wrong; the application was not touched by it.",
        "sum by (room) (increase(tallow_internal_errors_total[10m]))",
        ">",
        0,
        "failures",
        0,
        "warning",
        "/metrics",
    ),
)
