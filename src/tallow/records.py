"""The frozen things that travel: what a signal is between its maker and its sink."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeAlias, TypeVar

from .settings import LEVELS, Level

__all__ = [
    "LEVELS",
    "VITALS",
    "Clean",
    "ErrorItem",
    "JsonObject",
    "JsonValue",
    "Level",
    "LogLine",
    "PageEvent",
    "Parcel",
    "Rating",
    "Record",
    "Vital",
    "VitalName",
]

JsonValue: TypeAlias = (
    "bool | int | float | str | list[JsonValue] | tuple[JsonValue, ...] | JsonObject | None"
)
JsonObject: TypeAlias = "Mapping[str, JsonValue]"

VitalName = Literal["LCP", "INP", "CLS", "FCP", "TTFB"]
VITALS: tuple[VitalName, ...] = ("LCP", "INP", "CLS", "FCP", "TTFB")
Rating = Literal["good", "needs-improvement", "poor"]


@dataclass(frozen=True, slots=True)
class LogLine:
    """One structured log line.

    Times are Unix seconds. `context` is what the caller said, `metadata` what the process knows
    (service, environment, release, logger), `performance` numbers with their unit in the name
    (`{"duration_s": 0.2}`). `correlation_id` is 32 hex digits, or empty outside any request.
    """

    timestamp_s: float
    level: Level
    message: str
    correlation_id: str = ""
    context: JsonObject = field(default_factory=dict)
    metadata: JsonObject = field(default_factory=dict)
    performance: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ErrorItem:
    """One item of a Sentry envelope: an event, a session, a check-in and so on.

    `type` is the item's type in the protocol, `payload` its decoded JSON, `event_id` 32 hex
    digits or empty for items that have none.

    Source: develop.sentry.dev/sdk/data-model/envelopes.
    """

    timestamp_s: float
    type: str
    payload: JsonObject
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class PageEvent:
    """A page view (`name="pageview"`) or a named event, as Plausible means them.

    `address` and `user_agent` are what the request said; they exist only between the request and
    the scrubber, which turns them into `visitor` (hex, a hash whose key is forgotten each day)
    and a general `user_agent` ("Chrome 156, Linux"), and empties `address`.
    """

    timestamp_s: float
    name: str
    url: str
    domain: str = ""
    referrer: str = ""
    props: JsonObject = field(default_factory=dict)
    interactive: bool = True
    revenue: JsonObject = field(default_factory=dict)
    visitor: str = ""
    user_agent: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Vital:
    """One Web Vital of one page view.

    `value` is in milliseconds, but a ratio without unit for CLS. `url` is origin and route.
    """

    timestamp_s: float
    name: VitalName
    value: float
    rating: Rating
    url: str
    domain: str = ""
    navigation: str = ""
    device: Literal["desktop", "mobile", "tablet", ""] = ""


Record: TypeAlias = LogLine | ErrorItem | PageEvent | Vital

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Clean(Generic[T_co]):
    """A value that has been through the scrubber. Only `scrub/` may make one; a test checks it."""

    value: T_co


@dataclass(frozen=True, slots=True)
class Parcel:
    """One HTTP request made of a batch of clean records; `delivery/http` carries it.

    `url` is absolute, without credentials (those are in `headers`); `body` is not yet compressed,
    and stays so where the far side reads only plain bodies (`may_compress=False`).
    """

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    count: int = 1
    may_compress: bool = True
