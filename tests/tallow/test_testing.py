import logging
from pathlib import Path

import pytest

import tallow
from tallow import pipeline, settings
from tallow.testing import capture
from tests.tallow.receiver import receiving


def test_what_would_have_left_is_shown_by_kind() -> None:
    with capture() as left:
        tallow.logger.info("mail ann@example.org")
        tallow.analytics.track("signup", {"plan": "free"})
        try:
            raise ValueError("no ann@example.org")
        except ValueError as error:
            tallow.capture_exception(error)

    assert left.logs[0].message == "mail [email]"
    assert left.events[0].name == "signup"
    assert left.errors[0].type == "event"
    assert left.vitals == []
    assert "ann@" not in repr([left.logs, left.events, left.errors])


def test_nothing_really_leaves_and_what_ran_goes_on_after(tmp_path: Path) -> None:
    with receiving() as receiver:
        tallow.init(loki_url=receiver.address, data_dir=tmp_path, service="shop")
        engine = pipeline.engine()
        with capture():
            tallow.logger.info("held back")
        tallow.logger.info("on its way")
        assert tallow.flush(5.0)

        assert pipeline.engine() is engine
        assert settings.current().service == "shop"
        tallow.close()

    body = b"".join(request.body for request in receiver.requests)
    assert b"on its way" in body
    assert b"held back" not in body


def test_settings_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALLOW_SERVICE", "from the environment")

    with capture(service="given") as left:
        tallow.logger.info("x")

    assert left.logs[0].metadata["service"] == "given"


def _fail_inside_capture() -> None:
    with capture():
        tallow.capture_exception(ValueError("x"))
        raise ZeroDivisionError


def test_a_failure_in_the_body_puts_everything_back() -> None:
    handlers = list(logging.getLogger().handlers)

    with pytest.raises(ZeroDivisionError):
        _fail_inside_capture()

    assert pipeline.engine() is None
    assert logging.getLogger().handlers == handlers


def test_captures_can_be_nested() -> None:
    with capture() as outer:
        with capture() as inner:
            tallow.logger.info("inside")
        tallow.logger.info("outside")

    assert [line.message for line in inner.logs] == ["inside"]
    assert [line.message for line in outer.logs] == ["outside"]
