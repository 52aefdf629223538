"""A server on the way that reads, changes, swaps, repeats and swallows what it carries."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

__all__ = ["Meddle", "meddling"]

Message = str | bytes
Meddle = Callable[[Message], list[Message]]
"""What to pass on to the client instead of one message of the server's."""


@contextlib.asynccontextmanager
async def meddling(server: str, meddle: Meddle) -> AsyncIterator[str]:
    """Stand between one client and the server; yield the address the client is to use."""

    async def both_ways(client: ServerConnection) -> None:
        path = client.request.path if client.request is not None else "/"
        url = server.replace("http", "ws", 1) + path
        async with connect(url, compression=None, proxy=None, max_size=2**21) as upstream:
            up = asyncio.create_task(_carry(client, upstream, lambda message: [message]))
            await _carry(upstream, client, meddle)
            up.cancel()

    async with serve(both_ways, "127.0.0.1", 0, compression=None, max_size=2**21) as running:
        port = next(iter(running.sockets)).getsockname()[1]
        yield f"http://127.0.0.1:{port}"


async def _carry(
    source: ServerConnection | ClientConnection,
    target: ServerConnection | ClientConnection,
    meddle: Meddle,
) -> None:
    try:
        async for message in source:
            for passed_on in meddle(message):
                await target.send(passed_on)
    except ConnectionClosed:
        pass
    with contextlib.suppress(ConnectionClosed):
        code = source.close_code or 1000
        await target.close(code if code not in {1005, 1006, 1015} else 1000)
