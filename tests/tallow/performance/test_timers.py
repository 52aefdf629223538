"""Timers: named stretches of work as a histogram."""

import re

import pytest

from tallow import performance
from tallow.metrics import REGISTRY
from tallow.metrics.exposition import render


def count_of(name: str, source: str = "server") -> float:
    series = f'tallow_measure_duration_seconds_count{{name="{name}",source="{source}"}} '
    found = re.search("^" + re.escape(series) + r"(\S+)$", render(REGISTRY).decode(), re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_a_body_is_measured_even_when_it_raises() -> None:
    with pytest.raises(KeyError), performance.timer("raising"):
        raise KeyError

    assert count_of("raising") == 1


async def test_functions_and_coroutine_functions_are_measured_and_answer_as_before() -> None:
    @performance.timed("resize")
    def resize(width: int, *, height: int) -> int:
        """Resize."""
        return width * height

    @performance.timed("fetch")
    async def fetch(what: str) -> str:
        return what

    assert (resize(2, height=3), await fetch("x")) == (6, "x")
    assert (resize.__name__, resize.__doc__) == ("resize", "Resize.")
    assert (count_of("resize"), count_of("fetch")) == (1, 1)


def test_the_time_between_two_marks_is_measured() -> None:
    start_s = performance.mark("start")
    end_s = performance.mark("end")

    assert performance.measure("span", "start", "end") == end_s - start_s
    assert performance.measure("span", "start") >= end_s - start_s
    assert count_of("span") == 2


def test_a_mark_that_was_never_made_measures_nothing() -> None:
    assert performance.measure("ghost", "never made") is None
    assert count_of("ghost") == 0


@pytest.mark.parametrize("duration", [-0.1, float("nan")])
def test_a_duration_that_makes_no_sense_is_left_out(duration: float) -> None:
    performance.record("odd", duration)

    assert count_of("odd") == 0
