"""JSON lines: any record both ways, a log entry as the outside reads it, a line for people."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from tallow.exceptions import WireError
from tallow.records import LEVELS, ErrorItem, LogLine, PageEvent, Record, Vital

__all__ = [
    "decode",
    "decode_entry",
    "encode",
    "encode_entry",
    "entry",
    "iso_time",
    "jsonable",
    "loads",
    "pretty",
]

_ENTRY_START: Final = b',"timestamp"'
_KINDS: Final[Mapping[str, type[Any]]] = {
    "error": ErrorItem,
    "event": PageEvent,
    "vital": Vital,
}
_KIND_OF: Final = {record: kind for kind, record in _KINDS.items()}
_MOST_DIGITS: Final = 2**63
_DEEPEST: Final = 64

_moment = (-1, "")


def encode(record: Record) -> bytes:
    """Return a record as one JSON object that `decode` reads back, without a line end.

    A log line's encoding ends in the entry that `entry` cuts out, so it is rendered once.
    """
    if isinstance(record, LogLine):
        return _dumps(
            {
                "kind": "log",
                "at": record.timestamp_s,
                "timestamp": iso_time(record.timestamp_s),
                "level": record.level,
                "message": record.message,
                "correlationId": record.correlation_id,
                "context": record.context,
                "metadata": record.metadata,
                "performance": record.performance,
            }
        )
    shape: dict[str, Any] = {"kind": _KIND_OF[type(record)]}
    for part in fields(record):
        shape[part.name] = getattr(record, part.name)
    return _dumps(shape)


def decode(payload: bytes) -> Record:
    """Return the record that `encode` made these bytes of.

    Raises:
        WireError: not JSON, of no known kind, or with fields that do not fit.
    """
    shape = loads(payload)
    kind = shape.pop("kind", None)
    if kind == "log":
        at = shape.pop("at", None)
        if not isinstance(at, int | float) or isinstance(at, bool):
            raise WireError("line", "has no time", 'a number as "at"')
        return _line(shape, float(at))
    record = _KINDS.get(kind) if isinstance(kind, str) else None
    if record is None:
        raise WireError("line", "is of no known kind", f"log | {' | '.join(_KINDS)}")
    try:
        made: Record = record(**shape)
    except TypeError:
        raise WireError("line", "has other fields", f"those of {record.__name__}") from None
    return made


def encode_entry(line: LogLine) -> bytes:
    """Return a log line as the outside reads it: ISO 8601 time in UTC, camelCase keys."""
    return _dumps(
        {
            "timestamp": iso_time(line.timestamp_s),
            "level": line.level,
            "message": line.message,
            "correlationId": line.correlation_id,
            "context": line.context,
            "metadata": line.metadata,
            "performance": line.performance,
        }
    )


def entry(payload: bytes) -> bytes:
    """Return the entry inside the encoding of a log line, without rendering it again."""
    return b"{" + payload[payload.index(_ENTRY_START) + 1 :]


def decode_entry(payload: bytes) -> LogLine:
    """Return the log line of an entry, as `encode_entry` writes it.

    Raises:
        WireError: not JSON, or not an entry.
    """
    shape = loads(payload)
    try:
        at = datetime.fromisoformat(shape["timestamp"])
    except (KeyError, TypeError, ValueError):
        raise WireError("entry", "has no time", 'ISO 8601 as "timestamp"') from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return _line(shape, at.timestamp())


def iso_time(timestamp_s: float) -> str:
    """Return Unix time as ISO 8601 in UTC with milliseconds.

    >>> iso_time(1790000000.0625)
    '2026-09-21T14:13:20.062Z'
    """
    global _moment
    milliseconds = int(timestamp_s * 1000)
    known, text = _moment
    if known != milliseconds:
        second, rest = divmod(milliseconds, 1000)
        text = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(second))}.{rest:03d}Z"
        # One assignment of a pair: another thread sees the old moment or the new, whole.
        _moment = (milliseconds, text)
    return text


def pretty(line: LogLine, colour: bool = False) -> str:
    """Return a log line for people: time, level, message, fields, the id's first digits.

    Control characters are shown, not sent to the terminal.
    """
    clock = iso_time(line.timestamp_s)[11:23]
    parts = [_paint(clock, "2", colour), _paint(f"{line.level:<8}", _COLOURS[line.level], colour)]
    parts.append(_paint(_visible(line.message), "1", colour))
    shown = {**line.context, **line.performance}
    stack = ""
    for key, value in shown.items():
        if key == "error" and isinstance(value, Mapping) and isinstance(value.get("stack"), str):
            stack = "\n" + _visible(str(value["stack"]), keep="\n")
            value = {name: said for name, said in value.items() if name != "stack"}
        text = value if isinstance(value, str) else _dumps(value).decode()
        parts.append(f"{_paint(_visible(str(key)), '36', colour)}={_visible(text)}")
    if line.correlation_id:
        parts.append(_paint(f"[{line.correlation_id[:8]}]", "2", colour))
    return " ".join(parts) + stack


def jsonable(value: object, depth: int = 0) -> Any:
    """Return `value` made of what JSON has; what it has no word for becomes text or its type."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, int):
        return value if -_MOST_DIGITS <= value < _MOST_DIGITS else float(min(value, 10**300))
    if isinstance(value, float):
        return value if value - value == 0 else None
    if depth >= _DEEPEST:
        return f"<{type(value).__name__}>"
    if isinstance(value, Mapping):
        return {
            str(key).encode("utf-8", "replace").decode(): jsonable(held, depth + 1)
            for key, held in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [jsonable(held, depth + 1) for held in value]
    return f"<{type(value).__name__}>"


_COLOURS: Final[Mapping[str, str]] = {
    "debug": "2",
    "info": "32",
    "warning": "33",
    "error": "31",
    "critical": "1;31",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _dumps(shape: Any) -> bytes:
    try:
        return orjson.dumps(shape)
    except (TypeError, RecursionError):  # lone surrogates, huge integers, unknown types
        return orjson.dumps(jsonable(shape))


def loads(payload: bytes, protocol: str = "line") -> dict[str, Any]:
    """Return the JSON object in `payload`; lone surrogates and NaN are replaced, not refused.

    Raises:
        WireError: not JSON, nested beyond reason, or not an object.
    """
    try:
        shape = orjson.loads(payload)
    except ValueError:
        try:
            shape = jsonable(json.loads(payload.decode("utf-8", "replace")))
        except (ValueError, RecursionError):
            raise WireError(protocol, "is not JSON", "one JSON object") from None
    if not isinstance(shape, dict):
        raise WireError(protocol, "is not an object", "one JSON object")
    return shape


def _line(shape: Mapping[str, Any], timestamp_s: float) -> LogLine:
    level, message = shape.get("level"), shape.get("message")
    if level not in LEVELS or not isinstance(message, str):
        raise WireError("line", "has no level or message", " | ".join(LEVELS))
    said_id = shape.get("correlationId", "")
    parts = [shape.get(name, {}) for name in ("context", "metadata", "performance")]
    if not isinstance(said_id, str) or not all(isinstance(part, dict) for part in parts):
        raise WireError("line", "has other fields", "correlationId, context, metadata, performance")
    return LogLine(timestamp_s, level, message, said_id, *parts)


def _visible(text: str, keep: str = "") -> str:
    return _CONTROL.sub(lambda found: found[0] if found[0] in keep else repr(found[0])[1:-1], text)


def _paint(text: str, code: str, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text
