"""Alerts as people see them: what is wrong now, what was, and what is watched."""

from dataclasses import dataclass

from starlette.routing import Route

from tallow_console.web.rendering import Ask, room_routes

from .evaluate import ALERTS, Alert, alerts
from .rules import RULES, Rule

__all__ = ["AlertsView", "read_alerts", "routes"]


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule and the episodes of it that go on."""

    rule: Rule
    state: str
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class AlertsView:
    """What the page shows; `titles` are the rules' titles by name."""

    firing: tuple[Alert, ...]
    pending: tuple[Alert, ...]
    resolved: tuple[Alert, ...]
    rules: tuple[RuleView, ...]
    by_name: dict[str, Rule]


def read_alerts(ask: Ask) -> AlertsView:
    """Return what fires, what may soon, what is over, and every rule."""
    ask.state.create("alerts", ALERTS)
    known = {rule.name: rule for rule in RULES}
    every = [alert for alert in alerts(ask.state) if alert.rule in known]
    going = [alert for alert in every if alert.state != "resolved"]
    resolved = [
        alert
        for alert in every
        if alert.state == "resolved" and alert.resolved_s >= ask.range.start_s
    ]
    return AlertsView(
        firing=tuple(alert for alert in going if alert.state == "firing"),
        pending=tuple(alert for alert in going if alert.state == "pending"),
        resolved=tuple(resolved[:50]),
        rules=tuple(_rule_view(rule, going) for rule in RULES),
        by_name=known,
    )


def _rule_view(rule: Rule, going: list[Alert]) -> RuleView:
    own = tuple(alert for alert in going if alert.rule == rule.name)
    states = {alert.state for alert in own}
    state = "firing" if "firing" in states else "pending" if states else "quiet"
    return RuleView(rule, state, own)


routes: list[Route] = room_routes(
    "alerts", "/alerts", read_alerts, "alerts/page.html", default_range="7d"
)
