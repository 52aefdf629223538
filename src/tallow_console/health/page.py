"""Health as people see it: every target, its checks, and how it was."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.routing import Route

from tallow_console.web.charts import Chart, Line
from tallow_console.web.rendering import Ask, room_routes

from . import queries
from .queries import Moment, Target

__all__ = ["HealthView", "TargetView", "read_health", "routes"]

_STALE_FACTOR = 4


@dataclass(frozen=True, slots=True)
class TargetView:
    """One target: how it is, how it was in each step, and how much of the range it was well."""

    target: Target
    is_stale: bool
    history: tuple[Moment, ...]
    healthy_ratio: float | None
    latency: Chart


@dataclass(frozen=True, slots=True)
class HealthView:
    """What the page shows; `waiting` are targets that have not answered yet."""

    targets: tuple[TargetView, ...]
    waiting: tuple[str, ...]
    times: tuple[float, ...]
    step_s: float


def read_health(ask: Ask) -> HealthView:
    """Return how every target is and was."""
    span = ask.span(60)
    was = queries.history(ask.store, span)
    found = queries.latest(ask.store, min(ask.range.start_s, ask.now_s - 86_400))
    longest_s = max(_STALE_FACTOR * ask.settings.health_interval_s, 15.0)
    views: list[TargetView] = []
    for target in found:
        moments = was.get(target.address, ())
        asked = sum(one.healthy + one.degraded + one.unhealthy for one in moments)
        well = sum(one.healthy for one in moments)
        views.append(
            TargetView(
                target=target,
                is_stale=ask.now_s - target.at_s > longest_s,
                history=moments,
                healthy_ratio=well / asked if asked else None,
                latency=Chart(
                    name=f"latency-{len(views)}",
                    title="Time to answer",
                    unit="ms",
                    times=span.times,
                    lines=(
                        Line("mean", tuple(one.latency_ms for one in moments))
                        if moments
                        else Line("mean", (None,) * span.steps),
                    ),
                    step_s=span.step_s,
                ),
            )
        )
    known = {target.address for target in found}
    waiting = tuple(
        urlsplit(target).netloc
        for target in ask.settings.targets
        if urlsplit(target).netloc not in known
    )
    return HealthView(tuple(views), waiting, span.times, span.step_s)


routes: list[Route] = room_routes("health", "/health", read_health, "health/page.html")
