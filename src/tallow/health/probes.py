"""Probes: what a supervisor may ask, and the answer that cannot itself fail."""

import hmac
import os
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import FrameType
from typing import Final

from tallow import settings
from tallow.metrics import INTERNAL_ERRORS, runtime
from tallow.records import JsonValue

from .checks import Registry, Report

__all__ = [
    "CHECKS",
    "Answer",
    "detailed",
    "drain",
    "drain_on_sigterm",
    "health",
    "is_bearer",
    "is_draining",
    "liveness",
    "readiness",
    "started",
    "starting",
]

_LONGEST_LAG_S: Final = 10.0
_DEADLINE_S: Final = 4.0
_BEGAN_S: Final = time.monotonic()

CHECKS: Final = Registry()
"""The checks of this process."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and the JSON that goes with it."""

    status: int
    body: Mapping[str, JsonValue]


class _Lifecycle:
    """Where the process is between its start and its end."""

    is_starting = False
    is_draining = False


_life: Final = _Lifecycle()


def starting() -> None:
    """Answer 503 to readiness until `started()`: there is still something to do first."""
    _life.is_starting = True


def started() -> None:
    """Say that what `starting()` announced is done."""
    _life.is_starting = False


def drain(is_draining: bool = True) -> None:
    """Answer 503 to readiness from now on, so that no new work is sent here."""
    _life.is_draining = is_draining


def is_draining() -> bool:
    """Return whether this process is on its way out."""
    return _life.is_draining


def drain_on_sigterm(keep_serving_s: float = 0.0) -> None:
    """At SIGTERM, drain at once, and do what was done before only after `keep_serving_s`.

    A balancer hears of the end a little later than the process does; until then it still sends
    requests here. Call it from the main thread, once the server has set its own handlers.
    """
    before = signal.getsignal(signal.SIGTERM)

    def say_again() -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    def on_sigterm(_number: int, _frame: FrameType | None) -> None:
        drain()
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)
        if keep_serving_s > 0:
            timer = threading.Timer(keep_serving_s, say_again)
            timer.daemon = True
            timer.start()
        else:
            say_again()

    signal.signal(signal.SIGTERM, on_sigterm)


def liveness() -> Answer:
    """Answer for the process alone: no check is asked, so none can get it restarted."""
    is_alive = runtime.lag_s() < _LONGEST_LAG_S
    return Answer(200 if is_alive else 503, {"alive": is_alive})


async def readiness() -> Answer:
    """Answer whether new work may be sent here: 503 while starting, draining or unhealthy."""
    if _life.is_starting or _life.is_draining:
        return Answer(503, {"ready": False})
    report = await _report(only_readiness=True)
    is_ready = report.status != "unhealthy"
    return Answer(200 if is_ready else 503, {"ready": is_ready})


async def health() -> Answer:
    """Answer for the whole: 200 when healthy or degraded, 503 when not; no names, no numbers."""
    report = await _report()
    is_healthy = report.status != "unhealthy"
    return Answer(200 if is_healthy else 503, {"status": report.status, "healthy": is_healthy})


async def detailed() -> Answer:
    """Answer with every check's state, age and duration; for those with the token only."""
    report = await _report()
    chosen = settings.current()
    checks: dict[str, JsonValue] = {one.name: one.as_json() for one in report.results}
    return Answer(
        503 if report.status == "unhealthy" else 200,
        {
            "status": report.status,
            "service": chosen.service,
            "environment": chosen.environment,
            "release": chosen.release,
            "uptime_s": round(time.monotonic() - _BEGAN_S, 3),
            "starting": _life.is_starting,
            "draining": _life.is_draining,
            "event_loop_lag_s": round(runtime.lag_s(), 6),
            "memory_ratio": round(runtime.memory_now_ratio(), 4),
            "checks": checks,
        },
    )


async def _report(*, only_readiness: bool = False) -> Report:
    try:
        return await CHECKS.report(only_readiness=only_readiness, deadline_s=_DEADLINE_S)
    except Exception:  # noqa: BLE001  # a probe answers 503 at worst, never 500
        INTERNAL_ERRORS.labels("health").inc()
        return Report("unhealthy", ())


def is_bearer(header: str, token: str) -> bool:
    """Return whether an `Authorization` header carries this token, in time that tells nothing.

    An empty token is nobody's.
    """
    scheme, _, said = header.partition(" ")
    is_right = hmac.compare_digest(said.strip().encode(), token.encode())
    return scheme.lower() == "bearer" and token != "" and is_right
