"""Where the parts are wired: init(), flush(), close(), and how it all fares."""

import atexit
import hashlib
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from . import pipeline
from .errors import capture
from .errors.caps import CAPS
from .exceptions import SettingError
from .logs import bridge
from .logs.logger import set_level
from .metrics import runtime
from .records import JsonValue
from .settings import Settings, read, use

if TYPE_CHECKING:  # late, inside functions: `import tallow` must be quick
    from .delivery.lane import Lane, LaneStatus
    from .delivery.shipper import Shipper
    from .sinks.sink import Sink
    from .sinks.stdout import StdoutWriter

__all__ = ["Status", "close", "flush", "init", "status"]


@dataclass(frozen=True, slots=True)
class Status:
    """How Tallow fares in this process: its sinks, and the journals' folder if there is one.

    `engine` is the scrubber's: `c`, `re2` or `re`, the fastest there is.
    """

    is_started: bool
    engine: str
    sinks: "tuple[LaneStatus, ...]" = ()
    journal: Path | None = None
    log_format: str = ""
    errors: Literal["sent", "logged"] = "logged"


@dataclass(frozen=True, slots=True)
class _Running:
    """Everything one `init()` started."""

    settings: Settings
    stdout: "StdoutWriter | None"
    lanes: "tuple[Lane, ...]"
    shipper: "Shipper | None"


_lock = threading.RLock()
_running: _Running | None = None


def init(**given: object) -> Settings:
    """Start Tallow with these settings, those of the environment and the defaults.

    A second call replaces the first. Without any sink no thread is started and no file opened.
    Returns the settings in use.

    Raises:
        SettingError: a setting is unknown, missing or does not parse.
        RuleError: the file of scrub rules is refused.
    """
    global _running
    from .sinks.stdout import StdoutWriter

    chosen = read(None, **given)
    with _lock:
        close()
        _configure_scrub(chosen, _hash_key(chosen))
        form = _log_form(chosen)
        stdout = None if form == "none" else StdoutWriter(form)
        sinks = _sinks(chosen)
        lanes, shipper = _delivery(chosen, sinks)
        routes = tuple(
            pipeline.Route(sink.wants, lane.journal.append)
            for sink, lane in zip(sinks, lanes, strict=True)
        )
        writers = () if stdout is None else (stdout,)
        pipeline.use(pipeline.Engine(routes, writers, _metadata(chosen), chosen.log_level))
        set_level(chosen.log_level)
        use(chosen)
        runtime.start()
        _running = _Running(chosen, stdout, lanes, shipper)
        if shipper is not None:
            shipper.start()
        _start_errors(chosen)
        if chosen.bridge_logging:
            bridge.install()
    return chosen


def flush(timeout_s: float = 5.0) -> bool:
    """Wait until everything said so far has left; say whether that was reached in time."""
    running = _running
    if running is None:
        return True
    deadline_s = time.monotonic() + timeout_s
    if running.settings.sentry_dsn:
        _flush_errors(timeout_s)
    is_said = running.stdout is None or running.stdout.drain(timeout_s)
    if running.shipper is None:
        return is_said
    return running.shipper.flush(max(deadline_s - time.monotonic(), 0.0)) and is_said


def close(timeout_s: float = 2.0) -> None:
    """Deliver what can be delivered in time, then stop; what is left stays in the journal."""
    global _running
    with _lock:
        if _running is None:
            return
        bridge.remove()
        flush(timeout_s)
        running, _running = _running, None
        capture.send_by(None)
        if running.settings.sentry_dsn:
            _stop_errors()
        pipeline.use(None)
        use(None)
        if running.shipper is not None:
            running.shipper.stop()
        for lane in running.lanes:
            lane.journal.close()
        if running.stdout is not None:
            running.stdout.close()


def status() -> Status:
    """Return how Tallow fares in this process."""
    from .scrub.matcher.engines import available

    running, engine = _running, available()[0]
    if running is None:
        return Status(is_started=False, engine=engine)
    shipper = running.shipper
    return Status(
        is_started=True,
        engine=engine,
        sinks=() if shipper is None else shipper.status(),
        journal=None if shipper is None else _journal_folder(running.settings),
        log_format=_log_form(running.settings),
        errors="sent" if running.settings.sentry_dsn else "logged",
    )


