import timeit
from collections.abc import Iterator

import pytest

from tallow import context
from tallow.logs import logger
from tallow.logs.logger import set_level
from tallow.records import LEVELS
from tallow.testing import Left, capture


@pytest.fixture
def left() -> Iterator[Left]:
    with capture() as left:
        yield left


@pytest.mark.parametrize("level", LEVELS)
def test_each_level_has_its_method(left: Left, level: str) -> None:
    getattr(logger, level)("hi", n=1)

    (line,) = left.logs
    assert (line.level, line.message, line.context) == (level, "hi", {"n": 1})


def test_a_line_knows_its_request(left: Left) -> None:
    with context.correlation_scope("ab" * 16):
        logger.info("hi")

    assert left.logs[0].correlation_id == "ab" * 16


def test_bound_fields_come_along_and_what_is_said_wins(left: Left) -> None:
    bound = logger.bind(room=3, n=1).bind(peer=2)
    bound.info("hi", n=9)
    logger.info("free")

    assert left.logs[0].context == {"room": 3, "n": 9, "peer": 2}
    assert left.logs[1].context == {}


def test_a_field_may_be_named_like_a_parameter(left: Left) -> None:
    logger.info("hi", message="m", level="l", self="s")

    assert left.logs[0].context == {"message": "m", "level": "l", "self": "s"}


def test_performance_has_its_own_place(left: Left) -> None:
    logger.info("done", performance={"duration_s": 0.25}, n=1)

    assert left.logs[0].performance == {"duration_s": 0.25}
    assert left.logs[0].context == {"n": 1}


def test_an_exception_brings_its_stack(left: Left) -> None:
    try:
        raise KeyError("ann@example.org")
    except KeyError:
        logger.exception("lookup failed")

    error = left.logs[0].context["error"]
    assert isinstance(error, dict)
    assert error["type"] == "KeyError"
    assert error["message"] == "'[email]'"
    assert "test_an_exception_brings_its_stack" in str(error["stack"])


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(object(), id="an object"),
        pytest.param({1, 2}, id="a set"),
        pytest.param(b"\xff", id="bytes"),
        pytest.param("\ud800", id="a lone surrogate"),
        pytest.param(float("inf"), id="infinity"),
        pytest.param(2**99, id="a huge number"),
        pytest.param({1: {2: 3}}, id="numbers as keys"),
        pytest.param(ValueError("x"), id="an exception"),
    ],
)
def test_any_value_can_be_logged(left: Left, odd: object) -> None:
    logger.info("odd", odd=odd)

    assert "odd" in left.logs[0].context


def test_a_value_that_cannot_be_shown_breaks_nothing(left: Left) -> None:
    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError("ann@example.org")

    logger.info("odd", odd=Broken())
    logger.info("next")

    assert left.logs[-1].message == "next"


def test_lines_below_the_level_are_not_made(left: Left) -> None:
    before = set_level("error")
    logger.info("quiet")
    logger.exception("loud")
    set_level(before)

    assert [line.message for line in left.logs] == ["loud"]


def test_a_disabled_line_costs_next_to_nothing() -> None:
    before = set_level("critical")
    spent_s = min(timeit.repeat(lambda: logger.debug("x", n=1), number=10_000, repeat=7)) / 10_000
    empty_s = min(timeit.repeat(lambda: None, number=10_000, repeat=7)) / 10_000
    set_level(before)

    assert spent_s < 40 * empty_s
