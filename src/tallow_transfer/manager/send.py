"""The sender's side: offer the file, then chunks as fast as the receiver allows."""

import asyncio
import time
from typing import Final

from tallow_transfer import telemetry
from tallow_transfer.chunks import Source
from tallow_transfer.connections import METHODS_HERE, Relay, RoomPass, choose_method
from tallow_transfer.crypto import CHUNK_BYTES, DataSealer, SessionKeys, chunk_count
from tallow_transfer.exceptions import IntegrityError, TransferError
from tallow_transfer.signaling import Code

from .control import Control, Message
from .handshake import handshake
from .states import Transfer

__all__ = ["send_file"]

_WINDOW_BYTES: Final = 16 * 1024 * 1024
_TIMED_BYTES: Final = 16 * 1024 * 1024
_AEAD: Final = "AES-256-GCM"


async def send_file(source: Source, room: RoomPass, code: Code, transfer: Transfer) -> None:
    """Wait for the receiver, then give it the file; returns when it has it safe on disk.

    Raises:
        TransferError: it did not work; `transfer` has failed with the same error, and the other
            side was told if that was possible.
    """
    transfer.name, transfer.size_bytes = source.name, source.size_bytes
    transfer.correlation_id = telemetry.new_correlation_id()
    try:
        with telemetry.transfer_scope(transfer.correlation_id, transfer.steps):
            transfer.to("connecting")
            async with Relay(room, transfer.peer) as relay:
                await relay.wait_for_peer()
                transfer.to("negotiating")
                keys = await handshake(relay, room.room, code, transfer)
                await _Sending(source, relay, keys, transfer).run()
                transfer.to("completed")
    except TransferError as error:
        transfer.fail(error)
        raise


class _Sending:
    """What sending needs once there are keys."""

    def __init__(self, source: Source, relay: Relay, keys: SessionKeys, transfer: Transfer) -> None:
        self._source = source
        self._relay = relay
        self._control = Control(relay, keys)
        self._sealer = DataSealer(keys.key("data"), source.size_bytes)
        self._transfer = transfer
        self._acked_bytes = 0
        self._done = False
        self._failure: BaseException | None = None
        self._heard = asyncio.Event()

    async def run(self) -> None:
        await self._offer()
        listener = asyncio.create_task(self._listen())
        try:
            await self._send_chunks()
            while not self._done:
                await self._next_word()
        except TransferError as error:
            await self._control.give_up(self._failure_or(error))
            raise self._failure_or(error) from None
        except asyncio.CancelledError:
            await self._control.give_up(None)
            raise
        finally:
            listener.cancel()
            await asyncio.wait({listener})

    def _failure_or(self, error: TransferError) -> TransferError:
        """What the other side said is the reason; that sending then broke is only its result."""
        return self._failure if isinstance(self._failure, TransferError) else error

    async def _offer(self) -> None:
        source, transfer = self._source, self._transfer
        await self._control.send(
            "offer",
            name=source.name,
            size=source.size_bytes,
            mtime=source.modified_s,
            mime=source.mime,
            methods=METHODS_HERE,
            trace=transfer.correlation_id,
        )
        try:
            accepted = await self._control.expect("accept")
        except asyncio.CancelledError:
            await self._control.give_up(None)
            raise
        if accepted.get("offset") != 0:
            raise IntegrityError
        transfer.method = choose_method([accepted.get("method")])
        if transfer.reports:
            await self._relay.trace(transfer.correlation_id)
        transfer.to("transferring")

    async def _send_chunks(self) -> None:
        size = self._source.size_bytes
        chunks = chunk_count(size)
        sent = timed_bytes = 0
        took_s = 0.0
        for index in range(chunks):
            while sent - self._acked_bytes > _WINDOW_BYTES - CHUNK_BYTES:
                await self._next_word()
            self._raise_failure()
            if index == chunks - 1:
                self._source.check_unchanged()
            chunk = self._source.read_chunk(min(CHUNK_BYTES, size - sent))
            began_s = time.perf_counter()
            frame = self._sealer.seal(chunk)
            took_s += time.perf_counter() - began_s
            await self._relay.send(frame)
            sent += len(chunk)
            if sent - timed_bytes >= _TIMED_BYTES or index == chunks - 1:
                self._transfer.timed("encrypt", _AEAD, took_s)
                timed_bytes, took_s = sent, 0.0

    async def _listen(self) -> None:
        """Take in acknowledgements and the end, beside the sending."""
        try:
            while not self._done:
                self._take(await self._control.receive())
                self._heard.set()
        except Exception as error:  # noqa: BLE001  # handed to the sending side, which raises it
            self._failure = error
            self._heard.set()

    def _take(self, message: Message | bytes) -> None:
        if isinstance(message, bytes):
            raise IntegrityError
        count = message.get("bytes")
        if not isinstance(count, int) or not self._acked_bytes <= count <= self._source.size_bytes:
            raise IntegrityError
        if message["type"] == "done" and count == self._source.size_bytes:
            self._done = True
        elif message["type"] != "ack":
            raise IntegrityError
        self._acked_bytes = count
        self._transfer.moved(count)

    async def _next_word(self) -> None:
        """Wait until the other side said something."""
        await self._heard.wait()
        self._heard.clear()
        self._raise_failure()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure
