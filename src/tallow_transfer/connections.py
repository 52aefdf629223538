"""Ways from one peer to the other: the relay now; `direct` and `p2p` have their place here."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final, Literal, NoReturn, Self
from urllib.parse import urlsplit

import orjson
import urllib3
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from .exceptions import (
    IntegrityError,
    PeerGoneError,
    RejectedError,
    ServerError,
    TransferError,
    WrongCodeError,
)
from .signaling import PeerState, Role

__all__ = [
    "METHODS_HERE",
    "Method",
    "Relay",
    "RoomPass",
    "choose_method",
    "claim_room",
    "open_room",
    "report",
]

Method = Literal["direct", "p2p", "relay"]
METHODS_HERE: Final[tuple[Method, ...]] = ("relay",)
"""What this side can do, best first."""

_HTTP_TIMEOUT_S: Final = 10.0
# One name on every request, so that analytics take a terminal for one visitor.
_USER_AGENT: Final = f"tallow/{version('tallow')}"
_MOST_MESSAGE_BYTES: Final = 1024 * 1024
_WRITE_BUFFER_BYTES: Final = 1024 * 1024
_PING_S: Final = 20.0
_PONG_S: Final = 60.0  # a pong may stand behind megabytes on a slow line
_BACKOFF_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
_CLOSED: Final[dict[int, Callable[[], TransferError]]] = {
    4404: lambda: WrongCodeError("unknown_code"),
    4408: lambda: PeerGoneError("expired"),
    4410: lambda: WrongCodeError("bad_code"),
    4413: lambda: RejectedError("relay_cap"),
}


@dataclass(frozen=True, slots=True)
class RoomPass:
    """What opens a room for one of its two peers."""

    server: str
    nameplate: int
    room: str
    token: str

    def __repr__(self) -> str:
        return "RoomPass(…)"


def choose_method(offered: object, can: Sequence[Method] = METHODS_HERE) -> Method:
    """Return the best method both sides can do; `relay` is always one.

    >>> choose_method(["p2p", "relay"])
    'relay'
    """
    theirs = offered if isinstance(offered, list) else []
    return next((method for method in can if method in theirs), "relay")


async def open_room(server: str) -> RoomPass:
    """Return the sender's pass to a fresh room.

    Raises:
        ServerError: the server is away, full, or asks to slow down.
    """
    status, said = await asyncio.to_thread(_post, server, "/api/rooms", {}, {})
    if status != 201:
        _refused(status)
    return _pass(server, said, said.get("nameplate"))


async def claim_room(server: str, nameplate: int) -> RoomPass:
    """Return the receiver's pass to the room with that nameplate.

    Raises:
        WrongCodeError: nobody waits there, or somebody else came first.
        ServerError: as `open_room`.
    """
    path = f"/api/rooms/{nameplate}/claim"
    status, said = await asyncio.to_thread(_post, server, path, {}, {})
    if status in {404, 409}:
        raise WrongCodeError("unknown_code")
    if status != 200:
        _refused(status)
    return _pass(server, said, nameplate)


async def report(room: RoomPass, body: dict[str, object]) -> None:
    """Tell the server how a transfer ended, as far as that helps; a failure to is nobody's loss."""
    headers = {"Authorization": f"Bearer {room.token}"}
    with contextlib.suppress(TransferError):
        body = {"room": room.room, **body}
        await asyncio.to_thread(_post, room.server, "/api/report", body, headers)


