"""The logger: a constant message and fields in, one `LogLine` to the pipeline."""

import sys
import time
from collections.abc import Mapping
from typing import Final

from tallow import pipeline
from tallow.context import correlation_id, fields
from tallow.records import LEVELS, JsonObject, JsonValue, Level, LogLine

__all__ = ["Logger", "log", "logger", "set_level"]

_NOTHING: Final[Mapping[str, JsonValue]] = {}

_rank = 1
_DEBUG, _INFO, _WARNING, _ERROR, _CRITICAL = range(5)


class Logger:
    """Logs a constant message with what varies as fields; the fields bound to it come along.

    `logger.info("transfer finished", size_bytes=size)` gives one line with that field in its
    `context`. A `performance` field (`{"duration_s": 0.2}`) has its own place on the line.
    Never raises and never waits for the network. Any thread may call it.
    """

    __slots__ = ("_bound",)

    def __init__(self, bound: Mapping[str, object] = _NOTHING) -> None:
        self._bound = bound

    def bind(self, **fields: object) -> "Logger":
        """Return a logger whose lines carry these fields too."""
        return Logger({**self._bound, **fields})

    def debug(self, message: str, /, **context: object) -> None:
        """Log what helps while looking for a mistake."""
        if _rank <= _DEBUG:
            log("debug", message, {**self._bound, **context} if self._bound else context)

    def info(self, message: str, /, **context: object) -> None:
        """Log what happened."""
        if _rank <= _INFO:
            log("info", message, {**self._bound, **context} if self._bound else context)

    def warning(self, message: str, /, **context: object) -> None:
        """Log what may become a problem."""
        if _rank <= _WARNING:
            log("warning", message, {**self._bound, **context} if self._bound else context)

    def error(self, message: str, /, **context: object) -> None:
        """Log what failed."""
        if _rank <= _ERROR:
            log("error", message, {**self._bound, **context} if self._bound else context)

    def critical(self, message: str, /, **context: object) -> None:
        """Log what keeps the application from working."""
        if _rank <= _CRITICAL:
            log("critical", message, {**self._bound, **context} if self._bound else context)

    def exception(self, message: str, /, **context: object) -> None:
        """Log, at level error, what failed, with the exception being handled and its stack."""
        if _rank <= _ERROR:
            error = sys.exc_info()[1]
            said = pipeline.describe(error) if error is not None else None
            log("error", message, {**self._bound, "error": said, **context})


logger: Final = Logger()
"""The logger of the application."""


def log(
    level: Level,
    message: str,
    context: Mapping[str, object],
    metadata: JsonObject = _NOTHING,
    timestamp_s: float = 0.0,
) -> bool:
    """Send one line on its way and say whether a journal has it; never raises."""
    performance: JsonObject = _NOTHING
    if "performance" in context and isinstance(context["performance"], Mapping):
        performance = context["performance"]
        context = {name: value for name, value in context.items() if name != "performance"}
    engine, bound = pipeline.engine(), fields()
    said: Mapping[str, object] = {**bound, **context} if bound else context
    known = engine.metadata if engine is not None and not metadata else metadata
    line = LogLine(
        timestamp_s or time.time(),
        level,
        message,
        correlation_id(),
        said,  # type: ignore[arg-type]  # the scrubber turns any value into JSON
        known,
        performance,
    )
    return pipeline.emit(line)


def set_level(level: Level) -> Level:
    """Keep lines from `level` up, those below cost a comparison; return the level before."""
    global _rank
    before, _rank = LEVELS[_rank], pipeline.level_rank(level)
    return before
