"""A failure inside Tallow: counted, said once on stderr, never raised into the application."""

import sys
from typing import Final

from tallow.metrics import INTERNAL_ERRORS

__all__ = ["failed", "say_once"]

_MOST_SAID: Final = 200

_said: set[str] = set()


def failed(room: str, error: BaseException) -> None:
    """Count a failure of `room` and say its kind and place on stderr, once for each.

    The error's own text is not repeated: it may quote what it failed on.
    """
    INTERNAL_ERRORS.labels(room).inc()
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = ""
    if trace is not None:
        code = trace.tb_frame.f_code
        place = f" in {code.co_name}, line {trace.tb_lineno}"
    say_once(f"{room} failed with {type(error).__name__}{place}; the application goes on")


def say_once(message: str) -> None:
    """Write one line to stderr, the first time this message is said."""
    if message in _said or len(_said) >= _MOST_SAID:
        return
    _said.add(message)
    try:
        sys.stderr.write(f"tallow: {message}\n")
    except (OSError, ValueError, AttributeError):  # stderr is closed, or there is none
        return
