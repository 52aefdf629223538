"""Loki push, both directions: JSON as we send it, JSON and protobuf as others do.

Source: grafana.com/docs/loki/latest/reference/loki-http-api, and its push.proto.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

from tallow.exceptions import WireError
from tallow.records import Level, LogLine

from .lines import encode_entry, loads
from .protobuf import fields, utf8

__all__ = ["CONTENT_TYPE", "decode_push", "decode_push_protobuf", "encode_push"]

CONTENT_TYPE: Final = "application/json"

_MOST_LINES: Final = 50_000
_PROTOCOL: Final = "push"
_LABEL: Final = re.compile(r'\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)')
_LEVELS: Final[Mapping[str, Level]] = {
    "trace": "debug",
    "debug": "debug",
    "dbug": "debug",
    "verbose": "debug",
    "silly": "debug",
    "info": "info",
    "information": "info",
    "notice": "info",
    "http": "info",
    "warn": "warning",
    "warning": "warning",
    "error": "error",
    "err": "error",
    "eror": "error",
    "critical": "critical",
    "crit": "critical",
    "fatal": "critical",
    "emerg": "critical",
    "alert": "critical",
    "panic": "critical",
}
_PINO: Final[Mapping[int, Level]] = {
    10: "debug",
    20: "debug",
    30: "info",
    40: "warning",
    50: "error",
    60: "critical",
}


def encode_push(lines: Sequence[LogLine], labels: Mapping[str, str]) -> bytes:
    """Return lines as one JSON push: a stream for each level, with `labels` on all of them.

    The correlation id travels as structured metadata: as a label it would make a stream of each
    request. Times are in microseconds, given as nanoseconds, and stable: a resend adds nothing.
    """
    streams: dict[str, list[list[Any]]] = {}
    for line in lines:
        value: list[Any] = [_nanoseconds(line.timestamp_s), encode_entry(line).decode()]
        if line.correlation_id:
            value.append({"correlation_id": line.correlation_id})
        streams.setdefault(line.level, []).append(value)
    shape: list[dict[str, Any]] = [
        {"stream": {**dict(labels), "level": level}, "values": values}
        for level, values in streams.items()
    ]
    return orjson.dumps({"streams": shape})


def decode_push(data: bytes) -> list[LogLine]:
    """Return the lines of a JSON push. Lines that are not our entries become messages.

    Raises:
        WireError: not JSON, or without the shape of a push.
    """
    shape = loads(data, _PROTOCOL)
    streams = shape.get("streams")
    if not isinstance(streams, list):
        raise WireError(_PROTOCOL, "has no streams", 'a list as "streams"')
    lines: list[LogLine] = []
    for stream in streams:
        if not isinstance(stream, dict):
            raise WireError(_PROTOCOL, "has a stream that is no object", "stream and values")
        labels = _labels_of(stream)
        for at_ns, text, extra in _values(stream):
            lines.append(_line(at_ns, text, labels, extra))
            if len(lines) > _MOST_LINES:
                raise WireError(_PROTOCOL, "has too many lines", f"{_MOST_LINES} at most")
    return lines


def decode_push_protobuf(data: bytes) -> list[LogLine]:
    """Return the lines of a protobuf push, already unpacked from its snappy block.

    Raises:
        WireError: not protobuf, or without the shape of a push.
    """
    lines: list[LogLine] = []
    for number, stream in _fields(data):
        if number != 1 or not isinstance(stream, bytes):
            continue
        labels: dict[str, str] = {}
        for part, held in _fields(stream):
            if part == 1 and isinstance(held, bytes):
                labels = _parse_labels(utf8(held))
            elif part == 2 and isinstance(held, bytes):
                at_ns, text, extra = _entry(held)
                lines.append(_line(at_ns, text, labels, extra))
                if len(lines) > _MOST_LINES:
                    raise WireError(_PROTOCOL, "has too many lines", f"{_MOST_LINES} at most")
    return lines


def _nanoseconds(timestamp_s: float) -> str:
    return f"{round(timestamp_s * 1_000_000)}000"


def _labels_of(stream: Mapping[str, Any]) -> dict[str, str]:
    said = stream.get("stream")
    if isinstance(said, dict):
        return {str(name): str(value) for name, value in said.items()}
    if isinstance(stream.get("labels"), str):  # the shape before Loki 1.0, still sent by some
        return _parse_labels(stream["labels"])
    raise WireError(_PROTOCOL, "has a stream without labels", 'an object as "stream"')


def _values(stream: Mapping[str, Any]) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
    values = stream.get("values")
    if not isinstance(values, list):
        raise WireError(_PROTOCOL, "has a stream without values", 'a list as "values"')
    for value in values:
        if not isinstance(value, list) or not 2 <= len(value) <= 3:
            raise WireError(_PROTOCOL, "has a value of another shape", "[time, line, metadata?]")
        at, text = value[0], value[1]
        if not isinstance(text, str) or not str(at).isdecimal() or len(str(at)) > 19:
            raise WireError(_PROTOCOL, "has a value of other types", '["nanoseconds", "line"]')
        extra = value[2] if len(value) == 3 and isinstance(value[2], dict) else {}
        yield int(at), text, extra


def _line(at_ns: int, text: str, labels: Mapping[str, str], extra: Mapping[str, Any]) -> LogLine:
    """Return a line of any sender: our entry, JSON of other loggers, or plain text."""
    said: dict[str, Any] = {}
    if text.startswith("{"):
        try:
            said = loads(text.encode(), "entry")
        except WireError:
            said = {}
    message = next((said[key] for key in ("message", "msg") if isinstance(said.get(key), str)), "")
    context = said.get("context")
    if not isinstance(context, dict):
        context = {key: value for key, value in said.items() if key not in _OWN_KEYS}
    metadata = said.get("metadata")
    performance = said.get("performance")
    correlation_id = said.get("correlationId") or extra.get("correlation_id") or ""
    return LogLine(
        at_ns / 1_000_000_000,
        _level(said.get("level"), extra.get("level"), labels.get("level"), extra, labels),
        message or text,
        correlation_id if isinstance(correlation_id, str) else "",
        context,
        {**_known(labels), **(metadata if isinstance(metadata, dict) else {})},
        performance if isinstance(performance, dict) else {},
    )


_OWN_KEYS: Final = frozenset(
    {"timestamp", "time", "level", "message", "msg", "correlationId", "metadata", "performance"}
)
_SERVICE_LABELS: Final = ("service", "service_name", "app", "application", "job")


def _known(labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels as metadata, with `service` and `environment` under those names."""
    known = {name: value for name, value in labels.items() if name not in {"level", "env"}}
    service = next((labels[name] for name in _SERVICE_LABELS if labels.get(name)), "")
    if service:
        known["service"] = service
    if "env" in labels:
        known.setdefault("environment", labels["env"])
    return known


