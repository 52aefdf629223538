"""A stretch of time, as addresses say it."""

from datetime import timedelta, timezone

import pytest

from tallow_console.web.ranges import RELATIVE, AskError, TimeRange, read_range

NOW_S = 1_800_000_000.0


@pytest.mark.parametrize("name", RELATIVE)
def test_a_relative_range_ends_now(name: str) -> None:
    found = read_range({"range": name}, NOW_S)

    assert (found.end_s, found.length_s) == (NOW_S, RELATIVE[name][0])


def test_an_absolute_range_survives_its_own_address() -> None:
    found = read_range({"from": "2026-11-23T10:00:00Z", "to": "2026-11-23T10:30:00.5Z"}, NOW_S)

    assert read_range(found.parameters, NOW_S) == found
    assert found.length_s == 1800.5


def test_a_time_without_an_offset_is_the_viewers() -> None:
    zone = timezone(timedelta(hours=2))

    found = read_range({"from": "2026-11-23T10:00:00", "to": "2026-11-23T11:00"}, NOW_S, zone=zone)

    assert found == read_range({"from": "2026-11-23T08:00Z", "to": "2026-11-23T09:00Z"}, NOW_S)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"range": "2 weeks"}, id="a name nobody knows"),
        pytest.param({"from": "yesterday"}, id="a time in words"),
        pytest.param({"from": "nan"}, id="not a number"),
        pytest.param({"from": "-5"}, id="before time began"),
        pytest.param({"from": "1e300"}, id="after it ended"),
        pytest.param({"from": "2026-11-23", "to": "2026-11-22"}, id="an end before its start"),
        pytest.param({"from": "2020-01-01", "to": "2026-01-01"}, id="six years"),
        pytest.param({"to": "2026-01-01"}, id="an end without a start"),
    ],
)
def test_a_range_that_makes_no_sense_is_an_error_that_quotes_nothing(said: dict[str, str]) -> None:
    with pytest.raises(AskError) as error:
        read_range(said, NOW_S)

    assert not any(value in str(error.value) for value in said.values())


@pytest.mark.parametrize("name", RELATIVE)
def test_the_steps_of_a_range_cover_it_and_are_few(name: str) -> None:
    asked = read_range({"range": name}, NOW_S + 17.3)

    span = asked.span(60)

    assert span.steps <= 61
    assert span.first_s <= asked.start_s < span.first_s + span.step_s
    assert span.times[-1] < asked.end_s <= span.times[-1] + span.step_s


def test_the_range_before_ends_where_this_one_starts() -> None:
    assert TimeRange(100, 160).before() == TimeRange(40, 100)
