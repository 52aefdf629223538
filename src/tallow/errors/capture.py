"""What an application says about its errors: capture_exception() and add_breadcrumb()."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from tallow import pipeline
from tallow.context import add_breadcrumb, breadcrumbs, correlation_id
from tallow.pipeline import failed
from tallow.records import LogLine

from .caps import CAPS

__all__ = ["Send", "add_breadcrumb", "capture_exception", "send_by"]

Send: TypeAlias = Callable[[BaseException, Mapping[str, object], bool], str]
"""Builds and queues the event of an error that may leave; returns its id."""

_MARK: Final = "__tallow_event_id__"
_SHOWN_BREADCRUMBS: Final = 10

_send: Send | None = None


def capture_exception(
    error: BaseException | None = None,
    context: Mapping[str, object] | None = None,
    *,
    handled: bool = True,
) -> str:
    """Report an error, by default the one being handled, and return the id of its event.

    `context` is shown beside the stack. An error reported before keeps its id and is not sent
    again; one of many alike that is only counted gets the id of the last that was sent, or an
    empty one. Without a DSN the error is logged. Never raises; any thread may call it.
    """
    try:
        caught = sys.exc_info()[1] if error is None else error
        if caught is None:
            return ""
        known = getattr(caught, _MARK, "")
        if known:
            return str(known)
        verdict = CAPS.decide(caught)
        if not verdict.may_leave:
            return verdict.event_id
        said = _as_fields(context)
        if _send is None:
            event_id = _log(caught, said, handled, CAPS.take_held_back(verdict.key))
        else:
            event_id = _send(caught, said, handled)
        if event_id:
            CAPS.left(verdict.key, event_id)
            _mark(caught, event_id)
        return event_id
    except Exception as problem:  # noqa: BLE001  # monitoring never breaks the application
        failed("errors", problem)
        return ""


def send_by(send: Send | None) -> Send | None:
    """Hand errors to `send` from now on, or only log them; return what it was before."""
    global _send
    before, _send = _send, send
    return before


def _as_fields(context: object) -> dict[str, object]:
    if isinstance(context, Mapping):
        return dict(context)
    return {"context": context} if context else {}


def _log(error: BaseException, said: Mapping[str, object], is_handled: bool, held_back: int) -> str:
    """Log an error with its stack and last steps; return an id to quote."""
    event_id = os.urandom(16).hex()
    steps = [f"{step.category}: {step.message}" for step in breadcrumbs()[-_SHOWN_BREADCRUMBS:]]
    fields = {**said, "event_id": event_id, "error": pipeline.describe(error)}
    if steps:
        fields["breadcrumbs"] = steps
    if not is_handled:
        fields["handled"] = False
    if held_back:
        fields["held_back"] = held_back
    pipeline.emit(
        LogLine(
            time.time(),
            "error",
            "exception captured",
            correlation_id(),
            fields,  # type: ignore[arg-type]  # the scrubber turns any value into JSON
        )
    )
    return event_id


def _mark(error: BaseException, event_id: str) -> None:
    """Remember on the exception itself that it was reported: middleware may see it again."""
    try:
        setattr(error, _MARK, event_id)
    except (AttributeError, TypeError):  # an exception with slots
        return
