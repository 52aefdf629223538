import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

import tallow
from tallow import pipeline, settings, start
from tallow.exceptions import RuleError, SettingError
from tests.tallow.receiver import Answer, receiving, wait_until

_NAMES = ("SENTRY_", "LOKI_", "PLAUSIBLE_", "TALLOW_", "METRICS_", "HEALTH_")


@pytest.fixture(autouse=True)
def clean_slate(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in list(os.environ):
        if name.startswith(_NAMES):
            monkeypatch.delenv(name)
    yield
    tallow.close(0.1)


def _shipper_threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "tallow-shipper"]


def test_without_any_sink_nothing_is_opened_and_no_thread_runs(tmp_path: Path) -> None:
    threads = threading.active_count()

    tallow.init(data_dir=tmp_path / "data")

    assert threading.active_count() == threads
    assert not (tmp_path / "data").exists()
    status = start.status()
    assert (status.is_started, status.sinks, status.journal) == (True, (), None)
    assert (status.log_format, status.errors) == ("pretty", "logged")
    assert status.engine in {"c", "re2", "re"}


def test_production_logs_json(capsys: pytest.CaptureFixture[str]) -> None:
    tallow.init(environment="production", service="shop", release="1.2")

    tallow.logger.info("hi", n=1)

    shown = orjson.loads(capsys.readouterr().out)
    assert shown["metadata"] == {
        "service": "shop",
        "environment": "production",
        "release": "1.2",
    }


def test_development_logs_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    tallow.init()

    tallow.logger.info("hi", n=1)

    assert capsys.readouterr().out.endswith("info     hi n=1\n")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        pytest.param({"sentry_dsn": "https://h/1"}, "TALLOW_SENTRY_DSN", id="a DSN without key"),
        pytest.param({"log_level": "loud"}, "log_level", id="an unknown level"),
        pytest.param({"colour": "red"}, "colour", id="no setting"),
    ],
)
def test_a_bad_setting_is_named(given: dict[str, object], name: str) -> None:
    with pytest.raises(SettingError) as caught:
        tallow.init(**given)

    assert caught.value.name == name
    assert start.status().is_started is False


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SettingError, match="TALLOW_DATA_DIR cannot be written"):
        tallow.init(loki_url="http://127.0.0.1:9", data_dir=tmp_path / "file" / "below")

    assert start.status().is_started is False
    assert pipeline.engine() is None


def test_a_refused_rules_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "rules.json").write_text('{"unheard of": 1}')

    with pytest.raises(RuleError):
        tallow.init(scrub_rules=tmp_path / "rules.json")

    assert pipeline.engine() is None


def test_a_failed_start_leaves_the_one_before_running(tmp_path: Path) -> None:
    tallow.init(service="first")

    with pytest.raises(SettingError):
        tallow.init(service="second", loki_url="nonsense")

    assert settings.current().service == "first"
    assert start.status().is_started


def test_starting_again_replaces_what_ran(tmp_path: Path) -> None:
    with receiving() as first, receiving() as second:
        tallow.init(loki_url=first.address, data_dir=tmp_path)
        tallow.logger.info("to the first")
        tallow.init(loki_url=second.address, data_dir=tmp_path)
        tallow.logger.info("to the second")
        assert tallow.flush(5.0)

        assert len(_shipper_threads()) == 1
        assert [b"to the first" in request.body for request in first.requests] == [True]
        assert [b"to the second" in request.body for request in second.requests] == [True]


def test_closing_ends_the_thread_and_delivers_what_waits(tmp_path: Path) -> None:
    with receiving() as receiver:
        tallow.init(loki_url=receiver.address, data_dir=tmp_path, flush_interval_s=60)
        tallow.logger.info("last words")

        tallow.close()

        assert b"last words" in receiver.requests[0].body
        assert _shipper_threads() == []
        assert not list((tmp_path / "journal" / "loki").iterdir())


def test_what_could_not_be_delivered_leaves_after_the_next_start(tmp_path: Path) -> None:
    with receiving() as receiver:
        receiver.rule = lambda _body: Answer(503)
        tallow.init(loki_url=receiver.address, data_dir=tmp_path)
        tallow.logger.info("kept")
        tallow.close(0.1)
        receiver.rule = None

        tallow.init(loki_url=receiver.address, data_dir=tmp_path)

        assert wait_until(lambda: len(receiver.accepted) == 1)
        assert b"kept" in receiver.accepted[0].body


