"""Two round trips: from three words to keys that only the two sides have."""

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, TypeVar

from tallow_transfer.connections import METHODS_HERE, Relay
from tallow_transfer.crypto import (
    SUITE,
    KemKey,
    Pake,
    SessionKeys,
    Transcript,
    b64u_decode,
    b64u_encode,
    seal_file_key,
    session_id,
)
from tallow_transfer.crypto.kem import FILE_KEY_BYTES, PUBLIC_BYTES, SEALED_BYTES
from tallow_transfer.crypto.pake import SHARE_BYTES, TAG_BYTES
from tallow_transfer.exceptions import (
    IntegrityError,
    ServerError,
    TransferError,
    WrongCodeError,
    from_code,
)
from tallow_transfer.signaling import Code

from .states import Transfer

__all__ = ["handshake"]

_VERSION: Final = 1
_NONCE_BYTES: Final = 16
_MOST_TEXT: Final = 64 * 1024
_PAKE: Final = "CPace"
_KEM: Final = "X-Wing"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Hellos:
    """What both sides know after the hellos."""

    transcript: Transcript
    sid: bytes


async def handshake(relay: Relay, room: str, code: Code, transfer: Transfer) -> SessionKeys:
    """Agree on keys with the other side, or find that it does not know the words.

    Raises:
        WrongCodeError: it does not; the room is burned and both sides know.
        TransferError: it left, the connection broke, or what came makes no sense.
    """
    try:
        hellos = await _hellos(relay, bytes.fromhex(room))
        if relay.role == "sender":
            return await _as_sender(relay, hellos, code, transfer)
        return await _as_receiver(relay, hellos, code, transfer)
    except WrongCodeError:
        with suppress(TransferError):
            await relay.send(_packed(type="abort", code="bad_code"))
            await relay.burn()
        raise


async def _hellos(relay: Relay, room: bytes) -> _Hellos:
    nonce = os.urandom(_NONCE_BYTES)
    mine = _packed(
        type="hello", v=_VERSION, suites=[SUITE], methods=METHODS_HERE, nonce=b64u_encode(nonce)
    )
    await relay.send(mine)
    theirs, said = await _message(relay, "hello")
    suites = said.get("suites")
    if said.get("v") != _VERSION or not isinstance(suites, list) or SUITE not in suites:
        raise ServerError("version")
    their_nonce = b64u_decode(said.get("nonce"), _NONCE_BYTES)
    is_sender = relay.role == "sender"
    transcript = Transcript(room)
    for text in (mine, theirs) if is_sender else (theirs, mine):
        transcript.add(text.encode())
    nonces = (nonce, their_nonce) if is_sender else (their_nonce, nonce)
    return _Hellos(transcript, session_id(room, *nonces))


async def _as_sender(relay: Relay, hellos: _Hellos, code: Code, transfer: Transfer) -> SessionKeys:
    transcript = hellos.transcript
    own_ad = transcript.digest()
    pake = _timed(
        transfer, "key_exchange", _PAKE, lambda: Pake("sender", code.words, hellos.sid, own_ad)
    )
    mine = _packed(type="pake", share=b64u_encode(pake.share))
    await relay.send(mine)
    theirs, said = await _message(relay, "pake")
    share = b64u_decode(said.get("share"), SHARE_BYTES)
    public = b64u_decode(said.get("kem"), PUBLIC_BYTES)
    their_tag = b64u_decode(said.get("tag"), TAG_BYTES)

    def confirm() -> tuple[bytes, bytes]:
        return pake.finish(share, sha256(public).digest()), pake.confirm(their_tag)

    tag, secret = _timed(transfer, "key_exchange", _PAKE, confirm)
    transcript.add(mine.encode())
    transcript.add(theirs.encode())
    file_key = os.urandom(FILE_KEY_BYTES)
    bound = transcript.digest()
    sealed = _timed(transfer, "encapsulate", _KEM, lambda: seal_file_key(file_key, public, bound))
    key = _packed(type="key", tag=b64u_encode(tag), sealed=b64u_encode(sealed))
    await relay.send(key)
    transcript.add(key.encode())
    return SessionKeys(secret, file_key, transcript.digest())


async def _as_receiver(
    relay: Relay, hellos: _Hellos, code: Code, transfer: Transfer
) -> SessionKeys:
    transcript = hellos.transcript
    peer_ad = transcript.digest()
    kem = _timed(transfer, "keygen", _KEM, KemKey)
    own_ad = sha256(kem.public).digest()
    pake = _timed(
        transfer, "key_exchange", _PAKE, lambda: Pake("receiver", code.words, hellos.sid, own_ad)
    )
    first, said = await _message(relay, "pake")
    share = b64u_decode(said.get("share"), SHARE_BYTES)
    tag = pake.finish(share, peer_ad)
    mine = _packed(
        type="pake",
        share=b64u_encode(pake.share),
        kem=b64u_encode(kem.public),
        tag=b64u_encode(tag),
    )
    await relay.send(mine)
    key, said = await _message(relay, "key")
    their_tag = b64u_decode(said.get("tag"), TAG_BYTES)
    sealed = b64u_decode(said.get("sealed"), SEALED_BYTES)
    secret = _timed(transfer, "key_exchange", _PAKE, lambda: pake.confirm(their_tag))
    transcript.add(first.encode())
    transcript.add(mine.encode())
    bound = transcript.digest()
    file_key = _timed(transfer, "decapsulate", _KEM, lambda: kem.open_file_key(sealed, bound))
    transcript.add(key.encode())
    return SessionKeys(secret, file_key, transcript.digest())


async def _message(relay: Relay, expected: str) -> tuple[str, dict[str, object]]:
    """Return the next text message, as it was and as an object."""
    text = await relay.receive()
    if not isinstance(text, str) or len(text) > _MOST_TEXT:
        raise IntegrityError
    try:
        said = json.loads(text)
    except ValueError:
        raise IntegrityError from None
    if not isinstance(said, dict):
        raise IntegrityError
    if said.get("type") == "abort":
        raise from_code(said.get("code"))
    if said.get("type") != expected:
        raise IntegrityError
    return text, said


def _packed(**message: object) -> str:
    return json.dumps(message, separators=(",", ":"))


def _timed(transfer: Transfer, operation: str, algorithm: str, work: Callable[[], T]) -> T:
    began_s = time.perf_counter()
    result = work()
    transfer.timed(operation, algorithm, time.perf_counter() - began_s)
    return result
