"""Sentry envelopes, both directions: what sentry-sdk sends and our console takes.

Source: develop.sentry.dev/sdk/data-model/envelopes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from tallow.exceptions import WireError
from tallow.records import ErrorItem, JsonValue

from .lines import iso_time, jsonable, loads

__all__ = [
    "CONTENT_TYPE",
    "JSON_ITEMS",
    "Dsn",
    "Envelope",
    "decode_envelope",
    "decode_store",
    "encode_envelope",
    "parse_dsn",
    "public_key_of",
    "time_of",
]

CONTENT_TYPE: Final = "application/x-sentry-envelope"
JSON_ITEMS: Final = frozenset(
    {
        "check_in",
        "client_report",
        "event",
        "feedback",
        "log",
        "session",
        "sessions",
        "span",
        "trace_metric",
        "transaction",
        "user_report",
    }
)
"""The item types whose payload is JSON that we understand; others are skipped and counted."""

_MOST_ITEMS: Final = 1000
_MOST_HEADER_BYTES: Final = 64 * 1024
_PROTOCOL: Final = "envelope"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A decoded envelope. `skipped` counts the items left out, by their type.

    `public_key` is the key of the DSN in its header, empty without one; `sent_at_s` Unix time
    or 0.
    """

    items: tuple[ErrorItem, ...]
    event_id: str = ""
    public_key: str = ""
    sent_at_s: float = 0.0
    skipped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dsn:
    """Where a DSN points: the address for envelopes, and the key."""

    envelope_url: str
    public_key: str

    @property
    def auth_header(self) -> str:
        """The value of `X-Sentry-Auth`."""
        return f"Sentry sentry_version=7, sentry_client=tallow/1, sentry_key={self.public_key}"


def parse_dsn(dsn: str) -> Dsn:
    """Return where a DSN points.

    >>> parse_dsn("https://key@sentry.example/base/42").envelope_url
    'https://sentry.example/base/api/42/envelope/'

    Raises:
        WireError: it has no key or no project.
    """
    parts = urlsplit(dsn)
    base, _, project = parts.path.rstrip("/").rpartition("/")
    if not parts.username or not project.isdecimal() or not parts.hostname:
        raise WireError("DSN", "has no key or no project", "https://KEY@HOST/PROJECT")
    host = parts.netloc.rpartition("@")[2]
    return Dsn(f"{parts.scheme}://{host}{base}/api/{project}/envelope/", parts.username)


def encode_envelope(items: Sequence[ErrorItem], sent_at_s: float) -> bytes:
    """Return items as one envelope; the header carries the id of the first that has one."""
    header: dict[str, JsonValue] = {"sent_at": iso_time(sent_at_s)}
    event_id = next((item.event_id for item in items if item.event_id), "")
    if event_id:
        header["event_id"] = event_id
    rows = [orjson.dumps(header)]
    for item in items:
        payload = _dumps(item.payload)
        rows.append(orjson.dumps({"type": item.type, "length": len(payload)}))
        rows.append(payload)
    return b"\n".join(rows) + b"\n"


def decode_envelope(data: bytes, now_s: float) -> Envelope:
    """Return the items of an envelope; items without a time of their own get `sent_at` or `now_s`.

    Raises:
        WireError: a header or a known item is not JSON, or an item is cut short.
    """
    line, place = _row(data, 0)
    header = loads(line, _PROTOCOL)
    event_id = _text(header.get("event_id")).replace("-", "")
    sent_at_s = time_of(header.get("sent_at"), 0.0)
    items: list[ErrorItem] = []
    skipped: dict[str, int] = {}
    while place < len(data):
        line, place = _row(data, place)
        if not line.strip():
            continue
        if len(items) + sum(skipped.values()) >= _MOST_ITEMS:
            raise WireError(_PROTOCOL, "has too many items", f"{_MOST_ITEMS} at most")
        about = loads(line, "envelope item header")
        payload, place = _payload(data, place, about.get("length"))
        kind = _text(about.get("type"))
        if kind in JSON_ITEMS:
            items.append(_item(kind, payload, event_id, sent_at_s or now_s))
        else:
            label = kind if kind.isidentifier() and len(kind) <= 40 else "unknown"
            skipped[label] = skipped.get(label, 0) + 1
    return Envelope(tuple(items), event_id, _public_key(header), sent_at_s, skipped)


def public_key_of(data: bytes) -> str:
    """Return the key in the first line of an envelope, empty without one; reads nothing else.

    Raises:
        WireError: that line is not JSON, or is longer than any that names a key.
    """
    return _public_key(loads(_row(data[:_MOST_HEADER_BYTES], 0)[0], _PROTOCOL))


def decode_store(data: bytes, now_s: float) -> Envelope:
    """Return the one event of the older `/store/` request as an envelope.

    Raises:
        WireError: not a JSON object.
    """
    item = _item("event", data, "", now_s)
    return Envelope((item,), event_id=item.event_id)


def _row(data: bytes, place: int) -> tuple[bytes, int]:
    end = data.find(b"\n", place)
    return (data[place:], len(data)) if end < 0 else (data[place:end], end + 1)


def _payload(data: bytes, place: int, length: object) -> tuple[bytes, int]:
    """Return an item's payload: `length` bytes, or up to the line's end when it is not given."""
    if length is None:
        return _row(data, place)
    if isinstance(length, bool) or not isinstance(length, int) or length < 0:
        raise WireError(_PROTOCOL, "has an item of no length", "a whole number from 0 up")
    end = place + length
    if end > len(data):
        raise WireError(_PROTOCOL, "is cut short", "as many bytes as its items say")
    if end < len(data) and data[end : end + 1] != b"\n":
        raise WireError(_PROTOCOL, "has an item of another length", "a line end after each item")
    return data[place:end], end + 1


def _item(kind: str, payload: bytes, event_id: str, fallback_s: float) -> ErrorItem:
    shape = loads(payload, f"envelope {kind}")
    own_id = _text(shape.get("event_id")).replace("-", "") or (
        event_id if kind in {"event", "transaction", "feedback"} else ""
    )
    return ErrorItem(time_of(shape.get("timestamp"), fallback_s), kind, shape, own_id)


def _public_key(header: Mapping[str, Any]) -> str:
    try:
        return urlsplit(_text(header.get("dsn"))).username or ""
    except ValueError:
        return ""


def _text(said: object) -> str:
    return said if isinstance(said, str) else ""


def time_of(said: object, fallback_s: float) -> float:
    """Return Unix seconds of a number or an ISO 8601 text; `fallback_s` for anything else."""
    if isinstance(said, int | float) and not isinstance(said, bool):
        return float(said) if 0 < said < 1e11 else fallback_s
    if isinstance(said, str) and said:
        try:
            at = datetime.fromisoformat(said)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            return fallback_s
    return fallback_s


def _dumps(shape: object) -> bytes:
    try:
        return orjson.dumps(shape)
    except (TypeError, RecursionError):
        return orjson.dumps(jsonable(shape))