def _level(*said: object) -> Level:
    for word in said:
        if isinstance(word, Mapping):
            word = word.get("detected_level") or word.get("severity")
        if isinstance(word, str) and word.lower() in _LEVELS:
            return _LEVELS[word.lower()]
        if isinstance(word, int) and word in _PINO:
            return _PINO[word]
    return "info"


def _parse_labels(text: str) -> dict[str, str]:
    """Return the labels of a selector such as `{app="web", env="prod"}`."""
    inner = text.strip()
    if not (inner.startswith("{") and inner.endswith("}")):
        raise WireError(_PROTOCOL, "has labels of another shape", '{name="value"}')
    inner, place, labels = inner[1:-1].rstrip(), 0, {}
    while place < len(inner):
        found = _LABEL.match(inner, place)
        if found is None:
            raise WireError(_PROTOCOL, "has labels of another shape", '{name="value"}')
        labels[found[1]] = found[2].replace('\\"', '"').replace("\\\\", "\\")
        place = found.end()
    return labels


def _entry(data: bytes) -> tuple[int, str, Mapping[str, str]]:
    at_ns, text, extra = 0, "", {}
    for number, held in _fields(data):
        if number == 1 and isinstance(held, bytes):
            parts = {part: value for part, value in _fields(held) if isinstance(value, int)}
            at_ns = parts.get(1, 0) * 1_000_000_000 + parts.get(2, 0)
        elif number == 2 and isinstance(held, bytes):
            text = utf8(held)
        elif number == 3 and isinstance(held, bytes):
            pair = {part: utf8(value) for part, value in _fields(held) if isinstance(value, bytes)}
            extra[pair.get(1, "")] = pair.get(2, "")
    if not 0 <= at_ns < 2**63:
        raise WireError(_PROTOCOL, "has a time out of range", "nanoseconds since 1970")
    return at_ns, text, extra


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    return fields(data, _PROTOCOL, "a PushRequest")
