"""Every route of the app's own on one screen."""

import re
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from tallow_transfer import telemetry
from tallow_transfer.signaling import RoomRefusedError

from .service import Service
from .signal import signal

__all__ = ["Service", "routes"]

_MOST_REPORT_BYTES: Final = 8 * 1024
_NAMEPLATE: Final = re.compile(r"[0-9]{1,9}")


def routes() -> list[BaseRoute]:
    """Return the routes; `app.state.service` is what they work on."""
    return [
        Route("/api/rooms", open_room, methods=["POST"]),
        Route("/api/rooms/{nameplate}/claim", claim_room, methods=["POST"]),
        WebSocketRoute("/api/signal/{room}", signal),
        Route("/api/report", report, methods=["POST"]),
        Route("/api/break", break_on_purpose, methods=["POST"]),
    ]


async def open_room(request: Request) -> Response:
    """A sender asks for a room."""
    service: Service = request.app.state.service
    if (slow := _slow_down(request, service)) is not None:
        return slow
    try:
        room = service.opened()
    except RoomRefusedError:
        return _problem(503, "all rooms are taken; try again in a minute", {"Retry-After": "60"})
    return JSONResponse(
        {
            "nameplate": room.nameplate,
            "room": room.id,
            "token": room.seats["sender"].token,
            "expires_in_s": int(service.limits.room_ttl_s),
        },
        status_code=201,
    )


async def claim_room(request: Request) -> Response:
    """A receiver comes with a nameplate."""
    service: Service = request.app.state.service
    if (slow := _slow_down(request, service)) is not None:
        return slow
    said: str = request.path_params["nameplate"]
    if not _NAMEPLATE.fullmatch(said):
        return _problem(404, "nobody waits under that number")
    try:
        room = service.rooms.claim(int(said))
    except RoomRefusedError as refused:
        if refused.reason == "claimed":
            return _problem(409, "somebody else came first")
        return _problem(404, "nobody waits under that number")
    return JSONResponse({"room": room.id, "token": room.seats["receiver"].token})


async def report(request: Request) -> Response:
    """A peer says how its transfer ended; once, with the token of its seat."""
    service: Service = request.app.state.service
    if request.headers.get("dnt") == "1" or request.headers.get("sec-gpc") == "1":
        return Response(status_code=204)
    body = await _body(request, _MOST_REPORT_BYTES)
    if body is None:
        return _problem(413, "a report is at most 8 KiB")
    try:
        said = telemetry.parse_report(body)
    except telemetry.ReportError as error:
        return _problem(400, str(error))
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    role = service.role_of(said.room, token)
    if role is None:
        return _problem(401, "no such room, or not your seat in it")
    is_new, is_first = service.note_report(said.room, role)
    if not is_new:
        return _problem(409, "already reported")
    telemetry.transfer_reported(said, role, is_first)
    return Response(status_code=204)


class BrokenOnPurposeError(RuntimeError):
    """What `POST /api/break` raises, so that a newcomer has an error to look at."""


async def break_on_purpose(request: Request) -> Response:
    """Raise an error, so that a newcomer can find it in the console; not in production."""
    service: Service = request.app.state.service
    if service.environment == "production":
        return _problem(404, "not here")
    telemetry.about_to_break()
    raise BrokenOnPurposeError("somebody pressed the button that breaks things")


def _slow_down(request: Request, service: Service) -> Response | None:
    address = request.client.host if request.client is not None else ""
    wait_s = service.asks.wait_s(address)
    if wait_s == 0:
        return None
    return _problem(429, "too many requests", {"Retry-After": str(int(wait_s) + 1)})


def _problem(status: int, reason: str, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps({"error": reason}), status, headers, media_type="application/json")


async def _body(request: Request, most_bytes: int) -> bytes | None:
    """Return the body, or None once it is longer than it may be."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            return None
    return body
