"""Pending, firing, resolved: by the clock that is passed in, and over real samples."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tallow_console.alerts.evaluate import Alert, Watch, advance, alerts
from tallow_console.alerts.rules import RULES, Rule
from tallow_console.metrics.promql import Grid, evaluate
from tallow_console.metrics.scrape import series_id
from tallow_console.metrics.tables import TABLES
from tallow_console.state import State
from tallow_console.store import Store

NOW_S = 1_795_000_000.0
RULE = Rule("hot", "It is hot", "Too hot.", "heat", ">", 30, "", 60, "warning", "/metrics")


def test_an_alert_waits_before_it_fires() -> None:
    first = advance(None, RULE, "{}", 31.0, NOW_S)
    second = advance(first, RULE, "{}", 32.0, NOW_S + 59)
    third = advance(second, RULE, "{}", 33.0, NOW_S + 60)

    assert [one.state for one in (first, second, third) if one] == ["pending", "pending", "firing"]
    assert third is not None
    assert (third.pending_s, third.fired_s, third.value) == (NOW_S, NOW_S + 60, 33.0)


def test_one_that_never_fired_leaves_no_trace() -> None:
    pending = advance(None, RULE, "{}", 31.0, NOW_S)

    assert advance(pending, RULE, "{}", None, NOW_S + 5) is None


def test_one_that_fired_is_resolved_and_kept() -> None:
    firing = Alert("hot", "{}", "firing", 31.0, NOW_S, NOW_S + 60)

    over = advance(firing, RULE, "{}", None, NOW_S + 90)

    assert over is not None
    assert (over.state, over.resolved_s) == ("resolved", NOW_S + 90)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "store")
    made.create(TABLES)
    yield made
    made.close()


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    made = State(tmp_path / "state.db")
    yield made
    made.close()


def heat(store: Store, room: str, at_s: float, value: float) -> None:
    number = series_id("heat", {"room": room})
    seen = {"first_seen": at_s, "type": "gauge", "help": "", "unit": ""}
    store.insert("series", [{"id": number, "metric": "heat", "tags": {"room": room}, **seen}])
    store.insert("samples", [{"id": number, "ts": at_s, "value": value}])


def test_each_series_has_an_alert_of_its_own(store: Store, state: State) -> None:
    clock = [NOW_S]
    watch = Watch(store, state, [RULE], now=lambda: clock[0])
    for step, (attic, cellar) in enumerate([(35, 10), (36, 11), (20, 40), (19, 41)]):
        clock[0] = NOW_S + step * 60
        heat(store, "attic", clock[0] - 1, attic)
        heat(store, "cellar", clock[0] - 1, cellar)
        watch.look()

    found = {alert.about: alert.state for alert in alerts(state)}
    assert found == {"room attic": "resolved", "room cellar": "firing"}


def test_a_second_episode_is_told_apart_from_the_first(store: Store, state: State) -> None:
    clock = [NOW_S]
    watch = Watch(store, state, [RULE], now=lambda: clock[0])
    for step, value in enumerate([35, 35, 10, 35, 35]):
        clock[0] = NOW_S + step * 60
        heat(store, "attic", clock[0] - 1, value)
        watch.look()

    assert sorted(alert.state for alert in alerts(state)) == ["firing", "resolved"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_built_in_rule_can_be_worked_out(store: Store, rule: Rule) -> None:
    assert evaluate(rule.condition, Grid(NOW_S, NOW_S, 1), lambda *_: []) == []


def test_a_target_that_is_down_fires(store: Store, state: State) -> None:
    number = series_id("up", {"instance": "a:1"})
    seen = {"first_seen": NOW_S - 50, "type": "gauge", "help": "", "unit": ""}
    store.insert("series", [{"id": number, "metric": "up", "tags": {"instance": "a:1"}, **seen}])
    clock = [NOW_S]
    watch = Watch(store, state, now=lambda: clock[0])
    for step in range(4):
        clock[0] = NOW_S + step * 5
        store.insert("samples", [{"id": number, "ts": clock[0] - 0.5, "value": 0.0}])
        watch.look()

    (alert,) = alerts(state)
    assert (alert.rule, alert.state, alert.about) == ("target-down", "firing", "instance a:1")


def test_two_who_watch_the_same_make_one_alert(store: Store, state: State) -> None:
    heat(store, "attic", NOW_S - 1, 40)
    first = Watch(store, state, [RULE], now=lambda: NOW_S)
    second = Watch(store, state, [RULE], now=lambda: NOW_S + 1)
    found = [advance(None, RULE, '{"room":"attic"}', 40, at_s) for at_s in (NOW_S, NOW_S + 1)]
    for watch, alert in zip((first, second), found, strict=True):
        watch._keep(None, alert)

    assert len(alerts(state)) == 1
