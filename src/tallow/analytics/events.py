"""Page views and named events, told without saying who: sizes and times become buckets."""

import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from tallow import pipeline, settings
from tallow.metrics import Counter
from tallow.records import JsonValue, PageEvent

__all__ = [
    "NOBODY",
    "Visitor",
    "connection_established",
    "duration_bucket",
    "feature_used",
    "file_received",
    "file_sent",
    "page_view",
    "send",
    "size_bucket",
    "track",
    "transfer_failed",
    "visitor_scope",
]

_MIB: Final = 1024 * 1024
_SIZES: Final = (_MIB, 10 * _MIB, 100 * _MIB, 1024 * _MIB, 10 * 1024 * _MIB)
_SIZE_NAMES: Final = ("<1MB", "1-10MB", "10-100MB", "100MB-1GB", "1-10GB", ">10GB")
_DURATIONS: Final = (1.0, 10.0, 60.0, 600.0, 3600.0)
_DURATION_NAMES: Final = ("<1s", "1-10s", "10-60s", "1-10min", "10-60min", ">1h")
_UNKNOWN: Final = "unknown"

_page_views: Final = Counter("tallow_page_views_total", "Page views told to analytics.")
_declined: Final = Counter(
    "tallow_analytics_declined_total", "Events not told because the browser asked not to be."
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """What a request says of its sender; the scrubber turns it into a hash of one day."""

    address: str = ""
    user_agent: str = ""
    declines: bool = False
    """The browser said DNT or GPC: nothing about this request may be told."""


NOBODY: Final = Visitor()
_visitor: ContextVar[Visitor] = ContextVar("tallow_visitor", default=NOBODY)


@contextmanager
def visitor_scope(visitor: Visitor) -> Iterator[None]:
    """Run the body on behalf of this visitor; integrations call it once a request."""
    token = _visitor.set(visitor)
    try:
        yield
    finally:
        _visitor.reset(token)


def size_bucket(size_bytes: float) -> str:
    """Return the range a size is in, so that no one can be told by an exact one.

    >>> size_bucket(5 * 1024 * 1024)
    '1-10MB'
    """
    return _bucket(size_bytes, _SIZES, _SIZE_NAMES)


def duration_bucket(duration_s: float) -> str:
    """Return the range a duration is in.

    >>> duration_bucket(12.5)
    '10-60s'
    """
    return _bucket(duration_s, _DURATIONS, _DURATION_NAMES)


def _bucket(value: float, bounds: tuple[float, ...], names: tuple[str, ...]) -> str:
    try:
        return names[bisect_left(bounds, value)] if value >= 0 else _UNKNOWN
    except TypeError:
        return _UNKNOWN


def track(
    name: str,
    props: Mapping[str, JsonValue] | None = None,
    *,
    url: str = "",
    interactive: bool = True,
    revenue: Mapping[str, JsonValue] | None = None,
) -> bool:
    """Tell that something named happened; say whether a journal has it. Never raises.

    `props` are small and general (`{"method": "direct"}`); who, which file or exactly how large
    is not for analytics. The correlation id never comes along: it would join a visit to its log
    lines. Events of a visitor who declines are dropped and counted.
    """
    return send(
        PageEvent(
            timestamp_s=time.time(),
            name=str(name),
            url=url,
            props=dict(props or {}),
            interactive=interactive,
            revenue=dict(revenue or {}),
        )
    )


def page_view(url: str, referrer: str = "", props: Mapping[str, JsonValue] | None = None) -> bool:
    """Tell that a page was looked at; `url` with the route template says most and names least."""
    return send(PageEvent(time.time(), "pageview", url, referrer=referrer, props=dict(props or {})))


def send(event: PageEvent) -> bool:
    """Complete an event with the site and the visitor of this request, and emit it."""
    visitor = _visitor.get()
    if visitor.declines:
        _declined.inc()
        return False
    if event.name == "pageview":
        _page_views.inc()
    domain = event.domain or settings.current().plausible_domain
    return pipeline.emit(
        PageEvent(
            timestamp_s=event.timestamp_s,
            name=event.name,
            url=event.url or f"https://{domain or 'localhost'}/",
            domain=domain,
            referrer=event.referrer,
            props=event.props,
            interactive=event.interactive,
            revenue=event.revenue,
            user_agent=event.user_agent or visitor.user_agent,
            address=event.address or visitor.address,
        )
    )


def file_sent(size: float, type: str, method: str) -> bool:  # noqa: A002  # the public name
    """Tell that a file was sent: its size in bytes (told as a range), its class, the way it took.

    `type` is a class of files, as `tallow.transfers.file_type_of` gives it, never a name.
    """
    return track("file_sent", {"size": size_bucket(size), "type": type, "method": method})


def file_received(size: float, type: str, method: str) -> bool:  # noqa: A002  # the public name
    """Tell that a file was received; as `file_sent`."""
    return track("file_received", {"size": size_bucket(size), "type": type, "method": method})


def transfer_failed(reason: str, method: str = "") -> bool:
    """Tell that a transfer failed: a short general reason (`peer_gone`), and the way it took."""
    props: dict[str, JsonValue] = {"reason": reason}
    return track("transfer_failed", {**props, "method": method} if method else props)


def connection_established(type: str, duration: float | None = None) -> bool:  # noqa: A002
    """Tell that two sides found each other: `direct` or `relay`, and in how many seconds."""
    props: dict[str, JsonValue] = {"type": type}
    if duration is not None:
        props["duration"] = duration_bucket(duration)
    return track("connection_established", props)


def feature_used(name: str, props: Mapping[str, JsonValue] | None = None) -> bool:
    """Tell that someone used a feature of this name."""
    return track("feature_used", {**(props or {}), "feature": name})
