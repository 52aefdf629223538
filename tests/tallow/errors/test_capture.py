import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sentry_sdk

import tallow
from tallow import context
from tallow.errors.caps import CAPS
from tallow.records import JsonObject
from tallow.testing import Left, capture
from tests.tallow.receiver import receiving


@pytest.fixture
def left() -> Iterator[Left]:
    with capture() as left:
        yield left


def _fail(message: str = "boom") -> str:
    try:
        raise ValueError(message)
    except ValueError as error:
        return tallow.capture_exception(error, {"file_kind": "image"})


def _payload(left: Left) -> JsonObject:
    (item,) = left.errors
    assert item.type == "event"
    return item.payload


def test_an_error_leaves_with_its_stack_and_context(left: Left) -> None:
    event_id = _fail()

    payload = _payload(left)
    value = payload["exception"]["values"][-1]  # type: ignore[index,call-overload]
    assert payload["event_id"] == event_id
    assert left.errors[0].event_id == event_id
    assert (value["type"], value["value"]) == ("ValueError", "boom")  # type: ignore[index,call-overload]
    assert value["stacktrace"]["frames"][-1]["function"] == "_fail"  # type: ignore[index,call-overload]
    assert value["mechanism"]["handled"] is True  # type: ignore[index,call-overload]
    assert payload["extra"]["file_kind"] == "image"  # type: ignore[index,call-overload]


def test_neither_locals_nor_source_nor_absolute_paths_leave(left: Left) -> None:
    secret_in_a_local = "s3cr3t-word-in-a-local"
    try:
        raise ValueError(len(secret_in_a_local))  # a comment that would be source
    except ValueError as error:
        tallow.capture_exception(error)

    (frame,) = _payload(left)["exception"]["values"][-1]["stacktrace"]["frames"]  # type: ignore[index,call-overload]
    assert set(frame) <= {"filename", "function", "module", "lineno", "in_app"}
    assert "s3cr3t" not in repr(left.errors)


def test_correlation_fields_and_steps_come_along(left: Left) -> None:
    with context.correlation_scope("ab" * 16), context.fields_scope(room=3):
        tallow.add_breadcrumb("ui", "click", {"button": "send"})
        _fail()

    payload = _payload(left)
    assert payload["contexts"]["trace"]["trace_id"] == "ab" * 16  # type: ignore[index,call-overload]
    assert payload["tags"]["correlation_id"] == "ab" * 16  # type: ignore[index,call-overload]
    assert payload["extra"] == {"room": 3, "file_kind": "image"}
    (step,) = payload["breadcrumbs"]["values"]  # type: ignore[index,call-overload]
    assert (step["category"], step["message"], step["data"]) == ("ui", "click", {"button": "send"})  # type: ignore[index,call-overload]


@pytest.mark.parametrize(
    "planted",
    [
        pytest.param("ann@example.org", id="a mail address"),
        pytest.param("4111 1111 1111 1111", id="a card"),
        pytest.param("203.0.113.77", id="an address"),
    ],
)
def test_a_planted_secret_leaves_in_no_field(left: Left, planted: str) -> None:
    with sentry_sdk.new_scope() as scope, context.fields_scope(field=planted):
        scope.set_user({"id": planted, "email": planted, "username": planted, "data": [planted]})
        scope.set_tag("planted", planted)
        scope.set_tag(f"key {planted}", "x")
        scope.set_context("planted", {"deep": [{"deeper": planted}]})
        scope.set_extra("planted", {planted: planted})
        scope.set_transaction_name(f"/order/{planted}")
        scope.fingerprint = ["{{ default }}", planted]
        scope.add_breadcrumb(
            category=planted, message=planted, data={"url": f"https://h/{planted}"}
        )
        scope.add_attachment(bytes=planted.encode(), filename=planted)
        tallow.add_breadcrumb("ui", f"typed {planted}", {"nested": [{"deep": planted}]})
        try:
            raise KeyError(planted)
        except KeyError as cause:
            error = RuntimeError(f"because of {planted}", planted)
            error.add_note(f"a note on {planted}")
            error.__cause__ = ExceptionGroup(planted, [cause, OSError(2, planted, planted)])
            tallow.capture_exception(error, {"said": planted})

    assert [item.type for item in left.errors] == ["event"]
    assert "because of" in repr(left.errors)
    assert planted not in repr(left.errors)


