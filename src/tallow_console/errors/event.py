"""A Sentry event made regular: whatever shape an SDK gave it, readers find one.

`exception` and `breadcrumbs` become `{"values": [...]}`, `tags` and `contexts` objects, and parts
that are not what they should be are left out. Nothing here raises on odd input.
"""

import hashlib
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from tallow.records import JsonObject

__all__ = ["hash63", "main_exception", "regular", "text", "timestamp_s", "user_hash"]

_LEVELS: Final = frozenset({"fatal", "error", "warning", "info", "debug"})
_OBJECTS: Final = ("contexts", "user", "request", "sdk", "extra", "modules", "debug_meta")
_MOST_BREADCRUMBS: Final = 100


def regular(payload: JsonObject) -> dict[str, Any]:
    """Return an event payload in the one shape that pages and grouping read."""
    event: dict[str, Any] = {str(key): value for key, value in payload.items()}
    event["level"] = text(event.get("level")).lower()
    if event["level"] not in _LEVELS:
        event["level"] = "error"
    for name in ("release", "environment", "platform", "transaction", "logger", "server_name"):
        event[name] = text(event.get(name))
    event["environment"] = event["environment"] or "production"
    event["message"], event["logentry"] = _message(event)
    event["exception"] = {"values": [_exception(one) for one in _values(event.get("exception"))]}
    crumbs = _values(event.get("breadcrumbs"))
    event["breadcrumbs"] = {"values": crumbs[-_MOST_BREADCRUMBS:]}
    event["tags"] = _tags(event.get("tags"))
    for name in _OBJECTS:
        if not isinstance(event.get(name), Mapping):
            event[name] = {}
    event["contexts"] = {
        key: value for key, value in event["contexts"].items() if isinstance(value, Mapping)
    }
    fingerprint = event.get("fingerprint")
    event["fingerprint"] = fingerprint if isinstance(fingerprint, list) else []
    return {key: value for key, value in event.items() if value not in ({}, [], "", None)} | {
        "exception": event["exception"],
        "breadcrumbs": event["breadcrumbs"],
        "tags": event["tags"],
        "contexts": event["contexts"],
    }


def main_exception(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the exception an event is about: the last of the chain; empty when there is none."""
    values = event["exception"]["values"]
    return values[-1] if values else {}


def text(value: object) -> str:
    """Return a value that should be text as text; None and containers as an empty one."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) else ""


def timestamp_s(said: object, otherwise_s: float) -> float:
    """Return a Sentry timestamp, a number of seconds or RFC 3339 text, as Unix seconds."""
    if isinstance(said, str):
        try:
            parsed = datetime.fromisoformat(said.strip())
        except ValueError:
            return otherwise_s
        try:
            return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
        except (OverflowError, ValueError):
            return otherwise_s
    if isinstance(said, int | float) and not isinstance(said, bool):
        return float(said) if abs(said) < 1e12 and math.isfinite(said) else otherwise_s
    return otherwise_s


def user_hash(user: object) -> int:
    """Return a number for the person an event happened to, 0 for nobody known.

    The id was replaced by a keyed hash when the event was scrubbed; this only makes it short.
    """
    said = text(user.get("id")) if isinstance(user, Mapping) else ""
    return hash63(said) if said and not said.startswith("[") else 0


def hash63(said: str) -> int:
    """Return 63 bits that stand for a text; they fit SQLite's signed integers.

    >>> hash63("a") == hash63("a") < 2**63
    True
    """
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def _message(event: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return what the event says, and its template with parameters if it has one."""
    entry = event.get("logentry")
    message = event.get("message")
    if not isinstance(entry, Mapping):
        entry = message if isinstance(message, Mapping) else {}
    template = text(entry.get("message"))
    formatted = text(entry.get("formatted")) or text(message) or template
    return formatted, dict(entry)


def _values(said: object) -> list[dict[str, Any]]:
    """Return the objects of a list, of `{"values": list}`, or the one object there is."""
    if isinstance(said, Mapping):
        said = said.get("values", [said])
    if not isinstance(said, list):
        return []
    return [dict(one) for one in said if isinstance(one, Mapping)]


def _exception(said: dict[str, Any]) -> dict[str, Any]:
    stack = said.get("stacktrace")
    frames = stack.get("frames") if isinstance(stack, Mapping) else None
    mechanism = said.get("mechanism")
    return {
        **said,
        "type": text(said.get("type")),
        "value": text(said.get("value")),
        "module": text(said.get("module")),
        "mechanism": dict(mechanism) if isinstance(mechanism, Mapping) else {},
        "stacktrace": {"frames": _values(frames)},
    }


def _tags(said: object) -> dict[str, str]:
    """Return tags of an object or of a list of pairs."""
    pairs: list[Any] = []
    if isinstance(said, Mapping):
        pairs = list(said.items())
    elif isinstance(said, list):
        pairs = [pair for pair in said if isinstance(pair, list | tuple) and len(pair) == 2]
    return {text(key): text(value) for key, value in pairs if text(key)}
