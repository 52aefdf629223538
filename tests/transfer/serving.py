"""A real server of the app's routes on a free local port, and two peers that use it."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from tallow_transfer.chunks import Source
from tallow_transfer.connections import RoomPass, claim_room, open_room
from tallow_transfer.crypto import CHUNK_BYTES
from tallow_transfer.exceptions import TransferError
from tallow_transfer.manager import Offer, Transfer, receive_file, send_file
from tallow_transfer.routes import Service, routes
from tallow_transfer.signaling import Code, Limits, new_words

__all__ = ["Pair", "Served", "content_of", "serving", "yes"]

_SWEEP_EVERY_S = 0.05


@dataclass(frozen=True)
class Served:
    """A running server: its address and what it works on."""

    url: str
    service: Service


@contextlib.asynccontextmanager
async def serving(limits: Limits, environment: str = "development") -> AsyncIterator[Served]:
    """Run the routes under uvicorn as `tallow serve` does, with a brisk reaper."""
    app = Starlette(routes=routes())
    service = Service(limits, environment)
    app.state.service = service
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_max_size=1024 * 1024,
            log_config=None,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.suppress(asyncio.CancelledError))
            running = asyncio.create_task(server.serve(sockets=[listener]))
            reaper = asyncio.create_task(_sweep(service))
            while not server.started:
                await asyncio.sleep(0.005)
            yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", service)
            reaper.cancel()
            server.should_exit = server.force_exit = True
            await running


async def _sweep(service: Service) -> None:
    while True:
        await asyncio.sleep(_SWEEP_EVERY_S)
        await service.sweep()


async def yes(_: Offer) -> bool:
    return True


def content_of(size: int) -> bytes:
    return os.urandom(size)


@dataclass
class Pair:
    """A sender and a receiver of one file, each with its own way to the server."""

    file: Path
    folder: Path
    sender: Transfer = field(default_factory=lambda: Transfer("sender"))
    receiver: Transfer = field(default_factory=lambda: Transfer("receiver"))
    words: str = field(default_factory=new_words)
    guessed: str = ""
    """The words the receiver says, when they are others."""

    async def run(
        self,
        server: str,
        receiver_server: str = "",
        agree: Callable[[Offer], Awaitable[bool]] = yes,
        most_bytes: int = 2**40,
        note: Callable[[RoomPass], None] = lambda _: None,
    ) -> tuple[TransferError | None, TransferError | Path]:
        """Send and receive at once; return what the sender and the receiver ended with."""
        room = await open_room(server)
        theirs = await claim_room(server, room.nameplate)
        theirs = RoomPass(receiver_server or server, room.nameplate, theirs.room, theirs.token)
        note(room)
        note(theirs)
        sent, received = await asyncio.gather(
            self._send(room), self._receive(theirs, agree, most_bytes), return_exceptions=True
        )
        for result in (sent, received):
            if isinstance(result, BaseException) and not isinstance(result, TransferError):
                raise result
        return sent, received  # type: ignore[return-value]  # others were raised

    async def _send(self, room: RoomPass) -> None:
        with Source(self.file, CHUNK_BYTES) as source:
            await send_file(source, room, Code(room.nameplate, self.words), self.sender)

    async def _receive(
        self, room: RoomPass, agree: Callable[[Offer], Awaitable[bool]], most_bytes: int
    ) -> Path:
        code = Code(room.nameplate, self.guessed or self.words)
        return await receive_file(room, code, self.folder, self.receiver, agree, most_bytes)