def test_one_error_reported_twice_is_sent_once(left: Left) -> None:
    error = ValueError("x")

    assert tallow.capture_exception(error) == tallow.capture_exception(error)
    assert len(left.errors) == 1


def test_a_loop_sends_at_most_twenty_and_a_true_count(left: Left) -> None:
    for number in range(1000):
        _fail(f"number {number}")

    events = [item for item in left.errors if item.type == "event"]
    reports = [item for item in left.errors if item.type == "client_report"]
    counted = sum(report.payload["discarded_events"][0]["quantity"] for report in reports)  # type: ignore[index,call-overload,misc]
    assert len(events) <= 20
    assert len(events) + counted == 1000
    assert reports[0].payload["suppressed"][0]["event_id"] in {  # type: ignore[index,call-overload]
        event.event_id for event in events
    }


def test_sentry_sdks_own_capture_is_capped_and_scrubbed_too(left: Left) -> None:
    _fail()  # starts the client
    for _ in range(50):
        try:
            raise KeyError("ann@example.org")
        except KeyError:
            sentry_sdk.capture_exception()

    assert len([item for item in left.errors if item.type == "event"]) <= 11
    assert "ann@example.org" not in repr(left.errors)


def test_what_cannot_be_scrubbed_does_not_leave(left: Left) -> None:
    _fail()
    with sentry_sdk.new_scope() as scope:
        scope.add_attachment(bytes=b"ann@example.org", filename="ann@example.org.txt")
        sentry_sdk.capture_message("with an attachment")

    assert [item.type for item in left.errors] == ["event", "event"]


def test_a_message_of_sentry_sdk_leaves_the_same_way(left: Left) -> None:
    _fail()
    sentry_sdk.capture_message("mail ann@example.org")

    assert left.errors[1].payload["message"] == "mail [email]"


def test_without_a_dsn_an_error_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    tallow.init(environment="test", log_format="json", sentry_dsn="")
    event_id = _fail("mail ann@example.org")
    tallow.close()

    shown = capsys.readouterr().out
    assert len(event_id) == 32
    assert event_id in shown
    assert "mail [email]" in shown


