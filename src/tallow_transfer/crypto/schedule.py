"""What was said becomes keys: the transcript hash and the key schedule."""

import hashlib
from typing import Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = ["KeyName", "SessionKeys", "Transcript", "session_id"]

KeyName = Literal["control sender", "control receiver", "data"]
_PROTOCOL = b"tallow/1"


def session_id(room: bytes, sender_nonce: bytes, receiver_nonce: bytes) -> bytes:
    """Return the session id both sides give to CPace: 32 bytes."""
    return hashlib.sha256(room + sender_nonce + receiver_nonce).digest()


class Transcript:
    """A running hash over every handshake message, in order, each with its length."""

    __slots__ = ("_hash",)

    def __init__(self, room: bytes) -> None:
        self._hash = hashlib.sha256()
        self.add(_PROTOCOL)
        self.add(room)

    def add(self, message: bytes) -> None:
        """Take in one message exactly as it was on the wire."""
        self._hash.update(len(message).to_bytes(4, "big"))
        self._hash.update(message)

    def digest(self) -> bytes:
        """Return the hash of all so far, 32 bytes; more may follow."""
        return self._hash.copy().digest()


class SessionKeys:
    """The secret of a session, from which each epoch draws its own keys."""

    __slots__ = ("_ikm", "_salt")

    def __init__(self, pake_secret: bytes, file_key: bytes, transcript_hash: bytes) -> None:
        self._ikm = pake_secret + file_key
        self._salt = transcript_hash

    def key(self, name: KeyName, epoch: int = 0) -> bytes:
        """Return one 32-byte key. Another epoch is another key, so counters may start over.

        Source: RFC 5869.
        """
        info = b"tallow/1 " + name.encode() + epoch.to_bytes(4, "big")
        return HKDF(algorithm=SHA256(), length=32, salt=self._salt, info=info).derive(self._ikm)
