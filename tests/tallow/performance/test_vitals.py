"""Web Vitals: rated by the usual bounds, in histograms by route, and on to the sink."""

import re

import pytest

from tallow.metrics import REGISTRY
from tallow.metrics.exposition import render
from tallow.performance import rating_of, record_vital
from tallow.records import Vital
from tests.tallow.leaving import leaving


def line_of(series: str) -> str:
    found = re.search("^" + re.escape(series) + r" (\S+)$", render(REGISTRY).decode(), re.MULTILINE)
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("name", "value", "rating"),
    [
        ("LCP", 2500.0, "good"),
        ("LCP", 2500.1, "needs-improvement"),
        ("LCP", 4000.1, "poor"),
        ("CLS", 0.1, "good"),
        ("CLS", 0.26, "poor"),
        ("INP", 350.0, "needs-improvement"),
        ("TTFB", 1800.0, "needs-improvement"),
    ],
)
def test_a_value_is_rated_by_the_usual_bounds(name: str, value: float, rating: str) -> None:
    assert rating_of(name, value) == rating


def test_a_time_is_observed_in_seconds_by_its_route() -> None:
    with leaving() as left:
        record_vital(Vital(1.0, "LCP", 1500.0, "good", "https://shop.example/a/:id"))

    series = 'tallow_web_vital_seconds_sum{name="LCP",route="/a/:id"}'
    assert line_of(series) == "1.5"
    assert [vital.value for vital in left.vitals] == [1500.0]


def test_a_layout_shift_has_no_unit() -> None:
    record_vital(Vital(1.0, "CLS", 0.25, "needs-improvement", "https://shop.example/shift"))

    assert line_of('tallow_web_vital_layout_shift_sum{route="/shift"}') == "0.25"


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf"), 1e9])
def test_what_no_browser_can_have_measured_is_left_out(value: float) -> None:
    with leaving() as left:
        record_vital(Vital(1.0, "FCP", value, "poor", "https://shop.example/odd"))

    assert left.payloads == []
    assert line_of('tallow_web_vital_seconds_count{name="FCP",route="/odd"}') == ""
