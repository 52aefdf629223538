import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

import tallow
from tallow.logs import bridge
from tallow.testing import Left, capture
from tests.tallow.receiver import receiving


@pytest.fixture
def left() -> Iterator[Left]:
    with capture() as left:
        yield left


def test_a_line_of_logging_goes_our_way(left: Left) -> None:
    logging.getLogger("shop.cart").warning("mail %s", "ann@example.org", extra={"room": 3})

    (line,) = left.logs
    assert (line.level, line.message) == ("warning", "mail [email]")
    assert line.context == {"room": 3}
    assert line.metadata["logger"] == "shop.cart"


def test_a_logged_exception_brings_its_stack(left: Left) -> None:
    try:
        raise KeyError("gone")
    except KeyError:
        logging.getLogger("shop").exception("lookup failed")

    error = left.logs[0].context["error"]
    assert isinstance(error, dict)
    assert error["type"] == "KeyError"


@pytest.mark.parametrize(
    ("number", "level"),
    [
        pytest.param(5, "debug", id="below debug"),
        pytest.param(logging.INFO, "info", id="info"),
        pytest.param(25, "info", id="between info and warning"),
        pytest.param(logging.ERROR, "error", id="error"),
        pytest.param(99, "critical", id="above critical"),
    ],
)
def test_levels_are_those_of_logging(number: int, level: str) -> None:
    assert bridge.level_of(number) == level


def test_arguments_that_do_not_fit_leave_the_template(left: Left) -> None:
    record = logging.LogRecord("shop", logging.WARNING, "x.py", 1, "%d of %d", ("one",), None)

    bridge.LoggingBridge().emit(record)

    assert left.logs[0].message == "%d of %d"


@pytest.mark.parametrize("name", ["tallow", "tallow.delivery", "sentry_sdk.errors"])
def test_our_own_lines_do_not_come_round(left: Left, name: str) -> None:
    logging.getLogger(name).warning("delivered")

    assert left.logs == []


def test_what_libraries_say_while_we_deliver_does_not_come_round(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    level_before = root.level
    root.setLevel(logging.DEBUG)
    try:
        with receiving() as receiver:
            tallow.init(loki_url=receiver.address, data_dir=tmp_path, log_level="debug")
            tallow.logger.info("one line")
            assert tallow.flush(5.0)
            assert tallow.flush(5.0)
            tallow.close()
    finally:
        root.setLevel(level_before)

    assert len(receiver.requests) == 1
    assert b"urllib3" not in receiver.requests[0].body


def test_closing_leaves_the_root_logger_as_it_was() -> None:
    before = list(logging.getLogger().handlers)
    tallow.init()
    during = list(logging.getLogger().handlers)
    tallow.close()

    assert len(during) == len(before) + 1
    assert logging.getLogger().handlers == before


def test_logging_is_left_alone_on_request() -> None:
    before = list(logging.getLogger().handlers)
    tallow.init(bridge_logging=False)
    during = list(logging.getLogger().handlers)
    tallow.close()

    assert during == before


def test_a_line_of_structlog_goes_our_way(left: Left) -> None:
    log = structlog.wrap_logger(
        structlog.PrintLogger(),
        processors=[structlog.processors.add_log_level, bridge.structlog_processor],
    )

    log.warning("mail ann@example.org", room=3)

    (line,) = left.logs
    assert (line.level, line.message) == ("warning", "mail [email]")
    assert line.context == {"room": 3}
