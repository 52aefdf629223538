"""The receiver's side: look at the offer, then write what comes until it is whole."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tallow_transfer import telemetry
from tallow_transfer.chunks import PartFile, safe_name
from tallow_transfer.connections import Relay, RoomPass, choose_method
from tallow_transfer.crypto import DataOpener, SessionKeys
from tallow_transfer.exceptions import IntegrityError, RejectedError, TransferError
from tallow_transfer.signaling import Code

from .control import Control, Message
from .handshake import handshake
from .states import Transfer

__all__ = ["Offer", "receive_file"]

_ACK_BYTES: Final = 2 * 1024 * 1024
_TIMED_BYTES: Final = 16 * 1024 * 1024
_MOST_BYTES: Final = 2**40
_AEAD: Final = "AES-256-GCM"


@dataclass(frozen=True, slots=True)
class Offer:
    """What the sender says it has. The name is already safe."""

    name: str = field(repr=False)
    size_bytes: int
    modified_s: int
    methods: object
    correlation_id: str


async def receive_file(
    room: RoomPass,
    code: Code,
    folder: Path,
    transfer: Transfer,
    agree: Callable[[Offer], Awaitable[bool]],
    most_bytes: int = _MOST_BYTES,
) -> Path:
    """Take the file if `agree` says so; return where it is once it is whole and on disk.

    Raises:
        TransferError: it did not work; `transfer` has failed with the same error, and the other
            side was told if that was possible. What had arrived stays in the `.part` file.
    """
    try:
        transfer.to("connecting")
        async with Relay(room, transfer.peer) as relay:
            await relay.wait_for_peer()
            transfer.to("negotiating")
            keys = await handshake(relay, room.room, code, transfer)
            receiving = _Receiving(relay, keys, transfer, folder)
            path = await receiving.run(agree, min(most_bytes, _MOST_BYTES))
            transfer.to("completed")
            return path
    except TransferError as error:
        transfer.fail(error)
        raise


class _Receiving:
    """What receiving needs once there are keys."""

    def __init__(self, relay: Relay, keys: SessionKeys, transfer: Transfer, folder: Path) -> None:
        self._relay = relay
        self._keys = keys
        self._control = Control(relay, keys)
        self._transfer = transfer
        self._folder = folder

    async def run(self, agree: Callable[[Offer], Awaitable[bool]], most_bytes: int) -> Path:
        try:
            offer = _offer_of(await self._control.expect("offer"))
            transfer = self._transfer
            transfer.name, transfer.size_bytes = offer.name, offer.size_bytes
            transfer.correlation_id = offer.correlation_id
            if offer.size_bytes > most_bytes:
                raise RejectedError("oversize")
            if not await agree(offer):
                raise RejectedError("declined")
            with telemetry.transfer_scope(offer.correlation_id, transfer.steps):
                return await self._take(offer)
        except TransferError as error:
            await self._control.give_up(error)
            raise
        except asyncio.CancelledError:
            await self._control.give_up(None)
            raise

    async def _take(self, offer: Offer) -> Path:
        with PartFile(self._folder, offer.name, offer.size_bytes) as part:
            self._transfer.method = choose_method(offer.methods)
            await self._control.send("accept", offset=0, method=self._transfer.method)
            self._transfer.to("transferring")
            await self._write_chunks(part, offer.size_bytes)
            path = await asyncio.to_thread(part.finish, offer.modified_s)
        await self._control.send("done", bytes=offer.size_bytes)
        return path

    async def _write_chunks(self, part: PartFile, size_bytes: int) -> None:
        opener = DataOpener(self._keys.key("data"), size_bytes)
        acked = timed_bytes = 0
        took_s = 0.0
        while not opener.is_complete:
            frame = await self._control.receive()
            if not isinstance(frame, bytes):
                raise IntegrityError
            began_s = time.perf_counter()
            chunk = opener.open(frame)
            took_s += time.perf_counter() - began_s
            part.write(chunk)
            written = part.written_bytes
            if written - acked >= _ACK_BYTES and not opener.is_complete:
                # A way that is shut may still hold what the other side said last: reading tells.
                with contextlib.suppress(TransferError):
                    await self._control.send("ack", bytes=written)
                acked = written
            if written - timed_bytes >= _TIMED_BYTES or opener.is_complete:
                self._transfer.timed("decrypt", _AEAD, took_s)
                timed_bytes, took_s = written, 0.0
            self._transfer.moved(written)


def _offer_of(message: Message) -> Offer:
    """Return the offer in a message.

    Raises:
        IntegrityError: a field is missing or cannot be meant.
    """
    name, size, mtime = message.get("name"), message.get("size"), message.get("mtime")
    trace = message.get("trace")
    if not isinstance(name, str) or not isinstance(trace, str):
        raise IntegrityError
    if not isinstance(size, int) or not isinstance(mtime, int) or size < 0 or mtime < 0:
        raise IntegrityError
    if not telemetry.is_trace(trace):
        raise IntegrityError
    return Offer(safe_name(name), size, min(mtime, 2**33), message.get("methods"), trace)
