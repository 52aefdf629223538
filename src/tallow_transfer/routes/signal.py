"""The WebSocket of a room: join, then everything of one peer goes to the other, unread."""

import asyncio
import time
from typing import Final

import orjson
from starlette.websockets import WebSocket

from tallow_transfer import telemetry
from tallow_transfer.signaling import Role, Room, RoomRefusedError, Seat, Wire
from tallow_transfer.signaling.wire import EndReason

from .service import Service

__all__ = ["signal"]

_MOST_TEXT: Final = 64 * 1024
_JOIN_WITHIN_S: Final = 10.0
_REFUSED: Final[dict[str, EndReason]] = {
    "unknown": "unknown",
    "bad_token": "bad_token",
    "taken": "taken",
}


async def signal(socket: WebSocket) -> None:
    """Serve one peer's connection until it closes or its room ends."""
    service: Service = socket.app.state.service
    await socket.accept()
    wire = Wire(socket)
    joined = await _join(service, socket, wire)
    if joined is None:
        return
    room, seat = joined
    if room.is_probe:
        telemetry.quiet(socket.scope)
    try:
        await _greet(room, seat)
        await _pump(service, socket, room, seat)
    finally:
        wire.is_open = False
        if not room.ended.is_set():
            state = service.rooms.stand_up(room, seat)
            other = room.other(seat).wire
            if state == "gone":
                await service.end(room, "done" if room.met else "gone")
            elif other is not None:
                await other.tell("away")


async def _join(service: Service, socket: WebSocket, wire: Wire) -> tuple[Room, Seat] | None:
    """Return the room and seat that the first message is for; close if it is for none."""
    try:
        async with asyncio.timeout(_JOIN_WITHIN_S):
            first = await socket.receive()
        message = _own_message(first.get("text"))
        token = message.get("token") if message is not None else None
        if message is None or message.get("type") != "server.join" or not isinstance(token, str):
            await wire.end("malformed")
            return None
        return service.rooms.sit(socket.path_params["room"], token, wire)
    except RoomRefusedError as refused:
        await wire.end(_REFUSED.get(refused.reason, "unknown"))
    except TimeoutError:
        await wire.end("malformed")
    return None


async def _greet(room: Room, seat: Seat) -> None:
    """Tell the newcomer where it sits, and the other side that somebody came."""
    wire, other = seat.wire, room.other(seat).wire
    if wire is not None:
        await wire.say({"type": "server.joined", "role": seat.role, "peer": other is not None})
    if other is not None:
        await other.tell("here")
        if not room.is_counted:
            room.is_counted = True
            telemetry.connected()


async def _pump(service: Service, socket: WebSocket, room: Room, seat: Seat) -> None:
    """Carry what comes, until the connection or the room ends.

    Waiting for the other side to take each frame before the next is read is what keeps a slow
    receiver from filling this process.
    """
    other = room.other(seat)
    while not room.ended.is_set():
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        data = message.get("bytes")
        if data is None:
            if not await _take_text(service, room, seat, message.get("text") or ""):
                return
        elif not service.rooms.touch(room, len(data)):
            await service.end(room, "cap")
        elif other.wire is not None:
            began_s = time.monotonic()
            await other.wire.carry_bytes(data)
            telemetry.bytes_relayed(len(data), time.monotonic() - began_s)


async def _take_text(service: Service, room: Room, seat: Seat, text: str) -> bool:
    """Act on a message to the server, pass on any other; return whether to go on."""
    if len(text) > _MOST_TEXT:
        await service.end(room, "malformed")
        return False
    message = _own_message(text)
    if message is None:
        service.rooms.touch(room, len(text))
        other = room.other(seat).wire
        if other is not None:
            await other.carry_text(text)
        return True
    return await _obey(service, room, seat, message)


async def _obey(service: Service, room: Room, seat: Seat, message: dict[str, object]) -> bool:
    kind = message["type"]
    if kind == "server.leave":
        seat.left = True
        return False
    if kind == "server.burn":
        telemetry.code_guessed()
        await service.end(room, "burned")
        return False
    trace = message.get("id")
    if kind == "server.trace" and isinstance(trace, str) and telemetry.is_trace(trace):
        if not room.correlation_id and seat.role == _TRACER:
            room.correlation_id = trace
            telemetry.trace_known(trace)
        return True
    if kind == "server.echo" and seat.wire is not None:
        await seat.wire.say({"type": "server.echo"})
        return True
    await service.end(room, "malformed")
    return False


_TRACER: Final[Role] = "sender"


def _own_message(text: object) -> dict[str, object] | None:
    """Return a message that is meant for the server, or None for any other."""
    if not isinstance(text, str) or '"server.' not in text:
        return None
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(message, dict):
        return None
    kind = message.get("type")
    return message if isinstance(kind, str) and kind.startswith("server.") else None
