"""The encrypted channel beside the chunks: offers, acknowledgements, ends."""

from typing import Final, Literal

import orjson

from tallow_transfer.connections import Relay
from tallow_transfer.crypto import ControlOpener, ControlSealer, SessionKeys, frame_kind
from tallow_transfer.exceptions import CancelledError, IntegrityError, TransferError, from_code

__all__ = ["Control", "Message"]

Message = dict[str, object]
_KINDS: Final = frozenset({"offer", "accept", "reject", "ack", "done", "cancel", "error"})


class Control:
    """Both directions of one session's control messages."""

    def __init__(self, relay: Relay, keys: SessionKeys) -> None:
        is_sender = relay.role == "sender"
        own: Literal["control sender", "control receiver"] = (
            "control sender" if is_sender else "control receiver"
        )
        theirs: Literal["control sender", "control receiver"] = (
            "control receiver" if is_sender else "control sender"
        )
        self._relay = relay
        self._sealer = ControlSealer(keys.key(own))
        self._opener = ControlOpener(keys.key(theirs))

    async def send(self, kind: str, **fields: object) -> None:
        """Send one message."""
        message = orjson.dumps({"type": kind, **fields})
        await self._relay.send(self._sealer.seal(message))

    async def receive(self) -> Message | bytes:
        """Return the next message, or a data frame as it came.

        Raises:
            TransferError: the other side stopped or failed, or what came is not of it.
        """
        frame = await self._relay.receive()
        if isinstance(frame, str):
            raise IntegrityError
        if frame_kind(frame) == "data":
            return frame
        message = _decoded(self._opener.open(frame))
        if message["type"] == "cancel":
            raise CancelledError
        if message["type"] in {"error", "reject"}:
            raise from_code(message.get("code"))
        return message

    async def expect(self, kind: str) -> Message:
        """Return the next message, which must be of that kind.

        Raises:
            TransferError: as `receive`, or it is something else.
        """
        message = await self.receive()
        if isinstance(message, bytes) or message["type"] != kind:
            raise IntegrityError
        return message

    async def give_up(self, error: TransferError | None) -> None:
        """Say why we stop, if the other side can still hear it."""
        try:
            if error is None:
                await self.send("cancel")
            elif error.code in {"declined", "oversize"}:
                await self.send("reject", code=error.code)
            else:
                await self.send("error", code=error.code)
        except TransferError:
            return


def _decoded(plain: bytes) -> Message:
    try:
        message = orjson.loads(plain)
    except orjson.JSONDecodeError:
        raise IntegrityError from None
    if not isinstance(message, dict) or message.get("type") not in _KINDS:
        raise IntegrityError
    return message
