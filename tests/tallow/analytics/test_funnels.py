"""Funnels: steps in their order, once each, and told without a key."""

import pytest

from tallow.analytics import Funnel
from tallow.metrics.exposition import clean_label, render
from tallow.metrics.registry import Registry
from tests.tallow.leaving import leaving

STEPS = ["pick", "encrypt", "connect", "done"]


@pytest.fixture
def registry() -> Registry:
    return Registry(clean=clean_label)


@pytest.fixture
def funnel(registry: Registry) -> Funnel:
    return Funnel("send", STEPS, registry)


def test_completion_says_how_many_got_how_far(funnel: Funnel) -> None:
    for key, taken in (("a", 4), ("b", 2), ("c", 1), ("d", 1)):
        for step in STEPS[:taken]:
            funnel.step(step, key)

    assert [(one.step, one.reached, one.ratio) for one in funnel.completion()] == [
        ("pick", 4, 1.0),
        ("encrypt", 2, 0.5),
        ("connect", 1, 0.25),
        ("done", 1, 0.25),
    ]


@pytest.mark.parametrize(
    ("steps", "counted"),
    [
        pytest.param(["pick", "encrypt"], [True, True], id="in order"),
        pytest.param(["encrypt", "pick"], [False, True], id="the second first"),
        pytest.param(["pick", "connect"], [True, False], id="one left out"),
        pytest.param(["pick", "pick"], [True, False], id="the same twice"),
        pytest.param(["dance"], [False], id="no step of this funnel"),
        pytest.param([*STEPS, "pick"], [True] * 5, id="once more from the start"),
    ],
)
def test_a_step_counts_after_the_ones_before_it(
    funnel: Funnel, steps: list[str], counted: list[bool]
) -> None:
    assert [funnel.step(step, "a") for step in steps] == counted


def test_a_step_is_told_and_counted_but_its_key_is_not(funnel: Funnel, registry: Registry) -> None:
    with leaving() as left:
        funnel.step("pick", "transfer-4711")

    assert [(event.name, dict(event.props)) for event in left.events] == [
        ("funnel_step", {"funnel": "send", "step": "pick"})
    ]
    assert b"4711" not in b"".join(left.payloads)
    assert 'tallow_funnel_steps_total{funnel="send",step="pick"} 1' in render(registry).decode()


def test_those_who_stop_half_way_are_forgotten(funnel: Funnel) -> None:
    funnel.step("pick", "first")
    for number in range(10_000):
        funnel.step("pick", str(number))

    assert funnel.step("encrypt", "first") is False
    assert funnel.step("encrypt", "9999") is True


def test_a_funnel_without_steps_is_refused(registry: Registry) -> None:
    with pytest.raises(ValueError, match="a funnel needs steps"):
        Funnel("send", [], registry)
