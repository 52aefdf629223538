"""What is going on around a signal: correlation id, bound fields, breadcrumbs.

All of it lives in context variables, so it follows a request through `await` and new tasks, and
into a thread when that thread runs in a copied context (`asyncio.to_thread` does).
"""

import os
import re
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from .records import JsonObject, JsonValue, Level

__all__ = [
    "Breadcrumb",
    "add_breadcrumb",
    "breadcrumbs",
    "correlation_id",
    "correlation_scope",
    "fields",
    "fields_scope",
    "is_correlation_id",
    "new_correlation_id",
    "parse_traceparent",
    "traceparent",
]

_MOST_BREADCRUMBS: Final = 100
_NO_FIELDS: Final[Mapping[str, JsonValue]] = {}

_correlation_id: ContextVar[str] = ContextVar("tallow_correlation_id", default="")
_fields: ContextVar[Mapping[str, JsonValue]] = ContextVar("tallow_fields", default=_NO_FIELDS)
_breadcrumbs: ContextVar["deque[Breadcrumb] | None"] = ContextVar(
    "tallow_breadcrumbs", default=None
)
_process_breadcrumbs: "deque[Breadcrumb]" = deque(maxlen=_MOST_BREADCRUMBS)

_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True, slots=True)
class Breadcrumb:
    """One step on the way to an error, newest last."""

    timestamp_s: float
    category: str
    message: str
    level: Level = "info"
    data: JsonObject = field(default_factory=dict)


def new_correlation_id() -> str:
    """Return a fresh W3C trace id: 32 hex digits, not all zero."""
    return os.urandom(16).hex()


def correlation_id() -> str:
    """Return the id of what is going on, or an empty string outside any request."""
    return _correlation_id.get()


def is_correlation_id(said: str) -> bool:
    """Return whether an id from outside may be taken over: 1 to 128 of `A-Za-z0-9._-`."""
    return _SAFE_ID.fullmatch(said) is not None


@contextmanager
def correlation_scope(said: str = "") -> Iterator[str]:
    """Run the body under `said`, or a new id if that is empty or unsafe; yield the id.

    Breadcrumbs left inside stay inside.
    """
    current = said if is_correlation_id(said) else new_correlation_id()
    id_token = _correlation_id.set(current)
    crumbs_token = _breadcrumbs.set(deque(maxlen=_MOST_BREADCRUMBS))
    try:
        yield current
    finally:
        _breadcrumbs.reset(crumbs_token)
        _correlation_id.reset(id_token)


def fields() -> Mapping[str, JsonValue]:
    """Return the fields bound around this point, outermost first."""
    return _fields.get()


@contextmanager
def fields_scope(**bound: JsonValue) -> Iterator[None]:
    """Run the body with these fields on every log line and error in it."""
    token = _fields.set({**_fields.get(), **bound})
    try:
        yield
    finally:
        _fields.reset(token)


def add_breadcrumb(
    category: str,
    message: str,
    data: Mapping[str, JsonValue] | None = None,
    level: Level = "info",
) -> None:
    """Leave a step for the next error of this request to show; the last 100 are kept."""
    own = _breadcrumbs.get()
    kept = _process_breadcrumbs if own is None else own
    kept.append(Breadcrumb(time.time(), category, message, level, dict(data or {})))


def breadcrumbs() -> tuple[Breadcrumb, ...]:
    """Return the steps left in this request, or in the process outside any, oldest first."""
    own = _breadcrumbs.get()
    return tuple(_process_breadcrumbs if own is None else own)


def parse_traceparent(header: str) -> str:
    """Return the trace id of a `traceparent` header, or an empty string if it is not valid.

    >>> parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    '4bf92f3577b34da6a3ce929d0e0e4736'

    Source: W3C Trace Context, section 3.2.
    """
    found = _TRACEPARENT.fullmatch(header.strip())
    if found is None:
        return ""
    version, trace_id, parent_id, _flags, rest = found.groups()
    if version == "ff" or (version == "00" and rest):
        return ""
    if trace_id.strip("0") == "" or parent_id.strip("0") == "":
        return ""
    return trace_id


def traceparent(trace_id: str) -> str:
    """Return a `traceparent` header that carries `trace_id` to the next service.

    An id that is no trace id (32 hex digits) gives an empty string.
    """
    if re.fullmatch(r"[0-9a-f]{32}", trace_id) is None or trace_id.strip("0") == "":
        return ""
    return f"00-{trace_id}-{os.urandom(8).hex()}-01"
