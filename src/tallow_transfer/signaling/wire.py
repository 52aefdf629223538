"""One peer's WebSocket as the server holds it: told things, and given what the other side sent."""

from typing import Final, Literal

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

__all__ = ["CLOSE_CODES", "PeerState", "Wire"]

PeerState = Literal["here", "away", "gone"]
EndReason = Literal[
    "done",
    "gone",
    "malformed",
    "bad_token",
    "taken",
    "unknown",
    "expired",
    "burned",
    "cap",
    "shutdown",
]

CLOSE_CODES: Final[dict[EndReason, int]] = {
    "done": 1000,
    "gone": 1000,
    "shutdown": 1012,
    "malformed": 4400,
    "bad_token": 4401,
    "taken": 4403,
    "unknown": 4404,
    "expired": 4408,
    "burned": 4410,
    "cap": 4413,
}


class Wire:
    """Sends to one peer; a connection that is already closed swallows what it is given."""

    __slots__ = ("_socket", "is_open")

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self.is_open = True

    async def tell(self, state: PeerState) -> None:
        """Say where the other side is."""
        await self.say({"type": "server.peer", "state": state})

    async def say(self, message: dict[str, object]) -> None:
        """Send a message of the server's own."""
        await self.carry_text(orjson.dumps(message).decode())

    async def carry_text(self, text: str) -> None:
        """Pass on a text message as it came."""
        await self._send({"type": "websocket.send", "text": text})

    async def carry_bytes(self, data: bytes) -> None:
        """Pass on a frame as it came; returns when the connection can take more."""
        await self._send({"type": "websocket.send", "bytes": data})

    async def end(self, reason: EndReason) -> None:
        """Close, with the code that says why."""
        if self.is_open:
            await self._send({"type": "websocket.close", "code": CLOSE_CODES[reason]})
            self.is_open = False

    async def _send(self, message: dict[str, object]) -> None:
        if not self.is_open:
            return
        try:
            await self._socket.send(message)
        except (WebSocketDisconnect, RuntimeError, OSError):
            self.is_open = False