class Relay:
    """A seat in a room: what is sent here arrives at the other side, by way of the server.

    `on_peer` is called when the other side comes, breaks off or returns.
    """

    def __init__(self, room: RoomPass, on_peer: Callable[[PeerState], None]) -> None:
        self._room = room
        self._on_peer = on_peer
        self._socket: ClientConnection | None = None
        self.role: Role = "sender"
        self._is_peer_here = False

    async def __aenter__(self) -> Self:
        await self._join()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._socket is not None:
            with contextlib.suppress(ConnectionClosed):
                await self._socket.send('{"type":"server.leave"}')
            await self._socket.close()

    async def wait_for_peer(self) -> None:
        """Return when the other side is there, coming back by itself if the server drops us.

        Raises:
            PeerGoneError: nobody came in time.
        """
        lost = 0
        while not self._is_peer_here:
            try:
                text = await self._open_socket.recv()
                if isinstance(text, bytes) or not self._heard(text):
                    raise IntegrityError
            except ConnectionClosed as closed:
                if _close_code(closed) in _CLOSED or lost >= len(_BACKOFF_S):
                    raise _closed(closed) from None
                await asyncio.sleep(_BACKOFF_S[lost])
                lost += 1
                with contextlib.suppress(ServerError):
                    await self._join()

    async def send(self, message: str | bytes | memoryview) -> None:
        """Send a text message or a frame; returns when more can be taken.

        Raises:
            TransferError: the connection is gone; which one says why.
        """
        try:
            await self._open_socket.send(message)
        except ConnectionClosed as closed:
            raise _closed(closed) from None

    async def receive(self) -> str | bytes:
        """Return the next text message or frame of the other side.

        Raises:
            PeerGoneError: it left, or did not come back.
            TransferError: the connection is gone; which one says why.
        """
        while True:
            try:
                message = await self._open_socket.recv()
            except ConnectionClosed as closed:
                raise _closed(closed) from None
            if isinstance(message, bytes) or not self._heard(message):
                return message

    async def burn(self) -> None:
        """End the room for good: someone guessed."""
        with contextlib.suppress(TransferError):
            await self.send('{"type":"server.burn"}')

    async def trace(self, correlation_id: str) -> None:
        """Let the server log this room under the transfer's correlation id."""
        await self.send(json.dumps({"type": "server.trace", "id": correlation_id}))

    async def _join(self) -> None:
        try:
            self._socket = await connect(
                _socket_url(self._room.server, self._room.room),
                compression=None,
                proxy=None,
                user_agent_header=_USER_AGENT,
                max_size=_MOST_MESSAGE_BYTES,
                write_limit=_WRITE_BUFFER_BYTES,
                ping_interval=_PING_S,
                ping_timeout=_PONG_S,
                open_timeout=_HTTP_TIMEOUT_S,
            )
            await self._socket.send(json.dumps({"type": "server.join", "token": self._room.token}))
            joined = _object(await self._socket.recv())
        except ConnectionClosed as closed:
            raise _closed(closed) from None
        except (OSError, InvalidHandshake, InvalidURI, TimeoutError):
            raise ServerError from None
        if joined.get("type") != "server.joined":
            raise ServerError("version")
        self.role = "receiver" if joined.get("role") == "receiver" else "sender"
        self._is_peer_here = joined.get("peer") is True

    @property
    def _open_socket(self) -> ClientConnection:
        if self._socket is None:
            raise ServerError
        return self._socket

    def _heard(self, text: str) -> bool:
        """Take a message of the server's own; return whether it was one."""
        message = _object(text)
        kind = message.get("type")
        if not isinstance(kind, str) or not kind.startswith("server."):
            return False
        state = message.get("state")
        if kind == "server.peer" and state == "gone":
            raise PeerGoneError
        if kind == "server.peer" and (state == "here" or state == "away"):
            self._is_peer_here = state == "here"
            self._on_peer(state)
        return True


def _socket_url(server: str, room: str) -> str:
    return f"{_base(server).replace('http', 'ws', 1)}/api/signal/{room}"


def _base(server: str) -> str:
    """Return the server's address without what follows the host.

    Raises:
        ServerError: it is no http(s) address.
    """
    try:
        parts = urlsplit(server)
        _ = parts.port
    except ValueError:
        raise ServerError from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ServerError
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _post(
    server: str, path: str, body: dict[str, object], headers: dict[str, str]
) -> tuple[int, dict[str, object]]:
    """POST JSON; return the status and the object that came back (empty if it was none)."""
    try:
        with urllib3.PoolManager(retries=False, timeout=_HTTP_TIMEOUT_S) as pool:
            answer = pool.request(
                "POST",
                _base(server) + path,
                body=orjson.dumps(body),
                headers={
                    "Content-Type": "application/json",
                    "User-Agent": _USER_AGENT,
                    **headers,
                },
            )
            return answer.status, _object(answer.data) if answer.data[:1] == b"{" else {}
    except (urllib3.exceptions.HTTPError, ValueError):
        raise ServerError from None


def _object(text: str | bytes) -> dict[str, object]:
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise IntegrityError from None
    if not isinstance(said, dict):
        raise IntegrityError
    return said


def _pass(server: str, said: dict[str, object], nameplate: object) -> RoomPass:
    room, token = said.get("room"), said.get("token")
    if not isinstance(room, str) or not isinstance(token, str) or not isinstance(nameplate, int):
        raise ServerError("version")
    return RoomPass(server, nameplate, room, token)


def _refused(status: int) -> NoReturn:
    raise ServerError("too_many" if status == 429 else "server")


def _close_code(closed: ConnectionClosed) -> int:
    return closed.rcvd.code if closed.rcvd is not None else 1006


def _closed(closed: ConnectionClosed) -> TransferError:
    return _CLOSED.get(_close_code(closed), ServerError)()
