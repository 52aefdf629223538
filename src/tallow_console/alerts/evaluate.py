"""Pending, firing, resolved: every rule worked out again and again, its state kept."""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import orjson

from tallow_console.metrics.promql import Grid, PromqlError, evaluate
from tallow_console.metrics.queries import fetcher
from tallow_console.state import State
from tallow_console.store import Store, StoreError

from .rules import RULES, Rule

__all__ = ["ALERTS", "Alert", "Watch", "advance", "alerts"]

CREATE_ALERTS: Final = """
CREATE TABLE alerts (
    rule TEXT NOT NULL,
    labels TEXT NOT NULL,
    state TEXT NOT NULL,
    value REAL NOT NULL,
    pending_s REAL NOT NULL,
    fired_s REAL NOT NULL,
    resolved_s REAL NOT NULL,
    PRIMARY KEY (rule, labels, pending_s)
) WITHOUT ROWID
"""
ONE_GOING: Final = """
CREATE UNIQUE INDEX alerts_going ON alerts (rule, labels) WHERE state != 'resolved'
"""
ALERTS: Final = (CREATE_ALERTS, ONE_GOING)
"""The versions of the table of alerts; a row is one episode of one rule."""

SELECT_ALERTS: Final = "SELECT * FROM alerts ORDER BY max(pending_s, fired_s, resolved_s) DESC"
# Replaces the same episode, and one that another process began for the same thing meanwhile.
SAVE_ALERT: Final = """
INSERT OR REPLACE INTO alerts (rule, labels, state, value, pending_s, fired_s, resolved_s)
VALUES (:rule, :labels, :state, :value, :pending_s, :fired_s, :resolved_s)
"""
FORGET_ALERTS: Final = "DELETE FROM alerts WHERE state = 'resolved' AND resolved_s < ?"
DROP_ALERT: Final = "DELETE FROM alerts WHERE rule = ? AND labels = ? AND pending_s = ?"
_REMEMBER_S: Final = 14 * 86_400.0
_log = logging.getLogger(__name__)

AlertState = Literal["pending", "firing", "resolved"]


@dataclass(frozen=True, slots=True)
class Alert:
    """One episode of a rule: since when it holds, when it fired, when it was over.

    `labels` are those of the series it is about, as JSON; times are Unix seconds, 0 for not yet.
    """

    rule: str
    labels: str
    state: AlertState
    value: float
    pending_s: float
    fired_s: float = 0.0
    resolved_s: float = 0.0

    @property
    def about(self) -> str:
        """Return the labels' values in words."""
        said: dict[str, str] = orjson.loads(self.labels)
        return ", ".join(f"{name} {value}" for name, value in said.items())


def advance(
    before: Alert | None, rule: Rule, labels: str, value: float | None, now_s: float
) -> Alert | None:
    """Return an alert after one more look, or None when there is none.

    `value` is what the rule's query said, None when its condition does not hold. An alert that
    never fired leaves no trace.
    """
    if value is None:
        if before is None or before.state == "pending":
            return None
        return replace(before, state="resolved", resolved_s=now_s)
    alert = before or Alert(rule.name, labels, "pending", value, now_s)
    if alert.state == "pending" and now_s - alert.pending_s >= rule.for_s:
        return replace(alert, state="firing", value=value, fired_s=now_s)
    return replace(alert, value=value)


def alerts(state: State) -> list[Alert]:
    """Return every episode that is remembered, what changed last first."""
    return [Alert(**row) for row in state.select(SELECT_ALERTS)]


class Watch:
    """Works the rules out against the store, and keeps what comes of it in the state."""

    def __init__(
        self,
        store: Store,
        state: State,
        rules: Iterable[Rule] = RULES,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._state = state
        self._rules = tuple(rules)
        self._now = now
        state.create("alerts", ALERTS)

    async def run(self, interval_s: float = 5.0) -> None:
        """Look every few seconds until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.look)
            except (StoreError, PromqlError) as error:
                _log.warning("alerts not worked out: %s", type(error).__name__)
            await asyncio.sleep(interval_s)

    def look(self) -> None:
        """Work every rule out once."""
        now_s = self._now()
        going = {
            (alert.rule, alert.labels): alert
            for alert in alerts(self._state)
            if alert.state != "resolved"
        }
        for rule in self._rules:
            found = self._holding(rule, now_s)
            known = {labels for name, labels in going if name == rule.name}
            for labels in known | set(found):
                before = going.get((rule.name, labels))
                after = advance(before, rule, labels, found.get(labels), now_s)
                self._keep(before, after)
        self._state.run(FORGET_ALERTS, (now_s - _REMEMBER_S,))

    def _holding(self, rule: Rule, now_s: float) -> dict[str, float]:
        """Return the series a rule's condition holds for now, and their values."""
        found = evaluate(rule.condition, Grid(now_s, now_s, 1.0), fetcher(self._store))
        holding = {}
        for series in found:
            value = series.values[-1]
            if value is not None and not math.isnan(value):
                holding[orjson.dumps(dict(series.key)).decode()] = value
        return holding

    def _keep(self, before: Alert | None, after: Alert | None) -> None:
        if after is None:
            if before is not None:
                self._state.run(DROP_ALERT, (before.rule, before.labels, before.pending_s))
            return
        if after != before:
            self._state.run(SAVE_ALERT, _row(after))


def _row(alert: Alert) -> dict[str, Any]:
    return {name: getattr(alert, name) for name in Alert.__dataclass_fields__}
