"""Health reports read back: how each target is, how it was, how fast it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from tallow_console.store import Store
from tallow_console.web.ranges import Span

__all__ = ["Check", "Moment", "Target", "history", "latest"]

LATEST: Final = """
SELECT target, argMax(status, ts) AS last_status, argMax(latency_ms, ts) AS last_latency_ms,
    argMax(report, ts) AS last_report, toUnixTimestamp64Milli(max(ts)) AS ts_ms,
    toUnixTimestamp64Milli(maxIf(ts, status = 'healthy')) AS well_ms
FROM tallow.health_reports WHERE ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
GROUP BY target ORDER BY target
"""
HISTORY: Final = """
SELECT target, intDiv(toUnixTimestamp(ts) - {first:Int64}, {step:UInt32}) AS bucket,
    countIf(status = 'healthy') AS healthy, countIf(status = 'degraded') AS degraded,
    countIf(status NOT IN ('healthy', 'degraded')) AS unhealthy,
    avg(latency_ms) AS mean_ms
FROM tallow.health_reports WHERE ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
    AND ts < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
GROUP BY target, bucket
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a target, as its last report said."""

    name: str
    status: str
    duration_s: float | None
    age_s: float | None
    is_critical: bool
    problem: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """An application that is watched, as it was when last asked."""

    address: str
    status: str
    at_s: float
    latency_ms: float
    last_healthy_s: float
    checks: tuple[Check, ...]
    service: str
    release: str
    uptime_s: float | None
    problem: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a target's history: how often it was what, and its mean latency."""

    healthy: int
    degraded: int
    unhealthy: int
    latency_ms: float | None

    @property
    def status(self) -> str:
        """Return the worst of the step, or nothing when it was not asked."""
        if self.unhealthy:
            return "unhealthy"
        if self.degraded:
            return "degraded"
        return "healthy" if self.healthy else ""


def latest(store: Store, since_s: float) -> list[Target]:
    """Return every target that was asked since then, with its newest report."""
    found = []
    for row in store.query(LATEST, {"start": round(since_s * 1000)}):
        report = _object(row["last_report"])
        found.append(
            Target(
                address=row["target"],
                status=row["last_status"],
                at_s=row["ts_ms"] / 1000,
                latency_ms=float(row["last_latency_ms"]),
                last_healthy_s=row["well_ms"] / 1000,
                checks=tuple(_checks(report.get("checks"))),
                service=str(report.get("service") or ""),
                release=str(report.get("release") or ""),
                uptime_s=_number(report.get("uptime_s")),
                problem=str(report.get("problem") or ""),
            )
        )
    return found


def history(store: Store, span: Span) -> dict[str, tuple[Moment, ...]]:
    """Return for each target what it was in each step."""
    found: dict[str, list[Moment]] = {}
    for row in store.query(HISTORY, span.parameters):
        place = int(row["bucket"])
        moments = found.setdefault(row["target"], [Moment(0, 0, 0, None)] * span.steps)
        if 0 <= place < span.steps:
            moments[place] = Moment(
                int(row["healthy"]),
                int(row["degraded"]),
                int(row["unhealthy"]),
                float(row["mean_ms"]),
            )
    return {target: tuple(moments) for target, moments in found.items()}


def _checks(said: object) -> list[Check]:
    """Return the checks of a report, a list of objects or an object of objects."""
    if isinstance(said, Mapping):
        said = [{"name": name, **one} for name, one in said.items() if isinstance(one, Mapping)]
    if not isinstance(said, list):
        return []
    return [_check(one) for one in said if isinstance(one, Mapping)]


def _check(said: Mapping[str, Any]) -> Check:
    detail = said.get("detail")
    return Check(
        name=str(said.get("name", "")),
        status=str(said.get("status", "")),
        duration_s=_number(said.get("duration_s")),
        age_s=_number(said.get("age_s")),
        is_critical=bool(said.get("critical")),
        problem=str(said.get("problem") or ""),
        detail=detail if isinstance(detail, Mapping) else {},
    )


def _number(said: object) -> float | None:
    return float(said) if isinstance(said, int | float) and not isinstance(said, bool) else None


def _object(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
