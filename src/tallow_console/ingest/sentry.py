"""Errors, sessions and logs from Sentry SDKs: `POST /api/<project>/envelope/` and `/store/`."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Final
from uuid import uuid4

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tallow.metrics import Counter
from tallow.records import ErrorItem, JsonValue, Level, LogLine
from tallow.wire.sentry import Envelope, decode_envelope, decode_store, public_key_of
from tallow_console.errors import tables as errors
from tallow_console.errors.event import text, timestamp_s
from tallow_console.gate import Gate, clean, door
from tallow_console.logs import tables as logs
from tallow_console.spool import TableRow
from tallow_console.store import json_text

__all__ = ["routes"]

_KEY: Final = re.compile(r"sentry_key\s*=\s*([^,\s]+)")
_LOG_LEVELS: Final[dict[str, Level]] = {
    "trace": "debug",
    "debug": "debug",
    "info": "info",
    "warn": "warning",
    "warning": "warning",
    "error": "error",
    "fatal": "critical",
}

ITEMS: Final = Counter(
    "tallow_console_envelope_items_total",
    "Items of Sentry envelopes, by type and by whether they were kept.",
    labels={"type": 40, "outcome": ("kept", "dropped")},
)


class _Project(Convertor[int]):
    """The number of a project in an address; what is longer than any is no address of ours."""

    regex = "[0-9]{1,15}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("project", _Project())


def routes() -> list[Route]:
    """Return the doors of this protocol."""
    methods = ["POST", "OPTIONS"]
    return [
        Route("/api/{project:project}/envelope/", door("sentry", _envelope), methods=methods),
        Route("/api/{project:project}/envelope", door("sentry", _envelope), methods=methods),
        Route("/api/{project:project}/store/", door("sentry", _store), methods=methods),
        Route("/api/{project:project}/store", door("sentry", _store), methods=methods),
    ]


async def _envelope(request: Request) -> Response:
    gate: Gate = request.app.state.gate
    key = _key(request)
    if key:
        gate.check_key(key)
    body = await gate.body(request)
    if not key:
        gate.check_key(public_key_of(body))  # what a tunnel sends has it only inside
    return await _keep(request, gate, body, decode_envelope)


async def _store(request: Request) -> Response:
    gate: Gate = request.app.state.gate
    gate.check_key(_key(request))
    return await _keep(request, gate, await gate.body(request), decode_store)


def _key(request: Request) -> str:
    for name in ("x-sentry-auth", "authorization"):
        found = _KEY.search(request.headers.get(name, ""))
        if found:
            return found[1]
    return request.query_params.get("sentry_key", "")


async def _keep(
    request: Request, gate: Gate, body: bytes, decode: Callable[[bytes, float], Envelope]
) -> Response:
    project: int = request.path_params["project"]
    now_s = time.time()
    envelope = Envelope(())

    def make() -> list[TableRow]:
        nonlocal envelope
        envelope = decode(body, now_s)
        ahead_s = _ahead_s(envelope, now_s)
        rows: list[TableRow] = []
        for item in envelope.items:
            if len(body) > gate.event_max_bytes:
                gate.check_size("an event", len(json_text(item.payload)))
            made = list(_rows(item, project, now_s, ahead_s))
            ITEMS.labels(type=item.type, outcome="kept" if made else "dropped").inc()
            rows += made
        return rows

    rows = await gate.work(len(body), make)
    for kind, count in envelope.skipped.items():
        ITEMS.labels(type=kind, outcome="dropped").inc(count)
    await gate.keep(rows)
    event_id = envelope.event_id or next((one.event_id for one in envelope.items), "")
    return JSONResponse({"id": event_id or uuid4().hex})


def _ahead_s(envelope: Envelope, now_s: float) -> float:
    """Return how far the sender's clock is ahead; below a minute is what the network takes."""
    ahead_s = envelope.sent_at_s - now_s if envelope.sent_at_s else 0.0
    return ahead_s if abs(ahead_s) > 60 else 0.0


def _rows(item: ErrorItem, project: int, now_s: float, ahead_s: float) -> Iterator[TableRow]:
    """Yield the rows of one item; an item that is only counted has none."""
    if item.type == "event":
        if not item.event_id:
            item = ErrorItem(item.timestamp_s, item.type, item.payload, uuid4().hex)
        yield "error_events", errors.error_row(clean(item), project, now_s, ahead_s)
    elif item.type in {"session", "sessions"}:
        for row in errors.session_rows(clean(item), now_s):
            yield "sessions", row
    elif item.type == "log":
        for line in _log_lines(item, now_s):
            yield "logs", logs.row(clean(line), now_s)


def _log_lines(item: ErrorItem, now_s: float) -> Iterator[LogLine]:
    """Yield the lines of a log item.

    Source: develop.sentry.dev/sdk/telemetry/logs.
    """
    items = item.payload.get("items")
    for one in items if isinstance(items, list) else [item.payload]:
        if not isinstance(one, dict):
            continue
        attributes = _attributes(one.get("attributes"))
        metadata: dict[str, str] = {
            "service": text(attributes.pop("service.name", "")),
            "environment": text(attributes.pop("sentry.environment", "")),
            "release": text(attributes.pop("sentry.release", "")),
        }
        attributes = {
            name: said for name, said in attributes.items() if not name.startswith("sentry.")
        }
        yield LogLine(
            timestamp_s(one.get("timestamp"), now_s),
            _LOG_LEVELS.get(text(one.get("level")).lower(), "info"),
            text(one.get("body")),
            text(one.get("trace_id")),
            attributes,
            metadata,
        )


def _attributes(said: object) -> dict[str, JsonValue]:
    """Return `{"name": {"value": v, "type": t}}` as `{"name": v}`."""
    if not isinstance(said, dict):
        return {}
    return {
        str(name): one.get("value") if isinstance(one, dict) else one for name, one in said.items()
    }