def _start_errors(chosen: Settings) -> None:
    CAPS.reset(chosen.error_sample_ratio)
    if not chosen.sentry_dsn:
        return
    from .errors import client  # late: sentry-sdk is loaded only where it is used

    client.start(
        chosen.sentry_dsn,
        release=chosen.release,
        environment=chosen.environment,
        server_name=_server_name(chosen),
        own_modules=chosen.own_modules,
        with_source=chosen.error_source,
    )
    capture.send_by(client.capture)


def _flush_errors(timeout_s: float) -> None:
    from .errors import client

    client.flush(timeout_s)


def _stop_errors() -> None:
    from .errors import client

    client.stop()


def _watch_errors() -> None:
    """Every tick: see that sentry-sdk is still ours, and report what did not leave."""
    from .errors import client

    client.keep_ours()
    client.report()


def _server_name(chosen: Settings) -> str:
    """Return a hash that tells machines apart without naming them."""
    key = _hash_key(chosen).encode()[:32]
    return hashlib.blake2s(socket.gethostname().encode(), key=key, digest_size=8).hexdigest()


def _sinks(chosen: Settings) -> "list[Sink]":
    from .sinks.loki import LokiSink
    from .sinks.plausible import PlausibleSink
    from .sinks.sentry import SentrySink

    sinks: list[Sink] = []
    if chosen.sentry_dsn:
        sinks.append(SentrySink(chosen.sentry_dsn))
    if chosen.loki_url:
        labels = {"service": chosen.service, "env": chosen.environment}
        sinks.append(LokiSink(chosen.loki_url, labels))
    if chosen.plausible_host:
        sinks.append(PlausibleSink(chosen.plausible_host))
    return sinks


def _delivery(chosen: Settings, sinks: "list[Sink]") -> "tuple[tuple[Lane, ...], Shipper | None]":
    """Return a lane for each sink and the shipper that steps them; none without a sink."""
    from .delivery.http import Http
    from .delivery.journal import Journal
    from .delivery.lane import Lane
    from .delivery.shipper import Shipper

    if not sinks:
        return (), None

    def wake() -> None:
        shipper.wake()  # it is made below, before the first record

    http = Http(chosen.http_timeout_s)
    folder = _journal_folder(chosen)
    lanes = []
    for sink in sinks:
        try:
            _make_private(chosen.data_dir)
            _make_private(folder)
            journal = Journal(folder / sink.name, chosen.journal_max_bytes, wake)
        except OSError:
            raise _data_dir_error() from None
        dead_letters = folder / f"{sink.name}.dead-letters.jsonl"
        lanes.append(Lane(sink, journal, http.post, pipeline.restore, dead_letters))
    ticks: list[Callable[[], object]] = [lane.journal.adopt for lane in lanes]
    if chosen.sentry_dsn:
        ticks.append(_watch_errors)
    shipper = Shipper(lanes, http, chosen.flush_interval_s, ticks)
    return tuple(lanes), shipper


def _journal_folder(chosen: Settings) -> Path:
    return chosen.data_dir / "journal"


def _configure_scrub(chosen: Settings, hash_key: str) -> None:
    from . import scrub

    scrub.configure(scrub.Policy.of(chosen, hash_key))


def _hash_key(chosen: Settings) -> str:
    """Return the key of user hashes; one made here is kept, so that all workers share it."""
    if chosen.hash_key or not (chosen.sentry_dsn or chosen.loki_url or chosen.plausible_host):
        return chosen.hash_key
    path = chosen.data_dir / "hash.key"
    try:
        _make_private(chosen.data_dir)
        made = path.with_name(f"hash.key.{os.getpid()}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_hex(32), "ascii")
        try:
            os.link(made, path)  # whole or not at all, and only if no other was first
        except FileExistsError:
            pass
        finally:
            made.unlink()
        return path.read_text("ascii")
    except OSError:
        raise _data_dir_error() from None


def _make_private(folder: Path) -> None:
    """Make a folder for this user alone; one that is there keeps its mode."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _data_dir_error() -> SettingError:
    expected = "a folder that this user may write to"
    return SettingError("TALLOW_DATA_DIR", "cannot be written", expected)


def _metadata(chosen: Settings) -> dict[str, JsonValue]:
    known: dict[str, JsonValue] = {
        "service": chosen.service,
        "environment": chosen.environment,
    }
    if chosen.release:
        known["release"] = chosen.release
    return known


def _log_form(chosen: Settings) -> Literal["json", "pretty", "none"]:
    if chosen.log_format != "auto":
        return chosen.log_format
    return "json" if chosen.environment == "production" else "pretty"


atexit.register(close)