def test_without_a_dsn_a_loop_is_capped_and_counted_in_the_log(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 1000.0
    monkeypatch.setattr(CAPS, "_now", lambda: now_s)
    tallow.init(environment="test", log_format="json", sentry_dsn="")
    for _ in range(500):
        _fail()
    now_s += 60.0
    _fail()
    tallow.close()

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 11
    assert '"held_back":490' in lines[-1]


def test_context_of_another_shape_loses_no_error(left: Left) -> None:
    tallow.capture_exception(ValueError("x"), "words")  # type: ignore[arg-type]

    assert _payload(left)["extra"] == {"context": "words"}


def test_capturing_nothing_is_nothing(left: Left) -> None:
    assert tallow.capture_exception() == ""
    assert left.errors == []


@pytest.mark.parametrize("error", ["text", 7, ValueError])
def test_what_is_no_exception_raises_nothing(left: Left, error: object) -> None:
    assert tallow.capture_exception(error) == ""  # type: ignore[arg-type]


def test_a_capped_error_costs_a_fiftieth_of_a_capture_at_most(left: Left) -> None:
    def took_s() -> float:
        error = ValueError("x")
        try:
            raise error
        except ValueError:
            began_s = time.perf_counter()
            tallow.capture_exception(error)
            return time.perf_counter() - began_s

    took_s()
    sent = sorted(took_s() for _ in range(8))[3]
    capped = sorted(took_s() for _ in range(500))[250]

    assert capped <= 0.02 * sent + 5e-6
    assert capped < 20e-6


def test_the_environment_cannot_open_a_second_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SENTRY_SPOTLIGHT", "http://127.0.0.1:9/stream")
    monkeypatch.setenv("SENTRY_PRINT_ENVELOPES", "1")

    tallow.init(sentry_dsn="http://key@127.0.0.1:9/1", data_dir=tmp_path)
    client = sentry_sdk.get_client()
    tallow.close(0.0)

    assert client.spotlight is None
    assert "SENTRY_SPOTLIGHT" not in os.environ
    assert "SENTRY_PRINT_ENVELOPES" not in os.environ


def test_a_client_that_takes_over_is_put_out_again(tmp_path: Path) -> None:
    tallow.init(sentry_dsn="http://key@127.0.0.1:9/1", data_dir=tmp_path)
    ours = sentry_sdk.get_client()
    sentry_sdk.init(dsn="http://key@127.0.0.1:9/2", default_integrations=False)
    assert sentry_sdk.get_client() is not ours

    _fail("as ever")

    assert sentry_sdk.get_client() is ours
    tallow.close(0.0)


def test_what_sentry_sdk_may_collect_is_the_minimum(tmp_path: Path) -> None:
    tallow.init(sentry_dsn="http://key@127.0.0.1:9/1", data_dir=tmp_path)
    options = sentry_sdk.get_client().options
    tallow.close(0.0)

    collected = options["data_collection"]
    assert collected["provided_by_user"] is True
    assert [name for name, value in collected.items() if value is True] == ["provided_by_user"]
    assert collected["http_bodies"] == []
    assert collected["frame_context_lines"] == 0
    assert collected["cookies"]["mode"] == collected["url_query_params"]["mode"] == "off"
    assert options["trace_propagation_targets"] == []
    assert options["traces_sample_rate"] is None


def test_a_forked_worker_reports_its_own_errors(tmp_path: Path) -> None:
    script = """
        import os, sys, tallow
        tallow.init(sentry_dsn=sys.argv[1], data_dir=sys.argv[2])
        def fail(who):
            try:
                raise ValueError(f"in the {who}")
            except ValueError as error:
                return tallow.capture_exception(error)
        fail("parent")
        tallow.flush()
        child = os.fork()
        if child == 0:
            fail("child")
            os._exit(0 if tallow.flush(10) else 1)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    with receiving() as receiver:
        dsn = f"http://{'a' * 32}@127.0.0.1:{receiver.port}/1"
        command = [sys.executable, "-c", textwrap.dedent(script), dsn, str(tmp_path)]
        done = subprocess.run(command, capture_output=True, timeout=60)
        bodies = [request.body for request in receiver.accepted]

    assert done.returncode == 0, done.stderr
    assert [b"in the parent" in body for body in bodies] == [True, False]
    assert [b"in the child" in body for body in bodies] == [False, True]


def test_no_release_is_guessed(left: Left) -> None:
    _fail()

    assert "release" not in _payload(left)


def test_the_server_has_a_hash_for_a_name(tmp_path: Path) -> None:
    tallow.init(sentry_dsn="http://key@127.0.0.1:9/1", data_dir=tmp_path)
    name = sentry_sdk.get_client().options["server_name"]
    tallow.close(0.0)

    assert len(name) == 16
    assert set(name) <= set("0123456789abcdef")


def test_frames_of_the_application_are_told_from_what_it_uses(left: Left) -> None:
    try:
        json.loads("{")
    except ValueError as error:
        tallow.capture_exception(error)

    values: Any = _payload(left)["exception"]
    frames = values["values"][0]["stacktrace"]["frames"]
    own = {frame["module"]: frame.get("in_app") for frame in frames}
    assert own["json.decoder"] is False
    assert own[__name__] is True
