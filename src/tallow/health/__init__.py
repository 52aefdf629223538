"""Health: whether this application can do its work, for people, balancers and supervisors."""

from .checks import Check, Outcome, Report, Result, Status
from .probes import (
    CHECKS,
    drain,
    drain_on_sigterm,
    is_draining,
    started,
    starting,
)

__all__ = [
    "CHECKS",
    "Check",
    "Outcome",
    "Report",
    "Result",
    "Status",
    "drain",
    "drain_on_sigterm",
    "is_draining",
    "register",
    "started",
    "starting",
    "unregister",
]

register = CHECKS.register
unregister = CHECKS.unregister
