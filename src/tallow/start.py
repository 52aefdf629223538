"""Where the parts are wired: init(), flush(), close()."""

import atexit
import threading
from dataclasses import dataclass
from typing import Literal

from . import pipeline, scrub
from .logs.logger import set_level
from .records import JsonValue
from .settings import Settings, read
from .sinks.stdout import StdoutWriter

__all__ = ["close", "flush", "init", "settings"]


@dataclass(frozen=True, slots=True)
class _Running:
    """Everything one `init()` started."""

    settings: Settings
    stdout: StdoutWriter


_lock = threading.RLock()
_running: _Running | None = None


def init(**given: object) -> Settings:
    """Start Tallow with these settings, those of the environment and the defaults.

    A second call replaces the first. Returns the settings in use.

    Raises:
        SettingError: a setting is unknown, missing or does not parse.
        RuleError: the file of scrub rules is refused.
    """
    global _running
    chosen = read(None, **given)
    with _lock:
        close()
        scrub.configure(_policy(chosen))
        stdout = StdoutWriter(_log_form(chosen))
        pipeline.use(
            pipeline.Engine(writers=(stdout,), metadata=_metadata(chosen), level=chosen.log_level)
        )
        set_level(chosen.log_level)
        _running = _Running(chosen, stdout)
    return chosen


def flush(timeout_s: float = 5.0) -> bool:
    """Wait until everything said so far has left; say whether that was reached in time."""
    running = _running
    return True if running is None else running.stdout.drain(timeout_s)


def close(timeout_s: float = 2.0) -> None:
    """Deliver what can be delivered in time, then stop; what is left stays in the journal."""
    global _running
    with _lock:
        running, _running = _running, None
        if running is None:
            return
        pipeline.use(None)
        running.stdout.drain(timeout_s)
        running.stdout.close()


def settings() -> Settings | None:
    """Return the settings in use, or None before `init()`."""
    return None if _running is None else _running.settings


def _policy(chosen: Settings) -> scrub.Policy:
    return scrub.Policy(
        rules_file=chosen.scrub_rules,
        pseudonyms=chosen.scrub_pseudonyms,
        hash_key=chosen.hash_key,
    )


def _metadata(chosen: Settings) -> dict[str, JsonValue]:
    known: dict[str, JsonValue] = {
        "service": chosen.service,
        "environment": chosen.environment,
    }
    if chosen.release:
        known["release"] = chosen.release
    return known


def _log_form(chosen: Settings) -> Literal["json", "pretty"]:
    if chosen.log_format != "auto":
        return chosen.log_format
    return "json" if chosen.environment == "production" else "pretty"


atexit.register(close)