def test_flush_without_a_start_has_nothing_to_do() -> None:
    assert tallow.flush(0.0) is True


def test_each_signal_reaches_its_sink(tmp_path: Path) -> None:
    with receiving() as receiver:
        tallow.init(
            sentry_dsn=f"http://{'a' * 32}@127.0.0.1:{receiver.port}/1",
            loki_url=receiver.address,
            plausible_host=receiver.address,
            plausible_domain="x.example",
            data_dir=tmp_path,
        )
        tallow.logger.info("a line")
        tallow.analytics.track("an event", {"n": 1})
        try:
            raise ValueError("an error")
        except ValueError as error:
            tallow.capture_exception(error)
        assert tallow.flush(5.0)

        bodies = {request.path: request.body for request in receiver.accepted}
    assert b"a line" in bodies["/loki/api/v1/push"]
    assert b"an event" in bodies["/api/event"]
    assert b"an error" in bodies["/api/1/envelope/"]


def test_status_shows_each_sink(tmp_path: Path) -> None:
    with receiving() as receiver:
        receiver.rule = lambda _body: Answer(401)
        tallow.init(loki_url=receiver.address, data_dir=tmp_path)
        tallow.logger.info("x")
        tallow.flush(1.0)

        (loki,) = start.status().sinks

    assert (loki.sink, loki.last_outcome, loki.delivered) == ("loki", "HTTP 401", 0)
    assert loki.journal_bytes > 0
    assert start.status().journal == tmp_path / "journal"


def test_what_is_on_disk_is_for_its_owner_alone(tmp_path: Path) -> None:
    with receiving() as receiver:
        tallow.init(loki_url=receiver.address, data_dir=tmp_path / "data", hash_key="k" * 32)
        tallow.logger.info("x")

        paths = [tmp_path / "data", *(tmp_path / "data").rglob("*")]
        modes = {path.stat().st_mode & 0o777 for path in paths if path.exists()}

    assert len(paths) >= 4
    assert modes <= {0o700, 0o600}


def test_all_workers_share_the_key_behind_hashes(tmp_path: Path) -> None:
    with receiving() as receiver:
        tallow.init(loki_url=receiver.address, data_dir=tmp_path)
        first = (tmp_path / "hash.key").read_text()
        tallow.init(loki_url=receiver.address, data_dir=tmp_path)

    assert (tmp_path / "hash.key").read_text() == first
    assert len(first) == 64
    assert (tmp_path / "hash.key").stat().st_mode & 0o777 == 0o600


def test_a_process_that_ends_delivers_first(tmp_path: Path) -> None:
    script = """
        import sys, tallow
        tallow.init(loki_url=sys.argv[1], sentry_dsn=sys.argv[2], data_dir=sys.argv[3])
        tallow.logger.info("a line at the end")
        raise ValueError("nobody caught this")
    """
    with receiving() as receiver:
        dsn = f"http://{'a' * 32}@127.0.0.1:{receiver.port}/1"
        command = [sys.executable, "-c", textwrap.dedent(script), receiver.address, dsn]
        done = subprocess.run([*command, str(tmp_path)], capture_output=True, timeout=60)
        bodies = b"".join(request.body for request in receiver.accepted)

    assert done.returncode == 1
    assert b"nobody caught this" in done.stderr
    assert b"a line at the end" in bodies
    assert b"nobody caught this" in bodies


def test_a_forked_worker_delivers_its_own(tmp_path: Path) -> None:
    script = """
        import os, sys, tallow
        tallow.init(loki_url=sys.argv[1], data_dir=sys.argv[2])
        tallow.logger.info("from the parent")
        tallow.flush()
        child = os.fork()
        if child == 0:
            tallow.logger.info("from the child")
            os._exit(0 if tallow.flush(10) else 1)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    with receiving() as receiver:
        command = [sys.executable, "-c", textwrap.dedent(script), receiver.address, str(tmp_path)]
        done = subprocess.run(command, capture_output=True, timeout=60)
        bodies = [request.body for request in receiver.accepted]

    assert done.returncode == 0, done.stderr
    assert [b"from the parent" in body for body in bodies] == [True, False]
    assert [b"from the child" in body for body in bodies] == [False, True]
