"""The browser's batch: what our script posts to the application's own `/api/event`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import orjson

from tallow.exceptions import WireError
from tallow.records import LEVELS, ErrorItem, LogLine, PageEvent, Vital

from .lines import jsonable, loads
from .plausible import VITALS_EVENT, decode_shape

__all__ = ["Batch", "BeaconItem", "Measure", "decode_batch", "encode_batch", "is_batch"]

_PROTOCOL: Final = "batch"
_VERSION: Final = 1
_MOST_ITEMS: Final = 200
_OLDEST_MS: Final = 24 * 3600 * 1000.0
_HEX: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Measure:
    """How long something in the page took, in seconds, as of `timestamp_s`."""

    timestamp_s: float
    name: str
    duration_s: float


BeaconItem: TypeAlias = PageEvent | Vital | ErrorItem | LogLine | Measure


@dataclass(frozen=True, slots=True)
class Batch:
    """What one page sent at once. `dropped` counts the items that made no sense.

    `trace` is the correlation id (32 hex) or empty; `view` names the page view, 16 hex or empty.
    """

    items: tuple[BeaconItem, ...]
    app: str = ""
    release: str = ""
    environment: str = ""
    trace: str = ""
    view: str = ""
    dropped: int = 0


def is_batch(shape: Mapping[str, Any]) -> bool:
    """Say whether a decoded body is a batch of ours, not a single Plausible event."""
    return "v" in shape and "items" in shape


def decode_batch(data: bytes, now_s: float, domain: str) -> Batch:
    """Return a batch that arrived at `now_s` for the site `domain`.

    Raises:
        WireError: not JSON, of another version, or with too many items.
    """
    shape = loads(data, _PROTOCOL)
    if shape.get("v") != _VERSION:
        raise WireError(_PROTOCOL, "is of another version", f"version {_VERSION}")
    said = shape.get("items")
    if not isinstance(said, list) or len(said) > _MOST_ITEMS:
        raise WireError(_PROTOCOL, "has no list of items", f"{_MOST_ITEMS} items at most")
    trace = _hex(shape.get("trace"), 32)
    about = {key: _text(shape.get(key), 200) for key in ("app", "release", "environment")}
    items: list[BeaconItem] = []
    for item in said:
        made = _item(item, now_s, domain, trace, about)
        if made is not None:
            items.append(made)
    return Batch(
        tuple(items),
        about["app"],
        about["release"],
        about["environment"],
        trace,
        _hex(shape.get("view"), 16),
        len(said) - len(items),
    )


def encode_batch(batch: Batch, now_s: float) -> bytes:
    """Return a batch as the browser sends it at `now_s`; ages are whole milliseconds."""
    shape = {
        "v": _VERSION,
        "app": batch.app,
        "release": batch.release,
        "environment": batch.environment,
        "sent_at": round(now_s * 1000),
        "trace": batch.trace,
        "view": batch.view,
        "items": [
            {**_shape(item), "age_ms": round((now_s - item.timestamp_s) * 1000)}
            for item in batch.items
        ],
    }
    return orjson.dumps(jsonable(shape))


def _item(
    said: object, now_s: float, domain: str, trace: str, about: Mapping[str, str]
) -> BeaconItem | None:
    """Return one item, or None if it makes no sense."""
    if not isinstance(said, dict):
        return None
    age_ms = said.get("age_ms")
    if not isinstance(age_ms, int | float) or isinstance(age_ms, bool):
        age_ms = 0
    at_s = now_s - min(max(age_ms, 0.0), _OLDEST_MS) / 1000
    read = _READERS.get(_text(said.get("type"), 20))
    if read is None:
        return None
    try:
        return read(said, at_s, domain, trace, about)
    except WireError:
        return None


def _event(
    said: Mapping[str, Any], at_s: float, domain: str, _trace: str, _about: Mapping[str, str]
) -> BeaconItem:
    if said.get("name") == VITALS_EVENT:
        raise WireError(_PROTOCOL, "has a vital as an event", "type vital")
    return decode_shape({**said, "domain": domain, "d": domain}, at_s)


def _vital(
    said: Mapping[str, Any], at_s: float, domain: str, _trace: str, _about: Mapping[str, str]
) -> BeaconItem:
    props = {
        "metric": said.get("name"),
        "value": said.get("value"),
        "rating": said.get("rating"),
        "navigation": said.get("navigation", ""),
        "device": said.get("device", ""),
    }
    return decode_shape({"n": VITALS_EVENT, "u": said.get("url"), "d": domain, "p": props}, at_s)


def _error(
    said: Mapping[str, Any], at_s: float, _domain: str, trace: str, about: Mapping[str, str]
) -> BeaconItem:
    event = said.get("event")
    if not isinstance(event, dict):
        raise WireError(_PROTOCOL, "has an error without its event", "an object")
    event_id = _hex(event.get("event_id"), 32)
    if not event_id:
        raise WireError(_PROTOCOL, "has an error without an id", "32 hex digits")
    payload = {**event, "timestamp": at_s, "platform": "javascript"}
    for key in ("release", "environment"):
        if about[key]:
            payload.setdefault(key, about[key])
    if trace:
        contexts = event.get("contexts")
        contexts = dict(contexts) if isinstance(contexts, dict) else {}
        span = contexts.get("trace")
        contexts["trace"] = {**(span if isinstance(span, dict) else {}), "trace_id": trace}
        payload["contexts"] = contexts
    return ErrorItem(at_s, "event", payload, event_id)


def _log(
    said: Mapping[str, Any], at_s: float, _domain: str, trace: str, about: Mapping[str, str]
) -> BeaconItem:
    level, message, context = said.get("level"), said.get("message"), said.get("context", {})
    if level not in LEVELS or not isinstance(message, str) or not isinstance(context, dict):
        raise WireError(_PROTOCOL, "has a log line of another shape", "level, message, context")
    known = {key: value for key, value in about.items() if value and key != "app"}
    return LogLine(at_s, level, message, trace, context, {**known, "logger": "browser"})


def _measure(
    said: Mapping[str, Any], at_s: float, _domain: str, _trace: str, _about: Mapping[str, str]
) -> BeaconItem:
    name, took_ms = said.get("name"), said.get("duration_ms")
    if not isinstance(name, str) or not isinstance(took_ms, int | float) or took_ms < 0:
        raise WireError(_PROTOCOL, "has a measure of another shape", "name and duration_ms")
    return Measure(at_s, name[:100], took_ms / 1000)


_Reader: TypeAlias = Callable[[Mapping[str, Any], float, str, str, Mapping[str, str]], BeaconItem]
_READERS: Final[Mapping[str, _Reader]] = {
    "event": _event,
    "vital": _vital,
    "error": _error,
    "log": _log,
    "measure": _measure,
}


def _shape(item: BeaconItem) -> dict[str, Any]:
    match item:
        case PageEvent():
            return {
                "type": "event",
                "name": item.name,
                "url": item.url,
                "referrer": item.referrer,
                "props": item.props,
                "interactive": item.interactive,
            }
        case Vital():
            return {
                "type": "vital",
                "name": item.name,
                "value": item.value,
                "rating": item.rating,
                "url": item.url,
                "navigation": item.navigation,
                "device": item.device,
            }
        case ErrorItem():
            return {"type": "error", "event": item.payload}
        case LogLine():
            return {
                "type": "log",
                "level": item.level,
                "message": item.message,
                "context": item.context,
            }
        case Measure():
            return {"type": "measure", "name": item.name, "duration_ms": item.duration_s * 1000}


def _text(said: object, most: int) -> str:
    return said[:most] if isinstance(said, str) else ""


def _hex(said: object, digits: int) -> str:
    """Return an id of so many hex digits, or nothing."""
    if isinstance(said, str) and len(said) == digits and _HEX.issuperset(said):
        return said
    return ""
