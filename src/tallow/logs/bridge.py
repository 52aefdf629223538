"""Bridges to the logger: lines of the standard `logging` and of structlog go the same way."""

import logging
import threading
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, NoReturn

from tallow import pipeline
from tallow.pipeline import failed
from tallow.records import Level

from .logger import log

__all__ = [
    "LoggingBridge",
    "install",
    "is_installed",
    "level_of",
    "remove",
    "structlog_processor",
]

_OWN_LOGGERS: Final = ("tallow", "sentry_sdk")
_OWN_THREADS: Final = ("tallow-", "sentry-sdk.")
_STANDARD_FIELDS: Final = frozenset(
    {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "color_message"}
)
_STRUCTLOG_LEVELS: Final[Mapping[str, Level]] = {
    "debug": "debug",
    "info": "info",
    "msg": "info",
    "warn": "warning",
    "warning": "warning",
    "error": "error",
    "err": "error",
    "exception": "error",
    "critical": "critical",
    "fatal": "critical",
}

_installed: "LoggingBridge | None" = None


class LoggingBridge(logging.Handler):
    """A handler that turns each record of `logging` into a line of ours.

    `extra` fields and a logged exception come along, the name of the logger as metadata. Lines of
    Tallow itself, and of libraries it calls while it delivers, are left out: they would come
    round for ever.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Take in one record; never raises."""
        if pipeline.is_busy() or _is_own(record):
            return
        try:
            context: dict[str, object] = {
                name: value
                for name, value in vars(record).items()
                if name not in _STANDARD_FIELDS and not name.startswith("_")
            }
            if record.exc_info and record.exc_info[1] is not None:
                context["error"] = pipeline.describe(record.exc_info[1])
            log(
                level_of(record.levelno),
                _message(record),
                context,
                {"logger": record.name},
                record.created,
            )
        except Exception as error:  # noqa: BLE001  # monitoring never breaks the application
            failed("logs", error)


def install() -> None:
    """Take in the lines of the root logger; calling it again changes nothing."""
    global _installed
    if _installed is None:
        _installed = LoggingBridge()
        logging.getLogger().addHandler(_installed)


def remove() -> None:
    """Leave the root logger as it was."""
    global _installed
    if _installed is not None:
        logging.getLogger().removeHandler(_installed)
        _installed = None


def is_installed() -> bool:
    """Say whether the lines of the root logger are taken in."""
    return _installed is not None


def level_of(number: int) -> Level:
    """Return our level for a number of the standard library.

    >>> level_of(logging.WARNING), level_of(25), level_of(5)
    ('warning', 'info', 'debug')
    """
    if number >= logging.CRITICAL:
        return "critical"
    if number >= logging.ERROR:
        return "error"
    if number >= logging.WARNING:
        return "warning"
    return "info" if number >= logging.INFO else "debug"


def structlog_processor(_logger: object, method: str, fields: MutableMapping[str, Any]) -> NoReturn:
    """Be the last processor of structlog: `structlog.configure(processors=[..., this])`.

    Raises:
        structlog.DropEvent: always, when the line is ours; structlog prints nothing then.
    """
    import structlog  # the caller's; not a dependency of ours

    message = str(fields.pop("event", ""))
    level = _STRUCTLOG_LEVELS.get(str(fields.pop("level", method)).lower(), "info")
    fields.pop("timestamp", None)
    error = fields.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        fields["error"] = pipeline.describe(error)
    log(level, message, dict(fields), {"logger": "structlog"})
    raise structlog.DropEvent


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001  # arguments that do not fit: the template still says much
        return str(record.msg)


def _is_own(record: logging.LogRecord) -> bool:
    thread = record.threadName or threading.current_thread().name
    if thread.startswith(_OWN_THREADS):
        return True
    return any(record.name == own or record.name.startswith(f"{own}.") for own in _OWN_LOGGERS)
